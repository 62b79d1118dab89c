"""The lists behind the desk's figures: an officer's steps, and what the router decided."""

import re
from html import unescape
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.roles import Role
from complaints.models import Case, Event, Respondent, RoutingRecord
from complaints.services import casework
from tests.factories.agencies import make_officer
from tests.oversight.conftest import House
from tests.oversight.test_boards_desk import routed
from tests.oversight.test_figures_past import bring_open

PAGE, LIST = "/oversight/desk/", "/oversight/desk/cases/"
LINK = re.compile(r'href="/en(/oversight/desk/cases/[^"]*)">(\d+)<')


def links(house: House) -> dict[str, int]:
    """The lists to which the page leads, with the number that each has there."""
    return {unescape(url): int(number) for url, number in LINK.findall(house.page(PAGE))}


def listed(html: str) -> list[str]:
    return re.findall(r'app-number" href="/en/office/cases/([\w-]+)/"', html)


def whose(url: str) -> str:
    """The officer whose steps a list has; empty for other lists."""
    return parse_qs(url.partition("?")[2]).get("officer", [""])[0]


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
    # The first officer's forwards and all steps, the second one's; sure, and because of the place; the
    # five that are new.
    assert sorted(found.values()) == [1, 1, 2, 2, 2, 3, 5]
    for url, number in found.items():
        html = busy.page(url)
        assert len(listed(html)) == number, url
        assert re.search(rf"<strong>{number} (case|step)s?</strong>", html), url
        assert "some cases have moved on" not in html


def test_a_list_ends_where_its_number_was_counted(busy: House) -> None:
    """What came since is in the next count, and in the list with it."""
    make_officer("Third Desk", Role.DESK, busy.cast.rival_ministry)
    urls = links(busy)
    routed(busy, 1)
    busy.forwarded()
    for url, number in urls.items():
        if "because=" not in url:
            assert len(listed(busy.page(url))) == number, url
    cache.clear()
    assert (urls[f"{LIST}?router=sure"], links(busy)[f"{LIST}?router=sure"]) == (2, 3)


def test_what_has_moved_on_since_is_said(busy: House) -> None:
    url = f"{LIST}?because=new"
    assert links(busy)[url] == 5
    busy.forward(busy.filed())
    case = Case.objects.filter(status="received").first()
    assert case is not None
    Case.objects.filter(pk=case.pk).update(status="closed")
    html = busy.page(url)
    assert "<strong>5 cases</strong>" in html
    assert len(listed(html)) == 4
    assert "some cases have moved on" in html


def test_each_reason_has_its_own(busy: House) -> None:
    """A case with several of them is in one list alone, as in the table."""
    both = Case.objects.filter(status="received").first()
    assert both is not None
    Case.objects.filter(pk=both.pk).update(sensitive=True, hops=1)
    assert links(busy)[f"{LIST}?because=returned"] == 1
    assert listed(busy.page(f"{LIST}?because=returned")) == [both.number]
    assert both.number not in busy.page(f"{LIST}?because=sensitive")
    assert "Returned by an office" in busy.page(f"{LIST}?because=returned")


def test_a_reason_of_the_router_that_has_no_words_yet_opens_its_cases_too(busy: House) -> None:
    routed(busy, 1, "something_new")
    assert links(busy)[f"{LIST}?router=something_new"] == 1
    assert len(listed(busy.page(f"{LIST}?router=something_new"))) == 1


def test_what_a_system_took_for_its_office_was_not_asked_of_the_router(busy: House) -> None:
    taken = routed(busy, 1, "no_rule")[0]
    first = Event.objects.filter(case=taken).order_by("seq").last()
    assert first is not None
    Event.objects.bulk_create([
        Event(
            case=taken, seq=first.seq + 1, move="forward", from_status="received",
            to_status="forwarded", party="router", actor_kind="system",
            data={"taken_by": 7, "office": "grid"}, happened_at=first.happened_at,
            recorded_at=first.recorded_at,
        )
    ])  # fmt: skip
    assert f"{LIST}?router=no_rule" not in links(busy)
    assert "No such case" in busy.page(f"{LIST}?router=no_rule")


@pytest.mark.django_db(transaction=True)
def test_cases_of_the_time_before_the_portal_are_in_none(house: House) -> None:
    past = bring_open(house)
    Case.objects.filter(pk=past.pk).update(status="received", holder=None, next_due=None)
    casework.decline(
        actor=house.scene.actor(house.cast.desk), number=past.number,
        reason="A matter for the court", where_to="The court",
    )  # fmt: skip
    other = bring_open(house)
    Case.objects.filter(pk=other.pk).update(status="received", holder=None)
    assert links(house) == {}
    for query in ("because=new", f"officer={house.cast.desk.pk}"):
        assert "No such case" in house.page(f"{LIST}?{query}")


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
    ["", "?because=x", "?officer=", "?officer=x", "?officer=99999999", "?officer=9999999999999", "?router=x",
     "?officer={focal}", "?officer={desk}&move=x", "?officer={desk}&period=12m"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(busy: House, query: str) -> None:
    people = {"desk": busy.cast.desk.pk, "focal": busy.cast.focal.pk}
    busy.page(LIST + query.format(**people), 404)


def test_an_officer_of_the_desk_opens_their_own_steps_alone(busy: House) -> None:
    own = busy.cast.desk.pk
    others = [url for url in links(busy) if whose(url) not in ("", str(own))]
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
