"""Every cell of the table of moves: who may make which move in which state, and who may not.

The expected table below was written from the casework rules, not from the code.
"""

from dataclasses import replace

import pytest

from complaints.workflow import (
    CITIZEN_WORDS,
    MOVES,
    Ending,
    NotAllowed,
    Party,
    Situation,
    State,
    edge_for,
    moves_for,
)

#: Move → states → who. `*` is every state, `open` every one but closed.
EXPECTED: dict[str, dict[str, str]] = {
    "ask": {"received": "desk", "in_progress": "case_officer focal head"},
    "reply": {"waiting": "citizen"},
    "time_out": {"waiting": "system"},
    "forward": {"received": "router desk"},
    "decline": {"received": "desk"},
    "merge": {"received": "desk", "forwarded": "desk focal head"},
    "separate": {"closed": "citizen"},
    "accept": {"forwarded": "focal head"},
    "return": {"forwarded": "focal head"},
    "rule": {"disputed_owner": "overseer"},
    "pass_down": {"forwarded": "focal head", "in_progress": "focal head"},
    "assign": {"in_progress": "focal head"},
    "answer": {"in_progress": "case_officer focal head"},
    "confirm": {"answered": "citizen"},
    "dispute": {"answered": "citizen"},
    "lapse": {"answered": "system"},
    "appeal": {"answered": "citizen respondent", "closed": "citizen respondent"},
    "uphold": {"appealed": "appeal_officer"},
    "dismiss": {"appealed": "appeal_officer"},
    "set_hearing": {"appealed": "appeal_officer"},
    "move_hearing": {"appealed": "appeal_officer"},
    "call_off_hearing": {"appealed": "appeal_officer"},
    "hold_hearing": {"appealed": "appeal_officer"},
    "testify": {
        "appealed": "citizen respondent focal head case_officer appeal_officer investigator"
    },
    "investigate": {"appealed": "appeal_officer"},
    "report": {"appealed": "investigator"},
    "end_investigation": {"appealed": "appeal_officer"},
    "guide": {"appealed": "appeal_officer"},
    "recommend": {"appealed": "appeal_officer"},
    "follow": {"*": "action_office overseer"},
    "withdraw": {"open": "citizen"},
    "call_back": {"open": "citizen"},
    "withdrawn": {"open": "system"},
    "reopen": {"closed": "overseer"},
    "message": {"*": "citizen handler"},
    "note": {"*": "handler", "appealed": "handler investigator"},
    "publish": {"*": "desk"},
    "unpublish": {"*": "desk"},
    "mark_sensitive": {"*": "citizen desk"},
    "clear_sensitive": {"*": "overseer"},
    "link_respondent": {"*": "citizen desk"},
    "unlink_respondent": {"*": "overseer"},
    "serve": {
        "answered": "appeal_officer",
        "appealed": "appeal_officer",
        "closed": "appeal_officer",
    },
    "break_seal": {"*": "handler overseer"},
    "say_pressured": {"*": "citizen"},
    "note_pressure": {"*": "overseer"},
    "write_privately": {"*": "overseer"},
    "audit_look": {"closed": "overseer desk"},
    "restrict": {"*": "desk"},
    "appeal_restriction": {"*": "citizen"},
    "decide_restriction": {"*": "overseer"},
    "lift_restriction": {"*": "desk overseer"},
    "set_aside": {"*": "system"},
    "put_back": {"*": "overseer system"},
}

#: A situation in which the move's own condition holds.
FITTING = {
    "move_hearing": {"hearing_set": True},
    "call_off_hearing": {"hearing_set": True},
    "hold_hearing": {"hearing_set": True, "hearing_begun": True},
    "report": {"investigating": True},
    "end_investigation": {"investigating": True},
    "note": {"investigating": True},
    "follow": {"recommended": True},
    "separate": {"ending": Ending.MERGED},
    "withdraw": {"withdrawal_proved": True},
    "call_back": {"withdrawal_pending": True},
    "withdrawn": {"withdrawal_pending": True},
    "publish": {"publish_consent": True},
    "unpublish": {"published": True},
    "clear_sensitive": {"sensitive": True},
    "appeal_restriction": {"restriction": "open"},
    "decide_restriction": {"restriction": "appealed"},
    "lift_restriction": {"restriction": "kept"},
    "put_back": {"unranked": True},
    "break_seal": {"pressured": True},
    "note_pressure": {"pressured": True},
    "write_privately": {"pressured": True},
}


def expected(move: str, state: State) -> set[str]:
    rows = EXPECTED[move]
    found = rows.get(state.value) or rows.get("*") or ""
    if state != State.CLOSED:
        found = found or rows.get("open", "")
    return set(found.split())


def fitting(move: str, state: State) -> Situation:
    return replace(Situation(state=state), **FITTING.get(move, {}))


def test_the_expected_table_names_every_move() -> None:
    assert set(EXPECTED) | {"submit"} == set(MOVES)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", EXPECTED)
def test_each_party_may_make_exactly_its_own_moves(move: str, state: State) -> None:
    answers = {party.value: answer(party, move, state) for party in Party}
    assert set(answers.values()) <= {"allowed", "wrong_state", "not_yours"}
    assert {party for party, said in answers.items() if said == "allowed"} == expected(move, state)


def answer(party: Party, move: str, state: State) -> str:
    """What the table says to one party: allowed, or the refusal's code."""
    try:
        edge_for(move, frozenset({party}), fitting(move, state))
    except NotAllowed as refusal:
        return refusal.code
    return "allowed"


@pytest.mark.parametrize("party", ["citizen", "operator", "channel"])
def test_a_case_begins_with_submit(party: str) -> None:
    edge = edge_for("submit", frozenset({Party(party)}), Situation())
    assert edge.to == State.RECEIVED


@pytest.mark.parametrize("party", sorted(set(Party) - {"citizen", "operator", "channel"}))
def test_nobody_else_submits(party: str) -> None:
    with pytest.raises(NotAllowed):
        edge_for("submit", frozenset({Party(party)}), Situation())


def to(move: str, party: Party, **situation: object) -> tuple[str, list[tuple[str, str]]]:
    """Where a move leads, and what it does to the clocks."""
    here = Situation(**situation)  # type: ignore[arg-type]
    edge = edge_for(move, frozenset({party}), here)
    return edge.target(here).value, [(effect.op, effect.clock) for effect in edge.clocks]


def test_the_first_return_goes_to_the_desk_the_second_to_the_overseer() -> None:
    first = to("return", Party.FOCAL, state=State.FORWARDED, hops=0)
    second = to("return", Party.FOCAL, state=State.FORWARDED, hops=1)
    assert first == ("received", [("meet", "accept"), ("start", "forward")])
    assert second == ("disputed_owner", [("meet", "accept"), ("start", "rule")])


@pytest.mark.parametrize("hops", [0, 1, 5])
def test_a_case_passed_down_goes_back_to_the_office_that_passed_it(hops: int) -> None:
    state, clocks = to(
        "return", Party.FOCAL, state=State.FORWARDED, hops=hops, passed_down=True, ruled=True
    )
    assert (state, clocks) == ("forwarded", [("meet", "accept"), ("start", "accept")])


@pytest.mark.parametrize("hops", [0, 1])
def test_what_an_overseer_ruled_cannot_be_returned(hops: int) -> None:
    with pytest.raises(NotAllowed, match="ruled"):
        to("return", Party.FOCAL, state=State.FORWARDED, hops=hops, ruled=True)


@pytest.mark.parametrize(("was", "clock"), [("received", "forward"), ("in_progress", "resolve")])
@pytest.mark.parametrize(("move", "party"), [("reply", "citizen"), ("time_out", "system")])
def test_waiting_ends_where_it_began_and_the_clock_counts_on(
    move: str, party: str, was: str, clock: str
) -> None:
    state, clocks = to(move, Party(party), state=State.WAITING, waiting_from=State(was))
    assert state == was
    assert ("resume", clock) in clocks


def test_a_second_dispute_is_an_appeal() -> None:
    first = to("dispute", Party.CITIZEN, state=State.ANSWERED, disputes=0)
    second = to("dispute", Party.CITIZEN, state=State.ANSWERED, disputes=1)
    assert first == ("in_progress", [("cancel", "confirm"), ("start", "resolve")])
    assert second == ("appealed", [("cancel", "confirm"), ("start", "appeal")])


@pytest.mark.parametrize(
    ("disputes", "ending"), [(0, Ending.CONFIRMED), (1, Ending.DISPUTED_THEN_CONFIRMED)]
)
def test_a_confirmation_remembers_a_dispute(disputes: int, ending: Ending) -> None:
    here = Situation(state=State.ANSWERED, disputes=disputes)
    assert edge_for("confirm", frozenset({Party.CITIZEN}), here).ending == ending


@pytest.mark.parametrize("move", ["uphold", "reopen"])
@pytest.mark.parametrize(("had_office", "state"), [(True, "in_progress"), (False, "received")])
def test_back_to_work_is_with_the_office_or_else_the_desk(
    move: str, had_office: bool, state: str
) -> None:
    source = State.APPEALED if move == "uphold" else State.CLOSED
    party = Party.APPEAL_OFFICER if move == "uphold" else Party.OVERSEER
    assert to(move, party, state=source, had_office=had_office)[0] == state


@pytest.mark.parametrize("ending", [Ending.WITHDRAWN, Ending.MERGED])
def test_no_appeal_after_a_withdrawal_or_a_merger(ending: Ending) -> None:
    with pytest.raises(NotAllowed, match="appeal_closed"):
        to("appeal", Party.CITIZEN, state=State.CLOSED, ending=ending)


@pytest.mark.parametrize("why", [{"appeal_open": False}, {"appeal_final": True}])
def test_no_appeal_after_the_window_or_a_final_decision(why: dict[str, bool]) -> None:
    with pytest.raises(NotAllowed, match="appeal_closed"):
        to("appeal", Party.CITIZEN, state=State.ANSWERED, **why)


@pytest.mark.parametrize("state", [State.RECEIVED, State.FORWARDED])
def test_a_sensitive_case_is_never_merged(state: State) -> None:
    with pytest.raises(NotAllowed, match="sensitive"):
        to("merge", Party.DESK, state=state, sensitive=True)


@pytest.mark.parametrize("why", [{"sensitive": True}, {"publish_consent": False}])
def test_nothing_is_published_without_consent_or_if_sensitive(why: dict[str, bool]) -> None:
    with pytest.raises(NotAllowed, match="not_publishable"):
        to("publish", Party.DESK, **{"state": State.ANSWERED, "publish_consent": True, **why})


def test_withdrawing_needs_the_other_secret() -> None:
    with pytest.raises(NotAllowed, match="needs_withdrawal_secret"):
        to("withdraw", Party.CITIZEN, state=State.RECEIVED)


def test_asking_has_its_limit() -> None:
    with pytest.raises(NotAllowed, match="asked_enough"):
        to("ask", Party.DESK, state=State.RECEIVED, may_ask=False)


@pytest.mark.parametrize("state", [State.FORWARDED, State.IN_PROGRESS])
def test_where_no_office_lies_below_nothing_is_passed_down(state: State) -> None:
    with pytest.raises(NotAllowed, match="nothing_below"):
        to("pass_down", Party.FOCAL, state=state, office_below=False)
    lowest = Situation(state=state, office_below=False)
    assert "pass_down" not in moves_for(frozenset({Party.HEAD}), lowest)


def test_an_unknown_move_is_refused() -> None:
    with pytest.raises(NotAllowed, match="unknown_move"):
        edge_for("teleport", frozenset(Party), Situation(state=State.RECEIVED))


def test_an_auditor_who_is_nothing_to_a_case_has_no_move() -> None:
    assert [m for s in State for m in moves_for(frozenset(), Situation(state=s))] == []


def test_the_citizen_sees_five_words_for_every_state() -> None:
    assert set(CITIZEN_WORDS) == set(State)
    words = {"received", "with_agency", "asked", "answered", "closed"}
    assert set(CITIZEN_WORDS.values()) == words


def test_a_case_in_appeal_is_closed_by_the_decision_or_the_citizens_own_withdrawal_alone() -> None:
    leading_out = {
        move.name
        for move in MOVES.values()
        for edge in move.edges
        if edge.source == State.APPEALED and edge.to == State.CLOSED
    }
    assert leading_out == {"dismiss", "withdrawn"}
    assert MOVES["withdrawn"].edges[0].who == {Party.SYSTEM}


@pytest.mark.parametrize("move", ["uphold", "dismiss"])
@pytest.mark.parametrize("had_office", [True, False])
def test_nothing_is_decided_while_a_team_investigates(move: str, had_office: bool) -> None:
    here = Situation(state=State.APPEALED, investigating=True, had_office=had_office)
    with pytest.raises(NotAllowed, match="investigating"):
        edge_for(move, frozenset({Party.APPEAL_OFFICER}), here)


@pytest.mark.parametrize(("move", "party"), [("withdraw", "citizen"), ("withdrawn", "system")])
def test_a_withdrawal_neither_begins_nor_ends_an_appeal_of_the_other_side(
    move: str, party: str
) -> None:
    here = replace(fitting(move, State.APPEALED), other_side_appeals=True)
    with pytest.raises(NotAllowed, match="other_side_appeals"):
        edge_for(move, frozenset({Party(party)}), here)


@pytest.mark.parametrize("state", [State.ANSWERED, State.CLOSED])
def test_the_other_side_does_not_appeal_while_a_withdrawal_is_pending(state: State) -> None:
    here = Situation(state=state, withdrawal_pending=True)
    with pytest.raises(NotAllowed, match="withdrawal_pending"):
        edge_for("appeal", frozenset({Party.RESPONDENT}), here)
    assert edge_for("appeal", frozenset({Party.CITIZEN}), here).to == State.APPEALED


@pytest.mark.parametrize(
    ("move", "now", "code"),
    [
        ("set_hearing", {"hearing_set": True}, "hearing_set"),
        ("move_hearing", {}, "no_hearing"),
        ("call_off_hearing", {}, "no_hearing"),
        ("hold_hearing", {}, "no_hearing"),
        ("hold_hearing", {"hearing_set": True}, "hearing_to_come"),
        ("investigate", {"investigating": True}, "investigating"),
        ("end_investigation", {}, "no_investigation"),
    ],
)
def test_hearings_and_investigations_are_one_at_a_time(
    move: str, now: dict[str, bool], code: str
) -> None:
    here = Situation(state=State.APPEALED, **now)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match=code):
        edge_for(move, frozenset({Party.APPEAL_OFFICER}), here)


@pytest.mark.parametrize("move", ["set_hearing", "guide", "recommend", "follow", "testify"])
def test_what_is_done_within_an_appeal_leaves_the_case_where_it_is(move: str) -> None:
    for edge in MOVES[move].edges:
        assert edge.to == "same"
        assert edge.clocks == ()
        assert edge.ending is None
