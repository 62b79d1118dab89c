"""What Open311 shows: subjects in use, published cases, and what became of them.

Everything begins with `public_cases()`: released by the desk, with consent, never sensitive, and never
the words as they were written. A list costs three statements however long it is.

Each is index-backed however many cases there are. A list by the day of filing walks `case_filed_idx`
backwards within its window, or, where few are published, `case_public_idx`: nothing is published
before it was filed, so `published_at` is bounded too, and the planner may choose. Updates begin with
the cases of which the public learnt something since (`case_public_news_idx`) and read their events by
case and number; the record itself has no index by time.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery

from agencies import selectors as registry
from agencies.models import Category, Office, RegistryVersion
from channels.open311.asking import MOST_ROWS, Asked, Window
from complaints import clocks
from complaints.models import Case, Clock, Event
from complaints.models.case import Status
from complaints.selectors.finding import described_places
from complaints.selectors.lists import public_cases
from complaints.tracking import read_number
from complaints.workflow import PUBLIC_MOVES

IS_CLOSED = Q(status=Status.CLOSED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A published case with what stands beside it: where it is in words, and when an answer is due."""

    case: Case
    address: str
    expected: datetime | None


@dataclass(frozen=True, slots=True)
class Update:
    """A public step of a published case; `office` has the case from then on, if the step says so."""

    event: Event
    office: Office | None


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
    """Public steps within a window, the oldest first, at most 1,000 (two queries).

    The oldest first, so that whoever asks again from the last one misses none. What was before the
    publication is none: the one about that says where the case stands.
    """
    events = list(_public_events(within).order_by("recorded_at", "id")[:MOST_ROWS])
    codes = {event.data["office"] for event in events if "office" in event.data}
    found = Office.objects.filter(country=settings.COUNTRY, code__in=codes)
    offices = {office.code: office for office in found.select_related("agency")}
    return [Update(event, offices.get(event.data.get("office", ""))) for event in events]


def _public_events(within: Window) -> QuerySet[Event]:
    with_news = public_cases().filter(public_at__gte=within.start).order_by().values("pk")
    published = Event.objects.filter(case=OuterRef("case"), move="publish").order_by("-seq")
    return Event.objects.filter(
        case__in=with_news,
        move__in=PUBLIC_MOVES,
        recorded_at__gte=within.start,
        recorded_at__lte=within.end,
        seq__gte=Subquery(published.values("seq")[:1]),
    ).select_related("case")
