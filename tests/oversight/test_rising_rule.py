"""What is called a rise: measured on counts drawn by chance, and on what could fool it."""

import random
from datetime import timedelta

import pytest

from agencies.calendars import WorkCalendar
from oversight import rising
from oversight.rising import DAYS, LEAST, WEEK, Rise, judge
from tests.oversight.counts import FIRST, PLAIN, SIZES, by_calendar, steady, weeks_of

#: The next to last whole week of the nine, and the last one: three working days of each are holidays.
EID_BEFORE = [FIRST + timedelta(days=DAYS - 2 * WEEK + number) for number in (1, 2, 3)]
EID_NOW = [FIRST + timedelta(days=DAYS - WEEK + number) for number in (1, 2, 3)]


def with_holidays(*days: object) -> WorkCalendar:
    return WorkCalendar("bd", PLAIN.zone, PLAIN.weekend, frozenset(days))  # type: ignore[arg-type]


def called(counts: list[int], **others: list[int]) -> Rise:
    """One series judged, among others that are as ever unless told otherwise."""
    known = others or {name: steady(size) for name, size in {"a": 10, "b": 20, "c": 5}.items()}
    return judge({"it": counts, **known}, FIRST, PLAIN)["it"]


# --- How often it is mistaken, and how often it finds ------------------------------------------


def quiet_weeks(spread: float, weeks: int, growth: float = 1) -> tuple[float, float]:
    """In weeks in which nothing happens to any subject alone: the share of subjects called rising, and
    the share of weeks in which any is.
    """
    rng = random.Random(20261122)
    mistaken = wrong_weeks = 0
    for _week in range(weeks):
        series = {at: weeks_of(rng, size, spread, last=growth) for at, size in enumerate(SIZES)}
        found = sum(rise.is_rising for rise in judge(series, FIRST, PLAIN).values())
        mistaken, wrong_weeks = mistaken + found, wrong_weeks + bool(found)
    return mistaken / (weeks * len(SIZES)), wrong_weeks / weeks


@pytest.mark.parametrize("spread", [1, 2, 3])
def test_by_chance_hardly_any_subject_is_called(spread: float) -> None:
    """Measured over 100 weeks of 40 subjects: 0.0 % of subjects and weeks by pure chance, 0.2 % where
    counts vary twice as much, 0.4 % at three times; any at all in 0, 6 and 13 of a hundred weeks.
    """
    subjects, weeks = quiet_weeks(spread, 150)
    assert subjects < 0.005
    assert weeks <= 0.15


@pytest.mark.parametrize("growth", [0.5, 1.5, 3])
def test_where_all_rise_or_fall_none_is_called(growth: float) -> None:
    subjects, weeks = quiet_weeks(2, 60, growth)
    assert subjects < 0.005
    assert weeks <= 0.12


@pytest.mark.parametrize(
    ("size", "spread", "factor", "least"),
    [(50, 1, 2, 0.9), (50, 2, 2, 0.65), (200, 2, 1.5, 0.6), (20, 2, 3, 0.7), (5, 1, 5, 0.8)],
)
def test_a_rise_is_found(size: int, spread: float, factor: float, least: float) -> None:
    """Measured over 100 weeks: a doubling of 50 a week is found in 98 of 100 weeks, and in 80 where
    counts vary twice as much as chance.
    """
    rng = random.Random(5)
    found = 0
    for _week in range(60):
        series = {at: weeks_of(rng, mean, spread) for at, mean in enumerate(SIZES)}
        series[-1] = weeks_of(rng, size, spread, last=factor)
        found += judge(series, FIRST, PLAIN, only=[-1])[-1].is_rising
    assert found / 60 >= least


# --- What could fool it ------------------------------------------------------------------------


def test_each_day_of_the_week_is_held_against_its_like() -> None:
    counts = by_calendar(PLAIN, on=20, off=2)
    rise = called(counts)
    assert rise.found == rise.weeks[0] == 5 * 20 + 2 * 2
    assert not rise.is_rising
    assert rise.factor == pytest.approx(1, abs=0.02)


def test_a_week_after_holidays_is_no_rise() -> None:
    calendar = with_holidays(*EID_BEFORE)
    series = {key: by_calendar(calendar, on=10 * key, off=key) for key in (1, 2, 3, 4)}
    found = judge(series, FIRST, calendar)
    assert not any(rise.is_rising for rise in found.values())
    assert found[4].usual == pytest.approx(5 * 40 + 2 * 4, rel=0.06)


def test_usual_cases_in_a_week_of_holidays_are_a_rise() -> None:
    """Three days off, and as many cases as ever: others have half of theirs."""
    calendar = with_holidays(*EID_NOW)
    series = {key: by_calendar(calendar, on=10 * key, off=key) for key in (1, 2, 3, 4)}
    series[5] = by_calendar(PLAIN, on=40, off=4)
    found = judge(series, FIRST, calendar)
    assert found[5].usual == pytest.approx(2 * 40 + 5 * 4, rel=0.1)
    assert [key for key, rise in found.items() if rise.is_rising] == [5]


def test_where_weekends_bring_as_much_a_holiday_changes_nothing() -> None:
    calendar = with_holidays(*EID_NOW)
    sizes = rising.exposures(FIRST, steady(40), calendar)
    assert sizes == pytest.approx([WEEK] * 9)


def test_few_cases_are_never_a_rise() -> None:
    counts = [0] * DAYS
    counts[-1] = LEAST - 1
    assert not called(counts).is_rising
    counts[-1] = LEAST
    assert called(counts).is_rising
    assert called(counts).factor is None


def test_a_large_subject_that_grows_a_little_is_no_rise() -> None:
    assert not called(steady(1000, 1.2)).is_rising
    assert called(steady(1000, 1.3)).is_rising


def test_an_outbreak_in_the_weeks_before_hides_no_later_one() -> None:
    """A week that stood out weighs less in what is usual."""
    counts = steady(5, 2)
    counts[7:14] = [40] * 7
    assert called(counts).is_rising
    assert called(counts).usual < 50


def test_what_stays_high_becomes_usual() -> None:
    counts = [5] * (2 * WEEK) + [10] * (DAYS - 2 * WEEK)
    assert not called(counts).is_rising


def test_one_among_many_has_to_be_more_unusual() -> None:
    alone = judge({"it": steady(7)}, FIRST, PLAIN)["it"]
    many = {number: steady(7) for number in range(60)}
    among = judge({"it": steady(7), **many}, FIRST, PLAIN)["it"]
    tried = judge({"it": steady(7), **many}, FIRST, PLAIN, only=["it"])["it"]
    assert among.limit > tried.limit
    assert alone.limit > LEAST


def test_chance_and_limit_say_the_same() -> None:
    found = judge({at: steady(7, 1 + at / 20) for at in range(40)}, FIRST, PLAIN)
    level = min(rising.A_SERIES, rising.A_WEEK / 40)
    for rise in found.values():
        is_large = rise.found >= max(LEAST, rising.LEAST_FACTOR * rise.usual)
        # The limit is a whole number, so it may lie a case above.
        if rise.found != rise.limit - 1:
            assert rise.is_rising == (rise.chance <= level and is_large)


# --- What it is given --------------------------------------------------------------------------


def test_a_young_portal_knows_nothing_usual() -> None:
    young = [0] * (DAYS - WEEK * 4 - 6) + [9] * (WEEK * 4 + 6)
    assert judge({"it": young}, FIRST, PLAIN) == {}
    assert judge({}, FIRST, PLAIN) == {}
    older = [0] * (DAYS - WEEK * 5) + [9] * (WEEK * 5)
    rise = judge({"it": older}, FIRST, PLAIN)["it"]
    # Weeks before the first case of all are not weeks without cases.
    assert rise.usual == pytest.approx(63, abs=1)
    assert not rise.is_rising


def test_counts_of_other_days_are_refused() -> None:
    with pytest.raises(ValueError, match="63 days"):
        judge({"it": [1] * 62}, FIRST, PLAIN)


def test_nothing_at_all_is_no_rise() -> None:
    assert not called([0] * DAYS).is_rising
    assert called([0] * DAYS).chance == pytest.approx(1, abs=0.5)
