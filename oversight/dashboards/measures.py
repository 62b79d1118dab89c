"""The figures of a period as tiles: each with the period before it, and the direction in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from agencies.models import Office
from oversight.charts import Unit
from oversight.charts.words import number
from oversight.charts.words import written as in_digits
from oversight.dashboards.asking import Asked
from oversight.dashboards.counted import Counted
from oversight.dashboards.state import cases_of, days_of, whole_of
from oversight.figures.asking import Counts
from oversight.figures.periods import LAST_DAYS, Period
from oversight.metrics import METRICS, Metric

#: What a screen shows of `METRICS`, in this order.
SHOWN = (
    *("received", "answered", "answered_in_10_from_filing", "answered_in_10_from_forward"),
    *("forwarded_in_3", "median_days", "p90_days", "confirmed_resolved"),
    *("silent", "disputed", "appealed", "upheld"),
    *("satisfaction", "response_rate", "returned", "reopened"),
)
#: Figures are the same if they differ by no more than this; numbers and days if they are the same.
SAME = {"share": 0.005, "rating": 0.05, "mean": 0.005}


#: Means are of few: 0.04 times sent back, per case, is not "0".
MEAN_PLACES = 2
#: How a figure is written on a tile.
UNITS = {"count": Unit.COUNT, "share": Unit.SHARE}


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of another period in words, and how this one stands to it.

    `verdict`: "better" or "worse" (neither: empty); `sign` draws the direction for the eye; `url` is the
    list of its cases.
    """

    words: str
    verdict: str
    sign: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with what stands beside it, in words. `url` is the list of its cases, `whole_url` that
    of those which it is out of.
    """

    name: str
    words: str
    between: str
    rests_on: str
    url: str
    whole_url: str
    others: tuple[Compared, ...]


def tiles(
    asked: Asked, office: Office | None, found: Counted, shown: Sequence[str] = SHOWN
) -> list[Tile]:
    """The tiles of a screen, of the figures `shown` (codes of METRICS)."""
    return [_tile(asked, office, METRICS[code], found) for code in shown]


def _tile(asked: Asked, office: Office | None, metric: Metric, found: Counted) -> Tile:
    value = metric.of(found.total)
    interval = metric.interval_of(found.total)
    comparable = metric.unit != "count" or not is_cut_short(asked)
    # Of a year, and of twelve months, the period before is that of a year before: said once.
    once = asked.period.before() == asked.period.year_before()
    period = asked.period
    others = (
        _compared(metric, value, None if once else found.before, BEFORE, comparable,
                  _cases(asked, office, metric, found.before, period.before())),
        _compared(metric, value, found.year_before, YEAR_BEFORE, comparable,
                  _cases(asked, office, metric, found.year_before, period.year_before())),
    )  # fmt: skip
    return Tile(
        name=str(metric.name),
        words=written(metric, value),
        between=_between(metric, interval) if interval else "",
        rests_on=_rests_on(metric, value, found.total),
        url=cases_of(asked, office, metric, found.total) if value else "",
        whole_url=whole_of(asked, office, metric, found.total),
        others=tuple(other for other in others if other is not None),
    )


def _cases(
    asked: Asked, office: Office | None, metric: Metric, counts: Counts | None, period: Period
) -> str:
    """The list of the cases of another period."""
    return cases_of(asked, office, metric, counts, **days_of(period.start, period.end))


def is_cut_short(asked: Asked) -> bool:
    """Whether the period is a calendar's that is not over: its numbers will still grow."""
    return asked.period.is_running and asked.period.code not in map(str, LAST_DAYS)


def written(metric: Metric, value: float | None) -> str:
    """A figure as people read it, with its unit."""
    language = get_language() or "en"
    if metric.unit == "mean" and value is not None:
        return in_digits(round(value, MEAN_PLACES), Unit.DAYS, language)
    said = number(value, UNITS.get(metric.unit, Unit.DAYS), language)
    if metric.unit == "days" and value is not None:
        return ngettext("%(number)s day", "%(number)s days", round(value)) % {"number": said}
    return said


def _between(metric: Metric, interval: tuple[float, float]) -> str:
    low, high = (written(metric, end) for end in interval)
    return _("likely between %(low)s and %(high)s") % {"low": low, "high": high}


def _rests_on(metric: Metric, value: float | None, counts: Counts) -> str:
    whole = max(0, metric.rests_on(counts))
    if value is None or metric.unit not in ("share", "rating"):
        return ""
    language = get_language() or "en"
    said = number(whole, Unit.COUNT, language)
    if metric.unit == "rating":
        return ngettext("of %(whole)s mark", "of %(whole)s marks", whole) % {"whole": said}
    part = number(round(value * whole), Unit.COUNT, language)
    return _("%(part)s of %(whole)s") % {"part": part, "whole": said}


#: How a figure stands to another period's, in words. What only differs is neither better nor worse.
BEFORE: dict[str, str | Promise] = {
    "better": gettext_lazy("Better than in the period before: %(value)s"),
    "worse": gettext_lazy("Worse than in the period before: %(value)s"),
    "more": gettext_lazy("More than in the period before: %(value)s"),
    "less": gettext_lazy("Less than in the period before: %(value)s"),
    "same": gettext_lazy("As in the period before: %(value)s"),
    "": gettext_lazy("In the whole period before: %(value)s"),
}
YEAR_BEFORE: dict[str, str | Promise] = {
    "better": gettext_lazy("Better than a year before: %(value)s"),
    "worse": gettext_lazy("Worse than a year before: %(value)s"),
    "more": gettext_lazy("More than a year before: %(value)s"),
    "less": gettext_lazy("Less than a year before: %(value)s"),
    "same": gettext_lazy("As a year before: %(value)s"),
    "": gettext_lazy("In the whole period a year before: %(value)s"),
}
SIGNS = {"more": "▲", "less": "▼", "same": "="}


def _compared(
    metric: Metric,
    value: float | None,
    other: Counts | None,
    sentences: dict[str, str | Promise],
    comparable: bool,
    url: str,
) -> Compared | None:
    then = metric.of(other) if other is not None and value is not None else None
    if value is None or then is None:
        return None
    direction = _direction(metric, value, then) if comparable else ""
    verdict = ""
    if metric.better and direction in ("more", "less"):
        verdict = "better" if (direction == "more") == (metric.better > 0) else "worse"
    words = str(sentences[verdict or direction]) % {"value": written(metric, then)}
    return Compared(words, verdict, SIGNS.get(direction, ""), url)


def _direction(metric: Metric, value: float, then: float) -> str:
    same = SAME.get(metric.unit, 0.0)
    # Nobody should read "better: 97%" beside 97%.
    if abs(value - then) <= same or written(metric, value) == written(metric, then):
        return "same"
    return "more" if value > then else "less"


#: What became of the answers of a period: the measure, in the order in which it is drawn.
BECAME = ("confirmed", "awaited", "silence", "contested", "other")


def became(counts: Counts) -> dict[str, int]:
    """All answers of the period by what became of them; they add up to the answers."""
    parts = {name: max(0, counts[name]) for name in BECAME[:-1]}
    return parts | {"other": max(0, counts["answered"] - sum(parts.values()))}


def became_names() -> dict[str, str]:
    """The same in words."""
    return {
        "confirmed": _("Resolved, and the citizen confirmed it"),
        "awaited": _("Said to be resolved; the citizen has not spoken yet"),
        "silence": _("Said to be resolved; the citizen never replied"),
        "contested": _("Disputed or in appeal"),
        "other": _("Partly resolved, not upheld, advice only, no power to act"),
    }
