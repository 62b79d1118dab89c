"""Which months and years can be reported on, and what stands beside each."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from oversight.figures.cube import MONTH
from oversight.figures.periods import Period, month_period, today, year_period
from oversight.models import Tally

#: Between the end of a period and its own report: so many days, so that what was late to come is in.
MONTH_AFTER, YEAR_AFTER = 3, 10


@dataclass(frozen=True, slots=True)
class Reported:
    """A period with what it is compared to: as long, the one before and the year before.

    Of a period that is not over, these are its days up to today, and the same days of the others.
    For a year the two are the same.
    """

    code: str
    whole: Period
    period: Period
    before: Period
    year_before: Period

    @property
    def is_year(self) -> bool:
        """A year; else a month."""
        return len(self.code) == len("2026")

    @property
    def is_so_far(self) -> bool:
        """Whether it is not over yet, so that its figures will change."""
        return self.whole.is_running


def reported(code: str) -> Reported | None:
    """The period that a code names (2026, 2026-11); None for what is none, or has not begun."""
    found = re.fullmatch(r"(2\d{3})(?:-(0[1-9]|1[0-2]))?", code, re.ASCII)
    if not found:
        return None
    year, month = int(found[1]), int(found[2] or 0)
    whole = month_period(date(year, month, 1)) if month else year_period(year)
    if whole.start > today():
        return None
    end = min(whole.end, today() + timedelta(days=1))
    period = Period(code, whole.start, end)
    year_before = period.year_before()
    if not whole.is_running:
        year_before = whole.year_before()
    return Reported(
        code, whole, period, _before(whole, period) if month else year_before, year_before
    )


def _before(whole: Period, period: Period) -> Period:
    """The month before: all of it, or as many of its days as have passed of this one."""
    before = month_period(whole.start - timedelta(days=1))
    if period.end == whole.end:
        return before
    return Period(
        before.code, before.start, min(before.end, before.start + (period.end - period.start))
    )


def first_month() -> date | None:
    """The first day of the first month in which anything was filed; None: nothing ever was."""
    months = Tally.objects.filter(node=0, cut=0, grain=MONTH, received__gt=0)
    return months.order_by("on").values_list("on", flat=True).first()


def months() -> list[str]:
    """The codes of the months from the first case on, the running one first."""
    first, found = first_month(), []
    at = today().replace(day=1)
    while first and at >= first:
        found.append(f"{at:%Y-%m}")
        at = (at - timedelta(days=1)).replace(day=1)
    return found


def years() -> list[str]:
    """The codes of the years from the first case on, the running one first."""
    first = first_month()
    return [f"{year}" for year in range(today().year, first.year - 1, -1)] if first else []


def due(day: date) -> list[str]:
    """What is reported on that day by itself: the last month from the 3rd, the last year from 10 January.

    Each day from then on to the month's end, so that an outage costs a day and not the report.
    """
    last_month = f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"
    found = [last_month] if day.day >= MONTH_AFTER else []
    if day.month == 1 and day.day >= YEAR_AFTER:
        found.append(f"{day.year - 1}")
    return found
