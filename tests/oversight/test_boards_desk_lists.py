"""The lists behind the desk's figures: an officer's steps, and what the router decided."""

import re
from html import unescape

import pytest
from django.utils import timezone

from accounts.roles import Role
from complaints.models import Case, Respondent, RoutingRecord
from complaints.services import casework
from tests.factories.agencies import make_officer
from tests.oversight.conftest import House
from tests.oversight.test_boards_desk import routed

PAGE, LIST = "/oversight/desk/", "/oversight/desk/cases/"
LINK = re.compile(r'href="/en(/oversight/desk/cases/[^"]*)">(\d+)<')


def links(house: House) -> dict[str, int]:
    """The lists to which the page leads, with the number that each has there."""
    return {unescape(url): int(number) for url, number in LINK.findall(house.page(PAGE))}


def listed(html: str) -> list[str]:
    return re.findall(r'app-number" href="/en/office/cases/([\w-]+)/"', html)


@pytest.fixture
def busy(house: House) -> House:
    """The first officer forwarded two, the second declined one; the router was sure of two of five."""
    other = make_officer("Second Desk", Role.DESK, house.cast.rival_ministry)
    house.forwarded()
    house.forwarded()
    casework.decline(
        actor=house.scene.actor(other), number=house.filed().number,
        reason="A matter for the court", where_to="The court",
    )  # fmt: skip
    RoutingRecord.objects.all().delete()
    routed(house, 2)
    routed(house, 3, "place_needed")
    return house


def test_each_number_has_as_many_cases(busy: House) -> None:
    found = links(busy)
    # The first officer's forwards and all steps, the second one's; sure, and because of the place.
    assert sorted(found.values()) == [1, 1, 2, 2, 2, 3]
    for url, number in found.items():
        assert len(listed(busy.page(url))) == number, url


def test_a_list_says_what_it_is_of(busy: House) -> None:
    html = busy.page(f"{LIST}?router=place_needed")
    assert "It depends on the place" in html
    assert "What the router decides by itself" in html
    html = busy.page(f"{LIST}?officer={busy.cast.desk.pk}&move=forward")
    assert str(busy.cast.desk) in html
    assert "Last 30 days" in html
    assert html.count('data-label="What">Forwarded<') == 2


def test_of_nothing_it_says_so(busy: House) -> None:
    assert "No such case" in busy.page(f"{LIST}?officer={busy.cast.desk.pk}&move=merge")
    assert "No such case" in busy.page(f"{LIST}?router=rule_error")
    assert "No such case" in busy.page(f"{LIST}?officer={busy.cast.desk.pk}&period=2026-10")


@pytest.mark.parametrize(
    "query",
    ["", "?officer=", "?officer=x", "?officer=99999999", "?officer=9999999999999", "?router=x",
     "?officer={focal}", "?officer={desk}&move=x", "?officer={desk}&period=12m"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(busy: House, query: str) -> None:
    people = {"desk": busy.cast.desk.pk, "focal": busy.cast.focal.pk}
    busy.page(LIST + query.format(**people), 404)


def test_an_officer_of_the_desk_opens_their_own_steps_alone(busy: House) -> None:
    own = busy.cast.desk.pk
    others = [url for url in links(busy) if "officer=" in url and f"officer={own}" not in url]
    busy.sign_in("desk")
    assert len(listed(busy.page(f"{LIST}?officer={own}"))) == 2
    assert others
    for url in others:
        assert url not in links(busy)
        busy.page(url, 404)


def test_a_case_from_which_its_reader_is_barred_is_in_none(busy: House) -> None:
    for case in Case.objects.all():
        Respondent.objects.create(case=case, user=busy.cast.overseer, linked_at=timezone.now())
    busy.other = make_officer("Other Overseer", Role.OVERSEER, busy.cast.rival_ministry)
    urls = (f"{LIST}?router=sure", f"{LIST}?officer={busy.cast.desk.pk}")
    assert [listed(busy.page(url)) for url in urls] == [[], []]
    busy.sign_in("other")
    assert [len(listed(busy.page(url))) for url in urls] == [2, 2]


@pytest.mark.parametrize("who", ["head", "focal", "case_officer", "registrar"])
def test_nobody_else_gets_in(house: House, who: str) -> None:
    house.sign_in(who)
    house.page(f"{LIST}?router=sure", 403)
