"""Who stands apart from the country, and who does not: a rule that is fair to few cases. No database.

Each agency's figure has a 99.8 % interval, as the limits of a funnel plot have (Spiegelhalter, 2005): of
five hundred agencies that are all alike one is found apart by chance, so that comparing many does not
make some of them look bad. Clearly better or worse is whose whole interval lies on one side of the
country's figure and who differs by something that people would notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

#: Fewer cases than this are not compared: their interval would hold almost anything.
LEAST = 30
#: A difference that nobody would notice is none, however sure it is: two points, a tenth of a mark.
LEAST_SHARE, LEAST_RATING = 0.02, 0.1
#: With more than this part of its cases set aside an agency is not compared by those that are left.
MOST_ASIDE = 0.2


class Band(StrEnum):
    """Where an agency stands, in the order in which they are shown."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    FEW = "few"
    ASIDE = "aside"


BANDS = tuple(Band)
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """An agency's figure: what it is out of, its 95 % interval, the strict one, and what is aside.

    `aside` is how many cases of the period are left out while a pattern is examined or since it was
    confirmed; `received` how many are counted.
    """

    node: int
    value: float | None
    whole: int
    interval: Interval | None
    strict: Interval | None
    received: int = 0
    aside: int = 0

    @property
    def is_much_aside(self) -> bool:
        """Whether too much is set aside for the rest to speak for the agency."""
        return self.aside > MOST_ASIDE * (self.aside + self.received)


def band_of(one: Measured, country: float | None, *, better: int, least: float) -> Band:
    """Where it stands against the country's figure.

    `better` is the direction that is good (1 more, -1 less), `least` the smallest difference that counts.
    """
    if one.is_much_aside:
        return Band.ASIDE
    if one.value is None or one.strict is None or country is None or one.whole < LEAST:
        return Band.FEW
    low, high = one.strict
    is_apart = low > country or high < country
    if not is_apart or abs(one.value - country) < least:
        return Band.SAME
    return Band.BETTER if (one.value > country) == (better > 0) else Band.WORSE


@dataclass(frozen=True, slots=True)
class Judged:
    """An agency with its name and where it stands."""

    measured: Measured
    code: str
    name: str
    band: Band


def in_order(rows: Sequence[Judged]) -> list[Judged]:
    """By band, then by name: among those that do not differ nobody is before another."""
    return sorted(rows, key=lambda row: (BANDS.index(row.band), row.name.casefold(), row.code))
