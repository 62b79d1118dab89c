"""The desk's screen: what waits and why, how soon it is forwarded, who did what."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from complaints.models import Case, RoutingRecord
from complaints.services import casework
from oversight.boards import desk_work
from oversight.boards.desk_work import decisions, moves_of_all, reasons
from oversight.figures.periods import days_period, today, year_to_now
from tests.factories.agencies import make_officer
from tests.oversight.boards import facts, sum_up
from tests.oversight.conftest import House

PAGE = "/oversight/desk/"
#: What the page may cost, whatever it counts.
STATEMENTS = 22


def routed(house: House, number: int, because: str = "") -> list[Case]:
    """So many cases with a decision of the router, made up."""
    cases = [house.case(house.filed()) for _at in range(number)]
    RoutingRecord.objects.filter(case__in=cases).delete()
    RoutingRecord.objects.bulk_create(
        RoutingRecord(
            case=case, at=timezone.now(), ruleset="test", version=1, facts={}, decision={},
            target="" if because else "grid", confidence=0.5, desk_because=because,
        )
        for case in cases
    )  # fmt: skip
    return cases


class TestWhyTheyAreThere:
    def test_each_case_has_one_reason(self, house: House) -> None:
        kinds = {
            "new": {},
            "returned": {"hops": 1},
            "sensitive": {"sensitive": True},
            "held": {"tray": "spam", "sensitive": True},
            "restricted": {"tray": "restricted_more", "hops": 2},
            "asked": {"status": "waiting", "waiting_from": "received"},
            "disputed": {"status": "disputed_owner"},
        }
        for fields in kinds.values():
            case = house.case(house.filed())
            Case.objects.filter(pk=case.pk).update(**fields)
        house.forwarded()
        found = reasons(house.scene.actor(house.cast.overseer))
        assert found == dict.fromkeys(kinds, 1)

    def test_each_reason_leads_to_its_list(self, house: House) -> None:
        house.filed()
        html = house.page(PAGE)
        part = html.split('id="reasons"')[1].split("</table>")[0]
        assert re.search(r'href="/en/oversight/desk/cases/\?because=new">1<', part)
        assert "because=returned" not in part

    def test_counts_are_kept_for_a_minute_for_one_reader(self, house: House) -> None:
        actor = house.scene.actor(house.cast.overseer)
        reasons(actor)
        house.filed()
        assert reasons(actor)["new"] == 0
        assert reasons(house.scene.actor(house.cast.auditor))["new"] == 1


@pytest.mark.django_db(transaction=True)
class TestFromTheEvents:
    def test_what_waits_to_be_forwarded_by_age(self, house: House) -> None:
        house.filed()
        house.day(5)
        house.filed()
        house.forwarded()
        house.count()
        html = house.page(PAGE)
        assert "<strong>2</strong>To be forwarded" in html
        assert "<strong>1</strong>Late" in html
        assert "1 of 2 are no older than three days." in html
        assert "stage=forward" in html

    def test_how_soon_it_forwards(self, house: House) -> None:
        house.forwarded()
        house.filed()
        house.day(6)
        house.count()
        html = house.page(PAGE)
        assert "Forwarded within 3 days" in html
        assert "50% of the cases whose three days are over" in html

    def test_a_case_from_which_its_reader_is_barred_is_in_no_figure(self, house: House) -> None:
        house.about_the_overseer()
        house.day(5)
        house.filed()
        house.count()
        assert "50%" not in house.page(PAGE)
        assert "The three days are not over" in house.page(PAGE)
        house.sign_in("other")
        assert "100% of the cases" in house.page(PAGE)


class TestTheRouter:
    def test_how_often_it_is_sure_and_why_not(self, house: House) -> None:
        routed(house, 3)
        routed(house, 1, "place_needed")
        found = decisions()
        assert (found.number, found.sure, dict(found.unsure)) == (4, 3, {"place_needed": 1})
        html = house.page(PAGE).split('id="router"')[1]
        assert ">75%<" in html
        assert "It depends on the place" in html

    def test_the_newest_alone_are_looked_at(self, house: House, monkeypatch) -> None:
        monkeypatch.setattr("oversight.boards.desk_work.DECISIONS", 2)
        routed(house, 3, "no_rule")
        routed(house, 1)
        assert (decisions().number, decisions().sure) == (2, 1)

    def test_hidden_cases_are_left_out(self, house: House) -> None:
        cases = routed(house, 2)
        routed(house, 1, "no_rule")
        found = decisions([cases[0].pk])
        assert (found.number, found.sure) == (2, 1)
        assert decisions().number == 3

    def test_before_any_decision_it_says_so(self, house: House) -> None:
        assert "The router has not decided anything yet" in house.page(PAGE)


class TestWhoDidWhat:
    @pytest.fixture
    def second(self, house: House) -> str:
        """Another officer at the desk, who declined one; the first one forwarded two."""
        other = make_officer("Second Desk", Role.DESK, house.cast.rival_ministry)
        house.forwarded()
        house.forwarded()
        casework.decline(
            actor=house.scene.actor(other),
            number=house.filed().number,
            reason="A matter for the court",
            where_to="The court",
        )
        return "Second Desk"

    def rows(self, html: str) -> dict[str, list[str]]:
        links = r'</?a\b[^>]*>|<span class="govuk-visually-hidden">.*?</span>|\s+(?=<)'
        part = re.sub(links, "", html.split('id="work"')[1])
        found = re.findall(r'app-table__lead">([^<]+)</th>(.*?)</tr>', part, re.DOTALL)
        return {name: re.findall(r'app-table__number"[^>]*>(\d+)<', rest) for name, rest in found}

    def test_who_oversees_reads_all(self, house: House, second: str) -> None:
        # Forwarded, asked, declined, joined, all.
        rows = self.rows(house.page(PAGE))
        assert rows[str(house.cast.desk)] == ["2", "0", "0", "0", "2"]
        assert rows[second] == ["0", "0", "1", "0", "1"]

    def test_an_officer_of_the_desk_reads_their_own(self, house: House, second: str) -> None:
        house.sign_in("desk")
        html = house.page(PAGE)
        assert "What you did" in html
        assert list(self.rows(html)) == [str(house.cast.desk)]

    def test_moves_outside_the_period_do_not_count(self, house: House, second: str) -> None:
        house.day(40)
        assert self.rows(house.page(PAGE))[second][-1] == "0"
        assert self.rows(house.page(f"{PAGE}?period=90"))[second][-1] == "1"

    def test_a_year_is_not_counted_and_that_is_said(self, house: House, second: str) -> None:
        assert desk_work.is_counted(days_period(90))
        assert not desk_work.is_counted(year_to_now())
        html = house.page(f"{PAGE}?period=12m")
        assert "Choose one of these periods" in html
        assert self.rows(html) == {}

    def test_moves_on_hidden_cases_are_left_out(self, house: House) -> None:
        seen = house.case(house.forwarded())
        hidden = house.case(house.forwarded())
        period = days_period(30)
        found = desk_work.moves_of([house.cast.desk.pk, 0], period, [hidden.pk]).found
        assert found[house.cast.desk.pk, "forward"] == 1
        assert moves_of_all(period).value.found[house.cast.desk.pk, "forward"] == 2
        assert seen.pk != hidden.pk

    def test_what_they_do_in_another_post_is_not_the_desks(self, house: House) -> None:
        both = make_officer("Both Posts", Role.DESK, house.cast.rival_ministry)
        receipt = house.forwarded()
        casework.accept(
            actor=house.scene.actor(house.cast.focal),
            number=receipt.number,
            case_officer=house.cast.case_officer,
        )
        found = moves_of_all(days_period(30)).value.found
        assert {officer for officer, _move in found} == {house.cast.desk.pk}
        assert both.pk not in {officer for officer, _move in found}


def test_it_costs_as_much_for_many_cases_as_for_few(house: House) -> None:
    facts(1)
    make_officer("Second Desk", Role.DESK, house.cast.rival_ministry)
    routed(house, 1)
    sum_up()
    house.page(PAGE)
    few = house.statements(PAGE)
    facts(20, filed_on=today() - timedelta(days=3))
    routed(house, 3, "no_rule")
    for number in range(5):
        make_officer(f"Desk {number}", Role.DESK, house.cast.rival_ministry)
    sum_up()
    assert house.statements(PAGE) == few <= STATEMENTS


class TestWhoGetsIn:
    @pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
    def test_those_who_see_all(self, house: House, who: str) -> None:
        house.sign_in(who)
        house.page(PAGE)

    @pytest.mark.parametrize("who", ["focal", "case_officer", "head", "operator", "alice"])
    def test_nobody_else(self, house: House, who: str) -> None:
        house.sign_in(who)
        assert "You can’t see this page" in house.page(PAGE, 403)
