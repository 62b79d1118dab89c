"""The day's cap: what is over it waits for the next day, and nothing else does."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from structlog.testing import capture_logs

from channels import relay
from channels.models import Provider, SmsSpending
from channels.outbound import CannotSend
from channels.sms import spending
from complaints.models import Notice
from complaints.submission import ContactDetails
from tests.channels.sms import twilio
from tests.channels.sms.conftest import send
from tests.channels.sms.gateway import Answer, Gateway
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.factories.agencies import make_policy

#: Two parts in Bangla.
LONG = "অ" * 71
TODAY, MIDNIGHT = date(2026, 11, 22), datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.fixture
def api(configured: Callable[..., Gateway]) -> Gateway:
    gateway = configured("twilio")
    gateway.usual = twilio.takes
    return gateway


def spent(day: date = TODAY) -> int:
    return SmsSpending.objects.get(pk=day).parts


def test_parts_are_counted_as_they_are_paid(api: Gateway, scene: Scene) -> None:
    send("short")
    send(LONG)
    assert spent() == 3


def test_a_day_is_the_countrys(api: Gateway, scene: Scene, clock: Any) -> None:
    clock.move_to(MIDNIGHT - timedelta(seconds=1))
    send("short")
    clock.move_to(MIDNIGHT)
    send(LONG)
    assert (spent(), spent(date(2026, 11, 23))) == (1, 2)


def test_what_would_go_over_the_cap_waits_until_the_next_day(api: Gateway, scene: Scene) -> None:
    make_policy("sms_parts_a_day", 3, "count")
    send(LONG)
    with pytest.raises(CannotSend) as failure:
        send(LONG)
    found = failure.value
    assert (found.kind, found.for_good, found.is_outage) == ("over_the_cap", False, False)
    assert found.until == MIDNIGHT
    # A shorter one still fits.
    send("short")
    assert (spent(), len(api.asked)) == (3, 2)


@pytest.mark.parametrize("template", ["code", "receipt", "receipt_with", "receipt_withdrawal"])
def test_codes_and_receipts_leave_all_the_same(api: Gateway, scene: Scene, template: str) -> None:
    make_policy("sms_parts_a_day", 1, "count")
    send("short")
    send(LONG, template=template)
    assert spent() == 3


def test_it_is_said_once_a_day(api: Gateway, scene: Scene, clock: Any) -> None:
    make_policy("sms_parts_a_day", 0, "count")
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(CannotSend):
                send()
        clock.shift(timedelta(days=1))
        with pytest.raises(CannotSend):
            send()
    assert [line["event"] for line in logs] == ["SMS wait: the day's cap is reached"] * 2


def test_what_did_not_leave_costs_nothing(api: Gateway, scene: Scene) -> None:
    api.answers.extend([twilio.refuses(21211), Answer(503, "")])
    for _ in range(2):
        with pytest.raises(CannotSend):
            send(LONG)
    assert spent() == 0


def test_what_may_have_left_is_counted(
    api: Gateway, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: Any) -> str:
        raise CannotSend("timeout", is_outage=True)

    monkeypatch.setattr("channels.sms.dialects.twilio.TwilioOut.send", silent)
    with pytest.raises(CannotSend):
        send(LONG)
    assert spent() == 2


def test_where_nothing_leaves_nothing_is_counted(scene: Scene, settings: Any) -> None:
    settings.SMS_GATEWAY = "log"
    send()
    assert not SmsSpending.objects.exists()


def test_giving_back_never_goes_below_nothing(db: None) -> None:
    SmsSpending.objects.create(day=TODAY, parts=1)
    spending.give_back(TODAY, 2)
    assert spent() == 1


def test_the_relay_lets_a_message_wait_without_blaming_anybody(
    api: Gateway, scene: Scene, clock: Any
) -> None:
    make_policy("sms_parts_a_day", 0, "count")
    with capture_logs() as logs:
        play = Play(scene, named=False, contact=ContactDetails(phone="01712345678"))
        (play.forward() if play.state == "received" else play).accept().answer()
        relay.deliver_notices()
        relay.deliver_notices()
    by_phone = Notice.objects.filter(channel="sms")
    sent = set(by_phone.filter(status="sent").values_list("template", flat=True))
    assert sent in ({"received"}, {"received_with"})
    waiting = by_phone.filter(status="pending")
    assert {(row.attempts, row.error, row.next_at) for row in waiting} == {
        (0, "over_the_cap", MIDNIGHT)
    }
    assert len(api.asked) == 1
    assert not Provider.objects.filter(failures__gt=0).exists()
    assert [line["event"] for line in logs] == ["SMS wait: the day's cap is reached"]
    make_policy("sms_parts_a_day", 100, "count", version=2)
    clock.move_to(MIDNIGHT)
    relay.deliver_notices()
    assert set(by_phone.values_list("status", "attempts", "error")) == {("sent", 1, "")}
    assert len(api.asked) == by_phone.count()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_go_over_the_cap(settings: Any) -> None:
    make_policy("sms_parts_a_day", 10, "count")
    left: list[bool] = []

    def spend() -> None:
        try:
            spending.spend(2, "forwarded", SUNDAY)
            left.append(True)
        except CannotSend:
            left.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=spend) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(left) == [False] * 7 + [True] * 5
    assert SmsSpending.objects.get().parts == 10
    assert SmsSpending.objects.get().day == SUNDAY.astimezone(ZoneInfo("Asia/Dhaka")).date()
