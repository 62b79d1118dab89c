"""Rows as COPY's binary format has them (PostgreSQL's manual, "COPY", "Binary Format"). Pure.

A field is its length in four bytes, then its bytes; numbers are big-endian, moments microseconds since
2000-01-01 UTC. The database takes these over, where it would have to read text.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any

#: What COPY wants before the first row (signature, flags, no extension) and after the last.
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
#: Before each id and each moment.
EIGHT = b"\0\0\0\x08"
#: Before the text of a `jsonb`: the version of that format.
JSONB = b"\x01"

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HOUR = timedelta(hours=1) // _MICROSECOND

pack_eight = Struct("!q").pack
pack_count = Struct("!h").pack
_pack_length = Struct("!i").pack
_pack_float = Struct("!id").pack
_PACKED_INTEGERS = {
    "bigint": Struct("!iq").pack,
    "integer": Struct("!ii").pack,
    "smallint": Struct("!ih").pack,
}
_SIZES = {"bigint": 8, "integer": 4, "smallint": 2}


class Lengths(dict[int, bytes]):
    """The four bytes before a field of so many bytes, and `more` for what goes before its text."""

    def __init__(self, more: bytes = b"") -> None:
        self._more = more

    def __missing__(self, length: int) -> bytes:
        self[length] = before = _pack_length(length + len(self._more)) + self._more
        return before


#: Before a text, and before the JSON of a `jsonb`, by their lengths in bytes.
TEXT_LENGTHS, JSON_LENGTHS = Lengths(), Lengths(JSONB)


def microseconds(value: datetime) -> int:
    """A moment as PostgreSQL counts it."""
    return (value - _EPOCH) // _MICROSECOND


def hour_of(value: datetime) -> int:
    """The beginning of its hour (in UTC), as PostgreSQL counts it."""
    return microseconds(value) // _HOUR * _HOUR


def encoder(kind: str) -> Callable[[Any], bytes]:
    """What makes a value, not None, into a field of a column of this type (as Django names it).

    Raises KeyError for a type that the load does not write.
    """
    if kind in _SIZES:
        size, pack = _SIZES[kind], _PACKED_INTEGERS[kind]
        return lambda value: pack(size, value)
    return _ENCODERS[kind.partition("(")[0]]


def _text(value: object) -> bytes:
    text = str(value).encode()
    return TEXT_LENGTHS[len(text)] + text


_ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "varchar": _text,
    "text": _text,
    "boolean": lambda value: b"\0\0\0\x01" + (b"\x01" if value else b"\0"),
    "double precision": lambda value: _pack_float(8, value),
    "timestamp with time zone": lambda value: EIGHT + pack_eight(microseconds(value)),
}
