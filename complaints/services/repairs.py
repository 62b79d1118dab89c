"""Moving due dates for reasons outside a case: an outage of the sweep, a changed calendar.

Each clock remembers what was applied to it, so both can be cut short and repeated. Due dates only
ever become later.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.actors import SYSTEM
from agencies.models import CalendarChange
from complaints import clocks
from complaints.clockwork import unit_of
from complaints.models import Case, Clock, Heartbeat, Outage, ServedSummary
from complaints.parties import standing
from complaints.selectors.access import FOR_OVERSEERS
from complaints.services.work import Work, lock_cases, tell_database
from complaints.workflow import Party

#: A gap in the heartbeat that is longer than this is an outage.
OUTAGE_AFTER = timedelta(hours=1)


def note_outage() -> None:
    """Record that the sweep stood still, if it did, and leave a first sign of life after it."""
    now = timezone.now()
    with transaction.atomic():
        beat = Heartbeat.objects.select_for_update().filter(name="sweep").first()
        if beat is None or now - beat.beat_at <= OUTAGE_AFTER:
            return
        Outage.objects.create(began_at=beat.beat_at, ended_at=now)
        beat.beat_at = now
        beat.save(update_fields=["beat_at"])


def apply_outages() -> None:
    """Lengthen what ends by itself, and the window for appeals, by the time the sweep was away."""
    for outage in Outage.objects.filter(applied_at=None).order_by("ended_at"):
        touched = Clock.objects.filter(
            kind__in=clocks.LENGTHENED_BY_OUTAGE,
            started_at__lt=outage.ended_at,
            due_at__gt=outage.began_at,
        ).exclude(lengthened_to__gte=outage.ended_at)
        for work, clock in _works(touched):
            gap = outage.ended_at - max(outage.began_at, clock.started_at)
            clock.due_at += gap
            clock.lengthened_to = outage.ended_at
            _rewound(work, clock, "outage")
        _finish(outage)


def _finish(outage: Outage) -> None:
    """The windows for appeals, and the mark that all is done: by one sweep of those at work."""
    with transaction.atomic():
        tell_database(SYSTEM)
        unfinished = Outage.objects.select_for_update().filter(pk=outage.pk, applied_at=None)
        if not unfinished.exists():
            return
        _lengthen_appeal_windows(outage)
        outage.applied_at = timezone.now()
        outage.save(update_fields=["applied_at"])


def _lengthen_appeal_windows(outage: Outage) -> None:
    """In one go with marking the outage applied; cases are locked in the order of their ids."""
    open_then = Case.objects.filter(
        country=settings.COUNTRY, appeal_until__gt=outage.began_at
    ).order_by("id")
    ids = list(open_then.select_for_update().values_list("id", flat=True))
    gap = outage.ended_at - outage.began_at
    Case.objects.filter(id__in=ids).update(appeal_until=F("appeal_until") + gap)
    served = ServedSummary.objects.filter(
        case__country=settings.COUNTRY, appeal_until__gt=outage.began_at
    )
    served.update(appeal_until=F("appeal_until") + gap)


def apply_calendar_changes() -> None:
    """Count the open clocks anew that a new (or removed) holiday touches, never to an earlier time."""
    changes = CalendarChange.objects.filter(applied_at=None, calendar__country=settings.COUNTRY)
    for change in changes.select_related("calendar").order_by("recorded_at", "id"):
        which = Q(calendar=change.calendar)
        if change.calendar.is_default:
            which |= Q(calendar=None)
        touched = Clock.objects.filter(
            which, unit="working_days", counted_at__lt=change.recorded_at, missed_at=None
        )
        for work, clock in _works(touched):
            _recount(work, clock, change)
        change.applied_at = timezone.now()
        change.save(update_fields=["applied_at"])


def _recount(work: Work, clock: Clock, change: CalendarChange) -> None:
    new = work.registry.calendar(clock.calendar_id)
    added = change.kind == CalendarChange.Kind.ADDED
    day = {change.date}
    old = replace(new, holidays=new.holidays - day if added else new.holidays | day)
    due = clock.due_at
    still_open = clock.paused_at is None and due > work.now
    if still_open:
        since = clock.resumed_at or clock.started_at
        due = clocks.due_after_calendar_change(since, due, change.date, unit_of(clock), old, new)
    clock.counted_at = change.recorded_at
    moved, clock.due_at = due != clock.due_at, due
    if moved:
        _rewound(work, clock, "calendar")
    else:
        work.clockwork.touch(clock)


def _rewound(work: Work, clock: Clock, reason: str) -> None:
    """Set the clock's next step, and say on the case why its due date moved.

    That of a withdrawal is between the citizen and the overseers, as the withdrawal is.
    """
    work.clockwork.wind(clock)
    work.clockwork.touch(clock)
    private = {"for": FOR_OVERSEERS} if clock.kind == clocks.Kind.WITHDRAWAL else {}
    work.write(
        "lengthen",
        party=Party.SYSTEM,
        before=work.case.status,
        data={"clock": clock.kind, "due": clock.due_at.isoformat(), "reason": reason, **private},
    )


def _works(touched: QuerySet[Clock]) -> Iterator[tuple[Work, Clock]]:
    """Each open clock of the set in a transaction of its own, its case locked, read under the lock."""
    found = touched.filter(stopped_at=None, case__country=settings.COUNTRY)
    for pk, number in found.order_by("id").values_list("id", "case__number"):
        with transaction.atomic():
            registry = tell_database(SYSTEM)
            case = lock_cases([number])[number]
            work = Work(case, SYSTEM, registry, standing(case, SYSTEM))
            clock = work.clockwork.by_id(pk)
            if clock is None or not touched.filter(pk=pk).exists():
                continue
            yield work, clock
            work.flush()
