"""Who was pressed to give up, and where unusually many withdraw or fall silent. For overseers alone."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from agencies.models import Office
from complaints import moment
from complaints.bars import barred_from, not_barred
from complaints.models import Case, Statement
from complaints.models.case import EndedAs
from complaints.selectors.access import visible_to

COUNTED: tuple[Literal["closed", "pressed", "withdrawn", "silent"], ...] = (
    *("closed", "pressed", "withdrawn", "silent"),
)
#: Seconds for which what was counted is kept.
FRESH = 600
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
    #: How many cases are behind each of `COUNTED`.
    cases: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Closings:
    """The country's shares, and the agencies that stand out."""

    withdrawn: float
    silent: float
    agencies: list[Unusual]


def unusual_closings(actor: Actor) -> Closings:
    """Agencies with pressure, or with unusually many withdrawals or silent closings.

    Counted for everybody at most each ten minutes. Cases from which the reader is barred are taken out
    again (one query): one that is pressed shows by itself.
    """
    name = f"closings:{settings.COUNTRY}"
    counted = cache.get_or_set(name, lambda: _closings(Case.objects.all()), FRESH) or {}
    hidden = _closings(barred_from(actor))
    rows = {agency: _less(row, hidden.get(agency)) for agency, row in counted.items()}
    total = sum((Counter(row) for row in rows.values()), Counter())
    withdrawn = _share(total["withdrawn"], total["closed"])
    silent = _share(total["silent"], total["closed"])
    found = [_unusual(agency, row, withdrawn, silent) for agency, row in rows.items() if agency]
    shown = [row for row in found if row.pressed or row.is_withdrawn or row.is_silent]
    shown.sort(key=lambda row: (-row.pressed, -row.withdrawn, -row.silent))
    return Closings(withdrawn, silent, shown)


def closings_of(actor: Actor, agency: int, which: str) -> QuerySet[Case]:
    """The cases behind one of `COUNTED` of an agency that the actor may see, those closed last first."""
    offices = Office.objects.filter(Q(agency=agency) | Q(pk=agency)).values("pk")
    # One's own is visible even to whoever is barred from it; no figure of theirs holds it.
    seen = visible_to(actor).filter(not_barred(actor))
    cases = _closed(seen).filter(_WHICH[which], holder__in=offices)
    return cases.select_related("holder__agency", "category").order_by("-closed_at", "-id")


#: Which of the closed cases are counted as what.
_WHICH: dict[str, Q] = {
    "closed": Q(),
    "pressed": Q(pressured=True),
    "withdrawn": Q(ending=EndedAs.WITHDRAWN),
    "silent": Q(ending=EndedAs.SILENT),
}


def _closed(cases: QuerySet[Case]) -> QuerySet[Case]:
    since = moment.now() - LOOKED_AT
    closed = cases.filter(country=settings.COUNTRY, closed_at__gte=since, status="closed")
    return closed.filter(imported_from="")


def _closings(cases: QuerySet[Case]) -> dict[int | None, dict[str, int]]:
    """By agency: closed in the last 90 days, and of these pressed, withdrawn, ended in silence.

    Cases of the time before the portal are in none of it.
    """
    rows = (
        _closed(cases)
        .annotate(agency=Coalesce(F("holder__agency"), F("holder")))
        .order_by()
        .values("agency")
        .annotate(
            closed=Count("id"),
            pressed=Count("id", filter=_WHICH["pressed"]),
            withdrawn=Count("id", filter=_WHICH["withdrawn"]),
            silent=Count("id", filter=_WHICH["silent"]),
        )
    )
    return {row["agency"]: {name: row[name] for name in COUNTED} for row in rows}


def _less(row: Mapping[str, int], hidden: Mapping[str, int] | None) -> dict[str, int]:
    """Without what is hidden; what was counted a while ago may hold less than that."""
    return {name: max(0, count - (hidden or {}).get(name, 0)) for name, count in row.items()}


def _unusual(agency: int, row: Mapping[str, int], withdrawn: float, silent: float) -> Unusual:
    share, quiet = _share(row["withdrawn"], row["closed"]), _share(row["silent"], row["closed"])
    enough = row["closed"] >= LEAST_CLOSINGS
    return Unusual(
        agency=agency,
        closed=row["closed"],
        pressed=row["pressed"],
        withdrawn=share,
        silent=quiet,
        is_withdrawn=enough and share > 0 and share >= UNUSUAL * withdrawn,
        is_silent=enough and quiet > 0 and quiet >= UNUSUAL * silent,
        cases=row,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
