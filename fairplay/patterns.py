"""What is unusual for an office: robust measures over its own past. Pure.

The usual is the median of its days, its deviation the median absolute deviation (MAD): one wild day
of the past moves neither. Source: Hampel 1974; Leys et al. 2013, "Detecting outliers: do not use
standard deviation around the mean, use absolute deviation around the median".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

#: Days looked back on.
DAYS_BACK = 28


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for an office in a day: the median, the deviation, and the limit for a burst."""

    median: float
    deviation: float
    limit: float

    def is_burst(self, count: int, least: int) -> bool:
        """Whether a day's count is a burst: above the limit, and enough to say anything."""
        return count >= least and count > self.limit


def usual(counts: Sequence[int], spread: int) -> Usual:
    """The usual of daily counts; days without a row count as none. `spread` is how many deviations
    above the median a burst lies; a deviation is at least 1, as quiet offices have none at all.
    """
    days = [*counts, *[0] * max(0, DAYS_BACK - len(counts))]
    middle = float(median(days))
    deviation = max(1.0, float(median(abs(count - middle) for count in days)))
    return Usual(middle, deviation, middle + spread * deviation)
