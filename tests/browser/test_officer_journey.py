"""Officers at a desk, on a phone, by keyboard and without a script: forward, give, answer, decide."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from accounts.models import User
from complaints.models import Case
from complaints.services import answering, appeals, casework
from complaints.services.intake import Receipt
from tests.browser.axe import findings, is_mistake, width_needed
from tests.browser.keys import press_to_focus, press_to_go
from tests.complaints.conftest import Scene
from tests.factories.agencies import RegistryCast, make_registry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "The transformer in our lane burnt out and nobody came for a week."
PASSWORD = "the-rain-in-sylhet"


@pytest.fixture
def cast(live_server: Any) -> RegistryCast:
    """The tiny country, written where the live server sees it."""
    return make_registry()


@pytest.fixture
def scene(cast: RegistryCast) -> Scene:
    """The cast, in real time: a browser has a clock of its own."""
    return Scene(cast)


class Officer:
    """A page in which somebody is signed in; each step can be looked at by axe and measured."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.mistakes: list[str] = []
        page.on("pageerror", lambda error: self.mistakes.append(f"script: {error}"))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if is_mistake(message):
            self.mistakes.append(f"console: {message.text}")

    def look(self) -> None:
        """Check the page as it is now."""
        where = self.page.url
        assert findings(self.page) == [], where
        assert width_needed(self.page) <= self.page.viewport_size["width"], where
        assert self.mistakes == [], where

    def go(self, address: str) -> None:
        """Open a page and look at it."""
        self.page.goto(address)
        self.look()

    def press(self, name: str) -> None:
        """Press the button of that name, and look at what comes."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.look()

    @property
    def words(self) -> str:
        return str(self.page.inner_text("main"))


@pytest.fixture
def sign_in(browser: Any, live_server: Any) -> Iterator[Callable[..., Officer]]:
    """A function that opens a window in which a person is signed in."""
    windows = []

    def open_window(user: User, width: int = 1280, **options: Any) -> Officer:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        window = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 800},
            locale="en-GB",
            **options,
        )
        window.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )
        windows.append(window)
        return Officer(window.new_page())

    yield open_window
    for window in windows:
        window.close()


def accepted(scene: Scene) -> Receipt:
    """A case on which the case officer works."""
    receipt = scene.file_named(text=TEXT, place="3.47", language="en")
    cast = scene.cast
    casework.forward(
        actor=scene.actor(cast.desk), number=receipt.number, office=cast.department, reason="Grid"
    )
    casework.accept(
        actor=scene.actor(cast.focal), number=receipt.number, case_officer=cast.case_officer
    )
    return receipt


def case_of(receipt: Receipt) -> Case:
    return Case.objects.select_related("holder", "assigned").get(number=receipt.number)


def address(receipt: Receipt, move: str = "", language: str = "en") -> str:
    return f"/{language}/office/cases/{receipt.number}/{move}"


def test_the_desk_forwards_by_keyboard_with_an_office_found_while_typing(
    scene: Scene, page: Any
) -> None:
    receipt = scene.file(text=TEXT, place="3.47")
    scene.file(text=TEXT, place="3.47")
    person = scene.cast.desk
    person.set_password(PASSWORD)
    person.save()
    desk = Officer(page)
    desk.go("/en/accounts/login/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/en/desk/")
    desk.look()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys", state="hidden")
    press_to_focus(page, "j", "[data-key-open]")
    press_to_go(page, "Enter", re.escape(address(receipt)))
    desk.look()
    assert "Likely duplicates" in desk.words
    page.keyboard.press("a")
    press_to_go(page, "Enter", re.escape(address(receipt, "forward/")))
    desk.look()
    page.type("input[name=office]", "gazip")
    page.click("label:has-text('Grid Office Gazipur')")
    desk.look()
    page.fill("textarea[name=reason]", "The grid's office in Gazipur repairs it")
    desk.press("Forward to an office")
    page.wait_for_url("**/en/desk/")
    assert case_of(receipt).holder == scene.cast.district_office
    assert f"{receipt.number}. Done" in desk.words


@pytest.mark.parametrize(("width", "language"), [(360, "bn"), (1280, "en")])
def test_every_page_of_a_case_is_clean_at_each_width(
    scene: Scene, sign_in: Callable[..., Officer], width: int, language: str
) -> None:
    cast, receipt = scene.cast, accepted(scene)
    desk_case = scene.file_named(text=TEXT, place="3.47", publish_consent=True)
    answering.answer(
        actor=scene.actor(cast.case_officer),
        number=receipt.number,
        outcome="partly",
        text="A new transformer is ordered.",
        evidence="The order",
        cause="resources",
    )
    pages = {
        cast.focal: ["/office/", address(receipt)[3:], address(receipt, "message/")[3:]],
        cast.desk: [
            "/desk/",
            *(
                address(desk_case, move)[3:]
                for move in ("", "forward/", "decline/", "merge/", "ask/", "publish/")
            ),
            address(desk_case, "link_respondent/")[3:],
            address(desk_case, "break_seal/")[3:],
        ],
        cast.overseer: ["/office/", "/office/?status=disputed_owner", address(receipt)[3:]],
        cast.operator: ["/office/"],
    }
    for person, addresses in pages.items():
        officer = sign_in(person, width)
        for where in addresses:
            officer.go(f"/{language}{where}")


def test_several_cases_are_marked_and_given(scene: Scene, sign_in: Callable[..., Officer]) -> None:
    cast, first, second = scene.cast, accepted(scene), accepted(scene)
    focal = sign_in(cast.focal, 360)
    focal.go("/en/office/")
    for box in focal.page.locator("input[name=case]").all():
        box.check()
    focal.page.select_option("select[name=officer]", label="Head")
    focal.press("Give")
    assert "2 cases were given to Head." in focal.words
    assert {case_of(r).assigned for r in (first, second)} == {cast.head}


def test_a_case_officer_notes_and_answers_with_a_photo(
    scene: Scene, sign_in: Callable[..., Officer], tmp_path: Path
) -> None:
    photo, receipt = tmp_path / "transformer.jpg", accepted(scene)
    Image.new("RGB", (400, 300), "#884422").save(photo)
    officer = sign_in(scene.cast.case_officer)
    page = officer.page
    officer.go(address(receipt))
    page.click("text=Add an internal note")
    page.fill("textarea[name=text]", "Ask the store for a transformer")
    officer.press("Keep the note")
    assert "Ask the store for a transformer" in officer.words
    officer.go(address(receipt, "answer/"))
    page.click("text=It was put right")
    page.wait_for_load_state()
    assert page.is_checked("input[value=resolved]")
    assert "We looked into it and put it right" in page.input_value("textarea[name=text]")
    page.select_option("select[name=cause]", index=1)
    officer.press("Answer the citizen")
    assert "Add a file that shows what was done" in officer.words
    page.set_input_files("input[type=file]", photo)
    page.get_by_role("button", name="Answer the citizen").click()
    page.wait_for_url(f"**{address(receipt)}")
    officer.look()
    assert "transformer.jpg" in officer.words
    assert case_of(receipt).status == "answered"


def test_the_second_of_two_officers_is_told_and_keeps_the_words(
    scene: Scene, sign_in: Callable[..., Officer]
) -> None:
    receipt = accepted(scene)
    one, two = sign_in(scene.cast.case_officer), sign_in(scene.cast.focal)
    for officer in (one, two):
        officer.go(address(receipt, "ask/"))
        officer.page.fill("textarea[name=text]", "Which pole is it?")
    one.press("Ask the citizen")
    two.press("Ask the citizen")
    assert "Someone else has changed this case" in two.words
    assert "What changed meanwhile" in two.words
    assert "What you had typed" in two.words


def test_an_appeal_is_decided_with_both_sides_in_view(
    scene: Scene, sign_in: Callable[..., Officer]
) -> None:
    cast, receipt = scene.cast, accepted(scene)
    answering.answer(
        actor=scene.actor(cast.case_officer),
        number=receipt.number,
        outcome="not_upheld",
        text="There is nothing wrong with it.",
        evidence="Seen",
        cause="no_fault",
    )
    grounds = "Nobody came to look at the transformer."
    appeals.appeal(actor=scene.citizen(receipt), number=receipt.number, grounds=grounds)
    officer = sign_in(cast.ministry_focal, 360)
    officer.go(address(receipt, "uphold/"))
    assert grounds in officer.words
    assert "There is nothing wrong with it." in officer.words
    officer.page.fill("textarea[name=reason]", "The office did not go there.")
    officer.press("Uphold the appeal")
    assert case_of(receipt).status == "in_progress"


def test_without_a_script_an_office_is_found_and_the_case_forwarded(
    scene: Scene, sign_in: Callable[..., Officer]
) -> None:
    receipt = scene.file(text=TEXT, place="3.47")
    page = sign_in(scene.cast.desk, 360, java_script_enabled=False).page
    page.goto(address(receipt))
    page.click("#steps ~ * >> text=Forward to an office")
    page.fill("input[name=office]", "gazipur")
    page.fill("textarea[name=reason]", "The grid's office in Gazipur repairs it")
    page.click("button[name=search]")
    page.check("input[value='grid-district-3.47']")
    page.click("text=Forward to an office >> nth=-1")
    assert case_of(receipt).holder == scene.cast.district_office


def test_a_printed_case_holds_the_words_and_not_the_machine_around_them(
    scene: Scene, sign_in: Callable[..., Officer]
) -> None:
    receipt = accepted(scene)
    page = sign_in(scene.cast.case_officer).page
    page.goto(address(receipt))
    page.emulate_media(media="print")
    shown = page.inner_text("body")
    assert TEXT in shown
    assert "Forwarded to Grid Department" in shown
    for absent in ("Next steps", "Answer the citizen", "Published cases", "Sign out"):
        assert absent not in shown
