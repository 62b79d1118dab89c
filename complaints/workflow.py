"""States, moves and who may make them: the one table that screens, API, docs and tests read.

Pure: no ORM. Source of every row: the table "States and moves" of the casework rules. A row (an
`Edge`) says from where, to where, by whom, under which condition, and what happens to the clocks.
`edge_for` answers "may this party make this move now, and what follows"; nothing else decides it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    WAITING = "waiting"
    FORWARDED = "forwarded"
    IN_PROGRESS = "in_progress"
    DISPUTED_OWNER = "disputed_owner"
    ANSWERED = "answered"
    APPEALED = "appealed"
    CLOSED = "closed"


OPEN_STATES = frozenset(State) - {State.CLOSED}


class Ending(StrEnum):
    """How a closed case ended, beside the outcome of its last answer."""

    CONFIRMED = "confirmed"
    SILENT = "silent"
    DISPUTED_THEN_CONFIRMED = "disputed_then_confirmed"
    APPEAL_DISMISSED = "appeal_dismissed"
    NOT_FOR_US = "not_for_us"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What an answer says was done. Only `resolved`, once confirmed, counts as resolved."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"
    ADVICE_ONLY = "advice_only"
    NO_POWER = "no_power"


class Party(StrEnum):
    """What somebody is *to one case*; worked out from posts and the case in `parties`."""

    CITIZEN = "citizen"
    OPERATOR = "operator"
    CHANNEL = "channel"
    ROUTER = "router"
    SYSTEM = "system"
    DESK = "desk"
    FOCAL = "focal"
    HEAD = "head"
    CASE_OFFICER = "case_officer"
    HANDLER = "handler"
    APPEAL_OFFICER = "appeal_officer"
    RESPONDENT = "respondent"
    OVERSEER = "overseer"


#: The head of an office may make every move of its focal officer.
FOCAL = frozenset({Party.FOCAL, Party.HEAD})
OFFICE = FOCAL | {Party.CASE_OFFICER}

ClockOp = Literal["start", "start_if_none", "meet", "cancel", "elapse", "pause", "resume"]


@dataclass(frozen=True, slots=True)
class ClockEffect:
    """What a move does to one clock. `policy` names the number if it is not the clock's own."""

    op: ClockOp
    clock: str
    policy: str = ""
    half: bool = False


def start(clock: str, policy: str = "", *, half: bool = False) -> ClockEffect:
    """Start a clock anew; one of that kind still open is cancelled."""
    return ClockEffect("start", clock, policy, half)


def start_if_none(clock: str) -> ClockEffect:
    """Start a clock unless the case ever had one of that kind that still counts."""
    return ClockEffect("start_if_none", clock)


def meet(clock: str) -> ClockEffect:
    """What the clock waited for has happened (in time, or late: then it is missed first)."""
    return ClockEffect("meet", clock)


def cancel(clock: str) -> ClockEffect:
    """The clock no longer matters."""
    return ClockEffect("cancel", clock)


def elapse(clock: str) -> ClockEffect:
    """The clock ran its time, as it was meant to."""
    return ClockEffect("elapse", clock)


def pause(clock: str) -> ClockEffect:
    """Stop counting, unless the clock is missed already."""
    return ClockEffect("pause", clock)


def resume(clock: str) -> ClockEffect:
    """Count on, if the clock was paused."""
    return ClockEffect("resume", clock)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the conditions of the table look at, read from the case under its lock."""

    state: State | None = None
    waiting_from: State = State.RECEIVED
    ending: Ending | None = None
    hops: int = 0
    disputes: int = 0
    ruled: bool = False
    passed_down: bool = False
    had_office: bool = False
    sensitive: bool = False
    published: bool = False
    publish_consent: bool = False
    withdrawal_pending: bool = False
    withdrawal_proved: bool = False
    may_ask: bool = True
    appeal_open: bool = True
    appeal_final: bool = False
    separate_open: bool = True


Condition = Callable[[Situation], bool]
SAME = "same"
WHERE_IT_WAS = "where_it_was"


@dataclass(frozen=True, slots=True)
class Edge:
    """One row: from a state (None: no case yet) to another, by some parties, under a condition."""

    source: State | None
    to: State | Literal["same", "where_it_was"]
    who: frozenset[Party]
    clocks: tuple[ClockEffect, ...] = ()
    when: Condition | None = None
    why_not: str = ""
    ending: Ending | None = None

    def target(self, situation: Situation) -> State:
        """The state that the case is in afterwards."""
        if self.to == SAME:
            if situation.state is None:
                raise ValueError("a move that changes no state needs a case")
            return situation.state
        if self.to == WHERE_IT_WAS:
            return situation.waiting_from
        return State(self.to)


@dataclass(frozen=True, slots=True)
class Move:
    """A verb of the workflow: its rows, and the names of what it needs from whoever makes it."""

    name: str
    edges: tuple[Edge, ...]
    needs: tuple[str, ...] = ()


class NotAllowed(Exception):
    """The table has no such row for this state, party or situation. `code` says which."""

    def __init__(self, move: str, code: str) -> None:
        super().__init__(f"{move}: {code}")
        self.move = move
        self.code = code


def _edges(
    sources: Iterable[State | None],
    to: State | Literal["same", "where_it_was"],
    who: Iterable[Party],
    *clocks: ClockEffect,
    when: Condition | None = None,
    why_not: str = "",
    ending: Ending | None = None,
) -> tuple[Edge, ...]:
    parties = frozenset(who)
    return tuple(Edge(s, to, parties, clocks, when, why_not, ending) for s in sources)


R, W, F, P, D, A, L, C = (
    State.RECEIVED,
    State.WAITING,
    State.FORWARDED,
    State.IN_PROGRESS,
    State.DISPUTED_OWNER,
    State.ANSWERED,
    State.APPEALED,
    State.CLOSED,
)
ANY = tuple(State)
OPEN = (R, W, F, P, D, A, L)


def _from_received(s: Situation) -> bool:
    return s.waiting_from == State.RECEIVED


def _from_progress(s: Situation) -> bool:
    return s.waiting_from == State.IN_PROGRESS


def _may_appeal(s: Situation) -> bool:
    ended_otherwise = s.ending in (Ending.WITHDRAWN, Ending.MERGED)
    return s.appeal_open and not s.appeal_final and not ended_otherwise


def _back(move: str, who: Party, waiting: ClockEffect, needs: tuple[str, ...]) -> Move:
    """The two ways out of `waiting`: to the desk, or to the office, whose clock counts on."""
    return Move(
        move,
        _edges([W], WHERE_IT_WAS, [who], waiting, resume("forward"), when=_from_received)
        + _edges([W], WHERE_IT_WAS, [who], waiting, resume("resolve"), when=_from_progress),
        needs,
    )


def _again(
    move: str, source: State, who: Party, first: tuple[ClockEffect, ...], half: bool
) -> Move:
    """Back to work: to the office that had the case, else to the desk."""
    return Move(
        move,
        _edges(
            [source],
            P,
            [who],
            *first,
            start("resolve", half=half),
            when=lambda s: s.had_office,
        )
        + _edges([source], R, [who], *first, start("forward"), when=lambda s: not s.had_office),
        ("reason",),
    )


MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move(
            "submit",
            _edges(
                [None],
                R,
                [Party.CITIZEN, Party.OPERATOR, Party.CHANNEL],
                start("forward"),
                start("tell"),
            ),
            ("text", "kind"),
        ),
        Move(
            "ask",
            _edges(
                [R],
                W,
                [Party.DESK],
                pause("forward"),
                start("waiting"),
                when=lambda s: s.may_ask,
                why_not="asked_enough",
            )
            + _edges(
                [P],
                W,
                OFFICE,
                pause("resolve"),
                start("waiting"),
                when=lambda s: s.may_ask,
                why_not="asked_enough",
            ),
            ("text",),
        ),
        _back("reply", Party.CITIZEN, meet("waiting"), ("text",)),
        _back("time_out", Party.SYSTEM, elapse("waiting"), ()),
        Move(
            "forward",
            _edges(
                [R],
                F,
                [Party.ROUTER, Party.DESK],
                meet("forward"),
                meet("tell"),
                start("accept"),
                start_if_none("resolve"),
            ),
            ("office", "reason"),
        ),
        Move(
            "decline",
            _edges([R], C, [Party.DESK], meet("forward"), meet("tell"), ending=Ending.NOT_FOR_US),
            ("reason", "where_to"),
        ),
        Move(
            "merge",
            _edges(
                [R],
                C,
                [Party.DESK],
                when=lambda s: not s.sensitive,
                why_not="sensitive",
                ending=Ending.MERGED,
            )
            + _edges(
                [F],
                C,
                FOCAL | {Party.DESK},
                when=lambda s: not s.sensitive,
                why_not="sensitive",
                ending=Ending.MERGED,
            ),
            ("lead",),
        ),
        Move(
            "separate",
            _edges(
                [C],
                R,
                [Party.CITIZEN],
                start("forward"),
                when=lambda s: s.ending == Ending.MERGED and s.separate_open,
                why_not="not_merged_or_too_late",
            ),
        ),
        Move("accept", _edges([F], P, FOCAL, meet("accept")), ("case_officer",)),
        Move(
            "return",
            _edges(
                [F],
                F,
                FOCAL,
                meet("accept"),
                start("accept"),
                when=lambda s: s.passed_down,
            )
            + _edges(
                [F],
                R,
                FOCAL,
                meet("accept"),
                start("forward", "return_forward"),
                when=lambda s: not s.passed_down and not s.ruled and s.hops == 0,
                why_not="ruled",
            )
            + _edges(
                [F],
                D,
                FOCAL,
                meet("accept"),
                start("rule"),
                when=lambda s: not s.passed_down and not s.ruled and s.hops > 0,
                why_not="ruled",
            ),
            ("reason", "whose"),
        ),
        Move(
            "rule",
            _edges(
                [D],
                F,
                [Party.OVERSEER],
                meet("rule"),
                start("accept"),
                start_if_none("resolve"),
            ),
            ("office", "reason"),
        ),
        Move(
            "pass_down",
            _edges([F, P], F, FOCAL, meet("accept"), start("accept")),
            ("office_below", "reason"),
        ),
        Move("assign", _edges([P], P, FOCAL), ("case_officer",)),
        Move(
            "answer",
            _edges([P], A, OFFICE, meet("resolve"), start("confirm")),
            ("outcome", "text", "evidence", "cause", "suggestion"),
        ),
        Move(
            "confirm",
            _edges(
                [A],
                C,
                [Party.CITIZEN],
                meet("confirm"),
                when=lambda s: s.disputes == 0,
                ending=Ending.CONFIRMED,
            )
            + _edges(
                [A],
                C,
                [Party.CITIZEN],
                meet("confirm"),
                when=lambda s: s.disputes > 0,
                ending=Ending.DISPUTED_THEN_CONFIRMED,
            ),
            ("rating", "comment"),
        ),
        Move(
            "dispute",
            _edges(
                [A],
                P,
                [Party.CITIZEN],
                cancel("confirm"),
                start("resolve", half=True),
                when=lambda s: s.disputes == 0,
            )
            + _edges(
                [A],
                L,
                [Party.CITIZEN],
                cancel("confirm"),
                start("appeal"),
                when=lambda s: s.disputes > 0,
            ),
            ("reason",),
        ),
        Move("lapse", _edges([A], C, [Party.SYSTEM], elapse("confirm"), ending=Ending.SILENT)),
        Move(
            "appeal",
            _edges(
                [A, C],
                L,
                [Party.CITIZEN, Party.RESPONDENT],
                cancel("confirm"),
                start("appeal"),
                when=_may_appeal,
                why_not="appeal_closed",
            ),
            ("grounds",),
        ),
        _again("uphold", L, Party.APPEAL_OFFICER, (meet("appeal"),), half=True),
        Move(
            "dismiss",
            _edges([L], C, [Party.APPEAL_OFFICER], meet("appeal"), ending=Ending.APPEAL_DISMISSED),
            ("reason",),
        ),
        Move(
            "withdraw",
            _edges(
                OPEN,
                "same",
                [Party.CITIZEN],
                start("withdrawal"),
                when=lambda s: s.withdrawal_proved and not s.withdrawal_pending,
                why_not="needs_withdrawal_secret",
            ),
            ("pressured",),
        ),
        Move(
            "call_back",
            _edges(
                OPEN,
                "same",
                [Party.CITIZEN],
                cancel("withdrawal"),
                when=lambda s: s.withdrawal_pending,
                why_not="no_withdrawal",
            ),
        ),
        Move(
            "withdrawn",
            _edges(
                OPEN,
                C,
                [Party.SYSTEM],
                elapse("withdrawal"),
                when=lambda s: s.withdrawal_pending,
                why_not="no_withdrawal",
                ending=Ending.WITHDRAWN,
            ),
        ),
        _again("reopen", C, Party.OVERSEER, (), half=False),
        Move("message", _edges(ANY, "same", [Party.CITIZEN, Party.HANDLER]), ("text",)),
        Move("note", _edges(ANY, "same", [Party.HANDLER]), ("text",)),
        Move(
            "publish",
            _edges(
                ANY,
                "same",
                [Party.DESK],
                when=lambda s: s.publish_consent and not s.sensitive,
                why_not="not_publishable",
            ),
            ("public_text",),
        ),
        Move(
            "unpublish",
            _edges(
                ANY,
                "same",
                [Party.DESK],
                when=lambda s: s.published,
                why_not="not_published",
            ),
        ),
        Move(
            "mark_sensitive",
            _edges(
                ANY,
                "same",
                [Party.CITIZEN, Party.DESK],
                when=lambda s: not s.sensitive,
                why_not="already_sensitive",
            ),
        ),
        Move(
            "clear_sensitive",
            _edges(
                ANY,
                "same",
                [Party.OVERSEER],
                when=lambda s: s.sensitive,
                why_not="not_sensitive",
            ),
            ("reason",),
        ),
        Move("link_respondent", _edges(ANY, "same", [Party.CITIZEN, Party.DESK]), ("respondent",)),
        Move("break_seal", _edges(ANY, "same", [Party.HANDLER]), ("reason",)),
    )
}


def edge_for(move: str, parties: frozenset[Party], situation: Situation) -> Edge:
    """The row that applies.

    Raises `NotAllowed` with code `unknown_move`, `wrong_state`, `not_yours` or the row's own reason.
    """
    if move not in MOVES:
        raise NotAllowed(move, "unknown_move")
    here = [edge for edge in MOVES[move].edges if edge.source == situation.state]
    if not here:
        raise NotAllowed(move, "wrong_state")
    mine = [edge for edge in here if edge.who & parties]
    if not mine:
        raise NotAllowed(move, "not_yours")
    for edge in mine:
        if edge.when is None or edge.when(situation):
            return edge
    raise NotAllowed(move, next((edge.why_not for edge in mine if edge.why_not), "not_now"))


def moves_for(parties: frozenset[Party], situation: Situation) -> list[str]:
    """The moves that these parties may make now, in the table's order."""

    def allowed(move: str) -> bool:
        try:
            edge_for(move, parties, situation)
        except NotAllowed:
            return False
        return True

    return [name for name in MOVES if allowed(name)]


CITIZEN_WORDS: dict[State, str] = {
    State.RECEIVED: "received",
    State.WAITING: "asked",
    State.FORWARDED: "with_agency",
    State.IN_PROGRESS: "with_agency",
    State.DISPUTED_OWNER: "received",
    State.ANSWERED: "answered",
    State.APPEALED: "with_agency",
    State.CLOSED: "closed",
}
"""The five words a citizen sees: Received, With <agency>, We asked you, Answered, Closed."""
