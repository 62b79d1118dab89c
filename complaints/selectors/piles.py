"""Where cases pile up: subject × district × agency, of the last 90 days against the 90 before and
against other districts; and what the answers there say lies behind it. All bounded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import CharField, Count, F, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from complaints import moment
from complaints.models import Case, Event, Statement
from complaints.selectors.access import visible_to
from complaints.selectors.scopes import Scope

#: Days of a period, and the least cases that make a pile.
PERIOD, LEAST = timedelta(days=90), 5
#: How many piles there can be, how many answers are looked at, how many suggestions are shown.
MOST, ANSWERS, SHOWN = 1000, 500, 20
#: Seconds for which piles are fresh, kept, and counted by one reader alone.
FRESH, KEPT, COUNTING = 900, 86_400, 60
#: The district (regency, city) of a place: the first two levels of its path.
DISTRICT = Func(
    F("place__path"), Value("^(?:[^/]+/){1,2}"), function="substring", output_field=CharField()
)


@dataclass(frozen=True, slots=True)
class Pile:
    """Cases of one subject, district (a path) and agency: ids and paths of the registry.

    `now` and `before` count the last period and the one before it; `elsewhere` is the mean of the
    other districts that have cases of the subject, None where there is no other.
    """

    category: int
    district: str | None
    agency: int | None
    now: int
    before: int
    elsewhere: float | None

    @property
    def excess(self) -> float:
        """How many more there are than could be expected."""
        return self.now - max(self.before, self.elsewhere or 0)


@dataclass(frozen=True, slots=True)
class Behind:
    """A cause as an agency gave it, in how many of the answers looked at."""

    cause: str
    agency: int | None
    cases: int


@dataclass(frozen=True, slots=True)
class Piles:
    """What piles up, most unexpected first; causes of the newest answers, most frequent first."""

    counted_at: datetime
    piles: list[Pile]
    causes: list[Behind]
    #: How many answers the causes are from.
    answers: int


def piles() -> Piles:
    """The piles, at most a quarter of an hour old; one reader counts, others get what was counted."""
    name = f"piles:{settings.COUNTRY}"
    known: Piles | None = cache.get(name)
    if known is not None and (moment.now() - known.counted_at).total_seconds() < FRESH:
        return known
    if not cache.add(f"{name}:counting", 1, timeout=COUNTING) and known is not None:
        return known
    counted = count_piles()
    cache.set(name, counted, timeout=KEPT)
    cache.delete(f"{name}:counting")
    return counted


def count_piles() -> Piles:
    """Count them: two passes over the cases of 180 days by index, one over the newest answers."""
    now = moment.now()
    cases = Case.objects.filter(country=settings.COUNTRY, unranked="", category__isnull=False)
    recent = Q(filed_at__gte=now - PERIOD)
    rows = (
        cases.filter(filed_at__gte=now - 2 * PERIOD)
        .annotate(district=DISTRICT, agency=Coalesce("holder__agency_id", "holder_id"))
        .values("category_id", "district", "agency")
        .annotate(now=Count("pk", filter=recent), before=Count("pk", filter=~recent))
        .filter(now__gte=LEAST)
        .order_by("-now")[:MOST]
    )
    totals = {
        row["category_id"]: (row["all"], row["districts"])
        for row in cases.filter(recent)
        .annotate(district=DISTRICT)
        .values("category_id")
        .annotate(all=Count("pk"), districts=Count("district", distinct=True))
        .order_by()
    }
    found = _piles([dict(row) for row in rows], totals)
    answers, causes = _newest_causes(now - PERIOD)
    return Piles(now, found, causes, answers)


def _piles(rows: list[dict[str, Any]], totals: dict[int, tuple[int, int]]) -> list[Pile]:
    found = []
    for row in rows:
        all_cases, districts = totals[row["category_id"]]
        others = districts - 1 if row["district"] else 0
        elsewhere = (all_cases - row["now"]) / others if others > 0 else None
        found.append(
            Pile(
                category=row["category_id"],
                district=row["district"],
                agency=row["agency"],
                now=row["now"],
                before=row["before"],
                elsewhere=elsewhere,
            )
        )
    return sorted(found, key=lambda pile: (-pile.excess, -pile.now, pile.category))


def _newest_causes(since: datetime) -> tuple[int, list[Behind]]:
    """Causes by agency, of the newest answers in the country."""
    answered = _newest_answered(Scope(), since)
    rows = (
        Event.objects.filter(case__in=answered, move="answer")
        .annotate(agency=Coalesce("case__holder__agency_id", "case__holder_id"))
        .values("agency", "data__cause")
        .annotate(cases=Count("case", distinct=True))
        .order_by("-cases", "agency", "data__cause")
    )
    found = [Behind(row["data__cause"] or "", row["agency"], row["cases"]) for row in rows]
    return sum(row.cases for row in found), found


def _newest_answered(scope: Scope, since: datetime) -> list[int]:
    cases = Case.objects.filter(country=settings.COUNTRY, answered_at__gte=since)
    return list(scope.narrow(cases).order_by("-answered_at").values_list("pk", flat=True)[:ANSWERS])


def causes_in(scope: Scope) -> dict[str, int]:
    """What the newest answers of the period within a scope say lies behind it, the most frequent first."""
    answered = _newest_answered(scope, moment.now() - PERIOD)
    rows = (
        Event.objects.filter(case__in=answered, move="answer")
        .values("data__cause")
        .annotate(cases=Count("case", distinct=True))
        .order_by("-cases", "data__cause")
    )
    return {row["data__cause"] or "": row["cases"] for row in rows}


def suggested_in(actor: Actor, scope: Scope) -> Iterable[Statement]:
    """What the newest answers suggest, of cases that the actor may see; none of a sensitive one."""
    answered = _newest_answered(scope, moment.now() - PERIOD)
    seen = visible_to(actor).filter(pk__in=answered, sensitive=False)
    answers = Statement.objects.filter(
        case__in=seen, kind=Statement.Kind.ANSWER, erased_at=None, body__suggestion__regex=r"\S"
    )
    return answers.select_related("case").order_by("-id")[:SHOWN]


def cases_in(actor: Actor, scope: Scope, since: datetime | None = None) -> QuerySet[Case]:
    """The cases within a scope that the actor may see, newest first; none that is sensitive."""
    cases = scope.narrow(visible_to(actor)).filter(sensitive=False)
    if since is not None:
        cases = cases.filter(filed_at__gte=since)
    return cases.select_related("holder", "category", "place").order_by("-filed_at", "-id")
