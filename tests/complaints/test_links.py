"""Links in messages: one case, one purpose, until the clock ends; opening one changes nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from complaints.models import Clock, Feedback
from complaints.services import links
from tests.complaints.conftest import Scene, cast, clock, scene
from tests.complaints.play import Play

__all__ = ["cast", "clock", "scene"]


@pytest.fixture
def answered(scene: Scene) -> Play:
    return Play(scene).forward().accept().answer()


@pytest.fixture
def asked(scene: Scene) -> Play:
    return Play(scene).forward().accept().ask()


def page_of(play: Play, kind: str) -> str:
    return f"/en/a/{links.token_of(play.clock(kind))}/"


def test_opening_it_shows_the_answer_and_changes_nothing(client: Client, answered: Play) -> None:
    before = answered.case.last_seq
    shown = client.get(page_of(answered, "confirm"))
    assert shown.status_code == 200
    assert answered.number in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    client.head(page_of(answered, "confirm"))
    assert answered.case.last_seq == before


def test_its_button_confirms_without_a_secret(client: Client, answered: Play) -> None:
    done = client.post(page_of(answered, "confirm"), {"move": "confirm", "rating": "4"})
    assert done.status_code == 200
    assert answered.state == "closed: confirmed"
    assert Feedback.objects.get().rating == 4
    assert answered.last.party == "citizen"


def test_it_disputes(client: Client, answered: Play) -> None:
    client.post(page_of(answered, "confirm"), {"move": "dispute", "reason": "Nobody came."})
    assert answered.state == "in_progress"


def test_it_replies_to_a_question(client: Client, asked: Play) -> None:
    shown = client.get(page_of(asked, "waiting"))
    assert "Which meter is it?" in shown.content.decode()
    client.post(page_of(asked, "waiting"), {"move": "reply", "text": "The one on the left."})
    assert asked.state == "in_progress"


def test_a_mistake_keeps_what_was_typed(client: Client, answered: Play) -> None:
    refused = client.post(page_of(answered, "confirm"), {"move": "dispute", "reason": "x"})
    assert refused.status_code == 422
    assert "open" in refused.content.decode().split('id="dispute"')[1][:20]
    assert answered.state == "answered"


@pytest.mark.parametrize("move", ["withdraw", "appeal", "message", "reply", "", "nothing"])
def test_it_does_nothing_else(client: Client, answered: Play, move: str) -> None:
    before = answered.case.last_seq
    client.post(page_of(answered, "confirm"), {"move": move, "text": "Words enough here."})
    assert answered.case.last_seq == before


def test_used_once_it_is_gone(client: Client, answered: Play) -> None:
    page = page_of(answered, "confirm")
    client.post(page, {"move": "confirm", "rating": "4"})
    assert client.get(page).status_code == 410
    assert client.post(page, {"move": "confirm", "rating": "1"}).status_code == 410
    assert Feedback.objects.count() == 1


def test_when_the_clock_is_over_so_is_the_link(client: Client, answered: Play, clock: Any) -> None:
    page = page_of(answered, "confirm")
    clock.move_to(answered.clock("confirm").due_at - timedelta(seconds=1))
    assert client.get(page).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get(page).status_code == 410


def test_a_forged_one_opens_nothing(client: Client, answered: Play, asked: Play) -> None:
    good = links.token_of(answered.clock("confirm"))
    other = links.token_of(asked.clock("waiting"))
    number, tag = good.split("-")
    swapped = f"{other.split('-')[0]}-{tag}"
    for token in (f"{number}-{'a' * len(tag)}", swapped, number, "0-", "zzz", f"{number}-"):
        assert client.get(f"/en/a/{token}/").status_code == 410, token


def test_another_purpose_has_another_link(asked: Play) -> None:
    waiting = asked.clock("waiting")
    as_confirm = Clock(pk=waiting.pk, kind="confirm")
    assert links.clock_of(links.token_of(waiting)) == waiting
    assert links.clock_of(links.token_of(as_confirm)) is None


def test_of_a_case_sealed_since_it_shows_nothing(client: Client, answered: Play) -> None:
    answered.mark_sensitive()
    shown = client.get(page_of(answered, "confirm"))
    assert shown.status_code == 410
    assert answered.number not in shown.content.decode()


def test_the_digits_are_those_of_one_question(scene: Scene, answered: Play) -> None:
    other = Play(scene).forward().accept().answer()
    first, second = answered.clock("confirm"), other.clock("confirm")
    assert links.code_matches(first, links.code_of(first))
    assert len(links.code_of(first)) == 4
    assert links.code_matches(second, links.code_of(first)) == (
        links.code_of(first) == links.code_of(second)
    )


def test_what_an_e_mail_brings_back_says_which_case(answered: Play, asked: Play) -> None:
    token = links.reply_token(answered.case.pk)
    assert links.case_of_reply(token) == answered.case
    assert links.case_of_reply(token.upper()) == answered.case
    number, tag = token.split("-")
    other = links.reply_token(asked.case.pk)
    for forged in (f"{other.split('-')[0]}-{tag}", number, "", "-", f"{number}-{'a' * len(tag)}"):
        assert links.case_of_reply(forged) is None, forged
