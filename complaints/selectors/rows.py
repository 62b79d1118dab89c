"""What a list of cases shows beside each: the clock that counts, and what the router suggests.

Each is one query for the whole list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.prepared import prepared
from agencies.models import Office
from complaints import clocks
from complaints.clockwork import OF_OFFICERS
from complaints.models import Case, Clock, Handling, RoutingRecord


def row_clocks(cases: Iterable[Case]) -> dict[int, Clock]:
    """By case, the clock its row shows: an officer's that counts, the earliest; else the citizen's.

    A paused one is shown only where nothing else counts. A closed case has none.
    """
    found = _open_clocks(cases=[case.pk for case in cases])
    shown: dict[int, Clock] = {}
    for clock in sorted(found, key=_urgency, reverse=True):
        shown[clock.case_id] = clock
    return shown


@prepared
def _open_clocks(*, cases: Any) -> QuerySet[Clock]:
    return Clock.objects.filter(case__among=cases, stopped_at=None)


def _urgency(clock: Clock) -> tuple[int, float]:
    paused = clock.paused_at is not None and clock.missed_at is None
    of_officer = clock.kind in OF_OFFICERS
    silent = clock.kind in (clocks.Kind.TELL, clocks.Kind.WITHDRAWAL)
    group = 0 if of_officer and not paused else 1 if not of_officer and not silent else 2
    return (group + silent, clock.due_at.timestamp())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where the router would send a case, how sure it is (0–1), and why the desk has it."""

    office: Office | None
    confidence: float
    desk_because: str


def suggestions(cases: Iterable[Case]) -> dict[int, Suggestion]:
    """By case, the router's last decision (two queries).

    An office that had the case and gave it back is not suggested again.
    """
    meant = Coalesce(NullIf(OuterRef("target"), Value("")), OuterRef("suggested"))
    had_it = Handling.objects.filter(case=OuterRef("case"), office__code=meant)
    records = (
        RoutingRecord.objects.filter(case__in=[case.pk for case in cases])
        .annotate(had_it=Exists(had_it))
        .order_by("case", "-at", "-id")
        .distinct("case")
    )
    rows = {row.case_id: row for row in records}
    codes = {key: row.target or row.suggested for key, row in rows.items() if not row.had_it}
    offices = offices_named(codes.values())
    return {
        key: Suggestion(offices.get(codes.get(key, "")), row.confidence, row.desk_because)
        for key, row in rows.items()
    }


def offices_named(codes: Iterable[str]) -> dict[str, Office]:
    """Open and closed offices by code; no query where none is asked for."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    found = Office.objects.filter(country=settings.COUNTRY, code__in=wanted)
    return {office.code: office for office in found}
