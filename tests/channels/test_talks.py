"""Dialogues as people lead them: greetings, photos, half answers, several parts, second thoughts."""

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from channels import courtesy, grammar, intake
from channels.models import Conversation
from channels.sms import parts
from channels.sms.outbound import MOST_PARTS
from complaints.models import Attachment, Case, Statement
from complaints.services import files
from complaints.services import intake as filing
from routing.facts import Decision
from tests.channels.talking import Person
from tests.channels.test_conversation import WORDS, filed, played
from tests.complaints.conftest import Scene
from tests.factories.agencies import make_place


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    return made.getvalue()


@pytest.fixture(autouse=True)
def unhurried(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """People read before they answer: a minute passes before each message."""
    write = Person.write

    def later(self: Person, text: str = "", **parts: Any) -> list[str]:
        clock.shift(timedelta(minutes=1))
        return write(self, text, **parts)

    monkeypatch.setattr(Person, "write", later)


def said(case: Case, kind: str = "message") -> list[str]:
    rows = Statement.objects.filter(case=case, kind=kind, event__party="citizen").order_by("id")
    return [row.body["text"] for row in rows]


# --- Politeness -------------------------------------------------------------------------------

POLITE = [
    "Assalamu alaikum sir",
    "আসসালামু আলাইকুম",
    "Selamat pagi pak",
    "Thank you so much",
    "terima kasih banyak pak",
    "অনেক ধন্যবাদ",
    "👍🏽",
]


@pytest.mark.parametrize("text", POLITE)
def test_politeness_is_no_complaint(rahima: Person, clock: Any, text: str) -> None:
    rahima.write(text)
    assert rahima.templates() == ([] if courtesy.is_thanks(text) else ["chat_write"])
    clock.shift(timedelta(days=2))
    intake.take_messages()
    assert not Case.objects.exists()


def test_words_too_few_are_forgotten_after_a_day_photo_and_all(budi: Person, clock: Any) -> None:
    budi.way.files = {"a.jpg": photo()}
    budi.write("light", files=["a.jpg"])
    clock.shift(timedelta(days=1))
    intake.take_messages()
    assert budi.templates() == ["chat_write", "chat_cancelled"]
    assert not Conversation.objects.get().sealed


def test_thanks_go_to_no_officer(scene: Scene, budi: Person) -> None:
    case = filed(budi)
    assert budi.write("Thank you sir") == []
    budi.write("hello")
    assert budi.templates()[-1] == "chat_help"
    assert said(case) == []


def test_thanks_for_an_answer_are_asked_to_be_a_yes(scene: Scene, budi: Person) -> None:
    play = played(scene, budi).answer()
    assert "Answer YES, or NO" in budi.write("thank you")[-1]
    budi.write("yes")
    budi.write("5")
    assert play.state == "closed: confirmed"


# --- Answers to the questions of a filing -----------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "is_yes"),
    [
        ("1.", True),
        ("১", True),
        ("2 no", False),
        ("2. tidak pak", False),
        ("1 ya", True),
        ("হ্যা ", True),
        ("ya pak", True),
        ("hae", True),
        ("না।", False),
        ("Tidak, belum ada perbaikan", False),
        ("No, the other house behind the school", False),
        ("Yes; he asked for money twice", True),
        ("2 days without light", None),
        ("No water in our village since Monday", None),
        ("maybe", None),
    ],
)
def test_what_is_a_yes_and_what_a_no(answer: str, is_yes: bool | None) -> None:
    assert grammar.yes_or_no(answer) is is_yes


def test_what_stands_behind_an_answer_is_part_of_the_complaint(rahima: Person) -> None:
    rahima.write(WORDS)
    rahima.write("No, it is about the whole village near the school")
    rahima.write("skip")
    rahima.write("ok sir")
    case = rahima.case
    assert not case.sensitive
    assert case.publish_consent
    assert case.text == f"{WORDS}\nNo, it is about the whole village near the school"


def test_a_sentence_that_begins_with_no_is_not_lost(rahima: Person) -> None:
    rahima.write(WORDS)
    rahima.write("No water in our village since Monday either")
    for words in ("2", "skip", "2"):
        rahima.write(words)
    assert rahima.case.text.endswith("since Monday either")


def test_a_photo_that_comes_with_an_answer_is_kept(budi: Person) -> None:
    budi.way.files = {"a.jpg": photo(), "b.jpg": photo()}
    budi.write(WORDS)
    budi.write("2", files=["a.jpg"])
    budi.write("skip")
    budi.write("no", files=["b.jpg"])
    assert Attachment.objects.filter(case=budi.case).count() == 2


def test_a_photo_with_a_word_of_the_grammar_below_it_is_no_command(budi: Person) -> None:
    budi.way.files = {"a.jpg": photo()}
    budi.write("tolong", files=["a.jpg"])
    budi.write("Jalan di desa kami rusak dan belum diperbaiki")
    for words in ("2", "lewati", "2"):
        budi.write(words)
    assert Attachment.objects.filter(case=budi.case).count() == 1


@pytest.mark.parametrize("answer", ["2", "no", "hello"])
def test_what_names_no_place_is_asked_again(rahima: Person, answer: str) -> None:
    for words in (WORDS, "2", answer, answer):
        rahima.write(words)
    assert rahima.templates()[1:] == ["chat_place", "chat_place", "chat_publish"]
    rahima.write("2")
    assert rahima.case.place_note == ""


def test_a_place_with_its_district_is_found_by_the_router(
    scene: Scene, rahima: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decide(submission: Any) -> Decision:
        names = "Tangail" in submission.text
        return Decision(place=scene.cast.upazila.code if names else "", desk_because="no_rule")

    monkeypatch.setattr(filing, "preview", decide)
    for words in (WORDS, "2", "Mirzapur, Tangail", "2"):
        rahima.write(words)
    assert rahima.case.place == scene.cast.upazila
    assert rahima.case.place_note == "Mirzapur, Tangail"


def test_a_menu_of_places_fits_into_an_sms(scene: Scene, rahima: Person) -> None:
    for n in range(5):
        parent = make_place(f"9{n}", "district", f"District {n}", bn="নারায়ণগঞ্জ মহানগর এলাকা " * 3)
        make_place(f"9{n}.1", "upazila", f"Kaliganj {n}", parent=parent, bn="কালীগঞ্জ")
    for words in (WORDS, "2", "কালীগঞ্জ"):
        said_back = rahima.write(words)
    assert parts.count(said_back[0]).parts <= MOST_PARTS
    rahima.write("2")
    rahima.write("2")
    assert rahima.case.place.code == "91.1"


def test_a_telephone_number_is_no_place_but_said(rahima: Person) -> None:
    for words in (WORDS, "2", "01712345678", "skip", "2"):
        rahima.write(words)
    assert rahima.case.text == f"{WORDS}\n01712345678"


def test_the_same_again_is_no_more(rahima: Person) -> None:
    for words in (WORDS, WORDS, "2", "skip", "2"):
        rahima.write(words)
    assert rahima.case.text == WORDS


def test_a_long_way_to_a_place_is_kept_whole(rahima: Person) -> None:
    way = "It is the third house behind the mosque, " * 6
    for words in (WORDS, "2", way, "skip", "2"):
        rahima.write(words)
    assert way.strip() in rahima.case.text


# --- Several parts ----------------------------------------------------------------------------


def test_many_parts_in_one_go_are_one_complaint_and_answer_nothing(
    rahima: Person, clock: Any
) -> None:
    parts = [f"Part {n} of what happened to us in our village" for n in range(8)]
    for part in parts:
        clock.shift(timedelta(seconds=10))
        rahima.send(part)
        intake.take_messages()
    assert rahima.templates() == ["chat_official"]
    clock.shift(timedelta(seconds=61))
    intake.take_messages()
    assert rahima.templates() == ["chat_official", "chat_official"]
    intake.take_messages()
    for words in ("1", "skip"):
        rahima.write(words)
    assert rahima.case.text == "\n".join(parts)
    assert rahima.case.sensitive


def test_whoever_asks_back_is_answered_at_once(rahima: Person) -> None:
    rahima.write(WORDS)
    rahima.send("what official?")
    intake.take_messages()
    assert rahima.templates() == ["chat_official", "chat_official"]


def test_what_was_not_answered_after_many_parts_is_filed_in_the_end(
    rahima: Person, clock: Any
) -> None:
    rahima.write(WORDS)
    rahima.send("and the office is closed")
    for _time in range(2):
        intake.take_messages()
        clock.shift(timedelta(hours=2, minutes=1))
    intake.take_messages()
    assert rahima.case.text == f"{WORDS}\nand the office is closed"


# --- Second thoughts --------------------------------------------------------------------------


def test_another_complaint_does_not_drop_the_one_before(rahima: Person) -> None:
    rahima.write(WORDS)
    rahima.write("NEW the road in front of our school is broken")
    for words in ("2", "skip", "2"):
        rahima.write(words)
    texts = list(Case.objects.order_by("id").values_list("text", flat=True))
    assert texts == [WORDS, "the road in front of our school is broken"]


def test_a_photo_before_new_belongs_to_the_new_one(budi: Person) -> None:
    budi.way.files = {"a.jpg": photo()}
    budi.write("", files=["a.jpg"])
    budi.write("NEW the road in front of our school is broken")
    for words in ("2", "skip", "2"):
        budi.write(words)
    assert Attachment.objects.filter(case=budi.case).count() == 1


def test_new_answers_which_case_it_is(scene: Scene, rahima: Person) -> None:
    filed(rahima)
    filed(rahima, "NEW the road in front of our school is broken")
    rahima.write("The well of our village is dry since March")
    rahima.write("NEW")
    for words in ("2", "skip", "2"):
        rahima.write(words)
    assert rahima.case.text == "The well of our village is dry since March"
    assert Case.objects.count() == 3


def test_the_number_of_a_case_answers_which_one_it_is(scene: Scene, budi: Person) -> None:
    first = filed(budi)
    filed(budi, "NEW the road in front of our school is broken")
    budi.write("The meter is on the second floor.")
    budi.write(first.number)
    assert said(first) == ["The meter is on the second floor."]
    budi.write("It is the left one of them.")
    budi.write(f"the one with the meter, {first.number}")
    assert said(first)[-1].startswith("It is the left one of them.\nthe one with the meter")
    assert not Conversation.objects.get().step


def test_files_that_were_erased_meanwhile_cost_no_words(budi: Person, clock: Any) -> None:
    budi.way.files = {"a.jpg": photo()}
    budi.write(WORDS, files=["a.jpg"])
    Attachment.objects.update(uploaded_at=Attachment.objects.get().uploaded_at - timedelta(days=2))
    files.erase_loose()
    for words in ("2", "skip", "2"):
        budi.write(words)
    assert budi.case.text == WORDS
    assert budi.templates()[-1] == "chat_files_gone"


# --- A position -------------------------------------------------------------------------------

HERE = {"latitude": 23.8103, "longitude": 90.4125}


def test_a_position_answers_what_the_office_asked(scene: Scene, budi: Person) -> None:
    played(scene, budi).ask()
    budi.write(**HERE)
    assert said(budi.case, "reply") == ["Position: 23.810300, 90.412500"]


def test_a_position_before_the_words_is_where_it_is(budi: Person) -> None:
    budi.write(**HERE)
    for words in (WORDS, "2", "no"):
        budi.write(words)
    assert budi.case.latitude == HERE["latitude"]
