"""The league: agencies of a kind in bands, nobody with a rank, what is set aside left out."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Office
from agencies.models.offices import Body
from oversight.boards.leagues import Group, figure_of, groups, judged, league_of
from oversight.figures.asking import AGENCYS, Question
from oversight.figures.periods import days_period, today
from tests.oversight.boards import agencies, facts, sum_up
from tests.oversight.conftest import House

PAGE = "/oversight/league/"
#: What the page may cost, whatever it counts.
STATEMENTS = 16
OPEN = {"status": "in_progress", "ending": "", "outcome": "", "answered_on": None,
        "closed_on": None, "stage": "resolve"}  # fmt: skip


@pytest.fixture
def country(house: House) -> list[Office]:
    """Five agencies: better, worse, alike, with few cases, and one with many set aside.

    Half of the country's cases are answered in time.
    """
    late = {"answered_on": today() - timedelta(days=5)}
    better, worse, alike, few, aside = rows = agencies(5)
    for office, in_time, too_late in (
        (better, 60, 5),
        (worse, 5, 60),
        (alike, 30, 30),
        (few, 9, 1),
    ):
        facts(in_time, office)
        facts(too_late, office, **late)
    facts(30, aside)
    facts(20, aside, side=2)
    sum_up()
    return rows


def bands(html: str) -> dict[str, str]:
    """What the table says of each agency."""
    found = re.findall(r'class="govuk-link" href="[^"]*/agency/([^/]+)/[^"]*">[^<]*</a></th>\s*<td[^>]*>'
                       r'<strong[^>]*>([^<]+)<', html)  # fmt: skip
    return dict(found)


def departments() -> Group:
    """The kind of agencies that the made-up ones are of."""
    return next(group for group in groups() if group.code == "department")


class TestWhereTheyStand:
    def test_each_in_its_band(self, house: House, country: list[Office]) -> None:
        assert bands(house.page(f"{PAGE}?group=department")) == {
            "agency-0": "Clearly better",
            "agency-1": "Clearly worse",
            "agency-2": "About the same",
            "agency-3": "Too few cases to say",
            "agency-4": "Not compared",
        }

    def test_the_order_is_of_bands_and_nobody_has_a_rank(
        self, house: House, country: list[Office]
    ) -> None:
        names = list(bands(house.page(f"{PAGE}?group=department")))
        assert names == ["agency-0", "agency-2", "agency-1", "agency-3", "agency-4"]

    def test_what_is_set_aside_is_said_and_is_in_no_figure(
        self, house: House, country: list[Office]
    ) -> None:
        html = house.page(f"{PAGE}?group=department")
        assert "Here they are 20 cases." in html
        assert "Set aside" in html
        house.sign_in("desk")
        of_desk = house.page(f"{PAGE}?group=department")
        assert "Here they are" not in of_desk
        assert "Set aside" not in of_desk
        found = league_of(departments(), figure_of(""), Question(days_period(30), sides=AGENCYS))
        [row] = [row for row in map(judged, found.rows()) if row.code == "agency-4"]
        assert (row.measured.whole, row.measured.aside) == (30, 20)

    def test_one_band_alone(self, house: House, country: list[Office]) -> None:
        html = house.page(f"{PAGE}?group=department&band=worse")
        assert list(bands(html)) == ["agency-1"]
        assert "Only: Clearly worse" in html

    def test_the_country_is_the_line(self, house: House, country: list[Office]) -> None:
        found = league_of(departments(), figure_of(""), Question(days_period(30), sides=AGENCYS))
        # 134 of 230: what is set aside is not in the country's figure that it is held against.
        assert found.country == pytest.approx(134 / 230)

    def test_all_below_an_agency_counts_with_it(self, house: House) -> None:
        facts(40, house.cast.district_office)
        facts(40, house.cast.rival_ministry, answered_on=today() - timedelta(days=1))
        sum_up()
        assert bands(house.page(f"{PAGE}?group=ministry")) == {
            "power": "Clearly better",
            "roads": "Clearly worse",
        }
        assert bands(house.page(f"{PAGE}?group=department"))["grid"] == "Clearly better"


class TestByWhat:
    def test_late_ones_now(self, house: House) -> None:
        one, other = agencies(2)
        over = timezone.now() - timedelta(days=1)
        facts(50, one, **OPEN, due_at=over)
        facts(50, other, **OPEN, due_at=timezone.now() + timedelta(days=3))
        sum_up()
        html = house.page(f"{PAGE}?group=department&by=late_share")
        assert bands(html) == {"agency-0": "Clearly worse", "agency-1": "Clearly better"}
        assert "as they stand now" in html
        assert "In the whole country it is 50%." in html

    def test_satisfaction_is_a_mean_of_marks(self, house: House) -> None:
        one, other, few = agencies(3)
        facts(40, one, rating=5)
        facts(40, other, rating=2)
        facts(10, few, rating=1)
        sum_up()
        html = house.page(f"{PAGE}?group=department&by=satisfaction")
        assert bands(html) == {
            "agency-0": "Clearly better",
            "agency-1": "Clearly worse",
            "agency-2": "Too few cases to say",
        }

    @pytest.mark.parametrize("by", ["confirmed_resolved", "answered_in_10_from_forward"])
    def test_other_shares(self, house: House, country: list[Office], by: str) -> None:
        assert set(bands(house.page(f"{PAGE}?group=department&by={by}"))) == {
            f"agency-{at}" for at in range(5)
        }

    def test_of_one_subject(self, house: House) -> None:
        one, other = agencies(2)
        facts(40, one, category=house.cast.billing.pk)
        facts(40, other)
        sum_up()
        html = house.page(f"{PAGE}?group=department&category=electricity")
        assert list(bands(html)) == ["agency-0"]

    @pytest.mark.parametrize("query", ["by=x", "by=%00", "group=x", "band=x", "page=x", "page=99"])
    def test_what_cannot_be_read_is_the_usual(
        self, house: House, country: list[Office], query: str
    ) -> None:
        extra = "" if query.startswith("group") else "&group=department"
        html = house.page(f"{PAGE}?{query}{extra}")
        assert "Answered within 10 days from filing" in html


class TestKinds:
    def test_ministries_come_first_and_cities_are_compared_with_cities(self, house: House) -> None:
        agencies(2, body=Body.LOCAL_GOVERNMENT, type_code="bd-city")
        codes = [group.code for group in groups()]
        assert (codes[0], codes[-1]) == ("ministry", "bd-city")
        html = house.page(f"{PAGE}?group=bd-city")
        assert "Bd City" in html
        assert "Ministries" in html

    def test_no_agencies_at_all_is_said(self, house: House) -> None:
        assert "No cases to compare yet" in house.page(PAGE)

    def test_a_long_league_is_cut_in_pages(
        self, house: House, country: list[Office], monkeypatch
    ) -> None:
        monkeypatch.setattr("oversight.boards.league.SHOWN", 2)
        first = house.page(f"{PAGE}?group=department")
        second = house.page(f"{PAGE}?group=department&page=2")
        last = house.page(f"{PAGE}?group=department&page=3")
        assert [len(bands(html)) for html in (first, second, last)] == [2, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_a_case_from_which_its_reader_is_barred_is_in_no_figure(house: House) -> None:
    """From filing to the league: the same case is in another overseer's figures."""
    house.about_the_overseer()
    house.count()
    empty = house.page(f"{PAGE}?group=department&by=late_share")
    assert "agency/grid/" not in empty.split('id="league"')[-1].split("</table>")[0]
    house.sign_in("other")
    assert bands(house.page(f"{PAGE}?group=department&by=late_share")) == {
        "grid": "Too few cases to say"
    }


class TestWhatItCosts:
    def test_as_much_for_many_agencies_as_for_few(self, house: House) -> None:
        first, *others = agencies(20)
        facts(3, first)
        sum_up()
        house.page(f"{PAGE}?group=department")
        few = house.statements(f"{PAGE}?group=department")
        for office in others:
            facts(3, office)
        sum_up()
        assert house.statements(f"{PAGE}?group=department") == few <= STATEMENTS

    def test_and_little_once_it_is_counted(self, house: House, country: list[Office]) -> None:
        house.page(f"{PAGE}?group=department")
        assert house.statements(f"{PAGE}?group=department&by=satisfaction", kept=True) <= 6


class TestWhoGetsIn:
    @pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
    def test_those_who_see_all(self, house: House, who: str) -> None:
        house.sign_in(who)
        house.page(PAGE)

    @pytest.mark.parametrize("who", ["focal", "case_officer", "head", "operator", "alice"])
    def test_nobody_else(self, house: House, who: str) -> None:
        house.sign_in(who)
        assert "You can’t see this page" in house.page(PAGE, 403)

    def test_it_is_only_read(self, house: House) -> None:
        assert house.client.post(f"/en{PAGE}").status_code == 405
