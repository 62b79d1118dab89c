"""A sensitive complaint on a phone: nothing of it stays there, and it is left at once."""

import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from complaints.models import Case
from tests.browser.axe import findings, width_needed
from tests.browser.pocket import CACHED, KEPT, SEND, install, until, write
from tests.complaints.conftest import Scene
from tests.conftest import eventually
from tests.factories.agencies import RegistryCast, make_registry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "The clerk Karimullah wants money for a paper that is free of charge."
BUTTON = ".govuk-exit-this-page__button"
ELSEWHERE = "https://bn.wikipedia.org/"
STORED = """async () => {
    const bases = await indexedDB.databases();
    return JSON.stringify([{...localStorage}, {...sessionStorage}, bases, window.name]);
}"""


@pytest.fixture
def cast(live_server) -> RegistryCast:  # type: ignore[no-untyped-def]
    """The tiny country, written where the live server sees it."""
    return make_registry()


@pytest.fixture
def scene(cast: RegistryCast) -> Scene:
    """The cast, in real time: a browser has a clock of its own."""
    return Scene(cast)


@pytest.fixture
def phone(page, scene):  # type: ignore[no-untyped-def]
    """A phone for which the page elsewhere is there."""
    asked: list[dict[str, str]] = []

    def answer(route) -> None:  # type: ignore[no-untyped-def]
        asked.append(route.request.headers)
        route.fulfill(body="<title>Elsewhere</title><h1>Elsewhere</h1>", content_type="text/html")

    page.context.route(f"{ELSEWHERE}**", answer)
    page.elsewhere = asked
    return page


def look(page) -> None:  # type: ignore[no-untyped-def]
    assert findings(page) == [], page.url
    assert width_needed(page) <= page.viewport_size["width"], page.url


def to_the_words(page) -> None:  # type: ignore[no-untyped-def]
    """Yes, it is about an official; whom is left out."""
    page.goto("/en/complaints/new/")
    page.check("input[name=about][value=yes]")
    go_on(page)
    page.wait_for_url("**/whom/")
    look(page)
    go_on(page)
    page.wait_for_url("**/what/")


def go_on(page) -> None:  # type: ignore[no-untyped-def]
    page.click("main form:not([data-leave]) button.govuk-button:not(.govuk-button--secondary)")


def file_it(page) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """File without a name; gives number and secret."""
    to_the_words(page)
    page.fill("textarea[name=text]", TEXT)
    go_on(page)
    page.click("button[name=unknown]")
    page.check("input[name=who][value=nobody]")
    go_on(page)
    go_on(page)
    page.wait_for_url("**/check/")
    go_on(page)
    page.wait_for_url("**/receipt/")
    secrets = page.locator(".app-secret").all_inner_texts()
    return {"number": page.inner_text("#case-number"), "secret": secrets[0]}


def open_it(page, given: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    page.goto("/en/complaints/track/")
    for name, value in given.items():
        page.fill(f"main [name={name}]", value)
    page.press("main [name=secret]", "Enter")
    page.wait_for_url(f"**/track/{given['number']}/")


def is_elsewhere(page) -> None:  # type: ignore[no-untyped-def]
    page.wait_for_url(ELSEWHERE)
    assert page.inner_text("h1") == "Elsewhere"


def sessions() -> list[dict[str, Any]]:
    return [session.get_decoded() for session in Session.objects.all()]


# --- What stays -------------------------------------------------------------------------------


def test_after_a_sensitive_filing_no_storage_of_the_browser_holds_anything_of_it(phone):
    install(phone, "en")
    given = file_it(phone)
    look(phone)
    open_it(phone, given)
    phone.click("#message summary")
    phone.fill("#message_text", "One thing more: Karimullah again.")
    phone.goto("/en/cases/")
    stored = phone.evaluate(STORED) + json.dumps(phone.evaluate(CACHED))
    for word in (TEXT, "Karimullah", given["number"], given["secret"], "complaints/"):
        assert word not in stored, word
    local, session, *_rest = json.loads(phone.evaluate(STORED))
    assert (session, "kept" in local) == ({}, False)
    assert {cookie["name"] for cookie in phone.context.cookies()} <= {
        "sessionid",
        "csrftoken",
        "language",
    }


def test_whoever_presses_back_after_the_case_was_left_sees_nothing_of_it(phone):
    given = file_it(phone)
    open_it(phone, given)
    assert "Karimullah" in phone.inner_text("main")
    phone.click(BUTTON)
    is_elsewhere(phone)
    eventually(lambda: not any(s.get("proofs") or s.get("receipts") for s in sessions()))
    for _step in range(12):
        phone.go_back()
        phone.wait_for_load_state()
        words = phone.content()
        assert "Karimullah" not in words, phone.url
        assert given["secret"] not in words, phone.url
        if phone.url == "about:blank":
            break


# --- Leaving ----------------------------------------------------------------------------------


def test_the_button_stays_in_sight_and_leads_away_in_the_place_of_the_page(phone):
    to_the_words(phone)
    steps = phone.evaluate("history.length")
    phone.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = phone.locator(BUTTON).bounding_box()
    assert 0 <= box["y"] < 100
    assert box["height"] >= 36
    phone.fill("textarea[name=text]", TEXT)
    phone.click(BUTTON)
    is_elsewhere(phone)
    assert phone.evaluate("history.length") == steps
    assert "referer" not in phone.elsewhere[0]
    eventually(lambda: not any(session.get("drafts") for session in sessions()))


def test_shift_three_times_leaves_and_the_page_is_hidden_before_anything_comes(phone):
    to_the_words(phone)
    phone.fill("textarea[name=text]", TEXT)
    for _press in range(2):
        phone.keyboard.press("Shift")
    assert "Shift" in phone.inner_text("[data-leave] [role=status]")
    look(phone)
    # The page elsewhere never comes: what was here is gone all the same.
    phone.context.unroute(f"{ELSEWHERE}**")
    phone.context.route(f"{ELSEWHERE}**", lambda route: route.abort("aborted"))
    phone.keyboard.press("Shift")
    phone.wait_for_selector(".govuk-exit-this-page-overlay")
    assert not phone.is_visible("textarea[name=text]")
    assert "complaint" not in phone.title().lower()
    eventually(lambda: not any(session.get("drafts") for session in sessions()))


def test_capital_letters_leave_nothing(phone):
    to_the_words(phone)
    for letter in "ABCD":
        phone.press("textarea[name=text]", f"Shift+{letter}")
    assert phone.input_value("textarea[name=text]") == "ABCD"
    assert "/complaints/new/" in phone.url


def test_without_a_script_the_button_does_the_same(browser, live_server, scene):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.route(
        f"{ELSEWHERE}**",
        lambda route: route.fulfill(body="<h1>Elsewhere</h1>", content_type="text/html"),
    )
    page = context.new_page()
    to_the_words_without_script(page)
    page.click(BUTTON)
    is_elsewhere(page)
    assert not any(session.get("drafts") for session in sessions())
    context.close()


def to_the_words_without_script(page) -> None:  # type: ignore[no-untyped-def]
    page.goto("/en/complaints/new/")
    page.check("input[name=about][value=yes]")
    go_on(page)
    page.wait_for_selector(BUTTON)


@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_in_nobodys_way(phone, width):
    phone.set_viewport_size({"width": width, "height": 800})
    for language in ("en", "bn", "id"):
        phone.goto(f"/{language}/complaints/new/")
        phone.check("input[name=about][value=yes]")
        go_on(phone)
        phone.wait_for_url("**/whom/")
        look(phone)
        box = phone.locator(BUTTON).bounding_box()
        heading = phone.locator("main h1").bounding_box()
        is_beside = box["x"] > heading["x"] + heading["width"]
        assert is_beside or box["y"] + box["height"] <= heading["y"] + 1


# --- Without a network ------------------------------------------------------------------------


def test_the_page_for_no_network_shows_the_way_out_from_the_yes_on_and_keeps_nothing(phone):
    install(phone, "en")
    phone.context.set_offline(True)
    phone.goto("/en/app/offline/")
    write(phone, about="no")
    assert not phone.is_visible(BUTTON)
    # Not about an official yet: Shift means nothing.
    for _press in range(3):
        phone.keyboard.press("Shift")
    assert phone.is_visible("[data-writing] form")
    phone.check("[name=about][value=yes]")
    assert phone.is_visible(BUTTON)
    assert not phone.is_visible("[name=keep]")
    look(phone)
    phone.click(SEND)
    phone.wait_for_selector("[data-part=waiting]:not([hidden])")
    assert phone.evaluate(KEPT) == []
    phone.click(BUTTON)
    # Nothing asks whether one really wants to leave.
    phone.wait_for_url(ELSEWHERE)
    assert not Case.objects.exists()


def test_the_receipt_of_what_was_sent_from_there_keeps_the_way_out(phone):
    install(phone, "en")
    phone.goto("/en/app/offline/")
    write(phone, about="yes", keep=False)
    phone.click(SEND)
    phone.wait_for_selector("[data-part=receipt]:not([hidden])")
    assert Case.objects.get().sensitive
    assert phone.is_visible(BUTTON)
    until(phone, "Kept.all().then((all) => all.length === 0)")
