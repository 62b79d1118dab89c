"""A page of late cases beside very many: it reads its own rows, not all that are late."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import Case
from complaints.models.case import Status
from oversight.models import Fact
from tests.oversight.conftest import House
from tests.oversight.dashboards import counted
from tests.oversight.plans import copy, is_list, looked_at, sampled

pytestmark = pytest.mark.django_db(transaction=True)

LATE, CLOSED = 2_000, 20_000


@pytest.fixture
def crowded(house: House) -> House:
    """Thousands of late cases with the department, among ten times as many that ended."""
    late, ended = house.case(house.forwarded()), house.case(house.confirmed())
    house.day(30)
    house.sweep()
    counted(house)
    copy(Case.objects.get(pk=late.pk), LATE, "L")
    copy(Case.objects.get(pk=ended.pk), CLOSED, "C")
    for case in (late, ended):
        _facts_like(case)
    sampled()
    return house


def _facts_like(case: Case) -> None:
    """A fact for each copy, as its own is."""
    columns = [f.column for f in Fact._meta.concrete_fields if f.column != "case_id"]
    names = ", ".join(f'f."{name}"' for name in columns)
    into = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO oversight_fact (case_id, {into}) SELECT c.id, {names}"  # noqa: S608
            " FROM complaints_case c, oversight_fact f"
            " WHERE f.case_id = %s AND c.secret_hash = %s AND c.id <> f.case_id",
            [case.pk, case.secret_hash],
        )


def the_list(house: House, path: str) -> tuple[str, str]:
    """The page, and the statement that chose its cases."""
    house.page(path)
    with CaptureQueriesContext(connection) as captured:
        html = house.page(path)
    [sql] = [query["sql"] for query in captured if is_list(query["sql"])]
    return html, sql


def test_a_page_reads_its_own_rows(crowded: House) -> None:
    for asked in ("state=late", "state=open", "state=late&office=power", "state=late&page=3"):
        html, sql = the_list(crowded, f"/oversight/cases/?{asked}")
        assert html.count('app-number" href=') == 50
        assert looked_at(sql) < 200, sql


def test_what_ended_since_the_facts_were_made_is_on_no_page(crowded: House) -> None:
    first = list(Fact.objects.filter(status="forwarded").order_by("case_id")[:60])
    ended = [fact.pk for fact in first[:55]]
    Case.objects.filter(pk__in=ended).update(status=Status.CLOSED, next_due=None)
    html, sql = the_list(crowded, "/oversight/cases/?state=late")
    listed = set(Case.objects.filter(pk__in=ended).values_list("number", flat=True))
    assert html.count('app-number" href=') == 50
    assert not [number for number in listed if number in html]
    assert looked_at(sql) < 200, sql


def test_the_most_urgent_comes_first(crowded: House) -> None:
    urgent = Case.objects.filter(status=Status.FORWARDED).last()
    assert urgent is not None
    Fact.objects.filter(pk=urgent.pk).update(due_at=timezone.now() - timedelta(days=900))
    html, _sql = the_list(crowded, "/oversight/cases/?state=late")
    first = html.split('app-number" href="')[1]
    assert first.startswith(f"/en/office/cases/{urgent.number}/")
