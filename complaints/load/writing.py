"""A story made into rows to be stamped out, and rows written by COPY."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

from django.db import connection
from django.db.models import Model

from complaints.load.marks import (
    CLOCKS,
    COMMITMENT,
    EVENTS,
    HASHES,
    LAST_OF_SEAT,
    SEATS,
    Stamp,
    as_text,
)
from complaints.load.stage import NUMBERED, TABLES, Rows
from complaints.services.work import hashed_fields
from record import chain

#: What COPY reads at once, in bytes.
READ = 1 << 20
_AS_BYTES = b"%d".__mod__


class Sheet:
    """One story ready to be stamped: an event's hash goes into the next, so events come first."""

    def __init__(self, rows: Rows, rng: Random) -> None:
        self.moments, self.sweeps = rows.moments, rows.sweeps
        self.events, self.clocks = len(rows.events), len(rows.clocks)
        _salt(rows, rng)
        self._hashed = []
        for place, event in enumerate(rows.events):
            event.prev_hash = as_text(HASHES + place - 1) if place else ""
            event.hash = as_text(HASHES + place)
            hashed = chain.hashed_as(hashed_fields(event), event.prev_hash)
            self._hashed.append(Stamp(chain.canonical(hashed).decode()))
        rows.case.last_hash = as_text(HASHES + self.events - 1)
        self._rows = {
            table: Stamp("".join(line_of(row) for row in there))
            for table, there in rows.by_table().items()
            if there
        }

        stamps = self._rows.values()
        self.has_above = any(stamp.has(*_slots_of("above")) for stamp in stamps)
        self.has_wrong = any(stamp.has(*_slots_of("wrong")) for stamp in stamps)

    def stamp(
        self, values: list[bytes], event: int, clock: int, lines: dict[type[Model], list[bytes]]
    ) -> None:
        """Add the rows of a case. `event` and `clock` are its first ids of those tables.

        Ids and hashes are put into the values.
        """
        values[EVENTS : EVENTS + self.events] = map(_AS_BYTES, range(event, event + self.events))
        values[CLOCKS : CLOCKS + self.clocks] = map(_AS_BYTES, range(clock, clock + self.clocks))
        slot, sha256 = HASHES, hashlib.sha256
        for hashed in self._hashed:
            values[slot] = sha256(hashed.filled(values)).hexdigest().encode()
            slot += 1
        for table, stamp in self._rows.items():
            lines[table].append(stamp.filled(values))


def _slots_of(seat: str) -> tuple[int, int]:
    return SEATS[seat], SEATS[seat] + LAST_OF_SEAT


def _salt(rows: Rows, rng: Random) -> None:
    """Salts by the seed, the same for all cases of a story; the complaint's own words have their own."""
    for statement in rows.statements:
        statement.salt = f"{rng.getrandbits(128):032x}"
        statement.event.commitment = chain.commitment(statement.salt, statement.body)
    rows.events[0].commitment = as_text(COMMITMENT)


@cache
def columns(table: type[Model]) -> tuple[tuple[str, str], ...]:
    """Attributes and columns of a table that are written."""
    return tuple(
        (field.attname, str(field.column))
        for field in table._meta.concrete_fields
        if table in NUMBERED or not field.primary_key
    )


def line_of(row: Model) -> str:
    """A row as a line of COPY's text format."""
    values = (_copied(getattr(row, name)) for name, _column in columns(type(row)))
    return "\t".join(values) + "\n"


def _copied(value: Any) -> str:
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case datetime():
            return chain.moment(value)
        case dict() | list():
            return _escaped(chain.canonical(value).decode())  # type: ignore[arg-type]
        case _:
            return _escaped(str(value))


def _escaped(text: str) -> str:
    for plain, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, escape)
    return text


def copy(lines: dict[type[Model], list[bytes]]) -> None:
    """Write lines into their tables, in the transaction at hand."""
    with connection.cursor() as cursor:
        # Whoever loses the end of a load to a power cut makes another.
        cursor.execute("SET LOCAL synchronous_commit = off")
        for table in TABLES:
            if found := lines[table]:
                _copy(cursor, table, found)


def _copy(cursor: Any, table: type[Model], lines: Sequence[bytes]) -> None:
    names = ", ".join(f'"{column}"' for _name, column in columns(table))
    sql = f'COPY "{table._meta.db_table}" ({names}) FROM STDIN'
    cursor.copy_expert(sql, BytesIO(b"".join(lines)), READ)
