"""Many new rows written by COPY: what an import needs of it, several times as fast as INSERT.

Values are those of the models' fields, in COPY's text format. Rows are written as they are: no signal, no
default beside the models' own. Constraints and triggers hold as for any other way.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

from django.db import connection
from django.db.models import CharField, Field, JSONField, Model, TextField

#: Bytes that are handed over at once.
AT_ONCE = 1 << 20


def take_ids(table: type[Model], count: int) -> list[int]:
    """So many new ids of a table, for rows that others point to."""
    if not count:
        return []
    sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [table._meta.db_table, count])
        return [row[0] for row in cursor.fetchall()]


def copy(table: type[Model], rows: Sequence[Model]) -> None:
    """Write rows of a table in the transaction at hand; without an id they get one there, unknown here.

    Raises DataError, IntegrityError, ValueError (a letter that UTF-8 has not), TypeError.
    """
    if not rows:
        return
    columns = _columns(table, with_id=rows[0].pk is not None)
    names = ", ".join(f'"{column}"' for column, _name, _write in columns)
    # Encoded here: what UTF-8 has not is the row's mistake, and none of the connection.
    lines = BytesIO("".join(_lines(columns, rows)).encode())
    with connection.cursor() as cursor, connection.wrap_database_errors:
        raw: Any = cursor.cursor
        raw.copy_expert(f'COPY "{table._meta.db_table}" ({names}) FROM STDIN', lines, AT_ONCE)


def _lines(columns: Sequence[Any], rows: Iterable[Model]) -> Iterator[str]:
    for row in rows:
        values = row.__dict__
        yield "\t".join([write(values[name]) for _column, name, write in columns]) + "\n"


@cache
def _columns(
    table: type[Model], *, with_id: bool
) -> tuple[tuple[str, str, Callable[[Any], str]], ...]:
    """The columns of a table, the names of their values in a row, and how these are written."""
    return tuple(
        (str(field.column), str(field.attname), _writer(field))
        for field in table._meta.concrete_fields
        if with_id or not field.primary_key
    )


def _writer(field: "Field[Any, Any]") -> Callable[[Any], str]:
    if isinstance(field, JSONField):
        return _json
    if isinstance(field, (CharField, TextField)) and not field.null:
        return _text
    return _value


def _json(value: Any) -> str:
    if value is None:
        return "\\N"
    return "{}" if value == {} else _text(json.dumps(value))


def _text(value: str) -> str:
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if "\n" in value:
        value = value.replace("\n", "\\n")
    if "\r" in value:
        value = value.replace("\r", "\\r")
    return value.replace("\t", "\\t") if "\t" in value else value


def _flag(value: bool) -> str:
    return "t" if value else "f"


def _nothing(_value: None) -> str:
    return "\\N"


_AS: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: str,
    float: repr,
    bool: _flag,
    datetime: datetime.isoformat,
    type(None): _nothing,
}


def _value(value: Any) -> str:
    """A value in COPY's text format. Raises TypeError."""
    write = _AS.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, str):
        # A code of ours.
        return _text(str(value))
    raise TypeError(f"COPY writes no {type(value).__name__} here")
