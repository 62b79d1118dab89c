"""What leaves of an event: codes, times and numbers, decided move by move."""

import json
from typing import Any

import pytest

from accounts.roles import Role
from agencies.models import Post
from complaints.models import Event
from complaints.told_to_systems import TOLD
from complaints.views.officer.wording import STEPS
from complaints.workflow import ABOUT_THE_FILER, MOVES, OF_RANKINGS, PRIVATE_MOVES
from systems.out import telling
from systems.out.telling import NOT_TOLD, data_told
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.conftest import Joined
from tests.systems.hearing import follow, told

#: Steps that are none of the table's moves, and that officers read too.
OTHERS = {"escalate"}


@pytest.mark.parametrize("move", sorted({*MOVES, *STEPS, *OTHERS}))
def test_of_every_move_it_is_decided_whether_it_is_told(move: str) -> None:
    assert (move in TOLD) != (move in NOT_TOLD), f"decide in complaints/told_to_systems.py: {move}"


def test_nothing_is_decided_of_moves_that_there_are_not() -> None:
    assert not (set(TOLD) | NOT_TOLD) - {*MOVES, *STEPS, *OTHERS}


def test_what_no_office_knows_of_is_not_told() -> None:
    assert PRIVATE_MOVES | ABOUT_THE_FILER | OF_RANKINGS <= NOT_TOLD


def test_people_are_in_nothing_that_leaves() -> None:
    people = {"case_officer", "team", "user", "served", "typed_by", "by_operator", "respondent"}
    keys = {"api_key", "known", "kinds", "meant", *people}
    assert not keys & {key for kept in TOLD.values() for key in kept}


def test_what_is_not_named_does_not_leave() -> None:
    data = {"office": "grid", "meant": "power", "by_operator": 7, "anything": "else"}
    assert data_told("forward", data, set()) == {"office": "grid"}
    assert data_told("a move of tomorrow", data, set()) == {}


def test_every_move_s_data_leaves_as_codes_alone(scene: Scene, joined: Joined) -> None:
    """A long case: nothing of the people in it, nor of what they wrote, is in what is told."""
    follow()
    play = Play(scene).forward().accept().ask().reply().answer().dispute().answer().appeal()
    play.set_hearing().move_hearing().call_off_hearing().testify().investigate().report()
    play.guide().recommend().follow().dismiss().reopen()
    play.message().message(by="focal").break_seal()
    follow()
    events = told(joined.system, joined.actor)
    assert len(events) == Event.objects.filter(case=play.case).count() - 1
    body = json.dumps(events)
    for secret in ("Rahima", "01712345678", "rahima@", "meter", play.receipt.secret):
        assert secret not in body
    for event in events:
        assert set(event["data"]) <= TOLD[event["move"]]
        numbers = {key for key, value in event["data"].items() if isinstance(value, int)}
        assert numbers <= {"rating"}


def test_of_a_statement_nobody_is_told_whose_it_is(scene: Scene, joined: Joined) -> None:
    follow()
    Play(scene).forward().accept().answer().appeal().testify(by="case_officer")
    follow()
    event = told(joined.system, joined.actor)[-1]
    assert (event["move"], event["party"], event["office"]) == ("testify", "", "")


def test_an_event_looks_as_it_is_written_down(scene: Scene, joined: Joined) -> None:
    follow()
    play = Play(scene).forward()
    follow()
    (event,) = told(joined.system, joined.actor)
    assert event.pop("seq") == int(event.pop("id").removeprefix("evt_"))
    assert event == {
        "type": "case.forward",
        "happened_at": "2026-11-22T04:00:00.000000Z",
        "case": play.number,
        "case_seq": 2,
        "move": "forward",
        "from": "received",
        "to": "forwarded",
        "party": "desk",
        "office": Post.objects.get(user=scene.cast.desk).office.code,
        "data": {"office": scene.cast.department.code},
    }


def test_a_case_joined_with_one_that_the_system_sees_is_told_with_its_number(
    scene: Scene, joined: Joined
) -> None:
    follow()
    lead = Play(scene).forward()
    Play(scene).forward().merge(lead, by="focal")
    follow()
    event = told(joined.system, joined.actor)[-1]
    assert event["data"] == {"lead": lead.number}


def test_the_number_of_a_case_that_it_may_not_see_is_left_out(scene: Scene, joined: Joined) -> None:
    follow()
    lead = Play(scene).forward()
    Play(scene).forward().merge(lead, by="desk")
    lead.about(office_id=scene.cast.department.pk, role=Role.HEAD)
    follow()
    merged = [e for e in told(joined.system, joined.actor) if e["move"] == "merge"]
    assert [event["data"] for event in merged] == [{"lead": ""}]
    assert lead.number not in json.dumps(told(joined.system, joined.actor))


def test_a_sensitive_case_is_told_as_any_other_and_says_nothing_of_who_filed(
    scene: Scene, joined: Joined
) -> None:
    follow()
    play = Play(scene, about_official=True).forward()
    follow()
    (event,) = told(joined.system, joined.actor)
    assert event["case"] == play.number
    assert "Rahima" not in json.dumps(event)


def test_a_step_that_turns_private_later_is_left_out_when_it_is_read(
    scene: Scene, joined: Joined, monkeypatch: Any
) -> None:
    """What is told is judged when it is read: a row that was written before does not bind."""
    follow()
    Play(scene).forward().accept()
    follow()
    hides = telling.is_hidden_from_offices
    monkeypatch.setattr(
        telling, "is_hidden_from_offices", lambda move, data: move == "accept" or hides(move, data)
    )
    assert [event["move"] for event in told(joined.system, joined.actor)] == ["forward"]
