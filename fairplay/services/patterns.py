"""Flagging what does not look right in an office's cases, and leaving these out of the rankings.

Each hour the day so far and the one before are looked at: filings and confirmations far above the
office's usual, confirmations and answers within minutes, one sender who confirms many, and cases that
the office's own people filed. A flag accuses nobody: an overseer examines it.
"""

from datetime import date, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction

from agencies import snapshot
from complaints import moment
from complaints.services import ranking
from fairplay.models import DayCount, Flag, Flagged
from fairplay.patterns import DAYS_BACK, Usual, usual
from fairplay.selectors import patterns as reading
from fairplay.services.watermarks import from_mark

Kind = Flag.Kind


def look_for_patterns() -> int:
    """Look at yesterday and today; says how many flags there are for them. Safe to repeat."""
    now = moment.now()
    day = reading.today(now)
    with from_mark("patterns", now) as mark:
        if mark is None:
            return 0
        _count_days(day)
        found = sum(_look_at(each) for each in (day - timedelta(days=1), day))
        found += _self_filed(day)
        mark.at = now
    return found


def _number(name: str) -> int:
    return snapshot.current(settings.COUNTRY).policy(name, moment.now()).amount


def _count_days(today: date) -> None:
    """Count the days that are over and not counted yet, and forget what is too long ago."""
    first = today - timedelta(days=DAYS_BACK + 1)
    rows = DayCount.objects.filter(office__country=settings.COUNTRY)
    rows.filter(day__lt=first).delete()
    last = rows.order_by("-day").values_list("day", flat=True).first()
    day = max(first, last + timedelta(days=1)) if last else first
    while day < today:
        filed = reading.counted(reading.filed(day))
        confirmed = reading.counted(reading.confirmed(day))
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
        day += timedelta(days=1)


def _usual(office: int, what: str, before: date, spread: int) -> Usual:
    """What was usual for an office in the days before one."""
    first = before - timedelta(days=DAYS_BACK)
    days = DayCount.objects.filter(office_id=office, day__gte=first, day__lt=before)
    return usual(list(days.values_list(what, flat=True)), spread)


def _look_at(day: date) -> int:
    return _bursts(day) + _hasty(day) + _one_confirms(day)


def _bursts(day: date) -> int:
    least, spread, found = _number("burst_least"), _number("burst_spread"), 0
    for what, kind, cases in (
        ("filed", Kind.MANY_FILED, reading.filed(day)),
        ("confirmed", Kind.MANY_CONFIRMED, reading.confirmed(day)),
    ):
        for office, count in reading.counted(cases).items():
            if count < least:
                continue
            normal = _usual(office, what, day, spread)
            if normal.is_burst(count, least):
                numbers = {"count": count, "median": normal.median, "limit": normal.limit}
                _flag(office, kind, day, numbers, reading.ids_of(cases, office))
                found += 1
    return found


def _hasty(day: date) -> int:
    least, minutes, found = _number("quick_least"), _number("quick_minutes"), 0
    for kind, cases in (
        (Kind.QUICK_CONFIRMED, reading.hastily_confirmed(day, minutes)),
        (Kind.QUICK_ANSWERED, reading.hastily_answered(day, minutes)),
    ):
        for office, count in reading.counted(cases).items():
            if count >= least:
                numbers = {"count": count, "minutes": minutes}
                _flag(office, kind, day, numbers, reading.ids_of(cases, office))
                found += 1
    return found


def _one_confirms(day: date) -> int:
    by_office = reading.confirmed_by_one(day, _number("quick_least"))
    for office, cases in by_office.items():
        _flag(office, Kind.ONE_CONFIRMS, day, {"count": len(cases)}, cases)
    return len(by_office)


def _self_filed(today: date) -> int:
    """What the offices' own people filed in the last weeks, without what was flagged for it before."""
    least, found = _number("self_filed_least"), 0
    since = moment.now() - timedelta(days=DAYS_BACK)
    for office, cases in reading.filed_by_own_people(since).items():
        before = Flagged.objects.filter(flag__kind=Kind.SELF_FILED, case__in=cases)
        known = set(before.values_list("case_id", flat=True))
        new = [case for case in cases if case not in known]
        flags = Flag.objects.filter(office_id=office, kind=Kind.SELF_FILED)
        waiting = flags.filter(state=Flag.State.OPEN).first()
        if not new or (waiting is None and len(new) < least):
            continue
        day = waiting.day if waiting else today
        count = (waiting.cases.count() if waiting else 0) + len(new)
        _flag(office, Kind.SELF_FILED, day, {"count": count}, new)
        found += 1
    return found


def _flag(office: int, kind: str, day: date, numbers: dict[str, Any], cases: list[int]) -> None:
    """Write a flag, or bring an open one up to date; one that was decided stays as it is."""
    with transaction.atomic():
        flag, _made = Flag.objects.select_for_update().get_or_create(
            office_id=office,
            kind=kind,
            day=day,
            defaults={"country": settings.COUNTRY, "found_at": moment.now()},
        )
        if flag.state != Flag.State.OPEN:
            return
        flag.numbers = numbers
        flag.save(update_fields=["numbers"])
        rows = [Flagged(flag=flag, case_id=case) for case in cases]
        Flagged.objects.bulk_create(rows, ignore_conflicts=True)


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
