"""Cases by their way in: how many came, how they went, and which way has fallen silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from oversight.figures import reading
from oversight.figures.asking import Counts, Question
from oversight.figures.periods import Period, today

#: The days that are drawn, and the weeks before a silence with which it is compared.
DRAWN, WEEKS = 30, 4
#: So many cases have to be missed: by chance, so many fail to come once in a thousand times (e^-7).
MISSED = 7


@dataclass(slots=True)
class Way:
    """A way in: cases a day, the period and the one before. `silent` is for how many whole days nothing
    came although it should have; 0 if it is not silent.
    """

    code: str
    days: list[int] = field(default_factory=list)
    last_on: date | None = None
    silent: int = 0
    counts: Counts = field(default_factory=Counts)
    before: Counts = field(default_factory=Counts)


def ways(question: Question, *, hidden: Sequence[int] = ()) -> list[Way]:
    """The ways in by which cases came, the busiest first (three questions to the figures)."""
    end = today() + timedelta(days=1)
    looked_at = Period("", end - timedelta(days=DRAWN + 7 * WEEKS + 7), end)
    found: dict[str, Way] = {}
    for code, steps in reading.trend_by(
        question.during(looked_at), "channel", hidden=hidden
    ).items():
        by_day = {
            day: counts["received"] for day, counts in steps.items() if counts["received"] > 0
        }
        way = found.setdefault(code, Way(code))
        way.days = [by_day.get(end - timedelta(days=back), 0) for back in range(DRAWN, 0, -1)]
        way.last_on = max(by_day, default=None)
        way.silent = silent_days(by_day, today())
    for code, counts in reading.by(question, "channel", hidden=hidden, bands=False).items():
        found.setdefault(code, Way(code)).counts = counts
    before = question.during(question.period.before())
    for code, counts in reading.by(before, "channel", hidden=hidden, bands=False).items():
        found.setdefault(code, Way(code)).before = counts
    return sorted(
        found.values(), key=lambda way: (-way.counts["received"], -sum(way.days), way.code)
    )


def silent_days(by_day: Mapping[date, int], now: date) -> int:
    """For how many whole days nothing came although it should have; 0 if that may be chance.

    What should have come is the mean of the same weekdays in the four weeks up to the last case, so that
    a counter is not missed on its days off. `now` is the day that is not over yet.
    """
    last = max((day for day in by_day if day <= now), default=None)
    if last is None:
        return 0
    silent = [last + timedelta(days=after) for after in range(1, (now - last).days)]
    missed = sum(_usual(by_day, day, last) for day in silent)
    return len(silent) if missed >= MISSED else 0


def _usual(by_day: Mapping[date, int], day: date, last: date) -> float:
    """The mean of the newest four days of the same weekday up to the last case."""
    newest = last - timedelta(days=(last - day).days % 7)
    return sum(by_day.get(newest - timedelta(weeks=back), 0) for back in range(WEEKS)) / WEEKS
