"""The overseers' page is honest about what was tried in vain and waits for its next try."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from channels import relay, selectors
from channels.outbound import CannotSend, Letter
from channels.registry import CHANNELS, Channel
from complaints.models import Notice
from complaints.submission import ContactDetails
from tests.channels.conftest import NoWay
from tests.complaints.conftest import Scene

PAGE = "/en/oversight/channels/"


class OutOfOrder(NoWay):
    """A provider that answers 503 until it is told otherwise."""

    provider = "out_of_order"
    error: Exception | None = None

    def send(self, letter: Letter) -> str:
        if self.error is not None:
            raise self.error
        return f"out-{letter.reference}"


def one_letter_in_vain(scene: Scene, monkeypatch: Any) -> type[OutOfOrder]:
    OutOfOrder.error = CannotSend("http_503", is_outage=True)
    monkeypatch.setitem(CHANNELS, "sms", Channel("sms", "SMS", OutOfOrder, talks=True))
    monkeypatch.setattr(selectors.settings, "SMS_GATEWAY", "out_of_order")
    scene.file(contact=ContactDetails(phone="01712345678"))
    relay.deliver_notices()
    return OutOfOrder


def sms() -> selectors.Health:
    return next(row for row in selectors.health() if row.code == "sms")


def test_a_letter_tried_in_vain_waits_until_it_has_left(
    scene: Scene, monkeypatch: Any, clock: Any
) -> None:
    way = one_letter_in_vain(scene, monkeypatch)
    assert Notice.objects.get(channel="sms").next_at > timezone.now()
    assert sms().waiting == 1
    assert sms().has_trouble
    way.error = None
    clock.shift(timedelta(minutes=10))
    relay.deliver_notices()
    assert sms().waiting == 0
    assert not sms().has_trouble


def test_what_is_meant_for_later_does_not_wait(scene: Scene) -> None:
    scene.file(contact=ContactDetails(phone="01712345678"))
    Notice.objects.update(next_at=timezone.now() + timedelta(hours=3))
    assert sms().waiting == 0


def test_a_channel_whose_last_try_failed_is_not_called_well(
    client: Client, scene: Scene, monkeypatch: Any
) -> None:
    one_letter_in_vain(scene, monkeypatch)
    client.force_login(scene.cast.overseer)
    page = client.get(PAGE).content.decode()
    row = page.split(">SMS</th>")[1].split("</tr>")[0]
    assert "Look after it" in row
    assert ">Well<" not in row
    assert "out_of_order: failures in a row: 1 (http_503)" in row
