"""Where cases pile up: subject × district × agency, of the last 90 days against the 90 before and
against other districts; and what the answers there say lies behind it. All bounded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from complaints import moment
from complaints.bars import barred_from
from complaints.models import Case, Event, Statement
from complaints.selectors.access import visible_to
from complaints.selectors.scopes import Scope

#: Days of a period, and the least cases that make a pile.
PERIOD, LEAST = timedelta(days=90), 5
#: How many piles there can be, how many answers are looked at, how many suggestions are shown.
MOST, ANSWERS, SHOWN = 1000, 500, 20
#: Seconds for which piles are kept: a task counts them each hour.
KEPT = 86_400


#: One pass over the cases of both periods, by their index and grouped by ids; what a district or an agency
#: is, is asked once a group. The district (regency, city) of a place is the first two levels of its path;
#: a place of the first level is one of its own. No place is no district.
COUNTED = """
WITH counted AS (
    SELECT category_id, place_id, holder_id,
        count(*) FILTER (WHERE filed_at >= %(recent)s) AS now,
        count(*) FILTER (WHERE filed_at < %(recent)s) AS before
    FROM complaints_case
    WHERE country = %(country)s AND filed_at >= %(since)s
        AND unranked = '' AND category_id IS NOT NULL
    GROUP BY category_id, place_id, holder_id
), placed AS (
    SELECT counted.category_id AS category,
        coalesce(split_part(place.path, '/', 1) || '/'
            || coalesce(nullif(split_part(place.path, '/', 2), '') || '/', ''), '') AS district,
        coalesce(office.agency_id, counted.holder_id) AS agency,
        sum(counted.now)::bigint AS now, sum(counted.before)::bigint AS before
    FROM counted
    LEFT JOIN agencies_place place ON place.id = counted.place_id
    LEFT JOIN agencies_office office ON office.id = counted.holder_id
    GROUP BY 1, 2, 3
), by_district AS (
    SELECT category, district, sum(now)::bigint AS now FROM placed WHERE now > 0 GROUP BY 1, 2
), by_subject AS (
    SELECT category, sum(now)::bigint AS now, count(*) AS districts
    FROM by_district WHERE district <> '' GROUP BY 1
)
SELECT category, nullif(placed.district, ''), placed.agency, placed.now, placed.before,
    CASE WHEN placed.district <> '' AND by_subject.districts > 1
        THEN (by_subject.now - by_district.now)::float / (by_subject.districts - 1) END
FROM placed
JOIN by_district USING (category, district)
LEFT JOIN by_subject USING (category)
WHERE placed.now >= %(least)s
ORDER BY placed.now DESC, category, placed.district, placed.agency
LIMIT %(most)s
"""


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
    """The piles as the task counted them last; counted now only where nothing is kept."""
    known: Piles | None = cache.get(_name())
    return known if known is not None else keep_piles()


def keep_piles() -> Piles:
    """Count them anew and keep that for all readers. With millions of cases it takes seconds."""
    counted = count_piles()
    cache.set(_name(), counted, timeout=KEPT)
    return counted


def _name() -> str:
    return f"piles:2:{settings.COUNTRY}"


def count_piles() -> Piles:
    """Count them: one pass over the cases of 180 days by index, one over the newest answers."""
    now = moment.now()
    answers, causes = _newest_causes(now - PERIOD)
    return Piles(now, _piles(now), causes, answers)


def _piles(now: datetime) -> list[Pile]:
    """The largest piles, most unexpected first."""
    asked: dict[str, Any] = {
        "country": settings.COUNTRY,
        "recent": now - PERIOD,
        "since": now - 2 * PERIOD,
        "least": LEAST,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, asked)
        found = [Pile(*row) for row in cursor.fetchall()]
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


def _newest_answered(scope: Scope, since: datetime, actor: Actor | None = None) -> list[int]:
    # Answers of before the portal have no causes, and would leave no room for those that do.
    here = Case.objects.filter(country=settings.COUNTRY, imported_from="")
    cases = here.filter(answered_at__gte=since)
    if actor is not None:
        cases = cases.exclude(pk__in=barred_from(actor).values("pk"))
    return list(scope.narrow(cases).order_by("-answered_at").values_list("pk", flat=True)[:ANSWERS])


def causes_in(actor: Actor, scope: Scope) -> dict[str, int]:
    """What the newest answers of the period within a scope say lies behind it, the most frequent first.

    A scope may be as narrow as one case: those from which the actor is barred are not counted.
    """
    answered = _newest_answered(scope, moment.now() - PERIOD, actor)
    rows = (
        Event.objects.filter(case__in=answered, move="answer")
        .values("data__cause")
        .annotate(cases=Count("case", distinct=True))
        .order_by("-cases", "data__cause")
    )
    return {row["data__cause"] or "": row["cases"] for row in rows}


def suggested_in(actor: Actor, scope: Scope) -> Iterable[Statement]:
    """What the newest answers suggest, of cases that the actor may see; none of a sensitive one."""
    answered = _newest_answered(scope, moment.now() - PERIOD, actor)
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
