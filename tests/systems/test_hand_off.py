"""A hand-off is no closure: a case worked in an agency's system keeps our clocks, is escalated while the
system is silent, and comes back to people when the system ends.
"""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from complaints.models import Case, Clock, Notice
from complaints.services.escalation import sweep
from systems.inward import leaving
from systems.models import Reference
from systems.services import joining
from systems.tasks import give_back_cases
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day
from tests.complaints.verifying import codes
from tests.systems.conftest import Joined
from tests.systems.working import ANSWER, Works, taken


@pytest.fixture
def works(joined: Joined) -> Works:
    return Works(joined)


def clocks_of(play: Play) -> list[tuple[Any, ...]]:
    rows = Clock.objects.filter(case=play.case).order_by("id")
    return list(rows.values_list("kind", "started_at", "due_at", "stopped_how", "office"))


def end(scene: Scene, works: Works) -> None:
    joining.end(scene.actor(scene.cast.registrar), works.system)


# --- The clocks -------------------------------------------------------------------------------


def test_a_case_in_a_system_has_the_clocks_of_one_with_an_officer(
    scene: Scene, works: Works
) -> None:
    with_system, with_officer = taken(Play(scene), works), Play(scene).forward().accept()
    assert clocks_of(with_system) == clocks_of(with_officer)
    assert with_system.running == {"resolve"}
    works.move(with_system.number, "ask", {"text": "Which meter is it?"})
    with_officer.ask()
    with_system.reply()
    with_officer.reply()
    works.move(with_system.number, "answer", ANSWER)
    with_officer.answer()
    assert clocks_of(with_system) == clocks_of(with_officer)


def test_a_system_that_says_nothing_is_late_here_level_by_level(
    scene: Scene, works: Works, clock: Any
) -> None:
    silent, slow = taken(Play(scene), works, "GW-1"), Play(scene).forward().accept()
    for number in range(20, 120, 10):
        clock.move_to(day(number))
        sweep()
    assert silent.levels("resolve") == slow.levels("resolve") != []
    assert silent.levels("resolve") == [1, 2, 3]
    assert silent.case.status == "in_progress"
    assert silent.told("escalated") == slow.told("escalated")
    assert "late" in silent.heard()


def test_a_case_that_waits_for_a_system_to_accept_it_is_escalated(
    scene: Scene, works: Works, clock: Any
) -> None:
    play = Play(scene).forward()
    clock.move_to(day(30))
    sweep()
    assert play.levels("accept")


def test_nobody_writes_letters_to_a_system(scene: Scene, works: Works, clock: Any) -> None:
    play = taken(Play(scene), works).message()
    works.move(play.number, "ask", {"text": "Which meter is it?"})
    play.reply()
    for number in (20, 30, 40):
        clock.move_to(day(number))
        sweep()
    assert not Notice.objects.filter(user=works.system.user).exists()
    assert play.told("citizen_wrote") == {scene.cast.department.code}
    assert play.told("citizen_replied") == {scene.cast.department.code}


def test_the_citizen_can_dispute_what_a_system_answered_and_it_is_worked_on_there_again(
    scene: Scene, works: Works
) -> None:
    play = taken(Play(scene), works)
    works.move(play.number, "answer", ANSWER)
    play.dispute()
    assert (play.case.status, play.case.assigned) == ("in_progress", works.system.user)
    assert works.move(play.number, "answer", ANSWER).status_code == 200
    play.confirm()
    assert play.state == "closed: disputed_then_confirmed"
    assert codes(play.number) == set()


# --- The end ----------------------------------------------------------------------------------


def test_the_cases_of_a_system_that_has_ended_come_back_to_the_people(
    scene: Scene, works: Works
) -> None:
    mine, closed = taken(Play(scene), works, "GW-1"), taken(Play(scene), works)
    works.move(closed.number, "answer", ANSWER)
    closed.confirm()
    with_person = Play(scene).forward().accept()
    before = clocks_of(mine)
    end(scene, works)
    assert leaving.give_back() == 1
    case = mine.case
    assert (case.assigned, case.status, case.holder) == (None, "in_progress", scene.cast.department)
    assert (mine.last.move, mine.last.party) == ("taken_off", "system")
    assert clocks_of(mine) == before
    assert mine.told("needs_officer") == {scene.cast.department.code}
    assert closed.case.assigned == works.system.user
    assert with_person.case.assigned == scene.cast.case_officer
    mine.assign("case_officer").answer()
    assert codes() == set()


def test_heads_are_told_once_that_a_system_has_ended(scene: Scene, works: Works) -> None:
    taken(Play(scene), works)
    taken(Play(scene), works)
    end(scene, works)
    for _time in range(3):
        give_back_cases()
    told = Notice.objects.filter(template="system_ended")
    assert {row.user or row.office for row in told} == {scene.cast.head, scene.cast.department}
    assert told.count() == 2
    assert told[0].values["system"] == works.system.name


def test_giving_back_is_safe_to_repeat_and_leaves_standing_systems_alone(
    scene: Scene, works: Works
) -> None:
    play = taken(Play(scene), works)
    assert leaving.give_back() == 0
    assert play.case.assigned == works.system.user
    end(scene, works)
    assert [leaving.give_back() for _time in range(3)] == [1, 0, 0]
    assert play.moves.count("taken_off") == 1


def test_the_last_word_of_a_system_that_ended_stays_readable(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works, "GW-1")
    end(scene, works)
    assert works.case(play.number).status_code == 401
    leaving.give_back()
    reference = Reference.objects.get()
    assert (reference.external_id, reference.system) == ("GW-1", works.system)


# --- On the pages -----------------------------------------------------------------------------


def officer_page(play: Play, who: User) -> str:
    client = Client()
    client.force_login(who)
    answer = client.get(f"/en/office/cases/{play.number}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def citizen_page(play: Play) -> str:
    client = Client()
    given = {"number": play.number, "secret": play.receipt.secret}
    assert client.post("/en/complaints/track/", given).status_code == 302
    return str(client.get(f"/en/complaints/track/{play.number}/").content.decode())


def followed(play: Play) -> Any:
    url = f"/api/v1/complaints/{play.number}/follow/"
    given = {"secret": play.receipt.secret}
    return Client().post(url, given, content_type="application/json").json()


def test_officers_and_the_citizen_read_where_it_is_worked_on(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works, "GW-1")
    Reference.objects.update(status="Menunggu suku cadang")
    page, own = officer_page(play, scene.cast.focal), citizen_page(play)
    assert f"Worked in {works.system.name}" in page
    assert "GW-1" in page
    assert "Menunggu suku cadang" in page
    assert f"{scene.cast.department.name} works on it in its own system" in own
    assert "GW-1" in own
    assert "Menunggu" not in own
    assert followed(play)["elsewhere"] == [
        {"system": "Grid Works", "external_ref": "GW-1", "works_on_it": True, "status": ""}
    ]


def test_by_our_number_there_is_no_other_to_be_told(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    assert "There it has our number" in officer_page(play, scene.cast.focal)
    assert followed(play)["elsewhere"][0]["external_ref"] == ""


def test_back_with_an_officer_it_is_no_longer_worked_on_there(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works, "GW-1").assign("case_officer")
    assert f"Known to {works.system.name}" in officer_page(play, scene.cast.focal)
    assert "works on it in its own system" not in citizen_page(play)
    assert followed(play)["elsewhere"][0]["works_on_it"] is False


def test_a_case_that_no_system_knows_says_nothing_of_any(scene: Scene, works: Works) -> None:
    play = Play(scene).forward().accept()
    assert "another system" not in officer_page(play, scene.cast.focal) + citizen_page(play)
    assert followed(play)["elsewhere"] == []


def test_a_number_from_the_past_is_told_and_nobody_works_on_it_there(scene: Scene) -> None:
    """Nobody is assigned: that is no account of a system that is not there."""
    play = Play(scene).forward().accept()
    Case.objects.update(assigned=None)
    Reference.objects.create(case=play.case, source="old", external_id="G-17", system=None)
    assert followed(play)["elsewhere"] == [
        {"system": "old", "external_ref": "G-17", "works_on_it": False, "status": ""}
    ]
    assert "Worked in" not in officer_page(play, scene.cast.focal)
    assert "in its own system" not in citizen_page(play)


def test_systems_come_before_what_is_past(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works, "GW-1")
    Reference.objects.create(case=play.case, source="a-first", external_id="G-17", system=None)
    told = followed(play)["elsewhere"]
    assert [(row["system"], row["works_on_it"]) for row in told] == [
        ("Grid Works", True),
        ("a-first", False),
    ]


@pytest.mark.parametrize("which", ["officer", "citizen"])
def test_what_is_known_elsewhere_costs_no_question_of_its_own(
    scene: Scene, works: Works, which: str
) -> None:
    known, unknown = taken(Play(scene), works, "GW-1"), Play(scene).forward().accept()
    assert Case.objects.count() == 2

    def asked(play: Play) -> int:
        client = Client()
        if which == "officer":
            client.force_login(scene.cast.focal)
            url = f"/en/office/cases/{play.number}/"
        else:
            given = {"number": play.number, "secret": play.receipt.secret}
            client.post("/en/complaints/track/", given)
            url = f"/en/complaints/track/{play.number}/"
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    assert asked(known) == asked(unknown)
