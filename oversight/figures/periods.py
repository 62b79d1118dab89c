"""Periods: half-open, in days of the capital's zone, and how they are read from days and months."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from complaints import clocks, moment
from oversight.figures.cube import DAY, MONTH, next_month
from oversight.measures import PROMISED_DAYS

#: The periods offered everywhere: so many days up to today, or twelve months with the running one.
LAST_DAYS = (30, 90)
YEAR_CODE = "12m"


def today() -> date:
    """The day that it is in the capital."""
    return clocks.day_of(moment.now(), ZoneInfo(settings.TIME_ZONE))


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a period that is read from one grain: from `start` (included) to `end` (excluded)."""

    grain: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (included) to `end` (excluded); `code` is how the address names it.

    30, 90: so many days, today included. 12m: the running month and the eleven before. 2026: a year.
    2026-11: a month.
    """

    code: str
    start: date
    end: date

    @property
    def by_months(self) -> bool:
        """Whether its trend is drawn by months; else by days."""
        return (self.end - self.start).days > 100

    @property
    def is_running(self) -> bool:
        """Whether it is not over yet."""
        return self.end > today()

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    def before(self) -> "Period":
        """The one before it, as long: the year or month before; for twelve months the twelve before."""
        if self.code.isdigit() and len(self.code) <= 2:
            return Period(self.code, self.start - (self.end - self.start), self.start)
        return (
            self.year_before() if self.by_months else month_period(self.start - timedelta(days=1))
        )

    def year_before(self) -> "Period":
        """The same days of the year before (29 February gives the 28th)."""
        start, end = _year_earlier(self.start), _year_earlier(self.end)
        code = self.code
        if re.fullmatch(r"\d{4}(-\d\d)?", code):
            code = f"{int(code[:4]) - 1}{code[4:]}"
        return Period(code, start, end)

    def segments(self) -> Iterator[Segment]:
        """How it is read: whole months as months where all that was promised in them is over; days else.

        Months that are not over, or in which something may still be due, are read by the day, so that
        what is due is counted to the day.
        """
        settled = today() - timedelta(days=PROMISED_DAYS + 1)
        at = self.start
        while at < self.end:
            after = next_month(at)
            if at.day == 1 and after <= self.end and after <= settled:
                yield Segment(MONTH, at, after)
                at = after
            else:
                until = min(after, self.end)
                yield Segment(DAY, at, until)
                at = until


def _year_earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def days_period(days: int) -> Period:
    """The last so many days, today included."""
    end = today() + timedelta(days=1)
    return Period(str(days), end - timedelta(days=days), end)


def year_to_now() -> Period:
    """The running month and the eleven before it."""
    running = today().replace(day=1)
    return Period(YEAR_CODE, running.replace(year=running.year - 1) if running.month == 12
                  else _months_back(running, 11), next_month(running))  # fmt: skip


def _months_back(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def month_period(day: date) -> Period:
    """The month in which a day lies."""
    start = day.replace(day=1)
    return Period(f"{start:%Y-%m}", start, next_month(start))


def year_period(year: int) -> Period:
    """A calendar year."""
    return Period(f"{year:04d}", date(year, 1, 1), date(year + 1, 1, 1))


def period_of(code: str) -> Period:
    """What an address names; the last 30 days for whatever cannot be read or lies in the future."""
    if code == YEAR_CODE:
        return year_to_now()
    if code in {str(days) for days in LAST_DAYS}:
        return days_period(int(code))
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?", code, re.ASCII)
    if found and 2000 <= int(found[1]) <= today().year and int(found[2] or 1) in range(1, 13):
        year, month = int(found[1]), int(found[2] or 0)
        asked = month_period(date(year, month, 1)) if month else year_period(year)
        if asked.start <= today():
            return asked
    return days_period(LAST_DAYS[0])
