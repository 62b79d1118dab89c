"""From values to places on paper: ticks that read well, places between ends, labels apart. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from oversight.charts.frame import Unit
from oversight.charts.words import known


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from 0 to `top` lie between `start` and `end` (which may be the smaller one)."""

    top: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value lies; beyond the top it stays at the end."""
        share = min(max(value / self.top, 0.0), 1.0)
        return self.start + (self.end - self.start) * share


def highest(values: Sequence[float | None]) -> float:
    """The greatest value that is one; 0 of none."""
    return max((value for value in map(known, values) if value is not None), default=0.0)


def ticks(most: float, unit: Unit, about: int = 4) -> list[float]:
    """Round values from 0 up to at least `most`, about so many steps; two or more of them.

    Counts have whole steps, and a share never goes beyond 1.
    """
    if unit is Unit.SHARE and most > 0.5:
        return [0.0, 0.25, 0.5, 0.75, 1.0]
    least = {Unit.COUNT: 1.0, Unit.SHARE: 0.01, Unit.DAYS: 0.1}[unit]
    step = max(round_step(most / about), least)
    count = max(1, math.ceil(most / step - 1e-9))
    return [round(step * place, 10) for place in range(count + 1)]


def round_step(step: float) -> float:
    """The next of 1, 2, 5 and their tenfolds that is not smaller; 0 for 0."""
    if step <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(step))
    for factor in (1, 2, 5, 10):
        if step <= factor * power * (1 + 1e-9):
            return factor * power
    return 10 * power


def apart(
    places: Sequence[float], heights: Sequence[float], first: float, last: float
) -> list[float]:
    """The middles of labels near where they belong, none over another, between first and last.

    In the order given. Where all together are higher than the room, they begin at the top.
    """
    order = sorted(range(len(places)), key=lambda label: places[label])
    moved = list(places)
    edge = first
    for label in order:
        moved[label] = max(places[label], edge + heights[label] / 2)
        edge = moved[label] + heights[label] / 2
    edge = last
    for label in reversed(order):
        moved[label] = min(moved[label], edge - heights[label] / 2)
        edge = moved[label] - heights[label] / 2
    if edge < first:
        edge = first
        for label in order:
            moved[label] = edge + heights[label] / 2
            edge = moved[label] + heights[label] / 2
    return moved
