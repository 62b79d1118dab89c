"""Any figure opens its cases for each of its readers: what is set aside, what is about somebody and what is
from before the portal lies among the cases of each page.
"""

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from complaints.models import Case
from oversight.dashboards.which import SET_ASIDE
from oversight.figures.asking import AGENCYS, COUNTRYS
from oversight.surges import counting
from oversight.tasks import look_for_alerts
from tests.oversight.conftest import House
from tests.oversight.dashboards import counted, row_of
from tests.oversight.test_any_figure import links, walk
from tests.oversight.test_boards_desk import routed
from tests.oversight.test_boards_league import bands
from tests.oversight.test_figures_past import bring_open

pytestmark = pytest.mark.django_db(transaction=True)

RISING = ("/oversight/rising/", "/oversight/rising/electricity-billing/?span=all")
BOARDS = (
    *("/oversight/", "/oversight/agency/grid/", "/oversight/agency/grid/?period=12m"),
    *("/oversight/map/", "/oversight/flow/", "/oversight/desk/", "/oversight/channels/health/"),
    *("/oversight/league/?group=department", "/oversight/league/?group=department&by=late_share"),
    *("/oversight/league/?group=department&by=satisfaction", *RISING),
)


def set_aside(house: House, times: int, **parts: Any) -> None:
    """So many cases with the department, left out of rankings while a pattern is examined."""
    for _each in range(times):
        receipt = house.forwarded(**parts)
        Case.objects.filter(number=receipt.number).update(unranked="examined")


@pytest.fixture
def mixed(house: House) -> House:
    """Cases about bills that rise, some of them set aside; others of each kind that there is."""
    house.forwarded(category="electricity-billing")
    house.day(35)
    for _each in range(6):
        house.confirmed(category="electricity-billing")
    set_aside(house, 4, category="electricity-billing")
    house.about_the_overseer()
    house.forwarded(category="electricity", about_official=True)
    routed(house, 2, "no_rule")
    past = bring_open(house, category_id=house.cast.billing.pk)
    Case.objects.filter(pk=past.pk).update(filed_at=timezone.now())
    house.day(36)
    house.filed()
    house.answer(house.forwarded(category="electricity"), "partly")
    house.day(41)
    house.sweep()
    return counted(house)


@pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
def test_whoever_sees_the_country(mixed: House, who: str) -> None:
    mixed.sign_in(who)
    seen = walk(mixed, BOARDS)
    assert any(f"sides={SET_ASIDE}" in address for address in seen) == (who != "desk")
    for part in ("because=", "router=", "own=1", "first=", "measure=received"):
        assert any(part in address for address in seen), part


@pytest.mark.parametrize("who", ["head", "focal"])
def test_whoever_leads_an_office(mixed: House, who: str) -> None:
    mixed.sign_in(who)
    code = mixed.cast.district_office.code if who == "head" else "grid"
    pages = (f"/oversight/agency/{code}/", f"/oversight/agency/{code}/?period=12m")
    seen = walk(mixed, pages)
    assert who == "head" or seen


@pytest.mark.parametrize("page", ["/performance/", "/performance/agency/grid/"])
def test_the_public_is_led_to_no_list(mixed: House, page: str) -> None:
    """Lists of cases are for officers: the public reads numbers, and files of open data."""
    mixed.client.logout()
    assert links(mixed.page(page)) == {}
    assert mixed.client.get("/en/oversight/cases/?measure=received").status_code == 302


class TestTheDesk:
    def test_what_rises_holds_what_is_set_aside(self, mixed: House) -> None:
        found = {}
        for who in ("overseer", "desk"):
            mixed.sign_in(who)
            html = mixed.page("/oversight/rising/electricity-billing/")
            found[who] = row_of(html, "Grid Department")[0]
            assert f"{found[who]} cases in seven days" in " ".join(html.split())
        assert found == {"overseer": "6", "desk": "10"}

    def test_the_list_of_its_page_too(self, mixed: House) -> None:
        def shown() -> int:
            return mixed.page("/oversight/rising/electricity-billing/").count('app-number" href=')

        assert shown() == 6
        mixed.sign_in("desk")
        assert shown() == 10

    def test_no_agency_is_left_out_of_the_league_where_that_would_tell(self, house: House) -> None:
        for _each in range(2):
            house.confirmed()
        set_aside(house, 3)
        counted(house)
        page = "/oversight/league/?group=department"
        assert bands(house.page(page))["grid"] == "Not compared"
        assert "set aside" in house.page(page)
        house.sign_in("desk")
        html = house.page(page)
        assert bands(html)["grid"] == "Too few cases to say"
        assert "set aside" not in html

    def test_counts_of_one_reader_are_not_the_others(self, mixed: House) -> None:
        """What is kept for all is kept for those of the same sides."""
        page = "/oversight/league/?group=department&by=late_share"
        cache.clear()
        theirs = set(links(mixed.page(page)).values())
        mixed.sign_in("desk")
        assert set(links(mixed.page(page)).values()) != theirs
        mixed.sign_in("overseer")
        assert set(links(mixed.page(page)).values()) == theirs


def test_the_worker_counts_what_rises_for_both(mixed: House, django_assert_num_queries) -> None:
    look_for_alerts()
    with django_assert_num_queries(0):
        found = [counting.rising_now(sides=sides) for sides in (AGENCYS, COUNTRYS)]
    billing = mixed.cast.billing.pk
    assert [rising and rising.subjects[billing].found for rising in found] == [6, 10]
