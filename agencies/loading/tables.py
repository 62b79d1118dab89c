"""Brings a table to what a pack wants, many rows at a time: only what differs is written."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

Row = dict[str, Any]
#: Rows sent in one statement; a few megabytes of JSON.
BATCH = 5000


@dataclass(slots=True)
class Outcome:
    """How many rows were added, changed, already so, left to the registrar, and not in the pack."""

    added: int = 0
    changed: int = 0
    same: int = 0
    left: int = 0
    gone: int = 0


class Table:
    """One table of one country, its rows known by their codes."""

    def __init__(
        self, model: type[models.Model], country: str, columns: Sequence[str], left: set[str]
    ) -> None:
        """`columns` are compared and written; codes in `left` belong to the registrar."""
        self.model = model
        self.country = country
        self.columns = tuple(columns)
        self.left = left
        found = model._default_manager.filter(country=country)
        self.rows: dict[str, Row] = {
            row["code"]: row for row in found.values("id", "code", *columns)
        }
        self.ids: dict[str, int] = {code: row["id"] for code, row in self.rows.items()}

    def take_ids(self, codes: Iterable[str]) -> None:
        """Give ids to the codes that are new and wanted, so that rows can point at each other."""
        new = [code for code in codes if code not in self.ids and code not in self.left]
        self.ids.update(zip(new, next_ids(self.model, len(new)), strict=True))

    def writes(self, code: str) -> bool:
        """Whether the pack has the say over this row."""
        return code not in self.left

    def settle(self, wanted: dict[str, Row], in_pack: set[str]) -> Outcome:
        """Insert and update what differs. Rows of `wanted` that aren't in the pack are counted so.

        Rows left to the registrar may be wanted with their own values, for what is derived from
        the rows above (a path).
        """
        outcome = Outcome(
            left=len(in_pack & self.left), gone=len(self.rows.keys() - in_pack - self.left)
        )
        added, changed = [], []
        for code, row in wanted.items():
            known = self.rows.get(code)
            if known is None:
                added.append({"id": self.ids[code], "country": self.country, "code": code, **row})
            elif any(known[column] != value for column, value in row.items()):
                changed.append({"id": known["id"], **row})
        insert(self.model, added)
        update(self.model, changed)
        outcome.added, outcome.changed = len(added), len(changed)
        outcome.same = len(in_pack) - outcome.left - len(added) - len(changed)
        return outcome


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """As many new ids as asked for."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [value for (value,) in cursor.fetchall()]


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert rows (column → value), all with the same columns."""
    if rows:
        columns = ", ".join(map(connection.ops.quote_name, rows[0]))
        _send(model, "INSERT INTO {table} ({columns}) SELECT {columns} FROM {rows}", columns, rows)


def update(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Update rows by their ids, all with the same columns."""
    if rows:
        names = [connection.ops.quote_name(name) for name in rows[0] if name != "id"]
        assigned = ", ".join(f"{name} = given.{name}" for name in names)
        statement = "UPDATE {table} SET {columns} FROM {rows} AS given WHERE {table}.id = given.id"
        _send(model, statement, assigned, rows)


def analyse(*tables: type[models.Model]) -> None:
    """Tell the planner what the tables hold now, so that the next queries don't go row by row.

    Where the portal's database user doesn't own the tables PostgreSQL skips this with a warning,
    and does it by itself some minutes later.
    """
    names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")


def _send(model: type[models.Model], statement: str, columns: str, rows: Sequence[Row]) -> None:
    """Run a statement over the rows, which go as one JSON text and become typed rows again.

    Tables and columns are named by our models alone; nothing of a pack is in the statement.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    source = f"jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    sql = statement.format(table=table, columns=columns, rows=source)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            batch = json.dumps(
                rows[start : start + BATCH], cls=DjangoJSONEncoder, ensure_ascii=False
            )
            cursor.execute(sql, [batch])
