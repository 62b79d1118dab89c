"""The figures by name: what each means, how it is computed, of what, and what it leaves out.

Screens, exports, reports, open data, the API and tests take figures from here and nowhere else. A
figure is made of `Counts` (`oversight.figures`): days are days of the capital's zone, periods half-open
(their first day counts, their end does not). Open cases now are `STATES`, made of `Standing`. Cases of the
time before the portal are in none of them (`oversight.measures.PAST`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from oversight.figures.asking import Counts
from oversight.figures.standing import Standing
from oversight.intervals import of_mean, wilson

#: How a figure is written: a whole number, a share (0–1), days, a mean of 1 to 5, or a plain mean.
Unit = Literal["count", "share", "days", "rating", "mean"]
Interval = tuple[float, float]
#: Words in the reader's language.
Words = str | Promise
#: A share of fewer cases than this says nothing and could point at a person.
LEAST_CASES = 5


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of a period.

    `behind` is the measure whose cases stand behind it, `out_of` the one it is a share of (both names
    of `oversight.measures`, also of its `MEASURED` and with "due_" before it; empty for none).
    `better` is the direction that is good: 1 more, -1 less, 0 neither.
    """

    code: str
    name: Words
    unit: Unit
    value: Callable[[Counts], float | int | None]
    formula: Words
    excludes: Words = ""
    behind: str = ""
    out_of: str = ""
    better: int = 0
    interval: Callable[[Counts], Interval | None] | None = None
    #: How many cases it rests on; shares of few are not shown in public.
    base: Callable[[Counts], int] | None = None

    def of(self, counts: Counts) -> float | int | None:
        """The figure; None where there is nothing to make it of."""
        return self.value(counts)

    def interval_of(self, counts: Counts) -> Interval | None:
        """Where it lies in 95 of 100 cases; None where it has no interval or rests on too few."""
        return self.interval(counts) if self.interval else None

    def rests_on(self, counts: Counts) -> int:
        """The number of cases that it is made of."""
        return self.base(counts) if self.base else int(self.value(counts) or 0)


def _share(part: int, whole: int) -> float | None:
    return min(part, whole) / whole if whole > 0 else None


def _interval(part: int, whole: int) -> Interval | None:
    return wilson(max(0, min(part, whole)), whole) if whole >= LEAST_CASES else None


def _count(
    code: str, name: Words, formula: Words, *, better: int = 0, excludes: Words = ""
) -> Metric:
    return Metric(
        code, name, "count", lambda c: c[code], formula, excludes, behind=code, better=better
    )


def _of_share(
    code: str,
    name: Words,
    formula: Words,
    *,
    part: str,
    whole: Callable[[Counts], int],
    behind: str,
    out_of: str,
    better: int = 0,
    excludes: Words = "",
) -> Metric:
    return Metric(
        code,
        name,
        "share",
        lambda c: _share(c[part], whole(c)),
        formula,
        excludes,
        behind=behind,
        out_of=out_of,
        better=better,
        interval=lambda c: _interval(c[part], whole(c)),
        base=whole,
    )


def _days(code: str, name: Words, histogram: str, share: float, excludes: Words) -> Metric:
    return Metric(
        code,
        name,
        "days",
        lambda c: c.within(histogram, share),
        _DAYS_FORMULA,
        excludes,
        behind="answered",
        better=-1,
        base=lambda c: sum(c.bands.get(histogram, [])),
    )


def _mean_rating(counts: Counts) -> float | None:
    return counts["rating_sum"] / counts["rated"] if counts["rated"] else None


def _rating_interval(counts: Counts) -> Interval | None:
    if counts["rated"] < LEAST_CASES:
        return None
    return of_mean(counts["rating_sum"], counts["rating_squares"], counts["rated"], 1, 5)


_DAYS_FORMULA = _(
    "Days from one day to the other, the first not counted; exact up to 10 days, above that the last "
    "day of the band in which it lies."
)
_LEFT = _(
    "Cases that were declined, withdrawn or joined with another within the promised days; cases whose "
    "last day is not over yet."
)
_PAUSED = _("Days on which the case waited for the citizen.")

_ALL: tuple[Metric, ...] = (
    _count("received", _("Received"), _("Cases filed in the period.")),
    _of_share(
        "forwarded_in_3",
        _("Forwarded within 3 days"),
        _("First forwarded by the end of the third day, of the cases filed in the period."),
        part="due_forwarded_in_time",
        whole=lambda c: c.of("measured_to_forward"),
        behind="due_forwarded_in_time",
        out_of="measured_to_forward",
        better=1,
        excludes=_LEFT,
    ),
    _count(
        "answered",
        _("Answered"),
        _("Cases whose last answer was given in the period."),
        better=1,
    ),
    _of_share(
        "answered_in_10_from_filing",
        _("Answered within 10 days from filing"),
        _("The citizen’s measure: an answer that stands, given by the end of the tenth day, of the "
          "cases filed in the period."),
        part="due_kept_from_filing",
        whole=lambda c: c.of("measured_from_filing"),
        behind="due_kept_from_filing",
        out_of="measured_from_filing",
        better=1,
        excludes=_LEFT,
    ),
    _of_share(
        "answered_in_10_from_forward",
        _("Answered within 10 days from the forward"),
        _("The agency’s measure: an answer that stands, given by the end of the tenth day after the "
          "first forward, of the cases first forwarded in the period."),
        part="due_kept_from_forward",
        whole=lambda c: c.of("measured_from_forward"),
        behind="due_kept_from_forward",
        out_of="measured_from_forward",
        better=1,
        excludes=_LEFT,
    ),
    _days("median_days", _("Median days from filing"), "took", 0.5, ""),
    _days("p90_days", _("Nine of ten answers, days from filing"), "took", 0.9, ""),
    _days("median_days_worked", _("Median days, pauses apart"), "worked", 0.5, _PAUSED),
    _days("p90_days_worked", _("Nine of ten answers, pauses apart"), "worked", 0.9, _PAUSED),
    _days(
        "median_days_agency", _("Median days from the forward, pauses apart"),
        "took_agency", 0.5, _PAUSED,
    ),
    _days(
        "p90_days_agency", _("Nine of ten answers, from the forward, pauses apart"),
        "took_agency", 0.9, _PAUSED,
    ),
    Metric(
        "hops_per_case",
        _("Times sent back, per case"),
        "mean",
        lambda c: c["hops"] / c["received"] if c["received"] else None,
        _("How often offices sent cases back, over the cases filed in the period."),
        behind="returned",
        out_of="received",
        better=-1,
        base=lambda c: c["received"],
    ),
    _of_share(
        "returned",
        _("Sent back at least once"),
        _("Cases that an office sent back at least once, of those filed in the period."),
        part="returned",
        whole=lambda c: c["received"],
        behind="returned",
        out_of="received",
        better=-1,
    ),
    _of_share(
        "confirmed_resolved",
        _("Confirmed resolved"),
        _("Answered as resolved and confirmed by the citizen, of all answers of the period."),
        part="confirmed",
        whole=lambda c: c["answered"],
        behind="confirmed",
        out_of="answered",
        better=1,
        excludes=_("Nothing: silence, advice and hand-offs are in the whole and never in the part."),
    ),
    _of_share(
        "silent",
        _("Closed without a word of the citizen"),
        _("Closed because the citizen said nothing, of all answers of the period."),
        part="silent",
        whole=lambda c: c["answered"],
        behind="silent",
        out_of="answered",
    ),
    _of_share(
        "disputed",
        _("Disputed"),
        _("Cases disputed for the first time in the period, over the answers of the period."),
        part="disputed",
        whole=lambda c: c["answered"],
        behind="disputed",
        out_of="answered",
        better=-1,
    ),
    _of_share(
        "appealed",
        _("Appealed"),
        _("Cases that came into appeal for the first time in the period, over the answers of the "
          "period."),
        part="appealed",
        whole=lambda c: c["answered"],
        behind="appealed",
        out_of="answered",
        better=-1,
    ),
    _of_share(
        "upheld",
        _("Appeals upheld"),
        _("Cases with an appeal upheld, over those with an appeal decided, each for the first time in "
          "the period."),
        part="upheld",
        whole=lambda c: c["decided"],
        behind="upheld",
        out_of="decided",
        better=-1,
        excludes=_("Appeals that are not decided yet."),
    ),
    Metric(
        "satisfaction",
        _("Satisfaction, 1 to 5"),
        "rating",
        _mean_rating,
        _("Mean of the marks from 1 (bad) to 5 (good) that citizens gave for the answers of the "
          "period; beside it always the share of those who gave one."),
        _("Whoever gave no mark."),
        behind="rated",
        out_of="ended",
        better=1,
        interval=_rating_interval,
        base=lambda c: c["rated"],
    ),
    _of_share(
        "response_rate",
        _("Gave a mark"),
        _("Answers of the period with a mark, of those whose case is closed."),
        part="rated",
        whole=lambda c: c["ended"],
        behind="rated",
        out_of="ended",
        excludes=_("Cases that were withdrawn or joined with another."),
    ),
    _count("reopened", _("Reopened"), _("Cases reopened for the first time in the period."), better=-1),
    _of_share(
        "audit_solved",
        _("Solved, by citizens asked once more"),
        _("Of closed cases drawn by lot whose citizen was reached in the period: those who say that it "
          "is solved."),
        part="audit_solved",
        whole=lambda c: c["audit_reached"],
        behind="",
        out_of="",
        better=1,
        excludes=_("Cases that were chosen and not drawn; citizens who could not be reached."),
    ),
    _of_share(
        "audit_agreement",
        _("Resolved by the office’s word, of the same"),
        _("Of the same cases: those that the office itself calls resolved. The gap to what the citizens "
          "say is what to look at."),
        part="audit_claimed",
        whole=lambda c: c["audit_reached"],
        behind="",
        out_of="",
    ),
    _count("closed", _("Closed"), _("Cases closed in the period and still closed.")),
    _count("withdrawn", _("Withdrawn"), _("Cases withdrawn by the citizen in the period."), better=-1),
    _count("declined", _("Declined"), _("Cases closed as not for this portal in the period.")),
    _count("merged", _("Joined"), _("Cases joined with another in the period.")),
)  # fmt: skip
#: True of every figure, whatever else it leaves out.
_THE_PAST = _("Cases brought from the time before the portal are in none of these figures.")
METRICS: dict[str, Metric] = {
    metric.code: replace(metric, excludes=format_lazy("{} {}", metric.excludes, _THE_PAST))
    if metric.excludes
    else replace(metric, excludes=_THE_PAST)
    for metric in _ALL
}


@dataclass(frozen=True, slots=True)
class State:
    """A figure of the open cases as they stand now; it is of no period."""

    code: str
    name: Words
    unit: Unit
    value: Callable[[Standing], float | int | None]
    formula: Words
    better: int = 0


_STATES: tuple[State, ...] = (
    State("open", _("Open"), "count", lambda s: s.open, _("Cases that are not closed.")),
    State(
        "late", _("Late"), "count", lambda s: s.late,
        _("Open cases whose next deadline of an officer is over."), -1,
    ),
    State(
        "late_share", _("Late, of all open"), "share", lambda s: s.late_share,
        _("Late cases over open cases."), -1,
    ),
    State(
        "today", _("Due today"), "count", lambda s: s.today,
        _("Open cases whose next deadline is the coming midnight."),
    ),
    State(
        "level1", _("With the head of the office"), "count", lambda s: s.level1,
        _("Late cases that have moved up to level 1, and no further."), -1,
    ),
    State(
        "level2", _("With the agency above"), "count", lambda s: s.level2,
        _("Late cases that have moved up to level 2, and no further."), -1,
    ),
    State(
        "level3", _("With the overseers"), "count", lambda s: s.level3,
        _("Late cases that have moved up to level 3."), -1,
    ),
    State(
        "waiting", _("Waiting for the citizen"), "count", lambda s: s.waiting,
        _("Open cases in which the citizen was asked something; no officer’s deadline runs."),
    ),
)  # fmt: skip
STATES: dict[str, State] = {state.code: state for state in _STATES}
