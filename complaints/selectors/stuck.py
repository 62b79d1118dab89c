"""What moved up and is still late, and what the registry lacks. For those who oversee."""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from accounts.actors import Actor
from agencies.health import offices_without_focal, orphans
from agencies.models import Office
from complaints.models import Case, Clock, Escalation
from complaints.models.case import Status
from complaints.selectors.access import visible_to

TOP_LEVEL = 3
#: How long the counts of the registry are kept, in seconds.
REGISTRY_KEPT = 600


@dataclass(frozen=True, slots=True)
class RegistryProblems:
    """Offices whose cases reach nobody there: without a focal officer, or lost from the tree.

    `with_cases` are those without a focal officer that hold open cases now.
    """

    without_focal: int
    orphans: int
    with_cases: int


def moved_up(actor: Actor, level: int = 0, office: Office | None = None) -> QuerySet[Clock]:
    """Late clocks that have moved up and still run, the highest level and longest first.

    Each has `since`, when it reached its level. `level` 1–3 and an office, with all below it, narrow
    the list.
    """
    open_ones = visible_to(actor).exclude(status=Status.CLOSED)
    found = Clock.objects.filter(stopped_at=None, level__gte=1, case__in=open_ones)
    if office is not None:
        found = found.filter(case__holder__path__startswith=office.path)
    if level:
        found = found.filter(level=level)
    since = Escalation.objects.filter(clock=OuterRef("pk"), level=OuterRef("level"))
    found = found.annotate(since=Subquery(since.values("happened_at")[:1]))
    return found.select_related("case__holder__agency", "case__category").order_by(
        "-level", "missed_at", "due_at", "id"
    )


def registry_problems() -> RegistryProblems:
    """What the registry lacks, for the dashboard (two queries, kept for some minutes)."""
    name = f"registry-problems:{settings.COUNTRY}"
    known: RegistryProblems | None = cache.get(name)
    if known is None:
        has_cases = Exists(Case.objects.filter(holder=OuterRef("pk")).exclude(status=Status.CLOSED))
        lost = offices_without_focal(settings.COUNTRY).order_by()
        counted = lost.aggregate(all=Count("pk"), with_cases=Count("pk", filter=Q(has_cases)))
        known = RegistryProblems(
            without_focal=counted["all"],
            orphans=orphans(settings.COUNTRY).count(),
            with_cases=counted["with_cases"],
        )
        cache.set(name, known, timeout=REGISTRY_KEPT)
    return known
