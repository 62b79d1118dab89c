"""Where it is stuck: open cases by agency, the oldest ones, what moved up. For those who oversee.

Everything here is counted over `visible_to(actor)`: whoever is barred from a case does not find it
in a count behind which there is a list.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

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
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from agencies.health import offices_without_focal, orphans
from agencies.models import Office
from complaints import moment
from complaints.models import Case, Clock, Escalation
from complaints.models.case import Status
from complaints.selectors.access import visible_to
from complaints.selectors.lists import due_in

TOP_LEVEL = 3
#: How long the counts of open cases are kept, and those of the registry, in seconds.
COUNTS_KEPT, REGISTRY_KEPT = 60, 600


@dataclass
class Standing:
    """Open cases, by how they stand now. `desk`: received; `top`: moved up to the highest level."""

    open: int = 0
    late: int = 0
    today: int = 0
    desk: int = 0
    disputed: int = 0
    appealed: int = 0
    top: int = 0

    def add(self, other: "Standing") -> None:
        """Count another's cases too."""
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))


@dataclass
class Now:
    """How the open cases stand, by the id of the agency; None is what no office has."""

    counted_at: datetime
    total: Standing
    by_agency: dict[int | None, Standing]


@dataclass(frozen=True, slots=True)
class RegistryProblems:
    """Offices whose cases reach nobody there: without a focal officer, or lost from the tree.

    `with_cases` are those without a focal officer that hold open cases now.
    """

    without_focal: int
    orphans: int
    with_cases: int


def open_cases(actor: Actor) -> QuerySet[Any, Any]:
    """The open cases that the actor may see, each with `agency_of`, the agency that counts them."""
    cases = visible_to(actor).exclude(status=Status.CLOSED)
    return cases.annotate(agency_of=Coalesce("holder__agency_id", "holder_id"))


def _standing(**more: Q) -> dict[str, Count]:
    moved_up = Clock.objects.filter(stopped_at=None, level__gte=TOP_LEVEL).values("case_id")
    conditions = {
        "late": due_in("late"),
        "today": due_in("today"),
        "desk": Q(status=Status.RECEIVED),
        "disputed": Q(status=Status.DISPUTED_OWNER),
        "appealed": Q(status=Status.APPEALED),
        "top": Q(pk__in=moved_up),
    }
    counts = {f"n_{name}": Count("pk", filter=asked) for name, asked in conditions.items()}
    return {"n_open": Count("pk"), **counts}


def _read(row: dict[str, int]) -> Standing:
    return Standing(**{part.name: row[f"n_{part.name}"] for part in fields(Standing)})


def now_by_agency(actor: Actor) -> Now:
    """How all open cases stand (one pass over the open ones, kept for a minute)."""
    name = f"stuck:{settings.COUNTRY}:{actor.user_id}"
    known: Now | None = cache.get(name)
    if known is not None:
        return known
    counted = Now(moment.now(), Standing(), {})
    for row in open_cases(actor).values("agency_of").annotate(**_standing()).order_by():
        standing = _read(row)
        counted.by_agency[row["agency_of"]] = standing
        counted.total.add(standing)
    cache.set(name, counted, timeout=COUNTS_KEPT)
    return counted


def now_by_office(actor: Actor, agency: Office) -> list[tuple[Office, Standing]]:
    """The offices of an agency that have open cases now, the one with most late ones first."""
    rows = open_cases(actor).filter(agency_of=agency.pk)
    found = {row["holder_id"]: _read(row) for row in _by_holder(rows)}
    offices = Office.objects.filter(pk__in=found)
    listed = [(office, found[office.pk]) for office in offices]
    return sorted(listed, key=lambda row: (-row[1].late, -row[1].open, row[0].path))


def _by_holder(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return rows.values("holder_id").annotate(**_standing()).order_by()


def oldest_open(actor: Actor, agency: Office | None = None) -> QuerySet[Any, Any]:
    """Open cases, the one filed first on top; of one agency if one is given."""
    cases = open_cases(actor)
    if agency is not None:
        cases = cases.filter(agency_of=agency.pk)
    cases = cases.select_related("holder__agency", "category").defer("public_text")
    return cases.order_by("filed_at", "id")


def late_of(actor: Actor, agency: Office) -> QuerySet[Any, Any]:
    """The late cases of an agency, the one that has been late longest first."""
    cases = open_cases(actor).filter(due_in("late"), agency_of=agency.pk)
    cases = cases.select_related("holder__agency", "category").defer("public_text")
    return cases.order_by("next_due", "id")


def moved_up_by_level(actor: Actor, agency: str = "") -> dict[int, int]:
    """How many late clocks are at each level now."""
    rows = _moved_up(actor, agency).order_by().values_list("level")
    return dict(rows.annotate(n=Count("pk")))


def _moved_up(actor: Actor, agency: str) -> QuerySet[Clock]:
    open_ones = visible_to(actor).exclude(status=Status.CLOSED)
    found = Clock.objects.filter(stopped_at=None, level__gte=1, case__in=open_ones)
    return found.filter(case__holder__agency__code=agency) if agency else found


def moved_up(actor: Actor, level: int = 0, agency: str = "") -> QuerySet[Clock]:
    """Late clocks that have moved up and still run, the highest level and longest first.

    Each has `since`, when it reached its level. `level` 1–3 and an agency's code narrow the list.
    """
    since = Escalation.objects.filter(clock=OuterRef("pk"), level=OuterRef("level"))
    found = _moved_up(actor, agency)
    if level:
        found = found.filter(level=level)
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
