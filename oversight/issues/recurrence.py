"""Whether the fix helped: cases of the same kind before it and since, counted over equal times.

Days are days of the capital. The day of the fix is the first one "since"; today is not over and
counts on neither side. Measured for a year; under 30 days it is too early to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache

from complaints import moment
from complaints.clocks import day_of
from complaints.selectors.scopes import Scope, counted_between, scope_of
from oversight.models import Issue

#: Days of a "month" here, after which something can be said, and for how many of them it is measured.
MONTH, MOST = 30, 12
#: So many cases in a month are needed to call something back.
LEAST_BACK = 5
#: Seconds for which counts are kept: they hold for a day, as they end at its beginning.
KEPT = 86_400
#: Seconds for which one who counts has it alone.
COUNTING = 60


@dataclass(frozen=True, slots=True)
class Span:
    """Cases filed from a day (included) to another (excluded), before the fix or since."""

    start: date
    end: date
    since_fix: bool
    cases: int

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day that counts."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What was counted, in spans of a month and what is left of one, the oldest first."""

    fixed_on: date
    days: int
    spans: tuple[Span, ...]

    def _cases(self, *, since_fix: bool) -> int:
        return sum(span.cases for span in self.spans if span.since_fix is since_fix)

    @property
    def before(self) -> int:
        """Cases in as many days before the fix as have passed since."""
        return self._cases(since_fix=False)

    @property
    def since(self) -> int:
        """Cases since the fix."""
        return self._cases(since_fix=True)

    @property
    def too_early(self) -> bool:
        """Nothing can be said yet."""
        return self.days < MONTH

    @property
    def before_a_month(self) -> int:
        """Cases a month before the fix, to the nearest whole one."""
        return a_month(self.before, self.days)

    @property
    def since_a_month(self) -> int:
        """Cases a month since the fix, to the nearest whole one."""
        return a_month(self.since, self.days)

    @property
    def last_month(self) -> int:
        """Cases in the last whole month that was measured; 0 while there is none."""
        whole = [span.cases for span in self.spans if span.since_fix and span.days == MONTH]
        return whole[-1] if whole else 0

    def is_back(self, percent: int) -> bool:
        """Whether the last month has at least that share of a month's cases before the fix."""
        if self.too_early or self.last_month < LEAST_BACK:
            return False
        return self.last_month * 100 * self.days >= percent * self.before * MONTH


def a_month(cases: int, days: int) -> int:
    """Cases in 30 days, half of one counted as a whole one; 0 for no days."""
    return (2 * cases * MONTH + days) // (2 * days) if days else 0


def spans_around(fixed_on: date, today: date) -> list[tuple[date, date, bool]]:
    """Spans of equal time before and since: months counted away from the fix, then what is left.

    Since the fix the last span of less than a month comes first, so that the newest month is whole:
    whether something is back is read from that one.
    """
    days = min(max((today - fixed_on).days, 0), MONTH * MOST)
    months, left = divmod(days, MONTH)
    lengths = ([left] if left else []) + [MONTH] * months
    found, at = [], fixed_on - timedelta(days=days)
    for since_fix in (False, True):
        for length in lengths:
            found.append((at, at + timedelta(days=length), since_fix))
            at += timedelta(days=length)
    return found


def today_there() -> date:
    """The day that it is in the capital."""
    return day_of(moment.now(), ZoneInfo(settings.TIME_ZONE))


def starts_at(day: date) -> datetime:
    """The first moment of a day in the capital."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE))


def scope_for(issue: Issue) -> Scope:
    """What is measured of an issue."""
    return scope_of(issue.category, issue.place, issue.owner if issue.only_owners else None)


def count(issue: Issue, today: date) -> Recurrence | None:
    """Count it now (one query); None for an issue that is not fixed."""
    if issue.fixed_on is None:
        return None
    spans = spans_around(issue.fixed_on, today)
    edges = [start for start, _end, _since in spans] + [end for _start, end, _since in spans[-1:]]
    counted = counted_between(scope_for(issue), [starts_at(day) for day in edges])
    found = tuple(
        Span(start, end, since, cases)
        for (start, end, since), cases in zip(spans, counted, strict=True)
    )
    return Recurrence(issue.fixed_on, sum(span.days for span in found) // 2, found)


def _name(issue: Issue, today: date) -> str:
    """Of what is measured and when: another fix, scope or day is counted anew."""
    scope = (issue.category_id, issue.place_id, issue.owner_id if issue.only_owners else None)
    return f"recurrence:1:{issue.pk}:{issue.fixed_on}:{today}:{scope}".replace(" ", "")


def recurrence_of(issue: Issue) -> Recurrence | None:
    """The same, counted once a day; the issue's category, place and owner should be loaded.

    None too while somebody else counts it: over millions of cases that takes seconds.
    """
    if issue.fixed_on is None:
        return None
    today = today_there()
    name = _name(issue, today)
    known: Recurrence | None = cache.get(name)
    if known is None and cache.add(f"{name}:counting", 1, timeout=COUNTING):
        known = count(issue, today)
        cache.set(name, known, timeout=KEPT)
        cache.delete(f"{name}:counting")
    return known


def recurrences_known(issues: Sequence[Issue]) -> dict[int, Recurrence]:
    """Of a list of issues those that were counted today, by id: no query. The task counts them."""
    today = today_there()
    names = {_name(issue, today): issue.pk for issue in issues if issue.fixed_on is not None}
    known = cache.get_many(names) if names else {}
    return {names[name]: found for name, found in known.items() if found is not None}
