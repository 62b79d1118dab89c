"""The arithmetic of clocks, by example and by property."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.calendars import WorkCalendar
from agencies.policies import Policy, Unit
from complaints import clocks

DHAKA, JAKARTA = ZoneInfo("Asia/Dhaka"), ZoneInfo("Asia/Jakarta")
BD = WorkCalendar("bd", DHAKA, frozenset({5, 6}), frozenset({date(2026, 12, 16)}))
ID = WorkCalendar("id", JAKARTA, frozenset({6, 7}))
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=DHAKA)

moments = st.datetimes(
    datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([UTC, DHAKA, JAKARTA])
)
amounts = st.integers(1, 60)
units = st.sampled_from(["calendar_days", "working_days"])
days = st.dates(date(2024, 1, 1), date(2030, 6, 1))
calendars = st.builds(
    lambda weekend, off, base: replace(base, weekend=weekend, holidays=off),
    st.sampled_from([frozenset({5, 6}), frozenset({6, 7}), frozenset({5}), frozenset()]),
    st.frozensets(days, max_size=12),
    st.sampled_from([BD, ID]),
)


def test_three_calendar_days_from_sunday_are_due_at_midnight_before_thursday() -> None:
    due = clocks.due_at(SUNDAY, 3, "calendar_days", BD)
    assert due.astimezone(DHAKA) == datetime(2026, 11, 26, 0, 0, tzinfo=DHAKA)


def test_working_days_skip_weekend_and_holidays() -> None:
    # Monday 14 December: Tuesday counts, Wednesday 16 is a holiday, Thursday counts, then a weekend.
    start = datetime(2026, 12, 14, 23, 59, tzinfo=DHAKA)
    due = clocks.due_at(start, 3, "working_days", BD)
    assert due.astimezone(DHAKA) == datetime(2026, 12, 21, 0, 0, tzinfo=DHAKA)


def test_hours_are_counted_exactly() -> None:
    assert clocks.due_at(SUNDAY, 72, "hours", BD) == SUNDAY + timedelta(hours=72)


@pytest.mark.parametrize(("amount", "half"), [(10, 5), (5, 3), (1, 1), (3, 2)])
def test_half_a_length_is_rounded_up(amount: int, half: int) -> None:
    assert clocks.halved(amount) == half


def test_the_sum_can_be_read() -> None:
    due = clocks.due_at(SUNDAY, 3, "calendar_days", BD)
    lines = clocks.counted_days(SUNDAY, due, "calendar_days", BD)
    assert [(line.number, line.day.day) for line in lines] == [(1, 23), (2, 24), (3, 25)]


def test_the_latest_answer_counts_from_the_last_day_of_forwarding() -> None:
    due = clocks.latest_answer_due(
        SUNDAY, Policy("f", 3, "calendar_days"), Policy("r", 10, "calendar_days"), BD
    )
    assert due.astimezone(DHAKA) == datetime(2026, 12, 6, 0, 0, tzinfo=DHAKA)


@pytest.mark.parametrize(
    ("at", "then"),
    [
        (datetime(2026, 11, 22, 10, 0), datetime(2026, 11, 22, 10, 0)),
        (datetime(2026, 11, 22, 8, 0), datetime(2026, 11, 22, 9, 0)),
        (datetime(2026, 11, 22, 17, 0), datetime(2026, 11, 23, 9, 0)),
        (datetime(2026, 11, 27, 11, 0), datetime(2026, 11, 29, 9, 0)),  # a Friday
        (datetime(2026, 11, 26, 0, 0), datetime(2026, 11, 26, 9, 0)),
    ],
)
def test_officers_are_told_in_office_hours(at: datetime, then: datetime) -> None:
    told = clocks.next_office_hour(at.replace(tzinfo=DHAKA), BD)
    assert told.astimezone(DHAKA) == then.replace(tzinfo=DHAKA)


@given(moments, amounts, units, calendars)
def test_a_due_moment_is_a_midnight_after_the_start(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar
) -> None:
    due = clocks.due_at(start, amount, unit, calendar)
    there = due.astimezone(calendar.zone)
    assert due > start
    assert (there.hour, there.minute, there.second, there.microsecond) == (0, 0, 0, 0)


@given(moments, amounts, units, calendars)
def test_as_many_days_are_counted_as_were_given(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar
) -> None:
    due = clocks.due_at(start, amount, unit, calendar)
    lines = clocks.counted_days(start, due, unit, calendar, most=1000)
    assert [line.number for line in lines if line.number] == list(range(1, amount + 1))


@given(moments, amounts, units, calendars, days)
def test_a_new_holiday_never_makes_a_clock_due_earlier(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar, day: date
) -> None:
    due = clocks.due_at(start, amount, unit, calendar)
    changed = replace(calendar, holidays=calendar.holidays | {day})
    moved = clocks.due_after_calendar_change(start, due, day, unit, calendar, changed)
    assert moved >= due
    assert clocks.due_at(start, amount, unit, changed) >= due


@given(moments, amounts, calendars, days)
def test_a_new_holiday_leads_to_the_due_moment_of_a_fresh_count(
    start: datetime, amount: int, calendar: WorkCalendar, day: date
) -> None:
    due = clocks.due_at(start, amount, "working_days", calendar)
    changed = replace(calendar, holidays=calendar.holidays | {day})
    moved = clocks.due_after_calendar_change(start, due, day, "working_days", calendar, changed)
    first = clocks.day_of(start, calendar.zone)
    expected = clocks.due_at(start, amount, "working_days", changed) if day > first else due
    assert moved == max(due, expected)


@given(moments, amounts, units, calendars, days)
def test_a_holiday_taken_away_never_makes_a_clock_due_earlier(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar, day: date
) -> None:
    due = clocks.due_at(start, amount, unit, calendar)
    changed = replace(calendar, holidays=calendar.holidays - {day})
    assert clocks.due_after_calendar_change(start, due, day, unit, calendar, changed) >= due


@given(moments, amounts, units, calendars, st.timedeltas(timedelta(0), timedelta(40)), st.data())
def test_a_pause_never_makes_a_clock_due_earlier(
    start: datetime,
    amount: int,
    unit: Unit,
    calendar: WorkCalendar,
    length: timedelta,
    data: st.DataObject,
) -> None:
    due = clocks.due_at(start, amount, unit, calendar)
    share = data.draw(st.floats(0, 0.999))
    paused = start + (due - start) * share
    left = clocks.days_left(paused, due, unit, calendar)
    again = clocks.due_after_pause(paused + length, left, due, unit, calendar)
    assert again >= due


@given(moments, amounts, units, calendars, st.data())
def test_a_pause_that_ends_on_the_same_day_changes_nothing(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar, data: st.DataObject
) -> None:
    due = clocks.due_at(start, amount, unit, calendar)
    paused = start + (due - start) * data.draw(st.floats(0, 0.999))
    tonight = clocks.end_of(clocks.day_of(paused, calendar.zone), calendar.zone)
    resumed = max(paused, tonight - timedelta(microseconds=1))
    left = clocks.days_left(paused, due, unit, calendar)
    again = clocks.due_after_pause(resumed, left, due, unit, calendar)
    # Only trailing days off can stand between the last counted day and midnight before due.
    assert again == due


@given(moments, amounts, units, calendars, st.sampled_from(list(clocks.Kind)))
def test_the_steps_of_a_clock_come_in_the_order_of_time_each_once(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar, kind: clocks.Kind
) -> None:
    due = clocks.due_at(start, amount, unit, calendar)
    steps = clocks.steps(kind, start, due, calendar.zone, clocks.Ladder())
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert len({step.name for step in steps}) == len(steps)
    assert [step.at for step in steps if step.level == 1] in ([], [due])


def test_a_calendar_without_working_days_is_an_error_not_an_endless_loop() -> None:
    never = replace(BD, weekend=frozenset(range(1, 8)))
    with pytest.raises(ValueError, match="no working days"):
        clocks.due_at(SUNDAY, 1, "working_days", never)
