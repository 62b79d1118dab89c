"""Judged rows written in batches: each in one transaction with how far the import has come.

A row is known by the import's name and its own id, so that none is made twice, whatever was killed when.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.actors import SYSTEM
from complaints.services import importing
from complaints.services.work import tell_database
from systems.models import Doubt as DoubtRow
from systems.models import Import, Reference
from systems.past.doubts import Doubt
from systems.past.judging import Judged

#: How often a batch is tried: a number may be taken between looking and writing.
TRIES = 3


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
    """Ids of these rows that were brought in before, with their fingerprints."""
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
    changed = (Doubt("changed"),) if before not in ("", row.fingerprint) else ()
    return Outcome(replace(row, past=None, doubts=changed), Result.KNOWN)


def write(of: Import, outcomes: Sequence[Outcome]) -> None:
    """Make the cases of a batch, note what is doubtful, and how far the import has come."""
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
    Reference.objects.bulk_create(
        Reference(
            case=one.case,
            source=of.source,
            external_id=row.external_id,
            fingerprint=row.fingerprint,
        )
        for row, one in zip(rows, brought, strict=True)
    )


def _note(of: Import, outcomes: Sequence[Outcome]) -> None:
    DoubtRow.objects.bulk_create(
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
    )


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
