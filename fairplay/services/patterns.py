"""Flagging what does not look right in an office's cases, and leaving these out of the rankings.

Each hour the day so far and the one before are looked at: filings and confirmations far above the
office's usual, confirmations and answers within minutes, one sender who confirms many, and cases that
the office's own people filed. A flag accuses nobody: an overseer examines it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from math import inf
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Count, QuerySet

from agencies import snapshot
from complaints import moment
from complaints.models import Case
from complaints.services import ranking
from fairplay.models import DayCount, Flag, Flagged, Watermark
from fairplay.patterns import DAYS_BACK, usual
from fairplay.selectors import patterns as reading
from fairplay.services.watermarks import from_mark

log = structlog.get_logger(__name__)

Kind = Flag.Kind
#: Rows of one statement.
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern in an office (its id) on a day: the numbers that show it, and the cases (ids)."""

    office: int
    day: date
    numbers: dict[str, Any]
    cases: list[int]


def look_for_patterns(seconds: float = inf) -> int:
    """Look at yesterday and today; says how many patterns there are. Safe to repeat, and to kill.

    Each look is a transaction of its own. After so many seconds none is begun any more: what waited
    longest comes first in the next run. A look that another run is at is left to it.
    """
    now, ends, found = moment.now(), monotonic() + seconds, 0
    today = reading.today(now)
    if not _count_days(today, ends):
        return 0
    for kind in _longest_waiting():
        if monotonic() > ends:
            break
        try:
            found += _look(kind, today, now)
        except Exception:
            log.exception("a look for patterns failed", kind=kind)
            # It must not keep the others from their turn: its mark went back with it.
            Watermark.objects.update_or_create(
                country=settings.COUNTRY, name=_mark(kind), defaults={"at": now}
            )
    return found


def _look(kind: str, today: date, now: datetime) -> int:
    """One look, flagged and marked together; says how many patterns there are."""
    with from_mark(_mark(kind), now) as mark:
        if mark is None:
            return 0
        patterns = list(LOOKS[kind](today))
        _flag(kind, patterns)
        mark.at = now
    return len(patterns)


def _mark(kind: str) -> str:
    return f"look {kind}"


def _longest_waiting() -> list[str]:
    """The kinds of patterns, those first that were never looked for, then by how long ago that was."""
    marks = Watermark.objects.filter(country=settings.COUNTRY, name__in=map(_mark, LOOKS))
    looked = dict(marks.values_list("name", "at"))
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(LOOKS, key=lambda kind: looked.get(_mark(kind), never))


def _number(name: str) -> int:
    return snapshot.current(settings.COUNTRY).policy(name, moment.now()).amount


def _count_days(today: date, ends: float) -> bool:
    """Count the days that are over and not counted yet; forget what is too long ago.

    A day a transaction. Whether all are counted: not if the time (`ends`, of `monotonic`) was over first,
    or if another run is at it.
    """
    first = today - timedelta(days=DAYS_BACK + 1)
    DayCount.objects.filter(office__country=settings.COUNTRY, day__lt=first).delete()
    while monotonic() <= ends:
        # The mark is the end of the last day that was counted.
        with from_mark("day counts", reading.end_of_day(first - timedelta(days=1))) as mark:
            if mark is None:
                return False
            day = max(first, reading.today(mark.at))
            if day >= today:
                return True
            _count_day(day)
            mark.at = reading.end_of_day(day)
    return False


def _count_day(day: date) -> None:
    filed, confirmed = (reading.counted(of(day)) for of in (reading.filed, reading.confirmed))
    DayCount.objects.bulk_create(
        [
            DayCount(
                office_id=office,
                day=day,
                filed=filed.get(office, 0),
                confirmed=confirmed.get(office, 0),
            )
            for office in filed.keys() | confirmed.keys()
        ],
        ignore_conflicts=True,
    )


def _both_days(today: date) -> tuple[date, date]:
    return today - timedelta(days=1), today


def _bursts(today: date, what: str, cases_of: Callable[[date], QuerySet[Case]]) -> Iterator[Found]:
    """Offices of whose cases there are far more in a day than usual."""
    least, spread = _number("burst_least"), _number("burst_spread")
    for day in _both_days(today):
        cases = cases_of(day)
        many = {office: n for office, n in reading.counted(cases).items() if n >= least}
        past = reading.past_days(many, what, day - timedelta(days=DAYS_BACK), day)
        normal = {office: usual(past.get(office, ()), spread) for office in many}
        bursts = [office for office, n in many.items() if normal[office].is_burst(n, least)]
        for office, ids in reading.ids_of(cases, bursts).items():
            limits = {"median": normal[office].median, "limit": normal[office].limit}
            yield Found(office, day, {"count": many[office], **limits}, ids)


def _hasty(today: date, cases_of: Callable[[date, int], QuerySet[Case]]) -> Iterator[Found]:
    """Offices in which something came within minutes, in series."""
    least, minutes = _number("quick_least"), _number("quick_minutes")
    for day in _both_days(today):
        cases = cases_of(day, minutes)
        many = {office: n for office, n in reading.counted(cases).items() if n >= least}
        for office, ids in reading.ids_of(cases, many).items():
            yield Found(office, day, {"count": many[office], "minutes": minutes}, ids)


def _one_confirms(today: date) -> Iterator[Found]:
    least = _number("quick_least")
    for day in _both_days(today):
        for office, cases in reading.confirmed_by_one(day, least).items():
            yield Found(office, day, {"count": len(cases)}, cases)


def _self_filed(today: date) -> Iterator[Found]:
    """What the offices' own people filed in the last weeks, without what was flagged for it before."""
    least, since = _number("self_filed_least"), moment.now() - timedelta(days=DAYS_BACK)
    by_office = reading.filed_by_own_people(since)
    before = Flagged.objects.filter(flag__kind=Kind.SELF_FILED, case__in=chain(*by_office.values()))
    known = set(before.values_list("case_id", flat=True))
    flags = Flag.objects.filter(kind=Kind.SELF_FILED, state=Flag.State.OPEN, office__in=by_office)
    # The first one of an office, should there be several.
    open_ones = flags.annotate(n=Count("cases")).order_by("-id")
    waiting = {office: (day, n) for office, day, n in open_ones.values_list("office", "day", "n")}
    for office, cases in by_office.items():
        new = [case for case in cases if case not in known]
        if new and (office in waiting or len(new) >= least):
            day, there = waiting.get(office, (today, 0))
            yield Found(office, day, {"count": there + len(new)}, new)


#: How each kind of pattern is looked for, on a day (today) and the one before.
LOOKS: dict[str, Callable[[date], Iterator[Found]]] = {
    Kind.MANY_FILED: lambda today: _bursts(today, "filed", reading.filed),
    Kind.MANY_CONFIRMED: lambda today: _bursts(today, "confirmed", reading.confirmed),
    Kind.QUICK_CONFIRMED: lambda today: _hasty(today, reading.hastily_confirmed),
    Kind.QUICK_ANSWERED: lambda today: _hasty(today, reading.hastily_answered),
    Kind.ONE_CONFIRMS: _one_confirms,
    Kind.SELF_FILED: _self_filed,
}


def _flag(kind: str, patterns: list[Found]) -> None:
    """Write flags, or bring open ones up to date; one that was decided stays as it is.

    A few statements for all of them, however many offices there are.
    """
    flags = [
        Flag(
            country=settings.COUNTRY,
            office_id=found.office,
            kind=kind,
            day=found.day,
            found_at=moment.now(),
        )
        for found in patterns
    ]
    Flag.objects.bulk_create(flags, ignore_conflicts=True)
    there = Flag.objects.select_for_update().filter(
        kind=kind,
        state=Flag.State.OPEN,
        office__in={found.office for found in patterns},
        day__in={found.day for found in patterns},
    )
    open_ones = {(flag.office_id, flag.day): flag for flag in there.order_by("id")}
    rows = []
    for found in patterns:
        if flag := open_ones.get((found.office, found.day)):
            flag.numbers = found.numbers
            rows += [Flagged(flag=flag, case_id=case) for case in found.cases]
    Flag.objects.bulk_update(open_ones.values(), ["numbers"], batch_size=AT_ONCE)
    Flagged.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)


def set_flagged_aside(seconds: float) -> int:
    """Leave the cases of flags out of the rankings, and count those of dismissed ones again.

    Each in a transaction of its own, until the time is over; says how many. Safe to repeat.
    """
    begun, done = monotonic(), 0
    states = (Flag.State.OPEN, Flag.State.CONFIRMED)
    waiting = Flagged.objects.filter(set_aside_at=None, flag__state__in=states)
    gone = Flagged.objects.filter(set_aside_at__isnull=False, flag__state=Flag.State.DISMISSED)
    for row in waiting.select_related("flag", "case").order_by("id").iterator():
        if monotonic() - begun > seconds:
            return done
        ranking.set_aside(number=row.case.number, why=row.flag.kind)
        Flagged.objects.filter(pk=row.pk).update(set_aside_at=moment.now())
        done += 1
    for row in gone.select_related("case").order_by("id").iterator():
        if monotonic() - begun > seconds:
            return done
        others = Flagged.objects.filter(case=row.case, flag__state__in=states)
        if not others.exists():
            ranking.count_again(number=row.case.number)
        Flagged.objects.filter(pk=row.pk).update(set_aside_at=None)
        done += 1
    return done
