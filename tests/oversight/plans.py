"""How many rows the lists behind figures look at: cases by the thousand, and what the database did."""

import re

from django.db import connection

from complaints.models import Case


def copy(case: Case, times: int, letter: str) -> None:
    """So many rows more of one case (without its events), numbered from the letter on."""
    columns = [f.column for f in Case._meta.concrete_fields if f.column not in ("id", "number")]
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO complaints_case (number, {names})"  # noqa: S608 - the model's columns
            f" SELECT %s || lpad(n::text, 13, '0'), {names}"
            " FROM complaints_case, generate_series(1, %s) AS n WHERE id = %s",
            [letter, times, case.pk],
        )


def sampled() -> None:
    """Let the database learn what its tables hold, as its own service does after a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_case")
        cursor.execute("ANALYZE oversight_fact")


def is_list(sql: str) -> bool:
    """Whether a statement asks for the ids of a page of cases, the most urgent or the oldest first."""
    return '"due_at" ASC' in sql or '"filed_at" ASC' in sql


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
