"""What trends and small lines share: pens and markers, stretches without a gap, places. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from oversight.charts.drawing import BLUE, BRAND, BROWN, LATE, PAPER, Drawing, short
from oversight.charts.scales import Scale
from oversight.charts.words import known

#: Each line has a colour, a dash and a marker of its own, in this order.
STROKES = ((BRAND, ""), (LATE, "8 4"), (BLUE, "2 3"), (BROWN, "10 3 2 3"))


@dataclass(frozen=True, slots=True)
class Field:
    """Where the lines lie on the paper."""

    left: float
    right: float
    scale: Scale
    count: int

    def x(self, place: int) -> float:
        """Where a period is; a single one is in the middle."""
        if self.count == 1:
            return (self.left + self.right) / 2
        return self.left + (self.right - self.left) * place / (self.count - 1)


def runs(values: Sequence[float | None]) -> list[list[int]]:
    """Places of values that follow each other without a gap."""
    found: list[list[int]] = [[]]
    for place, value in enumerate(values):
        if known(value) is None:
            found.append([])
        else:
            found[-1].append(place)
    return [run for run in found if run]


def way(values: Sequence[float | None], run: Sequence[int], field: Field) -> str:
    """The path through a stretch of values."""
    points = [
        f"{short(field.x(place))} {short(field.scale.at(values[place] or 0.0))}" for place in run
    ]
    return "M" + "L".join(points)


def stroke(at: int) -> dict[str, str]:
    """The pen of a line, by its place among the lines."""
    colour, dash = STROKES[at]
    pen = {"class": "c-line", "fill": "none", "stroke": colour, "stroke-width": "2.2"}
    pen |= {"stroke-linejoin": "round", "stroke-linecap": "round" if not dash else "butt"}
    return {**pen, "stroke-dasharray": dash} if dash else pen


def marker(drawing: Drawing, at: int, x: float, y: float, is_open: bool) -> Element:
    """The sign of a line: disc, square, triangle, diamond; open for what is not yet over."""
    colour = STROKES[at][0]
    paint = {"class": "c-open" if is_open else "c-mark", "fill": PAPER if is_open else colour}
    paint |= {"stroke": colour if is_open else PAPER, "stroke-width": "1.8" if is_open else "1"}
    if at == 0:
        return drawing.add("circle", paint, cx=x, cy=y, r=4.2)
    ways = {
        1: f"M{x - 4:.1f} {y - 4:.1f}h8v8h-8Z",
        2: f"M{x:.1f} {y - 5:.1f}l5 9h-10Z",
        3: f"M{x:.1f} {y - 5.6:.1f}l5.6 5.6l-5.6 5.6l-5.6 -5.6Z",
    }
    return drawing.path(ways[at], paint)
