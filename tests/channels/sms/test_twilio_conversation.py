"""A complaint by SMS from the first word to the delivery of its receipt, through the real relay."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from channels import intake, relay
from channels.models import Message, Provider
from channels.outbound import Letter
from channels.sms.outbound import SmsOut
from channels.sms.parts import count
from complaints.models import Case, Notice
from complaints.services import notices
from complaints.services.notice_words import render
from tests.channels.sms import twilio
from tests.channels.sms.gateway import Answer, Gateway
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

WORDS = "The electricity meter shows a wrong number and nobody comes."


class Phone:
    """A telephone whose SMS Twilio brings, and which shows what Twilio was asked to send."""

    def __init__(self, api: Gateway, client: Client, number: str = twilio.RAHIMA) -> None:
        self.api, self.client, self.number, self.read = api, client, number, 0

    def write(self, text: str) -> list[str]:
        """Send an SMS, have it taken and the answers carried out; gives what came back."""
        self.post(text)
        intake.take_messages()
        relay.deliver_notices()
        return self.heard()

    def post(self, text: str) -> None:
        form = twilio.message(text, sender=self.number)
        assert twilio.post(self.client, form).status_code == 200

    def heard(self) -> list[str]:
        sent = [asked.form for asked in self.api.asked if asked.form["To"] == self.number]
        new, self.read = sent[self.read :], len(sent)
        return [form["Body"] for form in new]

    def file(self) -> Case:
        """A complaint, to the end of its questions."""
        for text in (WORDS, "2", "skip", "2"):
            self.write(text)
        return Case.objects.latest("id")

    def report(self, notice: Notice, state: str, **more: str) -> None:
        form = twilio.status(notice.provider_id, state, **more)
        assert twilio.post(self.client, form).status_code == 200
        intake.take_messages()
        notice.refresh_from_db()


@pytest.fixture
def api(configured: Callable[..., Gateway]) -> Gateway:
    gateway = configured("twilio")
    gateway.usual = twilio.takes
    return gateway


@pytest.fixture
def phone(api: Gateway, scene: Scene, client: Client) -> Phone:
    return Phone(api, client)


def test_a_complaint_is_filed_and_its_receipt_delivered(phone: Phone) -> None:
    [question] = phone.write(WORDS)
    assert "official" in question
    [question] = phone.write("২")
    assert "Where is it?" in question
    [question] = phone.write("skip")
    assert "published" in question
    receipt, withdrawal = phone.write("yes")
    case = Case.objects.get()
    assert case.text == WORDS
    assert case.number in receipt
    assert re.search(r"\d{4} \d{4} \d{4} \d{4}", receipt)
    assert case.number in withdrawal
    assert all(count(text).parts <= 6 for text in (receipt, withdrawal))
    notice = Notice.objects.get(template="receipt")
    assert (notice.status, notice.delivery) == ("sent", "")
    phone.report(notice, "delivered")
    assert notice.delivery == "delivered"
    assert Message.objects.filter(state="done").count() == 5


def test_bangla_is_answered_in_bangla(phone: Phone) -> None:
    phone.post("আমাদের এলাকায় তিন দিন ধরে বিদ্যুৎ নেই, কেউ আসে না।")
    intake.take_messages()
    assert Notice.objects.get().language == "bn"


def test_an_answer_is_confirmed_with_the_digits_of_its_sms(phone: Phone, scene: Scene) -> None:
    case = phone.file()
    play = Play.__new__(Play)
    play.scene, play.cast, play.receipt, play.number = scene, scene.cast, case, case.number
    (play.forward() if case.status == "received" else play).accept().answer()
    phone.heard()
    relay.deliver_notices()
    digits = phone.heard()[-1].split("YES ")[1][:4]
    phone.write(f"YES {digits}")
    phone.write("5")
    assert play.state == "closed: confirmed"


def test_reports_in_any_order_leave_the_furthest(phone: Phone) -> None:
    phone.write(WORDS)
    notice = Notice.objects.get()
    for state in ("delivered", "sent", "queued"):
        phone.report(notice, state)
    assert (notice.status, notice.delivery) == ("sent", "delivered")


def test_a_failure_after_it_left_is_a_dead_letter(phone: Phone) -> None:
    phone.write(WORDS)
    notice = Notice.objects.get()
    phone.report(notice, "undelivered", ErrorCode="30003")
    phone.report(notice, "sent")
    assert (notice.status, notice.delivery) == ("failed", "failed")
    assert notice.error == "twilio_30003"


def test_a_report_may_come_before_we_have_written_down_that_it_left(
    phone: Phone, clock: Any
) -> None:
    """Twilio is quicker than our own database now and then."""

    def quick(asked: Any) -> Answer:
        answer = twilio.takes(asked)
        early.append(twilio.status(answer.body["sid"], "delivered"))
        return answer

    early: list[dict[str, str]] = []
    phone.api.usual = quick
    phone.post(WORDS)
    intake.take_messages()
    notice = Notice.objects.get()
    [claimed] = notices.claim_due(1, timezone.now(), "sms")
    address = notices.address_of(claimed)
    words = render(claimed, address.language)
    with SmsOut() as way:
        provider_id = way.send(Letter(address, words, str(claimed.pk)))
    twilio.post(phone.client, early[0])
    intake.take_messages()
    notice.refresh_from_db()
    assert (notice.status, notice.delivery) == ("pending", "")
    assert Message.objects.get(kind="receipt").why == "not_ours_yet"
    notices.mark_sent(claimed, provider_id=provider_id, now=timezone.now())
    clock.shift(timedelta(seconds=6))
    intake.take_messages()
    notice.refresh_from_db()
    assert (notice.status, notice.delivery) == ("sent", "delivered")


def test_a_report_about_nothing_of_ours_is_put_away(phone: Phone, clock: Any) -> None:
    twilio.post(phone.client, twilio.status("SM404", "delivered"))
    for _ in range(4):
        intake.take_messages()
        clock.shift(timedelta(minutes=3))
    kept = Message.objects.get()
    assert (kept.state, kept.why) == ("done", "not_ours")


def test_a_provider_that_is_away_for_an_hour_costs_no_message_and_doubles_none(
    phone: Phone, clock: Any
) -> None:
    people = [f"+88017123456{number:02d}" for number in range(12)]
    for number in people:
        Phone(phone.api, phone.client, number).post(WORDS)
    intake.take_messages()
    phone.api.usual = lambda asked: Answer(503, "down")
    with capture_logs() as logs:
        for _ in range(60):
            relay.deliver_notices()
            clock.shift(timedelta(minutes=1))
    tried = len(phone.api.asked)
    assert Notice.objects.filter(status="pending").count() == 12
    # Left alone after five failures, and asked by one message now and then.
    assert tried < 20
    assert "17123456" not in str(logs)
    phone.api.usual = twilio.takes
    for _ in range(40):
        relay.deliver_notices()
        clock.shift(timedelta(minutes=1))
    sent = Counter(asked.form["To"] for asked in phone.api.asked[tried:])
    assert sent == dict.fromkeys(people, 1)
    assert set(Notice.objects.values_list("status", flat=True)) == {"sent"}
    assert Provider.objects.get(pk="twilio").failures == 0


def test_a_number_that_no_sms_reaches_is_tried_once(phone: Phone, clock: Any) -> None:
    phone.api.answers.append(twilio.refuses(21614))
    phone.write(WORDS)
    for _ in range(3):
        clock.shift(timedelta(hours=7))
        relay.deliver_notices()
    notice = Notice.objects.get(template="chat_official")
    assert (notice.status, notice.error, notice.attempts) == ("failed", "twilio_21614", 1)
    assert not Provider.objects.filter(failures__gt=0).exists()
