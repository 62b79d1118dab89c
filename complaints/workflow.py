"""States, moves and who may make them: the one table that screens, API, docs and tests read.

Pure: no ORM. Source of every row: the table "States and moves" of the casework rules. A row says from
where, to where, by whom, what happens to the clocks, and under which condition. `edge_for` answers
"may this party make this move now, and what follows"; nothing else decides it.
"""

from complaints.workflow_appeals import WITHIN_APPEALS
from complaints.workflow_respondents import ABOUT_SOMEBODY, served_may_appeal
from complaints.workflow_terms import (
    CITIZEN_WORDS,
    FOCAL,
    OFFICE,
    OPEN_STATES,
    SAME,
    WHERE_IT_WAS,
    ClockEffect,
    Edge,
    Ending,
    Move,
    NotAllowed,
    Outcome,
    Party,
    Situation,
    State,
    cancel,
    elapse,
    meet,
    pause,
    resume,
    row,
    start,
    start_if_none,
)

__all__ = [
    "CITIZEN_WORDS",
    "MOVES",
    "OFFICE",
    "OPEN_STATES",
    "PRIVATE_MOVES",
    "PUBLIC_MOVES",
    "ClockEffect",
    "Edge",
    "Ending",
    "Move",
    "NotAllowed",
    "Outcome",
    "Party",
    "Situation",
    "State",
    "edge_for",
    "moves_for",
]

NEW: tuple[State | None, ...] = (None,)
RECEIVED, WAITING = (State.RECEIVED,), (State.WAITING,)
FORWARDED, IN_PROGRESS = (State.FORWARDED,), (State.IN_PROGRESS,)
DISPUTED, ANSWERED = (State.DISPUTED_OWNER,), (State.ANSWERED,)
APPEALED, CLOSED = (State.APPEALED,), (State.CLOSED,)
ANY = tuple(State)
OPEN = tuple(state for state in State if state in OPEN_STATES)

CITIZEN, DESK = {Party.CITIZEN}, {Party.DESK}
SYSTEM, OVERSEER, HANDLER = {Party.SYSTEM}, {Party.OVERSEER}, {Party.HANDLER}
APPEAL_OFFICER = {Party.APPEAL_OFFICER}


def _from_desk(s: Situation) -> bool:
    return s.waiting_from == State.RECEIVED


def _from_office(s: Situation) -> bool:
    return s.waiting_from == State.IN_PROGRESS


def _may_ask(s: Situation) -> bool:
    return s.may_ask


def _not_sensitive(s: Situation) -> bool:
    return not s.sensitive


def _passed_down(s: Situation) -> bool:
    return s.passed_down


def _first_return(s: Situation) -> bool:
    return not s.passed_down and not s.ruled and s.hops == 0


def _later_return(s: Situation) -> bool:
    return not s.passed_down and not s.ruled and s.hops > 0


def _never_disputed(s: Situation) -> bool:
    return s.disputes == 0


def _disputed_before(s: Situation) -> bool:
    return s.disputes > 0


def _office_below(s: Situation) -> bool:
    return s.office_below


def _had_office(s: Situation) -> bool:
    return s.had_office


def _had_none(s: Situation) -> bool:
    return not s.had_office


def _may_separate(s: Situation) -> bool:
    return s.ending == Ending.MERGED and s.separate_open


def _may_appeal(s: Situation) -> bool:
    ended_otherwise = s.ending in (Ending.WITHDRAWN, Ending.MERGED)
    return s.appeal_open and not s.appeal_final and not ended_otherwise


def _may_withdraw(s: Situation) -> bool:
    return s.withdrawal_proved and not s.withdrawal_pending


def _other_side_appeals(s: Situation) -> bool:
    return s.other_side_appeals


def _investigating(s: Situation) -> bool:
    return s.investigating


def _withdrawing(s: Situation) -> bool:
    return s.withdrawal_pending


def _pressured(s: Situation) -> bool:
    return s.pressured


def _publishable(s: Situation) -> bool:
    return s.publish_consent and not s.sensitive


def _published(s: Situation) -> bool:
    return s.published


def _sensitive(s: Situation) -> bool:
    return s.sensitive


def _may_restrict(s: Situation) -> bool:
    return s.known and s.restriction == ""


def _restricted(s: Situation) -> bool:
    return s.restriction != ""


def _appealable(s: Situation) -> bool:
    return s.restriction == "open"


def _restriction_appealed(s: Situation) -> bool:
    return s.restriction == "appealed"


def _ranked(s: Situation) -> bool:
    return not s.unranked


def _unranked(s: Situation) -> bool:
    return s.unranked


# One line a row, as in the rules: who reads the one can read the other.
# fmt: off
TABLE: tuple[tuple[str, tuple[str, ...], tuple[tuple[Edge, ...], ...]], ...] = (
    ("submit", ("text", "kind"), (
        row(NEW, State.RECEIVED, {Party.CITIZEN, Party.OPERATOR, Party.CHANNEL},
            start("forward"), start("tell")),
    )),
    ("ask", ("text",), (
        row(RECEIVED, State.WAITING, DESK, pause("forward"), start("waiting"),
            when=_may_ask, why="asked_enough"),
        row(IN_PROGRESS, State.WAITING, OFFICE, pause("resolve"), start("waiting"),
            when=_may_ask, why="asked_enough"),
    )),
    ("reply", ("text",), (
        row(WAITING, WHERE_IT_WAS, CITIZEN, meet("waiting"), resume("forward"), when=_from_desk),
        row(WAITING, WHERE_IT_WAS, CITIZEN, meet("waiting"), resume("resolve"), when=_from_office),
    )),
    ("time_out", (), (
        row(WAITING, WHERE_IT_WAS, SYSTEM, elapse("waiting"), resume("forward"), when=_from_desk),
        row(WAITING, WHERE_IT_WAS, SYSTEM, elapse("waiting"), resume("resolve"), when=_from_office),
    )),
    ("forward", ("office", "reason"), (
        row(RECEIVED, State.FORWARDED, {Party.ROUTER, Party.DESK},
            meet("forward"), meet("tell"), start("accept"), start_if_none("resolve")),
    )),
    ("decline", ("reason", "where_to"), (
        row(RECEIVED, State.CLOSED, DESK, meet("forward"), meet("tell"), ending=Ending.NOT_FOR_US),
    )),
    ("merge", ("lead",), (
        row(RECEIVED, State.CLOSED, DESK, when=_not_sensitive, why="sensitive", ending=Ending.MERGED),
        row(FORWARDED, State.CLOSED, FOCAL | DESK,
            when=_not_sensitive, why="sensitive", ending=Ending.MERGED),
    )),
    ("separate", (), (
        row(CLOSED, State.RECEIVED, CITIZEN, start("forward"),
            when=_may_separate, why="not_merged_or_too_late"),
    )),
    ("accept", ("case_officer",), (
        row(FORWARDED, State.IN_PROGRESS, FOCAL, meet("accept")),
    )),
    ("return", ("reason", "whose"), (
        row(FORWARDED, State.FORWARDED, FOCAL, meet("accept"), start("accept"), when=_passed_down),
        row(FORWARDED, State.RECEIVED, FOCAL, meet("accept"), start("forward", "return_forward"),
            when=_first_return, why="ruled"),
        row(FORWARDED, State.DISPUTED_OWNER, FOCAL, meet("accept"), start("rule"),
            when=_later_return, why="ruled"),
    )),
    ("rule", ("office", "reason"), (
        row(DISPUTED, State.FORWARDED, OVERSEER, meet("rule"), start("accept"), start_if_none("resolve")),
    )),
    ("pass_down", ("office_below", "reason"), (
        row(FORWARDED + IN_PROGRESS, State.FORWARDED, FOCAL, meet("accept"), start("accept"),
            when=_office_below, why="nothing_below"),
    )),
    ("assign", ("case_officer",), (
        row(IN_PROGRESS, State.IN_PROGRESS, FOCAL),
    )),
    ("answer", ("outcome", "text", "evidence", "cause", "suggestion"), (
        row(IN_PROGRESS, State.ANSWERED, OFFICE, meet("resolve"), start("confirm")),
    )),
    ("confirm", ("rating", "comment"), (
        row(ANSWERED, State.CLOSED, CITIZEN, meet("confirm"),
            when=_never_disputed, ending=Ending.CONFIRMED),
        row(ANSWERED, State.CLOSED, CITIZEN, meet("confirm"), when=_disputed_before,
            ending=Ending.DISPUTED_THEN_CONFIRMED),
    )),
    ("dispute", ("reason",), (
        row(ANSWERED, State.IN_PROGRESS, CITIZEN, cancel("confirm"), start("resolve", half=True),
            when=_never_disputed),
        row(ANSWERED, State.APPEALED, CITIZEN, cancel("confirm"), start("appeal"), when=_disputed_before),
    )),
    ("lapse", (), (
        row(ANSWERED, State.CLOSED, SYSTEM, elapse("confirm"), ending=Ending.SILENT),
    )),
    ("appeal", ("grounds",), (
        row(ANSWERED + CLOSED, State.APPEALED, CITIZEN,
            cancel("confirm"), start("appeal"), when=_may_appeal, why="appeal_closed"),
        row(ANSWERED + CLOSED, State.APPEALED, {Party.RESPONDENT},
            cancel("confirm"), start("appeal"), when=served_may_appeal, why="appeal_closed",
            unless=(_withdrawing, "withdrawal_pending")),
    )),
    ("uphold", ("reason",), (
        row(APPEALED, State.IN_PROGRESS, APPEAL_OFFICER, meet("appeal"), start("resolve", half=True),
            when=_had_office, unless=(_investigating, "investigating")),
        row(APPEALED, State.RECEIVED, APPEAL_OFFICER, meet("appeal"), start("forward"),
            when=_had_none, unless=(_investigating, "investigating")),
    )),
    ("dismiss", ("reason",), (
        row(APPEALED, State.CLOSED, APPEAL_OFFICER, meet("appeal"), ending=Ending.APPEAL_DISMISSED,
            unless=(_investigating, "investigating")),
    )),
    *WITHIN_APPEALS,
    ("withdraw", ("pressured",), (
        row(OPEN, SAME, CITIZEN, start("withdrawal"), when=_may_withdraw, why="needs_withdrawal_secret",
            unless=(_other_side_appeals, "other_side_appeals")),
    )),
    ("call_back", (), (
        row(OPEN, SAME, CITIZEN, cancel("withdrawal"), when=_withdrawing, why="no_withdrawal"),
    )),
    ("withdrawn", (), (
        row(OPEN, State.CLOSED, SYSTEM, elapse("withdrawal"), when=_withdrawing, why="no_withdrawal",
            ending=Ending.WITHDRAWN, unless=(_other_side_appeals, "other_side_appeals")),
    )),
    ("reopen", ("reason",), (
        row(CLOSED, State.IN_PROGRESS, OVERSEER, start("resolve"), when=_had_office),
        row(CLOSED, State.RECEIVED, OVERSEER, start("forward"), when=_had_none),
    )),
    ("message", ("text",), (row(ANY, SAME, CITIZEN | HANDLER),)),
    ("note", ("text",), (
        row(ANY, SAME, HANDLER),
        row(APPEALED, SAME, {Party.INVESTIGATOR}, when=_investigating),
    )),
    ("publish", ("public_text",), (row(ANY, SAME, DESK, when=_publishable, why="not_publishable"),)),
    ("unpublish", (), (row(ANY, SAME, DESK, when=_published, why="not_published"),)),
    ("mark_sensitive", (), (row(ANY, SAME, CITIZEN | DESK, when=_not_sensitive, why="already_sensitive"),)),
    ("clear_sensitive", ("reason",), (row(ANY, SAME, OVERSEER, when=_sensitive, why="not_sensitive"),)),
    *ABOUT_SOMEBODY,
    ("break_seal", ("reason",), (
        row(ANY, SAME, HANDLER),
        row(ANY, SAME, OVERSEER, when=_pressured, why="not_yours"),
    )),
    ("audit_look", (), (
        row(CLOSED, SAME, OVERSEER),
        row(CLOSED, SAME, DESK, when=_not_sensitive, why="not_yours"),
    )),
    ("say_pressured", ("text",), (row(ANY, SAME, CITIZEN),)),
    ("note_pressure", ("text",), (row(ANY, SAME, OVERSEER, when=_pressured, why="not_pressured"),)),
    ("write_privately", ("text",), (
        row(ANY, SAME, OVERSEER, when=_pressured, why="not_pressured"),
    )),
    # Of whoever filed it: what they file from now on waits for the desk, for a time.
    ("restrict", ("reason", "until"), (
        row(ANY, SAME, DESK, when=_may_restrict, why="nobody_to_restrict"),
    )),
    ("appeal_restriction", ("grounds",), (
        row(ANY, SAME, CITIZEN, when=_appealable, why="no_restriction"),
    )),
    ("decide_restriction", ("lift", "reason"), (
        row(ANY, SAME, OVERSEER, when=_restriction_appealed, why="no_restriction"),
    )),
    ("lift_restriction", ("reason",), (
        row(ANY, SAME, DESK | OVERSEER, when=_restricted, why="no_restriction"),
    )),
    # Left out of rankings of offices while a pattern is examined, and counted again.
    ("set_aside", (), (row(ANY, SAME, SYSTEM, when=_ranked, why="set_aside_already"),)),
    ("put_back", ("reason",), (
        row(ANY, SAME, SYSTEM | OVERSEER, when=_unranked, why="not_set_aside"),
    )),
)
# fmt: on

MOVES: dict[str, Move] = {
    name: Move(name, tuple(edge for edges in rows for edge in edges), needs)
    for name, needs, rows in TABLE
}

#: Between the citizen and overseers: officers of the offices learn of a withdrawal when it has taken
#: effect, and never of one that was called back, of pressure, or that a case was asked about again.
PRIVATE_MOVES = frozenset(
    {"withdraw", "call_back", "say_pressured", "note_pressure", "write_privately", "audit_look"}
)

#: About whoever filed it: read by them, the desk and those who oversee, by no office.
ABOUT_THE_FILER = frozenset(
    {"restrict", "appeal_restriction", "decide_restriction", "lift_restriction"}
)
#: Of the rankings: read by those who oversee alone.
OF_RANKINGS = frozenset({"set_aside", "put_back"})

#: What an agency's own system may make of the moves of its focal officers; all else is for people.
OF_MACHINES = frozenset(
    {"accept", "assign", "ask", "answer", "return", "pass_down", "message", "note"}
)

#: What the public is told of a published case: who has it, what came of it, how it ended. Never who
#: made the move. A return is not among them: the office that has it next is.
PUBLIC_MOVES = frozenset(
    {
        *("publish", "forward", "rule", "pass_down", "answer", "decline", "merge", "separate"),
        *("confirm", "dispute", "lapse", "appeal", "uphold", "dismiss", "reopen"),
    }
)


def edge_for(move: str, parties: frozenset[Party], situation: Situation) -> Edge:
    """The row that applies.

    Raises `NotAllowed` with code `unknown_move`, `wrong_state`, `not_yours` or a reason of the row's own.
    """
    if move not in MOVES:
        raise NotAllowed(move, "unknown_move")
    here = [edge for edge in MOVES[move].edges if edge.source == situation.state]
    if not here:
        raise NotAllowed(move, "wrong_state")
    mine = [edge for edge in here if edge.who & parties]
    if not mine or (situation.by_machine and move not in OF_MACHINES):
        raise NotAllowed(move, "not_yours")
    for edge in mine:
        if edge.when is None or edge.when(situation):
            if edge.unless is not None and edge.unless[0](situation):
                raise NotAllowed(move, edge.unless[1])
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
