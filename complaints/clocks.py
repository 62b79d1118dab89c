"""Due dates, pauses and ladders as arithmetic. Pure: no ORM; values in, values out.

Source: the section "Clocks" of the casework rules. Every moment is an aware datetime, returned in
UTC; every day is a date in the clock's own zone. Intervals are half-open: a clock is missed *at* its
due moment. The day of the event does not count, so a clock of N days is due at midnight at the end
of the Nth counted day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from typing import Protocol
from zoneinfo import ZoneInfo

from agencies.policies import Policy, Unit

ONE_DAY = timedelta(days=1)


class WorkingDays(Protocol):
    """What is asked of a calendar (`agencies.calendars.WorkCalendar`)."""

    @property
    def zone(self) -> ZoneInfo: ...
    def is_working(self, day: date) -> bool: ...


class Kind(StrEnum):
    """The clocks there are."""

    FORWARD = "forward"
    TELL = "tell"
    ACCEPT = "accept"
    RESOLVE = "resolve"
    RULE = "rule"
    WAITING = "waiting"
    CONFIRM = "confirm"
    APPEAL = "appeal"
    INVESTIGATION = "investigation"
    WITHDRAWAL = "withdrawal"


#: Late ones move up by themselves.
LADDERED = frozenset(
    {Kind.FORWARD, Kind.ACCEPT, Kind.RESOLVE, Kind.RULE, Kind.APPEAL, Kind.INVESTIGATION}
)
#: The citizen is reminded a day before these end.
CITIZEN_REMINDED = frozenset({Kind.WAITING, Kind.CONFIRM})
#: These end something by themselves; an outage first lengthens them.
LENGTHENED_BY_OUTAGE = frozenset({Kind.WAITING, Kind.CONFIRM, Kind.WITHDRAWAL})


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The date of a moment in the zone."""
    return moment.astimezone(zone).date()


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Midnight at the end of a day in the zone, in UTC."""
    return datetime.combine(day + ONE_DAY, time(), tzinfo=zone).astimezone(UTC)


def counts(day: date, unit: Unit, calendar: WorkingDays) -> bool:
    """Whether a day counts for a clock of that unit."""
    return unit != "working_days" or calendar.is_working(day)


def nth_counted_day(after: date, number: int, unit: Unit, calendar: WorkingDays) -> date:
    """The n-th day after a day that counts; the day itself for 0.

    Raises ValueError if the calendar has no working day in a year's run.
    """
    day, idle = after, 0
    while number > 0:
        day += ONE_DAY
        if counts(day, unit, calendar):
            number, idle = number - 1, 0
        else:
            idle += 1
            if idle > 366:
                raise ValueError("the calendar has no working days")
    return day


def halved(amount: int) -> int:
    """Half a length, rounded up, never none."""
    return max(1, ceil(amount / 2))


def due_at(started: datetime, amount: int, unit: Unit, calendar: WorkingDays) -> datetime:
    """When a clock that starts at a moment is due, in UTC. Hours are counted exactly."""
    if unit == "hours":
        return (started + timedelta(hours=amount)).astimezone(UTC)
    first = day_of(started, calendar.zone)
    return end_of(nth_counted_day(first, amount, unit, calendar), calendar.zone)


def days_left(paused: datetime, due: datetime, unit: Unit, calendar: WorkingDays) -> int:
    """Counted days after the day of the pause, up to due."""
    day, last = day_of(paused, calendar.zone) + ONE_DAY, day_of(due, calendar.zone)
    left = 0
    while day < last:
        left += counts(day, unit, calendar)
        day += ONE_DAY
    return left


def due_after_pause(
    resumed: datetime, left: int, old_due: datetime, unit: Unit, calendar: WorkingDays
) -> datetime:
    """Due again at the end of the left-th counted day after the day of the reply; never earlier."""
    day = nth_counted_day(day_of(resumed, calendar.zone), left, unit, calendar)
    return max(old_due, end_of(day, calendar.zone))


def paused_days(paused: datetime, resumed: datetime, zone: ZoneInfo) -> int:
    """How many days of the stage's allowance a pause used: midnights between the two."""
    return (day_of(resumed, zone) - day_of(paused, zone)).days


def due_after_calendar_change(
    since: datetime,
    due: datetime,
    changed: date,
    unit: Unit,
    old: WorkingDays,
    new: WorkingDays,
) -> datetime:
    """The due moment once a day became a holiday (or stopped being one): never an earlier one.

    `since` is when the count began (or went on after a pause); its own day does not count. The days
    from the changed one on that were still to count are counted again in the new calendar.
    """
    last = day_of(due, new.zone)
    if unit != "working_days" or not day_of(since, new.zone) < changed < last:
        return due
    still, day = 0, changed
    while day < last:
        still += counts(day, unit, old)
        day += ONE_DAY
    return max(due, end_of(nth_counted_day(changed - ONE_DAY, still, unit, new), new.zone))


@dataclass(frozen=True, slots=True)
class Step:
    """Something the sweep does for a clock at a moment. Level 0 is a reminder or the plain end."""

    name: str
    at: datetime
    level: int = 0


REMINDER, END = "reminder", "end"


def days_on(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same wall-clock time so many calendar days on (or back), in UTC."""
    there = moment.astimezone(zone)
    wall = datetime.combine(there.date() + timedelta(days=days), there.time(), tzinfo=zone)
    return wall.astimezone(UTC)


def steps(
    kind: str, started: datetime, due: datetime, zone: ZoneInfo, ladder: "Ladder"
) -> list[Step]:
    """Everything that the sweep will do for a clock, in order, each once."""
    reminder = Step(REMINDER, days_on(due, -ladder.reminder, zone))
    remind = [reminder] if reminder.at > started else []
    if kind in LADDERED:
        return remind + [
            Step(f"level_{level}", days_on(due, days, zone), level)
            for level, days in enumerate(ladder.levels, start=1)
        ]
    end = Step(END, due)
    return [*remind, end] if kind in CITIZEN_REMINDED else [end]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Days before due of the reminder; days from the miss of levels 1, 2 and 3 (calendar days)."""

    reminder: int = 1
    levels: tuple[int, ...] = (0, 2, 4)


def next_step(all_steps: list[Step], done: set[str]) -> Step | None:
    """The first step that is not done yet."""
    return next((step for step in all_steps if step.name not in done), None)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A line of the sum that a citizen can read. `number` is None for a day that does not count."""

    day: date
    number: int | None


def counted_days(
    started: datetime, due: datetime, unit: Unit, calendar: WorkingDays, most: int = 120
) -> list[CountedDay]:
    """Day by day from the day after the start up to due: "Day 1 Mon 23, day 2 Tue 24 …"."""
    lines: list[CountedDay] = []
    day, last, number = day_of(started, calendar.zone) + ONE_DAY, day_of(due, calendar.zone), 0
    while day < last and len(lines) < most:
        if counts(day, unit, calendar):
            number += 1
            lines.append(CountedDay(day, number))
        else:
            lines.append(CountedDay(day, None))
        day += ONE_DAY
    return lines


def latest_answer_due(
    filed: datetime, forward: Policy, resolve: Policy, calendar: WorkingDays
) -> datetime:
    """ "Answered by at the latest": the end of `resolve` if forwarded on the last day of `forward`."""
    last_moment = due_at(filed, forward.amount, forward.unit, calendar) - timedelta(microseconds=1)
    return due_at(last_moment, resolve.amount, resolve.unit, calendar)


OPENS, CLOSES = time(9), time(17)


def next_office_hour(moment: datetime, calendar: WorkingDays) -> datetime:
    """The moment itself in office hours (9 to 17 on a working day), else the next opening, in UTC."""
    there = moment.astimezone(calendar.zone)
    day = there.date()
    if calendar.is_working(day) and OPENS <= there.time() < CLOSES:
        return moment
    if there.time() >= OPENS or not calendar.is_working(day):
        day = nth_counted_day(day, 1, "working_days", calendar)
    return datetime.combine(day, OPENS, tzinfo=calendar.zone).astimezone(UTC)
