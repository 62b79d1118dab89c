"""What time does to a case of a story: the sweep's steps, and at night the end of what is kept.

By the rules of the sweep (`services.steps`), and as `services.forgetting` does it, without the database.
"""

from datetime import datetime, timedelta
from operator import attrgetter

from accounts.actors import SYSTEM
from complaints import clocks, moment
from complaints.load.stage import Stage
from complaints.models import Clock
from complaints.services.steps import climb, earliest, end
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
    while found := earliest(work):
        clock, step = found
        if step.name == clocks.REMINDER:
            clock.reminded_at = work.now
        elif step.level:
            _escalate(stage, work, clock, step)
        else:
            end(work, clock.kind)
    for clock in work.clockwork.open.values():
        work.clockwork.wind(clock)
    stage.keep(work)


def _escalate(stage: Stage, work: Work, clock: Clock, step: clocks.Step) -> None:
    # Whoever hears of level 2 stands as the parent of a marked office.
    row = climb(work, clock, step, above=attrgetter("parent"))
    row.told_at = work.now
    stage.rows.escalations.append(row)


def forget(stage: Stage) -> None:
    """Whoever filed a case closed long ago is erased. Where nobody was known, no event says so."""
    closed_at = stage.case.closed_at
    if closed_at is None:
        return
    kept = stage.registry.policy("contact_kept", stage.now).amount
    day = clocks.day_of(closed_at, stage.zone) + timedelta(days=kept + 1)
    if clocks.end_of(day, stage.zone) < stage.now:
        stage.case.person_erased_at = stage.mark(day, NIGHT)
