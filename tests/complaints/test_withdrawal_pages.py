"""Withdrawing on its pages, and keeping the case by the link of the message."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from complaints.models import Statement
from complaints.services import links
from complaints.services.escalation import sweep
from tests.complaints.conftest import Scene
from tests.complaints.filing import html
from tests.complaints.following import Follower
from tests.complaints.play import Play


@pytest.fixture
def follower(client: Client, scene: Scene) -> Follower:
    return Follower(client, scene)


def send(follower: Follower, **data: str) -> Any:
    return follower.client.post(f"{follower.url}withdraw/", {"pressured": "no", **data})


def shown(follower: Follower) -> str:
    answer = follower.client.get(f"{follower.url}withdraw/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return html(answer)


def test_the_track_page_leads_to_a_page_of_its_own(follower: Follower) -> None:
    assert f"{follower.url}withdraw/" in follower.open().page()
    page = shown(follower)
    assert "It takes effect after 72 hours." in page
    assert "Nobody may press you to withdraw" in page
    assert "The second secret" in page


def test_whoever_came_with_the_second_secret_is_not_asked_for_it(follower: Follower) -> None:
    follower.open(withdraws=True)
    assert "I have lost the second secret" not in shown(follower)
    assert send(follower).status_code == 302
    assert follower.case.withdrawal_pending


def test_with_the_first_secret_the_second_is_asked_for(follower: Follower) -> None:
    follower.open()
    assert send(follower).status_code == 422
    answer = send(follower, secret=follower.receipt.secret)
    assert answer.status_code == 404
    assert "This secret does not withdraw the complaint." in html(answer)
    assert not follower.case.withdrawal_pending
    assert send(follower, secret=follower.receipt.withdrawal_secret).status_code == 302
    assert follower.case.withdrawal_pending


def test_it_has_to_be_said_whether_somebody_presses(follower: Follower) -> None:
    follower.open(withdraws=True)
    answer = send(follower, pressured="")
    assert answer.status_code == 422
    assert "Choose yes or no." in html(answer)
    assert not follower.case.withdrawal_pending


def test_wrong_secrets_are_counted(follower: Follower) -> None:
    follower.open()
    for _try in range(12):
        answer = send(follower, secret="0000000000000000")
    assert answer.status_code == 429
    assert send(follower, secret=follower.receipt.withdrawal_secret).status_code == 429
    assert not follower.case.withdrawal_pending


def test_pressure_and_words_are_kept_for_overseers_alone(follower: Follower) -> None:
    follower.open(withdraws=True)
    send(follower, pressured="yes", text="The chairman's men came to our house.")
    assert (follower.case.withdrawal_pending, follower.case.pressured) == (True, True)
    said = Statement.objects.get(event__move="say_pressured")
    assert said.body == {"text": "The chairman's men came to our house."}
    # Whoever presses may be looking at this very page.
    assert "chairman" not in follower.page()


def test_until_then_the_page_says_when_and_keeps_it_with_one_button(follower: Follower) -> None:
    follower.open(withdraws=True)
    send(follower)
    follower.open()
    page = follower.page()
    assert "You asked to withdraw" in page
    assert "25 Nov 2026" in page
    assert f"{follower.url}withdraw/" not in page
    assert follower.client.get(f"{follower.url}withdraw/").status_code == 302
    follower.move("call_back")
    assert not follower.case.withdrawal_pending


def test_sent_twice_it_is_one_withdrawal(follower: Follower) -> None:
    follower.open(withdraws=True)
    send(follower)
    due = follower.case.clocks.get(kind="withdrawal", stopped_at=None).due_at
    assert send(follower).status_code == 302
    assert follower.case.clocks.get(kind="withdrawal", stopped_at=None).due_at == due


def test_a_closed_case_has_nothing_to_withdraw(follower: Follower, clock: Any) -> None:
    follower.open(withdraws=True)
    send(follower)
    clock.shift(timedelta(hours=72))
    sweep()
    follower.open()
    assert follower.client.get(f"{follower.url}withdraw/").status_code == 302
    assert "Withdrawn" in follower.page()


def test_pressure_can_be_told_afterwards_too(follower: Follower, clock: Any) -> None:
    follower.open(withdraws=True)
    send(follower)
    clock.shift(timedelta(hours=72))
    sweep()
    follower.open()
    answer = follower.move("say_pressured", text="They made me do it.")
    assert answer.status_code == 302
    assert follower.case.pressured
    assert "made me do it" not in follower.page()


def test_a_stranger_comes_to_the_door(follower: Follower) -> None:
    answer = follower.client.get(f"{follower.url}withdraw/")
    assert answer.status_code == 302
    assert "/complaints/track/?number=" in answer.url


class TestLink:
    @pytest.fixture
    def pending(self, scene: Scene) -> Play:
        return Play(scene).forward().accept().withdraw()

    def url(self, play: Play) -> str:
        return f"/en/a/{links.token_of(play.clock('withdrawal'))}/"

    def test_opening_it_changes_nothing(self, client: Client, pending: Play) -> None:
        page = client.get(self.url(pending))
        assert page.status_code == 200
        assert "Keep your complaint?" in page.content.decode()
        assert pending.case.withdrawal_pending

    def test_its_button_keeps_the_case(self, client: Client, pending: Play) -> None:
        done = client.post(self.url(pending), {"move": "call_back"})
        assert "Your complaint goes on." in done.content.decode()
        assert not pending.case.withdrawal_pending
        # And then it is used up.
        assert client.get(self.url(pending)).status_code == 410

    def test_it_tells_the_overseers(self, client: Client, pending: Play) -> None:
        client.post(self.url(pending), {"move": "say_pressured", "text": "My boss reads along."})
        assert pending.case.pressured
        assert pending.case.withdrawal_pending

    @pytest.mark.parametrize("move", ["withdraw", "confirm", "message", ""])
    def test_it_does_nothing_else(self, client: Client, pending: Play, move: str) -> None:
        before = pending.case.last_seq
        client.post(self.url(pending), {"move": move, "text": "words enough"})
        assert pending.case.last_seq == before

    def test_after_72_hours_it_is_gone(self, client: Client, pending: Play, clock: Any) -> None:
        clock.shift(timedelta(hours=72))
        assert client.get(self.url(pending)).status_code == 410
