"""The open cases as they stand now, by stage, age and level: counted anew every few minutes.

Lateness comes with time alone, so it is not added up step by step: one pass over the open facts makes
all of it, for each node and its cuts.
"""

from datetime import date, datetime
from typing import Any

from django.db import connection

from oversight.figures.cube import KEYS
from oversight.measures import ALL, ALL_CODES, CUTS, DIMENSIONS

#: The last day of each band of ages, in days since filing; the band after the last is open.
AGES = (3, 10, 30, 90, 365)
NOBODYS = "none"

_LATE = "s.due_at <= %(now)s"
_BANDS = len(AGES) + 1


def _ages(condition: str) -> str:
    counts = ", ".join(
        f"count(*) FILTER (WHERE s.age_band = {band} AND {condition})::int"
        for band in range(1, _BANDS + 1)
    )
    return f"ARRAY[{counts}]"


_COUNTS = {
    "open": "count(*)",
    "late": f"count(*) FILTER (WHERE {_LATE})",
    "today": "count(*) FILTER (WHERE s.due_at > %(now)s AND s.due_at <= %(midnight)s)",
    "level1": f"count(*) FILTER (WHERE {_LATE} AND s.level = 1)",
    "level2": f"count(*) FILTER (WHERE {_LATE} AND s.level = 2)",
    "level3": f"count(*) FILTER (WHERE {_LATE} AND s.level = 3)",
    "waiting": "count(*) FILTER (WHERE s.status = 'waiting')",
    "ages": _ages("TRUE"),
    "late_ages": _ages(_LATE),
    "oldest_on": "min(s.filed_on)",
}
COUNT_NAMES = tuple(_COUNTS)
COUNT_COLUMNS = ", ".join(f"{sql} AS {name}" for name, sql in _COUNTS.items())

#: Open facts with their stage and age; `which` narrows them.
OPEN_FACTS = """
SELECT f.office, f.side, f.category, f.district, f.channel, f.kind, f.status, f.due_at, f.level,
    f.filed_on, coalesce(nullif(f.stage, ''), '{nobodys}') AS at_stage,
    width_bucket(%(today)s - f.filed_on, ARRAY[{ages}]) + 1 AS age_band
FROM oversight_fact f WHERE f.status <> 'closed' {which}
"""


def open_facts(which: str = "") -> str:
    """The statement of `OPEN_FACTS`, perhaps narrowed (SQL that begins with AND)."""
    ages = ", ".join(str(last + 1) for last in AGES)
    return OPEN_FACTS.format(nobodys=NOBODYS, ages=ages, which=which)


#: Which nodes have it, by how many dimensions are told apart: all, the first levels, the country.
_WHOSE = ("", " AND b.is_cut", " AND b.node = 0")


def _cut(number: int, cut: tuple[str, ...]) -> str:
    alls = {"category": str(ALL), "district": str(ALL)}
    keys = ", ".join(
        f"s.{each}" if each in cut else f"{alls.get(each, repr(ALL_CODES))} AS {each}"
        for each in DIMENSIONS
    )
    group = "".join(f", s.{name}" for name in cut)
    return (
        f"SELECT b.node, {number}::smallint AS cut, s.side, {keys}, s.at_stage, {COUNT_COLUMNS}"
        f" FROM base s JOIN oversight_branch b ON b.office = s.office{_WHOSE[len(cut)]}"
        f" GROUP BY b.node, s.side, s.at_stage{group}"
    )


def count_backlog(now: datetime, midnight: datetime, today: date) -> None:
    """Count the open cases anew; the old counts are read until this is committed. Times in UTC."""
    cuts = " UNION ALL ".join(_cut(number, cut) for number, cut in enumerate(CUTS))
    values: dict[str, Any] = {"now": now, "midnight": midnight, "today": today}
    keys = ", ".join(KEYS)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM oversight_backlog")
        cursor.execute(
            f"INSERT INTO oversight_backlog ({keys}, stage, {', '.join(COUNT_NAMES)})"
            f" WITH base AS MATERIALIZED ({open_facts()}) {cuts}",
            values,
        )
