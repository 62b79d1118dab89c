"""The dashboards: who gets in, what they count, where their numbers lead."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import Heartbeat
from complaints.selectors import stuck
from complaints.services import casework
from oversight.spreadsheet import harmless
from tests.complaints.conftest import Scene
from tests.oversight.conftest import House

PAGES = ["/oversight/", "/oversight/agency/grid/", "/oversight/escalations/"]
#: What the dashboard may cost, whatever it counts; nothing kept yet, and a second time.
COLD, WARM = 15, 10


def count_of(html: str, title: str) -> int:
    """The number above a title among the counts on top of a page."""
    found = re.search(rf"<strong>([\d,]+)</strong>{re.escape(title)}</a>", html)
    assert found, title
    return int(found[1].replace(",", ""))


class TestWhoGetsIn:
    @pytest.mark.parametrize("path", PAGES)
    @pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
    def test_those_who_see_all(self, house: House, who: str, path: str) -> None:
        house.sign_in(who)
        house.page(path)

    @pytest.mark.parametrize("path", PAGES)
    @pytest.mark.parametrize(
        "who", ["focal", "case_officer", "head", "operator", "registrar", "alice"]
    )
    def test_nobody_else(self, house: House, who: str, path: str) -> None:
        house.sign_in(who)
        assert "You can’t see this page" in house.page(path, 403)

    @pytest.mark.parametrize("path", PAGES)
    def test_a_visitor_is_asked_to_sign_in(self, scene: Scene, client, path: str) -> None:
        answer = client.get(f"/en{path}")
        assert answer.status_code == 302
        assert "login" in answer["Location"]

    @pytest.mark.parametrize("path", PAGES)
    def test_no_browser_keeps_them(self, house: House, path: str) -> None:
        assert "no-store" in house.client.get(f"/en{path}")["Cache-Control"]

    @pytest.mark.parametrize("path", PAGES)
    def test_they_are_only_read(self, house: House, path: str) -> None:
        assert house.client.post(f"/en{path}").status_code == 405


class TestWhereItIsStuck:
    def test_each_state_is_counted(self, house: House) -> None:
        house.filed()
        house.forwarded()
        house.answered()
        html = house.page("/oversight/")
        assert count_of(html, "Open in all") == 3
        assert count_of(html, "Waiting at the desk") == 1
        assert count_of(html, "Late") == 0
        assert count_of(html, "Owner disputed") == 0

    def test_late_is_said_by_agency_the_worst_first(self, house: House) -> None:
        house.forwarded(house.cast.rival_ministry)
        house.forwarded()
        house.forwarded()
        house.day(3)
        html = house.page("/oversight/")
        assert count_of(html, "Late") == 3
        names = re.findall(r"oversight/agency/(\w+)/\?period", html)
        assert names == ["grid", "roads"]

    def test_what_the_desk_has_is_a_row_too(self, house: House) -> None:
        house.filed()
        html = house.page("/oversight/")
        table = html[html.index('id="agencies"') :]
        assert "The central desk" in table

    def test_a_bar_says_in_the_picture_what_the_table_says(self, house: House) -> None:
        house.forwarded(house.cast.rival_ministry)
        house.forwarded()
        house.forwarded()
        house.day(3)
        bars = re.findall(r'<rect width="(\d+)" height="10"/>', house.page("/oversight/"))
        assert bars == ["100", "50"]

    def test_the_number_of_late_cases_leads_to_their_list(self, house: House) -> None:
        receipt = house.forwarded()
        house.forwarded(house.cast.rival_ministry)
        house.day(3)
        html = house.page("/oversight/")
        assert 'href="/en/office/?due=late"' in html
        assert receipt.number in house.page("/office/?due=late")

    def test_the_oldest_open_case_stands_on_top(self, house: House) -> None:
        first = house.forwarded()
        house.confirmed()
        house.day(1)
        second = house.filed()
        html = house.page("/oversight/")
        assert html.index(first.number) < html.index(second.number)

    def test_many_agencies_are_cut_and_can_all_be_shown(self, house: House, monkeypatch) -> None:
        monkeypatch.setattr("oversight.views.AGENCIES_SHOWN", 1)
        house.forwarded()
        house.forwarded(house.cast.rival_ministry)
        assert "Show 1 more agency" in house.page("/oversight/")
        assert "more agency" not in house.page("/oversight/?all=1")

    def test_an_empty_portal_says_so(self, house: House) -> None:
        assert "No cases yet" in house.page("/oversight/")

    def test_the_period_stays_in_the_address(self, house: House) -> None:
        html = house.page("/oversight/?period=90")
        assert re.search(r'href="\?period=90"[^>]*aria-current="true"', html)

    @pytest.mark.parametrize("period", ["", "7", "x", "30%00", "-1"])
    def test_a_period_that_there_is_not_is_the_shortest(self, house: House, period: str) -> None:
        html = house.page(f"/oversight/?period={period}")
        assert re.search(r'href="\?period=30"[^>]*aria-current="true"', html)

    def test_bangla_digits_in_bangla(self, house: House) -> None:
        house.filed()
        html = house.client.get("/bn/oversight/").content.decode()
        assert "<strong>১</strong>" in html


class TestWhoeverIsBarred:
    @pytest.fixture
    def about_the_overseer(self, house: House) -> str:
        receipt = house.about_the_overseer()
        house.day(8)
        house.sweep()
        return receipt.number

    @pytest.mark.parametrize("path", PAGES)
    def test_finds_it_in_no_list_and_no_count(
        self, house: House, about_the_overseer: str, path: str
    ) -> None:
        html = house.page(path)
        assert about_the_overseer not in html
        title = "All levels" if "escalations" in path else "Late"
        assert count_of(html, title) == 0

    @pytest.mark.parametrize("path", PAGES)
    def test_others_do(self, house: House, about_the_overseer: str, path: str) -> None:
        house.sign_in("other")
        assert about_the_overseer in house.page(path)

    def test_counts_are_not_kept_from_one_reader_for_another(
        self, house: House, about_the_overseer: str
    ) -> None:
        house.sign_in("other")
        assert count_of(house.page("/oversight/"), "Late") == 1
        house.sign_in("overseer")
        assert count_of(house.page("/oversight/"), "Late") == 0


class TestAnAgency:
    def test_its_offices_and_its_late_cases(self, house: House) -> None:
        late = house.forwarded(house.cast.district_office)
        house.day(3)
        html = house.page("/oversight/agency/grid/")
        assert "Grid Office Gazipur" in html
        assert late.number in html
        assert count_of(html, "Late") == 1

    def test_another_agencys_cases_are_not_there(self, house: House) -> None:
        other = house.forwarded(house.cast.rival_ministry)
        assert other.number not in house.page("/oversight/agency/grid/")

    def test_an_office_leads_to_its_agency(self, house: House) -> None:
        answer = house.client.get("/en/oversight/agency/grid-district-3.47/")
        assert answer.headers["Location"] == "/en/oversight/agency/grid/"

    @pytest.mark.parametrize("code", ["nothing", "%00", "grid%2Fx"])
    def test_one_that_there_is_not(self, house: House, code: str) -> None:
        house.page(f"/oversight/agency/{code}/", 404)

    def test_a_ministry_leads_to_the_list_with_all_below_it(self, house: House) -> None:
        late = house.forwarded()
        house.day(3)
        assert "/en/office/?office=power&amp;due=late" in house.page("/oversight/agency/power/")
        assert late.number in house.page("/office/?office=power&due=late")
        assert "office=grid" not in house.page("/oversight/agency/grid/")

    def test_nothing_late_is_said(self, house: House) -> None:
        assert "Nothing is late" in house.page("/oversight/agency/grid/")


class TestWhatMovedUp:
    @pytest.fixture
    def late(self, house: House) -> str:
        receipt = house.forwarded()
        house.day(7.5)
        house.sweep()
        return receipt.number

    def test_it_is_listed_with_level_and_agency(self, house: House, late: str) -> None:
        html = house.page("/oversight/escalations/")
        assert late in html
        assert count_of(html, "Level 3: overseers") == 1
        assert "Grid Department" in html

    def test_the_dashboard_leads_there(self, house: House, late: str) -> None:
        html = house.page("/oversight/")
        assert count_of(html, "Moved up to the top") == 1
        assert "/en/oversight/escalations/?level=3" in html

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("level=3", True),
            ("level=1", False),
            ("level=x", True),
            ("agency=grid", True),
            ("agency=roads", False),
            ("agency=%00", True),
            ("page=99999999", True),
        ],
    )
    def test_it_is_narrowed(self, house: House, late: str, query: str, shown: bool) -> None:
        assert (late in house.page(f"/oversight/escalations/?{query}")) is shown

    def test_once_it_is_done_it_is_gone(self, house: House, late: str) -> None:
        casework.accept(
            actor=house.scene.actor(house.cast.focal),
            number=late,
            case_officer=house.cast.case_officer,
        )
        assert late not in house.page("/oversight/escalations/")

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


class TestTheFile:
    def test_it_opens_in_a_spreadsheet(self, house: House) -> None:
        house.confirmed()
        answer = house.client.get("/en/oversight/?format=csv")
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert "attachment" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        rows = answer.content.decode("utf-8-sig").splitlines()
        assert rows[0].startswith("Code,Agency,Late,Open")
        assert rows[1].startswith("grid,Grid Department,0,0,0,0,0,1,1,1,1.0")

    def test_it_has_all_agencies(self, house: House, monkeypatch) -> None:
        monkeypatch.setattr("oversight.views.AGENCIES_SHOWN", 1)
        house.forwarded()
        house.forwarded(house.cast.rival_ministry)
        rows = house.client.get("/en/oversight/?format=csv").content.decode().splitlines()
        assert len(rows) == 3

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "|", "%"])
    def test_no_cell_is_a_formula(self, house: House, start: str) -> None:
        department = house.cast.department
        department.names = {"en": f"{start}HYPERLINK(1)"}
        department.save()
        house.forwarded()
        text = house.client.get("/en/oversight/?format=csv").content.decode()
        assert f"'{start}HYPERLINK(1)" in text

    def test_numbers_stay_numbers(self) -> None:
        assert harmless(-1) == -1
        assert harmless(None) == ""
        assert harmless("Grid") == "Grid"


def statements(house: House, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        house.page(path)
    return len(captured)


class TestWhatItCosts:
    def test_the_dashboard_stays_in_its_budget_however_many_cases(self, house: House) -> None:
        house.forwarded()
        house.page("/oversight/")
        house.day(1)
        few = statements(house, "/oversight/")
        for office in (house.cast.rival_ministry, house.cast.district_office, None):
            house.forwarded(office)
            house.filed()
        house.day(2)
        many = statements(house, "/oversight/")
        assert few == many <= COLD
        assert statements(house, "/oversight/") <= WARM

    @pytest.mark.parametrize("path", PAGES[1:])
    def test_the_lists_stay_in_theirs(self, house: House, path: str) -> None:
        for _number in range(3):
            house.forwarded()
        house.day(8)
        house.sweep()
        house.page(path)
        assert statements(house, path) <= COLD

    def test_open_cases_are_counted_once_a_minute(
        self, house: House, django_assert_num_queries
    ) -> None:
        actor = house.scene.actor(house.cast.overseer)
        with django_assert_num_queries(1):
            stuck.now_by_agency(actor)
        with django_assert_num_queries(0):
            stuck.now_by_agency(actor)
