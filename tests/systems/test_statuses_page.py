"""The office's page of what its system's statuses mean, with a rehearsal."""

from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from complaints.models import Event
from systems.inward.statuses import table_of
from systems.models import Meaning, System
from systems.services import joining
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.factories.agencies import make_officer
from tests.systems.conftest import Joined
from tests.systems.working import TABLE, Works, taken

ANSWERS = {"status": "Selesai", "move": "answer", "outcome": "resolved", "cause": "system"}


class Page:
    """The page, with somebody of the cast signed in."""

    def __init__(self, scene: Scene, system: System) -> None:
        self.scene, self.client = scene, Client()
        self.url = f"/en/office/systems/{system.pk}/statuses/"

    def get(self, who: str = "head") -> Any:
        self.client.force_login(getattr(self.scene.cast, who))
        return self.client.get(self.url)

    def keep(self, *rows: dict[str, str], who: str = "head") -> Any:
        self.client.force_login(getattr(self.scene.cast, who))
        sent: dict[str, Any] = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0}
        for at, row in enumerate(rows):
            sent |= {f"form-{at}-{name}": value for name, value in row.items()}
        return self.client.post(self.url, {**sent, "do": "keep"})

    def attempt(self, lines: str = "", who: str = "head") -> Any:
        self.client.force_login(getattr(self.scene.cast, who))
        return self.client.post(self.url, {"lines": lines, "do": "try"})


@pytest.fixture
def page(scene: Scene, system: System) -> Page:
    return Page(scene, system)


@pytest.mark.parametrize("who", ["head", "focal", "ministry_head"])
def test_whoever_leads_the_office_keeps_its_table(page: Page, system: System, who: str) -> None:
    assert page.get(who).status_code == 200
    answer = page.keep({"status": " Diterima ", "move": "accept"}, ANSWERS, who=who)
    assert (answer.status_code, answer["Location"]) == (302, page.url)
    assert [(row.theirs, row.move) for row in table_of(system)] == [
        *(("Diterima", "accept"), ("Selesai", "answer")),
    ]
    shown = page.get(who).content.decode()
    assert 'value="Diterima"' in shown
    assert "The table is kept" in shown


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *(("rival_focal", 404), ("district_focal", 404)),
        *(("case_officer", 403), ("desk", 403), ("overseer", 403), ("registrar", 403)),
    ],
)
def test_others_find_no_such_table(page: Page, system: System, who: str, status: int) -> None:
    assert page.get(who).status_code == status
    assert page.keep(ANSWERS, who=who).status_code == status
    assert page.attempt(who=who).status_code == status
    assert not Meaning.objects.filter(system=system).exists()


def test_a_visitor_is_asked_to_sign_in(page: Page) -> None:
    assert Client().get(page.url).status_code == 302


def test_of_a_system_that_has_ended_there_is_none(page: Page, system: System, scene: Scene) -> None:
    joining.end(scene.actor(scene.cast.registrar), system)
    assert page.get().status_code == 404
    page.url = "/en/office/systems/99999999999999999999/statuses/"
    assert page.get().status_code == 404


def test_an_emptied_row_is_taken_out(page: Page, system: System) -> None:
    page.keep({"status": "Diterima", "move": "accept"}, ANSWERS)
    page.keep({"status": "", "move": "accept"}, ANSWERS, {"status": "  ", "move": ""})
    assert [row.theirs for row in table_of(system)] == ["Selesai"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"status": "Selesai", "move": "answer", "cause": "system"}, "Choose the outcome"),
        ({"status": "Selesai", "move": "answer", "outcome": "resolved"}, "Choose the cause"),
        ({"status": " DITERIMA", "move": "note"}, "in the table already"),
        ({"status": "Bawah", "move": "pass_down"}, "Give the code of the office below"),
        ({"status": "Bawah", "move": "pass_down", "office": "x"}, "no such office below yours"),
        ({"status": "Tutup", "move": "confirm"}, "Select a valid choice"),
        ({"status": "x" * 81, "move": "note"}, "80"),
    ],
)
def test_what_is_wrong_stands_at_its_row_and_what_was_typed_is_kept(
    page: Page, system: System, row: dict[str, str], sentence: str
) -> None:
    answer = page.keep({"status": "Diterima", "move": "accept"}, {"status": ""}, row)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in shown
    assert 'href="#id_form-2-' in shown
    assert 'value="Diterima"' in shown
    assert not Meaning.objects.filter(system=system).exists()


def test_where_no_office_lies_below_no_status_can_stand_for_passing_down(
    scene: Scene, join: Any
) -> None:
    make_officer("Upazila Head", Role.HEAD, scene.cast.upazila_office)
    system = join(scene.cast.upazila_office).system
    lowest, above = Page(scene, system), Page(scene, join(name="Other Works").system)
    shown = lowest.get().content.decode()
    assert 'value="accept"' in shown
    assert 'value="pass_down"' not in shown
    assert "Code of the office below" not in shown
    assert 'value="pass_down"' in above.get().content.decode()
    answer = lowest.keep({"status": "Bawah", "move": "pass_down", "office": "grid"})
    assert answer.status_code == 422
    assert "no such office below yours" in answer.content.decode()
    assert lowest.keep({"status": "Diterima", "move": "accept"}).status_code == 302


def test_a_form_that_was_cut_off_keeps_nothing(page: Page, system: System) -> None:
    page.client.force_login(page.scene.cast.head)
    answer = page.client.post(page.url, {"do": "keep"})
    assert answer.status_code == 422
    assert not Meaning.objects.filter(system=system).exists()


def test_lines_are_tried_and_nothing_is_changed(page: Page, scene: Scene, joined: Joined) -> None:
    works = Works(joined)
    works.table([row for row in TABLE if "office" not in row])
    play, unseen = taken(Play(scene), works), Play(scene)
    events = Event.objects.count()
    lines = f"{play.number}; selesai\n\n{play.number};Dilunasi\n{unseen.number};Selesai"
    shown = page.attempt(lines).content.decode()
    assert "Answer the citizen → Answered" in shown
    assert "what shows it" in shown
    assert "This status is not in your table" in shown
    assert "There is no such case with you" in shown
    assert Event.objects.count() == events


def test_without_lines_the_last_that_came_are_tried(
    page: Page, scene: Scene, joined: Joined
) -> None:
    works = Works(joined)
    assert "Nothing to try" in page.attempt().content.decode()
    play = taken(Play(scene), works)
    works.status(play.number, "Dilunasi")
    shown = page.attempt().content.decode()
    assert play.number in shown
    assert "Dilunasi" in shown


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [("123 Selesai", "Line 1"), ("1;Selesai\n2;", "Line 2"), ("1;x\n" * 51, "At most 50")],
)
def test_lines_that_cannot_be_read_are_named(page: Page, lines: str, sentence: str) -> None:
    answer = page.attempt(lines)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_whoever_is_barred_from_a_case_learns_nothing_of_it_by_trying(
    page: Page, scene: Scene, joined: Joined
) -> None:
    works = Works(joined)
    works.table([{"status": "Catatan", "move": "note"}])
    play = taken(Play(scene), works)
    play.about(user_id=scene.cast.head.pk)
    assert (
        "There is no such case with you" in page.attempt(f"{play.number};Catatan").content.decode()
    )
