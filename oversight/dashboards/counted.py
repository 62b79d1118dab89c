"""The counts of one screen: from sums, kept for half a minute; a long count is left to a worker.

What is kept is nobody's own: it holds all cases. What a reader may not know is counted apart, of these
cases alone, and taken out for them.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from oversight.figures import reading
from oversight.figures import standing as stands
from oversight.figures.asking import COUNTRYS, Counts, Question, added
from oversight.figures.standing import Standing
from oversight.measures import ASIDE, DIMENSIONS

log = logging.getLogger(__name__)

#: Raised when `Counted` changes: what is kept of another format is not read.
FORMAT = 2
#: Seconds for which counts are kept: those from sums (the worker brings these up to date as often), and
#: those that a worker counted from facts.
QUICK_KEPT, LONG_KEPT = 30, 600
#: More facts than this are not counted while somebody waits for the page.
MOST_FACTS = 60_000
#: Seconds after which a count that was begun and never ended is begun again.
BEGUN = 120
#: The dimensions by which a period is shown.
SHOWN_BY = ("category", "district", "channel")

Summed = TypeVar("Summed", Counts, Standing)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a screen counts: a question, and the nodes below it (ids, in their order). Of these, figures of
    the period are counted for those from `first` to `last`, most late cases first, each of `sides_below`
    (as its own screen has them: the list behind a number has as many).
    """

    question: Question
    children: tuple[int, ...] = ()
    first: int = 0
    last: int = 12
    sides_below: tuple[int, ...] = COUNTRYS

    @property
    def below(self) -> Question:
        """The question as it is put to the nodes below."""
        return replace(self.question, sides=self.sides_below)

    @property
    def name(self) -> str:
        """What its counts are kept under."""
        asked = self.question
        parts = (
            *(FORMAT, settings.COUNTRY, asked.node, asked.period.start, asked.period.end),
            *(getattr(asked, name) for name in DIMENSIONS),
            *(asked.sides, self.sides_below, self.children, self.first, self.last),
        )
        return "dashboard:" + hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(slots=True)
class Counted:
    """The counts of a screen. `aside` is what an office's figures leave out (under examination)."""

    at: datetime
    stages: dict[str, Standing] = field(default_factory=dict)
    children_now: dict[int, Standing] = field(default_factory=dict)
    total: Counts = field(default_factory=Counts)
    before: Counts = field(default_factory=Counts)
    year_before: Counts | None = None
    aside: Counts = field(default_factory=Counts)
    trend: dict[date, Counts] = field(default_factory=dict)
    by: dict[str, dict[Any, Counts]] = field(default_factory=dict)
    shown: tuple[int, ...] = ()
    children: dict[int, Counts] = field(default_factory=dict)

    @property
    def now(self) -> Standing:
        """All open cases together."""
        total = Standing()
        for each in self.stages.values():
            total.add(each)
        return total

    def leave_out(self, theirs: "Counted") -> None:
        """Take the counts of some cases out of these."""
        _take(self.stages, theirs.stages)
        _take(self.children_now, theirs.children_now)
        for mine, less in (
            (self.total, theirs.total),
            (self.before, theirs.before),
            (self.aside, theirs.aside),
            (self.year_before, theirs.year_before),
        ):
            if mine is not None and less is not None:
                mine.add(less, -1)
        _take(self.trend, theirs.trend)
        _take(self.children, theirs.children)
        for dimension, counts in theirs.by.items():
            _take(self.by[dimension], counts)


def _take(mine: dict[Any, Summed], theirs: dict[Any, Summed]) -> None:
    for key, less in theirs.items():
        if key in mine:
            mine[key].add(less, -1)


def counted(wanted: Wanted, hidden: Sequence[int] = ()) -> Counted | None:
    """The counts, without those of `hidden` (ids of cases). None: a worker has to count them first."""
    found: Counted | None = cache.get(wanted.name)
    if found is None:
        if is_long(wanted):
            return None
        found = count(wanted)
        cache.set(wanted.name, found, QUICK_KEPT)
    if hidden:
        _leave_out(found, wanted, hidden)
    return found


def _leave_out(found: Counted, wanted: Wanted, hidden: Sequence[int]) -> None:
    """Take these cases out. Which offices are shown may not depend on them either."""
    theirs = count(wanted, among=hidden, shown=found.shown)
    found.leave_out(theirs)
    shown = most_late(wanted, found)
    if shown != found.shown:
        found.shown = shown
        found.children = reading.by_node(wanted.below, shown, hidden=hidden, bands=False)


def count_long(wanted: Wanted) -> None:
    """The worker's part: count it and keep it for a while."""
    cache.set(wanted.name, count(wanted), LONG_KEPT)
    cache.delete(_begun(wanted))


def may_begin(wanted: Wanted) -> bool:
    """Whether nobody counts it now; whoever asked does from here on."""
    return bool(cache.add(_begun(wanted), 1, BEGUN))


def _begun(wanted: Wanted) -> str:
    return f"{wanted.name}:begun"


def is_long(wanted: Wanted) -> bool:
    """Whether so many facts would have to be counted that nobody should wait for it."""
    asked = wanted.question
    passes = sum(
        not reading.is_kept(each, dimension)
        for each, dimension in (
            *((asked, name) for name in ("", *SHOWN_BY)),
            (asked, "month" if asked.period.by_months else "day"),
            (asked.during(asked.period.before()), ""),
        )
    )
    if wanted.children and not reading.is_kept(asked, nodes=wanted.children):
        passes += 1
    return bool(passes) and passes * reading.facts_to_count(asked) > MOST_FACTS


def count(wanted: Wanted, *, among: Sequence[int] = (), shown: Sequence[int] = ()) -> Counted:
    """Count it: all cases, or some alone (ids); of the children those `shown`, else the most late ones."""
    asked = wanted.question
    found = Counted(timezone.now())
    _count_now(found, wanted, among)
    found.shown = tuple(shown) or most_late(wanted, found)
    found.before = reading.totals(asked.during(asked.period.before()), among=among)
    if asked.period.by_months or len(asked.period.code) == len("2026-11"):
        year_before = asked.during(asked.period.year_before())
        found.year_before = reading.totals(year_before, among=among)
    if ASIDE not in asked.sides:
        found.aside = reading.totals(replace(asked, sides=(ASIDE,)), among=among, bands=False)
    found.trend = reading.trend(asked, among=among, bands=True)
    found.total = added(found.trend.values())
    for dimension in SHOWN_BY:
        found.by[dimension] = reading.by(asked, dimension, among=among, bands=False)
    found.children = reading.by_node(wanted.below, found.shown, among=among, bands=False)
    return found


def _count_now(found: Counted, wanted: Wanted, among: Sequence[int]) -> None:
    """How it stands: work is work, so nothing is left out here."""
    whole = replace(wanted.question, sides=COUNTRYS)
    found.stages = stands.by_stage(whole, among=among)
    found.children_now = stands.standing_by_node(whole, wanted.children, among=among)


def most_late(wanted: Wanted, found: Counted) -> tuple[int, ...]:
    """The children of which figures are shown: those with most late cases, then most open ones."""

    def order(node: int) -> tuple[int, int]:
        now = found.children_now.get(node, Standing())
        return (-now.late, -now.open)

    return tuple(sorted(wanted.children, key=order)[wanted.first : wanted.last])
