"""A story from the filing to where it stands now."""

from datetime import datetime, timedelta

from accounts.actors import Actor, HeldPost
from accounts.roles import Role
from complaints import clocks, moment
from complaints.load import life
from complaints.load.marks import (
    CATEGORY_CODE,
    OPERATOR,
    OPERATOR_OFFICE,
    PLACE_CODE,
    SALT,
    as_id,
    as_text,
)
from complaints.load.passing import forget, sweep_until
from complaints.load.stage import Rows, Stage
from complaints.load.verbs import VERBS
from complaints.models import RoutingRecord, Statement
from complaints.services import router
from complaints.services.receipts import promise
from complaints.submission import Submission
from complaints.workflow import Party, State
from routing.facts import Decision, DeskBecause, Reason

#: Days after a question to which nobody replies until the office goes on.
WAITED = 11
BY_CITIZEN = frozenset({"confirm", "dispute", "appeal", "reply", "withdraw"})
#: States in which a move of a story is made; the others are made while the case is open.
WHEN: dict[str, tuple[State, ...]] = {
    "confirm": (State.ANSWERED,),
    "dispute": (State.ANSWERED,),
    "appeal": (State.ANSWERED, State.CLOSED),
    "reply": (State.WAITING,),
    "reopen": (State.CLOSED,),
    "uphold": (State.APPEALED,),
    "dismiss": (State.APPEALED,),
}
AT_WORK = (State.RECEIVED, State.FORWARDED, State.IN_PROGRESS, State.DISPUTED_OWNER)


def tell(stage: Stage, moves: tuple[str, ...]) -> Rows:
    """File, make the moves that lie before now, and let time do the rest. Raises `stage.TooLong`."""
    route = moves[0] if moves and moves[0].startswith("route") else ""
    _file(stage, route)
    before = ""
    for move in _after_filing(stage, moves):
        days = _gap(stage, move) + (WAITED if before == "ask" and move != "reply" else 0)
        hours = life.CITIZEN_HOURS if move in BY_CITIZEN else life.OFFICE_HOURS
        at = stage.after(days, stage.rng.choice(hours))
        # An hour has to be over, for its minutes are drawn case by case.
        if at + timedelta(hours=1) > stage.now:
            break
        sweep_until(stage, at)
        if not _is_time_for(stage, move, at):
            break
        with moment.as_if(at):
            VERBS[move](stage)
        stage.day, before = clocks.day_of(at, stage.zone), move
    sweep_until(stage, stage.now)
    forget(stage)
    return stage.rows


def _after_filing(stage: Stage, moves: tuple[str, ...]) -> tuple[str, ...]:
    """The moves after the filing: what is sensitive the router leaves to the desk."""
    if not moves or not moves[0].startswith("route"):
        return moves
    if not stage.filing.sensitive:
        return moves[1:]
    seat = moves[0].partition("_")[2]
    return ({"": "forward", "wrong": "forward_wrong", "above": "forward_above"}[seat], *moves[1:])


def _gap(stage: Stage, move: str) -> int:
    """Days to a move, by the manner of whoever makes it."""
    name, manner = move.removesuffix("_wrong").removesuffix("_above"), stage.shape.manner
    chance = {"accept": manner.accepts_late, "answer": manner.answers_late}
    late, is_late = life.LATE.get(name), stage.rng.random() < chance.get(name, life.DESK_LATE)
    if late and is_late:
        # Most who are late are so by some days; a few by weeks.
        low, high = late
        return low + int((high - low + 1) * stage.rng.random() ** 3)
    return stage.rng.randint(*life.IN_TIME[name])


def _is_time_for(stage: Stage, move: str, at: datetime) -> bool:
    """Whether the case is in a state for the move: time may have gone on before it."""
    if move == "appeal" and (stage.case.appeal_until is None or at >= stage.case.appeal_until):
        return False
    if move == "withdraw":
        return stage.case.status != State.CLOSED
    return stage.case.status in WHEN.get(move, AT_WORK)


# --- The filing ----------------------------------------------------------------------------------


def _file(stage: Stage, route: str) -> None:
    """As `services.intake`: the words, the router's part, what the receipt promises."""
    filing, case = stage.filing, stage.case
    actor, party = _filer(filing.channel)
    office = stage.seats[route.partition("_")[2] or "holder"]
    with moment.as_if(stage.mark(filing.day, filing.hour)):
        work = stage.work(actor, party)
        case.filed_at = work.now
        said = {"text": case.text}
        kind = Statement.Kind.COMPLAINT
        work.make("submit", data={"kind": filing.kind}, said=said, kind=kind)
        case.text_salt = as_text(SALT)
        decision = _decision(office.code, forwards=bool(route), sensitive=filing.sensitive)
        if decision.target:
            router.hand_over(work, office, decision)
        promise(work)
        stage.keep(work)
        stage.rows.routings.append(_routing(stage, decision))


def _filer(channel: str) -> tuple[Actor, Party]:
    """Who files by a channel: a citizen, an operator for them, or what a provider brings."""
    if channel in life.OPERATOR:
        post = HeldPost(0, Role.OPERATOR, as_id(OPERATOR_OFFICE), "")
        return Actor("user", as_id(OPERATOR), (post,), channel=channel), Party.OPERATOR
    if channel in life.WRITTEN:
        return Actor("channel", channel=channel), Party.CHANNEL
    return Actor("citizen", channel=channel), Party.CITIZEN


def _decision(code: str, *, forwards: bool, sensitive: bool) -> Decision:
    """What the router said: where it goes, or what it would suggest to the desk."""
    sure = forwards and not sensitive
    because: DeskBecause = "" if sure else "sensitive" if sensitive else "below_threshold"
    strength = 80 if sure else 30
    return Decision(
        target=code if sure else "",
        suggested="" if sure else code,
        confidence=0.9 if sure else 0.4,
        reasons=(Reason("load-1", "Synthetic load.", strength, found=("load",)),),
        desk_because=because,
        ruleset="load",
        version=1,
    )


def _routing(stage: Stage, decision: Decision) -> RoutingRecord:
    """What the router kept of it, with the codes that a case will have."""
    submission = Submission("", category=as_text(CATEGORY_CODE), place=as_text(PLACE_CODE))
    return router.record(stage.case, submission, decision, stage.case.filed_at)
