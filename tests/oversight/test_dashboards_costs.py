"""What the dashboards cost: statements a page, however many cases, and bytes."""

import gzip

import pytest
from django.core.cache import cache

from tests.oversight.conftest import House
from tests.oversight.dashboards import counted

#: Statements of a page: nothing kept yet, and again within half a minute.
COLD = {
    "/oversight/": 30,
    "/oversight/?category=electricity&period=2026-11": 32,
    "/oversight/agency/grid/": 26,
    "/oversight/cases/?state=late": 12,
    "/oversight/cases/?measure=received": 12,
    "/oversight/escalations/": 10,
    "/oversight/saved/": 5,
}
WARM = {"/oversight/": 16, "/oversight/agency/grid/": 16}
#: Bytes of a page as it is sent.
MOST_BYTES = 30_000


@pytest.fixture
def few(house: House) -> House:
    house.forwarded(category="electricity")
    house.day(3)
    house.page("/oversight/")
    return counted(house)


@pytest.mark.parametrize("path", COLD)
def test_a_page_stays_in_its_budget_however_many_cases(few: House, path: str) -> None:
    first = few.statements(path, kept=True)
    for office in (few.cast.department, few.cast.district_office):
        few.forwarded(office, category="electricity")
        few.filed(category="electricity")
    few.day(6)
    counted(few)
    assert few.statements(path, kept=True) <= max(first, COLD[path])
    assert first <= COLD[path]


@pytest.mark.parametrize("path", WARM)
def test_within_half_a_minute_it_is_counted_once(few: House, path: str) -> None:
    few.page(path)
    assert few.statements(path, kept=True) <= WARM[path]


def test_whoever_is_barred_from_nothing_costs_no_more(few: House) -> None:
    few.sign_in("auditor")
    cache.clear()
    assert few.statements("/oversight/", kept=True) <= COLD["/oversight/"]


def test_pages_are_small(few: House) -> None:
    for path in ("/oversight/", "/oversight/agency/grid/?period=12m", "/oversight/?all=offices"):
        assert len(gzip.compress(few.page(path).encode())) < MOST_BYTES
