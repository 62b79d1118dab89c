"""A citizen on a phone and at a desk: files, follows, replies, confirms; axe on every page."""

import re
from pathlib import Path

import pytest
from PIL import Image

from complaints.models import Case
from complaints.services import answering, casework
from tests.browser.axe import findings, is_mistake, width_needed
from tests.complaints.conftest import Scene
from tests.factories.agencies import RegistryCast, make_registry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "The electricity meter of our house shows a wrong number since October."


@pytest.fixture
def cast(live_server) -> RegistryCast:  # type: ignore[no-untyped-def]
    """The tiny country, written where the live server sees it."""
    return make_registry()


@pytest.fixture
def scene(cast: RegistryCast) -> Scene:
    """The cast, in real time: a browser has a clock of its own."""
    return Scene(cast)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture on the citizen's phone."""
    path = tmp_path / "meter.jpg"
    Image.new("RGB", (400, 300), "#884422").save(path)
    return path


class Browser:
    """A page whose every step is looked at by axe and measured."""

    def __init__(self, page) -> None:
        self.page = page
        self.mistakes: list[str] = []
        page.on("pageerror", lambda error: self.mistakes.append(f"script: {error}"))
        page.on("console", self._heard)

    def _heard(self, message) -> None:
        if is_mistake(message):
            self.mistakes.append(f"console: {message.text}")

    def look(self) -> None:
        """Check the page as it is now."""
        where = self.page.url
        assert findings(self.page) == [], where
        wide = self.page.viewport_size["width"]
        assert width_needed(self.page) <= wide, where
        assert self.mistakes == [], where

    def go_on(self) -> None:
        """Press the page's first button, and look at what comes."""
        self.page.click("main form button.govuk-button:not(.govuk-button--secondary)")
        self.look()

    def go(self, address: str) -> None:
        """Open a page and look at it."""
        self.page.goto(address)
        self.look()


@pytest.fixture
def phone(page) -> Browser:
    """360 pixels wide."""
    return Browser(page)


@pytest.fixture
def desk(browser, live_server):  # type: ignore[no-untyped-def]
    """1280 pixels wide."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="en-GB"
    )
    yield Browser(context.new_page())
    context.close()


def fill_all(browser: Browser, language: str, photo: Path) -> None:
    """From the first question to the check page, with a mistake on each page on the way."""
    page = browser.page
    browser.go(f"/{language}/")
    page.click(".app-hero .govuk-button")
    browser.look()
    browser.go_on()
    page.check("input[name=about][value=no]")
    browser.go_on()
    browser.go_on()
    page.fill("textarea[name=text]", TEXT)
    page.wait_for_selector("#look .app-why")
    browser.look()
    browser.go_on()
    page.type("input[name=q]", "Kaliak")
    page.click("#choices input[value='3.47.1'] + label")
    browser.look()
    browser.go_on()
    browser.go_on()
    page.check("input[name=who][value=named]")
    page.fill("input[name=name]", "Rahima")
    page.fill("input[name=phone]", "12")
    browser.go_on()
    page.fill("input[name=phone]", "০১৭১২৩৪৫৬৭৮")
    browser.go_on()
    page.set_input_files("input[type=file]", photo)
    page.click("button[name=add]")
    page.wait_for_selector(".app-added")
    browser.look()
    browser.go_on()
    assert "meter.jpg" in page.inner_text("main")


def secrets_of(browser: Browser) -> tuple[str, str, str]:
    page = browser.page
    secrets = page.locator(".app-secret").all_inner_texts()
    return page.inner_text("#case-number"), secrets[0], secrets[1]


#: The room between the dashed parts of a receipt and the button below them, in pixels.
ROOM_BELOW = """() => document.querySelector("[data-print]").getBoundingClientRect().top
  - document.querySelector("[aria-labelledby=part-withdraw]").getBoundingClientRect().bottom"""


def open_case(browser: Browser, language: str, number: str, secret: str) -> None:
    browser.go(f"/{language}/complaints/track/?number={number}")
    browser.page.fill("input[name=secret]", "1111 2222 3333 4444")
    browser.go_on()
    browser.page.fill("input[name=secret]", secret)
    browser.go_on()


def work_until_asked(scene: Scene, number: str) -> None:
    cast = scene.cast
    casework.forward(
        actor=scene.actor(cast.desk), number=number, office=cast.department, reason="Power"
    )
    casework.accept(actor=scene.actor(cast.focal), number=number, case_officer=cast.case_officer)
    casework.ask(
        actor=scene.actor(cast.case_officer), number=number, text="What is the meter's number?"
    )


@pytest.mark.parametrize("language", ["en", "bn"])
def test_a_citizen_files_follows_replies_and_confirms_on_a_phone(phone, scene, photo, language):
    page = phone.page
    fill_all(phone, language, photo)
    phone.go_on()
    assert page.evaluate(ROOM_BELOW) >= 20
    number, secret, _withdrawal = secrets_of(phone)
    open_case(phone, language, number, secret)
    work_until_asked(scene, number)
    phone.go(page.url)
    page.fill("#reply textarea[name=text]", "It is 4711.")
    page.click("#reply button.govuk-button")
    phone.look()
    answering.answer(
        actor=scene.actor(scene.cast.case_officer),
        number=number,
        outcome="resolved",
        text="The meter was changed.",
        evidence="Photo",
        cause="system",
    )
    phone.go(page.url)
    phone.look()
    page.click("#confirm button[value='5']")
    phone.look()
    case = Case.objects.get(number=number)
    assert (case.status, case.ending) == ("closed", "confirmed")


def test_a_complaint_about_an_official_is_filed_at_a_desk(desk, scene):
    page = desk.page
    desk.go("/en/complaints/new/")
    page.check("input[name=about][value=yes]")
    desk.go_on()
    page.type("input[name=q]", "gazi")
    page.click("#choices input[value='grid-district-3.47'] + label")
    page.check("input[name=role][value=head]")
    desk.look()
    desk.go_on()
    page.fill("textarea[name=text]", TEXT)
    desk.go_on()
    page.click("a:has-text('Choose from lists instead')")
    page.select_option("#under-top", label="Dhaka")
    page.select_option("[id='under-3']", label="Gazipur")
    desk.look()
    desk.go_on()
    page.check("input[name=who][value=nobody]")
    desk.go_on()
    desk.go_on()
    desk.go_on()
    case = Case.objects.get()
    assert case.sensitive
    assert case.place == scene.cast.district
    page.click("button:has-text('I have kept them')")
    desk.look()
    page.go_back()
    assert not re.search(r"\d{4} \d{4} \d{4} \d{4}", page.inner_text("main"))


def a_minute_goes_by(page) -> int:
    """Let the page's own clock run for a minute; says what the server answered."""
    with page.expect_response(lambda answer: "/live/" in answer.url) as asked:
        page.clock.fast_forward(61_000)
    return int(asked.value.status)


def test_the_page_of_a_case_shows_what_is_new_by_itself(phone, scene):
    receipt = scene.file()
    page = phone.page
    page.clock.install()
    open_case(phone, "en", receipt.number, receipt.secret)
    page.click("#message summary")
    page.fill("#message textarea", "Half a sentence")
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="Power meters",
    )
    assert a_minute_goes_by(page) == 200
    page.wait_for_selector("text=Sent to Grid Department")
    assert page.input_value("#message textarea") == "Half a sentence"
    phone.look()
    assert a_minute_goes_by(page) == 304
    assert page.is_visible("text=Sent to Grid Department")


PUBLIC = ("", "cases/", "help/", "privacy/", "accessibility/", "complaints/track/")


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_public_pages_are_clean_at_a_desk(desk, scene, language):
    for path in PUBLIC:
        desk.go(f"/{language}/{path}")
