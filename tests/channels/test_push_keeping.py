"""Which devices get the news of a case, what may be one, and the portal's own key."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from channels import relay
from channels.models import Device
from channels.push import devices, keys, subscription
from complaints.errors import Invalid, NoSuchCase
from complaints.models import Case, Contact, Event, Notice
from complaints.services import device_news, lost_secret, sealing
from grs.machine.state import vapid_key
from tests.channels.push_service import (
    VAPID,
    Browser,
    PushService,
    a_case,
    push_notices,
    subscribed,
)
from tests.complaints.conftest import Scene
from tests.complaints.play import Play


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.PROVIDERS = settings.PROVIDERS | {"vapid": VAPID}
    running = PushService()
    yield running
    running.close()


@pytest.fixture
def phone(service: PushService) -> Browser:
    return Browser(service)


# --- Which devices ----------------------------------------------------------------------------


def test_the_address_of_a_device_lies_nowhere_in_clear(scene: Scene, phone: Browser) -> None:
    subscribed(a_case(scene), phone)
    row = Device.objects.get()
    assert phone.endpoint.encode() not in bytes(row.sealed)
    assert row.index == devices.index_of(phone.endpoint)
    assert phone.endpoint not in row.index


def test_an_anonymous_case_gets_a_contact_with_nothing_in_it_and_stays_anonymous(
    scene: Scene, phone: Browser
) -> None:
    play = a_case(scene)
    assert not Contact.objects.exists()
    subscribed(play, phone)
    contact, case = Contact.objects.get(), Case.objects.get()
    assert (contact.way, contact.has_phone, contact.has_email, contact.has_push) == (
        "",
        False,
        False,
        True,
    )
    assert case.anonymous
    event = Event.objects.filter(move="news_here").get()
    assert (event.party, event.data, event.actor_id) == ("citizen", {"way": "push"}, None)


def test_the_same_device_twice_is_one_and_one_event(scene: Scene, phone: Browser) -> None:
    play = a_case(scene)
    subscribed(play, phone, phone)
    assert Device.objects.count() == 1
    assert Event.objects.filter(move="news_here").count() == 1


def test_whoever_gave_a_contact_is_told_there_as_well(scene: Scene, phone: Browser) -> None:
    play = Play(scene)
    subscribed(play, phone)
    play.forward()
    channels = Notice.objects.filter(template="forwarded").values_list("channel", flat=True)
    assert sorted(channels) == ["email", "push"]


def test_the_oldest_of_eleven_devices_makes_room(
    scene: Scene, service: PushService, clock: time_machine.Traveller
) -> None:
    play = a_case(scene)
    browsers = [Browser(service, f"phone-{n}") for n in range(11)]
    for browser in browsers:
        subscribed(play, browser)
        clock.shift(timedelta(seconds=1))
    assert Device.objects.count() == devices.MOST_DEVICES
    assert not devices.is_known(actor=play.actor("citizen"), endpoint=browsers[0].endpoint)
    assert devices.is_known(actor=play.actor("citizen"), endpoint=browsers[10].endpoint)


def test_stopping_on_one_device_leaves_the_others(scene: Scene, service: PushService) -> None:
    mine, hers = Browser(service, "mine"), Browser(service, "hers")
    play = a_case(scene)
    subscribed(play, mine, hers)
    devices.remove(actor=play.actor("citizen"), number=play.number, endpoint=mine.endpoint)
    assert Contact.objects.get().has_push
    devices.remove(actor=play.actor("citizen"), number=play.number, endpoint=hers.endpoint)
    devices.remove(actor=play.actor("citizen"), number=play.number, endpoint=hers.endpoint)
    assert not Contact.objects.get().has_push
    assert Event.objects.filter(move="no_news_here").count() == 1
    play.forward()
    assert push_notices() == []


def test_new_secrets_silence_the_devices_that_the_old_ones_let_in(
    scene: Scene, service: PushService
) -> None:
    thief, owner = Browser(service, "thief"), Browser(service, "owner")
    play = Play(scene)
    subscribed(play, thief)
    proof = lost_secret.ask_code(number=play.number, contact="rahima@example.org")
    code = sealing.one_time_code(proof.pk, proof.nonce)
    lost_secret.use_code(key=proof.key, code=code, number=play.number)
    play.forward()
    subscribed(play, owner)
    play.accept()
    relay.deliver_notices()
    assert (len(thief.posts), len(owner.posts)) == (0, 1)


@pytest.mark.parametrize("who", ["desk", "focal", "rival_focal", "operator"])
def test_nobody_else_adds_or_removes_a_device(scene: Scene, phone: Browser, who: str) -> None:
    play = a_case(scene).forward()
    actor = play.actor(who)
    with pytest.raises(NoSuchCase):
        device_news.start(actor=actor, number=play.number)
    with pytest.raises(NoSuchCase):
        device_news.stop(actor=actor, number=play.number)
    assert not Device.objects.exists()


# --- What may be a device ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "https://",
        "http://push.example.org/x",
        "ftp://push.example.org/x",
        "https://localhost/x",
        "https://intranet/x",
        "https://127.0.0.1/x",
        "https://10.0.0.8/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[fd00::1]/x",
        "https://user@push.example.org/x",
        "https://push.example.org:8443/x",
        "https://push.example.org:port/x",
        "https://push.example.org/" + "x" * 1000,
    ],
)
def test_an_address_that_could_be_our_own_network_is_refused(
    phone: Browser, settings: Any, endpoint: str
) -> None:
    settings.PUSH_TO_PRIVATE = False
    given = phone.subscription() | {"endpoint": endpoint}
    with pytest.raises(Invalid) as refusal:
        subscription.read(given)
    assert list(refusal.value.fields) == ["subscription"]


def test_an_address_of_a_push_service_is_taken(phone: Browser, settings: Any) -> None:
    settings.PUSH_TO_PRIVATE = False
    endpoint = "https://fcm.googleapis.com/fcm/send/abc:def"
    assert subscription.read(phone.subscription() | {"endpoint": endpoint}).endpoint == endpoint


@pytest.mark.parametrize(
    "given",
    [
        {"p256dh": "", "auth": ""},
        {"p256dh": "BAAA", "auth": "BAAA"},
        {"p256dh": "B" * 87, "auth": "A" * 22},
        {"p256dh": None, "auth": 7},
        "keys",
    ],
)
def test_keys_that_nothing_can_be_encrypted_with_are_refused(phone: Browser, given: Any) -> None:
    with pytest.raises(Invalid):
        subscription.read(phone.subscription() | {"keys": given})


# --- The portal's own key ---------------------------------------------------------------------


def test_a_key_that_is_none_is_said_in_the_log_and_news_is_not_offered(settings: Any) -> None:
    for wrong in ("", "nonsense", "AAAA", "ключ"):
        values = {"vapid": {"private_key": wrong, "subject": ""}}
        settings.PROVIDERS = settings.PROVIDERS | values
        assert keys.public_key() == ""


@pytest.mark.parametrize(
    ("public_url", "given", "subject"),
    [
        ("https://portal.example.org", "", "https://portal.example.org"),
        ("http://127.0.0.1:8000", "", "mailto:no-reply@localhost"),
        ("https://portal.example.org", "mailto:push@example.org", "mailto:push@example.org"),
    ],
)
def test_a_push_service_is_told_whom_to_ask(
    settings: Any, public_url: str, given: str, subject: str
) -> None:
    settings.PUBLIC_URL = public_url
    settings.PROVIDERS = settings.PROVIDERS | {"vapid": VAPID | {"subject": given}}
    token = keys.signed("https://push.example.org/x")["Authorization"].split("t=")[1]
    claims = json.loads(subscription.b64urldecode(token.split(".")[1].encode()))
    assert claims["sub"] == subject
    assert claims["aud"] == "https://push.example.org"


def test_each_machine_makes_a_key_of_its_own() -> None:
    made = {vapid_key() for _ in range(50)}
    assert len(made) == 50
    for key in made:
        assert keys._vapid(key) is not None


def test_a_browser_may_ask_for_the_public_half(client: Client, service: PushService) -> None:
    assert client.get("/app/key/").json() == {"key": keys.public_key()}
    assert len(keys.public_key()) == 87
