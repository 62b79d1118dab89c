"""When the public last could learn something new of a published case: feeds and posts begin there."""

from typing import Any

import pytest

from complaints.workflow import MOVES, PUBLIC_MOVES
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day


@pytest.fixture
def play(scene: Scene) -> Play:
    return Play(scene, publish_consent=True).forward()


def test_what_is_not_published_has_no_public_news(play: Play) -> None:
    assert play.accept().answer().case.public_at is None


def test_publication_is_news(play: Play) -> None:
    assert play.publish().case.public_at == play.case.published_at == day(0)


def test_public_moves_are_news_and_others_are_not(play: Play, clock: Any) -> None:
    play.publish()
    clock.move_to(day(1))
    assert play.accept().message().ask().case.public_at == day(0)
    clock.move_to(day(2))
    assert play.reply().answer().case.public_at == day(2)
    clock.move_to(day(3))
    assert play.note().case.public_at == day(2)
    assert play.dispute().case.public_at == day(3)
    assert play.case.published_at == day(0)


@pytest.mark.parametrize("hide", ["unpublish", "mark_sensitive"])
def test_what_is_public_no_longer_has_none(play: Play, hide: str) -> None:
    getattr(play.publish(), hide)()
    assert play.case.public_at is None
    assert play.accept().answer().case.public_at is None


def test_published_again_it_is_news_again(play: Play, clock: Any) -> None:
    play.publish().unpublish()
    clock.move_to(day(4))
    assert play.publish().case.public_at == day(4)


def test_what_was_withdrawn_is_no_news(play: Play, clock: Any) -> None:
    play.publish().withdraw()
    clock.move_to(day(4))
    play.sweep()
    assert play.state == "closed: withdrawn"
    assert play.case.public_at is None


def test_public_moves_are_moves_and_none_of_them_is_somebodys_own_business() -> None:
    assert set(MOVES) > PUBLIC_MOVES
    assert not PUBLIC_MOVES & {"break_seal", "message", "note", "withdraw", "link_respondent"}
