"""Installing the app, and news of a case on a device."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from channels.models import Device
from channels.push.keys import public_key
from tests.browser.pocket import install, look, until
from tests.channels.push_service import VAPID, Browser, PushService
from tests.complaints.conftest import Scene
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


# --- The hint ---------------------------------------------------------------------------------

OFFERED = """() => {
    window.asked = 0;
    const event = new Event("beforeinstallprompt", { cancelable: true });
    event.prompt = () => { window.asked += 1; };
    window.dispatchEvent(event);
    return event.defaultPrevented;
}"""


def test_the_hint_to_install_shows_where_it_can_be_done_and_not_after_no(page, scene):
    page.goto("/bn/")
    assert not page.is_visible("[data-install]")
    assert page.evaluate(OFFERED) is True
    look(page)
    page.click("[data-yes]")
    assert page.evaluate("window.asked") == 1
    page.reload()
    page.evaluate(OFFERED)
    page.click("[data-no]")
    assert not page.is_visible("[data-install]")
    page.reload()
    assert page.evaluate(OFFERED) is False
    assert not page.is_visible("[data-install]")


# --- News -------------------------------------------------------------------------------------

#: A browser that subscribes without asking a push service of the world.
SUBSCRIBES = """(given) => {
    let now = null;
    const subscription = { endpoint: given.endpoint, toJSON: () => given,
        unsubscribe: async () => { now = null; } };
    PushManager.prototype.getSubscription = async () => now;
    PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
        window.offeredKey = applicationServerKey.length;
        now = subscription;
        return now;
    };
    Notification.requestPermission = async () => window.allows ?? "granted";
}"""


@pytest.fixture
def push(settings) -> Iterator[Browser]:  # type: ignore[no-untyped-def]
    settings.PROVIDERS = settings.PROVIDERS | {"vapid": VAPID}
    service = PushService()
    yield Browser(service)
    service.close()


@pytest.fixture
def subscribing(page, push) -> Callable[[], Any]:  # type: ignore[no-untyped-def]
    page.context.grant_permissions(["notifications"])
    page.add_init_script(f"({SUBSCRIBES})({json.dumps(push.subscription())})")
    return page


def test_news_begins_and_stops_on_the_page_of_a_case(subscribing, scene, push):
    page, receipt = subscribing, scene.file()
    install(page, "en")
    page.goto(f"/en/complaints/track/?number={receipt.number}")
    page.fill("[name=secret]", receipt.secret)
    page.click("main form button")
    page.wait_for_selector("[data-news]:not([hidden])")
    look(page)
    page.click("[data-start]")
    page.wait_for_selector("[data-say=on]:not([hidden])")
    look(page)
    assert page.evaluate("window.offeredKey") == 65
    assert len(public_key()) == 87
    device = Device.objects.get()
    assert device.contact.case.number == receipt.number
    # The forms of the page are not out of date because of it.
    page.click("#message summary")
    page.fill("#message textarea", "It is worse since yesterday.")
    page.click("#message button.govuk-button")
    page.wait_for_selector(".govuk-notification-banner--success")
    page.wait_for_selector("[data-news]:not([hidden])")


def test_beside_a_receipt_its_secret_is_the_proof(subscribing, scene, push):
    page = subscribing
    install(page, "en")
    page.goto("/en/complaints/new/")
    page.check("input[name=about][value=no]")
    page.click("main form button.govuk-button")
    page.fill("textarea[name=text]", "The electricity meter of our house shows a wrong number.")
    page.click("main form button.govuk-button")
    page.fill("input[name=note]", "Behind the school")
    page.click("main form button.govuk-button:not(.govuk-button--secondary)")
    page.check("input[name=who][value=nobody]")
    page.click("main form button.govuk-button")
    page.click("main form button.govuk-button:not(.govuk-button--secondary)")
    page.click("main form button.govuk-button:not(.govuk-button--secondary)")
    page.wait_for_selector("#secret-follow")
    page.click("[data-start]")
    page.wait_for_selector("[data-say=on]:not([hidden])")
    assert Device.objects.count() == 1
    page.click("[data-stop]")
    page.wait_for_selector("[data-say=off]:not([hidden])")
    assert not Device.objects.exists()


def test_a_no_to_the_browsers_question_is_taken_quietly(subscribing, scene, push):
    page, receipt = subscribing, scene.file()
    page.add_init_script("window.allows = 'denied'")
    install(page, "en")
    page.goto(f"/en/complaints/track/?number={receipt.number}")
    page.fill("[name=secret]", receipt.secret)
    page.click("main form button")
    page.click("[data-start]")
    page.wait_for_selector("[data-say=refused]:not([hidden])")
    assert not Device.objects.exists()


def test_a_message_is_shown_and_leads_to_the_case(page, scene, live_server):
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    install(page, "en")
    session = page.context.new_cdp_session(page)
    registrations: list[Any] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    news = {
        "title": "Case 1: answered",
        "body": "Say if you are satisfied.",
        "url": "/en/complaints/track/1/",
        "tag": "notice-1",
    }
    for _ in range(2):
        session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": live_server.url,
                "registrationId": registrations[0]["registrationId"],
                "data": json.dumps(news),
            },
        )
    until(
        page,
        "navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((n) => n.length > 0)",
    )
    shown = page.evaluate(
        "navigator.serviceWorker.ready.then((r) => r.getNotifications())"
        ".then((all) => all.map(({title, body, tag, data}) => ({title, body, tag, data})))"
    )
    # Twice the same is shown once.
    assert shown == [
        {
            "title": news["title"],
            "body": news["body"],
            "tag": "notice-1",
            "data": {"url": news["url"]},
        }
    ]
