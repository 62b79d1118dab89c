"""Lists of figures beside very many open cases of before the portal, which are older than all others."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from complaints.models import Case
from oversight.models import Fact
from tests.oversight.conftest import House
from tests.oversight.dashboards import counted
from tests.oversight.plans import copy, is_list, looked_at, sampled
from tests.oversight.test_figures_past import TEN_YEARS_AGO, bring_open

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20_000


@pytest.fixture
def beside(house: House) -> House:
    """A few cases of our own; copies of one of the past, all of them open."""
    for _each in range(3):
        house.forwarded()
    house.filed()
    past = bring_open(house)
    copy(past, MANY, "P")
    Case.objects.exclude(imported_from="").update(
        filed_at=TEN_YEARS_AGO, next_due=TEN_YEARS_AGO + timedelta(days=10)
    )
    house.day(3)
    house.sweep()
    counted(house)
    sampled()
    return house


def without_indexes(sql: str) -> int:
    """The same where the indexes of our own cases are not there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP INDEX case_oldest_own_idx, fact_urgent_idx")
        number = looked_at(sql)
        transaction.set_rollback(True)
    return number


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/oversight/", 4),
        ("/oversight/agency/grid/", 3),
        ("/oversight/cases/?state=open", 4),
        ("/oversight/cases/?state=late", 3),
        ("/oversight/cases/?state=open&office=power", 3),
    ],
)
def test_none_of_them_is_looked_at(beside: House, path: str, number: int) -> None:
    assert Fact.objects.count() == MANY + 5
    beside.page(path)
    with CaptureQueriesContext(connection) as captured:
        html = beside.page(path)
    shown = html.split("Open longest")[-1]
    assert len(set(re.findall(r'href="/en/office/cases/([\w-]+)/"', shown))) == number
    [listed] = [query["sql"] for query in captured if is_list(query["sql"])]
    assert looked_at(listed) < 100, listed
    if path in ("/oversight/", "/oversight/cases/?state=open"):
        assert without_indexes(listed) >= MANY


def test_those_of_the_past_have_their_own_list(beside: House) -> None:
    html = beside.page("/oversight/cases/?state=open&sides=past")
    assert html.count('app-number" href=') == 50
