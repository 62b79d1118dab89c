"""Restrictions of people who misuse the portal: which are in force, and for whom."""

from datetime import datetime

from django.conf import settings
from django.db.models import Case as When
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models import When as Branch

from complaints import moment
from complaints.models import Case, Restriction


def in_force(now: datetime) -> QuerySet[Restriction]:
    """Restrictions of the country that hold at a moment: not lifted, and not over."""
    return Restriction.objects.filter(_holds(now), country=settings.COUNTRY)


def _holds(now: datetime) -> Q:
    return Q(lifted_at=None, until__gt=now)


def of_case(case: Case, now: datetime | None = None) -> QuerySet[Restriction]:
    """The restrictions in force that this case gave the occasion for: one for each kind of contact."""
    return in_force(now or moment.now()).filter(case=case).order_by("id")


def _state() -> When:
    return When(
        Branch(decided_at__isnull=False, then=Value("kept")),
        Branch(appealed_at__isnull=False, then=Value("appealed")),
        default=Value("open"),
    )


def state_of(case: Case, now: datetime) -> str:
    """How they stand (they stand alike): open, appealed, kept; empty where none is in force."""
    return of_case(case, now).values_list(_state(), flat=True).first() or ""


def state_beside(now: datetime) -> Subquery:
    """The same, read beside the case itself."""
    rows = Restriction.objects.filter(_holds(now), case=OuterRef("pk"))
    rows = rows.order_by("id").annotate(stands=_state())
    return Subquery(rows.values("stands")[:1])


#: What the list of the overseers can be narrowed to.
SHOWS = ("appealed", "open", "ended")


def listed(show: str, now: datetime) -> QuerySet[Restriction]:
    """Restrictions for the overseers' list, of each case one: appealed, in force, or ended.

    The appealed ones oldest first, as they wait; the others newest first.
    """
    rows = Restriction.objects.filter(country=settings.COUNTRY).select_related(
        "case", "imposed_by", "lifted_by", "decided_by"
    )
    first = Restriction.objects.filter(case=OuterRef("case"), imposed_at=OuterRef("imposed_at"))
    rows = rows.filter(pk=Subquery(first.order_by("id").values("pk")[:1]))
    over = Q(lifted_at__isnull=False) | Q(until__lte=now)
    waits = Q(appealed_at__isnull=False, decided_at=None)
    if show == "appealed":
        return rows.filter(waits).exclude(over).order_by("appealed_at", "id")
    if show == "ended":
        return rows.filter(over).order_by("-imposed_at", "-id")
    return rows.exclude(over).order_by("-imposed_at", "-id")
