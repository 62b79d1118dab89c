"""Figures by place: the districts of the country, or its provinces where the map knows those alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings

from agencies.models import Place
from oversight.charts.geometry import has_map
from oversight.dashboards.trees import Trees
from oversight.figures import reading, standing
from oversight.figures.asking import COUNTRYS, Counts, Question
from oversight.figures.standing import Standing
from oversight.metrics import LEAST_CASES, METRICS, STATES, Metric, State

#: What the map can show, the first one unless asked; by the codes of STATES and METRICS.
BY = (
    "late",
    "late_share",
    "open",
    "received",
    "answered_in_10_from_filing",
    "confirmed_resolved",
)
DISTRICT = "district"


@dataclass(slots=True)
class Area:
    """A place with its open cases and its counts of the period."""

    place: Place
    now: Standing = field(default_factory=Standing)
    counts: Counts = field(default_factory=Counts)

    @property
    def has_cases(self) -> bool:
        """Whether there is anything to say of it."""
        return self.now.open > 0 or any(number > 0 for number in self.counts.numbers.values())

    def value(self, by: Metric | State) -> float | int | None:
        """A figure of the place; a share of fewer than `LEAST_CASES` says nothing."""
        if isinstance(by, State):
            few = by.unit == "share" and self.now.open < LEAST_CASES
            return None if few else by.value(self.now)
        few = by.unit == "share" and by.rests_on(self.counts) < LEAST_CASES
        return None if few else by.of(self.counts)

    def add(self, other: "Area") -> None:
        """Count another place's cases with this one's."""
        self.now.add(other.now)
        self.counts.add(other.counts)


@dataclass(slots=True)
class Places:
    """Figures by place. `level` is that of the map; `below` are the districts of one place of the map
    where it shows larger ones; `nowhere` are cases without a place that the map could show
    (`has_others`: some of them have one that it does not know).
    """

    level: str
    areas: list[Area]
    below: list[Area]
    nowhere: Area
    has_others: bool = False


def figure_of(code: str) -> Metric | State:
    """What to show; the first of `BY` for a code that is not in it."""
    code = code if code in BY else BY[0]
    return METRICS.get(code) or STATES[code]


def is_quick(question: Question, most: int) -> bool:
    """Whether the figures by place are kept as sums, or of so few facts that they can be counted."""
    return reading.is_kept(question, DISTRICT) or reading.facts_to_count(question) <= most


def places_of(
    question: Question, trees: Trees, *, within: Place | None = None, hidden: Sequence[int] = ()
) -> Places:
    """All places of the map's level, also those without a case (two questions to the figures)."""
    found = _by_district(question, trees, hidden)
    levels = {place.level: place for place in trees.places.rows}
    is_deep = has_map(settings.COUNTRY, DISTRICT) or not any(
        has_map(settings.COUNTRY, level) for level in levels
    )
    shown = {p.pk: Area(p) for p in trees.places.rows if _is_shown(p, trees, is_deep)}
    nowhere, has_others = Area(Place()), False
    for pk, area in found.items():
        target = shown.get(pk if is_deep else _above(area.place, trees))
        (target or nowhere).add(area)
        has_others |= target is None and pk != 0
    level = next(iter(shown.values())).place.level if shown else DISTRICT
    return Places(
        level, list(shown.values()), _below(found, within, trees, is_deep), nowhere, has_others
    )


def _is_shown(place: Place, trees: Trees, is_deep: bool) -> bool:
    return (trees.places.depth(place) == 1) is is_deep


def _above(place: Place, trees: Trees) -> int:
    """The id of the place at the top of the tree; 0 for a place that is not in it."""
    top = trees.places.by_code.get(place.path.split("/")[0]) if place.path else None
    return top.pk if top else 0


def _below(found: dict[int, Area], within: Place | None, trees: Trees, is_deep: bool) -> list[Area]:
    if within is None or is_deep:
        return []
    rows = [p for p in trees.places.with_below(within) if p != within]
    return [found.get(place.pk) or Area(place) for place in rows]


def _by_district(question: Question, trees: Trees, hidden: Sequence[int]) -> dict[int, Area]:
    known = trees.places.by_id
    found: dict[int, Area] = {}
    # Work is work: of how it stands now nothing is left out, as on the screens that these lead to.
    whole = replace(question, sides=COUNTRYS)
    for pk, now in standing.standing_by(whole, DISTRICT, hidden=hidden).items():
        found.setdefault(pk, Area(known.get(pk) or Place())).now.add(now)
    for pk, counts in reading.by(question, DISTRICT, hidden=hidden, bands=False).items():
        found.setdefault(pk, Area(known.get(pk) or Place())).counts.add(counts)
    return found
