"""What rises now: the day sums of subjects, places and agencies, judged, and where the cases are.

It changes with the days, so a task counts it for all readers: for those who may know what is left out of
rankings, and for the others, whose lists hold that too. Whoever is barred from a case has it counted
without that case.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.conf import settings
from django.core.cache import cache
from django.db.models import F

from agencies import snapshot
from agencies.calendars import WorkCalendar
from agencies.models import Office
from complaints import moment
from oversight import rising
from oversight.figures import days
from oversight.figures.asking import AGENCYS
from oversight.figures.cube import CUT_LEVELS
from oversight.figures.days import Sides
from oversight.figures.periods import Period, today
from oversight.rising import DAYS, LEAST, WEEK, WEEKS, Rise

#: How many rising subjects are looked into; how many places and agencies of each are named.
MOST, NAMED = 12, 10
#: So many facts are counted for one answer at most; of more cases agencies are counted for the week alone.
MOST_FACTS = 60_000
#: Seconds for which it is kept: a task counts it every few minutes.
KEPT = 3600


class _Those(TypedDict):
    """Which cases are counted: those on some sides, without some that are hidden."""

    sides: Sides
    hidden: Collection[int]


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
    """Everything judged, by the ids of subjects, districts and agencies, and where rising subjects are;
    of the cases on these `sides`.
    """

    counted_at: datetime
    sides: Sides
    span: Span
    subjects: Mapping[int, Rise]
    districts: Mapping[int, Rise]
    agencies: Mapping[int, Rise]
    where: Mapping[int, Where]

    @property
    def is_young(self) -> bool:
        """Whether the portal has too few weeks behind it to say anything."""
        return not self.subjects


def rising_now(hidden: Collection[int] = (), sides: Sides = AGENCYS) -> Rising | None:
    """What rises, as it was counted last. None while the sums are not kept for all these days.

    `hidden`: ids of cases from which the reader is barred; then it is counted without them.
    """
    if hidden:
        return count(hidden, sides)
    known: Rising | None = cache.get(_name(sides))
    return known if known is not None else keep_rising(sides)


def keep_rising(sides: Sides = AGENCYS) -> Rising | None:
    """Count it anew, and keep that for all readers of these sides."""
    counted = count(sides=sides)
    if counted is not None:
        cache.set(_name(sides), counted, timeout=KEPT)
    return counted


def _name(sides: Sides) -> str:
    return f"rising:2:{settings.COUNTRY}:{today()}:{'.'.join(map(str, sides))}"


def count(hidden: Collection[int] = (), sides: Sides = AGENCYS) -> Rising | None:
    """Judge all subjects, districts and agencies, and look where the rising subjects are."""
    asked = span()
    if not days.is_kept_since(asked.first):
        return None
    those: _Those = {"sides": sides, "hidden": hidden}
    subjects = judged(days.by_category(asked.first, DAYS, **those), asked)
    found = rises(subjects)[:MOST]
    return Rising(
        counted_at=moment.now(),
        sides=sides,
        span=asked,
        subjects=subjects,
        districts=judged(days.by_district(asked.first, DAYS, **those), asked),
        agencies=judged(days.by_node(_agencies(), asked.first, DAYS, **those), asked),
        where={key: where_of(key, rise, asked, **those) for key, rise in found},
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


def where_of(
    subject: int,
    rise: Rise,
    asked: Span,
    *,
    sides: Sides = AGENCYS,
    hidden: Collection[int] = (),
) -> Where:
    """Where the cases of a subject are: two bounded queries."""
    those: _Those = {"sides": sides, "hidden": hidden}
    by_district = days.by_district(asked.first, DAYS, categories=[subject], **those)
    districts = [
        Part(key, sum(counts[-WEEK:]), sum(counts[:-WEEK]) / WEEKS)
        for key, counts in by_district.items()
    ]
    is_bounded = sum(rise.weeks) <= MOST_FACTS
    first = asked.first if is_bounded else asked.since
    by_agency = days.by_agency([subject], first, asked.since, asked.end, **those)
    agencies = [
        Part(key, now, before / WEEKS if is_bounded else None)
        for key, (before, now) in by_agency.items()
    ]
    return Where(_largest(districts), _largest(agencies))


def _largest(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(sorted((part for part in parts if part.now), key=_order)[:NAMED])


def _order(part: Part) -> tuple[float, int, int]:
    return (-part.excess, -part.now, part.key)
