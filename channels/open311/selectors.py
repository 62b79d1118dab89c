"""What Open311 shows: subjects in use, published cases, and what became of them.

Everything begins with `public_cases()`: released by the desk, with consent, never sensitive, and never
the words as they were written. A list costs three statements however long it is.

Each is index-backed however many cases there are. A list by the day of filing walks `case_filed_idx`
backwards within its window, or, where few are published, `case_public_idx`: nothing is published
before it was filed, so `published_at` is bounded too, and the planner may choose. Updates are found by
the moments that a case itself holds, each of which has an index (`case_public_idx`,
`case_answered_idx`, `case_closed_idx`); the record has none by time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db.models import Q, QuerySet

from agencies import selectors as registry
from agencies.models import Category, RegistryVersion
from channels.open311.asking import MOST_ROWS, Asked, Window
from complaints import clocks
from complaints.models import Case, Clock
from complaints.models.case import Status
from complaints.selectors.finding import described_places
from complaints.selectors.lists import public_cases
from complaints.tracking import read_number

IS_CLOSED = Q(status=Status.CLOSED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A published case with what stands beside it: where it is in words, and when an answer is due."""

    case: Case
    address: str
    expected: datetime | None


@dataclass(frozen=True, slots=True)
class Update:
    """A public step of a published case, at the moment (UTC) when it was made."""

    case: Case
    step: Literal["published", "answered", "closed"]
    at: datetime


def services() -> list[Category]:
    """The subjects in use, each with the one above it (one query)."""
    return list(registry.categories(settings.COUNTRY).select_related("parent"))


def service(code: str) -> Category | None:
    """A subject in use by its code."""
    return registry.categories(settings.COUNTRY).filter(code=code).first()


def changed_at() -> datetime | None:
    """When the registry, and with it the list of services, changed last."""
    return (
        RegistryVersion.objects.filter(country=settings.COUNTRY)
        .values_list("changed_at", flat=True)
        .first()
    )


def requests(which: Asked) -> list[Shown]:
    """Published cases by the day of filing, newest first, at most 1,000 (three queries)."""
    cases = _narrowed(public_cases(), which).order_by("-filed_at", "-id")
    return _shown(list(cases[:MOST_ROWS]))


def _narrowed(cases: QuerySet[Case], which: Asked) -> QuerySet[Case]:
    if which.numbers is not None:
        return cases.filter(number__in=which.numbers)
    start, end = which.window.start, which.window.end
    cases = cases.filter(filed_at__gte=start, filed_at__lte=end, published_at__gte=start)
    if which.codes:
        cases = cases.filter(category__code__in=which.codes)
    if which.statuses == {"closed"}:
        cases = cases.filter(IS_CLOSED)
    elif which.statuses == {"open"}:
        cases = cases.exclude(IS_CLOSED)
    return cases


def request(number: str) -> Shown | None:
    """One published case by its number, however it was typed; None for any other."""
    cases = public_cases().filter(number=read_number(number) or "")
    return next(iter(_shown(list(cases))), None)


def _shown(cases: list[Case]) -> list[Shown]:
    if not cases:
        return []
    places = [case.place for case in cases if case.place is not None]
    lines = dict(zip((p.pk for p in places), described_places(places), strict=True))
    due = _resolve_due(cases)
    return [
        Shown(case, lines[case.place_id].line if case.place_id else "", due.get(case.pk))
        for case in cases
    ]


def _resolve_due(cases: list[Case]) -> dict[int, datetime]:
    """By case, when its newest `resolve` clock is or was due; none before it has an office."""
    clock_rows = Clock.objects.filter(case__in=[c.pk for c in cases], kind=clocks.Kind.RESOLVE)
    return dict(clock_rows.order_by("id").values_list("case_id", "due_at"))


def updates(within: Window) -> list[Update]:
    """Public steps within a window, the oldest first, at most 1,000 (three queries).

    The oldest first, so that whoever asks again from the last one misses none.
    """
    found = [
        *_steps(within, "published", public_cases()),
        *_steps(within, "answered", public_cases()),
        *_steps(within, "closed", public_cases().filter(IS_CLOSED)),
    ]
    found.sort(key=lambda update: (update.at, update.case.pk))
    return found[:MOST_ROWS]


def _steps(
    within: Window,
    step: Literal["published", "answered", "closed"],
    cases: QuerySet[Case],
) -> list[Update]:
    column = f"{step}_at"
    dated = cases.filter(**{f"{column}__gte": within.start, f"{column}__lte": within.end})
    rows = dated.order_by(column, "id")[:MOST_ROWS]
    return [Update(case, step, at) for case in rows if (at := getattr(case, column))]
