"""Who sends STOP in the middle of a complaint does not lose it: START goes on, and in time it is filed."""

from datetime import timedelta

import pytest
from time_machine import Traveller as Clock

from channels import intake, relay
from channels.models import Conversation
from complaints.models import Case, Handle, Notice
from tests.channels.talking import Person
from tests.channels.test_conversation import WORDS, filed
from tests.complaints.conftest import Scene


def asked_about_official(person: Person) -> None:
    [question] = person.write(WORDS)
    assert "official" in question


def let_pass(clock: Clock, **time: int) -> None:
    clock.shift(timedelta(**time))
    intake.take_messages()


@pytest.mark.parametrize("word", ["START", "start", "শুরু", "mulai"])
def test_start_goes_on_where_it_was(scene: Scene, rahima: Person, word: str) -> None:
    rahima.write(WORDS)
    rahima.write("2")
    rahima.write("STOP")
    rahima.write(word)
    assert rahima.templates()[-2:] == ["chat_started", "chat_place"]
    rahima.write("skip")
    rahima.write("2")
    assert rahima.case.text == WORDS


def test_stop_says_what_becomes_of_it(scene: Scene, rahima: Person) -> None:
    asked_about_official(rahima)
    [answer] = rahima.write("STOP")
    assert "START goes on with it, CANCEL drops it" in answer
    relay.deliver_notices()
    assert Notice.objects.get(template="chat_stopped_midway").status == "sent"
    assert Handle.objects.get(channel="sms").stopped_at is not None


def test_more_words_go_on_with_it_too(scene: Scene, rahima: Person) -> None:
    asked_about_official(rahima)
    rahima.write("STOP")
    rahima.write("2")
    assert rahima.templates()[-1] == "chat_place"
    assert Handle.objects.get(channel="sms").stopped_at is None


def test_in_its_time_it_is_filed_and_only_the_receipt_comes(
    scene: Scene, rahima: Person, clock: Clock
) -> None:
    asked_about_official(rahima)
    clock.shift(timedelta(minutes=90))
    rahima.write("STOP")
    relay.deliver_notices()
    let_pass(clock, minutes=90)
    assert not Case.objects.exists()  # its hours begin with the STOP
    let_pass(clock, minutes=31)
    assert rahima.case.text == WORDS
    relay.deliver_notices()
    sent = Notice.objects.filter(channel="sms", contact__case=rahima.case)
    assert set(sent.values_list("template", "status")) == {
        ("receipt", "sent"),
        ("receipt_withdrawal", "sent"),
    }
    assert Handle.objects.get(channel="sms").stopped_at is not None


def test_a_stop_right_behind_the_last_answer_does_not_take_the_receipt(
    scene: Scene, rahima: Person
) -> None:
    filed(rahima)
    [answer] = rahima.write("STOP")[-1:]
    assert answer == "You get no more messages from us. Write START to get them again."
    relay.deliver_notices()
    last = Notice.objects.filter(template__startswith="receipt")
    assert set(last.values_list("status", flat=True)) == {"sent"}


def test_cancel_drops_it_after_a_stop_too(scene: Scene, rahima: Person, clock: Clock) -> None:
    asked_about_official(rahima)
    rahima.write("STOP")
    rahima.write("CANCEL")
    assert rahima.templates()[-1] == "chat_cancelled"
    let_pass(clock, hours=30)
    assert not Case.objects.exists()


def test_too_few_words_wait_too_and_are_never_filed(
    scene: Scene, rahima: Person, clock: Clock
) -> None:
    rahima.write("help me")
    rahima.write("STOP")
    assert rahima.templates()[-1] == "chat_stopped"
    clock.shift(timedelta(hours=19))
    rahima.write("START")
    assert rahima.templates()[-2:] == ["chat_started", "chat_write"]
    rahima.write("STOP")
    let_pass(clock, hours=21)
    assert not Case.objects.exists()
    assert Conversation.objects.get().file_at is None
    rahima.write("START")
    assert rahima.templates()[-1] == "chat_started"


def test_the_question_which_case_is_asked_again(scene: Scene, rahima: Person) -> None:
    receipt = scene.file_named()
    rahima.heard()
    rahima.write("The meter is still wrong, and nobody came to look at it.")
    rahima.write("STOP")
    again = rahima.write("START")
    assert again[-1].startswith(f"Is this about your case {receipt.number}?")
    rahima.write("1")
    assert Case.objects.count() == 1


def test_a_question_about_a_case_is_forgotten_with_a_stop(scene: Scene, rahima: Person) -> None:
    filed(rahima)
    rahima.write("WITHDRAW")
    rahima.write("STOP")
    assert Conversation.objects.get().step == ""
    rahima.write("START")
    assert rahima.templates()[-1] == "chat_started"
