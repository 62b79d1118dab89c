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
    columns = [f.column for f in Case._meta.concrete_fields if f.column not in ("id", "number")]
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO complaints_case (number, {names})"  # noqa: S608 - the model's columns
            f" SELECT 'P' || lpad(n::text, 13, '0'), {names}"
            " FROM complaints_case, generate_series(1, %s) AS n WHERE id = %s",
            [MANY, past.pk],
        )
    Case.objects.exclude(imported_from="").update(
        filed_at=TEN_YEARS_AGO, next_due=TEN_YEARS_AGO + timedelta(days=10)
    )
    house.day(3)
    house.sweep()
    counted(house)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_case")
        cursor.execute("ANALYZE oversight_fact")
    return house


def looked_at(sql: str) -> int:
    """The most rows of cases or facts that one step of the statement read, kept or thrown away."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}")
        plan = [row[0] for row in cursor.fetchall()]
    rows = [0]
    for line in plan:
        if found := re.search(r"actual rows=([\d.]+) loops=(\d+)", line):
            rows.append(round(float(found[1]) * int(found[2])))
        if found := re.search(r"Rows Removed by \w+(?: \w+)?: (\d+)", line):
            rows.append(int(found[1]))
    return max(rows)


def without_indexes(sql: str) -> int:
    """The same where the indexes of our own cases are not there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP INDEX case_oldest_own_idx, case_open_own_idx")
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
    lists = [
        query["sql"]
        for query in captured
        if 'FROM "complaints_case"' in query["sql"] and "ORDER BY" in query["sql"]
    ]
    ordered = [sql for sql in lists if '"next_due" ASC' in sql or '"filed_at" ASC' in sql]
    assert ordered
    assert max(looked_at(sql) for sql in ordered) < 100, ordered
    if path == "/oversight/":
        [oldest] = [sql for sql in ordered if '"filed_at" ASC' in sql]
        assert without_indexes(oldest) >= MANY


def test_those_of_the_past_have_their_own_list(beside: House) -> None:
    html = beside.page("/oversight/cases/?state=open&sides=past")
    assert html.count('app-number" href=') == 50
