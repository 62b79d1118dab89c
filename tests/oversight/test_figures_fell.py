"""Whether the last answer of a case stood when its citizen withdrew: by the order of what happened."""

import pytest

from oversight.figures import checking, cube, keeping, reading
from oversight.figures.asking import Question
from oversight.figures.periods import days_period
from oversight.models import Fact, Kept
from tests.complaints.play import Play
from tests.oversight.conftest import House
from tests.oversight.test_check_figures import count, sweep

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("withdrawn", "kept_from_filing", "kept_from_forward")


def kept() -> list[int]:
    counts = reading.totals(Question(days_period(30)))
    return [counts[name] for name in NAMES]


def withdrawn(*plays: Play, house: House) -> None:
    """All are withdrawn on the eighth day; what was counted on the way is counted to the end."""
    count()
    house.day(8)
    for each in plays:
        each.withdraw()
    house.day(11.5)
    sweep(plays[0])
    count()
    house.day(20)


def answered(house: House, number: int) -> list[Play]:
    """Answered on the fifth day; opened again and answered once more on the sixth."""
    plays = [Play(house.scene).forward().accept() for _each in range(number)]
    house.day(5)
    for each in plays:
        each.answer().confirm()
    count()
    house.day(6)
    for each in plays:
        each.reopen().answer()
    count()
    house.day(7)
    return plays


def test_an_answer_on_the_day_of_an_earlier_fall_stood(house: House) -> None:
    [stood] = answered(house, 1)
    withdrawn(stood, house=house)
    assert kept() == [1, 1, 1]
    assert checking.differences() == []


def test_an_answer_between_two_falls_did_not_stand(house: House) -> None:
    """The day of the first time it was opened again is before that of its last answer."""
    stood, fell = answered(house, 2)
    for each in (stood, fell):
        each.confirm().reopen()
    house.day(7.1)
    for each in (stood, fell):
        each.answer()
    house.day(7.2)
    fell.confirm().reopen()
    withdrawn(stood, fell, house=house)
    assert kept() == [2, 1, 1]
    assert [Fact.objects.get(case=each.case).fell for each in (stood, fell)] == [False, True]
    assert checking.differences() == []
    keeping.rebuild()
    assert kept() == [2, 1, 1]


def test_an_appeal_that_nobody_decided_brought_no_answer_down(house: House) -> None:
    """Whoever disputes for the second time appeals: the answer stands until that is decided."""
    [appealed] = answered(house, 1)
    appealed.dispute().answer().dispute()
    assert appealed.state == "appealed"
    withdrawn(appealed, house=house)
    assert kept() == [1, 1, 1]
    assert checking.differences() == []


def test_the_check_finds_a_fall_that_was_not(house: House) -> None:
    [stood] = answered(house, 1)
    withdrawn(stood, house=house)
    Fact.objects.filter(case=stood.case).update(fell=True)
    keeping.rebuild()
    assert checking.differences() == []
    since = Kept.objects.get().days_since
    assert since is not None
    cube.add([stood.case.pk], since, sign=-1)
    Fact.objects.filter(case=stood.case).update(fell=True)
    cube.add([stood.case.pk], since)
    found = {difference.what.rpartition(": ")[2] for difference in checking.differences()}
    assert {"kept_from_filing", "kept_from_forward"} <= found
