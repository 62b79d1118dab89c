"""A story made into rows to be stamped out, and rows written by COPY."""

import hashlib
from collections.abc import Sequence
from itertools import chain as chain_of
from operator import add
from random import Random
from struct import Struct
from typing import Any

from django.db import connection
from django.db.models import Model

from complaints.load.binary import HEADER, TRAILER
from complaints.load.loom import Loom, columns
from complaints.load.marks import (
    CLOCKS,
    COMMITMENT,
    EVENTS,
    HASHES,
    MOMENTS,
    OF_SEAT,
    SEATS,
    SWEPT,
    as_id,
    as_text,
    pieces,
)
from complaints.load.stage import TABLES, Rows
from complaints.load.weaving import CONSTANTS, PACKED, PACKED_MOMENTS, Pick, picker
from complaints.models import Event
from complaints.services.work import hashed_fields
from record import chain

#: Of so many cases COPY reads the rows at once.
CASES_READ = 16
_AS_BYTES = b"%d".__mod__
_PACKED_EVENTS, _PACKED_CLOCKS = PACKED + EVENTS, PACKED + CLOCKS


class Sheet:
    """One story ready to be stamped: an event's hash goes into the next, so events come first."""

    def __init__(self, rows: Rows, rng: Random) -> None:
        self.moments, self.sweeps = rows.moments, rows.sweeps
        self.events, self.clocks = len(rows.events), len(rows.clocks)
        _salt(rows, rng)
        loom = Loom()
        self._hashed = [_hashed(loom, event, place) for place, event in enumerate(rows.events)]
        rows.case.last_hash = as_text(HASHES + self.events - 1)
        self._rows = [
            (table, loom.rows(there)) for table, there in rows.by_table().items() if there
        ]
        self._fragments = [
            (each.pick, each.slot, each.packed, each.lengths) for each in loom.fragments
        ]
        self._constants = loom.yarn.constants
        self._use_moments(loom)
        self._has_written_ids = not loom.yarn.used.isdisjoint(range(EVENTS, HASHES))
        used = {slot % PACKED for slot in loom.yarn.used if slot < 2 * PACKED}
        self.has_above = not used.isdisjoint(_slots_of("above"))
        self.has_wrong = not used.isdisjoint(_slots_of("wrong"))

    def _use_moments(self, loom: Loom) -> None:
        """Of each moment that is packed its hour, and where to find its minutes."""
        slots = [slot for slot, _hour in loom.moments]
        self._hours = [hour for _slot, hour in loom.moments]
        self._minutes = picker(
            [slot - MOMENTS if slot < SWEPT else slot - SWEPT + self.moments for slot in slots]
        )
        number = self.events + self.clocks + len(slots)
        self._pack, self._unpack = Struct(f"!{number}q").pack, Struct("8s" * number).unpack

    def begin(self, values: list[bytes]) -> None:
        """Put into the values what is the same for all cases of the story."""
        values[CONSTANTS:] = self._constants

    def stamp(
        self,
        values: list[bytes],
        minutes: list[int],
        ids: tuple[int, int],
        lines: dict[type[Model], list[bytes]],
    ) -> None:
        """Add the rows of a case, whose values are those of `Planner.put`, as `minutes` are.

        `ids` are its first ones of events and clocks. Ids, hashes and moments are put into the values.
        """
        self._put(values, minutes, *ids)
        join, sha256, slot = b"".join, hashlib.sha256, HASHES
        for pick, fragment, packed, lengths in self._fragments:
            values[fragment] = text = join(pick(values))
            values[packed] = lengths[len(text)]
        for pick in self._hashed:
            values[slot] = sha256(join(pick(values))).hexdigest().encode()
            slot += 1
        for table, pick in self._rows:
            lines[table].append(join(pick(values)))

    def _put(self, values: list[bytes], minutes: list[int], event: int, clock: int) -> None:
        events, clocks = self.events, self.clocks
        numbers, more = range(event, event + events), range(clock, clock + clocks)
        if self._has_written_ids:
            values[EVENTS : EVENTS + events] = map(_AS_BYTES, numbers)
            values[CLOCKS : CLOCKS + clocks] = map(_AS_BYTES, more)
        moments = map(add, self._hours, self._minutes(minutes))
        packed = self._unpack(self._pack(*numbers, *more, *moments))
        values[_PACKED_EVENTS : _PACKED_EVENTS + events] = packed[:events]
        events += clocks
        values[_PACKED_CLOCKS : _PACKED_CLOCKS + clocks] = packed[self.events : events]
        values[PACKED_MOMENTS : PACKED_MOMENTS + len(self._hours)] = packed[events:]


def _hashed(loom: Loom, event: Event, place: int) -> Pick:
    """What is hashed of an event. Its JSON is put together once, for the hash and for the row."""
    event.prev_hash = as_text(HASHES + place - 1) if place else ""
    event.hash = as_text(HASHES + place)
    hashed = chain.hashed_as(hashed_fields(event), event.prev_hash)
    for name in ("data", "fixed"):
        slot = loom.json_slot(hashed[name])
        if slot is not None:
            hashed[name] = as_id(slot)
    return loom.yarn.weave(pieces(chain.canonical(hashed).decode()))


def _slots_of(seat: str) -> range:
    return range(SEATS[seat], SEATS[seat] + OF_SEAT)


def _salt(rows: Rows, rng: Random) -> None:
    """Salts by the seed, the same for all cases of a story; the complaint's own words have their own."""
    for statement in rows.statements:
        statement.salt = f"{rng.getrandbits(128):032x}"
        statement.event.commitment = chain.commitment(statement.salt, statement.body)
    rows.events[0].commitment = as_text(COMMITMENT)


def copy(lines: dict[type[Model], list[bytes]]) -> None:
    """Write lines into their tables, in the transaction at hand."""
    with connection.cursor() as cursor:
        # Whoever loses the end of a load to a power cut makes another.
        cursor.execute("SET LOCAL synchronous_commit = off")
        for table in TABLES:
            if found := lines[table]:
                _copy(cursor, table, found)


def _copy(cursor: Any, table: type[Model], lines: Sequence[bytes]) -> None:
    names = ", ".join(f'"{column}"' for _name, column, _encoder in columns(table))
    sql = f'COPY "{table._meta.db_table}" ({names}) FROM STDIN (FORMAT binary)'
    cursor.copy_expert(sql, _Read(lines))


class _Read:
    """Rows as a file to be read: joined piece by piece, for a whole chunk would leave the cache."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        pieces = (lines[at : at + CASES_READ] for at in range(0, len(lines), CASES_READ))
        self._pieces = chain_of([HEADER], map(b"".join, pieces), [TRAILER])

    def read(self, _size: int) -> bytes:
        """The next rows, as many as there are; nothing at the end."""
        return next(self._pieces, b"")
