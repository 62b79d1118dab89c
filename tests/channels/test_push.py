"""News on devices by web push: to whom, in what words, and what becomes of it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from channels import breaker, relay
from channels.models import Device, Provider
from channels.push import devices, keys, outbound, subscription
from complaints.errors import Invalid, NoSuchCase
from complaints.models import Case, Contact, Event, Notice
from complaints.services import device_news, lost_secret, sealing
from grs.machine.state import vapid_key
from tests.channels.push_service import VAPID, Browser, PushService, is_signed_by_us
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

SECRET_WORDS = "The meter of our house was changed by a man named Karim."


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.PROVIDERS = settings.PROVIDERS | {"vapid": VAPID}
    running = PushService()
    yield running
    running.close()


@pytest.fixture
def phone(service: PushService) -> Browser:
    return Browser(service)


def a_case(scene: Scene, **filing: Any) -> Play:
    """Of somebody who gave no contact: only devices are told."""
    return Play(scene, named=False, **filing)


def subscribed(play: Play, *browsers: Browser) -> None:
    for browser in browsers:
        devices.add(
            actor=play.actor("citizen"),
            number=play.number,
            subscription=subscription.read(browser.subscription()),
        )


def push_notices() -> list[Notice]:
    return list(Notice.objects.filter(channel="push").order_by("pk"))


# --- What a device is told --------------------------------------------------------------------


def test_a_device_is_told_of_each_step_encrypted_for_it_alone(scene: Scene, phone: Browser) -> None:
    play = a_case(scene)
    subscribed(play, phone)
    play.forward().accept()
    relay.deliver_notices()
    forwarded, accepted = phone.read()
    assert forwarded["title"] == f"Case {play.number}: who has it now"
    assert forwarded["url"] == f"/en/complaints/track/{play.number}/"
    assert forwarded["number"] == play.number
    assert "Grid Department" in forwarded["body"]
    assert "http" not in forwarded["body"]
    assert accepted["tag"] != forwarded["tag"]
    assert b"Grid" not in phone.posts[0]["body"]


def test_a_message_says_how_long_it_waits_which_it_replaces_and_who_sent_it(
    scene: Scene, phone: Browser
) -> None:
    play = a_case(scene)
    subscribed(play, phone)
    play.forward()
    relay.deliver_notices()
    (post,), (notice,) = phone.posts, push_notices()
    headers = post["headers"]
    assert (headers["ttl"], headers["urgency"]) == ("86400", "normal")
    assert headers["topic"] == str(notice.pk)
    assert headers["content-encoding"] == "aes128gcm"
    assert is_signed_by_us(post)
    assert (notice.status, notice.provider_id) == ("sent", f"push-{notice.pk}")


def test_no_secret_no_link_that_acts_and_no_word_of_the_answer_is_shown(
    scene: Scene, phone: Browser
) -> None:
    play = a_case(scene)
    subscribed(play, phone)
    play.forward().accept().answer(text=SECRET_WORDS)
    relay.deliver_notices()
    shown = json.dumps(phone.read())
    assert "Karim" not in shown
    assert "/a/" not in shown
    assert "Answer YES" not in shown
    for secret in (play.receipt.secret, play.receipt.withdrawal_secret):
        assert secret not in shown


def test_of_a_sensitive_case_it_says_only_that_there_is_news(scene: Scene, phone: Browser) -> None:
    play = a_case(scene, about_official=True)
    subscribed(play, phone)
    play.forward()
    relay.deliver_notices()
    (news,) = phone.read()
    assert news["title"] == "There is news on your case"
    assert news["body"] == f"There is news on your case {play.number}."


def test_a_case_that_became_sensitive_is_not_named_by_what_was_written_before(
    scene: Scene, phone: Browser
) -> None:
    play = a_case(scene)
    subscribed(play, phone)
    play.forward()
    Case.objects.update(sensitive=True)
    relay.deliver_notices()
    assert "Grid" not in json.dumps(phone.read())


@pytest.mark.parametrize("words", ["ক" * 4000, "a" * 4000, "😀" * 1000])
def test_long_words_are_cut_between_letters_so_that_the_message_fits(words: str) -> None:
    cut = outbound._fitting(words, outbound.LONGEST_BODY)
    assert len(cut.encode()) <= outbound.LONGEST_BODY
    assert words.startswith(cut.removesuffix("…"))
    assert cut.endswith("…")


def test_the_devices_of_others_hear_nothing(scene: Scene, service: PushService) -> None:
    mine, theirs = Browser(service, "mine"), Browser(service, "theirs")
    play, other = a_case(scene), a_case(scene)
    subscribed(play, mine)
    subscribed(other, theirs)
    play.forward()
    relay.deliver_notices()
    assert (len(mine.posts), len(theirs.posts)) == (1, 0)


# --- What becomes of it -----------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten_and_with_the_last_one_the_wish(
    scene: Scene, service: PushService, status: int
) -> None:
    old, new = Browser(service, "old"), Browser(service, "new")
    play = a_case(scene)
    subscribed(play, old, new)
    service.answers["old"] = (status, {})
    play.forward()
    relay.deliver_notices()
    assert Device.objects.count() == 1
    assert [notice.status for notice in push_notices()] == ["sent"]
    service.answers["new"] = (status, {})
    play.accept()
    relay.deliver_notices()
    assert [notice.status for notice in push_notices()] == ["sent", "unreachable"]
    assert not Device.objects.exists()
    assert not Contact.objects.get().has_push
    play.message()
    assert len(push_notices()) == 2


def test_a_retry_leaves_out_the_devices_that_have_it(
    scene: Scene, service: PushService, clock: time_machine.Traveller
) -> None:
    good, bad = Browser(service, "good"), Browser(service, "bad")
    play = a_case(scene)
    subscribed(play, good, bad)
    service.answers["bad"] = (503, {})
    play.forward()
    relay.deliver_notices()
    (notice,) = push_notices()
    assert (notice.status, notice.error) == ("pending", "http_503")
    service.answers.clear()
    clock.shift(timedelta(minutes=2))
    relay.deliver_notices()
    assert (len(good.posts), len(bad.posts)) == (1, 2)
    assert [notice.status for notice in push_notices()] == ["sent"]


def test_where_a_repeat_is_sent_after_all_it_has_the_same_topic_and_tag(
    scene: Scene, phone: Browser, clock: time_machine.Traveller
) -> None:
    play = a_case(scene)
    subscribed(play, phone)
    play.forward()
    (notice,) = push_notices()
    relay.deliver_notices()
    # As after a crash between sending and writing it down, with the cache lost too.
    Notice.objects.filter(pk=notice.pk).update(status="pending", sent_at=None)
    cache.clear()
    clock.shift(timedelta(minutes=2))
    relay.deliver_notices()
    first, second = phone.posts
    assert first["headers"]["topic"] == second["headers"]["topic"]
    assert len({news["tag"] for news in phone.read()}) == 1


@pytest.mark.parametrize(
    ("status", "more"), [(429, {"Retry-After": "120"}), (500, {}), (503, {}), (301, {})]
)
def test_a_push_service_that_is_away_is_an_outage(
    scene: Scene, phone: Browser, monkeypatch: Any, status: int, more: dict[str, str]
) -> None:
    monkeypatch.setattr(outbound, "SERVICES", ("127.0.0.1",))
    play = a_case(scene)
    subscribed(play, phone)
    phone.service.answers["phone"] = (status, more)
    play.forward()
    relay.deliver_notices()
    provider = Provider.objects.get(name="webpush")
    assert provider.failures == 1
    assert breaker.is_open("webpush", timezone.now()) == (status == 429)
    assert [notice.status for notice in push_notices()] == ["pending"]
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "more"), [(429, {"Retry-After": "3600"}), (500, {}), (301, {"Location": "/x"})]
)
def test_a_host_that_a_stranger_named_cannot_hold_up_the_others(
    scene: Scene, phone: Browser, status: int, more: dict[str, str]
) -> None:
    play = a_case(scene)
    subscribed(play, phone)
    phone.service.answers["phone"] = (status, more)
    play.forward()
    relay.deliver_notices()
    assert not Provider.objects.filter(name="webpush", failures__gt=0).exists()
    assert [notice.status for notice in push_notices()] == ["pending"]


def test_a_redirect_is_not_followed(scene: Scene, service: PushService) -> None:
    first, other = Browser(service, "first"), Browser(service, "other")
    service.answers["first"] = (307, {"Location": other.endpoint})
    play = a_case(scene)
    subscribed(play, first)
    play.forward()
    relay.deliver_notices()
    assert other.posts == []


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_a_refusal_that_no_retry_helps_ends_the_notice_and_keeps_the_device(
    scene: Scene, phone: Browser, status: int
) -> None:
    play = a_case(scene)
    subscribed(play, phone)
    phone.service.answers["phone"] = (status, {})
    play.forward()
    relay.deliver_notices()
    (notice,) = push_notices()
    assert (notice.status, notice.error) == ("failed", f"http_{status}")
    assert Device.objects.count() == 1
    assert not Provider.objects.filter(failures__gt=0).exists()


def test_a_push_service_that_does_not_answer_is_tried_again(scene: Scene, phone: Browser) -> None:
    play = a_case(scene)
    subscribed(play, phone)
    phone.service.close()
    play.forward()
    relay.deliver_notices()
    (notice,) = push_notices()
    assert (notice.status, notice.error) == ("pending", "ConnectionError")


def test_many_slow_devices_take_no_longer_than_a_worker_has(
    scene: Scene, service: PushService, monkeypatch: Any
) -> None:
    monkeypatch.setattr(outbound, "LONGEST_TRY", 0.0)
    play = a_case(scene)
    subscribed(play, Browser(service, "a"), Browser(service, "b"))
    play.forward()
    relay.deliver_notices()
    (notice,) = push_notices()
    assert (notice.status, notice.error) == ("pending", "late")


def test_without_a_key_news_waits_and_nothing_is_sent(
    scene: Scene, phone: Browser, settings: Any
) -> None:
    play = a_case(scene)
    subscribed(play, phone)
    settings.PROVIDERS = settings.PROVIDERS | {"vapid": {"private_key": "", "subject": ""}}
    play.forward()
    relay.deliver_notices()
    assert phone.posts == []
    assert [notice.status for notice in push_notices()] == ["pending"]


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
