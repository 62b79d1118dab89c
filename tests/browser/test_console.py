"""The operators' console in a real browser: a whole call by keyboard, a counter, the radio, no script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from complaints.models import Case, Event
from complaints.services import contacts
from complaints.services.intake import Receipt
from tests.browser.axe import width_needed
from tests.browser.keys import press_to_go
from tests.browser.test_officer_journey import (  # noqa: F401
    Officer,
    accepted,
    cast,
    scene,
    sign_in,
)
from tests.complaints.conftest import Scene
from tests.factories.routing import publish_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "The meter in our house shows a wrong number."
POP = "/en/console/new/?ani=01712345678&call_id=c-1"
SECRET = re.compile(r"\d{4} ?\d{4} ?\d{4} ?\d{4}")
#: All that a browser may keep of a page beside its history: both stores, every cache, the databases.
STORED = """async () => {
  const kept = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      kept.push(request.url, await (await cache.match(request)).text());
    }
  }
  return kept.concat((await indexedDB.databases()).map(({ name }) => name));
}"""
SignIn = Callable[..., Officer]


class Operator:
    """An operator whose hands stay on the keyboard."""

    def __init__(self, officer: Officer) -> None:
        self.officer, self.page = officer, officer.page

    def press(self, *keys: str) -> "Operator":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, words: str) -> "Operator":
        self.page.keyboard.type(words)
        return self

    def go_on(self, key: str, address: str) -> None:
        """Press a key that leads to another page, and look at what comes."""
        press_to_go(self.page, key, address)
        self.officer.look()

    @property
    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.id"))

    @property
    def words(self) -> str:
        return self.officer.words

    def stored(self) -> list[str]:
        """All that lies in the browser's own stores of the portal."""
        found: list[str] = self.page.evaluate(STORED)
        return found


@pytest.fixture
def operator(scene: Scene, sign_in: SignIn) -> Operator:  # noqa: F811
    """At a desk, 1280 pixels wide, with a rule that knows meters."""
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    return Operator(sign_in(scene.cast.operator))


def tell(operator: Operator) -> None:
    """A whole filing, field by field, from the first question to the last."""
    operator.press("Space")
    assert operator.focused == "consent"
    operator.press("Enter").type(TEXT)
    assert operator.focused == "text"
    operator.press("Tab")
    assert operator.focused == "about"
    operator.press("Space", "Enter", "Enter", "Enter")
    operator.press("Alt+p").type("Kaliakair").press("Enter")
    operator.page.wait_for_selector("#choices input:checked")
    assert operator.focused == "place"
    operator.press("Enter").type("Beside the school")
    assert operator.focused == "note"
    operator.press("Enter", "Space", "Enter").type("Rahima")
    assert operator.focused == "name"
    operator.press("Enter", "Enter", "Space", "Enter", "Enter")
    assert operator.focused == "for_whom"


def test_a_whole_call_without_a_mouse(operator: Operator, scene: Scene) -> None:  # noqa: F811
    page = operator.page
    operator.officer.go("/en/console/")
    assert "Ready for the next person" in operator.words
    operator.officer.go(POP)
    assert page.input_value("[name=phone]") == "+8801712345678"
    tell(operator)
    page.wait_for_selector("text=This would go to: Grid Department")
    operator.officer.look()
    operator.go_on("Control+Enter", "/check/$")
    assert "01712 345 678" in operator.words or "০১৭১২ ৩৪৫ ৬৭৮" in operator.words
    operator.go_on("6", r"/filings/[^/]+/\?to=name$")
    assert operator.focused == "name"
    operator.press("End").type(" Begum")
    operator.go_on("Alt+r", "/check/$")
    assert "Rahima Begum" in operator.words
    operator.go_on("Alt+s", "/done/[^/]+/$")
    case = Case.objects.get()
    assert (case.text, case.place, case.channel) == (TEXT, scene.cast.upazila, "hotline")
    assert (case.share_contact, case.publish_consent) == (True, False)
    assert contacts.details_of(case.contact)["name"] == "Rahima Begum"
    assert Event.objects.get(move="submit").data["call"] == "c-1"
    assert not SECRET.search(page.content().split("<main")[1])
    operator.go_on("Enter", "/secret/$")
    secret = SECRET.search(operator.words.replace("\n", " "))
    assert secret
    operator.press("Alt+h")
    page.wait_for_selector("#keys", state="visible")
    operator.officer.look()
    operator.press("Escape")
    page.wait_for_selector("#keys", state="hidden")
    operator.go_on("Alt+u", "/withdrawal/$")
    operator.go_on("Alt+k", "/console/$")
    assert "The call is over." in operator.words
    operator.press("Alt+o").type(case.number).press("Enter").type(secret[0])
    operator.go_on("Enter", f"/cases/{case.number}/$")
    operator.press("1").type("The meter hums at night.")
    operator.go_on("Control+Enter", r"/\?done=message$")
    assert Event.objects.get(move="message").data["by_operator"] == scene.cast.operator.pk
    operator.go_on("Alt+n", "/filings/")


def test_the_next_person_finds_nothing_of_the_one_before(operator: Operator) -> None:
    page = operator.page
    page.goto(POP)
    tell(operator)
    operator.go_on("Alt+r", "/check/$")
    operator.go_on("Alt+s", "/done/[^/]+/$")
    number = Case.objects.get().number
    operator.go_on("Alt+k", "/secret/$")
    secret = SECRET.search(operator.words.replace("\n", " "))
    assert secret
    operator.go_on("Alt+n", "/filings/")
    addresses = set()
    for _step in range(4):
        page.go_back()
        page.wait_for_selector("main")
        addresses.add(page.url)
        content = page.content()
        for left in ("Rahima", TEXT, "1712345678", "Beside the school", secret[0], number):
            assert left not in content, f"{left} at {page.url}"
    assert len(addresses) == 4
    assert not page.evaluate("document.cookie")
    page.goto("/en/console/")
    stored = operator.stored()
    assert stored[:2] == ["{}", "{}"]
    for left in ("/console/", "Rahima", TEXT, "1712345678", secret[0], number):
        assert not any(left in kept for kept in stored), left
    assert number in operator.words


def test_what_was_typed_last_is_kept_when_another_call_pops_at_once(operator: Operator) -> None:
    page = operator.page
    page.goto(POP)
    operator.press("Alt+w").type(TEXT)
    for call in range(2, 12):  # The words may be on their way while the page is asked for.
        page.goto(f"/en/console/new/?ani=anonymous&call_id=c-{call}")
        if "A filing is open that is not sent yet" in operator.words:
            break
        page.wait_for_timeout(200)
    operator.officer.look()
    operator.go_on("Alt+b", "/filings/")
    assert page.input_value("[name=text]") == TEXT
    operator.go_on("Alt+r", "/filings/")
    assert "Please correct this" in operator.words


def test_a_second_call_is_taken_and_the_first_waits(operator: Operator) -> None:
    page = operator.page
    page.goto(POP)
    operator.press("Alt+w").type(TEXT)
    page.wait_for_selector("text=This would go to: Grid Department")
    page.goto("/en/console/new/?ani=anonymous&call_id=c-2")
    operator.go_on("Alt+n", "/filings/")
    assert page.input_value("[name=text]") == ""
    page.goto("/en/console/")
    operator.officer.look()
    page.get_by_role("link", name="Go on").last.focus()
    operator.go_on("Enter", "/filings/")
    assert page.input_value("[name=text]") == TEXT


def test_enter_never_sends_and_goes_from_field_to_field(operator: Operator) -> None:
    page = operator.page
    page.goto("/en/console/new/")
    page.fill("[name=name]", "Rahima")
    for _field in range(12):
        page.keyboard.press("Enter")
    assert not Case.objects.exists()
    assert page.input_value("[name=name]") == "Rahima"
    assert "/filings/" in page.url


def test_the_script_is_in_the_language_that_is_chosen(operator: Operator) -> None:
    page = operator.page
    page.goto("/en/console/new/")

    def shown() -> set[str]:
        found = page.locator(".app-say:visible q").all()
        return {str(q.get_attribute("lang")) for q in found}

    assert shown() == {"bn"}
    operator.press("Alt+l", "ArrowDown")
    assert shown() == {"id"}
    operator.officer.look()


@pytest.mark.parametrize("step", ["", "secret/", "print/"])
def test_a_receipt_that_nobody_looks_at_clears_itself(operator: Operator, step: str) -> None:
    page = operator.page
    page.goto(POP)
    tell(operator)
    operator.go_on("Alt+r", "/check/$")
    operator.go_on("Alt+s", "/done/[^/]+/$")
    receipt = page.url
    page.clock.install()
    page.goto(f"{receipt}{step}")
    page.clock.run_for(151_000)
    page.wait_for_selector("text=This page is cleared in half a minute.")
    operator.officer.look()
    operator.press("Shift")
    assert page.is_hidden("[data-idle-warning]")
    page.clock.run_for(181_000)
    page.wait_for_url(re.compile("/console/$"))
    assert "Nobody touched the keyboard" in operator.words
    page.goto(receipt)
    assert "The receipt is no longer shown" in operator.words


def test_a_filing_that_nobody_types_into_is_put_out_of_sight_and_kept(operator: Operator) -> None:
    page = operator.page
    page.clock.install()
    page.goto(POP)
    operator.press("Alt+w").type(TEXT)
    page.clock.run_for(601_000)
    page.wait_for_url(re.compile("/console/$"))
    assert TEXT not in page.content()
    page.click("text=Go on")
    assert page.input_value("[name=text]") == TEXT


def test_a_secret_that_was_typed_and_not_sent_is_cleared(operator: Operator) -> None:
    page = operator.page
    page.clock.install()
    page.goto("/en/console/")
    page.clock.run_for(400_000)
    assert page.is_hidden("[data-idle-warning]")
    operator.press("Alt+o").type("4821").press("Enter").type("1234567812345678")
    page.clock.run_for(160_000)
    assert page.is_visible("[data-idle-warning]")
    with page.expect_navigation():
        page.clock.run_for(30_000)
    assert page.input_value("[name=secret]") == ""


def paper(page: Any, width: str, height: str) -> int:
    """How many sheets it takes."""
    return len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(width=width, height=height)))


def test_a_counter_prints_one_sheet_with_both_secrets_on_parts_of_their_own(
    operator: Operator,
) -> None:
    page = operator.page
    page.goto("/en/console/new/")
    page.check("[name=channel][value=counter]")
    operator.press("Alt+l", "Tab", "Tab")
    tell(operator)
    operator.go_on("Alt+r", "/check/$")
    operator.go_on("Alt+s", "/done/[^/]+/$")
    operator.go_on("Enter", "/print/$")
    assert paper(page, "210mm", "297mm") == 1
    assert paper(page, "80mm", "297mm") == 1
    page.emulate_media(media="print")
    printed = page.inner_text("body").replace("\n", " ")
    assert len(set(SECRET.findall(printed))) == 2
    assert page.locator(".app-sheet svg").is_visible()
    for absent in ("Next person", "Print the receipt", "Sign out", "Alt", "cleared"):
        assert absent not in printed
    page.set_viewport_size({"width": 302, "height": 900})
    assert width_needed(page) <= 302
    tops = [part.bounding_box()["y"] for part in page.locator(".app-sheet__part").all()]
    assert tops == sorted(set(tops))
    assert len(tops) == 3


def test_the_radio_by_keyboard(operator: Operator) -> None:
    page = operator.page
    page.goto("/en/console/new/")
    page.check("[name=channel][value=radio]")
    page.fill("[name=station]", "betar")
    page.fill("[name=programme]", "shokal-7")
    page.fill("[name=aired]", timezone.localtime().strftime("%Y-%m-%dT00:00"))
    page.check("[name=consent][value=spoken]")
    page.fill("[name=text]", TEXT)
    page.check("[name=about][value=no]")
    page.check("[name=told]")
    operator.officer.look()
    operator.go_on("Alt+r", "/check/$")
    assert "Nobody can be reached" in operator.words
    operator.go_on("Alt+s", "/done/[^/]+/$")
    operator.go_on("Alt+k", "/secret/$")
    assert "give it to the station" in operator.words
    assert Event.objects.get(move="submit").data["station"] == "betar"


@pytest.mark.parametrize(("width", "language"), [(360, "bn"), (1280, "bn"), (360, "id")])
def test_every_page_is_clean_at_each_width(
    scene: Scene,  # noqa: F811
    sign_in: SignIn,  # noqa: F811
    width: int,
    language: str,
) -> None:
    receipt: Receipt = accepted(scene)
    officer = sign_in(scene.cast.operator, width)
    page = officer.page
    officer.go(f"/{language}/console/")
    officer.go(f"/{language}/console/new/?ani=anonymous&call_id=a-1")
    page.click("[data-main]")
    officer.look()
    page.fill("[name=text]", TEXT)
    page.check("[name=about][value=no]")
    page.check("[name=consent][value=spoken]")
    page.check("[name=told]")
    page.check("[name=for_whom][value=other]")
    page.fill("[name=for_name]", "Karim")
    page.check("[name=consent_for][value=guardian]")
    officer.look()
    page.click("[data-main]")
    page.wait_for_url(re.compile("/check/$"))
    officer.look()
    officer.go(f"/{language}/console/new/?ani=102&call_id=a-2")
    page.click("button[value=other]")
    page.click("[data-main]")
    page.wait_for_url(re.compile("/check/$"))
    page.click("[data-main]")
    page.wait_for_url(re.compile("/done/[^/]+/$"))
    here = page.url
    for step in ("", "secret/", "withdrawal/", "print/"):
        officer.go(f"{here}{step}")
    officer.go(f"/{language}/console/")
    page.click("form[action$='/console/end/'] button")
    officer.look()
    officer.go(here)
    page.goto(f"/{language}/console/")
    page.fill("[name=number]", receipt.number)
    page.fill("[name=secret]", receipt.secret)
    page.click("[data-main]")
    page.wait_for_url(re.compile("/cases/"))
    officer.look()
    page.click("summary >> nth=0")
    officer.look()


def test_without_a_script_everything_is_there(
    scene: Scene,  # noqa: F811
    sign_in: SignIn,  # noqa: F811
) -> None:
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    page = sign_in(scene.cast.operator, 360, java_script_enabled=False).page
    page.goto(POP)
    page.check("[name=consent][value=spoken]")
    page.fill("[name=text]", TEXT)
    page.fill("[name=q]", "Kaliakair")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Kaliakair, Gazipur").check()
    page.get_by_role("button", name="Show where it would go").click()
    assert "This would go to: Grid Department" in page.inner_text("main")
    page.check("[name=about][value=no]")
    page.check("[name=told]")
    page.get_by_role("button", name="Read it back").click()
    page.get_by_role("button", name="It is right: send it").click()
    page.get_by_role("button", name="They have written it down: on to the secret").click()
    assert SECRET.search(page.inner_text("main").replace("\n", " "))
    page.get_by_role("button", name="They have written it down: end of call").click()
    assert "Ready for the next person" in page.inner_text("main")
    assert Case.objects.get().place == scene.cast.upazila
