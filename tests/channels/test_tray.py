"""The desk's tray: what nobody could read is read, filed, or set aside; nothing is lost."""

from typing import Any

import pytest
from django.test import Client

from channels import intake, tray
from channels.models import Message
from complaints.errors import Refused
from complaints.models import Case
from tests.channels.talking import Person
from tests.complaints.conftest import Scene

TRAY = "/en/desk/messages/"


@pytest.fixture
def unread(rahima: Person) -> Message:
    """A message that failed at each try."""
    rahima.send("The road 01712345678 is broken since last year.", error="Broken")
    for _try in range(len(intake.BACKOFF) + 1):
        Message.objects.update(next_at="2026-01-01T00:00Z")
        intake.take_messages()
    message = rahima.message
    assert message.state == "unreadable"
    return message


@pytest.fixture
def desk(client: Client, scene: Scene) -> Client:
    client.force_login(scene.cast.desk)
    return client


def test_it_lists_what_waits_and_shows_no_number(desk: Client, unread: Message) -> None:
    shown = desk.get(TRAY).content.decode()
    assert "SMS" in shown
    page = desk.get(f"{TRAY}{unread.key}/").content.decode()
    assert "01712345678" not in page
    assert "8801712345678" not in page


def test_the_list_opens_nothing_large_and_stumbles_over_nothing(
    desk: Client, rahima: Person, unread: Message
) -> None:
    for n, sealed in enumerate((b"x" * 300_000, b"sealed with a lost key", None)):
        Message.objects.create(
            channel="email",
            external_id=f"odd-{n}",
            sealed=sealed,
            state="unreadable",
            next_at=unread.next_at,
            received_at=unread.received_at,
        )
    shown = desk.get(TRAY)
    assert shown.status_code == 200
    kept = {row["message"].external_id: row["message"].sealed for row in shown.context["rows"]}
    assert len(kept) == 4
    assert kept["odd-0"] is None
    assert kept["odd-1"] is not None
    large = Message.objects.get(external_id="odd-0")
    assert desk.get(f"{TRAY}{large.key}/").status_code == 200


def test_whoever_wrote_is_told_that_somebody_will_look(rahima: Person, unread: Message) -> None:
    assert rahima.templates() == ["chat_not_read"]


def test_the_desk_files_what_it_reads_and_the_receipt_goes_back(
    desk: Client, rahima: Person, unread: Message
) -> None:
    words = {"do": "file", "text": "The road is broken since last year.", "language": "en"}
    answer = desk.post(f"{TRAY}{unread.key}/", words)
    assert answer.status_code == 302
    case = Case.objects.get()
    unread.refresh_from_db()
    assert (unread.state, unread.case, unread.why) == ("done", case, "filed_by_desk")
    assert case.channel == "sms"
    assert case.contact.has_phone
    assert rahima.templates()[-2:] == ["receipt", "receipt_withdrawal"]
    desk.post(f"{TRAY}{unread.key}/", words)
    assert Case.objects.count() == 1


def test_too_few_words_are_not_filed(desk: Client, unread: Message) -> None:
    answer = desk.post(f"{TRAY}{unread.key}/", {"do": "file", "text": "road", "language": "en"})
    assert answer.status_code == 422
    assert "at least 10 letters" in answer.content.decode()
    assert not Case.objects.exists()


def test_it_is_set_aside_with_a_reason(desk: Client, scene: Scene, unread: Message) -> None:
    assert desk.post(f"{TRAY}{unread.key}/", {"do": "aside"}).status_code == 422
    desk.post(f"{TRAY}{unread.key}/", {"do": "aside", "reason": "spam"})
    unread.refresh_from_db()
    assert (unread.state, unread.why, unread.done_by) == ("set_aside", "spam", scene.cast.desk)
    assert "No message waits" in desk.get(TRAY).content.decode()
    shown = desk.get(f"{TRAY}{unread.key}/").content.decode()
    assert "Advertising, or sent by a machine" in shown
    assert "The mail service" not in shown


def test_it_is_read_again_once_the_mistake_is_mended(
    desk: Client, rahima: Person, unread: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.post(f"{TRAY}{unread.key}/", {"do": "again"})
    monkeypatch.setattr(
        type(rahima.way), "read", lambda self, payload: intake.Incoming(text=payload["text"])
    )
    intake.take_messages()
    unread.refresh_from_db()
    assert unread.state == "done"
    assert rahima.templates()[-1] == "chat_official"


def test_a_flood_waits_without_a_word_and_can_be_let_in(
    desk: Client, scene: Scene, rahima: Person
) -> None:
    for n in range(45):
        rahima.send(f"The same words again and again, number {n}.")
    intake.take_messages(seconds=60)
    states = list(Message.objects.order_by("id").values_list("state", flat=True))
    assert states.count("held") == 5
    assert "held" not in states[:40]
    said = len(rahima.templates())
    held = Message.objects.filter(state="held")[0]
    assert "One of many" in desk.get(f"{TRAY}?show=held").content.decode()
    desk.post(f"{TRAY}{held.key}/", {"do": "again"})
    intake.take_messages()
    held.refresh_from_db()
    assert held.state == "done"
    assert len(rahima.templates()) >= said


@pytest.mark.parametrize("who", ["focal", "case_officer", "head", "registrar", "operator"])
def test_it_is_for_the_desk(client: Client, scene: Scene, unread: Message, who: str) -> None:
    client.force_login(getattr(scene.cast, who))
    assert client.get(TRAY).status_code == 403
    assert client.get(f"{TRAY}{unread.key}/").status_code == 403


def test_overseers_look_on_but_do_nothing(client: Client, scene: Scene, unread: Message) -> None:
    client.force_login(scene.cast.overseer)
    assert "decides what becomes" in client.get(f"{TRAY}{unread.key}/").content.decode()
    with pytest.raises(Refused):
        tray.take_again(actor=scene.actor(scene.cast.overseer), message=unread)
    client.post(f"{TRAY}{unread.key}/", {"do": "again"})
    unread.refresh_from_db()
    assert unread.state == "unreadable"


def test_words_are_erased_after_their_days_but_not_while_they_wait(
    rahima: Person, unread: Message, clock: Any
) -> None:
    from datetime import timedelta

    rahima.write("The electricity meter shows a wrong number.")
    done = rahima.message
    clock.shift(timedelta(days=89))
    assert intake.forget_messages() == 0
    clock.shift(timedelta(days=1, hours=1))
    assert intake.forget_messages() == 1
    for message, is_kept in ((done, False), (unread, True)):
        message.refresh_from_db()
        assert (message.sealed is not None) == is_kept
