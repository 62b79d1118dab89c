"""The country by place: the map and its table, provinces where the map knows those alone."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from tests.oversight.boards import facts, sum_up
from tests.oversight.conftest import House

PAGE = "/oversight/map/"
#: What the page may cost, whatever it counts.
STATEMENTS = 12
OPEN = {"status": "in_progress", "ending": "", "outcome": "", "answered_on": None,
        "closed_on": None, "stage": "resolve"}  # fmt: skip


def rows(html: str, table: str = "places") -> dict[str, list[str]]:
    """The table by place: open, late and so on in the order of the columns."""
    part = html.split(f'id="{table}"')[-1].split("</table>")[0]
    found = {}
    for row in part.split("<tr")[2:]:
        name = re.search(r'app-table__lead">(?:<a[^>]*>)?([^<]+)<', row)
        assert name, row
        found[name[1]] = re.findall(
            r'app-table__number" data-label="[^"]*">(?:<a[^>]*>)?([^<]*)<', row
        )
    return found


@pytest.fixture
def country(house: House) -> House:
    """Twelve open cases in the district, three of them late; four of the department, closed."""
    district = house.cast.district.pk
    late, later = timezone.now() - timedelta(hours=5), timezone.now() + timedelta(days=2)
    facts(9, house.cast.department, **OPEN, district=district, due_at=later)
    facts(3, house.cast.rival_ministry, **OPEN, district=district, due_at=late)
    facts(4, house.cast.department, district=district)
    sum_up()
    return house


class TestTheMap:
    def test_all_figures_of_a_place_stand_in_its_row(self, country: House) -> None:
        html = country.page(PAGE)
        # Late, late of all open, open, received, in 10 days (4 of the 16 that are due), confirmed.
        assert rows(html)["Gazipur"] == ["3", "25%", "12", "16", "25%", "–"]

    def test_the_highest_is_said_and_shaded(self, country: House) -> None:
        html = country.page(f"{PAGE}?by=open")
        assert "Highest: Gazipur, 12." in html
        assert "<svg" in html
        assert "12 open, 3 late; 16 received" in html

    def test_places_lead_to_the_country_with_them_alone(self, country: House) -> None:
        code = country.cast.district.code
        assert f'href="/en/oversight/?period=30&amp;district={code}"' in country.page(PAGE)

    def test_figures_lead_to_their_cases_and_none_leads_nowhere(self, country: House) -> None:
        row = country.page(PAGE).split(">Gazipur<")[-1].split("</tr>")[0]
        found = [unescape(one) for one in re.findall(r'href="/en([^"]*)"', row)]
        which = [parse_qs(one.partition("?")[2]) for one in found]
        assert [one.get("state", one.get("measure")) for one in which] == [
            ["late"], ["late"], ["open"], ["received"], ["due_kept_from_filing"],
        ]  # fmt: skip
        assert {one["district"][0] for one in which} == {country.cast.district.code}
        assert "<strong>16 cases</strong>" in country.page(found[3])
        row = country.page(f"{PAGE}?agency=roads").split(">Gazipur<")[-1].split("</tr>")[0]
        assert "office=roads" in row

    def test_of_one_agency(self, country: House) -> None:
        html = country.page(f"{PAGE}?agency=roads&by=open")
        assert rows(html)["Gazipur"][:3] == ["3", "–", "3"]
        assert "/en/oversight/agency/roads/?period=30&amp;district=" in html
        assert "Show all agencies" in html

    def test_of_one_agency_what_is_examined_is_work_and_known_to_overseers(
        self, house: House
    ) -> None:
        aside = {"side": 2, "district": house.cast.district.pk}
        facts(7, house.cast.rival_ministry, **OPEN | aside, due_at=timezone.now())
        sum_up()
        path = f"{PAGE}?agency=roads&by=open"
        assert rows(house.page(path))["Gazipur"][2:4] == ["7", "0"]
        house.sign_in("desk")
        assert rows(house.page(path))["Gazipur"][2:4] == ["7", "7"]

    def test_of_another_period(self, country: House) -> None:
        html = country.page(f"{PAGE}?period=2026-10&by=received")
        assert rows(html)["Gazipur"][3] == "0"

    def test_a_share_of_few_cases_is_not_shown(self, house: House) -> None:
        facts(4, house.cast.department, **OPEN, district=house.cast.district.pk,
              due_at=timezone.now() - timedelta(days=1))  # fmt: skip
        sum_up()
        assert rows(house.page(PAGE))["Gazipur"][:3] == ["4", "–", "4"]

    def test_what_has_no_place_is_said_too(self, house: House) -> None:
        facts(2, house.cast.department)
        sum_up()
        assert rows(house.page(f"{PAGE}?by=received"))["Elsewhere, or no place named"][3] == "2"

    def test_places_without_cases_are_shown_when_asked_for(self, country: House) -> None:
        html = country.page(PAGE)
        assert "Tangail" not in rows(html)
        assert "more place" in html
        assert rows(country.page(f"{PAGE}?all=1"))["Tangail"][0] == "0"

    def test_an_empty_country_says_so(self, house: House) -> None:
        assert "No cases yet" in house.page(PAGE)

    @pytest.mark.parametrize("query", ["by=x", "by=%00", "place=%00", "place=x", "agency=x"])
    def test_what_cannot_be_read_is_the_usual(self, country: House, query: str) -> None:
        assert "Gazipur" in rows(country.page(f"{PAGE}?{query}"))


class TestProvinces:
    @pytest.fixture(autouse=True)
    def only_the_upper_level_is_drawn(self, monkeypatch) -> None:
        monkeypatch.setattr(
            "oversight.boards.places.has_map", lambda _country, level: level == "division"
        )

    def test_they_have_the_cases_of_what_lies_in_them(self, country: House) -> None:
        found = rows(country.page(PAGE))
        assert found["Dhaka"][:3] == ["3", "25%", "12"]
        assert "Gazipur" not in found

    def test_and_open_to_their_districts(self, country: House) -> None:
        division = country.cast.division.code
        html = country.page(f"{PAGE}?place={division}")
        assert rows(html, "below")["Gazipur"][:3] == ["3", "25%", "12"]


@pytest.mark.django_db(transaction=True)
def test_a_case_from_which_its_reader_is_barred_is_in_no_figure(house: House) -> None:
    receipt = house.about_the_overseer()
    case = house.case(receipt)
    case.place = house.cast.upazila
    case.save(update_fields=["place"])
    house.count()
    assert "No cases yet" in house.page(PAGE)
    house.sign_in("other")
    assert rows(house.page(f"{PAGE}?by=open"))["Gazipur"][2] == "1"


class TestWhatItCosts:
    def test_as_much_for_many_places_as_for_few(self, country: House) -> None:
        country.page(PAGE)
        few = country.statements(PAGE)
        for place in (country.cast.division, country.cast.upazila):
            facts(3, country.cast.department, district=place.pk)
        sum_up()
        assert country.statements(PAGE) == few <= STATEMENTS


class TestWhoGetsIn:
    @pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
    def test_those_who_see_all(self, house: House, who: str) -> None:
        house.sign_in(who)
        house.page(PAGE)

    @pytest.mark.parametrize("who", ["focal", "case_officer", "head", "operator", "alice"])
    def test_nobody_else(self, house: House, who: str) -> None:
        house.sign_in(who)
        assert "You can’t see this page" in house.page(PAGE, 403)
