"""WITHDRAW takes the second secret; KEEP takes little: in a conversation, by SMS, by e-mail."""

import re
from datetime import timedelta
from typing import Any

import pytest

from channels import grammar
from channels.grammar import Word
from complaints.models import Case, Notice, Statement
from tests.channels.talking import Person
from tests.channels.test_conversation import WORDS, filed

SECRET = re.compile(r"\d{4} \d{4} \d{4} \d{4}")


class Filer:
    """Somebody who filed by a channel and has both secrets from the messages."""

    def __init__(self, person: Person) -> None:
        self.person = person
        case = filed(person)
        self.number, self.pk = case.number, case.pk
        rows = Notice.objects.filter(case=case, template__startswith="receipt").order_by("pk")
        from complaints.services.notice_words import render

        follow, withdraw = (render(row).sms for row in rows)
        self.secret, self.second = SECRET.findall(follow)[-1], SECRET.findall(withdraw)[-1]
        person.heard()

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.pk)

    def withdraw(self, answer: str = "2") -> list[str]:
        self.person.write(f"WITHDRAW {self.number} {self.second}")
        return self.person.write(answer)


@pytest.fixture
def sms(rahima: Person) -> Filer:
    return Filer(rahima)


@pytest.fixture
def chat(budi: Person) -> Filer:
    return Filer(budi)


@pytest.mark.parametrize("word", ["WITHDRAW", "cabut", "প্রত্যাহার"])
def test_it_asks_whether_somebody_presses_and_then_says_until_when(chat: Filer, word: str) -> None:
    [question] = chat.person.write(f"{word} {chat.number} {chat.second}")
    assert "press" in question or word != "WITHDRAW"
    assert not chat.case.withdrawal_pending
    chat.person.write("2")
    assert (chat.case.withdrawal_pending, chat.case.pressured) == (True, False)
    assert chat.person.templates()[-1] == "withdrawal_pending"


def test_the_message_names_the_hour_and_how_to_keep_it(chat: Filer) -> None:
    [told] = chat.withdraw()
    assert chat.number in told
    assert "Wednesday, 25 November 2026, 10:00" in told
    assert "answer KEEP" in told


@pytest.mark.parametrize("answer", ["1", "yes", "The headmaster said he would fail my daughter"])
def test_pressure_is_told_to_overseers_and_the_words_with_it(chat: Filer, answer: str) -> None:
    chat.withdraw(answer)
    assert (chat.case.withdrawal_pending, chat.case.pressured) == (True, True)
    assert Notice.objects.filter(template="pressured", user__isnull=False).exists()
    words = Statement.objects.filter(case=chat.case, event__move="say_pressured")
    assert [row.body["text"] for row in words] == ([answer] if len(answer) > 3 else [])


def test_no_answer_withdraws_nothing(chat: Filer, clock: Any) -> None:
    chat.person.write(f"WITHDRAW {chat.number} {chat.second}")
    clock.shift(timedelta(hours=2))
    chat.person.write("yes")
    assert not chat.case.withdrawal_pending


def test_a_secret_that_was_replaced_meanwhile_withdraws_nothing(chat: Filer) -> None:
    """Whoever had found the paper asked; the citizen had new secrets made before they answered."""
    chat.person.write(f"WITHDRAW {chat.number} {chat.second}")
    Case.objects.filter(pk=chat.pk).update(withdrawal_hash="0" * 64)
    chat.person.write("2")
    assert not chat.case.withdrawal_pending


def test_a_short_word_that_is_no_answer_is_asked_about_again(chat: Filer) -> None:
    chat.person.write(f"WITHDRAW {chat.number} {chat.second}")
    chat.person.write("hm")
    assert chat.person.templates()[-2:] == ["chat_pressed", "chat_pressed"]
    assert not chat.case.withdrawal_pending


def test_the_first_secret_does_not_withdraw(chat: Filer) -> None:
    chat.person.write(f"WITHDRAW {chat.number} {chat.secret}")
    assert chat.person.templates()[-1] == "chat_other_secret"
    assert not chat.case.withdrawal_pending


def test_a_wrong_secret_says_no_more_than_that(chat: Filer) -> None:
    chat.person.write(f"WITHDRAW {chat.number} 0000 0000 0000 0000")
    assert chat.person.templates()[-1] == "chat_no_case"


def test_too_many_wrong_ones_have_to_wait(chat: Filer) -> None:
    for _try in range(12):
        chat.person.write(f"WITHDRAW {chat.number} 0000 0000 0000 0000")
    assert chat.person.templates()[-1] == "chat_too_many"
    chat.person.write(f"WITHDRAW {chat.number} {chat.second}")
    assert chat.person.templates()[-1] == "chat_too_many"
    assert not chat.case.withdrawal_pending


def test_the_word_alone_is_answered_with_how(chat: Filer) -> None:
    chat.person.write("WITHDRAW")
    assert chat.person.templates()[-1] == "chat_withdraw_how"


def test_asked_twice_it_says_that_it_is_asked_for_already(chat: Filer) -> None:
    chat.withdraw()
    chat.person.write(f"WITHDRAW {chat.number} {chat.second}")
    assert chat.person.templates()[-1] == "chat_withdrawing"


def test_a_sentence_that_begins_with_the_word_is_a_sentence(chat: Filer) -> None:
    chat.person.write("Withdraw the license of this shop, it sells bad medicine")
    assert chat.person.templates()[-1] == "chat_added"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("WITHDRAW 4821-9530-7716-K 1234 5678 9012 3456", Word.WITHDRAW),
        ("withdraw", Word.WITHDRAW),
        ("প্রত্যাহার ৪৮২১-৯৫৩০-৭৭১৬-K ১২৩৪ ৫৬৭৮ ৯০১২ ৩৪৫৬", Word.WITHDRAW),
        ("KEEP 1234", Word.KEEP),
        ("Keep 1234 please!", Word.KEEP),
        ("রাখুন ১২৩৪ দয়া করে", Word.KEEP),
        ("Keep 1234 lamps of our street burning", None),
        ("Keep the lamps", None),
        ("lanjutkan", Word.KEEP),
        ("Keep the road clean please", None),
        ("cabut izin toko itu", None),
    ],
)
def test_the_words_are_read(text: str, word: Word | None) -> None:
    assert grammar.read(text).word == word


def test_from_a_messenger_keep_is_enough(chat: Filer) -> None:
    chat.withdraw("1")
    chat.person.write("KEEP")
    assert not chat.case.withdrawal_pending
    assert chat.person.templates()[-1] == "withdrawal_called_back"
    # That they were pressed stays known.
    assert chat.case.pressured


def test_by_sms_keep_takes_the_digits_of_the_message(sms: Filer) -> None:
    [told] = sms.withdraw()
    code = re.search(r"KEEP (\d{4})", told)
    assert code is not None
    sms.person.write("KEEP")
    assert sms.person.templates()[-1] == "chat_keep_digits"
    assert sms.case.withdrawal_pending
    sms.person.write(f"KEEP {code[1]}")
    assert not sms.case.withdrawal_pending


def test_the_digits_cannot_be_tried_without_end(sms: Filer) -> None:
    [told] = sms.withdraw()
    code = re.search(r"KEEP (\d{4})", told)
    assert code is not None
    wrong = f"{(int(code[1]) + 1) % 10_000:04d}"
    for _try in range(20):
        sms.person.write(f"KEEP {wrong}")
    sms.person.write(f"KEEP {code[1]}")
    assert sms.case.withdrawal_pending


@pytest.mark.parametrize("which", ["secret", "second"])
def test_either_secret_keeps_it_from_any_telephone(sms: Filer, which: str) -> None:
    sms.withdraw()
    other = Person(address="+8801799999999")
    other.write(f"KEEP {sms.number} {getattr(sms, which)}")
    assert not sms.case.withdrawal_pending
    assert other.templates()[-1] == "chat_kept"


def test_from_another_telephone_it_is_said_there_until_when(sms: Filer) -> None:
    other = Person(address="+8801799999999")
    other.write(f"WITHDRAW {sms.number} {sms.second}")
    other.write("no")
    assert sms.case.withdrawal_pending
    # Here, and to the contact of the case, in case it was somebody else.
    assert other.templates()[-1] == "withdrawal_pending" or "chat_withdrawing" in other.templates()
    assert Notice.objects.filter(case=sms.case, template="withdrawal_pending").count() == 1


def test_with_nothing_to_keep_it_says_so(sms: Filer) -> None:
    sms.person.write("KEEP")
    assert sms.person.templates()[-1] == "chat_nothing_to_keep"


def test_of_a_sealed_case_the_message_says_only_that_there_is_news(chat: Filer) -> None:
    Case.objects.filter(pk=chat.pk).update(sensitive=True)
    [told] = chat.withdraw()
    assert "news" in told
    assert "withdraw" not in told.lower()


def test_an_email_withdraws_at_once_and_its_answer_keeps(scene: Any, settings: Any) -> None:
    settings.REPLIES_BY = frozenset({"email"})
    person = Person("email", "rahima@example.org")
    person.write(WORDS)
    case = Case.objects.get(channel="email")
    from complaints.services.notice_words import render

    row = Notice.objects.get(case=case, template="receipt_withdrawal")
    second = SECRET.findall(render(row).body)[-1]
    person.heard()
    [told] = person.write(f"WITHDRAW {case.number} {second}")
    assert Case.objects.get(pk=case.pk).withdrawal_pending
    code = re.search(r"KEEP (\d{4})", told)
    assert code is not None
    person.write(f"KEEP {code[1]}")
    assert not Case.objects.get(pk=case.pk).withdrawal_pending
