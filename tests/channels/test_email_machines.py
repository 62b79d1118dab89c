"""Machines that write: recognised, never answered, and what they report is believed only of our letters."""

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from channels.email import marks
from channels.email.inbound import envelope
from channels.registry import INBOUND
from tests.channels.letters import FORGED, inbox, read, recorded, reported, written

pytestmark = pytest.mark.usefixtures("inbox")
__all__ = ["inbox"]


@pytest.mark.parametrize(
    "name", ["vacation_gmail", "vacation_outlook", "mailing_list", "bounce_delayed"]
)
def test_what_a_machine_wrote_is_nothing_even_with_our_token(name: str) -> None:
    assert read(recorded(name)).nothing


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "Auto-Generated; owner-email=x@example.org"),
        ("Precedence", "Bulk"),
        ("Precedence", "junk"),
        ("Precedence", "list"),
        ("List-Id", "<news.lists.example.net>"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "away"),
        ("Return-Path", "<>"),
        ("X-Failed-Recipients", "somebody@example.org"),
    ],
)
def test_each_mark_of_a_machine_is_known(header: str, value: str) -> None:
    mail = written()
    mail[header] = value
    assert read(mail.as_bytes()).nothing
    assert envelope(mail.as_bytes()).sender == ""


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Auto-Submitted", "no"),
        ("Precedence", "normal"),
        ("X-Auto-Response-Suppress", "None"),
        ("Return-Path", "<rahima@example.org>"),
    ],
)
def test_a_person_is_taken_for_a_person(header: str, value: str) -> None:
    mail = written()
    mail[header] = value
    assert not read(mail.as_bytes()).nothing
    assert envelope(mail.as_bytes()).sender == "rahima@example.org"


@pytest.mark.parametrize(
    ("sender", "is_machine"),
    [
        ("MAILER-DAEMON@mail.example.org", True),
        ("complaints@portal.example", True),
        (f"Complaints+{FORGED}@Portal.example", True),
        ("no-reply@portal.example", True),
        ("no-reply@example.org", False),
        ("complaints+newsletter@portal.example", False),
    ],
)
def test_mail_servers_and_we_ourselves_are_no_people(sender: str, is_machine: bool) -> None:
    assert read(written(sender=sender).as_bytes()).nothing is is_machine


def test_a_letter_of_ours_that_comes_back_is_known_by_its_id() -> None:
    for message_id in (marks.message_id("7"), marks.message_id("7", FORGED)):
        assert read(written(message_id=message_id).as_bytes()).nothing
    elsewhere = f"<notice-7.{FORGED}@elsewhere.example>"
    assert not read(written(message_id=elsewhere).as_bytes()).nothing


def test_nobody_on_the_envelope_is_a_machine() -> None:
    assert read(written().as_bytes(), sent_by="").nothing
    assert not read(written().as_bytes(), sent_by=None).nothing


# --- Reports ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "status"), [("bounce", "5.1.1"), ("bounce_exim", "bounced")])
def test_a_report_of_a_letter_of_ours_says_that_it_failed(name: str, status: str) -> None:
    ours = marks.message_id("7", FORGED)
    found = reported(recorded(name, ours=ours))
    assert (found.provider_id, found.delivery, found.error) == (ours, "failed", status)


def test_a_report_that_only_refers_to_our_letter_counts_too() -> None:
    ours = marks.message_id("8")
    raw = recorded("bounce", ours="<lost@example.org>")
    found = reported(raw.replace(b"MIME-Version", f"In-Reply-To: {ours}\r\nMIME-Version".encode()))
    assert found.provider_id == ours


def test_a_person_who_passes_a_report_on_is_heard() -> None:
    mail = written("Your letter came back to me, why?", subject="Fwd: Undelivered")
    mail.add_attachment(message_from_bytes(recorded("bounce"), policy=default))
    found = read(mail.as_bytes())
    assert found.text.startswith("Your letter came back to me, why?")


def test_a_report_of_somebody_elses_letter_is_nothing() -> None:
    assert read(recorded("bounce", ours="<somebody@example.org>")).nothing


def test_a_report_has_no_sender_and_is_kept_as_a_report() -> None:
    stored = envelope(recorded("bounce"))
    assert (stored.sender, stored.is_receipt) == ("", True)


def test_without_a_token_an_id_of_ours_cannot_be_guessed(settings: Any) -> None:
    assert marks.message_id("7") == marks.message_id("7") != marks.message_id("8")
    with_key = marks.message_id("7")
    settings.INDEX_KEY = "another-key"
    assert marks.message_id("7") != with_key


# --- The registered way in --------------------------------------------------------------------


def test_without_a_mailbox_there_is_no_way_in(inbox: dict[str, str]) -> None:
    assert INBOUND["inbox"].is_configured()
    inbox["address"] = ""
    assert not INBOUND["inbox"].is_configured()
