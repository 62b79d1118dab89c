"""News on devices by web push: in what words, and what becomes of it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from channels import breaker, relay
from channels.models import Device, Provider
from channels.push import outbound
from complaints.models import Case, Contact, Notice
from tests.channels.push_service import (
    VAPID,
    Browser,
    PushService,
    a_case,
    is_signed_by_us,
    push_notices,
    subscribed,
)
from tests.complaints.conftest import Scene

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
