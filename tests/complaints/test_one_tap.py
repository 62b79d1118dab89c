"""Is it solved? One tap from the message, by whatever channel it comes; and silence is no yes."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from complaints.errors import Invalid, MoveRefused
from complaints.models import Contact, Feedback, Notice
from complaints.services import answering, links
from complaints.services.notice_words import Rendered, render
from tests.complaints.conftest import Scene, cast, clock, scene
from tests.complaints.play import Play, refused

__all__ = ["cast", "clock", "scene"]

#: To a device goes no link that acts: anybody may see its screen. A tap opens the case itself.
CHANNELS = ("email", "sms", "whatsapp", "messenger", "x")
#: What a channel shows of a notice.
SHOWN = {"email": "body", "sms": "sms"}


def shown(channel: str, words: Rendered) -> str:
    return str(getattr(words, SHOWN.get(channel, "chat")))


def asked(play: Play, template: str, channel: str) -> str:
    """What somebody reads by a channel who is asked whether it is solved."""
    notice = Notice(
        case=play.case,
        contact=Contact.objects.get(case=play.case),
        template=template,
        values={"number": play.number, "due": play.clock("confirm").due_at.isoformat()},
        language="en",
        channel=channel,
        created_at=play.case.filed_at,
        next_at=play.case.filed_at,
        key="",
    )
    return shown(channel, render(notice))


def page_in(words: str) -> str:
    """The path of the one link to a page that acts."""
    [address] = set(re.findall(r"https?://\S+/a/\S+", words))
    return urlsplit(address).path


@pytest.fixture
def answered(scene: Scene) -> Play:
    return Play(scene).forward().accept().answer()


@pytest.mark.parametrize("template", ["answered", "reminder_confirm"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_each_channels_message_leads_to_a_page_whose_one_button_is_the_yes(
    client: Client, answered: Play, channel: str, template: str
) -> None:
    page = page_in(asked(answered, template, channel))
    html = client.get(page).content.decode()
    [form] = re.findall(r'<form method="post" id="confirm".*?</form>', html, re.DOTALL)
    marks = re.findall(r'<button[^>]*name="rating" value="(\d)"', form)
    assert marks == ["5", "4", "3", "2", "1"]
    # Nothing else has to be filled in: what a tap sends is hidden in the form, and the button.
    hidden = dict(re.findall(r'<input type="hidden" name="(move|seen)" value="(\w+)"', form))
    assert client.post(page, {**hidden, "rating": "4"}).status_code == 200
    assert answered.state == "closed: confirmed"
    assert Feedback.objects.get().rating == 4


@pytest.mark.parametrize("method", ["get", "head", "options", "put"])
def test_a_program_that_opens_the_link_confirms_nothing(
    client: Client, answered: Play, method: str
) -> None:
    page = page_in(asked(answered, "answered", "whatsapp"))
    before = answered.case.last_seq
    for query in ("", "?move=confirm&rating=5"):
        getattr(client, method)(page + query)
    assert (answered.state, answered.case.last_seq) == ("answered", before)


def test_a_no_needs_its_reason_and_nothing_else(client: Client, answered: Play) -> None:
    page = page_in(asked(answered, "answered", "sms"))
    assert client.post(page, {"move": "dispute"}).status_code == 422
    assert client.post(page, {"move": "dispute", "reason": "Nobody came."}).status_code == 200
    assert answered.state == "in_progress"


def test_a_word_may_go_with_the_tap(client: Client, answered: Play) -> None:
    page = page_in(asked(answered, "answered", "email"))
    client.post(page, {"move": "confirm", "rating": "5", "comment": "Karim came himself"})
    assert answered.last.statement.body == {"text": "Karim came himself"}


def test_tapped_twice_it_is_one_yes(client: Client, answered: Play) -> None:
    page = page_in(asked(answered, "answered", "email"))
    first = client.post(page, {"move": "confirm", "rating": "5"})
    second = client.post(page, {"move": "confirm", "rating": "1"})
    assert (first.status_code, second.status_code) == (200, 410)
    assert Feedback.objects.get().rating == 5


def test_of_a_sensitive_case_no_message_holds_a_link_that_acts(answered: Play) -> None:
    answered.mark_sensitive()
    for channel in CHANNELS:
        assert "/a/" not in asked(answered, "answered", channel)


def test_who_says_nothing_ends_in_silence(answered: Play, clock: Any) -> None:
    clock.move_to(answered.clock("confirm").due_at)
    answered.sweep()
    assert answered.state == "closed: silent"
    assert "confirm" not in answered.moves


class TestAMarkAfterTheYes:
    def rate(self, play: Play, rating: int, by: str = "citizen") -> None:
        answering.rate(actor=play.actor(by), number=play.number, rating=rating)

    def said_yes(self, play: Play) -> Play:
        answering.confirm(actor=play.actor("citizen"), number=play.number, rating=None)
        return play

    def test_it_is_kept_and_on_the_record(self, answered: Play) -> None:
        self.said_yes(answered)
        assert answered.last.data == {}
        self.rate(answered, 3)
        assert (answered.last.move, answered.last.data) == ("rate", {"rating": 3})
        assert Feedback.objects.get().rating == 3
        assert answered.state == "closed: confirmed"

    def test_once(self, answered: Play) -> None:
        self.said_yes(answered)
        self.rate(answered, 3)
        with refused("not_now"):
            self.rate(answered, 5)

    def test_not_before_the_yes_and_not_after_silence(self, answered: Play, clock: Any) -> None:
        with refused("not_now"):
            self.rate(answered, 3)
        clock.move_to(answered.clock("confirm").due_at + timedelta(seconds=1))
        answered.sweep()
        with pytest.raises(MoveRefused):
            self.rate(answered, 3)

    @pytest.mark.parametrize("who", ["case_officer", "head", "desk", "overseer"])
    def test_by_nobody_else(self, answered: Play, who: str) -> None:
        self.said_yes(answered)
        with refused("not_now"):
            self.rate(answered, 5, by=who)

    @pytest.mark.parametrize("rating", [0, 6])
    def test_from_1_to_5(self, answered: Play, rating: int) -> None:
        self.said_yes(answered)
        with pytest.raises(Invalid):
            self.rate(answered, rating)

    def test_after_another_yes_there_is_another_mark(self, answered: Play, clock: Any) -> None:
        self.said_yes(answered)
        self.rate(answered, 2)
        clock.shift(timedelta(hours=1))
        answered.reopen().answer()
        clock.shift(timedelta(hours=1))
        self.said_yes(answered)
        self.rate(answered, 5)
        assert list(Feedback.objects.order_by("id").values_list("rating", flat=True)) == [2, 5]

    def test_officers_and_the_citizen_read_it(self, answered: Play, client: Client) -> None:
        self.said_yes(answered)
        client.force_login(answered.cast.head)
        page = client.get(f"/en/office/cases/{answered.number}/").content.decode()
        assert "The citizen says that it is solved" in page
        self.rate(answered, 4)
        page = client.get(f"/en/office/cases/{answered.number}/").content.decode()
        assert "The citizen’s mark: 4 of 5" in page


def test_link_and_digits_die_with_the_question(answered: Play) -> None:
    clock = answered.clock("confirm")
    answered.confirm()
    assert links.clock_of(links.token_of(clock)) is None
