"""Whether something rises: the last seven whole days against the eight weeks before. Pure.

A count of a week is held against its usual: the mean of the eight weeks before, each week with the
same weekdays. The threshold is that of Farrington and others (1996, J. R. Statist. Soc. A 159, 547–563,
the rule behind national surveillance of infections): counts vary more than chance alone would let them
(quasi-Poisson), and weeks that stood out themselves weigh less. On top of it:

- a holiday counts as a day of the weekend;
- where all others rise too, the usual rises with them: what is asked is whether it rises more;
- how much a series varies is learnt from it and from the others together, as eight weeks say little;
- a rise is at least a quarter above the usual, and at least so many cases;
- many series are looked at, so each has to be the more unusual: with m of them the chance of each to
  be called by mistake is `A_WEEK`/m (Bonferroni). So in a quiet week nothing at all is called, nineteen
  times in twenty, however many there are.

tests/oversight/test_rising_rule.py measures how often it is mistaken, and how often it finds.

Days are those of the capital; the running day is the caller's to leave out.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, exp, log, sqrt
from statistics import NormalDist, median
from typing import TypeVar

from agencies.calendars import WorkCalendar

Key = TypeVar("Key", bound=Hashable)

WEEK, WEEKS = 7, 8
#: So many days are looked at: the week, and those before it.
DAYS = WEEK * (WEEKS + 1)
#: Fewer weeks before it say nothing yet: the portal is too young.
LEAST_WEEKS = 4
#: Fewer cases in the week are no rise.
LEAST = 10
#: A rise is at least so many times the usual: a large subject that grows a little is none.
LEAST_FACTOR = 1.25
#: The chance that anything at all is called in a quiet week; and the largest one for a single series.
A_WEEK, A_SERIES = 0.05, 0.005
#: From how many cases a week on a series says how much counts vary.
TELLING = 5.0
#: At most so much, in weeks, do the others say about how one varies.
LENT = 21
#: A week that stands out more than that weighs less (Noufaily and others, 2013).
OUTLYING = 2.58
#: A median tells so much less than a mean of the same numbers.
MEDIAN_LOSS = 1.57

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Rise:
    """One series judged. `weeks` are counts, oldest first, the week itself last.

    `usual` is what could be expected of the week, and of each week before it in `expected`; `limit`
    the least count that is called a rise; `chance` how likely so many are (or more) with nothing behind it.
    """

    weeks: tuple[int, ...]
    expected: tuple[float, ...]
    usual: float
    limit: int
    chance: float

    @property
    def found(self) -> int:
        """The count of the week."""
        return self.weeks[-1]

    @property
    def is_rising(self) -> bool:
        """Whether it is called a rise."""
        return self.found >= self.limit

    @property
    def factor(self) -> float | None:
        """How many times the usual; None where hardly any were usual."""
        return self.found / self.usual if self.usual >= 1 else None


@dataclass(frozen=True, slots=True)
class _Usual:
    """What the weeks before say of a series: cases for each unit of exposure, how they vary."""

    rate: float
    spread: float
    exposure: float

    def expects(self, exposure: float) -> float:
        return self.rate * exposure


def weeks_known(total: Sequence[int]) -> int:
    """How many whole weeks before the last one lie after the first case of all, at most `WEEKS`."""
    first = next((place for place, count in enumerate(total) if count), len(total))
    return max(0, (len(total) - WEEK - first) // WEEK)


def exposures(first: date, total: Sequence[int], calendar: WorkCalendar) -> list[float]:
    """How much each week counts, oldest first: its working days, and its days off by what comes in
    on such days (of all cases together, in the weeks before).
    """
    days = [first + timedelta(days=number) for number in range(len(total))]
    working = [calendar.is_working(day) for day in days]
    before = list(zip(total, working, strict=True))[:-WEEK]
    on = [count for count, works in before if works]
    off = [count for count, works in before if not works]
    # Twenty cases on each side that say "no difference": of few cases nothing is learnt.
    usual_off = sum(on) * len(off) / len(on) if on else 0.0
    share = min(1.5, max(0.1, (sum(off) + 20) / (usual_off + 20)))
    counted = [1.0 if works else share for works in working]
    return [sum(counted[at : at + WEEK]) for at in range(0, len(counted), WEEK)]


def judge(
    series: Mapping[Key, Sequence[int]],
    first: date,
    calendar: WorkCalendar,
    *,
    only: Collection[Key] | None = None,
    least: int = LEAST,
) -> dict[Key, Rise]:
    """Each series (a count a day, `DAYS` of them from `first` on) judged; with `only`, these alone.

    The others tell how counts vary and whether all rise. Empty while the portal is too young to know
    what is usual. ValueError if a series is of other days.
    """
    if any(len(counts) != DAYS for counts in series.values()):
        raise ValueError(f"each series has a count for each of {DAYS} days")
    total = [sum(counts) for counts in zip(*series.values(), strict=True)]
    known = weeks_known(total) if total else 0
    if known < LEAST_WEEKS:
        return {}
    exposed = exposures(first, total, calendar)
    weekly = {key: _weekly(counts) for key, counts in series.items()}
    usuals = {key: _usual(weeks, exposed, known) for key, weeks in weekly.items()}
    wanted = [key for key in series if only is None or key in only]
    tried = sum(sum(weekly[key][-known - 1 :]) >= least for key in wanted)
    level = min(A_SERIES, A_WEEK / max(tried, 1))
    told = _telling(weekly, usuals, exposed[-1])
    telling = {key for key, _now, _usual in told}
    common = _common_spread([usuals[key].spread for key in telling], known)
    found = {}
    for key in wanted:
        lent = min(LENT, (known - 1) * (len(telling) - (key in telling)))
        spread = max(1.0, (lent * common + (known - 1) * usuals[key].spread) / (lent + known - 1))
        usual = _Usual(usuals[key].rate, spread, usuals[key].exposure)
        bar = _Bar(*_growth(key, told, common), lent + known - 1, level, least)
        found[key] = _judged(weekly[key], usual, exposed, bar)
    return found


@dataclass(frozen=True, slots=True)
class _Bar:
    """How high the bar lies for a series: how much all rise and how unsure that is, how much is known
    about how counts vary, the chance of a mistake, and the least cases.
    """

    growth: float
    unsure: float
    freedom: int
    level: float
    least: int


def _telling(
    weekly: Mapping[Key, Sequence[int]], usuals: Mapping[Key, _Usual], exposure: float
) -> list[tuple[Key, int, float]]:
    """The series that are large enough to tell something of the others: what was found and what was
    usual, the one that rises least first.
    """
    rows = [(key, weekly[key][-1], usual.expects(exposure)) for key, usual in usuals.items()]
    telling = [row for row in rows if row[2] >= TELLING]
    return sorted(telling, key=lambda row: row[1] / row[2])


def _weekly(counts: Sequence[int]) -> tuple[int, ...]:
    return tuple(sum(counts[at : at + WEEK]) for at in range(0, DAYS, WEEK))


def _usual(weeks: Sequence[int], exposed: Sequence[float], known: int) -> _Usual:
    """The rate of the weeks before, and how they vary about it; those that stand out weigh less."""
    counts, sizes = weeks[-known - 1 : -1], exposed[-known - 1 : -1]
    rows = list(zip(counts, sizes, strict=True))
    # Each week is held against the other ones: within its own mean and variance it would hide.
    stand_out = [_standing_out(rows, place) for place in range(known)]
    weights = [1.0 if s <= OUTLYING else (s / OUTLYING) ** -2 for s in stand_out]
    rate, spread = _fitted(rows, weights)
    return _Usual(rate, spread, sum(w * e for w, e in zip(weights, sizes, strict=True)))


def _fitted(rows: Sequence[tuple[int, float]], weights: Sequence[float]) -> tuple[float, float]:
    """Cases for each unit of exposure, and how many times more than chance alone they vary."""
    weighed = list(zip(rows, weights, strict=True))
    # Half a case more: what never came is not impossible.
    rate = (sum(w * n for (n, _e), w in weighed) + 0.5) / sum(w * e for (_n, e), w in weighed)
    over = sum(w * (n - rate * e) ** 2 / (rate * e) for (n, e), w in weighed)
    return rate, over / (sum(weights) - 1)


def _standing_out(rows: Sequence[tuple[int, float]], place: int) -> float:
    """How far a week lies above what the other weeks let expect (Anscombe's residual)."""
    others = [row for at, row in enumerate(rows) if at != place]
    rate, spread = _fitted(others, [1.0] * len(others))
    count, expected = rows[place][0], rate * rows[place][1]
    distance = count ** (2 / 3) - expected ** (2 / 3)
    return 1.5 * distance / (expected ** (1 / 6) * sqrt(max(1.0, spread)))


def _common_spread(spreads: Sequence[float], known: int) -> float:
    """How counts vary in the middle of all series; 1 is chance alone."""
    if not spreads:
        return 1.0
    freedom = known - 1
    # The median of such estimates lies below what they estimate.
    return max(1.0, median(spreads) / (1 - 2 / (9 * freedom)) ** 3)


def _growth(
    key: Key, others: Sequence[tuple[Key, int, float]], common: float
) -> tuple[float, float]:
    """By how much the others rise in the middle of them (never less than 1), and the square of how
    unsure that is. `others` are keys with what was found and usual, ordered by how much they rise.
    """
    whole = sum(usual for other, _now, usual in others if other != key)
    growth, seen = 1.0, 0.0
    for other, now, usual in others:
        if other == key:
            continue
        seen += usual
        if seen >= whole / 2:
            growth = now / usual
            break
    if growth <= 1:
        return 1.0, 0.0
    return growth, MEDIAN_LOSS * common * (1 / (growth * whole) + 1 / (whole * WEEKS))


def _judged(weeks: tuple[int, ...], usual: _Usual, exposed: Sequence[float], bar: _Bar) -> Rise:
    expected = bar.growth * usual.expects(exposed[-1])
    variance = usual.spread * expected * (1 + bar.growth * exposed[-1] / usual.exposure)
    relative = sqrt(variance / expected**2 + bar.unsure)
    highest = expected * (1 + _quantile(bar.level, bar.freedom) * relative / 1.5) ** 1.5
    return Rise(
        weeks=weeks,
        expected=(*(usual.expects(each) for each in exposed[:-1]), expected),
        usual=expected,
        limit=max(ceil(highest + 0.5), ceil(LEAST_FACTOR * expected), bar.least),
        chance=_chance(weeks[-1], expected, relative, bar.freedom),
    )


def _chance(count: int, expected: float, relative: float, freedom: int) -> float:
    at_least = max(count - 0.5, 0.0)
    distance = 1.5 * ((at_least / expected) ** (2 / 3) - 1) / relative
    sign = 1 if distance > 0 else -1
    scaled = (8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * log(1 + distance**2 / freedom))
    return 1 - _NORMAL.cdf(sign * scaled)


def _quantile(level: float, freedom: int) -> float:
    """Student's t that is exceeded with that chance (Wallace, 1959): the variance is an estimate too."""
    scaled = _NORMAL.inv_cdf(1 - level) * (8 * freedom + 3) / (8 * freedom + 1)
    return sqrt(freedom * (exp(scaled**2 / freedom) - 1))
