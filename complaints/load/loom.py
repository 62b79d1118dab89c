"""The rows of a story as they are woven for each case: fields of COPY's binary format, with slots in them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from complaints.load.binary import (
    EIGHT,
    JSON_LENGTHS,
    NULL,
    TEXT_LENGTHS,
    Lengths,
    encoder,
    hour_of,
    pack_count,
)
from complaints.load.marks import (
    ALL,
    FRAGMENTS,
    MEASURED,
    WIDTHS,
    Piece,
    pieces,
    slot_at,
    slot_of,
)
from complaints.load.stage import NUMBERED
from complaints.load.weaving import PACKED, PACKED_MOMENTS, Pick, Yarn
from record import chain


@cache
def columns(table: type[Model]) -> tuple[tuple[str, str, Callable[[Any], bytes] | None], ...]:
    """Attributes and columns of a table that are written, with what packs a value (None: JSON)."""
    return tuple(
        (field.attname, str(field.column), _encoder(str(field.db_type(connection))))
        for field in table._meta.concrete_fields
        if table in NUMBERED or not field.primary_key
    )


def _encoder(kind: str) -> Callable[[Any], bytes] | None:
    return None if kind == "jsonb" else encoder(kind)


class Fragment:
    """A text that is put together for each case before its rows, and measured."""

    def __init__(self, pick: Pick, slot: int, lengths: Lengths) -> None:
        self.pick, self.slot, self.packed, self.lengths = pick, slot, PACKED + slot, lengths


class Loom:
    """What the rows of a story have in common. Raises ValueError where there are more texts than slots."""

    def __init__(self) -> None:
        self.yarn = Yarn()
        self.fragments: list[Fragment] = []
        #: Slots of moments with the hours in which they are, in the order in which they are packed.
        self.moments: dict[tuple[int, int], int] = {}
        self._slots: dict[tuple[str, int], int] = {}

    def rows(self, rows: Iterable[Model]) -> Pick:
        """Rows of a table, to be filled in for each case."""
        return self.yarn.weave(part for row in rows for part in self._row(row))

    def json_slot(self, value: Any) -> int | None:
        """The slot in which a case's JSON is, where cases differ in it."""
        text = chain.canonical(value).decode()
        parts = pieces(text)
        return None if _is_same(parts) else self._fragment(text, parts, JSON_LENGTHS)

    def _row(self, row: Model) -> list[Piece]:
        fields = columns(type(row))
        parts: list[Piece] = [pack_count(len(fields))]
        for name, _column, encode in fields:
            value = getattr(row, name)
            if value is None:
                parts.append(NULL)
            elif encode is None:
                parts += self._text(chain.canonical(value).decode(), JSON_LENGTHS)
            elif isinstance(value, str):
                parts += self._text(str(value), TEXT_LENGTHS)
            elif (packed := self._packed(value)) is not None:
                parts += (EIGHT, packed)
            else:
                parts.append(encode(value))
        return parts

    def _packed(self, value: object) -> int | None:
        """The slot of a marked id or moment, packed."""
        if isinstance(value, datetime):
            slot = slot_at(value)
            if slot is None:
                return None
            return self.moments.setdefault(
                (slot, hour_of(value)), PACKED_MOMENTS + len(self.moments)
            )
        slot = slot_of(value)
        return None if slot is None else PACKED + slot

    def _text(self, text: str, lengths: Lengths) -> list[Piece]:
        """A text with its length before it."""
        parts = pieces(text)
        if _is_same(parts):
            same = text.encode()
            return [lengths[len(same)], same]
        if lengths is TEXT_LENGTHS and len(parts) == 1 and isinstance(only := parts[0], int):
            if only in WIDTHS:
                return [lengths[WIDTHS[only]], only]
            if only in MEASURED:
                return [PACKED + only, only]
        slot = self._fragment(text, parts, lengths)
        return [PACKED + slot, slot]

    def _fragment(self, text: str, parts: list[Piece], lengths: Lengths) -> int:
        known = self._slots.get((text, id(lengths)))
        if known is not None:
            return known
        slot = FRAGMENTS + len(self.fragments)
        if slot >= ALL:
            raise ValueError("A story has more texts of its own than there are slots for them.")
        self.fragments.append(Fragment(self.yarn.weave(parts), slot, lengths))
        self._slots[(text, id(lengths))] = slot
        return slot


def _is_same(parts: Iterable[Piece]) -> bool:
    return all(isinstance(part, bytes) for part in parts)
