"""Counts drawn by chance, for the tests of what rises: a subject's cases day by day over nine weeks."""

import math
import random
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from agencies.calendars import WorkCalendar
from oversight.rising import DAYS, WEEK

#: A Sunday; Friday and Saturday are the weekend, as in Bangladesh.
FIRST = date(2026, 9, 20)
PLAIN = WorkCalendar("bd", ZoneInfo("Asia/Dhaka"), frozenset({5, 6}))
#: A country's subjects by their cases a week: many small ones, some large ones.
SIZES = [3, 5, 8, 12, 20, 30, 50, 80, 120, 200] * 4


def chance(rng: random.Random, mean: float) -> int:
    """A count with that mean by chance alone (Poisson)."""
    if mean > 30:
        return chance(rng, mean / 2) + chance(rng, mean / 2)
    least, drawn, product = math.exp(-mean), 0, rng.random()
    while product > least:
        drawn, product = drawn + 1, product * rng.random()
    return drawn


def varied(rng: random.Random, mean: float, spread: float) -> int:
    """A count whose variance is so many times its mean (negative binomial; 1 is Poisson)."""
    if spread <= 1:
        return chance(rng, mean)
    return chance(rng, rng.gammavariate(mean / (spread - 1), spread - 1))


def weeks_of(rng: random.Random, mean: float, spread: float = 1, last: float = 1) -> list[int]:
    """Nine weeks about a mean, the last one about so many times it: on the first day of each."""
    counts = [0] * DAYS
    for day in range(0, DAYS, WEEK):
        counts[day] = varied(rng, mean * (last if day == DAYS - WEEK else 1), spread)
    return counts


def by_calendar(calendar: WorkCalendar, on: int, off: int) -> list[int]:
    """So many cases on each working day, and on each day off."""
    days = (FIRST + timedelta(days=number) for number in range(DAYS))
    return [on if calendar.is_working(day) else off for day in days]


def steady(a_day: int, last: float = 1) -> list[int]:
    """The same each day; in the last week so many times that."""
    return [a_day] * (DAYS - WEEK) + [round(a_day * last)] * WEEK
