"""Messages are stored first and taken once, in order, whatever goes wrong between."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from agencies.selectors import actor_for
from channels import intake, tray
from channels.inbound import CannotFetch, Envelope
from channels.models import Conversation, Message
from complaints.models import Attachment, Case, Handle, Notice
from complaints.services import sealing
from tests.channels.talking import Person
from tests.complaints.conftest import Scene
from tests.factories.agencies import make_policy

WORDS = "The electricity meter shows a wrong number and nobody comes."


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    return made.getvalue()


def again(clock: Any) -> None:
    """Let the time of the next try come, and take what is due."""
    clock.shift(timedelta(minutes=11))
    intake.take_messages()


def test_what_is_stored_is_not_in_clear(rahima: Person) -> None:
    rahima.send(WORDS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(m)::text || row_to_json(h)::text"
            " FROM channels_message m JOIN complaints_handle h ON h.id = m.handle_id"
        )
        stored = cursor.fetchone()[0]
    assert "meter" not in stored
    assert "1712345678" not in stored
    assert sealing.unseal(Message.objects.get().sealed)["payload"]["text"] == WORDS


def test_an_id_that_no_database_keeps_stops_no_batch(rahima: Person) -> None:
    ids = ("a\0b", "c" * 300, "d")
    batch = [Envelope("3\x0033", name, {"text": WORDS}, sender="+8801712345678") for name in ids]
    assert intake.store(rahima.way, batch) == 3
    assert intake.store(rahima.way, batch) == 0


def test_a_batch_of_a_hundred_costs_no_more_statements_than_one(rahima: Person) -> None:
    def envelopes(start: int, count: int) -> list[Envelope]:
        return [
            Envelope("333", f"b-{start + n}", {"text": WORDS}, sender=f"+88017{start + n:08d}")
            for n in range(count)
        ]

    counts = []
    for start, count in ((1, 1), (10, 1), (1000, 100)):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert intake.store(rahima.way, envelopes(start, count)) == count
        counts.append(len(captured))
    # The first one also reads the registry's numbers into the process.
    assert counts[1] == counts[2] <= 8
    assert Message.objects.count() == 102


def test_a_step_of_a_filing_costs_few_statements(rahima: Person, budi: Person) -> None:
    def cost(person: Person, text: str) -> int:
        person.send(text)
        message = intake._claim()
        assert message is not None
        with CaptureQueriesContext(connection) as captured:
            intake._take(message)
        return len(captured)

    for words in (WORDS, "2", "skip", "2"):
        cost(budi, words)
    costs = [cost(rahima, words) for words in (WORDS, "2", "Mirzapur", "2", "One more thing.")]
    assert all(cost <= most for cost, most in zip(costs, (16, 12, 13, 22, 24), strict=True)), costs


def test_one_persons_messages_are_taken_in_order(rahima: Person) -> None:
    rahima.send(WORDS)
    rahima.send("2")
    rahima.send("skip")
    rahima.send("2")
    intake.take_messages()
    assert Case.objects.get().text == WORDS


def test_a_message_that_fails_holds_up_its_sender_alone(
    rahima: Person, budi: Person, clock: Any
) -> None:
    rahima.send("x", error="Broken")
    rahima.send(WORDS)
    budi.send(WORDS)
    intake.take_messages()
    assert rahima.templates() == []
    assert budi.templates() == ["chat_official"]
    for _try in intake.BACKOFF:
        again(clock)
    assert rahima.templates() == ["chat_not_read", "chat_official"]


def test_after_its_last_try_the_desk_has_it(rahima: Person, clock: Any) -> None:
    rahima.send("x", error="Broken")
    intake.take_messages()
    for _try in intake.BACKOFF:
        assert rahima.message.state == "new"
        again(clock)
    assert (rahima.message.state, rahima.message.why) == ("unreadable", "ValueError")


def test_what_fails_in_the_middle_leaves_nothing_behind(
    rahima: Person, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (WORDS, "2", "skip"):
        rahima.write(words)
    with monkeypatch.context() as broken:
        broken.setattr(intake, "_mark_done", lambda *_: 1 / 0)
        rahima.write("2")
        assert not Case.objects.exists()
    again(clock)
    assert Case.objects.count() == 1
    assert rahima.templates()[-2:] == ["receipt", "receipt_withdrawal"]


def test_a_worker_that_died_gives_its_message_back(rahima: Person, clock: Any) -> None:
    rahima.send(WORDS)
    claimed = intake._claim()
    assert claimed is not None
    assert intake.take_messages() == 0
    clock.shift(intake.LEASE + timedelta(seconds=1))
    assert intake.take_messages() == 1
    assert rahima.templates() == ["chat_official"]


def test_two_workers_take_it_once(rahima: Person) -> None:
    rahima.send(WORDS)
    message = intake._claim()
    intake._take(message)
    intake._take(message)
    assert rahima.templates() == ["chat_official"]


def test_whoever_comes_too_late_tells_nobody_that_it_was_not_read(rahima: Person) -> None:
    """Its lease was over, and somebody else has taken it meanwhile."""
    rahima.send(WORDS)
    late = intake._claim()
    assert late is not None
    Message.objects.update(next_at=timezone.now())
    intake.take_messages()
    late.attempts = len(intake.BACKOFF) + 2
    intake._take(late)
    assert rahima.templates() == ["chat_official"]
    assert rahima.message.state == "done"


def test_not_even_one_that_cannot_be_put_away_stops_the_others(
    rahima: Person, budi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_desk = intake._to_desk

    def broken(message: Message, why: str) -> None:
        if message.channel == "sms":
            raise sealing.CannotUnseal
        to_desk(message, why)

    monkeypatch.setattr(intake, "_to_desk", broken)
    rahima.send(WORDS)
    Message.objects.update(attempts=9)
    budi.send(WORDS)
    intake.take_messages()
    assert budi.templates() == ["chat_official"]
    assert rahima.message.state == "new"


def test_an_unfinished_complaint_that_cannot_be_filed_stops_no_other(
    rahima: Person, budi: Person, clock: Any
) -> None:
    rahima.write(WORDS)
    budi.write(WORDS)
    broken = Conversation.objects.get(handle__channel="sms")
    sealed, broken.sealed = broken.sealed, b"nobody opens this"
    broken.save()
    clock.shift(timedelta(hours=2, minutes=1))
    intake.take_messages()
    assert [case.channel for case in Case.objects.all()] == ["whatsapp"]
    Conversation.objects.filter(pk=broken.pk).update(sealed=sealed)
    intake.take_messages()
    assert Case.objects.count() == 1
    again(clock)
    assert Case.objects.count() == 2


# --- Files ------------------------------------------------------------------------------------


def test_files_come_with_the_complaint(rahima: Person) -> None:
    rahima.way.files = {"a.jpg": photo(), "b.jpg": photo()}
    rahima.write(WORDS, files=["a.jpg", "b.jpg"])
    for words in ("2", "skip", "2"):
        rahima.write(words)
    assert Attachment.objects.filter(case=rahima.case).count() == 2


def test_a_file_that_cannot_be_kept_is_said_and_the_words_stay(rahima: Person) -> None:
    rahima.way.files = {
        "virus.exe": b"MZ" + b"0" * 100,
        "huge.jpg": CannotFetch("large", for_good=True),
    }
    said = rahima.write(WORDS, files=["virus.exe", "huge.jpg"])
    assert "Not all files could be kept" in said[-1]
    assert "official" in said[0]
    assert not Attachment.objects.exists()


def test_a_file_that_comes_later_is_waited_for_and_fetched_once(rahima: Person, clock: Any) -> None:
    rahima.way.files = {"a.jpg": photo(), "b.jpg": CannotFetch("http_503")}
    rahima.send(WORDS, files=["a.jpg", "b.jpg"])
    intake.take_messages()
    assert rahima.templates() == []
    rahima.way.files = {"a.jpg": ValueError("fetched twice"), "b.jpg": photo()}
    again(clock)
    assert rahima.templates() == ["chat_official"]
    assert Attachment.objects.count() == 2


def test_a_file_that_never_comes_is_left_out_at_last(rahima: Person, clock: Any) -> None:
    rahima.way.files = {"a.jpg": CannotFetch("http_503")}
    rahima.send(WORDS, files=["a.jpg"])
    intake.take_messages()
    for _try in intake.BACKOFF:
        again(clock)
    assert rahima.templates() == ["chat_official", "chat_files_left"]


def test_an_eleventh_file_and_a_very_long_letter_go_after_the_filing(rahima: Person) -> None:
    names = [f"{n}.jpg" for n in range(12)]
    rahima.way.files = dict.fromkeys(names, photo())
    rahima.write("The road is broken. " * 1500, files=names)
    for words in ("2", "skip", "2"):
        rahima.write(words)
    case = rahima.case
    assert Attachment.objects.filter(case=case).count() == 12
    assert len(case.text) <= 20_000
    assert case.statements.get(kind="message").body["text"].strip().endswith("broken.")


def test_of_a_flood_no_file_is_fetched_until_the_desk_wants_it(
    rahima: Person, clock: Any, cast: Any
) -> None:
    make_policy("messages_per_handle_an_hour", 1, "count")
    rahima.write(WORDS)
    rahima.way.files = {"a.jpg": ValueError("fetched")}
    rahima.write("One more photo", files=["a.jpg"])
    assert (rahima.message.state, rahima.message.fetched) == ("held", {})
    rahima.way.files = {"a.jpg": photo()}
    desk = actor_for(cast.desk)
    tray.take_again(actor=desk, message=rahima.message)
    intake.take_messages()
    assert (rahima.message.state, Attachment.objects.count()) == ("done", 1)


def test_thousands_from_one_handle_are_held_at_once(
    rahima: Person, budi: Person, clock: Any, cast: Any
) -> None:
    make_policy("messages_per_handle_an_hour", 3, "count")
    clock.shift(timedelta(minutes=-50))
    rahima.send(WORDS)
    clock.shift(timedelta(minutes=50))
    for n in range(30):
        rahima.send(f"Message {n} of very many")
    clock.shift(timedelta(minutes=20))
    rahima.send("This one comes later")
    budi.send(WORDS)
    assert intake.take_messages() == 6
    states = list(Message.objects.filter(channel="sms").order_by("id"))
    # The first one is an hour away from the last one, but the others are not.
    assert [row.state for row in states] == ["done"] * 3 + ["held"] * 29
    assert budi.templates() == ["chat_official"]
    clock.shift(timedelta(hours=1))
    rahima.write("And the next hour has room again")
    assert rahima.message.state == "done"


def test_a_file_that_was_erased_while_its_message_waited_is_fetched_anew(
    rahima: Person, clock: Any, cast: Any
) -> None:
    rahima.way.files = {"a.jpg": photo()}
    rahima.send(WORDS, files=["a.jpg"], error="Broken")
    Message.objects.update(state="unreadable", fetched={"keys": {"0": str(uuid4())}, "left": []})
    payload = {"text": WORDS, "files": ["a.jpg"]}
    Message.objects.update(sealed=sealing.seal({"by": rahima.way.provider, "payload": payload}))
    tray.take_again(actor=actor_for(cast.desk), message=rahima.message)
    intake.take_messages()
    for words in ("2", "skip", "2"):
        rahima.write(words)
    assert Attachment.objects.filter(case=rahima.case).count() == 1


# --- Receipts ---------------------------------------------------------------------------------


@pytest.fixture
def sent(rahima: Person) -> Notice:
    """A message of ours that left as out-1."""
    rahima.write(WORDS)
    notice = Notice.objects.get()
    Notice.objects.update(status="sent", provider_id="out-1", sent_at=timezone.now())
    return notice


@pytest.mark.parametrize(
    ("reports", "last"),
    [
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "delivered"], "delivered"),
    ],
)
def test_the_furthest_report_counts(
    rahima: Person, sent: Notice, reports: list[str], last: str
) -> None:
    for report in reports:
        rahima.send(provider_id="out-1", delivery=report)
    intake.take_messages()
    sent.refresh_from_db()
    assert (sent.delivery, sent.status) == (last, "sent")


def test_what_failed_after_it_left_is_a_dead_letter(rahima: Person, sent: Notice) -> None:
    rahima.send(provider_id="out-1", delivery="failed", error="30006")
    rahima.send(provider_id="out-1", delivery="delivered")
    intake.take_messages()
    sent.refresh_from_db()
    assert (sent.delivery, sent.status, sent.error) == ("failed", "failed", "30006")


def test_a_report_that_comes_too_early_is_waited_for(
    rahima: Person, sent: Notice, clock: Any
) -> None:
    rahima.send(provider_id="out-2", delivery="delivered")
    intake.take_messages()
    Notice.objects.update(provider_id="out-2")
    again(clock)
    sent.refresh_from_db()
    assert sent.delivery == "delivered"


def test_a_report_about_nothing_of_ours_is_let_go(rahima: Person, clock: Any) -> None:
    rahima.send(provider_id="strange", delivery="delivered")
    for _try in range(4):
        again(clock)
    assert (rahima.message.state, rahima.message.why) == ("done", "not_ours")


# --- Handles ----------------------------------------------------------------------------------


def test_somebody_with_two_names_is_one_person(scene: Scene, budi: Person) -> None:
    by_phone = Person("whatsapp", "8801812345678")
    by_phone.send(WORDS)
    budi.send(WORDS)
    by_id = Person("whatsapp", "BD.1349")
    by_id.send(WORDS)
    assert Handle.objects.count() == 1
