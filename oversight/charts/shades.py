"""Five steps of lightness that stay apart on grey paper, and which value has which. Pure.

The lightness (CIE L*) falls by about the same from step to step: 91, 75, 58, 41, 24.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from oversight.charts.frame import Unit
from oversight.charts.words import known, shown, written

SHADES: Final = ("#dceae6", "#9fc4bb", "#5f9a8e", "#266b60", "#083f38")


def on_dark(shade: int) -> bool:
    """Whether words on it have to be light."""
    return shade >= 3


def shade_of(count: float, most: float) -> int:
    """The fifth of the way to the greatest in which a count is; 0 of the lightest."""
    return min(int(count / most * len(SHADES)), len(SHADES) - 1) if most else 0


@dataclass(frozen=True, slots=True)
class Class:
    """Values as they are read, from the first to the last, both of them in it."""

    first: float
    last: float
    count: int

    def name(self, unit: Unit, language: str) -> str:
        """ "12–19%"; one number where both are the same."""
        last = written(self.last, unit, language)
        if self.first == self.last:
            return last
        return f"{written(self.first, unit, language).rstrip('%')}–{last}"


def classes(values: Sequence[float | None], unit: Unit, most: int = len(SHADES)) -> list[Class]:
    """At most five classes with about as many values in each; equal values are never parted.

    They are made of the values as people read them, so that nothing lies between "0–11%" and
    "12–19%". Where there are fewer different values than classes, each has its own.
    """
    there = sorted(shown(value, unit) for value in map(known, values) if value is not None)
    found: list[Class] = []
    start = 0
    while start < len(there):
        left = most - len(found)
        end = max(start + round((len(there) - start) / left), start + 1)
        if left == 1:
            end = len(there)
        while end < len(there) and there[end] == there[end - 1]:
            end += 1
        found.append(Class(there[start], there[end - 1], end - start))
        start = end
    return found


def class_of(value: float | None, unit: Unit, among: Sequence[Class]) -> int | None:
    """Which class a value is in, from 0; None for no value."""
    value = known(value)
    if value is None:
        return None
    read = shown(value, unit)
    return next((place for place, one in enumerate(among) if read <= one.last), None)
