"""Letters fetched by IMAP: each once, marked only when it is stored, whatever the server does."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from structlog.testing import capture_logs

from channels import breaker, intake, tasks
from channels.email import mailbox
from channels.email.inbound import LARGEST
from channels.models import Message, Provider
from complaints.models import Case
from tests.channels.imap import PASSWORD, USER, Mailbox, certificate, serving
from tests.channels.letters import inbox, recorded, written
from tests.complaints.conftest import Scene

__all__ = ["inbox"]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("imap"))


@pytest.fixture
def box(
    scene: Scene, inbox: dict[str, str], pem: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Mailbox]:
    """A mailbox on this machine, whose certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    cache.clear()
    with serving(Mailbox(), pem) as served:
        inbox |= {
            "imap_host": "127.0.0.1",
            "imap_port": str(served.port),
            "imap_user": USER,
            "imap_password": PASSWORD,
        }
        yield served


def letter(number: int) -> bytes:
    return written(
        f"Complaint {number}: the road is broken.",
        sender=f"p{number}@example.org",
        message_id=f"<fetched-{number}@example.org>",
    ).as_bytes()


def test_what_waits_is_stored_and_marked_as_seen(box: Mailbox) -> None:
    box.put(recorded("bangla_new"), recorded("windows_1252"))
    tasks.fetch_mail()
    assert Message.objects.count() == 2
    assert not box.unseen
    intake.take_messages()
    assert Case.objects.filter(channel="email").count() == 2
    assert Provider.objects.get(pk="mailbox").failures == 0


def test_reading_marks_nothing_and_nothing_is_removed(box: Mailbox) -> None:
    box.put(letter(1))
    mailbox.fetch_mail()
    fetched = [command for command in box.commands if "FETCH" in command]
    assert fetched == [f"UID FETCH 1 (BODY.PEEK[]<0.{LARGEST + 1}>)"]
    assert not [command for command in box.commands if "EXPUNGE" in command]
    assert box.commands[-1] == "LOGOUT"


def test_an_empty_mailbox_is_well(box: Mailbox) -> None:
    assert mailbox.fetch_mail() == 0
    assert Provider.objects.get(pk="mailbox").failures == 0


def test_a_hundred_letters_are_fetched_once(box: Mailbox) -> None:
    box.put(*(letter(number) for number in range(100)))
    assert mailbox.fetch_mail() == 100
    assert mailbox.fetch_mail() == 0
    assert Message.objects.count() == 100
    assert not box.unseen


def test_a_run_that_is_out_of_time_leaves_the_rest_to_the_next(box: Mailbox) -> None:
    box.put(*(letter(number) for number in range(5)))
    assert mailbox.fetch_mail(seconds=0) == 0
    assert len(box.unseen) == 5
    assert mailbox.fetch_mail() == 5


def test_a_crash_between_storing_and_marking_repeats_harmlessly(box: Mailbox) -> None:
    box.put(letter(1), letter(2))
    box.hangs_up_before_store = True
    mailbox.fetch_mail()
    assert (Message.objects.count(), len(box.unseen)) == (1, 2)
    box.hangs_up_before_store = False
    assert mailbox.fetch_mail() == 1
    assert (Message.objects.count(), len(box.unseen)) == (2, 0)


def test_a_letter_that_is_refused_stops_no_other(box: Mailbox) -> None:
    box.put(letter(1), letter(2), letter(3))
    box.refuses = {1}
    with capture_logs() as logs:
        assert mailbox.fetch_mail() == 2
    assert box.unseen == {1}
    assert [entry["event"] for entry in logs] == ["a letter could not be fetched"]
    box.refuses = set()
    assert mailbox.fetch_mail() == 1


def test_a_letter_over_which_the_server_hangs_up_comes_last_from_then_on(box: Mailbox) -> None:
    box.put(letter(1), letter(2), letter(3))
    box.hangs_up_over = {1}
    assert mailbox.fetch_mail() == 0
    assert mailbox.fetch_mail() == 2
    assert box.unseen == {1}
    box.hangs_up_over = set()
    assert mailbox.fetch_mail() == 1


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n\r\n", b"\xff\xfe\x00 no letter at all", b"From: <<<\r\n\r\n\xff"]
)
def test_what_is_no_letter_waits_for_the_desk_and_stops_no_other(box: Mailbox, raw: bytes) -> None:
    box.put(raw, letter(1))
    assert mailbox.fetch_mail() == 2
    intake.take_messages()
    states = Message.objects.order_by("id").values_list("state", "why")
    assert list(states) == [("unreadable", "no_sender"), ("done", "")]


def test_a_letter_that_is_too_large_is_kept_in_part(box: Mailbox) -> None:
    box.put(letter(1) + b"x" * (LARGEST + 1000))
    assert mailbox.fetch_mail() == 1
    intake.take_messages()
    assert Message.objects.get().why == "large"
    assert not box.unseen


def test_a_letter_that_went_away_meanwhile_is_no_error(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(letter(1), letter(2))
    monkeypatch.setattr(Mailbox, "unseen", {1, 2, 9})
    assert mailbox.fetch_mail() == 2


# --- The server is away -----------------------------------------------------------------------


def test_a_server_that_is_down_for_an_hour_costs_nothing(
    scene: Scene, inbox: dict[str, str], pem: Path, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    cache.clear()
    served = Mailbox()
    with serving(served, pem):
        port = str(served.port)
    inbox |= {"imap_host": "127.0.0.1", "imap_port": port, "imap_user": USER}
    inbox["imap_password"] = PASSWORD
    served.put(*(letter(number) for number in range(10)))
    for _minute in range(60):
        assert mailbox.fetch_mail() == 0
        clock.shift(timedelta(minutes=1))
    away = Provider.objects.get(pk="mailbox")
    assert breaker.FAILURES <= away.failures < 20
    assert away.last_error == "ConnectionRefusedError"
    with serving(served, pem):
        clock.shift(timedelta(minutes=10))
        assert mailbox.fetch_mail() == 10
        assert mailbox.fetch_mail() == 0
    intake.take_messages()
    assert Case.objects.filter(channel="email").count() == 10
    assert Provider.objects.get(pk="mailbox").failures == 0


def test_while_it_is_left_alone_nobody_asks_it(box: Mailbox, clock: Any) -> None:
    box.put(letter(1))
    for _failure in range(breaker.FAILURES):
        breaker.failed("mailbox", "timeout", timezone.now())
    assert mailbox.fetch_mail() == 0
    assert not box.commands


def test_a_wrong_password_is_told_by_its_kind_alone(box: Mailbox, inbox: dict[str, str]) -> None:
    inbox["imap_password"] = "wrong"
    with capture_logs() as logs:
        assert mailbox.fetch_mail() == 0
    assert Provider.objects.get(pk="mailbox").last_error == "MailboxLoginError"
    assert logs == [{"event": "mailbox", "kind": "MailboxLoginError", "log_level": "warning"}]


def test_a_server_that_nobody_vouches_for_is_told_nothing(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    box.put(letter(1))
    assert mailbox.fetch_mail() == 0
    assert Provider.objects.get(pk="mailbox").last_error == "SSLCertVerificationError"
    assert not box.commands


def test_at_the_old_port_it_is_encrypted_before_the_password(
    scene: Scene, inbox: dict[str, str], pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with serving(Mailbox(), pem, tls_from_start=False) as served:
        monkeypatch.setattr(mailbox, "STARTTLS_PORT", served.port)
        inbox |= {"imap_host": "127.0.0.1", "imap_port": str(served.port), "imap_user": USER}
        inbox["imap_password"] = PASSWORD
        served.put(letter(1))
        assert mailbox.fetch_mail() == 1
    names = [command.split()[0] for command in served.commands]
    assert names.index("STARTTLS") < names.index("LOGIN")


def test_without_a_host_nothing_is_asked(scene: Scene, inbox: dict[str, str]) -> None:
    assert mailbox.fetch_mail() == 0
    assert not Provider.objects.exists()
