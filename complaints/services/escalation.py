"""The sweep: what is late moves up by itself, what has run its time ends.

It runs each minute. Every piece of work locks its case first and re-reads the clocks under the lock,
so two sweeps at once do together what one would do. Each case is a transaction of its own: a sweep
that is killed loses nothing and repeats nothing. Source: "Escalation" of the casework rules.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from time import monotonic

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actors import SYSTEM
from agencies import snapshot
from agencies.models import Office
from agencies.snapshot import Registry
from complaints import clocks, moment
from complaints.bars import barred_users
from complaints.models import Appeal, Clock, Escalation, Heartbeat
from complaints.parties import standing
from complaints.services.casework import tell_handler
from complaints.services.hearings import end_hearing_with_appeal, remind_of_hearings
from complaints.services.investigations import end_investigation_with_appeal, lead_of
from complaints.services.outbox import overseers
from complaints.services.repairs import apply_calendar_changes, apply_outages, note_outage
from complaints.services.steps import climb, due_steps, earliest, end
from complaints.services.summaries import tell_escalations
from complaints.services.work import Work, tell_database

log = structlog.get_logger(__name__)


@dataclass
class Swept:
    """What a sweep did (or, dry, would do): steps by name, and cases that failed."""

    steps: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def add(self, clock: Clock, step: clocks.Step) -> None:
        """Count one step."""
        name = f"{clock.kind} {step.name}"
        self.steps[name] = self.steps.get(name, 0) + 1
        self.lines.append(f"{step.at.isoformat()}  {clock.case.number}  {name}")


def sweep(*, at: datetime | None = None, dry_run: bool = False, seconds: float = inf) -> Swept:
    """Do all that is due now; or at a moment given, as a rehearsal that leaves no heartbeat.

    Repairs come first: an outage lengthens what would end by itself, and changed calendars move due
    dates, so that nothing ends or is missed too early. After so many seconds no new case is begun:
    the next sweep goes on (a worker's task must stay short). Raises `moment.NotNow` for a later time
    outside demonstrations.
    """
    if at is not None:
        with moment.as_if(at):
            return sweep(dry_run=dry_run, seconds=seconds)
    done = Swept()
    if dry_run:
        registry = snapshot.current(settings.COUNTRY)
        for clock in _due():
            for step in due_steps(_look(clock, registry), clock):
                done.add(clock, step)
        return done
    if not moment.is_pretended():
        note_outage()
    apply_outages()
    apply_calendar_changes()
    _sweep_cases(done, monotonic() + seconds)
    remind_of_hearings()
    tell_escalations()
    if not moment.is_pretended():
        beat("sweep")
    return done


def sweep_case(case_id: int, *, at: datetime) -> Swept:
    """Do what would be due of one case by that moment: where a case is played with (a sandbox).

    Raises `moment.NotNow` for a later time outside demonstrations.
    """
    done = Swept()
    with moment.as_if(at), transaction.atomic():
        registry = tell_database(SYSTEM)
        due = Clock.objects.filter(case_id=case_id, stopped_at=None, next_at__lte=moment.now())
        rows = due.select_for_update(of=("case",)).select_related("case__holder__agency")
        clock = rows.order_by("next_at", "id").first()
        if clock is not None:
            _sweep_case(clock, registry, done)
    return done


def beat(name: str) -> None:
    """Leave a sign of life."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})


def _due() -> Iterator[Clock]:
    clocks_due = Clock.objects.filter(stopped_at=None, next_at__lte=moment.now())
    return (
        clocks_due.filter(case__country=settings.COUNTRY)
        .select_related("case__holder__agency")
        .order_by("next_at", "id")
        .iterator(chunk_size=500)
    )


def _sweep_cases(done: Swept, until: float) -> None:
    """One case a transaction, until nothing is due. A case that fails is left for the next sweep."""
    failed: set[int] = set()
    while monotonic() < until:
        with transaction.atomic():
            registry = tell_database(SYSTEM)
            clock = _next_locked(failed)
            if clock is None:
                return
            try:
                with transaction.atomic():
                    _sweep_case(clock, registry, done)
            except Exception:
                log.exception("sweep: a case failed", case=clock.case.number)
                failed.add(clock.case_id)
                done.failed.append(clock.case.number)


def _next_locked(failed: set[int]) -> Clock | None:
    """A clock that is due, its case locked; cases locked by others are passed over."""
    return (
        Clock.objects.select_for_update(of=("case",), skip_locked=True)
        .select_related("case__holder__agency")
        .filter(stopped_at=None, next_at__lte=moment.now(), case__country=settings.COUNTRY)
        .exclude(case_id__in=failed)
        .order_by("next_at", "id")
        .first()
    )


def _look(clock: Clock, registry: Registry) -> Work:
    case = clock.case
    who = standing(case, SYSTEM)
    return Work(case, SYSTEM, registry, who)


def _sweep_case(clock: Clock, registry: Registry, done: Swept) -> None:
    """Do every due step of every due clock of a locked case, in the order of time."""
    work = _look(clock, registry)
    work.who.barred = barred_users(work.case)
    while step_of := earliest(work):
        running, step = step_of
        done.add(running, step)
        _do(work, running, step)
    for running in list(work.clockwork.open.values()):
        # The case may have been locked for a clock whose time has moved since.
        work.clockwork.wind(running)
        work.clockwork.touch(running)
    work.flush()


def _do(work: Work, clock: Clock, step: clocks.Step) -> None:
    clock.case = work.case
    if step.name == clocks.REMINDER:
        _remind(work, clock)
    elif step.level:
        _escalate(work, clock, step)
    else:
        end(work, clock.kind)
        AFTER_END[clock.kind](work)


def _remind(work: Work, clock: Clock) -> None:
    """The day before: the citizen for what they are to do, else whoever holds the case."""
    clock.reminded_at = work.now
    work.clockwork.touch(clock)
    values = {"clock": clock.kind, "due": clock.due_at.isoformat()}
    if clock.kind in clocks.CITIZEN_REMINDED:
        work.outbox.tell_citizen(f"reminder_{clock.kind}", due=clock.due_at.isoformat())
        return
    calendar = work.registry.calendar(clock.calendar_id)
    when = clocks.next_office_hour(work.now, calendar)
    if clock.kind == clocks.Kind.INVESTIGATION and (lead := lead_of(work.case)):
        work.outbox.tell_people([lead], "reminder", at=when, **values)
    elif clock.kind == clocks.Kind.RULE:
        work.outbox.tell_people(overseers(work.case.country), "reminder", at=when, **values)
    elif clock.office is not None:
        work.outbox.tell_office(clock.office, "reminder", at=when, **values)
    else:
        tell_handler(work, "reminder", at=when, **values)


def _escalate(work: Work, clock: Clock, step: clocks.Step) -> None:
    """One level up: the row (unique per clock and level) is told of afterwards."""
    row = climb(work, clock, step, _above)
    work.clockwork.touch(clock)
    Escalation.objects.bulk_create([row], ignore_conflicts=True)
    if clock.kind == clocks.Kind.RESOLVE and step.level == 1:
        # Once, when it is late; how far up it is now stands in the case.
        work.outbox.tell_citizen("late", due=clock.due_at.isoformat())


def _above(office: Office) -> Office | None:
    """Who hears of level 2: the agency that an office belongs to; of an agency its parent."""
    agency = office.agency if office.agency_id and office.agency_id != office.pk else None
    return agency or office.parent


def _tell_still_with_desk(work: Work) -> None:
    work.outbox.tell_citizen("still_with_desk")


def _tell_no_reply(work: Work) -> None:
    tell_handler(work, "no_reply")
    work.outbox.tell_citizen("no_reply_for_you")


def _tell_lapsed(work: Work) -> None:
    work.outbox.tell_citizen("lapsed")


def _end_appeal_too(work: Work) -> None:
    """An appeal goes with a case that is withdrawn; should it be reopened one day, another is possible."""
    Appeal.objects.filter(case=work.case, decided_at=None).update(decided_at=work.now)
    end_hearing_with_appeal(work)
    end_investigation_with_appeal(work)
    work.outbox.tell_citizen("withdrawn")
    tell_handler(work, "case_withdrawn")


#: What follows the end of a clock (`steps.ENDS`) in other rows, and who is told.
AFTER_END: dict[str, Callable[[Work], None]] = {
    clocks.Kind.TELL: _tell_still_with_desk,
    clocks.Kind.WAITING: _tell_no_reply,
    clocks.Kind.CONFIRM: _tell_lapsed,
    clocks.Kind.WITHDRAWAL: _end_appeal_too,
}
