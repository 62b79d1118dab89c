"""The three figures of the start page, and the figures of a period by agency: counted now and then
and kept in the cache between.

The headline is confirmed resolved out of all answered: silence, advice and hand-offs never count.
What a period's figures mean, one by one, is said at `Figures`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, time, timedelta
from time import sleep
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db.models import (
    BooleanField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Coalesce, TruncDate
from redis.exceptions import RedisError

from complaints import clocks, moment
from complaints.models import Case
from complaints.models.case import AnsweredWith, EndedAs, Status

log = structlog.get_logger(__name__)
FRESH, KEPT, COUNTING = 900, 86_400, 60
CONFIRMED = (EndedAs.CONFIRMED, EndedAs.DISPUTED_THEN_CONFIRMED)


@dataclass(frozen=True, slots=True)
class Headline:
    """Open cases now; of the last 365 days: answered, confirmed resolved, and the citizen's measure
    (of those filed whose tenth day is over, how many were answered by its end), as `Figures` counts it.
    """

    open: int
    answered: int
    confirmed: int
    due: int
    kept: int

    @property
    def kept_share(self) -> float | None:
        """Answered within ten days out of all that were due (0–1); None while there are none."""
        return _share(self.kept, self.due)

    @property
    def confirmed_share(self) -> float | None:
        """Confirmed resolved out of all answered (0–1); None while there are none."""
        return _share(self.confirmed, self.answered)


def headline() -> Headline | None:
    """The figures, at most some minutes old; None while they are being counted, or without a cache.

    One visitor's request counts anew; the others meanwhile get what was counted before.
    """
    name = f"headline:{FORMAT}:{settings.COUNTRY}"
    try:
        known = cache.get(name)
        if known and cache.get(f"{name}:fresh"):
            return Headline(**known)
        if not cache.add(f"{name}:counting", 1, timeout=COUNTING):
            return Headline(**known) if known else None
        counted = count()
        cache.set(name, asdict(counted), timeout=KEPT)
        cache.set(f"{name}:fresh", 1, timeout=FRESH)
        cache.delete(f"{name}:counting")
    except RedisError:
        log.warning("figures: the cache does not answer")
        return None
    return counted


def count() -> Headline:
    """Count them (two queries; slow on many cases, so not on each request)."""
    total = count_period(PERIODS[-1]).total
    cases = Case.objects.filter(country=settings.COUNTRY)
    return Headline(
        open=cases.exclude(status=Status.CLOSED).count(),
        answered=total.answered,
        confirmed=total.confirmed,
        due=total.due_from_filing,
        kept=total.kept_from_filing,
    )


# --- The figures of a period ----------------------------------------------------------------

#: What both measures promise: answered by the end of the tenth day, the first one not counted.
PROMISED_DAYS = 10
PERIODS = (30, 90, 365)
PERIOD_FRESH = 600
#: Seconds between two looks for figures that somebody else counts, and how many looks.
LOOK_AGAIN, LOOKS = 0.25, 80
#: Raised when `PeriodFigures` changes: what an older portal left in the cache is not read.
FORMAT = 3
#: An answer stands unless its case went back to work.
STANDS = (Status.ANSWERED, Status.APPEALED, Status.CLOSED)
#: Endings without an answer of an office; quick ones are left out of what is measured.
LEFT = (EndedAs.NOT_FOR_US, EndedAs.MERGED, EndedAs.WITHDRAWN)


@dataclass
class Figures:
    """Counts over some cases that were filed or answered in a period. They add up.

    Of the answers given in the period (the last one of a case): `answered`, and how they stand:
    `confirmed` resolved by the citizen, resolved but met with `silence`, resolved and `awaited`
    (the citizen's word), `contested` (disputed or appealed), and the `other_outcomes`, among them
    advice, hand-offs and whatever was not resolved. `from_filing` and `from_forward` count answers
    by the days that they took.

    Of the cases filed in the period: `filed`, `returned` at least once, and `hops` in all. Of those
    whose tenth day is over: `due_from_filing`, of which `kept_from_filing` were answered by its
    end; likewise from the forward. Cases that were declined, withdrawn or joined with another
    within the ten days are measured by neither.
    """

    cases: int = 0
    answered: int = 0
    confirmed: int = 0
    silence: int = 0
    awaited: int = 0
    contested: int = 0
    filed: int = 0
    returned: int = 0
    hops: int = 0
    due_from_filing: int = 0
    kept_from_filing: int = 0
    due_from_forward: int = 0
    kept_from_forward: int = 0
    from_filing: Counter[int] = field(default_factory=Counter)
    from_forward: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Figures") -> None:
        """Count another's cases too."""
        for part in fields(self):
            mine = getattr(self, part.name)
            if isinstance(mine, Counter):
                mine.update(getattr(other, part.name))
            else:
                setattr(self, part.name, mine + getattr(other, part.name))

    def take_out(self, other: "Figures") -> None:
        """Leave another's cases out again; nothing falls below zero."""
        for part in fields(self):
            mine = getattr(self, part.name)
            if isinstance(mine, Counter):
                setattr(self, part.name, mine - getattr(other, part.name))
            else:
                setattr(self, part.name, max(0, mine - getattr(other, part.name)))

    @property
    def other_outcomes(self) -> int:
        """Answers that settle the case without resolving it."""
        return self.answered - self.confirmed - self.silence - self.awaited - self.contested

    @property
    def confirmed_share(self) -> float | None:
        """The headline: confirmed resolved out of all answered (0–1)."""
        return _share(self.confirmed, self.answered)

    @property
    def citizens_share(self) -> float | None:
        """Answered within ten days from filing: the citizen's measure (0–1)."""
        return _share(self.kept_from_filing, self.due_from_filing)

    @property
    def agencys_share(self) -> float | None:
        """Answered within ten days from the forward: the agency's measure (0–1)."""
        return _share(self.kept_from_forward, self.due_from_forward)

    @property
    def returned_share(self) -> float | None:
        """Cases that an office sent back at least once, out of all filed (0–1)."""
        return _share(self.returned, self.filed)

    @property
    def median_days(self) -> int | None:
        """Half of the answers took at most so many days from filing."""
        return within(self.from_filing, 0.5)

    @property
    def most_days(self) -> int | None:
        """Nine of ten answers took at most so many days from filing."""
        return within(self.from_filing, 0.9)

    @property
    def median_days_of_agency(self) -> int | None:
        """Half of the answers took at most so many days from the forward."""
        return within(self.from_forward, 0.5)

    @property
    def most_days_of_agency(self) -> int | None:
        """Nine of ten answers took at most so many days from the forward."""
        return within(self.from_forward, 0.9)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def within(days: Counter[int], share: float) -> int | None:
    """The number of days within which that share of what was counted lies; None if nothing was."""
    needed, seen = share * days.total(), 0
    for day in sorted(days):
        seen += days[day]
        if seen >= needed:
            return day
    return None


@dataclass
class PeriodFigures:
    """All figures of a period. `open_to_all` leaves out sensitive cases; they count in `total` alone.

    So do cases that are set aside while a pattern is examined, or since it was confirmed: `left_out`
    says how many of each agency.

    By the id of the agency; None is what no office has or had. `counted_at` is an aware moment.
    """

    days: int
    since: datetime
    counted_at: datetime
    total: Figures = field(default_factory=Figures)
    by_agency: dict[int | None, Figures] = field(default_factory=dict)
    open_to_all: dict[int | None, Figures] = field(default_factory=dict)
    left_out: dict[int | None, int] = field(default_factory=dict)

    @property
    def left_out_in_all(self) -> int:
        """How many cases are in no agency's figures."""
        return sum(self.left_out.values())


def period_figures(days: int) -> PeriodFigures:
    """The figures of the last so many days (one of PERIODS), at most some minutes old.

    One request counts anew while the others get what was counted before, or wait for it where
    there is nothing yet. Without a cache each request counts.
    """
    name = f"figures:{FORMAT}:{settings.COUNTRY}:{days}"
    known: PeriodFigures | None = cache.get(name)
    if known is not None and (moment.now() - known.counted_at).total_seconds() < PERIOD_FRESH:
        return known
    if not cache.add(f"{name}:counting", 1, timeout=COUNTING):
        known = known or _being_counted(name)
        if known is not None:
            return known
    counted = count_period(days)
    cache.set(name, counted, timeout=KEPT)
    cache.delete(f"{name}:counting")
    return counted


def _being_counted(name: str) -> PeriodFigures | None:
    """What another request is counting now; None if that takes too long."""
    for _look in range(LOOKS):
        sleep(LOOK_AGAIN)
        known: PeriodFigures | None = cache.get(name)
        if known is not None:
            return known
    return None


def count_period(days: int, among: QuerySet[Case] | None = None) -> PeriodFigures:
    """Count them: one pass over the cases filed or answered in the period (all, or some), added up
    here.
    """
    now, zone = moment.now(), ZoneInfo(settings.TIME_ZONE)
    first = clocks.day_of(now, zone) - timedelta(days=days)
    since = datetime.combine(first, time(), tzinfo=zone).astimezone(UTC)
    counted = PeriodFigures(days, since, now)
    for agency, sensitive, aside, figures in _pieces(since, clocks.day_of(now, zone), zone, among):
        counted.total.add(figures)
        if aside:
            counted.left_out[agency] = counted.left_out.get(agency, 0) + figures.cases
            continue
        counted.by_agency.setdefault(agency, Figures()).add(figures)
        if not sensitive:
            counted.open_to_all.setdefault(agency, Figures()).add(figures)
    return counted


def _days_between(start: str, end: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(end) - F(start), output_field=DurationField())


def _with_days(since: datetime, zone: ZoneInfo, among: QuerySet[Case] | None) -> QuerySet[Any, Any]:
    """Cases of the period with the days that their answer, or their end, took."""
    cases = Case.objects.filter(country=settings.COUNTRY) if among is None else among
    cases = cases.filter(Q(filed_at__gte=since) | Q(answered_at__gte=since))
    dates = {
        f"{what}_day": TruncDate(f"{what}_at", tzinfo=zone)
        for what in ("filed", "forwarded", "answered", "closed")
    }
    return cases.alias(**dates).annotate(
        agency=Coalesce("holder__agency_id", "holder_id"),
        aside=ExpressionWrapper(~Q(unranked=""), output_field=BooleanField()),
        took=_days_between("filed_day", "answered_day"),
        took_agency=_days_between("forwarded_day", "answered_day"),
    )


def _pieces(
    since: datetime, today: Any, zone: ZoneInfo, among: QuerySet[Case] | None
) -> Iterable[tuple[int | None, bool, bool, Figures]]:
    promised = timedelta(days=PROMISED_DAYS)
    filed, answered = Q(filed_at__gte=since), Q(answered_at__gte=since)
    resolved = answered & Q(outcome=AnsweredWith.RESOLVED)
    stands = Q(status__in=STANDS)

    def measured(start: str, took: str) -> tuple[Q, Q]:
        over = filed & Q(**{f"{start}_day__lt": today - promised})
        gone = Q(
            status=Status.CLOSED, ending__in=LEFT, closed_day__lte=F(f"{start}_day") + promised
        )
        due = over & ~gone
        return due, due & stands & Q(**{f"{took}__lte": promised})

    due, kept = measured("filed", "took")
    due_agency, kept_agency = measured("forwarded", "took_agency")
    counts: dict[str, Q] = {
        "answered": answered,
        "confirmed": resolved & Q(status=Status.CLOSED, ending__in=CONFIRMED),
        "silence": resolved & Q(status=Status.CLOSED, ending=EndedAs.SILENT),
        "awaited": resolved & Q(status=Status.ANSWERED),
        "contested": answered & ~Q(status__in=(Status.ANSWERED, Status.CLOSED)),
        "filed": filed,
        "returned": filed & Q(hops__gt=0),
        "due_from_filing": due,
        "kept_from_filing": kept,
        "due_from_forward": due_agency,
        "kept_from_forward": kept_agency,
    }
    rows = _with_days(since, zone, among).values(
        "agency", "sensitive", "aside", "took", "took_agency"
    )
    rows = rows.annotate(
        cases=Count("pk"),
        all_hops=Sum("hops", filter=filed),
        **{f"n_{name}": Count("pk", filter=condition) for name, condition in counts.items()},
    )
    for row in rows.order_by():
        figures = Figures(cases=row["cases"], hops=row["all_hops"] or 0)
        for name in counts:
            setattr(figures, name, row[f"n_{name}"])
        if figures.answered and row["took"] is not None:
            figures.from_filing[row["took"].days] += figures.answered
        if figures.answered and row["took_agency"] is not None:
            figures.from_forward[row["took_agency"].days] += figures.answered
        yield row["agency"], row["sensitive"], row["aside"], figures
