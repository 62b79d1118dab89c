"""Where it is stuck: the state now on the screens of the country, of an agency, of an office."""

import re

import pytest
from django.utils import timezone

from complaints.models import Heartbeat
from tests.oversight.conftest import House
from tests.oversight.dashboards import count_of, counted, link_of, row_of


class TestTheCountry:
    def test_each_state_is_counted(self, house: House) -> None:
        house.filed()
        house.forwarded()
        house.answered()
        html = counted(house).page("/oversight/")
        assert count_of(html, "Open in all") == 3
        assert count_of(html, "To be forwarded") == 1
        assert count_of(html, "Late") == 0
        assert count_of(html, "In appeal") == 0

    def test_late_is_said_by_office_the_worst_first_with_all_below_it(self, house: House) -> None:
        house.forwarded(house.cast.rival_ministry)
        house.forwarded()
        house.forwarded(house.cast.district_office)
        house.day(3)
        html = counted(house).page("/oversight/")
        assert count_of(html, "Late") == 3
        assert re.findall(r'oversight/agency/([\w-]+)/">', html)[:2] == ["power", "roads"]
        assert row_of(html, "Ministry of Power")[:2] == ["2", "2"]
        assert "Ministry of Power: 2 of 3 late cases." in html

    def test_what_no_office_has_is_a_row_too_and_leads_to_its_list(self, house: House) -> None:
        waiting, gone = house.filed(), house.forwarded()
        house.day(4)
        html = counted(house).page("/oversight/")
        assert row_of(html, "The central desk")[:2] == ["1", "1"]
        listed = house.page("/oversight/cases/?state=late&alone=1")
        assert waiting.number in listed
        assert gone.number not in listed

    def test_rows_add_up_to_the_whole(self, house: House) -> None:
        house.filed()
        house.forwarded()
        house.forwarded(house.cast.rival_ministry)
        html = counted(house).page("/oversight/")
        names = ("Ministry of Power", "Ministry of Roads", "The central desk")
        assert sum(int(row_of(html, name)[1]) for name in names) == count_of(html, "Open in all")

    def test_late_is_said_by_step_and_level(self, house: House) -> None:
        house.forwarded()
        house.filed()
        house.day(7.5)
        house.sweep()
        html = counted(house).page("/oversight/")
        assert row_of(html, "To be accepted or returned") == ["1", "1", "0", "0", "1"]
        assert row_of(html, "To be forwarded")[:2] == ["1", "1"]
        assert count_of(html, "Moved up to the top") == 1

    @pytest.mark.parametrize(
        "title", ["Late", "Moved up to the top", "To be forwarded", "In appeal", "Open in all"]
    )
    def test_each_count_leads_to_as_many_cases(self, house: House, title: str) -> None:
        house.filed()
        house.forwarded()
        house.dispute(house.answered())
        house.day(7.5)
        house.sweep()
        html = counted(house).page("/oversight/")
        listed = house.page(link_of(html, title))
        shown = len(set(re.findall(r"office/cases/([\w-]+)/", listed)))
        assert shown == count_of(html, title), listed

    def test_old_cases_are_said_with_the_late_part(self, house: House) -> None:
        house.forwarded()
        house.day(40)
        house.forwarded()
        html = counted(house).page("/oversight/")
        assert "1 of 2 open cases are older than 30 days; 1 of these are late." in html
        assert "state=open&amp;age=4" in html

    def test_the_oldest_open_case_stands_on_top(self, house: House) -> None:
        first = house.forwarded()
        done = house.confirmed()
        house.day(1)
        second = house.filed()
        html = counted(house).page("/oversight/")
        assert html.index(first.number) < html.index(second.number)
        assert done.number not in html

    def test_many_offices_are_cut_and_can_all_be_shown(self, house: House, monkeypatch) -> None:
        monkeypatch.setattr("oversight.dashboards.views.CHILDREN", 1)
        house.forwarded()
        house.forwarded()
        house.forwarded(house.cast.rival_ministry)
        html = counted(house).page("/oversight/")
        # One with cases and the Cabinet Division.
        assert "Show 2 more offices" in html
        whole = house.page("/oversight/?all=offices")
        assert row_of(whole, "Ministry of Roads")[1] == "1"
        assert row_of(whole, "Cabinet Division")[1] == "0"

    def test_all_offices_come_so_many_at_a_time(self, house: House, monkeypatch) -> None:
        monkeypatch.setattr("oversight.dashboards.views.AT_A_TIME", 2)
        counted(house)
        first = house.page("/oversight/?all=offices")
        second = house.page("/oversight/?all=offices&page=2")
        assert "page=2" in first
        assert "page=3" not in second
        names = ("Cabinet Division", "Ministry of Power", "Ministry of Roads")
        assert sorted(sum(f">{name}</a>" in page for page in (first, second)) for name in names) == [
            1, 1, 1,
        ]  # fmt: skip

    @pytest.mark.parametrize("page", ["0", "-1", "x", "99999999", "%00"])
    def test_a_page_that_there_is_not_is_no_mistake(self, house: House, page: str) -> None:
        house.page(f"/oversight/?all=offices&page={page}")

    def test_an_empty_portal_says_so(self, house: House) -> None:
        assert "No cases yet" in counted(house).page("/oversight/")

    def test_figures_that_were_never_counted_say_so(self, house: House) -> None:
        assert "counted for the first time" in house.page("/oversight/")

    def test_when_it_was_counted_is_said(self, house: House) -> None:
        house.filed()
        html = counted(house).page("/oversight/")
        assert "Open cases as counted at" in html
        assert "Figures of the period counted at" in html

    def test_bangla_digits_in_bangla(self, house: House) -> None:
        house.filed()
        counted(house)
        assert "<strong>১</strong>" in house.client.get("/bn/oversight/").content.decode()


class TestDownTheTree:
    def test_an_agency_is_shown_with_all_below_it(self, house: House) -> None:
        house.forwarded()
        late = house.forwarded(house.cast.district_office)
        other = house.forwarded(house.cast.rival_ministry)
        house.day(3)
        html = counted(house).page("/oversight/agency/power/")
        assert count_of(html, "Late") == 2
        assert row_of(html, "Grid Department")[:2] == ["2", "2"]
        assert late.number in html
        assert other.number not in html

    def test_from_the_ministry_to_the_last_office(self, house: House) -> None:
        house.forwarded(house.cast.upazila_office)
        counted(house)
        path = "/oversight/"
        for code in ("power", "grid", "grid-district-3.47", "grid-upazila-3.47.1"):
            html = house.page(path)
            assert f'href="/en/oversight/agency/{code}/"' in html
            assert count_of(html, "Open in all") == 1
            path = f"/oversight/agency/{code}/"
        html = house.page(path)
        assert "Grid Office Kaliakair</h1>" in html
        assert 'id="offices"' not in html

    def test_what_an_office_itself_has_is_a_row(self, house: House) -> None:
        own = house.forwarded()
        below = house.forwarded(house.cast.district_office)
        html = counted(house).page("/oversight/agency/grid/")
        assert row_of(html, "Grid Department itself")[1] == "1"
        assert row_of(html, "Grid Office Gazipur")[1] == "1"
        listed = house.page("/oversight/cases/?office=grid&state=open&alone=1")
        assert own.number in listed
        assert below.number not in listed

    def test_the_way_back_up_is_shown(self, house: House) -> None:
        html = house.page("/oversight/agency/grid-district-3.47/?period=90")
        way = re.findall(r'breadcrumbs__link" href="/en/oversight/([^"]*)"', html)
        assert way == ["?period=90", "agency/power/?period=90", "agency/grid/?period=90"]

    def test_nothing_late_is_said(self, house: House) -> None:
        house.forwarded()
        assert "Nothing is late." in counted(house).page("/oversight/agency/grid/")

    def test_an_office_that_is_no_more_says_so(self, house: House) -> None:
        house.cast.department.closed_at = timezone.now()
        house.cast.department.save()
        assert "This office no longer exists." in house.page("/oversight/agency/grid/")


class TestWhatMovedUp:
    @pytest.fixture
    def late(self, house: House) -> str:
        receipt = house.forwarded()
        house.day(7.5)
        house.sweep()
        counted(house)
        return receipt.number

    def test_it_is_listed_with_level_and_agency(self, house: House, late: str) -> None:
        html = house.page("/oversight/escalations/")
        assert late in html
        assert count_of(html, "Level 3: overseers") == 1
        assert "Grid Department" in html

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("level=3", True),
            ("level=1", False),
            ("level=x", True),
            ("agency=grid", True),
            ("agency=power", True),
            ("agency=roads", False),
            ("agency=%00", True),
            ("page=99999999", True),
        ],
    )
    def test_it_is_narrowed(self, house: House, late: str, query: str, shown: bool) -> None:
        assert (late in house.page(f"/oversight/escalations/?{query}")) is shown

    def test_nothing_moved_up_is_said(self, house: House) -> None:
        assert "Nothing has moved up" in house.page("/oversight/escalations/")


class TestDoesThePortalWork:
    def test_a_sweep_that_never_ran_is_red(self, house: House) -> None:
        assert "Stands still" in house.page("/oversight/")

    def test_a_sweep_that_just_ran_is_well(self, house: House) -> None:
        Heartbeat.objects.create(name="sweep", beat_at=timezone.now())
        assert "Stands still" not in house.page("/oversight/")

    def test_an_office_with_cases_and_nobody_there_is_shown(self, house: House) -> None:
        house.forwarded(house.cast.upazila_office)
        assert "Look after it" in house.page("/oversight/")
