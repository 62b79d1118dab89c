"""Judged rows written in batches: each in one transaction with how far the import has come.

A row is known by the import's name and its own id, so that none is made twice, whatever was killed when.
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import DataError, IntegrityError, transaction
from django.db.models import F

from accounts.actors import SYSTEM
from complaints.services import importing, sealing
from complaints.services.copying import copy
from complaints.services.work import tell_database
from systems.models import Doubt as DoubtRow
from systems.models import Import, Reference
from systems.past.doubts import Doubt
from systems.past.judging import Judged

#: How often a batch is tried: a number may be taken between looking and writing.
TRIES = 3
#: What an odd row may raise that no check foresaw. What is wrong with the database itself is not among them.
UNFORESEEN = (
    *(ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError),
    *(DataError, IntegrityError),
)


class Result(StrEnum):
    """What became of a row."""

    MADE = "made"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row and what became of it, or would."""

    judged: Judged
    result: Result

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        return self.judged.doubts


def known_of(source: str, rows: Sequence[Judged]) -> dict[str, str]:
    """Ids of these rows that were brought in before, with their marks."""
    ids = [row.external_id for row in rows if row.external_id]
    found = Reference.objects.filter(source=source, external_id__in=ids)
    return dict(found.values_list("external_id", "fingerprint"))


def outcome_of(row: Judged, known: Mapping[str, str], first: str | None) -> Outcome:
    """What becomes of a row. `first` is the fingerprint of the one that had its id in this file before."""
    if row.past is None:
        return Outcome(row, Result.REFUSED)
    if first is not None:
        same = first == row.fingerprint
        doubted = replace(row, past=None, doubts=(Doubt("repeated" if same else "id_repeats"),))
        return Outcome(doubted, Result.KNOWN if same else Result.REFUSED)
    if row.external_id not in known:
        return Outcome(row, Result.MADE)
    before = known[row.external_id]
    is_same = not before or any(
        hmac.compare_digest(before, mark) for mark in _marks(row.past.source, row)
    )
    return Outcome(
        replace(row, past=None, doubts=() if is_same else (Doubt("changed"),)), Result.KNOWN
    )


def _marks(source: str, row: Judged) -> list[str]:
    """What a row held, so that a changed one is noticed: HMAC-SHA-256 of its fingerprint, in hex.

    By each tracking key, the one of now first. Without the keys nobody with the database can try out words.
    """
    message = f"import\x00{source}\x00{row.external_id}\x00{row.fingerprint}".encode()
    return [mark.hex() for mark in sealing.macs(message)]


def refused_rows(of: Import) -> Iterator[int]:
    """Numbers of the rows that were refused in it so far, in their order."""
    refusals = DoubtRow.objects.filter(of=of, is_refusal=True).order_by("row")
    return refusals.values_list("row", flat=True).distinct().iterator()


def write(of: Import, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Make the cases of a batch, note what is doubtful, and how far the import has come.

    Where that fails, row by row: what cannot be written is refused, and told with the others.
    """
    try:
        _write(of, outcomes)
    except UNFORESEEN:
        return [_write_alone(of, one) for one in outcomes]
    return list(outcomes)


def _write_alone(of: Import, one: Outcome) -> Outcome:
    try:
        _write(of, [one])
    except UNFORESEEN as error:
        doubt = Doubt("value_unread", "", type(error).__name__)
        refused = Outcome(replace(one.judged, past=None, doubts=(doubt,)), Result.REFUSED)
        _write(of, [refused])
        return refused
    return one


def _write(of: Import, outcomes: Sequence[Outcome]) -> None:
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                _make(of, [one.judged for one in outcomes if one.result == Result.MADE])
                _note(of, outcomes)
                _count(of, outcomes)
            return
        except IntegrityError:
            if not left:
                raise


def _make(of: Import, rows: Sequence[Judged]) -> None:
    registry = tell_database(SYSTEM)
    numbers = importing.free_numbers(len(rows))
    brought = [
        importing.bring(row.past, number, registry)
        for row, number in zip(rows, numbers, strict=True)
        if row.past is not None
    ]
    importing.write(brought)
    references = [
        Reference(
            case=one.case,
            source=of.source,
            external_id=row.external_id,
            fingerprint=_marks(of.source, row)[0],
        )
        for row, one in zip(rows, brought, strict=True)
    ]
    copy(Reference, references)


def _note(of: Import, outcomes: Sequence[Outcome]) -> None:
    doubts = [
        DoubtRow(
            of=of,
            row=one.judged.row,
            external_id=one.judged.external_id,
            code=doubt.code,
            column=doubt.column,
            is_refusal=doubt.is_refusal,
        )
        for one in outcomes
        for doubt in one.doubts
    ]
    copy(DoubtRow, doubts)


def _count(of: Import, outcomes: Sequence[Outcome]) -> None:
    results = [one.result for one in outcomes]
    Import.objects.filter(pk=of.pk).update(
        rows=F("rows") + len(outcomes),
        made=F("made") + results.count(Result.MADE),
        known=F("known") + results.count(Result.KNOWN),
        refused=F("refused") + results.count(Result.REFUSED),
        doubtful=F("doubtful") + sum(_is_doubtful(one) for one in outcomes),
    )


def _is_doubtful(one: Outcome) -> bool:
    """Whether somebody should look at a row of which a case was made, or was there."""
    return one.result != Result.REFUSED and bool(one.doubts)
