"""A conversation files a complaint, and works on it: by SMS and by a messenger."""

from datetime import timedelta
from typing import Any

import pytest

from channels import intake
from channels.models import Conversation
from complaints.models import Appeal, Case, Feedback, Notice
from tests.channels.talking import Person
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

WORDS = "The electricity meter shows a wrong number and nobody comes."


def filed(person: Person, text: str = WORDS) -> Case:
    """A complaint filed to the end of its questions: no official, no place, not published."""
    person.write(text)
    person.write("2")
    person.write("skip")
    person.write("2")
    return person.case


def test_it_asks_for_one_thing_at_a_time_and_then_gives_the_receipt(rahima: Person) -> None:
    [question] = rahima.write(WORDS)
    assert "official" in question
    [question] = rahima.write("2")
    assert "Where is it?" in question
    [question] = rahima.write("skip")
    assert "published" in question
    receipt, withdrawal = rahima.write("yes")
    case = rahima.case
    assert case.text == WORDS
    assert case.publish_consent
    assert case.number in receipt
    assert "Secret to follow it" in receipt
    assert case.number in withdrawal
    assert not Conversation.objects.get().step
    assert rahima.message.case == case


def test_the_secrets_are_gone_from_the_outbox_once_they_are_out(rahima: Person) -> None:
    filed(rahima)
    sealed = Notice.objects.exclude(sealed=None)
    assert sorted(sealed.values_list("template", flat=True)) == ["receipt", "receipt_withdrawal"]
    from channels import relay

    relay.deliver_notices()
    assert not sealed.exists()


def test_too_few_words_are_asked_for_more_of(rahima: Person) -> None:
    rahima.write("hello")
    rahima.write("the road is broken in our village")
    assert rahima.templates() == ["chat_write", "chat_official"]
    assert not Case.objects.exists()


def test_words_that_answer_nothing_belong_to_the_complaint(rahima: Person) -> None:
    rahima.write(WORDS)
    rahima.write("And the office in the market is always closed.")
    rahima.write("2")
    rahima.write("skip")
    rahima.write("2")
    assert rahima.case.text == f"{WORDS}\nAnd the office in the market is always closed."


def test_what_stays_unanswered_is_filed_as_it_is(rahima: Person, clock: Any) -> None:
    rahima.write(WORDS)
    clock.shift(timedelta(hours=1, minutes=59))
    intake.take_messages()
    assert not Case.objects.exists()
    clock.shift(timedelta(minutes=1))
    intake.take_messages()
    case = rahima.case
    assert case.text == WORDS
    assert not case.publish_consent
    intake.take_messages()
    assert Case.objects.count() == 1


def test_it_can_be_dropped(rahima: Person, clock: Any) -> None:
    rahima.write(WORDS)
    [answer] = rahima.write("CANCEL")
    assert "nothing was filed" in answer
    clock.shift(timedelta(hours=3))
    intake.take_messages()
    assert not Case.objects.exists()


def test_a_complaint_about_an_official_is_sealed_and_not_asked_to_be_published(
    rahima: Person,
) -> None:
    rahima.write(WORDS)
    rahima.write("1")
    rahima.write("skip")
    case = rahima.case
    assert case.sensitive
    assert rahima.templates()[-2:] == ["receipt", "receipt_withdrawal"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("আমাদের এলাকায় তিন দিন ধরে বিদ্যুৎ নেই, কেউ আসে না।", "bn"),
        ("amader ekhane tin din theke biddut nai, keu ase na", "bn"),
        ("Jalan di desa kami rusak dan tidak ada yang memperbaiki", "id"),
        (WORDS, "en"),
    ],
)
def test_it_speaks_the_language_of_whoever_writes(rahima: Person, text: str, language: str) -> None:
    rahima.write(text)
    assert Notice.objects.get().language == language


def test_a_place_of_one_name_is_taken(rahima: Person) -> None:
    rahima.write(WORDS)
    rahima.write("no")
    rahima.write("Mirzapur")
    rahima.write("2")
    assert rahima.case.place.names["en"] == "Mirzapur"


def test_a_place_that_nobody_knows_is_kept_as_written(rahima: Person) -> None:
    rahima.write(WORDS)
    rahima.write("no")
    rahima.write("behind the old mill")
    rahima.write("2")
    assert rahima.case.place is None
    assert rahima.case.place_note == "behind the old mill"


def test_a_repeat_changes_nothing(rahima: Person) -> None:
    assert rahima.send(WORDS, external_id="SM1") == 1
    assert rahima.send(WORDS, external_id="SM1") == 0
    intake.take_messages()
    assert len(rahima.heard()) == 1


# --- A case of theirs -------------------------------------------------------------------------


def played(scene: Scene, person: Person) -> Play:
    """The play of a case that was filed by a channel."""
    case = filed(person)
    play = Play.__new__(Play)
    play.scene, play.cast, play.receipt, play.number = scene, scene.cast, case, case.number
    if case.status == "received":
        play.forward()
    return play.accept()


def test_a_message_goes_to_the_only_open_case(scene: Scene, rahima: Person) -> None:
    case = filed(rahima)
    [answer] = rahima.write("The meter is on the second floor.")
    assert answer.startswith(f"Added to your case {case.number}")
    assert Case.objects.count() == 1


def test_new_begins_another_complaint(scene: Scene, rahima: Person) -> None:
    filed(rahima)
    filed(rahima, "NEW the road in front of our school is broken")
    assert Case.objects.count() == 2


def test_of_several_cases_they_say_which(scene: Scene, rahima: Person) -> None:
    first = filed(rahima)
    second = filed(rahima, "NEW the road in front of our school is broken")
    [menu] = rahima.write("The meter is on the second floor.")
    assert f"1: {second.number}" in menu
    [answer] = rahima.write("2")
    assert first.number in answer
    assert rahima.message.case == first


def test_a_question_is_answered_by_writing(scene: Scene, rahima: Person) -> None:
    play = played(scene, rahima)
    play.ask()
    question = rahima.heard()[-1]
    assert "Which meter is it?" in question
    rahima.write("Flat 3B.")
    assert play.state == "in_progress"


def test_by_sms_a_yes_needs_the_digits_of_the_question(scene: Scene, rahima: Person) -> None:
    play = played(scene, rahima).answer()
    digits = rahima.heard()[-1].split("YES ")[1][:4]
    wrong = "0000" if digits != "0000" else "1111"
    [answer] = rahima.write("YES")
    assert "needs the four digits" in answer
    [answer] = rahima.write(f"YES {wrong}")
    assert "needs the four digits" in answer
    [answer] = rahima.write(f"yes {digits}")
    assert "closed as solved" in answer
    assert "How well" in answer
    assert play.state == "closed: confirmed"
    assert not Feedback.objects.exists()
    [answer] = rahima.write("৪")
    assert "Thank you for saying so" in answer
    assert Feedback.objects.get().rating == 4


def test_a_no_needs_none_and_asks_why(scene: Scene, rahima: Person) -> None:
    play = played(scene, rahima).answer()
    [answer] = [words for words in rahima.write("NO") if "still wrong" in words]
    rahima.write("The meter is still wrong.")
    assert play.state == "in_progress"
    assert play.last.move == "dispute"
    assert answer


def test_in_a_messenger_a_yes_is_enough(scene: Scene, budi: Person) -> None:
    play = played(scene, budi).answer()
    budi.write("yes 5")
    assert play.state == "closed: confirmed"


def test_the_answer_itself_is_sent_to_whoever_wrote_from_there(scene: Scene, budi: Person) -> None:
    played(scene, budi).answer()
    assert any("Answer YES" in words for words in budi.heard())


# --- Status -----------------------------------------------------------------------------------


def test_status_by_sms_needs_the_secret(scene: Scene, rahima: Person) -> None:
    rahima.write(WORDS)
    rahima.write("2")
    rahima.write("skip")
    receipt, _withdrawal = rahima.write("2")
    number = rahima.case.number
    secret = receipt.split("follow it: ")[1].split(".")[0]
    [answer] = rahima.write(f"STATUS {number}")
    assert "number and the secret" in answer
    [answer] = rahima.write(f"status {number} {secret}")
    assert answer.startswith(f"Case {number}:")
    [answer] = rahima.write(f"STATUS {number} 0000 0000 0000 0000")
    assert "no such case" in answer


def test_in_a_messenger_the_owner_needs_none(scene: Scene, budi: Person) -> None:
    case = filed(budi)
    [answer] = budi.write("STATUS")
    assert answer.startswith(f"Case {case.number}:")


def test_in_an_appeal_it_is_with_whoever_decides(scene: Scene, budi: Person) -> None:
    play = played(scene, budi).answer().appeal()
    budi.heard()
    [answer] = budi.write("STATUS")
    assert answer.startswith(f"Case {play.number}: with Ministry of Power")
    Appeal.objects.update(office=None)
    [answer] = budi.write("STATUS")
    assert answer.startswith(f"Case {play.number}: with the overseers")


def test_a_secret_from_a_messenger_brings_the_news_there(scene: Scene, budi: Person) -> None:
    receipt = scene.file_named()
    budi.write(f"STATUS {receipt.number} {receipt.secret}")
    play = Play.__new__(Play)
    play.scene, play.cast, play.receipt, play.number = scene, scene.cast, receipt, receipt.number
    budi.heard()
    (play.forward() if play.state == "received" else play).accept()
    assert budi.heard()


# --- Whose telephone is it? -------------------------------------------------------------------


def test_a_number_typed_on_a_page_is_asked_about_not_taken_for_granted(
    scene: Scene, rahima: Person
) -> None:
    receipt = scene.file_named()
    rahima.heard()
    [question] = rahima.write(WORDS)
    assert question.startswith(f"Is this about your case {receipt.number}?")
    [question] = rahima.write("2")
    assert "official" in question


def test_somebody_elses_number_in_a_message_opens_nothing(scene: Scene, rahima: Person) -> None:
    other = scene.file(text="The road is broken since last year.")
    [answer] = rahima.write(f"{other.number} what is with it, nobody tells us anything")
    assert "official" in answer
    assert scene.case(other).last_seq == Case.objects.get(number=other.number).last_seq


def test_stop_is_kept_to(scene: Scene, rahima: Person) -> None:
    play = played(scene, rahima)
    [answer] = rahima.write("STOP")
    assert "no more messages" in answer
    from channels import relay

    relay.deliver_notices()
    play.answer()
    relay.deliver_notices()
    last = Notice.objects.filter(channel="sms").latest("id")
    assert (last.template, last.status, last.error) == ("answered", "unreachable", "stopped")


# --- Words of the grammar within a complaint --------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "New road in front of our school is already broken.",
        "No electricity in our village for three days now.",
        "Status of my passport is unknown since last January.",
        "Stop the trucks in our street at night, please.",
        "হেল্প চাই না, রাস্তা ঠিক করে দিন আমাদের গ্রামে",
    ],
)
def test_a_complaint_may_begin_with_such_a_word(rahima: Person, text: str) -> None:
    rahima.write(text)
    assert rahima.templates() == ["chat_official"]
    for words in ("2", "skip", "2"):
        rahima.write(words)
    assert rahima.case.text == text


def test_an_agency_that_stands_first_is_the_one_that_is_meant(scene: Scene, rahima: Person) -> None:
    rahima.write("Grid the meter in our street shows a wrong number.")
    for words in ("2", "skip", "2"):
        rahima.write(words)
    assert rahima.case.agency_named == scene.cast.department


def test_the_sixth_complaint_of_a_day_is_taken_and_waits(scene: Scene, rahima: Person) -> None:
    for n in range(6):
        filed(rahima, f"NEW the road number {n} in our village is broken")
    trays = list(Case.objects.order_by("id").values_list("tray", flat=True))
    assert trays == ["", "", "", "", "", "too_many"]
    assert rahima.templates()[-2:] == ["receipt", "receipt_withdrawal"]


def test_whoever_writes_is_told_when_the_answer_is_late(
    scene: Scene, rahima: Person, clock: Any
) -> None:
    play = played(scene, rahima)
    clock.move_to(play.clock("resolve").due_at)
    play.sweep()
    assert rahima.templates()[-1] == "late"
    clock.shift(timedelta(days=5))
    play.sweep()
    assert rahima.templates().count("late") == 1
