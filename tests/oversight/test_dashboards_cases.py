"""The cases behind a figure: the figure on top, the cases that their reader may see below."""

import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.roles import Role
from complaints.models import Case, Respondent
from complaints.services.intake import Receipt
from oversight.dashboards.which import MEASURES, Which, which_of
from tests.factories.agencies import make_officer
from tests.oversight.conftest import House
from tests.oversight.dashboards import counted


def listed(html: str) -> list[str]:
    """The numbers of the cases on a page, in their order."""
    return list(dict.fromkeys(re.findall(r"/office/cases/([\w-]+)/", html)))


def figure(html: str) -> str:
    """The figure on top."""
    found = re.search(r"<strong>([\d,]+ cases?)</strong>", html)
    return found[1] if found else ""


class TestWhichFigure:
    @pytest.mark.parametrize("measure", sorted(MEASURES))
    def test_every_measure_can_be_listed(self, house: House, measure: str) -> None:
        counted(house)
        assert figure(house.page(f"/oversight/cases/?measure={measure}")) == "0 cases"

    @pytest.mark.parametrize(
        ("query", "which"),
        [
            ({}, Which()),
            ({"measure": "nothing"}, Which()),
            ({"measure": "rating_sum"}, Which()),
            ({"state": "x", "stage": "y", "level": "z", "age": "0"}, Which()),
            ({"state": "late", "stage": "resolve"}, Which(state="late", stage="resolve")),
            ({"state": "open", "level": "2"}, Which(state="late", level=2)),
            ({"state": "open", "age": "6"}, Which(age=6)),
            ({"state": "today", "age": "6"}, Which(state="today")),
            ({"level": "3", "age": "6"}, Which(state="late", level=3)),
            ({"measure": "answered", "state": "late"}, Which(measure="answered")),
        ],
    )
    def test_an_address_is_read(self, query: dict[str, str], which: Which) -> None:
        assert which_of(query) == which
        assert which_of(which.values) == which


class TestTheList:
    def test_of_a_measure_has_its_cases_and_their_number(self, house: House) -> None:
        answered, waiting = house.answered(), house.forwarded()
        html = counted(house).page("/oversight/cases/?measure=answered")
        assert listed(html) == [answered.number]
        assert figure(html) == "1 case"
        html = house.page("/oversight/cases/?measure=received")
        assert set(listed(html)) == {answered.number, waiting.number}

    def test_of_a_period_is_of_that_period(self, house: House) -> None:
        old = house.forwarded()
        house.day(40)
        new = house.forwarded()
        counted(house)
        assert listed(house.page("/oversight/cases/?measure=received")) == [new.number]
        html = house.page("/oversight/cases/?measure=received&period=90")
        assert listed(html) == [new.number, old.number]
        html = house.page("/oversight/cases/?measure=received&period=2026-11")
        assert listed(html) == [old.number]

    def test_of_late_cases_has_the_most_late_on_top(self, house: House) -> None:
        first = house.forwarded()
        house.day(0.1)
        second = house.forwarded()
        house.day(5)
        html = counted(house).page("/oversight/cases/?state=late&stage=accept")
        assert listed(html) == [first.number, second.number]
        assert figure(html) == "2 cases"
        assert "To be accepted or returned" in html
        assert listed(house.page("/oversight/cases/?state=late&stage=resolve")) == []

    def test_of_an_age(self, house: House) -> None:
        old = house.forwarded()
        house.day(20)
        new = house.forwarded()
        counted(house)
        assert listed(house.page("/oversight/cases/?state=open&age=1")) == [new.number]
        html = house.page("/oversight/cases/?state=open&age=3")
        assert listed(html) == [old.number]
        assert figure(html) == "1 case"
        assert "11–30 days" in html
        assert listed(house.page("/oversight/cases/?state=late&age=3")) == [old.number]

    @pytest.mark.parametrize("days", [0, 3, 4, 10, 11, 30, 31, 90, 91, 365, 366])
    def test_bands_of_ages_are_those_of_the_figures(self, house: House, days: int) -> None:
        receipt = house.forwarded()
        house.day(days)
        counted(house)
        pages = [house.page(f"/oversight/cases/?state=open&age={age}") for age in range(1, 7)]
        assert [figure(html) for html in pages].count("1 case") == 1
        for html in pages:
            assert (receipt.number in html) is (figure(html) == "1 case")

    def test_of_filters_and_of_an_office(self, house: House) -> None:
        meter = house.forwarded(category="electricity")
        road = house.forwarded(house.cast.rival_ministry, category="roads")
        counted(house)
        assert listed(house.page("/oversight/cases/?category=electricity")) == [meter.number]
        assert listed(house.page("/oversight/cases/?office=roads")) == [road.number]
        assert listed(house.page("/oversight/cases/?office=roads&category=electricity")) == []

    def test_filters_change_without_losing_the_figure(self, house: House) -> None:
        html = house.page("/oversight/cases/?measure=answered&office=grid&category=roads")
        assert '<input type="hidden" name="measure" value="answered">' in html
        assert '<input type="hidden" name="office" value="grid">' in html
        assert 'href="?&amp;measure=answered&amp;office=grid"' in html

    def test_an_office_that_there_is_not_is_not_found(self, house: House) -> None:
        house.page("/oversight/cases/?office=nothing", 404)

    def test_nothing_is_said(self, house: House) -> None:
        assert "No such case" in counted(house).page("/oversight/cases/?state=late")

    def test_before_the_first_count_nobody_is_told_that_there_are_none(self, house: House) -> None:
        house.forwarded()
        listed_now = house.page("/oversight/cases/?state=open")
        country = house.page("/oversight/")
        for html in (listed_now, country):
            assert "The figures are being counted for the first time." in html
        assert "0 cases" not in listed_now
        assert "No such case" not in listed_now
        assert "No cases yet" not in country
        assert "</strong>Late</a>" not in country
        counted(house)
        assert "1 case<" in house.page("/oversight/cases/?state=open")
        assert "</strong>Late</a>" in house.page("/oversight/")

    def test_many_come_in_pages(self, house: House, monkeypatch) -> None:
        monkeypatch.setattr("complaints.views.officer.paging.PAGE_SIZE", 2)
        numbers = {house.filed().number for _number in range(3)}
        counted(house)
        for which in ("state=open", "measure=received"):
            first = house.page(f"/oversight/cases/?{which}")
            second = house.page(f"/oversight/cases/?{which}&page=2")
            assert (len(listed(first)), len(listed(second))) == (2, 1)
            assert {*listed(first), *listed(second)} == numbers
            assert "cases have moved on" not in first + second

    def test_a_list_that_is_newer_than_its_figure_says_so(self, house: House) -> None:
        receipt = house.forwarded()
        house.forwarded()
        counted(house)
        Case.objects.filter(number=receipt.number).update(status="closed")
        html = house.page("/oversight/cases/?state=open")
        assert (figure(html), len(listed(html))) == ("2 cases", 1)
        assert "some cases have moved on" in html


class TestTheReadRule:
    def test_ones_own_complaint_is_counted_and_not_shown(self, house: House) -> None:
        receipt = house.forwarded()
        Case.objects.filter(number=receipt.number).update(owner=house.cast.overseer)
        html = counted(house).page("/oversight/cases/?state=open")
        assert receipt.number not in html
        assert "1 case of this page is counted and not shown" in html

    def test_whoever_leads_an_office_lists_what_is_with_it_now(self, house: House) -> None:
        own = house.forwarded(house.cast.district_office)
        other = house.forwarded(house.cast.rival_ministry)
        counted(house).sign_in("head")
        for query in ("measure=received", "state=open", "office=grid-district-3.47"):
            html = house.page(f"/oversight/cases/?{query}")
            assert listed(html) == [own.number]
            assert other.number not in html


class TestWhoeverIsBarred:
    PAGES = (
        "/oversight/",
        "/oversight/agency/grid/",
        "/oversight/agency/power/",
        "/oversight/?category=electricity",
        "/oversight/cases/?state=late",
        "/oversight/cases/?measure=received",
        "/oversight/escalations/",
    )

    @pytest.fixture
    def about_the_overseer(self, house: House) -> str:
        receipt = house.forwarded(about_official=True, category="electricity")
        return self._barred(house, receipt)

    def _barred(self, house: House, receipt: Receipt) -> str:
        Respondent.objects.create(
            case=house.case(receipt), user=house.cast.overseer, linked_at=timezone.now()
        )
        house.other = make_officer("Other Overseer", Role.OVERSEER, house.cast.rival_ministry)
        house.day(8)
        house.sweep()
        counted(house)
        return receipt.number

    @pytest.mark.parametrize("path", PAGES)
    def test_finds_it_in_no_list_and_no_count(
        self, house: House, about_the_overseer: str, path: str
    ) -> None:
        nothing = house.page(path)
        assert about_the_overseer not in nothing
        counts = re.findall(r"<strong>([\d,]+)</strong>", nothing)
        assert set(counts) <= {"0"}
        assert "1 case" not in nothing

    @pytest.mark.parametrize("path", PAGES)
    def test_others_do(self, house: House, about_the_overseer: str, path: str) -> None:
        house.sign_in("other")
        assert about_the_overseer in house.page(path) or "<strong>1</strong>" in house.page(path)

    def test_what_was_counted_for_one_is_not_shown_to_the_other(
        self, house: House, about_the_overseer: str
    ) -> None:
        house.sign_in("other")
        assert "<strong>1</strong>" in house.page("/oversight/")
        house.sign_in("overseer")
        assert "<strong>1</strong>" not in house.page("/oversight/")
        house.sign_in("other")
        assert "<strong>1</strong>" in house.page("/oversight/")

    def test_which_offices_are_shown_does_not_depend_on_it(
        self, house: House, about_the_overseer: str, monkeypatch
    ) -> None:
        monkeypatch.setattr("oversight.dashboards.views.CHILDREN", 1)
        cache.clear()
        house.sign_in("other")
        assert 'agency/power/">Ministry of Power' in house.page("/oversight/")
        house.sign_in("overseer")
        assert "Ministry of Power" not in house.page("/oversight/")
