"""A newcomer plays a citizen on a pretended telephone, 360 pixels wide; axe on every page."""

from pathlib import Path
from typing import Any

import pytest

from channels import intake, relay
from channels.simulator import receipts, trouble
from complaints.models import Attachment, Case
from tests.browser.axe import findings, read, width_needed
from tests.channels.demonstration import set_up
from tests.complaints.conftest import Scene
from tests.factories.agencies import RegistryCast, make_registry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TALK = "/en/simulator/phones/whatsapp/rahima/"
THEIRS, OURS = ".app-sim-bubble--theirs", ".app-sim-bubble:not(.app-sim-bubble--theirs)"


@pytest.fixture
def cast(live_server: Any) -> RegistryCast:
    """The tiny country, written where the live server sees it."""
    return make_registry()


@pytest.fixture(autouse=True)
def demonstration(settings: Any, live_server: Any, cast: RegistryCast, tmp_path: Path) -> Scene:
    """A demonstration at the live server's address, in real time."""
    set_up(settings, live_server.url, tmp_path / "mail")
    settings.MEDIA_ROOT = tmp_path / "files"
    return Scene(cast)


class Telephone:
    """A talk in the browser; the worker's part is done whenever somebody waits for an answer."""

    def __init__(self, page: Any) -> None:
        self.page, self.mistakes = page, []
        page.on("pageerror", lambda error: self.mistakes.append(f"script: {error}"))
        page.on("console", self._heard)
        page.goto(TALK)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.mistakes.append(message.text)

    def look(self) -> None:
        """Check the page as it is now."""
        # axe itself sets styles, which the page's policy forbids: mistakes are looked at before.
        assert self.mistakes == []
        assert findings(self.page) == []
        assert width_needed(self.page) <= self.page.viewport_size["width"]
        self.mistakes.clear()

    def press(self, what: str) -> None:
        """Press a button, and see one's own message appear."""
        before = self.page.locator(THEIRS).count()
        self.page.get_by_role("button", name=what, exact=True).click()
        self.page.locator(THEIRS).nth(before).wait_for()

    def write(self, text: str) -> None:
        """Write something and press Enter."""
        self.page.fill("#id_text", text)
        before = self.page.locator(THEIRS).count()
        self.page.press("#id_text", "Enter")
        self.page.locator(THEIRS).nth(before).wait_for()

    def answer(self, words: str) -> None:
        """Let the portal answer, and wait until it is seen without anybody asking for it."""
        intake.take_messages()
        relay.deliver_notices()
        self.page.wait_for_selector(f"{OURS}:has-text('{words}')", timeout=10_000)


@pytest.fixture
def phone(page: Any) -> Telephone:
    return Telephone(page)


def test_a_complaint_is_played_to_its_receipt(phone: Telephone) -> None:
    page = phone.page
    phone.look()
    phone.write("The electricity meter of our house shows a wrong number.")
    assert page.input_value("#id_text") == "", "the field is empty again"
    assert page.evaluate("document.activeElement.id") == "id_text", "and waits for the next words"
    phone.answer("Is this about an official")
    phone.press("Send a photo")
    phone.answer("Is this about an official")
    phone.write("2")
    phone.answer("Where is it?")
    phone.press("Send my place")
    phone.answer("May it be published")
    phone.look()
    phone.write("2")
    phone.answer("Secret to follow it")
    receipts.send_due()
    intake.take_messages()
    phone.look()
    case = Case.objects.get()
    assert page.is_visible(f"text={case.number} >> nth=0")
    assert Attachment.objects.get().case == case
    assert case.latitude == pytest.approx(23.7465)


def test_it_works_without_a_script(browser: Any, live_server: Any) -> None:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/en/simulator/")
    page.click("text=Take this telephone >> nth=0")
    page.click("button[value=example]")
    assert page.locator(THEIRS).count() == 1
    intake.take_messages()
    relay.deliver_notices()
    page.click("text=Look again")
    assert page.locator(OURS).count() == 1
    context.close()


def test_what_engineers_try_is_clean_too(phone: Telephone) -> None:
    page = phone.page
    for button, said in (
        ("Send an example", ""),
        ("Send the last message again", "the portal answered 200"),
        ("Forge a signature", "answered 403 to a forged signature"),
        ("Shake hands", "proved that the address is its own"),
        ("answers 503: out of order", "The provider answers 503"),
    ):
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_selector(f"text={said}" if said else THEIRS)
    phone.look()
    assert trouble.of("whatsapp")
    page.get_by_role("button", name="is well again").click()
    page.wait_for_selector("text=The provider answers 503", state="detached")
    assert trouble.of("whatsapp") is None
    page.click("text=Raw >> nth=0")
    page.wait_for_selector("text=X-Hub-Signature-256")
    phone.look()


def test_the_row_is_clean_at_each_width(page: Any) -> None:
    paths = ("", "public/", "phones/email/rahima/", "phones/x/karim/")
    read(page, *(f"simulator/{path}" for path in paths))
