"""What citizens say who were asked once more opens the calls behind it, for those who read them."""

import re
from html import unescape

import pytest
from django.utils import timezone

from accounts.roles import Role
from complaints.models import Case, Respondent
from complaints.services.intake import Receipt
from oversight.models import Audit
from tests.factories.agencies import make_officer
from tests.oversight.audits import audit_for, named
from tests.oversight.conftest import House
from tests.oversight.dashboards import counted

LIST = "/oversight/audits/found/"
LINK = re.compile(r'href="/en(/oversight/audits/found/[^"]*)">([^<]*)<')


def asked(house: House, result: str, *, ending: str = "", **parts: object) -> Receipt:
    """A case that its citizen confirmed, who was asked once more and said that."""
    receipt = house.confirmed(**named())
    if ending:
        Case.objects.filter(number=receipt.number).update(ending=ending)
    told = {"result": result, "done_at": timezone.now(), "next_call_at": None, **parts}
    audit_for(house.scene, receipt, **told)
    return receipt


@pytest.fixture
def called(house: House) -> House:
    """Six who confirmed, of whom four say that it is solved; one who said nothing; some not in it."""
    for result in ("solved", "solved", "solved", "solved", "partly", "not_solved"):
        asked(house, result)
    asked(house, "not_solved", ending="silent")
    asked(house, "not_reached")
    asked(house, "solved", why=Audit.Why.ASKED)
    return counted(house)


def links(house: House, page: str = "/oversight/") -> dict[str, str]:
    part = house.page(page).split('id="true"')[1].split("</table>")[0]
    return {unescape(url): words for url, words in LINK.findall(part)}


def listed(html: str) -> int:
    return len(re.findall(r'app-number" href="/en/oversight/audits/\d+/"', html))


@pytest.mark.parametrize("who", ["overseer", "auditor"])
@pytest.mark.parametrize("page", ["/oversight/", "/oversight/agency/grid/?period=90"])
def test_each_number_opens_its_calls(called: House, who: str, page: str) -> None:
    called.sign_in(who)
    found = links(called, page)
    assert sorted(found.values()) == ["1", "6", "67%"]
    for url, words in found.items():
        html = called.page(url)
        number = 4 if words == "67%" else int(words)
        assert listed(html) == number
        assert re.search(rf"<strong>{number} cases?</strong>", html)
        assert "some cases have moved on" not in html
        assert ("Last 90 days" in html) == ("period=90" in page)


def test_those_that_are_set_aside_are_in_the_countrys_list_alone(called: House) -> None:
    receipt = asked(called, "solved")
    Case.objects.filter(number=receipt.number).update(unranked="examined")
    counted(called)
    assert "7" in links(called).values()
    assert "6" in links(called, "/oversight/agency/grid/").values()
    assert listed(called.page(f"{LIST}?ending=confirmed")) == 7
    assert listed(called.page(f"{LIST}?ending=confirmed&office=grid")) == 6


def test_another_time_place_or_office_has_none(called: House) -> None:
    for query in ("period=2026-10", "district=3.47", "category=roads", "office=roads"):
        html = called.page(f"{LIST}?ending=confirmed&{query}")
        assert "<strong>0 cases</strong>" in html
        assert "No such case" in html


def test_a_case_about_its_reader_is_in_none(called: House) -> None:
    case = Case.objects.get(audits__result="partly")
    Respondent.objects.create(case=case, user=called.cast.overseer, linked_at=timezone.now())
    counted(called)
    url = f"{LIST}?ending=confirmed"
    assert "5" in links(called).values()
    assert listed(called.page(url)) == 5
    called.other = make_officer("Other Overseer", Role.OVERSEER, called.cast.rival_ministry)
    called.sign_in("other")
    assert listed(called.page(url)) == 6


@pytest.mark.parametrize("query", ["", "?ending=x", "?ending=confirmed&office=nothing"])
def test_what_there_is_not_is_not_found(called: House, query: str) -> None:
    called.page(LIST + query, 404)


def test_the_desk_reads_the_numbers_and_not_the_calls_of_others(called: House) -> None:
    called.sign_in("desk")
    assert links(called) == {}
    assert "67%" in called.page("/oversight/")


@pytest.mark.parametrize("who", ["desk", "head", "focal", "case_officer"])
def test_nobody_else_gets_in(called: House, who: str) -> None:
    called.sign_in(who)
    called.page(f"{LIST}?ending=confirmed", 403)
