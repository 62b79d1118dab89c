"""Withdrawing takes the other secret, 72 hours, and can be called back."""

from datetime import timedelta
from typing import Any

import pytest

from complaints.models import Notice
from complaints.services.escalation import sweep
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play, refused

HOURS = timedelta(hours=72)

OPEN_STATES = [
    "received",
    "waiting",
    "forwarded",
    "in_progress",
    "disputed_owner",
    "answered",
    "appealed",
]


def play_to(scene: Scene, state: str) -> Play:
    play = Play(scene)
    steps = {
        "received": [],
        "waiting": [lambda: play.ask(by="desk")],
        "forwarded": [play.forward],
        "in_progress": [play.forward, play.accept],
        "disputed_owner": [play.forward, play.send_back, play.forward, play.send_back],
        "answered": [play.forward, play.accept, play.answer],
        "appealed": [play.forward, play.accept, play.answer, play.appeal],
    }
    for step in steps[state]:
        step()
    assert play.state == state
    return play


@pytest.mark.parametrize("state", OPEN_STATES)
def test_any_open_case_can_be_withdrawn_and_stays_as_it_is_until_then(
    scene: Scene, state: str
) -> None:
    play = play_to(scene, state)
    running = play.running
    play.withdraw()
    assert (play.state, play.case.withdrawal_pending) == (state, True)
    # All other clocks run on.
    assert play.running == running | {"withdrawal"}
    assert play.clock("withdrawal").due_at == SUNDAY + HOURS


@pytest.mark.parametrize("state", OPEN_STATES)
def test_it_takes_effect_at_72_hours_exactly_and_stops_all(
    scene: Scene, clock: Any, state: str
) -> None:
    play = play_to(scene, state).withdraw()
    clock.move_to(SUNDAY + HOURS - timedelta(microseconds=1))
    sweep()
    assert play.state == state
    clock.shift(timedelta(microseconds=1))
    sweep()
    assert play.state == "closed: withdrawn"
    assert play.running == set()
    assert (play.last.move, play.last.party) == ("withdrawn", "system")
    assert play.clock("withdrawal").stopped_how == "elapsed"
    assert play.told("withdrawn") == {"citizen"}


def test_the_secret_that_opens_the_case_does_not_withdraw_it(scene: Scene) -> None:
    play = Play(scene)
    assert "withdraw" not in play.may("citizen")
    with refused("needs_withdrawal_secret"):
        play.withdraw(by="citizen")
    assert "withdraw" in play.may("withdrawing")


@pytest.mark.parametrize("by", ["desk", "overseer", "focal"])
def test_no_officer_withdraws(scene: Scene, by: str) -> None:
    with refused("not_yours"):
        Play(scene).forward().withdraw(by=by)


def test_a_closed_case_is_not_withdrawn(scene: Scene) -> None:
    with refused("wrong_state"):
        Play(scene).decline().withdraw()


def test_a_withdrawal_under_way_is_not_begun_anew(scene: Scene, clock: Any) -> None:
    play = Play(scene).withdraw()
    clock.shift(timedelta(hours=70))
    with refused("needs_withdrawal_secret"):
        play.withdraw()
    assert play.clock("withdrawal").due_at == SUNDAY + HOURS


@pytest.mark.parametrize("by", ["citizen", "withdrawing"])
def test_either_secret_calls_it_back(scene: Scene, clock: Any, by: str) -> None:
    play = Play(scene).forward().withdraw()
    clock.shift(HOURS - timedelta(seconds=1))
    play.call_back(by=by)
    assert (play.state, play.case.withdrawal_pending) == ("forwarded", False)
    assert play.clock("withdrawal").stopped_how == "cancelled"
    assert play.told("withdrawal_called_back") == {"citizen"}
    clock.shift(timedelta(minutes=2))
    sweep()
    assert play.state == "forwarded"


def test_nothing_is_called_back_that_was_not_asked_for(scene: Scene) -> None:
    with refused("no_withdrawal"):
        Play(scene).call_back()


def test_after_calling_back_it_can_be_withdrawn_again_for_72_hours_anew(
    scene: Scene, clock: Any
) -> None:
    play = Play(scene).withdraw().call_back()
    clock.shift(timedelta(hours=5))
    play.withdraw()
    assert play.clock("withdrawal").due_at == SUNDAY + timedelta(hours=5) + HOURS


def test_pressure_is_told_to_overseers_alone(scene: Scene) -> None:
    play = Play(scene).forward().accept().withdraw(pressured=True)
    assert play.told("pressured") == {"Overseer"}
    assert play.case.pressured
    # The words lie beside the record; that they were said is on it, for overseers to read.
    assert play.moves[-2:] == ["withdraw", "say_pressured"]
    assert not play.last.commitment


def test_without_pressure_overseers_hear_nothing(scene: Scene) -> None:
    Play(scene).withdraw()
    assert not Notice.objects.filter(template="pressured").exists()


def test_the_citizen_is_told_at_once_in_case_it_was_somebody_else(scene: Scene) -> None:
    assert Play(scene).withdraw().told("withdrawal_pending") == {"citizen"}


def test_work_goes_on_meanwhile(scene: Scene) -> None:
    play = Play(scene).forward().withdraw().accept().answer()
    assert (play.state, play.case.withdrawal_pending) == ("answered", True)


def test_a_case_that_closes_meanwhile_ends_as_it_ended(scene: Scene, clock: Any) -> None:
    play = Play(scene).forward().accept().answer().withdraw().confirm()
    assert (play.state, play.case.withdrawal_pending) == ("closed: confirmed", False)
    clock.shift(HOURS)
    sweep()
    assert play.state == "closed: confirmed"


def test_a_withdrawal_has_no_ladder_and_no_miss(scene: Scene, clock: Any) -> None:
    play = Play(scene).forward().withdraw()
    clock.shift(HOURS + timedelta(minutes=30))
    sweep()
    assert play.levels("withdrawal") == []
    assert play.clock("withdrawal").missed_at is None
