"""How a period went: its figures beside those before, what they leave out, what they lead to."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.translation import override

from complaints.models import Case
from oversight.dashboards.asking import read
from oversight.dashboards.counted import Counted
from oversight.dashboards.measures import became, tiles
from oversight.dashboards.pictures import by_weeks
from oversight.dashboards.which import MEASURES
from oversight.figures.asking import Counts
from oversight.figures.periods import today
from oversight.metrics import METRICS
from tests.oversight.conftest import House
from tests.oversight.dashboards import counted, row_of, tile


def made(total: dict[str, int], before: dict[str, int], **parts: Any) -> Counted:
    """Counts as if they had been counted."""
    return Counted(at=SimpleNamespace(), total=Counts(total), before=Counts(before), **parts)  # type: ignore[arg-type]


def said(name: str, found: Counted, period: str = "30") -> list[str]:
    """What stands beside a figure, in words."""
    with override("en"):
        shown = {one.name: one for one in tiles(read({"period": period}), None, found)}
    return [other.words for other in shown[name].others]


class TestFigures:
    def test_they_are_those_of_the_list_of_metrics(self, house: House) -> None:
        house.confirmed()
        house.answered("partly")
        house.forwarded()
        house.day(12)
        html = counted(house).page("/oversight/")
        assert tile(html, "Received").startswith("3")
        assert tile(html, "Answered").startswith("2")
        assert tile(html, "Confirmed resolved").startswith("50% 1 of 2")
        assert tile(html, "Answered within 10 days from filing").startswith("67% 2 of 3")
        assert tile(html, "Median days from filing").startswith("0 days")
        assert tile(html, "Appeals upheld") == "–"

    def test_what_citizens_confirmed_is_called_the_same_in_every_table(self, house: House) -> None:
        house.confirmed()
        html = counted(house).page("/oversight/")
        slices = html[html.index("<caption>By subject</caption>") :]
        assert "Confirmed resolved</th>" in slices
        assert "Confirmed</th>" not in slices

    def test_a_share_of_enough_cases_has_its_interval(self, house: House) -> None:
        for _number in range(5):
            house.confirmed()
        html = counted(house).page("/oversight/")
        assert "5 of 5, likely between 57% and 100%" in tile(html, "Confirmed resolved")

    def test_the_period_before_stands_beside_it(self, house: House) -> None:
        house.filed()
        house.day(31)
        house.filed()
        house.filed()
        html = counted(house).page("/oversight/")
        assert "More than in the period before: 1" in tile(html, "Received")

    def test_of_a_month_the_year_before_does_too(self, house: House) -> None:
        house.filed()
        house.day(366)
        house.filed()
        html = counted(house).page("/oversight/?period=2027-11")
        words = tile(html, "Received")
        assert "In the whole period before: 0" in words
        assert "In the whole period a year before: 1" in words
        assert "not over yet" in html

    def test_what_became_of_answers_is_shown_and_charts_have_their_tables(
        self, house: House
    ) -> None:
        house.confirmed()
        html = counted(house).page("/oversight/")
        for words in ("What became of the answers", "Received: 1; answered: 1."):
            assert words in html
        assert html.count("Show the figures as a table") == 3

    def test_nothing_in_the_period_is_said_and_nothing_is_drawn(self, house: House) -> None:
        house.forwarded()
        house.day(40)
        html = counted(house).page("/oversight/")
        assert "Nothing came in or was answered in this period" in html
        assert "Received, answered and closed" not in html

    def test_an_agencys_figures_leave_out_what_is_examined_and_say_so(self, house: House) -> None:
        receipt = house.forwarded()
        house.forwarded()
        Case.objects.filter(number=receipt.number).update(unranked="examined")
        html = counted(house).page("/oversight/agency/grid/")
        assert "1 case is left out of the period" in html
        assert tile(html, "Received").startswith("1")
        assert tile(house.page("/oversight/"), "Received").startswith("2")

    def test_below_the_country_an_agency_has_as_many_as_the_list_behind(self, house: House) -> None:
        receipt = house.forwarded()
        house.forwarded()
        Case.objects.filter(number=receipt.number).update(unranked="examined")
        html = counted(house).page("/oversight/")
        assert row_of(html, house.cast.ministry.name)[4] == "1"
        listed = house.page("/oversight/cases/?measure=received&office=power")
        assert "<strong>1 case</strong>" in listed
        assert receipt.number not in listed

    def test_to_the_desk_no_number_tells_which_case_is_examined(self, house: House) -> None:
        receipt = house.forwarded()
        house.forwarded()
        Case.objects.filter(number=receipt.number).update(unranked="examined")
        counted(house).sign_in("desk")
        html = house.page("/oversight/agency/grid/")
        assert "left out" not in html
        assert tile(html, "Received").startswith("2")
        assert row_of(house.page("/oversight/"), house.cast.ministry.name)[4] == "2"
        assert receipt.number in house.page("/oversight/cases/?measure=received&office=power")

    def test_whoever_leads_the_office_may_not_tell_which_case_is_examined(
        self, house: House
    ) -> None:
        receipt = house.forwarded()
        Case.objects.filter(number=receipt.number).update(unranked="examined")
        counted(house).sign_in("head")
        html = house.page("/oversight/agency/grid/")
        assert "left out" not in html
        assert tile(html, "Received").startswith("1")
        assert receipt.number in house.page("/oversight/cases/?measure=received")

    def test_all_lines_of_a_table_are_a_page_of_their_own(self, house: House, monkeypatch) -> None:
        monkeypatch.setattr("oversight.dashboards.views.TOP", 1)
        house.filed(category="electricity")
        house.filed(category="roads")
        html = counted(house).page("/oversight/")
        assert "all=category" in html
        whole = house.page("/oversight/?all=category")
        assert "Electricity</a>" in whole
        assert "Roads</a>" in whole

    @pytest.mark.parametrize("every", ["category", "district", "channel", "offices"])
    def test_such_a_page_without_cases_says_so(self, house: House, every: str) -> None:
        html = counted(house).page(f"/oversight/agency/grid-upazila-3.47.1/?all={every}")
        assert "Nothing to show" in html


class TestDirections:
    @pytest.mark.parametrize(
        ("now", "then", "words"),
        [
            (9, 5, "Better than in the period before: 50%"),
            (2, 5, "Worse than in the period before: 50%"),
            (5, 5, "As in the period before: 50%"),
        ],
    )
    def test_of_what_should_be_high(self, db: None, now: int, then: int, words: str) -> None:
        found = made({"answered": 10, "confirmed": now}, {"answered": 10, "confirmed": then})
        assert said("Confirmed resolved", found) == [words]

    def test_what_is_written_alike_is_alike(self, db: None) -> None:
        found = made({"answered": 1000, "confirmed": 974}, {"answered": 1000, "confirmed": 966})
        assert said("Confirmed resolved", found) == ["As in the period before: 97%"]

    def test_a_mean_of_few_is_not_nothing(self, db: None) -> None:
        found = made({"received": 100, "hops": 4}, {"received": 100, "hops": 8})
        with override("en"):
            [shown] = tiles(read({"period": "30"}), None, found, ("hops_per_case",))
        assert shown.words == "0.04"
        assert [other.words for other in shown.others] == ["Better than in the period before: 0.08"]

    @pytest.mark.parametrize("period", ["12m", "2026"])
    def test_of_a_year_there_is_one_year_before(self, house: House, period: str) -> None:
        then = {"answered": 10, "confirmed": 5}
        found = made({"answered": 10, "confirmed": 9}, then, year_before=Counts(then))
        assert said("Confirmed resolved", found, period) == ["Better than a year before: 50%"]

    def test_of_what_should_be_low(self, db: None) -> None:
        found = made({"answered": 10, "disputed": 4}, {"answered": 10, "disputed": 1})
        assert said("Disputed", found) == ["Worse than in the period before: 10%"]

    def test_of_what_is_neither_it_is_only_said(self, db: None) -> None:
        found = made({"answered": 10, "silent": 4}, {"answered": 10, "silent": 1})
        assert said("Closed without a word of the citizen", found) == [
            "More than in the period before: 10%"
        ]

    def test_numbers_of_a_month_that_runs_are_not_judged(self, house: House) -> None:
        found = made({"answered": 1}, {"answered": 10}, year_before=Counts({"answered": 9}))
        assert said("Answered", found, f"{today():%Y-%m}") == [
            "In the whole period before: 10",
            "In the whole period a year before: 9",
        ]

    def test_nothing_stands_beside_what_there_is_nothing_of(self, db: None) -> None:
        assert said("Confirmed resolved", made({}, {"answered": 3, "confirmed": 1})) == []
        assert said("Confirmed resolved", made({"answered": 3, "confirmed": 1}, {})) == []


class TestParts:
    def test_what_became_of_answers_adds_up_to_them(self) -> None:
        parts = became(Counts({"answered": 9, "confirmed": 2, "awaited": 1, "contested": 3}))
        assert sum(parts.values()) == 9
        assert parts["other"] == 3

    def test_weeks_hold_all_days_once(self) -> None:
        first = today()
        days = {first.replace(day=day): Counts({"received": day}) for day in range(1, 11)}
        weeks = by_weeks(days)
        assert [one["received"] for one in weeks.values()] == [28, 27]
        assert next(iter(weeks)).day == 1

    def test_every_tile_leads_to_a_list_that_there_is(self, house: House) -> None:

        assert {one.behind for one in METRICS.values() if one.behind} <= set(MEASURES)
        assert not re.search("[<>]", "".join(map(str, MEASURES.values())))
