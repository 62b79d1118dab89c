"""What a system is not told and may not do: of cases that it is barred from, that are with others by now,
whose words are gone; and who decides on what it did.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from agencies.models import Office, Post
from agencies.services.offices import close_office, reopen_office
from complaints.models import Case
from complaints.selectors.appeals import to_decide
from complaints.services import answering, casework
from complaints.services.respondents import Whom
from complaints.under_way import matter_of
from systems.models import Reference
from systems.services import joining
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.systems.conftest import Join, Joined
from tests.systems.working import ANSWER, Works, taken


@pytest.fixture
def works(joined: Joined) -> Works:
    """The department's system; one of its statuses is only kept."""
    works = Works(joined)
    rows = [{"status": "Catatan", "move": "note"}, {"status": "Kept"}]
    assert works.table(rows).status_code == 200
    return works


# --- Barred -----------------------------------------------------------------------------------


def test_of_a_case_that_it_filed_and_is_about_its_office_it_is_told_only_that_it_is_there(
    scene: Scene, works: Works
) -> None:
    number = works.file().json()["number"]
    desk, head = (
        scene.actor(scene.cast.desk),
        Whom(office_id=scene.cast.department.pk, role=Role.HEAD),
    )
    casework.forward(actor=desk, number=number, office=scene.cast.rival_ministry, reason="Theirs.")
    assert works.find("GW-1").json()["agency"] == scene.cast.rival_ministry.code
    answering.link_respondent(actor=desk, number=number, respondent=head)
    assert not Case.objects.get(number=number).sensitive
    for answer in (works.find("GW-1"), works.file()):
        body = answer.json()
        assert (body["number"], body["status"], body["agency"]) == (number, None, None)


def test_an_officer_who_is_barred_is_shown_no_status_that_was_sent_of_the_case(
    scene: Scene, works: Works, client: Any
) -> None:
    play, other = taken(Play(scene), works), taken(Play(scene), works)
    works.status(play.number, "Kept")
    works.status(other.number, "Kept")
    play.about(user_id=scene.cast.head.pk)
    client.force_login(scene.cast.head)
    url = f"/office/systems/{works.system.pk}/statuses/"
    shown = client.post(url, {"do": "try", "lines": ""}).content.decode()
    assert other.number in shown
    assert play.number not in shown


# --- With others, or gone ---------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Kept", "Catatan", "Nowhere in the table"])
def test_of_a_case_that_is_with_others_by_now_no_status_is_kept(
    scene: Scene, works: Works, status: str
) -> None:
    play = Play(scene).forward()
    works.status(play.number, "Kept")
    play.send_back().forward(scene.cast.rival_ministry)
    assert works.case(play.number).status_code == 200
    answer = works.status(play.number, status, text="Words of somebody who has not the case.")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
    assert Reference.objects.get().status == "Kept"


def test_the_status_by_which_a_case_is_returned_is_kept(scene: Scene, works: Works) -> None:
    works.table([{"status": "Ditolak", "move": "return"}])
    play = Play(scene).forward()
    assert works.status(play.number, "Ditolak", text="Not ours.").status_code == 200
    assert (play.state, Reference.objects.get().status) == ("received", "Ditolak")


def test_once_the_words_of_a_case_are_erased_no_status_is_kept(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    Case.objects.filter(number=play.number).update(words_erased_at=timezone.now())
    assert works.status(play.number, "Kept").status_code == 200
    assert Reference.objects.get().status == ""


def test_a_system_whose_office_has_closed_is_refused_plainly_and_the_registrar_sees_why(
    scene: Scene, works: Works, clock: Any, client: Client
) -> None:
    number = taken(Play(scene), works).number
    clock.move_to(SUNDAY + timedelta(minutes=1))
    registrar, joined = scene.actor(scene.cast.registrar), works.joined
    client.force_login(scene.cast.registrar)
    page = f"/en/registry/systems/{works.system.pk}/"
    assert "may do nothing here" not in client.get(page).content.decode()
    close_office(registrar, scene.cast.department)
    answers = [
        works.api.get("/api/v1/system/"),
        works.file(take=True),
        works.case(number),
        works.move(number, "answer", ANSWER),
        works.api.get("/api/v1/events/"),
    ]
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(403, "no_office")}
    assert "is closed" in answers[0].json()["title"]
    assert Case.objects.count() == 1
    token = joined.ask_token()
    assert (token.status_code, token.json()["error"]) == (403, "access_denied")
    assert "office" in token.json()["error_description"]
    assert joined.ask_token(client_secret="x" * 40).json() == {"error": "invalid_client"}
    shown = client.get(page).content.decode()
    assert "Its office is closed: the system may do nothing here" in shown
    assert "Without an office" in client.get("/en/registry/systems/").content.decode()
    reopen_office(registrar, Office.objects.get(pk=scene.cast.department.pk))
    assert works.case(number).json()["code"] == "no_office"
    assert "Its office was closed for a time" in client.get(page).content.decode()
    joining.end(registrar, works.system)
    assert "may do nothing here" not in client.get(page).content.decode()


# --- Who decides on what a system did ---------------------------------------------------------


@pytest.fixture
def appealed(scene: Scene, join: Join) -> Play:
    """A case of the department that the ministry's system answered, twice, and the citizen appealed."""
    above, play = Works(join(scene.cast.ministry, name="Ministry")), Play(scene)
    taken(play, above)
    for _time in range(2):
        assert above.move(play.number, "answer", ANSWER).status_code == 200
        play.dispute()
    assert play.state == "appealed"
    return play


def test_whose_system_answered_decides_no_appeal_on_it(appealed: Play) -> None:
    scene = appealed.scene
    assert "uphold" not in appealed.may("ministry_focal")
    assert "uphold" in appealed.may("overseer")
    rows = to_decide(scene.actor(scene.cast.ministry_focal))
    assert all(row.handled for row in rows)  # type: ignore[attr-defined]
    assert appealed.uphold("overseer").state == "in_progress"


def test_who_led_the_office_before_its_system_acted_may_decide(scene: Scene, join: Join) -> None:
    """Not those who came later, nor those who had left: whoever led it at that moment."""
    play = Play(scene)
    works = Works(join())
    taken(play, works)
    posts = Post.objects.filter(office=scene.cast.department, role__in=(Role.FOCAL, Role.HEAD))
    led = set(posts.values_list("user_id", flat=True))
    early = posts.get(role=Role.HEAD)
    Post.objects.filter(pk=early.pk).update(
        held_from=SUNDAY - timedelta(days=9), held_to=SUNDAY - timedelta(days=1)
    )
    assert matter_of(play.case).handled & led == led - {early.user_id}
