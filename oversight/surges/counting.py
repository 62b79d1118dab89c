"""What rises now: the day sums of subjects, places and agencies, judged, and where the cases are.

It changes with the days, so a task counts it for all readers; whoever is barred from a case has it
counted without that case.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import F

from agencies import snapshot
from agencies.calendars import WorkCalendar
from agencies.models import Office
from complaints import moment
from oversight import rising
from oversight.figures import days
from oversight.figures.cube import CUT_LEVELS
from oversight.figures.periods import Period, today
from oversight.rising import DAYS, LEAST, WEEK, WEEKS, Rise

#: How many rising subjects are looked into; how many places and agencies of each are named.
MOST, NAMED = 12, 10
#: So many facts are counted for one answer at most; of more cases agencies are counted for the week alone.
MOST_FACTS = 60_000
#: Seconds for which it is kept: a task counts it every few minutes.
KEPT = 3600


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are looked at: the week from `since` on, and `WEEKS` of them from `first` on."""

    first: date
    since: date
    end: date

    @property
    def week(self) -> Period:
        """The week as a period of the figures."""
        return Period(str(WEEK), self.since, self.end)

    @property
    def last(self) -> date:
        """The last whole day."""
        return self.end - timedelta(days=1)

    @property
    def weeks(self) -> list[date]:
        """The first day of each week, oldest first."""
        return [self.first + timedelta(days=WEEK * number) for number in range(WEEKS + 1)]


def span() -> Span:
    """The last seven whole days in the capital, and the eight weeks before them."""
    end = today()
    return Span(end - timedelta(days=DAYS), end - timedelta(days=WEEK), end)


@dataclass(frozen=True, slots=True)
class Part:
    """A place or agency (0: none) and its cases of one subject: of the week, and of a usual one.

    `usual` is None where that was not counted.
    """

    key: int
    now: int
    usual: float | None

    @property
    def excess(self) -> float:
        """How many more there are than usual."""
        return self.now - (self.usual or 0)


@dataclass(frozen=True, slots=True)
class Where:
    """Where the cases of a subject are, the largest excess first."""

    districts: tuple[Part, ...]
    agencies: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Rising:
    """Everything judged, by the ids of subjects, districts and agencies, and where rising subjects are."""

    counted_at: datetime
    span: Span
    subjects: Mapping[int, Rise]
    districts: Mapping[int, Rise]
    agencies: Mapping[int, Rise]
    where: Mapping[int, Where]

    @property
    def is_young(self) -> bool:
        """Whether the portal has too few weeks behind it to say anything."""
        return not self.subjects


def rising_now(hidden: Collection[int] = ()) -> Rising | None:
    """What rises, as it was counted last. None while the sums are not kept for all these days.

    `hidden`: ids of cases from which the reader is barred; then it is counted without them.
    """
    if hidden:
        return count(hidden)
    known: Rising | None = cache.get(_name())
    return known if known is not None else keep_rising()


def keep_rising() -> Rising | None:
    """Count it anew, and keep that for all readers."""
    counted = count()
    if counted is not None:
        cache.set(_name(), counted, timeout=KEPT)
    return counted


def _name() -> str:
    return f"rising:1:{settings.COUNTRY}:{today()}"


def count(hidden: Collection[int] = ()) -> Rising | None:
    """Judge all subjects, districts and agencies, and look where the rising subjects are."""
    asked = span()
    if not days.is_kept_since(asked.first):
        return None
    subjects = judged(days.by_category(asked.first, DAYS, hidden=hidden), asked)
    found = rises(subjects)[:MOST]
    return Rising(
        counted_at=moment.now(),
        span=asked,
        subjects=subjects,
        districts=judged(days.by_district(asked.first, DAYS, hidden=hidden), asked),
        agencies=judged(days.by_node(_agencies(), asked.first, DAYS, hidden=hidden), asked),
        where={key: where_of(key, rise, asked, hidden) for key, rise in found},
    )


def judged(
    series: Mapping[int, Sequence[int]], asked: Span, *, least: int = LEAST, only: Any = None
) -> dict[int, Rise]:
    """The rule put to counts by day; 0, which is "none given", tells of the others and is not judged."""
    named = [key for key in series if key] if only is None else only
    return rising.judge(series, asked.first, calendar(), only=named, least=least)


def calendar() -> WorkCalendar:
    """Days off of the country's offices."""
    return snapshot.current(settings.COUNTRY).default_calendar


def rises(found: Mapping[int, Rise]) -> list[tuple[int, Rise]]:
    """What is rising, the least likely first."""
    rising_ones = [(key, rise) for key, rise in found.items() if rise.is_rising]
    return sorted(rising_ones, key=lambda each: (each[1].chance, -each[1].found, each[0]))


def is_counted_by_subject(office: Office) -> bool:
    """Whether its subjects are counted day by day: those of the first levels of the tree are."""
    return office.path.count("/") <= CUT_LEVELS


def _agencies() -> list[int]:
    """Agencies of which days are kept as far back."""
    rows = Office.objects.filter(country=settings.COUNTRY, agency=F("pk"), closed_at=None)
    return [row.pk for row in rows.only("pk", "path") if is_counted_by_subject(row)]


def where_of(subject: int, rise: Rise, asked: Span, hidden: Collection[int] = ()) -> Where:
    """Where the cases of a subject are: two bounded queries."""
    by_district = days.by_district(asked.first, DAYS, categories=[subject], hidden=hidden)
    districts = [
        Part(key, sum(counts[-WEEK:]), sum(counts[:-WEEK]) / WEEKS)
        for key, counts in by_district.items()
    ]
    is_bounded = sum(rise.weeks) <= MOST_FACTS
    first = asked.first if is_bounded else asked.since
    by_agency = days.by_agency([subject], first, asked.since, asked.end, hidden=hidden)
    agencies = [
        Part(key, now, before / WEEKS if is_bounded else None)
        for key, (before, now) in by_agency.items()
    ]
    return Where(_largest(districts), _largest(agencies))


def _largest(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(sorted((part for part in parts if part.now), key=_order)[:NAMED])


def _order(part: Part) -> tuple[float, int, int]:
    return (-part.excess, -part.now, part.key)
