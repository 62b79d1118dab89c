"""Letters that came in: to which case they go, and that each is taken once, whatever it is."""

import json
from datetime import timedelta
from typing import Any

import pytest

from channels import intake, tray
from channels.email import marks
from channels.email.inbound import LARGEST, envelope
from channels.models import Message
from channels.registry import INBOUND
from complaints.models import Case, Handle, Notice, Statement
from complaints.services import links, sealing
from complaints.services.notice_words import BANGLA_DIGITS, render
from tests.channels.letters import FORGED, bring, inbox, photo, recorded, written
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

pytestmark = pytest.mark.usefixtures("inbox", "scene")
__all__ = ["inbox"]


def take(raw: bytes, **parts: Any) -> Message:
    bring(raw, **parts)
    intake.take_messages()
    return Message.objects.latest("id")


def to_mail(template: str) -> Notice:
    return Notice.objects.filter(channel="email", template=template).latest("id")


# --- New complaints ---------------------------------------------------------------------------


def test_a_letter_is_filed_as_it_is_and_both_secrets_go_back(inbox: dict[str, str]) -> None:
    message = take(recorded("bangla_new"))
    case = Case.objects.get()
    assert message.case == case
    assert (case.channel, case.language) == ("email", "bn")
    assert case.text.startswith("চর আলেকজান্ডারে বিদ্যুতের মিটার নষ্ট")
    handle = Handle.objects.get()
    assert handle.index == sealing.blind_index("email", "rahima@example.org")
    told = Notice.objects.filter(channel="email", case=case, user=None, office=None)
    assert set(told.values_list("template", flat=True)) == {"receipt", "receipt_withdrawal"}


def test_files_come_into_the_case_and_what_is_no_photo_is_left(scene: Scene) -> None:
    mail = written()
    mail.add_attachment(photo(), maintype="image", subtype="jpeg", filename="meter.jpg")
    mail.add_attachment(
        b"MZ" + b"\0" * 300, maintype="application", subtype="x-msdownload", filename="a.exe"
    )
    mail.add_attachment(
        b"x" * 99, maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    message = take(mail.as_bytes())
    assert [file.name for file in Case.objects.get().attachments.all()] == ["meter.jpg"]
    assert message.fetched["left"] == ["1", "2"]
    assert to_mail("chat_files_left")


def test_twenty_megabytes_of_files_are_taken_and_one_that_is_larger_is_left() -> None:
    mail = written()
    for name, size in (("a.jpg", 9), ("b.jpg", 8)):
        content = photo() + b"\0" * (size * 1024 * 1024)
        mail.add_attachment(content, maintype="image", subtype="jpeg", filename=name)
    take(mail.as_bytes())
    assert Case.objects.get().attachments.count() == 2
    mail = written(message_id="<made-2@example.org>", sender="other@example.org")
    content = photo() + b"\0" * (11 * 1024 * 1024)
    mail.add_attachment(content, maintype="image", subtype="jpeg", filename="a.jpg")
    assert take(mail.as_bytes()).fetched["left"] == ["0"]
    assert Case.objects.count() == 2


def test_a_letter_that_is_too_large_waits_for_the_desk_with_its_words() -> None:
    mail = written("Our meter shows a wrong number.", subject="Power")
    mail.add_attachment(b"x" * LARGEST, maintype="image", subtype="jpeg", filename="a.jpg")
    message = take(mail.as_bytes())
    assert (message.state, message.why) == ("unreadable", "large")
    assert len(bytes(message.sealed or b"")) < 200_000
    assert tray.opened(message).text == "Power\n\nOur meter shows a wrong number."


def test_the_desk_sees_a_letter_but_not_who_wrote_it() -> None:
    opened = tray.opened(take(recorded("spam")))
    assert opened.text.startswith("You won a million")
    assert "Subject: You won a million" in opened.raw
    assert "casino" not in opened.raw


@pytest.mark.parametrize("name", ["no_sender", "encrypted"])
def test_what_cannot_be_taken_waits_for_the_desk(name: str) -> None:
    message = take(recorded(name))
    assert (message.state, message.why) == ("unreadable", name)
    assert not Case.objects.exists()
    assert not Notice.objects.exists()


# --- To a case --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gmail_reply", "apple_bangla", "token_in_references"])
def test_an_answer_goes_to_the_case_of_its_token(scene: Scene, name: str) -> None:
    play = Play(scene).forward().accept().ask()
    message = take(recorded(name, token=links.reply_token(play.case.pk)))
    assert message.case == play.case
    assert play.state == "in_progress"
    assert "reply" in play.moves
    assert Case.objects.count() == 1


def test_the_address_alone_is_enough(scene: Scene) -> None:
    play = Play(scene).forward().accept().ask()
    token = links.reply_token(play.case.pk).upper()
    mail = written("The left meter.", subject="about your question")
    for header in ("Delivered-To", "Cc"):
        other = written("The left meter.", subject="", message_id=f"<{header}@example.org>")
        other[header] = f"Portal <Complaints+{token}@PORTAL.example>"
        assert take(other.as_bytes()).case == play.case
    assert take(mail.as_bytes(), recipient=f"complaints+{token}@portal.example").case == play.case


@pytest.mark.parametrize("name", ["gmail_reply", "token_in_references"])
def test_a_forged_token_makes_a_complaint_of_its_own(scene: Scene, name: str) -> None:
    play = Play(scene).forward().accept().ask()
    raw = recorded(name, token=FORGED).replace(
        b"It is the left meter", b"It is the left meter here"
    )
    message = take(raw)
    assert message.case is not None
    assert message.case != play.case
    assert play.state == "waiting"


def test_without_token_our_message_id_leads_to_the_case_for_whoever_got_it(scene: Scene) -> None:
    play = Play(scene)
    ours = marks.message_id("77")
    notice = Notice.objects.filter(case=play.case, contact__isnull=False).latest("id")
    known_as = links.kept_id("email", ours)
    Notice.objects.filter(pk=notice.pk).update(provider_id=known_as, channel="email")
    mail = written("Is there any news of it?", subject="Re: Case", In_Reply_To=ours)
    assert take(mail.as_bytes()).case == play.case
    stranger = written(
        "Is there any news of it, please?",
        subject="Re: Case",
        In_Reply_To=ours,
        sender="stranger@example.org",
        message_id="<stranger@example.org>",
    )
    assert take(stranger.as_bytes()).case != play.case


def test_a_long_answer_and_many_files_are_all_kept(scene: Scene) -> None:
    play = Play(scene).forward().accept().ask()
    token = links.reply_token(play.case.pk)
    mail = written("ক" * 45_000, subject="Re: Case")
    for number in range(12):
        mail.add_attachment(photo(40 + number), maintype="image", subtype="jpeg", filename="a.jpg")
    message = take(mail.as_bytes(), recipient=f"complaints+{token}@portal.example")
    assert message.case == play.case
    said = Statement.objects.filter(
        case=play.case, event__party="citizen", kind__in=["reply", "message"]
    )
    assert sum(len(row.body["text"]) for row in said) == 45_000
    assert play.case.attachments.count() == 12


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("NEW", "The road to the market is broken, and nobody mends it."),
        ("Road", "NEW The road to the market is broken, and nobody mends it."),
    ],
)
def test_another_complaint_of_somebody_begins_with_new(subject: str, text: str) -> None:
    first = take(written().as_bytes()).case
    again = take(written("Still nobody came to us.", message_id="<again@example.org>").as_bytes())
    assert again.case == first
    assert "NEW" in render(to_mail("chat_added"), "en").body
    other = take(written(text, subject=subject, message_id="<other@example.org>").as_bytes())
    assert other.case is not None
    assert other.case != first
    assert other.case.text == "The road to the market is broken, and nobody mends it."


# --- A verdict by e-mail ----------------------------------------------------------------------


def answered(scene: Scene) -> tuple[Play, str, str]:
    """An answered case, the address to answer to, and the digits of its question."""
    play = Play(scene).forward().accept().answer()
    return (
        play,
        f"complaints+{links.reply_token(play.case.pk)}@portal.example",
        links.code_of(play.clock("confirm")),
    )


def say(text: str, to: str, number: int = 1) -> None:
    mail = written(text, subject="Re: Case", message_id=f"<said-{number}@example.org>")
    take(mail.as_bytes(), recipient=to)


def test_a_yes_needs_the_digits_and_then_a_mark(scene: Scene) -> None:
    play, to, code = answered(scene)
    say("YES", to, 1)
    assert to_mail("chat_wrong_digits")
    assert play.state == "answered"
    say(f"Yes {code}", to, 2)
    assert to_mail("chat_mark")
    say("5", to, 3)
    assert play.state.startswith("closed")
    assert "confirm" in play.moves


def test_a_no_without_reason_is_asked_for_it(scene: Scene) -> None:
    play, to, _code = answered(scene)
    say("No.", to, 1)
    assert to_mail("chat_why")
    say("It is as wrong as before.", to, 2)
    assert play.state == "in_progress"
    assert "dispute" in play.moves


# --- Once, whatever happens -------------------------------------------------------------------


def test_a_letter_that_comes_twice_is_taken_once() -> None:
    raw = recorded("bangla_new")
    assert bring(raw) == 1
    assert bring(raw) == 0
    assert bring(raw.replace(b"Return-Path", b"Received: again\r\nReturn-Path")) == 0
    intake.take_messages()
    assert Case.objects.count() == 1


def test_without_message_id_the_letter_itself_is_the_id() -> None:
    raw = recorded("no_message_id")
    assert (bring(raw), bring(raw), bring(raw + b"More.")) == (1, 0, 1)


def test_no_address_lies_in_clear() -> None:
    bring(recorded("gmail_reply"))
    row = Message.objects.get()
    kept = json.dumps([row.external_id, row.account, row.why, row.fetched])
    assert "example.org" not in kept
    assert "gmail" not in kept
    assert b"rahima" not in bytes(row.sealed or b"")


def test_a_machine_gets_no_handle_no_case_and_no_word() -> None:
    for name in ("vacation_gmail", "mailing_list", "bounce"):
        take(recorded(name))
    assert not Handle.objects.exists()
    assert not Case.objects.exists()
    assert not Notice.objects.exists()


def test_a_bounce_makes_a_dead_letter_of_ours(scene: Scene, clock: Any) -> None:
    play = Play(scene)
    notice = Notice.objects.filter(case=play.case, channel="email").latest("id")
    ours = marks.message_id(str(notice.pk), links.reply_token(play.case.pk))
    Notice.objects.filter(pk=notice.pk).update(
        status="sent", provider_id=links.kept_id("email", ours)
    )
    assert take(recorded("bounce", ours=ours)).state == "done"
    notice.refresh_from_db()
    assert (notice.status, notice.delivery, notice.error) == ("failed", "failed", "5.1.1")


def test_a_bounce_of_nothing_of_ours_ends_after_some_tries(clock: Any) -> None:
    bring(recorded("bounce"))
    for _try in range(4):
        intake.take_messages()
        clock.shift(timedelta(minutes=1))
    row = Message.objects.get()
    assert (row.state, row.why) == ("done", "not_ours")


def test_a_letter_that_ends_its_worker_each_time_goes_to_the_desk() -> None:
    bring(recorded("bangla_new"))
    Message.objects.update(attempts=5)
    intake.take_messages()
    row = Message.objects.get()
    assert (row.state, row.why) == ("unreadable", "never_finished")


def test_whoever_sends_the_receipt_along_gives_no_officer_its_secrets(scene: Scene) -> None:
    play = Play(scene)
    token = links.reply_token(play.case.pk)
    first, second = play.receipt.secret, play.receipt.withdrawal_secret
    broken = second[:9] + "\n> " + second[10:]
    bangla = first.translate(BANGLA_DIGITS)
    text = f"Here it is again:\n{first} and {bangla}; account 1234 5678 9012 3456;\n> {broken} end"
    mail = written(text, subject="Fwd: Case")
    take(mail.as_bytes(), recipient=f"complaints+{token}@portal.example")
    [said] = Statement.objects.filter(case=play.case, kind="message")
    words = said.body["text"]
    assert words == "Here it is again:\n[…] and […]; account 1234 5678 9012 3456;\n> […] end"


# --- What nobody is told ----------------------------------------------------------------------


def test_how_a_case_stands_is_told_only_for_its_secret(scene: Scene) -> None:
    play = Play(scene).forward()
    take(written(f"STATUS {play.number}", subject="Status").as_bytes())
    assert to_mail("chat_need_secret").case is None
    secret = play.receipt.secret
    raw = written(f"STATUS {play.number} {secret}", message_id="<status-2@example.org>").as_bytes()
    take(raw)
    assert to_mail("status").case == play.case


def test_whoever_writes_in_somebodys_name_is_told_nothing(scene: Scene) -> None:
    play = Play(scene).forward()
    before = Notice.objects.count()
    take(written("Who is it about, and where does it stand? Tell me all.").as_bytes())
    new = Notice.objects.order_by("id")[before:]
    assert not [row for row in new if row.case == play.case and row.template.startswith("status")]
    assert play.state == "forwarded"


def test_the_mailbox_is_the_account_and_names_are_never_used() -> None:
    stored = envelope(recorded("gmail_reply"))
    assert stored.account == "complaints@portal.example"
    assert stored.external_id == sealing.blind_index("mail", "<CAHk-gmail-1@mail.gmail.com>")
    assert INBOUND["inbox"].channel == "email"
