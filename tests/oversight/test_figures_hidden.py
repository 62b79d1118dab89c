"""How open cases stand for whoever is barred from one: nothing of it shows, not even its age."""

from datetime import date, timedelta

import pytest

from complaints.bars import barred_from
from oversight.figures import standing
from oversight.figures.asking import Question
from oversight.figures.periods import days_period
from tests.complaints.conftest import SUNDAY
from tests.complaints.play import Play
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = Question(days_period(30))


def hidden_from(house: House) -> list[int]:
    actor = house.scene.actor(house.cast.overseer)
    return list(barred_from(actor).values_list("pk", flat=True))


def test_the_oldest_day_is_that_of_a_case_that_they_may_see(house: House) -> None:
    Play(house.scene).about(user_id=house.cast.overseer.pk)
    house.day(2)
    Play(house.scene)
    house.count()
    hidden = hidden_from(house)
    assert len(hidden) == 1
    whole, theirs = (standing.by_stage(ASKED, hidden=ids)["forward"] for ids in ((), hidden))
    assert (whole.open, whole.oldest_on) == (2, date(2026, 11, 22))
    assert (theirs.open, theirs.oldest_on) == (1, date(2026, 11, 24))


def test_one_that_became_late_since_all_were_counted_is_not_missed(house: House) -> None:
    Play(house.scene).about(user_id=house.cast.overseer.pk)
    Play(house.scene)
    house.count()
    counted_at = standing.counted_at()
    # Nobody has counted since; by now both are late.
    house.clock.move_to(SUNDAY + timedelta(days=20))
    theirs = standing.standing(ASKED, hidden=hidden_from(house))
    assert standing.counted_at() == counted_at
    assert (theirs.open, theirs.late, theirs.today) == (1, 0, 0)
    house.count()
    theirs = standing.standing(ASKED, hidden=hidden_from(house))
    assert (theirs.open, theirs.late) == (1, 1)
