"""What time does to a case of a story: the sweep's steps, and at night the end of what is kept.

As `services.escalation` and `services.forgetting` do it, without the database.
"""

from datetime import datetime, timedelta

from accounts.actors import SYSTEM
from agencies.models import Office
from complaints import clocks, moment
from complaints.load.marks import CASE, as_id
from complaints.load.stage import Stage
from complaints.models import Clock, Escalation
from complaints.services.escalation import due_steps
from complaints.services.work import Work
from complaints.workflow import Party

#: In which hour of the night retention runs.
NIGHT = 3


def sweep_until(stage: Stage, until: datetime) -> None:
    """Do what the sweep would have done by then, in the order of time."""
    while True:
        open_ones = [clock for clock in stage.rows.clocks if clock.stopped_at is None]
        first = min((clock.next_at for clock in open_ones if clock.next_at), default=until)
        at = _just_after(stage, first) if first < until else until
        if at >= until:
            return
        with moment.as_if(at):
            _sweep(stage)
        stage.day = max(stage.day, clocks.day_of(at, stage.zone))


def _just_after(stage: Stage, due: datetime) -> datetime:
    """When the sweep comes: within a minute of a midnight; to what ends at any time, an hour later."""
    there = due.astimezone(stage.zone)
    if due.microsecond:
        there += timedelta(hours=1)
    return stage.mark(there.date(), there.hour, by_sweep=True)


def _sweep(stage: Stage) -> None:
    work = stage.work(SYSTEM, Party.SYSTEM, Party.ROUTER)
    while found := _earliest(work):
        clock, step = found
        if step.name == clocks.REMINDER:
            clock.reminded_at = work.now
        elif step.level:
            _escalate(stage, work, clock, step)
        else:
            _end(stage, work, clock)
    for clock in work.clockwork.open.values():
        work.clockwork.wind(clock)
    stage.keep(work)


def _earliest(work: Work) -> tuple[Clock, clocks.Step] | None:
    found = [
        (clock, step)
        for clock in work.clockwork.open.values()
        for step in due_steps(work, clock)[:1]
    ]
    return min(found, key=lambda pair: pair[1].at, default=None)


def _escalate(stage: Stage, work: Work, clock: Clock, step: clocks.Step) -> None:
    work.clockwork.record_miss(clock)
    clock.level = step.level
    office = _told(clock.office, step.level)
    work.write(
        "escalate",
        party=Party.SYSTEM,
        before=stage.case.status,
        data={
            "clock": clock.kind,
            "level": step.level,
            "office": office.code if office else "",
            "due": clock.due_at.isoformat(),
        },
        happened_at=step.at,
    )
    stage.rows.escalations.append(
        Escalation(
            clock=clock,
            case_id=as_id(CASE),
            level=step.level,
            office=office,
            happened_at=step.at,
            recorded_at=work.now,
            told_at=work.now,
        )
    )


def _told(office: Office | None, level: int) -> Office | None:
    """Whose heads hear of it; who hears of level 2 stands as the parent of a marked office."""
    if office is None or level >= 3:
        return None
    return office if level == 1 else office.parent


def _end(stage: Stage, work: Work, clock: Clock) -> None:
    match clock.kind:
        case clocks.Kind.WAITING:
            work.make("time_out")
        case clocks.Kind.CONFIRM:
            work.make("lapse")
        case clocks.Kind.WITHDRAWAL:
            work.make("withdrawn")
            stage.case.public_text, stage.case.published_at = "", None
        case clocks.Kind.TELL:
            work.clockwork.stop(clock, Clock.Stopped.MET)
            data = {"clock": clock.kind}
            work.write("told", party=Party.SYSTEM, before=stage.case.status, data=data)


def forget(stage: Stage) -> None:
    """Whoever filed a case closed long ago is erased. Where nobody was known, no event says so."""
    closed_at = stage.case.closed_at
    if closed_at is None:
        return
    kept = stage.registry.policy("contact_kept", stage.now).amount
    day = clocks.day_of(closed_at, stage.zone) + timedelta(days=kept + 1)
    if clocks.end_of(day, stage.zone) < stage.now:
        stage.case.person_erased_at = stage.mark(day, NIGHT)
