"""The portal as an app on a phone: without a network, kept complaints, news, and what is never kept."""

import json
import re
from typing import Any

import pytest

from complaints.models import Case
from tests.browser.pocket import (
    CACHED,
    KEPT,
    RECEIPT,
    SEND,
    TEXT,
    given,
    install,
    look,
    until,
    write,
)
from tests.complaints.conftest import Scene
from tests.conftest import eventually
from tests.factories.agencies import RegistryCast, make_registry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
    """A phone in Bangla on which the portal was visited once, and which is without a network now."""
    install(page)
    page.context.set_offline(True)
    return page


# --- The worker -------------------------------------------------------------------------------


def test_the_worker_keeps_the_shell_alone_whatever_somebody_looks_at(page, scene):
    install(page, "en")
    receipt = scene.file()
    page.goto(f"/en/complaints/track/?number={receipt.number}")
    page.fill("[name=secret]", receipt.secret)
    page.click("main form button")
    page.wait_for_selector("#status")
    page.goto("/en/complaints/new/")
    page.goto("/en/cases/")
    cached = page.evaluate(CACHED)
    pages = {f"/{language}/app/offline/" for language in ("en", "bn", "id")}
    others = set(cached) - pages - {"/app/language"}
    assert pages <= set(cached)
    assert all(path.startswith("/static/") for path in others)
    assert receipt.number not in json.dumps(cached)


def test_without_a_network_every_address_is_the_offline_page_in_its_language(phone):
    phone.goto("/bn/complaints/track/")
    assert phone.is_visible("[data-writing] form")
    assert phone.get_attribute("html", "lang") == "bn"
    assert phone.is_visible("[data-part=elsewhere]")
    assert phone.is_visible("[data-offline]")
    look(phone)
    phone.goto("/en/cases/")
    assert phone.get_attribute("html", "lang") == "en"


def test_an_address_without_a_language_is_in_the_one_that_was_read_last(page, scene):
    install(page, "id")
    until(page, "caches.has('shell-language')")
    page.context.set_offline(True)
    page.goto("/cases/")
    assert page.get_attribute("html", "lang") == "id"


def test_where_an_officer_is_signed_in_the_worker_and_what_it_kept_go(page, scene, live_server):
    install(page, "en")
    scene.cast.operator.set_password("a-long-password-1")
    scene.cast.operator.save()
    page.goto("/en/accounts/login/")
    page.fill("[name=login]", scene.cast.operator.email)
    page.fill("[name=password]", "a-long-password-1")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/en/console/")
    until(page, "navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)")
    until(page, "caches.keys().then((names) => names.length === 0)")
    page.goto("/en/app/offline/")
    assert page.query_selector("[data-writing]") is None


# --- Kept and sent ----------------------------------------------------------------------------


def test_what_is_kept_is_sent_once_when_the_network_is_back_and_then_gone(phone):
    phone.goto("/bn/app/offline/")
    write(phone, place_note="কালিয়াকৈর বাজার", phone="০১৭১২৩৪৫৬৭৮")
    phone.click(SEND)
    phone.wait_for_selector("[data-part=list] li")
    look(phone)
    (entry,) = phone.evaluate(KEPT)
    assert (entry["state"], entry["body"]["text"]) == ("waiting", TEXT)
    assert not Case.objects.exists()
    phone.context.set_offline(False)
    receipt = given(phone)
    look(phone)
    case = Case.objects.get()
    assert (case.number, case.text, case.place_note) == (
        receipt["number"],
        TEXT,
        "কালিয়াকৈর বাজার",
    )
    assert (case.language, case.channel, case.owner) == ("bn", "api", None)
    (entry,) = phone.evaluate(KEPT)
    assert "body" not in entry
    phone.click("[data-part=taken]")
    until(phone, "Kept.all().then((all) => all.length === 0)")
    assert phone.inner_text("#secret-follow") == ""
    assert phone.evaluate("localStorage.getItem('kept')") is None
    phone.reload()
    assert not phone.is_visible(RECEIPT)
    assert Case.objects.count() == 1


def test_the_receipt_opens_the_case_and_says_by_when(page, scene):
    install(page, "en")
    page.goto("/en/app/offline/")
    write(page)
    page.click(SEND)
    receipt = given(page)
    assert re.search(r"by the end of \w{3}, \d+ \w+ \d{4}", page.inner_text("[data-answer]"))
    page.goto(f"/en/complaints/track/?number={receipt['number']}")
    page.fill("[name=secret]", receipt["secret"])
    page.click("main form button")
    page.wait_for_selector("#status")


#: A browser that does not send by itself what the page could not (Firefox, Safari).
NO_SYNC = "SyncManager.prototype.register = async () => {};"


def test_an_answer_that_was_lost_costs_no_second_case(page, scene):
    page.add_init_script(NO_SYNC)
    install(page, "en")
    page.goto("/en/app/offline/")
    lost: list[int] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/api/v1/complaints/", lose)
    write(page)
    page.click(SEND)
    until(page, "Kept.all().then(([entry]) => entry.tries === 1)")
    page.wait_for_selector("[data-part=list] li button >> nth=1")
    assert lost == [201]
    # It has reached us: it cannot be changed any more, only sent again.
    acts = page.locator("[data-part=list] li button").all_inner_texts()
    assert acts == ["Send it now", "Erase it from this device"]
    page.click("[data-part=list] li button:has-text('Send it now')")
    receipt = given(page)
    assert Case.objects.get().number == receipt["number"]


def test_a_server_that_is_busy_is_asked_again_later(page, scene):
    page.add_init_script(NO_SYNC)
    install(page, "en")
    page.goto("/en/app/offline/")
    page.route("**/api/v1/complaints/", lambda route: route.fulfill(status=503, json={}))
    write(page)
    page.click(SEND)
    until(page, "Kept.all().then(([entry]) => entry.tries > 0)")
    (entry,) = page.evaluate(KEPT)
    wait = entry["next"] - page.evaluate("Date.now()")
    assert entry["state"] == "waiting"
    assert 20_000 < wait <= 30_000
    page.unroute("**/api/v1/complaints/")
    page.evaluate("Kept.all().then(([entry]) => Kept.put({ ...entry, next: 0 }))")
    # Any page of the portal sends it, and says that something is there.
    page.goto("/en/help/")
    assert page.is_visible("[data-kept]")
    look(page)
    until(
        page,
        "new Promise((resolve) => { const o = indexedDB.open('kept'); o.onsuccess = () => {"
        " const r = o.result.transaction('complaints').objectStore('complaints').getAll();"
        " r.onsuccess = () => { o.result.close(); resolve(r.result[0]?.state === 'filed'); }; }; })",
    )
    page.click("[data-kept] a")
    assert given(page)["number"] == Case.objects.get().number


def test_with_the_portal_closed_the_browser_sends_it_and_the_receipt_waits(phone, live_server):
    phone.goto("/bn/app/offline/")
    write(phone)
    phone.click(SEND)
    phone.wait_for_selector("[data-part=list] li")
    until(
        phone,
        "navigator.serviceWorker.ready.then(({ sync }) => sync.getTags())"
        ".then((tags) => tags.includes('kept'))",
    )
    phone.goto("about:blank")
    phone.context.set_offline(False)
    sync_now(phone, live_server.url)
    eventually(Case.objects.exists)
    phone.goto("/bn/app/offline/")
    assert given(phone)["number"] == Case.objects.get().number


def sync_now(page, origin: str) -> None:  # type: ignore[no-untyped-def]
    """What the browser does by itself when it finds a network: it wakes the worker."""
    session = page.context.new_cdp_session(page)
    found: list[Any] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    which = {"origin": origin, "registrationId": found[0]["registrationId"]}
    session.send("ServiceWorker.dispatchSyncEvent", {**which, "tag": "kept", "lastChance": False})


def test_what_may_have_arrived_a_day_ago_is_not_sent_again_unasked(page, scene):
    install(page, "en")
    page.goto("/en/app/offline/")
    page.evaluate(
        "Kept.put({...Kept.made('/', 'en', {text: 'There has been no light for weeks.'}),"
        " tries: 3, firstTry: Date.now() - 24 * 3600 * 1000})"
    )
    page.reload()
    page.wait_for_selector("text=It may have reached us already")
    assert not Case.objects.exists()
    page.click("[data-part=list] li button:has-text('Send it now')")
    assert given(page)["number"] == Case.objects.get().number


def test_what_the_server_refuses_is_said_at_the_field_and_kept(phone):
    phone.goto("/bn/app/offline/")
    write(phone, phone="12")
    phone.click(SEND)
    phone.wait_for_selector("[data-part=list] li")
    phone.context.set_offline(False)
    until(phone, "Kept.all().then(([entry]) => entry.state === 'refused')")
    phone.click("[data-part=list] li button")
    assert "01712 345678" in phone.inner_text(".govuk-form-group--error")
    assert phone.input_value("[name=text]") == TEXT
    look(phone)
    phone.fill("[name=phone]", "01712345678")
    phone.click(SEND)
    given(phone)
    assert Case.objects.count() == 1


def test_mistakes_are_said_before_anything_is_kept(phone):
    phone.goto("/bn/app/offline/")
    phone.fill("[name=text]", "ছোট")
    phone.check("[name=keep]")
    phone.click(SEND)
    assert phone.locator(".govuk-error-summary a").count() == 2
    assert phone.evaluate("document.activeElement.className") == "govuk-error-summary"
    look(phone)
    assert phone.evaluate(KEPT) == []
    phone.click(".govuk-error-summary a >> nth=1")
    assert phone.evaluate("document.activeElement.name") == "text"


def test_it_can_be_erased_unsent(phone):
    phone.goto("/bn/app/offline/")
    words = "The pump of our village has stood still for a week."
    write(phone, text=words)
    phone.click(SEND)
    phone.click("[data-part=list] li button >> nth=-1")
    until(phone, "Kept.all().then((all) => all.length === 0)")
    phone.context.set_offline(False)
    phone.reload()
    assert not Case.objects.filter(text=words).exists()


# --- Never kept -------------------------------------------------------------------------------


def on_the_device(page) -> str:  # type: ignore[no-untyped-def]
    """All that a script of the portal could have written there."""
    return json.dumps(
        [
            page.evaluate(KEPT),
            page.evaluate(CACHED),
            page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])"),
        ]
    )


def test_what_is_about_an_official_waits_on_the_page_and_is_never_kept(phone):
    phone.goto("/bn/app/offline/")
    words = "An officer asked me for money to stamp a paper."
    phone.check("[name=about][value=no]")
    phone.check("[name=keep]")
    write(phone, about="yes", keep=False, text=words)
    assert not phone.is_visible("[name=keep]")
    assert phone.is_visible("[data-part=sealed]")
    look(phone)
    phone.click(SEND)
    phone.wait_for_selector("[data-part=waiting]:not([hidden])")
    look(phone)
    assert words not in on_the_device(phone)
    assert phone.evaluate("localStorage.getItem('kept')") is None
    phone.context.set_offline(False)
    given(phone)
    case = Case.objects.get()
    assert (case.sensitive, case.text) == (True, words)
    assert phone.inner_text("#secret-follow") not in on_the_device(phone)


def test_the_store_itself_refuses_what_is_about_an_official(phone):
    phone.goto("/bn/app/offline/")
    said = phone.evaluate(
        "(async () => { try { await Kept.put(Kept.made('/', 'bn', {about_official: true})); }"
        " catch (error) { return error.message; } })()"
    )
    assert said == "never kept"


def test_a_kept_one_that_turns_out_to_be_about_an_official_is_erased_at_once(phone):
    phone.goto("/bn/app/offline/")
    write(phone)
    phone.click(SEND)
    phone.wait_for_selector("[data-part=list] li")
    phone.evaluate("Kept.all().then(([entry]) => Kept.put({ ...entry, firstTry: 0 }))")
    phone.reload()
    phone.click("[data-part=list] li button >> nth=1")
    until(phone, f"document.querySelector('[name=text]').value === {json.dumps(TEXT)}")
    phone.check("[name=about][value=yes]")
    until(phone, "Kept.all().then((all) => all.length === 0)")
    assert phone.input_value("[name=text]") == TEXT


def test_without_the_choice_nothing_is_kept_either(phone):
    phone.goto("/bn/app/offline/")
    write(phone, keep=False)
    phone.click(SEND)
    phone.wait_for_selector("[data-part=waiting]:not([hidden])")
    assert phone.evaluate(KEPT) == []
    phone.click("[data-part=back]")
    assert phone.input_value("[name=text]") == TEXT


def test_where_the_browser_keeps_nothing_it_waits_on_the_page(phone):
    phone.add_init_script("indexedDB.open = () => { throw new Error('private'); }")
    phone.goto("/bn/app/offline/")
    write(phone)
    phone.click(SEND)
    phone.wait_for_selector("[data-part=waiting]:not([hidden])")
    phone.context.set_offline(False)
    given(phone)
    assert Case.objects.count() == 1


def test_without_a_script_the_page_leads_to_the_usual_form(browser, live_server, scene):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/en/app/offline/")
    assert not page.is_visible("[data-writing]")
    page.click("main a:visible")
    assert page.url.endswith("/en/complaints/new/")
    context.close()
