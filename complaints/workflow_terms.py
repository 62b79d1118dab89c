"""The words of the workflow: states, endings, parties, what a move does to clocks. Pure.

`complaints.workflow` is the table written in them.
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


#: Events that are no moves: a case of the time before the portal is brought in, and each of its old steps
#: (`services.importing`). What came with the first event of a case is its citizen's.
IMPORT, HISTORY = "import", "history"
FILED = ("submit", IMPORT)

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
    #: Of the team of an open investigation.
    INVESTIGATOR = "investigator"
    #: Leads an office that was recommended to act against somebody, and has not said what it did.
    ACTION_OFFICE = "action_office"
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
    #: An open office lies below the one that has it.
    office_below: bool = True
    sensitive: bool = False
    published: bool = False
    publish_consent: bool = False
    withdrawal_pending: bool = False
    withdrawal_proved: bool = False
    pressured: bool = False
    may_ask: bool = True
    appeal_open: bool = True
    appeal_final: bool = False
    separate_open: bool = True
    #: There is somebody whom the case is about.
    about_somebody: bool = True
    #: A respondent may still appeal through the summary that they act through.
    service_open: bool = True
    #: Of an appeal under way: a hearing is set, its time has come, a team investigates, it is not the
    #: citizen's own.
    hearing_set: bool = False
    hearing_begun: bool = False
    investigating: bool = False
    other_side_appeals: bool = False
    #: Somebody was recommended to act, and has not said yet what was done.
    recommended: bool = False
    #: Whether anything is known by which whoever filed it would be found again.
    known: bool = True
    #: Of a restriction that this case gave the occasion for: "" (none in force), open, appealed, kept.
    restriction: str = ""
    #: Left out of the rankings of offices.
    unranked: bool = False
    #: An agency's own system makes the move, and no person.
    by_machine: bool = False


Condition = Callable[[Situation], bool]
SAME: Literal["same"] = "same"
WHERE_IT_WAS: Literal["where_it_was"] = "where_it_was"


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
    unless: tuple[Condition, str] | None = None

    def target(self, situation: Situation) -> State:
        """The state that the case is in afterwards."""
        if self.to == SAME:
            if situation.state is None:
                raise ValueError("a move that changes no state needs a case")
            return situation.state
        if self.to == WHERE_IT_WAS:
            return situation.waiting_from
        return State(self.to)


def row(
    sources: Iterable[State | None],
    to: State | Literal["same", "where_it_was"],
    who: Iterable[Party],
    *clocks: ClockEffect,
    when: Condition | None = None,
    why: str = "",
    ending: Ending | None = None,
    unless: tuple[Condition, str] | None = None,
) -> tuple[Edge, ...]:
    """One row of the table, for each of its states. `why` is the code told when `when` fails.

    `unless` is what stands in the way of a row that otherwise applies, with the code told then.
    """
    parties = frozenset(who)
    return tuple(Edge(source, to, parties, clocks, when, why, ending, unless) for source in sources)


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
