"""Is it solved? What people answer to that, and what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest

from channels import grammar
from complaints.models import Attachment, Feedback
from complaints.services import answering, links
from tests.channels.talking import Person
from tests.channels.test_conversation import WORDS, played
from tests.channels.test_talks import photo, said, unhurried
from tests.channels.test_whose_news import play_of
from tests.complaints.conftest import Scene

__all__ = ["unhurried"]


@pytest.mark.parametrize(
    ("text", "is_solved"),
    [
        ("yes", True),
        ("yes 5", True),
        ("1", True),
        ("ya pak", True),
        ("ok but the meter is still wrong", None),
        ("ok but no", None),
        ("Ya tapi belum diperbaiki pak", None),
        ("হ্যাঁ কিন্তু কাজ হয়নি", None),
        ("Yes they came but nothing has changed since", None),
        ("thank you", None),
        ("It is still broken", None),
        ("No problem, it works", None),
        ("no need", None),
        ("tidak perlu", None),
        ("দরকার নেই", None),
        ("না দরকার নেই", None),
        ("2", False),
        ("no", False),
        ("Not solved", False),
        ("Belum ada perbaikan sama sekali", False),
        ("হয়নি", False),
        ("0000-4624-1116-F no, it is dark", False),
        ("yes ০০০০ ৪৬২৪ ১১১৬ F", True),
        ("Yes sir, it is fixed now. Thank you very much", True),
        ("ya sudah selesai", True),
        ("হ্যাঁ সমাধান হয়েছে", True),
        ("জি স্যার", True),
        ("1 thanks", True),
        # It was read; nobody said that anything is solved.
        ("ok", None),
        ("Okay sir", None),
        ("ok noted", None),
        ("boleh", None),
        ("ok 5", True),
        # A question, a wait and a half are no yes.
        ("yes?", None),
        ("Ya？", None),
        ("1?", None),
        ("yes when", None),
        ("yes waiting", None),
        ("yes half", None),
        ("yes 2 of 3", None),
        ("yes false", None),
        ("ya nanti", None),
        ("iya pak kapan", None),
        ("হ্যাঁ কবে", None),
    ],
)
def test_only_a_plain_yes_says_that_it_is_solved(text: str, is_solved: bool | None) -> None:
    assert grammar.solved(text) is is_solved


def test_yes_but_closes_nothing_and_asks_again(scene: Scene, rahima: Person) -> None:
    play = played(scene, rahima).answer()
    digits = links.code_of(play.clock("confirm"))
    [asked] = [words for words in rahima.write("ok but it is still wrong") if "Added" in words]
    assert f"YES {digits}" in asked
    assert play.state == "answered"
    assert said(play.case) == ["ok but it is still wrong"]


@pytest.mark.parametrize("words", ["ok", "Okay sir", "boleh"])
def test_an_ok_closes_nothing_and_is_asked_whether_it_is_solved(
    scene: Scene, budi: Person, words: str
) -> None:
    play = played(scene, budi).answer()
    budi.write(words)
    assert budi.templates()[-1] == "chat_answered"
    assert play.state == "answered"
    assert said(play.case) == []
    budi.write("1")
    assert play.state == "closed: confirmed"


def test_of_a_sealed_case_the_digits_are_not_said(scene: Scene, rahima: Person) -> None:
    play = played(scene, rahima).mark_sensitive(by="desk").answer()
    rahima.heard()
    [answer] = rahima.write("it is still wrong")
    assert "YES" not in answer
    assert links.code_of(play.clock("confirm")) not in answer


def test_a_no_is_passed_on_whole(scene: Scene, budi: Person) -> None:
    played(scene, budi).answer()
    budi.write("Belum ada perbaikan sama sekali")
    assert said(budi.case, "reason") == ["Belum ada perbaikan sama sekali"]


def test_a_no_with_a_photo_is_a_no(scene: Scene, budi: Person) -> None:
    play = played(scene, budi).answer()
    budi.way.files = {"a.jpg": photo()}
    budi.write("NO it is still broken", files=["a.jpg"])
    assert play.state == "in_progress"
    assert Attachment.objects.filter(case=play.case).count() == 1


def test_a_photo_alone_is_kept_and_the_reason_asked_for_again(scene: Scene, budi: Person) -> None:
    play = played(scene, budi).answer()
    budi.way.files = {"a.jpg": photo(), "b.jpg": photo()}
    budi.write("no")
    budi.write(files=["a.jpg"])
    budi.write("it looks like before", files=["b.jpg"])
    assert budi.templates()[-3:] == ["chat_why", "chat_why", "chat_disputed"]
    assert play.state == "in_progress"
    assert Attachment.objects.filter(case=play.case).count() == 2


@pytest.mark.parametrize("mark", ["4", "4/5", "৪", "4 thanks"])
def test_a_mark_is_asked_for_twice(scene: Scene, budi: Person, mark: str) -> None:
    play = played(scene, budi).answer()
    for words in ("yes", "good", mark):
        budi.write(words)
    assert budi.templates()[-3:] == ["chat_mark", "chat_mark_again", "chat_rated"]
    assert play.case.status == "closed"
    assert Feedback.objects.get().rating == 4
    assert play.moves[-2:] == ["confirm", "rate"]


def test_the_number_of_the_case_may_stand_beside_a_yes(scene: Scene, rahima: Person) -> None:
    play = played(scene, rahima).answer()
    digits = links.code_of(play.clock("confirm"))
    rahima.write(f"yes {play.number} {digits}")
    rahima.write("5")
    assert play.state == "closed: confirmed"


def test_a_one_with_the_digits_of_the_question_is_a_yes(scene: Scene, rahima: Person) -> None:
    play = played(scene, rahima).answer()
    rahima.write(f"1 {links.code_of(play.clock('confirm'))}")
    assert play.state == "closed: confirmed"


def test_a_one_is_a_yes_and_no_mark(scene: Scene, budi: Person) -> None:
    play = played(scene, budi).answer()
    budi.write("1")
    assert budi.templates()[-1] == "chat_mark"
    assert play.state == "closed: confirmed"
    assert not Feedback.objects.exists()


def test_a_yes_without_a_mark_is_no_silence(scene: Scene, budi: Person, clock: Any) -> None:
    play = played(scene, budi).answer()
    budi.write("yes")
    clock.move_to(play.clock("confirm").due_at + timedelta(days=1))
    play.sweep()
    assert play.state == "closed: confirmed"


def test_who_thinks_better_of_it_at_the_mark_is_heard(scene: Scene, budi: Person) -> None:
    play = played(scene, budi).answer()
    budi.write("yes")
    budi.write("no it is dark again")
    assert play.state == "appealed"
    assert budi.templates()[-1] == "chat_disputed"


@pytest.mark.parametrize("words", ["not good", "tidak bagus", "no idea"])
def test_a_word_at_the_mark_is_no_appeal_yet(scene: Scene, budi: Person, words: str) -> None:
    play = played(scene, budi).answer()
    budi.write("yes")
    budi.write(words)
    assert budi.templates()[-1] == "chat_why"
    assert play.state == "closed: confirmed"
    budi.write("They were rude, and it is dark again.")
    assert play.state == "appealed"


@pytest.mark.parametrize("words", ["no need", "tidak perlu"])
def test_who_does_not_want_to_give_a_mark_appeals_against_nothing(
    scene: Scene, budi: Person, words: str
) -> None:
    play = played(scene, budi).answer()
    budi.write("yes")
    budi.write(words)
    assert play.state == "closed: confirmed"
    assert "chat_why" not in budi.templates()


def test_a_bare_no_at_the_mark_is_asked_why(scene: Scene, budi: Person) -> None:
    play = played(scene, budi).answer()
    for words in ("yes", "no"):
        budi.write(words)
    assert budi.templates()[-1] == "chat_why"
    assert play.state == "closed: confirmed"
    budi.write("dark")
    assert budi.templates()[-1] == "chat_why"
    budi.write("The lamp is dark again since Sunday.")
    assert play.state == "appealed"
    assert said(play.case, "grounds") == ["The lamp is dark again since Sunday."]


def test_a_mark_is_given_once(scene: Scene, budi: Person) -> None:
    play = played(scene, budi).answer()
    budi.write("yes")
    answering.rate(actor=play.actor("citizen"), number=play.number, rating=2)
    budi.write("5")
    assert budi.templates()[-1] == "chat_not_now"
    assert Feedback.objects.get().rating == 2


def test_the_digits_alone_are_a_yes(scene: Scene, rahima: Person) -> None:
    play = played(scene, rahima).answer()
    digits = links.code_of(play.clock("confirm"))
    rahima.write("0000" if digits != "0000" else "1111")
    assert rahima.templates()[-1] != "chat_mark"
    rahima.write(digits)
    assert rahima.templates()[-1] == "chat_mark"


def test_digits_are_not_found_in_the_days_that_they_are_good_for(
    scene: Scene, rahima: Person, clock: Any
) -> None:
    play = played(scene, rahima).answer()
    digits = links.code_of(play.clock("confirm"))
    wrong = [f"{n:04d}" for n in range(24) if f"{n:04d}" != digits]
    for n, guess in enumerate(wrong):
        if n % 6 == 0:
            clock.shift(timedelta(hours=1, minutes=1))
        rahima.write(f"YES {guess}")
    clock.shift(timedelta(hours=1, minutes=1))
    rahima.write(f"YES {digits}")
    assert rahima.templates()[-1] == "chat_not_now"
    assert play.state == "answered"


def test_by_e_mail_the_question_is_put_again_with_its_digits(scene: Scene, settings: Any) -> None:
    settings.REPLIES_BY = frozenset({"email"})
    karim = Person("email", "karim@example.org")
    karim.write(WORDS)
    play = play_of(scene, karim.case).forward().accept().answer()
    karim.heard()
    [letter] = karim.write("Yes, they came, but nothing has changed since then")
    assert f"YES {links.code_of(play.clock('confirm'))}" in letter
    assert play.state == "answered"
