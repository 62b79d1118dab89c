"""What is usual for an office, and what is a burst."""

import pytest

from fairplay.patterns import DAYS_BACK, usual


def test_one_wild_day_of_the_past_moves_nothing() -> None:
    calm = [5] * DAYS_BACK
    wild = [*calm[1:], 5000]
    assert usual(wild, 6) == usual(calm, 6)


def test_a_quiet_office_has_a_deviation_of_one() -> None:
    assert usual([], 6).limit == 6
    assert usual([2] * DAYS_BACK, 6).limit == 8


def test_days_without_a_row_are_days_without_a_case() -> None:
    assert usual([9, 9, 9], 6).median == 0


def test_a_restless_office_needs_more() -> None:
    restless = [0, 20] * (DAYS_BACK // 2)
    assert usual(restless, 6).limit == 10 + 6 * 10


@pytest.mark.parametrize(("count", "burst"), [(9, False), (10, True), (6, False)])
def test_a_burst_is_above_the_limit_and_enough_to_say_anything(count: int, burst: bool) -> None:
    assert usual([], 6).is_burst(count, 10) is burst


def test_exactly_the_limit_is_none() -> None:
    assert not usual([4] * DAYS_BACK, 6).is_burst(10, 10)
