"""Rows written by statements that are put together once, as prepared.py has questions.

For one new row Django makes SQL of each of its columns anew, and asks each field what the database is to
be told. For a filing that takes longer than all the rest. Here a table's columns are looked at once; a
value that is already what its column holds goes as it is, any other as its field says. Only expressions
of SQL (`F`, `Now`) are no values here: they are refused.

As with `bulk_create` no signal is sent and no `save` of a model is called. In a transaction that fails
nothing stays, nor is anything done that was to follow it. Raises what the database and its driver raise
(IntegrityError, DataError, ProgrammingError), TypeError, and ValueError for rows that do not go together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models
from django.db.models import Field, Model
from django.db.transaction import mark_for_rollback_on_error

#: Kinds of columns, and the one type of values that the driver takes for them as it is.
PLAIN: dict[type[Field], type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.FloatField: float,
    models.AutoField: int,
    models.BigAutoField: int,
    models.IntegerField: int,
    models.BigIntegerField: int,
    models.SmallIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.DateTimeField: datetime,
    models.UUIDField: UUID,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column and where its value is: under `name` in a row, as `plain` or whatever `field` makes of it."""

    field: "Field[Any, Any]"
    name: str
    plain: type | None

    def value(self, row: Model) -> Any:
        """What the database is told."""
        if self.plain is None:
            value = self.field.pre_save(row, add=row._state.adding)
        else:
            value = getattr(row, self.name)
            if value is None or (type(value) is self.plain and not _lacks_zone(value)):
                return value
        return self.field.get_db_prep_save(value, connection=connection)


def _lacks_zone(value: Any) -> bool:
    """Whether it is a time of no zone: of such a one Django warns."""
    return isinstance(value, datetime) and value.tzinfo is None


def insert(rows: Sequence[Model], *, or_nothing: bool = False) -> None:
    """Write new rows of one table by one statement; those without an id are given theirs.

    `or_nothing`: a row of which there is one already is passed over; then no row is told its id.
    """
    _write(rows, "DO NOTHING" if or_nothing else "", returning=not or_nothing)


def insert_or_change(
    rows: Sequence[Model], *, unique: tuple[str, ...], change: tuple[str, ...]
) -> None:
    """Write rows of one table by one statement; of those that are there already (by the fields `unique`)
    the fields `change` are written.
    """
    if not rows:
        return
    found, changed = _columns_of(type(rows[0]), unique), _columns_of(type(rows[0]), change)
    sets = ", ".join(f"{_quoted(one)} = EXCLUDED.{_quoted(one)}" for one in changed)
    _write(rows, f"({_names(found)}) DO UPDATE SET {sets}", returning=True)


def update(row: Model, names: tuple[str, ...]) -> None:
    """Write these fields of a row that is there. Raises DatabaseError where it is not."""
    row._prepare_related_fields_for_save(operation_name="save", fields=None)  # type: ignore[attr-defined]
    table = type(row)
    columns = _columns_of(table, names)
    sets = ", ".join(f"{_quoted(one)} = %s" for one in columns)
    key = _column(table._meta.pk)
    with mark_for_rollback_on_error(), connection.cursor() as cursor:
        sql = f'UPDATE "{table._meta.db_table}" SET {sets} WHERE {_quoted(key)} = %s'  # noqa: S608
        cursor.execute(sql, [one.value(row) for one in (*columns, key)])
        if cursor.rowcount != 1:
            raise DatabaseError("the row to be changed is not there")


def _write(rows: Sequence[Model], conflict: str, *, returning: bool) -> None:
    if not rows:
        return
    table, with_key = type(rows[0]), rows[0].pk is not None
    if any(type(row) is not table or (row.pk is not None) is not with_key for row in rows):
        raise ValueError(
            "rows written together are of one table, and all of them have an id or none"
        )
    for row in rows:
        # Rows that others point to may have got their ids just before.
        row._prepare_related_fields_for_save(operation_name="bulk_create")  # type: ignore[attr-defined]
    columns = _all_columns(table, with_key=with_key)
    places = f"({', '.join(['%s'] * len(columns))})"
    sql = (
        f'INSERT INTO "{table._meta.db_table}" ({_names(columns)})'  # noqa: S608 - names are the models'
        f" VALUES {', '.join([places] * len(rows))}"
        f"{f' ON CONFLICT {conflict}' if conflict else ''}"
        f"{f' RETURNING {_quoted(_column(table._meta.pk))}' if returning else ''}"
    )
    with mark_for_rollback_on_error(), connection.cursor() as cursor:
        cursor.execute(sql, [column.value(row) for row in rows for column in columns])
        keys = cursor.fetchall() if returning else []
    for row, (key,) in zip(rows, keys, strict=False):
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _all_columns(table: type[Model], *, with_key: bool) -> tuple[Column, ...]:
    fields = table._meta.concrete_fields
    return tuple(_column(field) for field in fields if with_key or not field.primary_key)


@cache
def _columns_of(table: type[Model], names: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(_column(table._meta.get_field(name)) for name in names)


@cache
def _column(field: Any) -> Column:
    # A reference holds what the key that it refers to holds.
    kind = field.target_field if field.is_relation else field
    is_set_by_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    plain = None if is_set_by_itself else PLAIN.get(type(kind))
    return Column(field, str(field.attname), plain)


@cache
def _names(columns: tuple[Column, ...]) -> str:
    return ", ".join(map(_quoted, columns))


def _quoted(column: Column) -> str:
    return f'"{column.field.column}"'
