"""A device asks for the news of a case: by the session, the secret or the account; and nobody else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.phones import account_of
from channels.models import Device
from complaints.models import Case, Event
from tests.channels.push_service import VAPID, Browser, PushService
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

DEVICES, KNOWN = "/en/app/devices/", "/en/app/devices/known/"


@pytest.fixture
def phone(settings: Any) -> Iterator[Browser]:
    settings.PROVIDERS = settings.PROVIDERS | {"vapid": VAPID}
    service = PushService()
    yield Browser(service)
    service.close()


@pytest.fixture
def play(scene: Scene) -> Play:
    return Play(scene, named=False)


def send(client: Client, method: str, url: str, body: Any, **headers: str) -> Any:
    return client.generic(
        method, url, json.dumps(body), content_type="application/json", headers=headers
    )


def opened(play: Play, *, strict: bool = False) -> Client:
    """A browser in which the case was opened by its secret."""
    client = Client(enforce_csrf_checks=strict)
    given = {"number": play.number, "secret": play.receipt.secret}
    if strict:
        client.get("/en/complaints/track/")
        given["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
    assert client.post("/en/complaints/track/", given).status_code == 302
    return client


def test_the_session_that_opened_the_case_adds_asks_and_removes(play: Play, phone: Browser) -> None:
    client, number = opened(play), play.number
    asked = {"number": number, "endpoint": phone.endpoint}
    assert send(client, "POST", KNOWN, asked).json() == {"on": False, "seen": 1}
    added = send(client, "POST", DEVICES, {"number": number, "subscription": phone.subscription()})
    assert (added.status_code, added.json()) == (200, {"on": True, "seen": 2})
    assert added["Cache-Control"] == "no-store"
    assert send(client, "POST", KNOWN, asked).json() == {"on": True, "seen": 2}
    assert send(client, "DELETE", DEVICES, asked).json() == {"on": False, "seen": 3}
    assert send(client, "POST", KNOWN, asked).json()["on"] is False


def test_a_strange_page_cannot_use_the_session(play: Play, phone: Browser) -> None:
    client = opened(play, strict=True)
    body = {"number": play.number, "subscription": phone.subscription()}
    assert send(client, "POST", DEVICES, body).status_code == 403
    assert not Device.objects.exists()
    token = client.cookies["csrftoken"].value
    assert send(client, "POST", DEVICES, body, **{"X-CSRFToken": token}).status_code == 200


def test_the_secret_is_proof_enough_from_anywhere(play: Play, phone: Browser) -> None:
    body = {
        "number": play.number.replace("-", ""),
        "secret": play.receipt.secret,
        "subscription": phone.subscription(),
    }
    assert send(Client(enforce_csrf_checks=True), "POST", DEVICES, body).status_code == 200
    assert Event.objects.latest("pk").channel == "api"


@pytest.mark.parametrize("secret", ["", "1111 2222 3333 4444"])
def test_without_a_proof_there_is_no_such_case(play: Play, phone: Browser, secret: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for number in (play.number, "0000-0000-0000-T"):
        what = {"number": number, "secret": secret, "endpoint": phone.endpoint}
        what["subscription"] = phone.subscription()
        for method, url in (("POST", DEVICES), ("DELETE", DEVICES), ("POST", KNOWN)):
            answer = send(client, method, url, what)
            assert (answer.status_code, answer.json()["code"]) == (404, "no_such_case")
    assert not Device.objects.exists()


def test_guessing_a_secret_here_is_stopped_like_anywhere(
    play: Play, phone: Browser, client: Client
) -> None:
    answers = []
    for guess in range(11):
        what = {"number": play.number, "secret": f"{guess:016d}", "endpoint": phone.endpoint}
        answers.append(send(client, "POST", KNOWN, what).status_code)
    assert answers == [404] * 10 + [429]


def test_an_officer_who_is_signed_in_is_nobody_to_the_case(
    scene: Scene, play: Play, phone: Browser, client: Client
) -> None:
    play.forward()
    client.force_login(scene.cast.focal)
    body = {"number": play.number, "subscription": phone.subscription()}
    assert send(client, "POST", DEVICES, body).status_code == 404


def test_the_account_on_the_pages_that_filed_it_may(
    scene: Scene, play: Play, phone: Browser, client: Client
) -> None:
    Case.objects.update(owner=scene.cast.charlie)
    client.force_login(scene.cast.charlie)
    body = {"number": play.number, "subscription": phone.subscription()}
    assert send(client, "POST", DEVICES, body).status_code == 200


def test_what_is_no_subscription_is_named_and_nothing_is_kept(play: Play, phone: Browser) -> None:
    client = opened(play)
    good = phone.subscription()
    for wrong in (
        {},
        {"endpoint": good["endpoint"]},
        good | {"keys": {"p256dh": "x", "auth": "y"}},
        good | {"endpoint": "javascript:alert(1)"},
    ):
        answer = send(client, "POST", DEVICES, {"number": play.number, "subscription": wrong})
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
        assert any(name.startswith("subscription") for name in answer.json()["errors"])
    assert not Device.objects.exists()


def test_without_a_key_of_the_portal_there_is_nothing_here(play: Play, client: Client) -> None:
    for method, url in (("POST", DEVICES), ("DELETE", DEVICES), ("POST", KNOWN)):
        assert send(client, method, url, {"number": play.number}).status_code == 404
    assert client.get("/app/key/").status_code == 404


def test_a_token_that_opens_nothing_is_said_to_be_over(
    play: Play, phone: Browser, client: Client
) -> None:
    body = {"number": play.number, "subscription": phone.subscription()}
    answer = send(client, "POST", DEVICES, body, **{"X-Session-Token": "x" * 32})
    assert answer.status_code == 401


# --- The pages --------------------------------------------------------------------------------


def test_the_page_of_a_case_offers_it_only_where_there_is_a_key(
    play: Play, phone: Browser, settings: Any
) -> None:
    client = opened(play)
    url = f"/en/complaints/track/{play.number}/"
    assert "Get news on this device" in client.get(url).content.decode()
    settings.PROVIDERS = settings.PROVIDERS | {"vapid": {"private_key": "", "subject": ""}}
    page = client.get(url).content.decode()
    assert "Get news on this device" not in page
    assert "news.js" not in page


def test_the_citizen_reads_that_a_device_was_added(play: Play, phone: Browser) -> None:
    client = opened(play)
    send(client, "POST", DEVICES, {"number": play.number, "subscription": phone.subscription()})
    page = client.get(f"/en/complaints/track/{play.number}/").content.decode()
    assert "News of it now goes to one more phone, account or device of yours" in page
    assert phone.endpoint not in page


def test_an_account_of_a_telephone_may_by_its_token(
    scene: Scene, play: Play, phone: Browser
) -> None:
    user = account_of("f" * 64, "en")
    Case.objects.update(owner=user)
    client = Client()
    client.force_login(user)
    token = client.session.session_key
    body = {"number": play.number, "subscription": phone.subscription()}
    fresh = Client(enforce_csrf_checks=True)
    assert send(fresh, "POST", DEVICES, body, **{"X-Session-Token": token}).status_code == 200
