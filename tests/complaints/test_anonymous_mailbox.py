"""Whoever gave no name has a mailbox: number and secret, from any device, both ways, with files."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from channels.models import Message
from channels.registry import CHANNELS, Channel
from complaints.models import Attachment, Case, Handle, Notice
from complaints.services import casework, erasing, withdrawing
from tests.channels.conftest import NoWay, _ways_as_before
from tests.channels.talking import Person
from tests.channels.test_conversation import filed
from tests.complaints.conftest import Scene
from tests.complaints.filing import html, photo
from tests.complaints.following import TRACK
from tests.complaints.play import Play

__all__ = ["_ways_as_before"]
NEW = "1 new step since you last looked here."


@pytest.fixture
def play(scene: Scene) -> Play:
    """A sensitive complaint of nobody known."""
    return Play(scene, named=False, about_official=True)


def say(play: Play, text: str, by: str = "desk") -> None:
    """An officer writes to the citizen."""
    casework.message(actor=play.actor(by), number=play.number, text=text)


class Device:
    """A browser somewhere, that knows number and secret."""

    def __init__(self, play: Play) -> None:
        self.client, self.play = Client(), play

    def open(self) -> "Device":
        receipt = self.play.receipt
        given = {"number": receipt.number, "secret": receipt.secret}
        assert self.client.post(TRACK, given).status_code == 302
        return self

    def page(self) -> str:
        return html(self.client.get(f"{TRACK}{self.play.number}/"))

    def write(self, move: str = "message", **data: Any) -> None:
        data = {"seen": self.play.case.last_seq, **data}
        answer = self.client.post(f"{TRACK}{self.play.number}/{move}/", data)
        assert answer.status_code == 302, html(answer)[:2000]

    def file(self, name: str) -> int:
        key = Attachment.objects.get(name=name).key
        answer = self.client.get(f"/files/{key}/")
        if answer.streaming:
            assert b"".join(answer.streaming_content)
        return int(answer.status_code)


def test_it_works_both_ways_with_files_from_any_device_and_without_an_account(play: Play) -> None:
    play.forward().accept()
    key = play.photo("focal")
    casework.ask(actor=play.actor("focal"), number=play.number, text="When was it?", files=[key])
    asked = Attachment.objects.get(key=key).name
    at_home, elsewhere = Device(play).open(), Device(play).open()
    for device in (at_home, elsewhere):
        assert "We asked you" in device.page()
        assert device.file(asked) == 200
    elsewhere.write("reply", text="It was on Monday, at counter four.", files=[photo("paper.jpg")])
    elsewhere.write(text="One more thing: there was a witness.")
    # The officers read it, with the file, and learn nothing of who it is.
    read = {e.said.get("text") for e in play.file_for("focal").timeline}
    assert "It was on Monday, at counter four." in read
    assert "One more thing: there was a witness." in read
    say(play, "Can you name the witness?", "focal")
    assert "Can you name the witness?" in at_home.page()
    assert at_home.file("paper.jpg") == 200
    # Nobody was to be told, and so nobody was.
    assert not Notice.objects.filter(case=play.case).exclude(contact=None).exists()
    stranger = Device(play)
    assert stranger.file("paper.jpg") == 404


def test_what_is_new_since_the_last_look_is_marked_and_then_no_more(play: Play) -> None:
    device = Device(play).open()
    assert "since you last" not in device.page()
    say(play, "Please tell us when it was.")
    page = device.page()
    assert NEW in page
    assert page.count(">New</strong>") == 1
    entry = page[page.index(">New</strong>") :]
    assert "Please tell us when it was." in entry[:600]
    assert NEW not in device.page()


def test_it_is_known_for_as_long_as_the_session_also_after_the_proof_is_over(
    play: Play, clock: Any
) -> None:
    device = Device(play).open()
    device.page()
    clock.shift(timedelta(hours=2))
    assert device.client.get(f"{TRACK}{play.number}/").status_code == 302
    say(play, "Please tell us when it was.")
    assert NEW in device.open().page()


def test_a_device_that_never_looked_counts_from_what_the_citizen_wrote_last(play: Play) -> None:
    say(play, "One.")
    say(play, "Two.")
    page = Device(play).open().page()
    assert "2 steps since you last wrote." in page
    first = Device(play).open()
    first.write(text="Here I am.")
    assert "since you last" not in Device(play).open().page()


def test_own_words_are_never_news(play: Play) -> None:
    device = Device(play).open()
    device.page()
    device.write(text="Here I am.")
    assert "since you last" not in device.page()


def test_where_and_when_somebody_looked_stands_nowhere_but_in_their_session(play: Play) -> None:
    before = Case.objects.values().get(pk=play.case.pk)
    events = play.moves
    device = Device(play).open()
    device.page()
    assert Case.objects.values().get(pk=play.case.pk) == before
    assert play.moves == events
    assert device.client.session["proofs"][play.number]["seen"] == play.case.last_seq
    device.client.post(f"{TRACK}{play.number}/close/")
    assert play.number not in str(dict(device.client.session))


@pytest.mark.parametrize("move", ["message", "ask"])
def test_officers_are_told_that_their_words_wait_for_somebody_who_looks_in(
    play: Play, client: Client, move: str
) -> None:
    play.forward().accept()
    client.force_login(play.cast.focal)
    case = html(client.get(f"/en/office/cases/{play.number}/"))
    assert "Somebody who gave no name." in case
    assert "they look in by themselves" in case
    page = html(client.get(f"/en/office/cases/{play.number}/{move}/"))
    assert "when they look into the portal" in page


def test_words_that_are_not_for_the_citizen_are_not_said_to_reach_them(
    play: Play, client: Client
) -> None:
    withdrawing.say_pressured(actor=play.actor("citizen"), number=play.number)
    client.force_login(play.cast.overseer)
    page = html(client.get(f"/en/office/cases/{play.number}/note_pressure/"))
    assert "For overseers only" in page
    assert "They read what you write" not in page


def test_of_somebody_who_gave_a_contact_they_are_not(scene: Scene, client: Client) -> None:
    play = Play(scene).forward().accept()
    client.force_login(play.cast.focal)
    assert "look in by themselves" not in html(client.get(f"/en/office/cases/{play.number}/"))
    page = html(client.get(f"/en/office/cases/{play.number}/message/"))
    assert "when they look into the portal" not in page


# --- By a telephone ----------------------------------------------------------------------------


@pytest.fixture
def phone(scene: Scene, settings: Any) -> Person:
    """A telephone from which nobody ever filed."""
    settings.REPLIES_BY = frozenset({"sms"})
    return Person(address="+8801799999999")


@pytest.fixture
def open_play(scene: Scene) -> Play:
    return Play(scene, named=False).forward().accept()


def last_words(play: Play, who: str = "focal") -> str:
    said = [str(entry.said.get("text", "")) for entry in play.file_for(who).timeline if entry.said]
    return said[-1]


@pytest.mark.parametrize("glue", [" ", "\n", ", "])
def test_words_with_number_and_secret_reach_the_case_from_any_telephone(
    open_play: Play, phone: Person, glue: str
) -> None:
    receipt = open_play.receipt
    answers = phone.write(f"{receipt.number}{glue}{receipt.secret}{glue}The clerk asked again.")
    assert phone.templates() == ["chat_added"]
    assert answers
    assert last_words(open_play).strip(" ,") == "The clerk asked again."
    assert receipt.secret not in str(list(open_play.file_for("focal").timeline))
    # From where it came stays unknown, and gets no news.
    assert not hasattr(open_play.case, "contact")
    assert Case.objects.count() == 1


def test_a_question_is_answered_so_in_bangla_digits_too(open_play: Play, phone: Person) -> None:
    receipt = open_play.ask().receipt
    bangla = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
    phone.write(f"{receipt.number} {receipt.secret.translate(bangla)} সোমবার সকালে।")
    assert open_play.state == "in_progress"
    assert "সোমবার সকালে।" in last_words(open_play)


def test_number_and_secret_alone_tell_how_it_stands_and_what_was_said(
    open_play: Play, phone: Person
) -> None:
    say(open_play, "Which counter was it?", "focal")
    receipt = open_play.receipt
    [answer] = phone.write(f"{receipt.number} {receipt.secret}")
    assert phone.templates() == ["status"]
    assert receipt.number in answer
    assert "Which counter was it?" in answer


def test_a_wrong_secret_opens_nothing_and_files_nothing(open_play: Play, phone: Person) -> None:
    before = open_play.moves
    phone.write(f"{open_play.number} 0000 0000 0000 0000 The clerk asked again.")
    assert phone.templates() == ["chat_no_case"]
    assert open_play.moves == before
    assert Case.objects.count() == 1


def test_guesses_are_counted_there_too(open_play: Play, phone: Person) -> None:
    for _guess in range(10):
        phone.write(f"{open_play.number} 0000 0000 0000 0000 hello there")
    receipt = open_play.receipt
    phone.write(f"{receipt.number} {receipt.secret} hello there")
    assert phone.templates()[-1] == "chat_too_many"


def test_a_number_without_a_secret_opens_nothing(open_play: Play, phone: Person) -> None:
    before = open_play.moves
    phone.write(f"{open_play.number} What is with my complaint about the clerk?")
    assert open_play.moves == before


def test_of_a_sensitive_case_the_telephone_shows_only_that_there_is_news(
    play: Play, phone: Person
) -> None:
    say(play, "Which clerk was it?")
    answers = phone.write(f"{play.number} {play.receipt.secret} It was the clerk of counter four.")
    assert "It was the clerk of counter four." in last_words(play, "desk")
    assert not re.search("clerk|counter", " ".join(answers))


def test_who_wrote_there_is_forgotten_with_the_person(
    open_play: Play, phone: Person, scene: Scene
) -> None:
    """Nothing leads from the case to a telephone any more, although no contact was ever given."""
    receipt = open_play.receipt
    phone.write(f"{receipt.number} {receipt.secret} The clerk asked again.")
    assert Notice.objects.filter(case=open_play.case, handle__isnull=False).exists()
    Notice.objects.filter(handle__isnull=False).update(status="sent")
    erasing.erase(actor=open_play.actor("citizen"), number=open_play.number)
    assert not Notice.objects.filter(case=open_play.case, handle__isnull=False).exists()
    assert not Message.objects.filter(case=open_play.case, handle__isnull=False).exists()
    assert not Handle.objects.exists()


def test_whoever_has_a_case_of_their_own_is_still_known_by_it_and_not_by_the_erased_one(
    open_play: Play, phone: Person, scene: Scene
) -> None:
    own = filed(phone)
    receipt = open_play.receipt
    phone.write(f"{receipt.number} {receipt.secret} The clerk asked again.")
    erasing.erase(actor=open_play.actor("citizen"), number=open_play.number)
    assert not Notice.objects.filter(case=open_play.case, handle__isnull=False).exists()
    assert not Notice.objects.filter(values__number=receipt.number).exclude(handle=None).exists()
    assert Handle.objects.get().contacts.get().case == own


def test_the_messenger_brings_files_to_it(scene: Scene, open_play: Play) -> None:
    CHANNELS["whatsapp"] = Channel("whatsapp", "WhatsApp", NoWay, proves_sender=True, talks=True)
    person = Person("whatsapp", "BD.99", "8801799999999")
    person.way.files["paper.jpg"] = photo("paper.jpg").read()
    receipt = open_play.receipt
    person.write(f"{receipt.number} {receipt.secret} The paper.", files=["paper.jpg"])
    files = [f.name for e in open_play.file_for("focal").timeline for f in e.files]
    assert files == ["paper.jpg"]
    assert not hasattr(open_play.case, "contact")
