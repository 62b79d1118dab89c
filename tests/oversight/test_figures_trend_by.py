"""Trends of several channels or subjects at once are the trends of each."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache

from oversight.figures import reading
from oversight.figures.asking import Question
from oversight.figures.periods import days_period, month_period, today, year_to_now
from oversight.models import Kept
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def counted(house: House) -> House:
    """Two cases on the web on Sunday, one on Tuesday; one of them about electricity."""
    house.filed(category="electricity")
    house.filed()
    house.day(2)
    house.filed()
    house.count()
    return house


def test_by_day(counted: House) -> None:
    sunday = today() - timedelta(days=2)
    found = reading.trend_by(Question(days_period(30)), "channel")
    assert {day: counts["received"] for day, counts in found["web"].items()} == {
        sunday: 2,
        today(): 1,
    }


def test_by_month_and_subject(counted: House) -> None:
    electricity = counted.cast.electricity.pk
    found = reading.trend_by(Question(year_to_now()), "category")
    assert [counts["received"] for counts in found[electricity].values()] == [1]
    assert sum(counts["received"] for each in found.values() for counts in each.values()) == 3


def test_what_is_hidden_is_left_out(counted: House) -> None:
    case = counted.case(counted.filed())
    counted.count()
    found = reading.trend_by(Question(days_period(30)), "channel", hidden=[case.pk])
    assert found["web"][today()]["received"] == 1


def test_the_same_is_counted_from_facts_where_no_sum_is_kept(counted: House) -> None:
    asked = Question(days_period(30))
    kept = reading.trend_by(asked, "channel")
    Kept.objects.update(days_since=today())
    cache.clear()
    assert not reading.is_kept(asked, "channel day")
    assert reading.trend_by(asked, "channel") == kept


def test_without_bands_offices_have_the_same_counts(counted: House) -> None:
    counted.forward(counted.filed())
    counted.count()
    asked, node = Question(days_period(30)), counted.cast.department.pk
    [whole] = reading.by_node(asked, [node]).values()
    [plain] = reading.by_node(asked, [node], bands=False).values()
    assert plain.numbers == whole.numbers
    assert plain["received"] == 1
    assert not plain.bands


def test_a_month_that_is_over_is_drawn_day_by_day(counted: House) -> None:
    """Its sum is kept as one; a trend by the day must not find all of it on the first day."""
    counted.day(60)
    counted.count()
    november = Question(month_period(date(2026, 11, 22)))
    days = {day: counts["received"] for day, counts in reading.trend(november).items() if counts}
    assert days == {date(2026, 11, 22): 2, date(2026, 11, 24): 1}
    by_day = reading.trend_by(november, "channel")["web"]
    assert {day: counts["received"] for day, counts in by_day.items()} == days
    assert reading.totals(november)["received"] == 3


def test_days_that_are_forgotten_are_counted_from_facts(counted: House) -> None:
    counted.day(400)
    counted.count()
    november = Question(month_period(date(2026, 11, 22)))
    assert reading.is_kept(november)
    assert not reading.is_kept(november, "day")
    assert reading.trend(november)[date(2026, 11, 22)]["received"] == 2
