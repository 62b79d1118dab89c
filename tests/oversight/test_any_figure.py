"""Any figure opens its cases: what a page says, what stands on top of the list, and the list are one."""

import re
from html import unescape

import pytest
from django.utils import timezone

from accounts.roles import Role
from complaints.models import Case, Respondent
from complaints.services import casework
from oversight.dashboards.which import RANKED, SET_ASIDE, Which, which_of
from oversight.figures.listing import facts_behind
from oversight.figures.periods import days_period
from oversight.figures.reading import totals
from oversight.measures import MEASURED
from tests.factories.agencies import make_officer
from tests.oversight.boards import facts, sum_up
from tests.oversight.conftest import House
from tests.oversight.counted import lately
from tests.oversight.dashboards import counted, row_of

LIST = re.compile(
    r'<a\b[^>]*\bhref="/en(/oversight/(?:cases|flow/cases|desk/cases)/\?[^"]*)"[^>]*>(.*?)</a>',
    re.DOTALL,
)
HIDDEN = re.compile(r'<span class="govuk-visually-hidden">.*?</span>|<title>.*?</title>', re.DOTALL)
PAGES = (
    *("/oversight/", "/oversight/?all=offices", "/oversight/?period=12m", "/oversight/?period=90"),
    *("/oversight/agency/power/", "/oversight/agency/grid/", "/oversight/?category=electricity"),
    *("/oversight/desk/", "/oversight/channels/health/", "/oversight/map/", "/oversight/flow/"),
    *("/oversight/league/?group=department", "/oversight/league/?group=department&by=late_share"),
    *("/oversight/league/?group=ministry", "/oversight/league/?group=department&by=satisfaction"),
)


def links(html: str) -> dict[str, str]:
    """The lists that a page leads to, each with the words of its link."""
    found = {}
    for address, inside in LIST.findall(html):
        words = re.sub(r"<[^>]*>", " ", HIDDEN.sub("", inside))
        found.setdefault(unescape(address), " ".join(words.split()))
    return found


def listed(house: House, address: str) -> int:
    """How many cases a list has; the same as its figure on top, if it has one."""
    html = house.page(address)
    number = len(re.findall(r'app-number" href="/en/office/cases/[\w-]+/"', html))
    assert 'rel="next"' not in html
    figure = re.search(r"<strong>([\d,]+) (?:case|step|hand-off)s?</strong>", html)
    assert figure, address
    assert int(figure[1]) == number, address
    assert "some cases have moved on" not in html
    return number


def told(words: str) -> int | None:
    """A number of cases, if that is what a link says: alone, or before its share."""
    found = re.fullmatch(r"([\d,]+)(?: \(\d+%\))?", words)
    return int(found[1].replace(",", "")) if found else None


def walk(house: House, pages: tuple[str, ...] = PAGES) -> dict[str, int]:
    """Open each list that is behind a figure of these pages; says how many cases each has."""
    seen: dict[str, int] = {}
    for page in pages:
        for address, words in links(house.page(page)).items():
            if address not in seen:
                seen[address] = listed(house, address)
            # A mean of marks is no number of cases.
            number = None if "measure=rated" in address else told(words)
            assert number in (None, seen[address]), (page, address, words)
            part = re.fullmatch(r"([\d,]+) of ([\d,]+)", words)
            assert part is None or int(part[2]) == seen[address], (page, address, words)
    return seen


@pytest.fixture
def country(house: House) -> House:
    """Cases in all states, over three weeks: answered in time and too late, sent back, with the desk."""
    for _number in range(4):
        house.confirmed(category="electricity")
    house.dispute(house.answered(category="electricity"))
    returned = house.forwarded()
    casework.return_case(
        actor=house.scene.actor(house.cast.focal), number=returned.number,
        reason="Not ours at all", whose=None,
    )  # fmt: skip
    house.forwarded(house.cast.district_office)
    slow = house.forwarded()
    house.filed()
    house.day(13)
    house.answer(slow, "partly")
    house.forwarded(category="electricity")
    house.day(15)
    house.sweep()
    return counted(house)


class TestEachFigure:
    def test_has_as_many_cases_as_its_list(self, country: House) -> None:
        seen = walk(country)
        asked = [address.partition("?")[2] for address in seen]
        for part in (
            "measure=due_kept_from_filing", "measure=measured_from_filing", "first=2026-",
            "state=today", "level=3", "alone=1", "without=district", "without=category",
            "sides=ranked", "measure=answered_otherwise", "state=in_time", "to=-", "all=between",
        ):  # fmt: skip
            assert any(part in query for query in asked), part

    def test_has_none_of_those_that_its_reader_must_not_know(self, country: House) -> None:
        receipt = country.forwarded(category="electricity", about_official=True)
        country.answer(receipt)
        case = Case.objects.get(number=receipt.number)
        Respondent.objects.create(case=case, user=country.cast.overseer, linked_at=timezone.now())
        country.other = make_officer("Other Overseer", Role.OVERSEER, country.cast.rival_ministry)
        counted(country)
        pages = ("/oversight/", "/oversight/agency/grid/", "/oversight/league/?group=department")
        theirs = walk(country, pages)
        answered = "/oversight/cases/?measure=answered"
        assert receipt.number not in country.page(answered)
        country.sign_in("other")
        assert receipt.number in country.page(answered)
        everybodys = walk(country, pages)
        assert everybodys[answered] == theirs[answered] + 1

    def test_also_of_an_office_for_whoever_leads_it(self, country: House) -> None:
        country.sign_in("head")
        path = f"/oversight/agency/{country.cast.district_office.code}/"
        assert walk(country, (path,))


class TestOfficesBelow:
    def test_each_number_of_the_table_opens_its_list(self, house: House) -> None:
        house.forwarded()
        house.filed()
        # The desk's three days and the office's two are over that night.
        house.day(2)
        counted(house)
        html = house.page("/oversight/")
        assert row_of(html, "Ministry of Power")[:2] == ["0", "1"]
        found = links(html)
        assert [n for a, n in found.items() if "state=today&" in a + "&"] != []
        walk(house, ("/oversight/",))

    def test_what_the_office_itself_has_at_the_top_level(self, house: House) -> None:
        house.filed()
        house.day(20)
        house.sweep()
        counted(house)
        which = Which(state="late", level=3, alone=True)
        assert which_of(which.values) == which
        house.forwarded()
        assert listed(house, "/oversight/cases/?state=late&level=3&alone=1") == 1


class TestSubjects:
    def test_a_line_of_a_subject_is_without_those_below_it(self, house: House) -> None:
        house.forwarded(category="electricity")
        inner = house.forwarded(category="electricity")
        Case.objects.filter(number=inner.number).update(category=house.cast.billing)
        counted(house)
        address = "/oversight/cases/?category=electricity&measure=received"
        assert listed(house, address) == 2
        assert listed(house, f"{address}&without=below") == 1
        walk(house, ("/oversight/", "/oversight/?category=electricity"))


class TestWhatIsSetAside:
    @pytest.fixture
    def aside(self, house: House) -> House:
        kept, flagged = house.forwarded(), house.forwarded()
        Case.objects.filter(number=flagged.number).update(unranked="examined")
        assert kept.number != flagged.number
        return counted(house)

    def test_the_league_opens_the_cases_that_it_compares(self, aside: House) -> None:
        seen = walk(aside, ("/oversight/league/?group=department&by=late_share",))
        assert {n for address, n in seen.items() if f"sides={RANKED}" in address} == {1}
        assert {n for address, n in seen.items() if f"sides={SET_ASIDE}" in address} == {1}

    def test_of_what_is_set_aside_the_desk_learns_nothing(self, aside: House) -> None:
        aside.sign_in("desk")
        for sides in (RANKED, SET_ASIDE):
            html = aside.page(f"/oversight/cases/?state=open&sides={sides}")
            assert "<strong>2 cases</strong>" in html
            assert "et aside" not in html
        for by in ("", "late_share"):
            html = aside.page(f"/oversight/league/?group=department&by={by}")
            assert "sides=" not in html
        assert set(
            walk(aside, ("/oversight/league/?group=department&by=late_share",)).values()
        ) == {2}


class TestDaysInThePeriodsStead:
    def test_they_are_both_included_and_said(self, house: House) -> None:
        house.forwarded()
        house.day(1)
        house.forwarded()
        house.day(2)
        house.forwarded()
        counted(house)
        address = "/oversight/cases/?measure=received"
        first, last = "2026-11-22", "2026-11-23"
        assert listed(house, f"{address}&first={first}&last={first}") == 1
        html = house.page(f"{address}&first={first}&last={last}")
        assert "<strong>2 cases</strong>" in html
        assert "22 November 2026 to 23 November 2026" in html

    def test_whoever_chooses_a_period_leaves_them(self, house: House) -> None:
        html = house.page("/oversight/cases/?measure=received&first=2026-11-22&last=2026-11-22")
        form = html.split('<form method="get">')[1].split("</form>")[0]
        assert 'name="measure"' in form
        assert 'name="first"' not in form

    def test_whoever_takes_a_filter_away_keeps_them(self, house: House) -> None:
        house.forwarded(category="electricity")
        house.day(1)
        house.forwarded()
        counted(house)
        asked = "measure=received&first=2026-11-22&last=2026-11-22"
        html = house.page(f"/oversight/cases/?{asked}&category=roads")
        assert "<strong>0 cases</strong>" in html
        chips = html.split('class="app-chips"')[1].split("</ul>")[0]
        [without] = re.findall(r'href="([^"]*)"', chips)
        assert listed(house, f"/oversight/cases/{unescape(without)}") == 1

    @pytest.mark.parametrize(
        ("first", "last"),
        [("2026-11-23", "2026-11-22"), ("", "2026-11-22"), ("x", "y"), ("0001-01-01", "9999-12-31"),
         ("2024-01-01", "2026-11-22"), ("2026-13-40", "2026-11-22")],
    )  # fmt: skip
    def test_what_cannot_be_is_left_out(self, first: str, last: str) -> None:
        which = which_of({"measure": "received", "first": first, "last": last})
        assert which == Which(measure="received")

    def test_how_it_stands_now_has_none(self) -> None:
        asked = {"state": "late", "first": "2026-11-22", "last": "2026-11-22"}
        assert which_of(asked) == Which(state="late")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(MEASURED))
def test_a_list_of_what_a_share_is_out_of_is_as_long_as_the_number(
    name: str, clock: object
) -> None:
    today = days_period(1).start
    days = [today.fromordinal(today.toordinal() - back) for back in (1, 5, 9, 10, 11, 12, 20)]
    for filed in days:
        left = {"ending": "withdrawn", "outcome": "", "answered_on": None}
        facts(2, filed_on=filed, answered_on=min(filed.fromordinal(filed.toordinal() + 4), today))
        facts(1, filed_on=filed, closed_on=filed, **left)
        facts(1, filed_on=filed, ending="silent", outcome="resolved")
        facts(1, filed_on=filed, ending="silent", outcome="advice_only")
        facts(1, filed_on=filed, status="in_progress", ending="", outcome="", closed_on=None)
    sum_up()
    question = lately(30)
    number = totals(question, bands=False).of(name)
    assert number > 0
    assert facts_behind(question, name).count() == number
