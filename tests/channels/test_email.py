"""E-mail out, and what becomes of a notice that does not leave."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from structlog.testing import capture_logs

from channels import relay
from channels.email.outbound import EmailOut
from channels.outbound import CannotSend, Letter
from complaints.models import Contact, Heartbeat, Notice
from complaints.services import links
from complaints.services.notice_words import Rendered
from complaints.services.notices import Address
from complaints.submission import ContactDetails
from tests.complaints.conftest import Scene, cast, clock, scene

__all__ = ["cast", "clock", "scene"]

MESSAGE = Rendered(subject="Case 1:\nreceived", body="Words.\n", sms="Words.", language="en")


@pytest.fixture(autouse=True)
def _open_mailbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def send(reference: str = "7") -> str:
    with EmailOut() as way:
        return way.send(Letter(Address("email", "rahima@example.org", "en"), MESSAGE, reference))


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: Any) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", fail)


def test_an_e_mail_is_plain_and_says_that_a_machine_wrote_it() -> None:
    send()
    [sent] = mail.outbox
    assert sent.to == ["rahima@example.org"]
    assert sent.subject == "Case 1: received"
    assert sent.body == "Words.\n"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert sent.extra_headers["Content-Language"] == "en"


def test_a_repeat_is_the_same_message() -> None:
    assert send("7") == send("7") == "<notice-7@testserver>"
    assert send("8") != send("7")


@pytest.mark.parametrize(
    ("error", "kind", "for_good"),
    [
        (TimeoutError("smtp.example.org"), "TimeoutError", False),
        (ConnectionRefusedError("no"), "ConnectionRefusedError", False),
        (smtplib.SMTPServerDisconnected("bye"), "SMTPServerDisconnected", False),
        (smtplib.SMTPRecipientsRefused({"rahima@example.org": (450, b"later")}), "refused", False),
        (smtplib.SMTPRecipientsRefused({"rahima@example.org": (550, b"never")}), "refused", True),
    ],
)
def test_a_failure_is_told_by_its_kind_and_never_by_the_address(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: str, for_good: bool
) -> None:
    fail_with(monkeypatch, error)
    with pytest.raises(CannotSend) as failure:
        send()
    assert (failure.value.kind, failure.value.for_good) == (kind, for_good)
    assert "rahima" not in repr(failure.value)


# --- The outbox -------------------------------------------------------------------------------


def test_what_is_due_leaves_once(scene: Scene) -> None:
    receipt = scene.file_named()
    assert relay.deliver_notices() == 1
    assert relay.deliver_notices() == 0
    [sent] = mail.outbox
    assert receipt.number in sent.subject
    assert receipt.secret not in sent.body
    assert receipt.secret.replace(" ", "") not in sent.body
    notice = Notice.objects.get()
    known_as = links.kept_id("email", f"<notice-{notice.pk}@testserver>")
    assert (notice.status, notice.provider_id) == ("sent", known_as)
    assert notice.sent_at is not None
    assert Heartbeat.objects.filter(name="notices").exists()


def test_someone_with_a_telephone_alone_gets_an_sms(scene: Scene) -> None:
    scene.file(contact=ContactDetails(phone="01712345678"))
    with capture_logs() as logs:
        assert relay.deliver_notices() == 1
    assert not mail.outbox
    assert Notice.objects.get().provider_id.startswith("log-")
    assert "1712345678" not in str(logs)


def test_a_server_that_does_not_answer_costs_no_notice(
    scene: Scene, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.file_named()
    with monkeypatch.context() as broken, capture_logs() as logs:
        fail_with(broken, TimeoutError("rahima@example.org"))
        assert relay.deliver_notices() == 0
    notice = Notice.objects.get()
    assert (notice.status, notice.attempts, notice.error) == ("pending", 1, "TimeoutError")
    assert "rahima" not in str(logs)
    clock.shift(timedelta(minutes=1))
    assert relay.deliver_notices() == 1
    notice.refresh_from_db()
    assert (notice.status, notice.attempts, notice.error) == ("sent", 2, "")


def test_one_bad_notice_stops_no_other(scene: Scene) -> None:
    scene.file_named()
    scene.file_named()
    first = Notice.objects.order_by("pk")[0]
    Notice.objects.filter(pk=first.pk).update(template="unknown_template")
    assert relay.deliver_notices() == 1
    first.refresh_from_db()
    assert (first.status, first.error) == ("pending", "KeyError")


def test_an_erased_contact_is_not_tried_again(scene: Scene) -> None:
    scene.file_named()
    Contact.objects.update(erased_at="2026-11-22T04:00Z", sealed=b"")
    assert relay.deliver_notices() == 0
    assert Notice.objects.get().status == "unreachable"


def test_a_channel_that_only_takes_in_is_unreachable(scene: Scene) -> None:
    scene.file_named()
    Notice.objects.update(channel="pigeon")
    relay.deliver_notices()
    assert Notice.objects.get().error == "no_channel"


def test_a_sensitive_case_is_only_news(scene: Scene) -> None:
    scene.file_named(about_official=True)
    relay.deliver_notices()
    [sent] = mail.outbox
    assert sent.subject == "There is news on your case"


def test_a_run_ends_when_its_time_is_over(scene: Scene) -> None:
    scene.file_named()
    assert relay.deliver_notices(seconds=0) == 0
    assert Notice.objects.get().attempts == 0
