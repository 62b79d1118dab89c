"""Who stands apart from the country: the rule of the league, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oversight.boards.judging import LEAST, Band, Judged, Measured, band_of, in_order
from oversight.charts import Band as Drawn
from oversight.charts.bands import differs
from oversight.intervals import Z_STRICT, of_mean, wilson


def share(part: int, whole: int, *, received: int = 100, aside: int = 0) -> Measured:
    """An agency's share as the league makes it."""
    return Measured(
        1, part / whole, whole, wilson(part, whole), wilson(part, whole, Z_STRICT), received, aside
    )


def band(one: Measured, country: float | None = 0.5, better: int = 1) -> Band:
    return band_of(one, country, better=better, least=0.02)


@pytest.mark.parametrize(
    ("part", "whole", "stands"),
    [
        (90, 100, Band.BETTER),
        (10, 100, Band.WORSE),
        (55, 100, Band.SAME),
        # Three standard errors and a bit: apart at 95 %, and at 99.8 % not yet.
        (63, 100, Band.SAME),
        (29, 29, Band.FEW),
        (30, 30, Band.BETTER),
        # However sure: a point and a half is nothing.
        (515_000, 1_000_000, Band.SAME),
        (530_000, 1_000_000, Band.BETTER),
    ],
)
def test_a_share_against_one_half(part: int, whole: int, stands: Band) -> None:
    assert band(share(part, whole)) is stands


def test_where_less_is_better_it_is_the_other_way_round() -> None:
    assert band(share(90, 100), better=-1) is Band.WORSE
    assert band(share(10, 100), better=-1) is Band.BETTER


def test_without_a_figure_nothing_is_said() -> None:
    assert band(Measured(1, None, 0, None, None)) is Band.FEW
    assert band(share(90, 100), country=None) is Band.FEW


def test_with_much_set_aside_it_is_not_compared() -> None:
    assert band(share(90, 100, received=100, aside=25)) is Band.BETTER
    assert band(share(90, 100, received=100, aside=26)) is Band.ASIDE


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_whoever_is_clearly_apart_is_so_at_95_per_cent_too(part_of: tuple[int, int]) -> None:
    part, whole = part_of
    one = share(part, whole)
    assert one.interval is not None
    assert one.strict is not None
    slack = 1e-9
    assert one.strict[0] <= one.interval[0] + slack
    assert one.interval[1] <= one.strict[1] + slack
    if band(one) in (Band.BETTER, Band.WORSE):
        low, high = one.interval
        assert low > 0.5 or high < 0.5


@given(st.integers(LEAST, 5000))
def test_the_country_itself_is_about_the_same(whole: int) -> None:
    assert band(share(whole // 2, whole), country=(whole // 2) / whole) is Band.SAME


def test_the_strict_interval_of_a_mean_is_wider_and_stays_possible() -> None:
    marks = [5] * 50 + [4] * 10
    sums = (sum(marks), sum(mark * mark for mark in marks), len(marks), 1, 5)
    low, high = of_mean(*sums)
    strict_low, strict_high = of_mean(*sums, Z_STRICT)
    assert strict_low < low < high < strict_high <= 5


def test_by_band_and_then_by_name_never_by_figure() -> None:
    rows = [
        Judged(share(70, 100), "b", "Beta", Band.SAME),
        Judged(share(99, 100), "z", "Zeta", Band.BETTER),
        Judged(share(10, 100), "w", "Water", Band.WORSE),
        Judged(share(40, 100), "a", "alpha", Band.SAME),
        Judged(share(95, 100), "k", "Kappa", Band.BETTER),
    ]
    assert [row.name for row in in_order(rows)] == ["Kappa", "Zeta", "alpha", "Beta", "Water"]


@pytest.mark.parametrize("judged", [True, False])
def test_the_chart_fills_the_dot_by_that_judgement(judged: bool) -> None:
    row = Drawn("Roads", 0.9, 0.8, 0.95, 100, stands_apart=judged)
    assert differs(row, 0.5) is judged
    assert differs(Drawn("Roads", 0.9, 0.8, 0.95, 100), 0.5)
