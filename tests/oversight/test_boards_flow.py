"""Who sends back to whom: pairs, to and fro, the list behind each number."""

import re
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from django.core.cache import cache

from agencies.models import Office
from complaints.services import casework
from oversight.boards.handoffs import among_busiest, both_ways, exchanges, only_of, pairs_of
from oversight.figures.periods import days_period, year_to_now
from tests.oversight.boards import agencies, hand_on
from tests.oversight.conftest import House

PAGE, LIST = "/oversight/flow/", "/oversight/flow/cases/"
#: What the page may cost, whatever it counts.
STATEMENTS = 12


class TestPairs:
    """Plain numbers: agency 1 sends back to 2 three times, and so on; 0 is the desk."""

    pairs = Counter({(1, 2): 5, (2, 1): 3, (1, 0): 4, (3, 3): 2, (3, 1): 1})

    def test_each_agency_sent_and_got(self) -> None:
        rows = {
            row.agency: (row.sent, row.to_desk, row.got, row.within)
            for row in exchanges(self.pairs)
        }
        assert rows == {1: (9, 4, 4, 0), 2: (3, 0, 5, 0), 3: (1, 0, 0, 2)}

    def test_who_sends_back_most_comes_first(self) -> None:
        assert [row.agency for row in exchanges(self.pairs)] == [1, 2, 3]

    def test_to_and_fro_is_said_once_the_busier_way_first(self) -> None:
        [pair] = both_ways(self.pairs)
        assert (pair.one, pair.other, pair.there, pair.back) == (1, 2, 5, 3)

    def test_the_same_both_ways_is_said_once(self) -> None:
        [pair] = both_ways(Counter({(7, 4): 3, (4, 7): 3}))
        assert (pair.one, pair.other) == (4, 7)

    @pytest.mark.parametrize(
        "pairs",
        [{(1, 2): 90, (2, 1): 2}, {(1, 0): 9}, {(1, 1): 9}, {(1, 2): 9}],
    )
    def test_chance_the_desk_and_offices_of_one_agency_are_not_to_and_fro(self, pairs) -> None:
        assert both_ways(Counter(pairs)) == []

    def test_the_busiest_are_drawn_and_nothing_within_one(self) -> None:
        assert among_busiest(self.pairs, exchanges(self.pairs), 2) == Counter(
            {(1, 2): 5, (2, 1): 3}
        )
        assert among_busiest(self.pairs, exchanges(self.pairs), 9) == self.pairs - Counter(
            {(3, 3): 2}
        )
        assert among_busiest(Counter(), [], 9) == Counter()

    def test_of_one_agency(self) -> None:
        assert only_of(self.pairs, 3) == Counter({(3, 3): 2, (3, 1): 1})


class TestCounting:
    def test_only_days_of_the_period_count(self, house: House) -> None:
        one, other = agencies(2)
        case = house.case(house.filed())
        for day in (date(2026, 10, 23), date(2026, 10, 24), date(2026, 11, 22), date(2026, 11, 23)):
            hand_on(case.pk, one, other, on=day)
        assert pairs_of(days_period(30)).value == {(one.pk, other.pk): 2}

    def test_the_count_is_kept_and_made_anew_for_the_worker(self, house: House) -> None:
        one, other = agencies(2)
        case = house.case(house.filed())
        hand_on(case.pk, one, other)
        period = year_to_now()
        pairs_of(period)
        hand_on(case.pk, one, other)
        assert pairs_of(period).value.total() == 1
        assert pairs_of(period, anew=True).value.total() == 2
        assert pairs_of(period).value.total() == 2

    def test_hidden_cases_are_left_out_for_their_reader_alone(self, house: House) -> None:
        one, other = agencies(2)
        seen, hidden = house.case(house.filed()), house.case(house.filed())
        hand_on(seen.pk, one, other)
        hand_on(hidden.pk, one, other, times=2)
        hand_on(hidden.pk, other, one)
        assert pairs_of(year_to_now(), hidden=[hidden.pk]).value == {(one.pk, other.pk): 1}
        assert pairs_of(year_to_now()).value.total() == 4


@pytest.mark.django_db(transaction=True)
def test_a_case_sent_back_by_one_and_given_to_the_next(house: House) -> None:
    """From the events themselves, over the workers, to the page and its list."""
    receipt = house.forwarded()
    casework.return_case(
        actor=house.scene.actor(house.cast.focal),
        number=receipt.number,
        reason="This belongs to the roads ministry.",
        whose=None,
    )
    house.count()
    html = house.page(PAGE)
    assert "The central desk" in html
    house.forward(receipt, house.cast.rival_ministry)
    house.count()
    cache.clear()
    html = house.page(PAGE)
    assert "1 time an agency said" in html
    assert "Grid Department → " in html
    link = re.search(rf'href="(/en{LIST}[^"]*from=grid&amp;to=roads[^"]*)"', html)
    assert link
    listed = house.client.get(link[1].replace("&amp;", "&")).content.decode()
    assert receipt.number in listed


class TestThePage:
    def test_nothing_sent_back_is_said(self, house: House) -> None:
        assert "Nothing was sent back" in house.page(PAGE)

    def test_each_number_leads_to_its_list(self, house: House) -> None:
        one, other = agencies(2)
        receipt = house.filed()
        hand_on(house.case(receipt).pk, one, other, times=4)
        hand_on(house.case(receipt).pk, other, one, times=3)
        hand_on(house.case(receipt).pk, one, one)
        html = house.page(PAGE)
        assert "7 times an agency said" in html
        assert "1 time more a case went from one office to another" in html
        for ends in ("from=agency-0", "to=agency-0", "from=agency-0&amp;to=agency-1",
                     "from=agency-0&amp;to=agency-0"):  # fmt: skip
            address = f"{LIST}?period=12m&amp;{ends}"
            assert f'href="/en{address}"' in html
            assert receipt.number in house.page(address.replace("&amp;", "&"))

    def test_an_agency_by_itself(self, house: House) -> None:
        one, other, third = agencies(3)
        case = house.case(house.filed())
        hand_on(case.pk, one, other)
        hand_on(case.pk, other, third)
        html = house.page(f"{PAGE}?agency=agency-0")
        assert "Only Agency 0" in html
        assert "Agency 1" in html
        assert "Agency 2" not in html

    @pytest.mark.parametrize("code", ["nothing", "%00", "grid-district-3.47"])
    def test_an_agency_that_there_is_not_is_said(self, house: House, code: str) -> None:
        html = house.page(f"{PAGE}?agency={code}")
        assert ("There is no agency" in html) is (code != "%00")

    def test_many_agencies_are_cut_and_can_all_be_shown(self, house: House, monkeypatch) -> None:
        monkeypatch.setattr("oversight.boards.flow.SHOWN", 1)
        one, other = agencies(2)
        hand_on(house.case(house.filed()).pk, one, other)
        assert "Show 1 more agency" in house.page(PAGE)
        assert "more agency" not in house.page(f"{PAGE}?all=1")

    def test_the_picture_has_the_busiest_and_says_so(self, house: House) -> None:
        offices, case = agencies(30), house.case(house.filed())
        for source, target in pairwise(offices):
            hand_on(case.pk, source, target, times=2)
        hand_on(case.pk, offices[0], offices[1], times=9)
        html = house.page(PAGE)
        assert "times more it was with others." in html
        assert (
            html.count('href="/en/oversight/flow/cases/?period=12m&amp;from=agency-20&amp;to=') < 2
        )

    def test_the_period_is_twelve_months_unless_asked(self, house: House) -> None:
        one, other = agencies(2)
        hand_on(house.case(house.filed()).pk, one, other, on=date(2026, 3, 1))
        assert "1 time an agency" in house.page(PAGE)
        assert "Nothing was sent back" in house.page(f"{PAGE}?period=30")
        assert "1 time an agency" in house.page(f"{PAGE}?period=2026-03")

    def test_an_office_that_is_gone_has_no_list(self, house: House) -> None:
        one, other = agencies(2)
        hand_on(house.case(house.filed()).pk, one, other)
        Office.objects.filter(pk=other.pk).update(agency=None)
        other.delete()
        html = house.page(PAGE)
        assert "An office that is not there any more" in html
        assert "to=&" not in html


class TestTheList:
    def test_it_holds_what_its_number_counts(self, house: House) -> None:
        one, other = agencies(2)
        inside, outside = house.filed(), house.filed()
        hand_on(house.case(inside).pk, one, other, times=2)
        hand_on(house.case(outside).pk, one, one)
        html = house.page(f"{LIST}?from=agency-0")
        assert html.count(f"{inside.number}</a>") == 2
        assert outside.number not in html

    def test_what_is_with_the_desk(self, house: House) -> None:
        [one] = agencies(1)
        receipt = house.filed()
        hand_on(house.case(receipt).pk, one, None)
        assert receipt.number in house.page(f"{LIST}?from=agency-0&to=-")
        assert "No case was sent back" in house.page(f"{LIST}?from=grid&to=-")

    @pytest.mark.parametrize("query", ["", "?from=nobody", "?to=%00", "?from="])
    def test_an_address_without_an_agency_is_said(self, house: House, query: str) -> None:
        assert "This address names no agency" in house.page(f"{LIST}{query}")

    def test_it_is_cut_in_pages(self, house: House) -> None:
        one, other = agencies(2)
        hand_on(house.case(house.filed()).pk, one, other, times=51)
        html = house.page(f"{LIST}?from=agency-0")
        assert "page=2" in html
        assert "Page 2" in house.page(f"{LIST}?from=agency-0&page=2")


class TestWhoeverIsBarred:
    @pytest.fixture
    def about_the_overseer(self, house: House) -> str:
        one, other = agencies(2)
        receipt = house.about_the_overseer()
        hand_on(house.case(receipt).pk, one, other)
        return receipt.number

    def test_finds_it_in_no_number_and_no_list(self, house: House, about_the_overseer: str) -> None:
        assert "Nothing was sent back" in house.page(PAGE)
        assert "No case was sent back" in house.page(f"{LIST}?from=agency-0")

    def test_others_do(self, house: House, about_the_overseer: str) -> None:
        house.sign_in("other")
        assert "1 time an agency" in house.page(PAGE)
        assert about_the_overseer in house.page(f"{LIST}?from=agency-0")


class TestWhatItCosts:
    def test_the_page_stays_in_its_budget_however_many_pairs(self, house: House) -> None:
        offices = agencies(30)
        case = house.case(house.filed())
        hand_on(case.pk, offices[0], offices[1])
        house.page(PAGE)
        few = house.statements(PAGE)
        for source, target in pairwise(offices):
            hand_on(case.pk, source, target)
            hand_on(case.pk, target, source)
        many = house.statements(PAGE)
        assert few == many <= STATEMENTS
        assert house.statements(f"{LIST}?from=agency-0&to=agency-1") <= STATEMENTS


@pytest.mark.parametrize("path", [PAGE, LIST])
class TestWhoGetsIn:
    @pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
    def test_those_who_see_all(self, house: House, who: str, path: str) -> None:
        house.sign_in(who)
        house.page(path)

    @pytest.mark.parametrize("who", ["focal", "case_officer", "head", "operator", "alice"])
    def test_nobody_else(self, house: House, who: str, path: str) -> None:
        house.sign_in(who)
        assert "You can’t see this page" in house.page(path, 403)

    def test_it_is_only_read(self, house: House, path: str) -> None:
        assert house.client.post(f"/en{path}").status_code == 405
