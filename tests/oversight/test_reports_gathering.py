"""The figures of a report: those of METRICS, public ones alone, as they may be published."""

import json
from typing import Any

import pytest

from oversight.figures import reading
from oversight.figures.asking import COUNTRYS_IN_PUBLIC, PUBLIC, Counts, Question
from oversight.metrics import METRICS
from oversight.reports import calendar, gathering
from oversight.reports.calendar import reported
from oversight.reports.gathering import Data, gather
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def data_of(code: str = "2026") -> Data:
    """What is written down, as it is read again."""
    found = reported(code)
    assert found
    read: Data = json.loads(json.dumps(gather(found)))
    return read


@pytest.fixture
def counted(house: House) -> House:
    """Six cases of the department: four answered (two of them confirmed), two forwarded; and two sealed."""
    for _number in range(2):
        house.confirmed()
        house.answered()
        house.forwarded()
        house.forwarded(about_official=True)
    house.day(12)
    house.count()
    return house


class TestWhichPeriods:
    @pytest.mark.parametrize(
        "code", ["", "2026-13", "2026-00", "26", "1999", "2027", "2026-12", "x"]
    )
    def test_what_is_no_period_or_has_not_begun(self, house: House, code: str) -> None:
        assert reported(code) is None

    def test_a_running_year_is_compared_to_the_same_days(self, house: House) -> None:
        found = reported("2026")
        assert found
        assert found.is_so_far
        assert found.is_year
        assert (found.period.end.isoformat(), found.whole.end.isoformat()) == (
            "2026-11-23",
            "2027-01-01",
        )
        assert (found.before.start.isoformat(), found.before.end.isoformat()) == (
            "2025-01-01",
            "2025-11-23",
        )

    def test_a_running_month_is_compared_to_as_many_days(self, house: House) -> None:
        found = reported("2026-11")
        assert found
        assert [found.before.start.isoformat(), found.before.end.isoformat()] == [
            "2026-10-01",
            "2026-10-23",
        ]
        assert found.year_before.end.isoformat() == "2025-11-23"

    def test_one_that_is_over_is_compared_to_whole_ones(self, house: House) -> None:
        found = reported("2026-02")
        assert found
        assert not found.is_so_far
        assert (found.before.code, found.before.end) == ("2026-01", found.period.start)
        assert found.year_before.code == "2025-02"

    def test_from_the_first_case_on(self, counted: House) -> None:
        assert calendar.years() == ["2026"]
        assert calendar.months() == ["2026-12", "2026-11"]

    def test_nothing_without_cases(self, house: House) -> None:
        house.count()
        assert (calendar.years(), calendar.months()) == ([], [])

    @pytest.mark.parametrize(
        ("day", "due"),
        [
            ("2026-12-02", []),
            ("2026-12-03", ["2026-11"]),
            ("2027-01-09", ["2026-12"]),
            ("2027-01-10", ["2026-12", "2026"]),
            ("2027-02-10", ["2027-01"]),
        ],
    )
    def test_what_is_made_by_itself(self, day: str, due: list[str]) -> None:
        assert calendar.due(calendar.date.fromisoformat(day)) == due


class TestTheFigures:
    def test_the_countrys_are_those_of_the_metrics(self, counted: House) -> None:
        data, asked = data_of(), reported("2026")
        assert asked
        counts = reading.totals(Question(asked.period, sides=COUNTRYS_IN_PUBLIC))
        assert data["figures"]["received"] == {"value": 8, "few": False, "before": [0]}
        for code, figure in data["figures"].items():
            value = METRICS[code].of(counts)
            if figure["value"] is not None:
                assert figure["value"] == pytest.approx(value, abs=0.0001), code
            else:
                # Of nothing, or of too few.
                few = value is not None and METRICS[code].rests_on(counts) < 5
                assert figure["few"] == few, code

    def test_few_answers_are_said_of_nobody(self, counted: House) -> None:
        figures = data_of()["figures"]
        assert figures["answered"] == {"value": None, "few": True, "before": [0]}
        assert figures["confirmed_resolved"]["value"] is None
        assert figures["confirmed_resolved"]["few"]
        assert figures["answered_in_10_from_filing"]["value"] == 0.5
        assert figures["answered_in_10_from_filing"]["base"] == 8

    def test_parts_hold_public_cases_to_the_nearest_five(self, counted: House) -> None:
        data, asked = data_of(), reported("2026")
        assert asked
        public = reading.totals(Question(asked.period, sides=PUBLIC))
        assert public["received"] == 6
        rows = {row["code"]: row["figures"] for row in data["agencies"]["rows"]}
        department = rows[counted.cast.department.code]
        assert department["received"]["value"] == 5
        assert department["answered"] == {"value": None, "few": True}
        share = department["answered_in_10_from_filing"]
        assert share["value"] == pytest.approx(4 / 6, abs=0.0001)
        assert share["base"] == 5
        # Whoever stands above holds them too.
        assert counted.cast.ministry.code in rows

    def test_parts_with_too_few_are_counted_and_not_named(self, counted: House) -> None:
        counted.forwarded(counted.cast.rival_ministry)
        counted.count()
        data = data_of()
        assert counted.cast.rival_ministry.code not in {r["code"] for r in data["agencies"]["rows"]}
        assert data["agencies"]["few"] == 1
        assert counted.cast.rival_ministry.code not in json.dumps(data)

    def test_no_small_number_is_written_down(self, counted: House) -> None:
        """Wherever a number of cases stands, it is none, or five and more."""
        data = data_of()
        numbers = [*data["appeals"].values(), data["aside"]]
        numbers += [n for bands in data["standing"]["ages"] for n in (bands["open"], bands["late"])]
        numbers += [n for part in data["outcomes"] for n in part.values()]
        for code in ("received", "answered", "closed"):
            numbers += [line["figures"][code] for line in data["months"]["lines"]]
        for name in ("agencies", "categories", "districts", "channels", "kinds", "map"):
            for row in data[name]["rows"]:
                numbers += [row["figures"][code]["value"] for code in ("received", "answered")]
        assert not {1, 2, 3, 4} & set(numbers)
        assert data["outcomes"][0] == dict.fromkeys(
            ("confirmed", "silence", "awaited", "contested", "other")
        )

    def test_each_month_of_the_year_up_to_now(self, counted: House) -> None:
        months = data_of()["months"]
        assert [line["on"][:7] for line in months["lines"]] == [
            f"2026-{m:02}" for m in range(1, 13)
        ]
        by_month = {line["on"][:7]: line["figures"]["received"] for line in months["lines"]}
        assert by_month["2026-11"] == 8
        assert by_month["2026-10"] == 0
        assert months["running"]

    def test_a_months_report_shows_thirteen_months(self, counted: House) -> None:
        data = data_of("2026-11")
        lines = data["months"]["lines"]
        assert (len(lines), lines[0]["on"], lines[-1]["on"]) == (13, "2025-11-01", "2026-11-01")
        assert not data["is_so_far"]
        assert [period["code"] for period in data["before"]] == ["2026-10", "2025-11"]
        assert data["figures"]["received"]["before"] == [0, 0]

    def test_a_year_of_which_little_is_over_has_its_months(self, house: House) -> None:
        house.day(70)
        house.count()
        lines = data_of("2027")["months"]["lines"]
        assert [line["on"] for line in lines] == ["2027-01-01"]

    def test_the_period_before_stands_beside_parts_once_it_is_over(self, counted: House) -> None:
        (row,) = data_of("2026-11")["channels"]["rows"]
        assert row["before"] == {"value": 0, "few": False}
        (row,) = data_of("2026")["channels"]["rows"]
        assert "before" not in row

    def test_what_is_open_is_of_the_moment(self, counted: House) -> None:
        now = data_of()["standing"]
        assert now["at"]
        assert now["states"]["open"] == 6

    def test_nothing_at_all_is_empty(self, house: House) -> None:
        house.count()
        assert gathering.is_empty(data_of())

    def test_something_is_not_empty_though_it_is_small(self, house: House) -> None:
        house.filed()
        house.count()
        assert not gathering.is_empty(data_of())


class TestOneFigure:
    """A figure as it may be published, for any counts."""

    @pytest.mark.parametrize(
        ("number", "exact", "part"),
        [(0, 0, 0), (1, None, None), (4, None, None), (5, 5, 5), (8, 8, 10)],
    )
    def test_a_number(self, number: int, exact: Any, part: Any) -> None:
        counts = Counts({"received": number})
        metric = METRICS["received"]
        assert gathering.public(metric, counts)["value"] == exact
        assert gathering.public(metric, counts, is_part=True)["value"] == part
        assert gathering.public(metric, counts)["few"] == (0 < number < 5)

    def test_a_share_of_few_is_not_said_and_has_no_interval(self) -> None:
        counts = Counts({"answered": 4, "confirmed": 4})
        figure = gathering.public(METRICS["confirmed_resolved"], counts)
        assert figure == {"value": None, "few": True}

    def test_a_share_of_nothing_is_none(self) -> None:
        figure = gathering.public(METRICS["confirmed_resolved"], Counts())
        assert figure == {"value": None, "few": False}

    def test_a_share_has_its_interval(self) -> None:
        counts = Counts({"answered": 100, "confirmed": 40})
        metric = METRICS["confirmed_resolved"]
        figure = gathering.public(metric, counts)
        interval = metric.interval_of(counts)
        assert interval
        assert (figure["value"], figure["base"]) == (0.4, 100)
        assert (figure["low"], figure["high"]) == tuple(round(end, 4) for end in interval)
