"""What each move of a story does to the case: as the service of its name (`complaints.services`).

A test plays the same stories through the services and compares every row.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, TypeVar

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from complaints import clocks
from complaints.load import life
from complaints.load.marks import (
    DECIDER,
    DECIDING,
    LEAD,
    LEAD_NUMBER,
    OFFICER,
    as_id,
    as_text,
)
from complaints.load.stage import Stage
from complaints.models import Appeal, Case, Feedback, Statement
from complaints.services.work import Handover, Work
from complaints.situations import window_end
from complaints.workflow import Party, State

Value = TypeVar("Value")
#: Of those who rate, so many leave a word as well.
COMMENTS = 0.3


def drawn(shares: Mapping[Value, float], rng: Random) -> Value:
    """One of several, as often as its share says."""
    return rng.choices(list(shares), list(shares.values()))[0]


# --- Desk and overseer ---------------------------------------------------------------------------


def forward(stage: Stage, seat: str = "holder") -> None:
    """The desk sends it to an office."""
    _give(stage, stage.desk(), Party.DESK, "forward", stage.seats[seat])


def forward_above(stage: Stage) -> None:
    """The desk sends it to the office above the right one."""
    forward(stage, "above")


def forward_wrong(stage: Stage) -> None:
    """The desk sends it to an office that is not the right one; after that one to another."""
    was_there = stage.seats["wrong"].pk in stage.rows.handlings
    forward(stage, "above" if was_there and stage.shape.has_above else "wrong")


def rule(stage: Stage) -> None:
    """An overseer rules that it is the holder's."""
    _give(stage, stage.overseer(), Party.OVERSEER, "rule", stage.seats["holder"])


def _give(stage: Stage, actor: Actor, party: Party, move: str, office: Office) -> None:
    work = stage.work(actor, party)
    if stage.case.forwarded_at is None:
        stage.case.forwarded_at = work.now
    data = {"office": office.code, "meant": office.code}
    said = {"text": stage.said["reason"]}
    work.make(move, data=data, said=said, kind=Statement.Kind.REASON, to=Handover(office))
    stage.case.ruled = move == "rule"
    stage.keep(work)


def decline(stage: Stage) -> None:
    """The desk closes what is not for this portal."""
    said = {"text": stage.said["decline"], "where_to": stage.said["where_to"]}
    work = stage.make(stage.desk(), Party.DESK, "decline", said=said, kind=Statement.Kind.REASON)
    _open_appeal_window(stage, work)
    stage.keep(work)


def merge(stage: Stage) -> None:
    """The desk joins it with the lead of the same story."""
    work = stage.work(stage.desk(), Party.DESK)
    stage.case.lead = Case(pk=as_id(LEAD), number=as_text(LEAD_NUMBER))
    work.make("merge", data={"lead": as_text(LEAD_NUMBER)})
    stage.keep(work)


def ask_desk(stage: Stage) -> None:
    """The desk asks the citizen."""
    _say(stage, stage.desk(), Party.DESK, "ask", "question", Statement.Kind.QUESTION)


def publish(stage: Stage) -> None:
    """The desk shows it in public."""
    work = stage.make(stage.desk(), Party.DESK, "publish")
    stage.case.public_text, stage.case.published_at = stage.said["public"], work.now
    stage.keep(work)


def reopen(stage: Stage) -> None:
    """An overseer opens it again."""
    said = {"said": {"text": stage.said["decision"]}, "kind": Statement.Kind.REASON}
    work = stage.make(stage.overseer(), Party.OVERSEER, "reopen", **said)
    case = stage.case
    case.lead, case.appeal_until = None, None
    case.appeal_level, case.appeal_final = 0, False
    stage.keep(work)


# --- Offices -------------------------------------------------------------------------------------


def accept(stage: Stage) -> None:
    """The office takes it and says who works on it."""
    officer = as_id(stage.seat() + OFFICER)
    work = stage.make(stage.focal(), Party.FOCAL, "accept", data={"case_officer": officer})
    stage.case.assigned_id = officer
    stage.keep(work)


def send_back(stage: Stage) -> None:
    """The office says that it is not its own: the desk, an overseer or who passed it down has it then."""
    case, right = stage.case, stage.seats["holder"]
    office = case.holder
    if office is None:
        return
    data = {"from_office": office.code, "whose": right.code if office is not right else ""}
    said: dict[str, Any] = {"said": {"text": stage.said["return"]}, "kind": Statement.Kind.REASON}
    back = Handover(case.passed_by)
    work = stage.make(stage.focal(), Party.FOCAL, "return", data=data, to=back, **said)
    case.hops += 1
    stage.keep(work)


def pass_down(stage: Stage) -> None:
    """The office above gives it to the holder."""
    above, office = stage.seats["above"], stage.seats["holder"]
    data = {"office": office.code, "from_office": above.code}
    said: dict[str, Any] = {"said": {"text": stage.said["reason"]}, "kind": Statement.Kind.REASON}
    to = Handover(office, passed_by=above)
    stage.keep(stage.make(stage.focal(), Party.FOCAL, "pass_down", data=data, to=to, **said))


def ask(stage: Stage) -> None:
    """The office asks the citizen."""
    _say(stage, stage.focal(), Party.FOCAL, "ask", "question", Statement.Kind.QUESTION)


def answer(stage: Stage) -> None:
    """The office answers."""
    outcome, cause = drawn(life.OUTCOMES, stage.rng), drawn(life.CAUSES, stage.rng)
    said = {"text": stage.said["answer"], "evidence": stage.said["evidence"]}
    data = {"outcome": outcome, "cause": cause}
    parts: dict[str, Any] = {"data": data, "said": said, "kind": Statement.Kind.ANSWER}
    work = stage.make(stage.focal(), Party.FOCAL, "answer", **parts)
    stage.case.outcome, stage.case.answered_at = outcome, work.now
    _open_appeal_window(stage, work)
    stage.keep(work)


def _open_appeal_window(stage: Stage, work: Work) -> None:
    days = work.clockwork.policy("appeal_window").amount
    stage.case.appeal_until = window_end(work.now, days, stage.zone)


def _say(stage: Stage, actor: Actor, party: Party, move: str, words: str, kind: str) -> None:
    stage.keep(stage.make(actor, party, move, said={"text": stage.said[words]}, kind=kind))


# --- The citizen ---------------------------------------------------------------------------------


def reply(stage: Stage) -> None:
    """The citizen replies to a question."""
    _say(stage, stage.citizen(), Party.CITIZEN, "reply", "reply", Statement.Kind.REPLY)


def confirm(stage: Stage) -> None:
    """The citizen agrees; most rate it."""
    rated = stage.rng.random() < life.RATED
    rating = drawn(life.RATINGS, stage.rng) if rated else None
    comment = stage.said["comment"] if rated and stage.rng.random() < COMMENTS else ""
    data = {} if rating is None else {"rating": rating}
    said: dict[str, Any] = {"said": {"text": comment}, "kind": Statement.Kind.COMMENT}
    work = stage.make(stage.citizen(), Party.CITIZEN, "confirm", data=data, **said)
    stage.keep(work)
    if rating is not None:
        event = work.events[-1]
        stage.rows.feedback.append(
            Feedback(case=stage.case, event=event, rating=rating, at=work.now)
        )


def dispute(stage: Stage) -> None:
    """The citizen does not agree: the second time that is an appeal."""
    said: dict[str, Any] = {"said": {"text": stage.said["dispute"]}, "kind": Statement.Kind.REASON}
    work = stage.make(stage.citizen(), Party.CITIZEN, "dispute", **said)
    stage.case.disputes += 1
    if work.events[-1].to_status == State.APPEALED:
        _open_appeal(stage, work)
    else:
        stage.keep(work)


def appeal(stage: Stage) -> None:
    """The citizen appeals against answer, decline or decision."""
    said: dict[str, Any] = {"said": {"text": stage.said["grounds"]}, "kind": Statement.Kind.GROUNDS}
    _open_appeal(stage, stage.make(stage.citizen(), Party.CITIZEN, "appeal", **said))


def _open_appeal(stage: Stage, work: Work) -> None:
    case, before = stage.case, stage.case.appeal_level
    office = None if before else stage.decides()
    work.clockwork.open[clocks.Kind.APPEAL].office = office
    stage.keep(work)
    stage.rows.appeals.append(
        Appeal(
            case=case,
            level=before + 1,
            office=office,
            filed_at=work.now,
            filed_event=work.events[-1],
        )
    )


def uphold(stage: Stage) -> None:
    """The appeal is right."""
    work = _decided(stage, "uphold", upheld=True)
    stage.case.appeal_until = None
    stage.keep(work)


def dismiss(stage: Stage) -> None:
    """The appeal fails; against the first decision another one is possible."""
    case, row = stage.case, stage.rows.appeals[-1]
    work = _decided(stage, "dismiss", upheld=False)
    case.appeal_level += 1
    case.appeal_final = row.office_id is None
    if case.appeal_final:
        case.appeal_until = None
    else:
        _open_appeal_window(stage, work)
    stage.keep(work)


def _decided(stage: Stage, move: str, *, upheld: bool) -> Work:
    row, actor = stage.rows.appeals[-1], stage.overseer()
    if row.office_id is not None:
        first = stage.seat()
        actor = stage.officer(first + DECIDER, first + DECIDING, Role.FOCAL)
    said: dict[str, Any] = {
        "said": {"text": stage.said["decision"]},
        "kind": Statement.Kind.DECISION,
    }
    work = stage.make(actor, Party.APPEAL_OFFICER, move, **said)
    row.decided_at, row.upheld, row.decided_by_id = work.now, upheld, actor.user_id
    return work


def withdraw(stage: Stage) -> None:
    """The citizen withdraws; it takes effect by itself."""
    work = stage.make(stage.citizen(), Party.CITIZEN, "withdraw")
    stage.case.withdrawal_pending = True
    stage.keep(work)


VERBS: dict[str, Callable[[Stage], None]] = {
    verb.__name__: verb
    for verb in (
        *(forward, forward_above, forward_wrong, rule, decline, merge, ask_desk, publish, reopen),
        *(accept, send_back, pass_down, ask, answer),
        *(reply, confirm, dispute, appeal, uphold, dismiss, withdraw),
    )
}
