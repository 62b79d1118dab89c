"""What time does to a case: which step of a clock is due, and what it changes. Nobody is told here.

The sweep (`services.escalation`) and the synthetic load (`load.passing`) both do these, so that each rule
stands once. The registry's numbers come from the `Work`; nothing here reads or writes the database, but
that open clocks are read once where they were not given. Moments are UTC. Source: "Escalation" of the
casework rules.
"""

from collections.abc import Callable

from agencies.models import Office
from complaints import clocks
from complaints.clockwork import steps_done
from complaints.models import Clock, Escalation
from complaints.services.work import Work
from complaints.workflow import Party

#: From this level on the Cabinet Division's overseers hear of it, whoever's clock it is.
NATIONAL = 3


def due_steps(work: Work, clock: Clock) -> list[clocks.Step]:
    """The steps of a clock whose time has come and that are not done. A late reminder is none."""
    if clock.paused_at is not None:
        return []
    done = steps_done(clock)
    if clock.due_at <= work.now:
        done.add(clocks.REMINDER)
    return [s for s in work.clockwork.steps(clock) if s.name not in done and s.at <= work.now]


def earliest(work: Work) -> tuple[Clock, clocks.Step] | None:
    """The step of an open clock that was due first; None if nothing is due."""
    found = [
        (clock, step)
        for clock in work.clockwork.open.values()
        for step in due_steps(work, clock)[:1]
    ]
    return min(found, key=lambda pair: pair[1].at, default=None)


def climb(
    work: Work, clock: Clock, step: clocks.Step, above: Callable[[Office], Office | None]
) -> Escalation:
    """One level up: the miss, the level, the event; returns the row, which is not written yet.

    `above` says of an office who hears of level 2.
    """
    work.clockwork.record_miss(clock)
    clock.level = step.level
    office = _heard_by(clock.office, step.level, above)
    work.write(
        "escalate",
        party=Party.SYSTEM,
        before=work.case.status,
        data={
            "clock": clock.kind,
            "level": step.level,
            "office": office.code if office else "",
            "due": clock.due_at.isoformat(),
        },
        happened_at=step.at,
    )
    return Escalation(
        clock=clock,
        case=work.case,
        level=step.level,
        office=office,
        happened_at=step.at,
        recorded_at=work.now,
    )


def _heard_by(
    office: Office | None, level: int, above: Callable[[Office], Office | None]
) -> Office | None:
    """Whose heads hear of it: 1 the holder's office, 2 the one above, 3 the Cabinet Division.

    None means the desk's head (level 1 of the desk's own clocks) or the overseers.
    """
    if office is None or level >= NATIONAL:
        return None
    return office if level == 1 else above(office)


def end(work: Work, kind: str) -> None:
    """A clock of `ENDS` has run its time: what that does to the case."""
    ENDS[kind](work)


def _tell(work: Work) -> None:
    """The citizen hears that the desk still has the case: that meets the clock, late."""
    clock = work.clockwork.open[clocks.Kind.TELL]
    work.clockwork.stop(clock, Clock.Stopped.MET)
    work.write("told", party=Party.SYSTEM, before=work.case.status, data={"clock": clock.kind})


def _time_out(work: Work) -> None:
    work.make("time_out")


def _lapse(work: Work) -> None:
    work.make("lapse")


def _withdrawn(work: Work) -> None:
    work.make("withdrawn")
    # What the citizen took back is not shown to the public any longer.
    work.case.public_text, work.case.published_at = "", None


ENDS: dict[str, Callable[[Work], None]] = {
    clocks.Kind.TELL: _tell,
    clocks.Kind.WAITING: _time_out,
    clocks.Kind.CONFIRM: _lapse,
    clocks.Kind.WITHDRAWAL: _withdrawn,
}
