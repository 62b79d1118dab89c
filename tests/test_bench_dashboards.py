"""The bench of the dashboards can fail: over the budget, and where a page grows with the cases."""

import pytest

from tests.bench_dashboards import BUDGET, Timed, compared, has_grown, judged

FEW, MANY = 100_000, 300_000


def timed(page: str, median: float, p95: float | None = None) -> Timed:
    """A page with the cache; without it nothing is judged."""
    return Timed(page, page, median, median if p95 is None else p95, 900, 900)


def at(cases: int, **medians: float) -> tuple[int, list[Timed]]:
    """Pages by name with their medians."""
    return cases, [timed(page, median) for page, median in medians.items()]


@pytest.mark.parametrize(
    ("before", "now", "grown"),
    [
        (20, 20, False),
        (20, 12, False),
        (2, 16, False),  # eight times, yet a wink
        (2, 18, True),
        (100, 130, False),  # thirty milliseconds, of a hundred
        (100, 150, False),
        (100, 151, True),
        (30, 45, False),
        (30, 46, True),
    ],
)
def test_a_page_grew_by_half_and_by_milliseconds_that_count(
    before: float, now: float, grown: bool
) -> None:
    assert has_grown(before, now) is grown


def test_nothing_that_stays_as_quick_is_held_against_it(capsys) -> None:
    assert judged([at(FEW, map=20, desk=40), at(MANY, map=22, desk=38)]) == 0
    said = capsys.readouterr().out
    assert "100,000 → 300,000 cases" in said
    assert "GREW" not in said


def test_a_page_that_grows_with_the_cases_fails_it_though_within_the_budget(capsys) -> None:
    assert judged([at(FEW, map=20, desk=40), at(MANY, map=20, desk=120)]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "GREW" in line]
    assert line.split() == ["desk", "40", "120", "GREW"]


def test_a_page_over_the_budget_fails_it_at_any_size() -> None:
    slow = timed("map", 20, p95=BUDGET + 1)
    assert judged([(FEW, [slow]), at(MANY, map=20)]) == 1
    assert judged([at(FEW, map=20), (MANY, [slow])]) == 1
    assert judged([(FEW, [slow])]) == 1
    assert "TOO SLOW" in slow.line()
    assert "TOO SLOW" not in timed("map", 20, p95=BUDGET).line()


def test_every_larger_size_is_held_against_the_first() -> None:
    creeping = [at(FEW, map=30), at(2 * FEW, map=42), at(MANY, map=60)]
    assert judged(creeping) == 1
    assert judged(creeping[:2]) == 0


def test_one_size_alone_says_nothing_of_growth(capsys) -> None:
    assert judged([at(MANY, map=20)]) == 0
    assert "one size" in capsys.readouterr().out


def test_a_page_is_known_again_though_its_office_is_another_by_then() -> None:
    before = Timed("{office}", "/oversight/agency/a/", 20, 20, 20, 20)
    now = Timed("{office}", "/oversight/agency/b/", 90, 90, 90, 90)
    lines, is_steady = compared([before], [now])
    assert not is_steady
    assert "GREW" in lines[0]


@pytest.mark.parametrize("others", [{}, {"map": 20.0, "desk": 20.0}])
def test_a_page_measured_at_one_size_only_cannot_pass_as_steady(others: dict[str, float]) -> None:
    _cases, before = at(FEW, **others)
    _cases, now = at(MANY, map=20)
    assert not compared(before, now)[1]
