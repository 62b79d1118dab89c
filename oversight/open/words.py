"""Figures as everybody reads them: in the reader's digits, and never of a few cases."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from oversight.charts.frame import Unit
from oversight.charts.words import NONE, interval, number
from oversight.charts.words import written as in_digits
from oversight.figures.asking import Counts
from oversight.metrics import Interval, Metric
from oversight.metrics import Unit as MetricUnit
from oversight.open.suppressing import is_small, rounded

#: An interval of a part of the country that rests on fewer cases would tell their exact number.
LEAST_BETWEEN = 100
#: How charts name the units; a mark from 1 to 5 is written to a tenth, as days are.
UNITS: dict[MetricUnit, Unit] = {
    "count": Unit.COUNT,
    "share": Unit.SHARE,
    "days": Unit.DAYS,
    "rating": Unit.DAYS,
    "mean": Unit.DAYS,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure in words. `few`: it is of too few cases to be told, and the words say so."""

    words: str
    few: bool = False
    #: Its interval in words; empty without.
    between: str = ""

    @property
    def is_none(self) -> bool:
        """Whether there is nothing to make it of."""
        return self.words == NONE


def language() -> str:
    """The reader's."""
    return (get_language() or "en")[:2]


def in_languages(words: object) -> dict[str, str]:
    """Words in each language of the portal, by its code."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = str(words)
    return found


def written(value: float | None, unit: MetricUnit) -> str:
    """A value as the reader writes it; a dash where there is none."""
    if value is not None and unit == "mean":
        return in_digits(round(value, 2), Unit.DAYS, language())
    return number(value, UNITS[unit], language())


def shown(metric: Metric, counts: Counts, *, exact: bool = True) -> Shown:
    """A figure for everybody: not of 1 to 4 cases; numbers not `exact` are to the nearest five."""
    value = metric.of(counts)
    if value is None or (metric.unit == "count" and not value):
        return Shown(written(value, metric.unit))
    if is_small(metric.rests_on(counts)):
        return Shown(few_words(), few=True)
    if metric.unit == "count":
        return Shown(written(value if exact else rounded(int(value)), "count"))
    # Of few cases an interval tells of how many, which is to the nearest five where not `exact`.
    has_interval = exact or metric.rests_on(counts) >= LEAST_BETWEEN
    ends = metric.interval_of(counts) if has_interval else None
    return Shown(written(value, metric.unit), between=between(ends, metric))


def between(ends: Interval | None, metric: Metric) -> str:
    """An interval in words; empty where there is none."""
    return interval(*ends, UNITS[metric.unit], language()) if ends else ""


def few_words() -> str:
    """What stands instead of a figure of too few cases."""
    return _("too few")
