"""Who was pressed to give up, and where unusually many withdraw or fall silent. For overseers alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from complaints import moment
from complaints.bars import barred_from
from complaints.models import Case, Statement
from complaints.models.case import EndedAs
from complaints.selectors.access import visible_to

#: Days of closings that are looked at for what is unusual.
LOOKED_AT = timedelta(days=90)
#: So many closings, and so many times the country's share, make a share unusual.
LEAST_CLOSINGS, UNUSUAL = 20, 3.0


def pressured_cases(actor: Actor, *, noted: bool) -> QuerySet[Case]:
    """Cases whose citizen said that they were pressed, the newest first; `noted`: those for which an
    overseer wrote down what was done. Bars come before everything.
    """
    cases = visible_to(actor).filter(pressured=True, pressure_noted_at__isnull=not noted)
    return cases.select_related("holder__agency").order_by("-filed_at", "-id")


def words_of(cases: list[Case]) -> dict[int, list[Statement]]:
    """What was said about the pressure, and what overseers noted, by case, oldest first."""
    found: dict[int, list[Statement]] = defaultdict(list)
    said = Statement.objects.filter(
        case__in=cases, event__move__in=("say_pressured", "note_pressure"), erased_at=None
    )
    for statement in said.select_related("event").order_by("event_id"):
        found[statement.case_id].append(statement)
    return found


def open_pressure(actor: Actor) -> int:
    """How many cases wait for an overseer to look at the pressure (an index of such cases alone)."""
    return pressured_cases(actor, noted=False).count()


@dataclass(frozen=True, slots=True)
class Unusual:
    """An agency's closings of the last 90 days; shares are 0–1, `is_*` marks three times the country's."""

    agency: int
    closed: int
    pressed: int
    withdrawn: float
    silent: float
    is_withdrawn: bool
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Closings:
    """The country's shares, and the agencies that stand out."""

    withdrawn: float
    silent: float
    agencies: list[Unusual]


def unusual_closings(actor: Actor) -> Closings:
    """Agencies with pressure, or with unusually many withdrawals or silent closings (one query).

    Cases from which the reader is barred are not in it: one that is pressed shows by itself.
    """
    since = moment.now() - LOOKED_AT
    closed = Case.objects.filter(country=settings.COUNTRY, closed_at__gte=since, status="closed")
    closed = closed.exclude(pk__in=barred_from(actor))
    rows = list(
        closed.annotate(agency=Coalesce(F("holder__agency"), F("holder")))
        .order_by()
        .values("agency")
        .annotate(
            closed=Count("id"),
            pressed=Count("id", filter=Q(pressured=True)),
            withdrawn=Count("id", filter=Q(ending=EndedAs.WITHDRAWN)),
            silent=Count("id", filter=Q(ending=EndedAs.SILENT)),
        )
    )
    total = sum(row["closed"] for row in rows)
    withdrawn = _share(sum(row["withdrawn"] for row in rows), total)
    silent = _share(sum(row["silent"] for row in rows), total)
    found = [_unusual(row, withdrawn, silent) for row in rows if row["agency"]]
    shown = [row for row in found if row.pressed or row.is_withdrawn or row.is_silent]
    shown.sort(key=lambda row: (-row.pressed, -row.withdrawn, -row.silent))
    return Closings(withdrawn, silent, shown)


def _unusual(row: Mapping[str, Any], withdrawn: float, silent: float) -> Unusual:
    share, quiet = _share(row["withdrawn"], row["closed"]), _share(row["silent"], row["closed"])
    enough = row["closed"] >= LEAST_CLOSINGS
    return Unusual(
        agency=row["agency"],
        closed=row["closed"],
        pressed=row["pressed"],
        withdrawn=share,
        silent=quiet,
        is_withdrawn=enough and share > 0 and share >= UNUSUAL * withdrawn,
        is_silent=enough and quiet > 0 and quiet >= UNUSUAL * silent,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
