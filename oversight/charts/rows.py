"""Where the rows of a chart lie: names beside what is drawn on a wide paper, above it on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from oversight.charts.drawing import NARROW, WORDS, Drawing
from oversight.charts.words import lines, widest

#: The room for names on a wide paper, at most, and what a row takes.
NAMES, ROW, LINE = 210, 32, 18


@dataclass(frozen=True, slots=True)
class RowPlan:
    """Where what is drawn begins (`left`, `top`), the middle of each row's drawing, the height."""

    paper: int
    left: float
    top: float
    middles: tuple[float, ...]
    height: float
    names: float

    @classmethod
    def of(
        cls, paper: int, names: Sequence[str], *, top: float, bottom: float = 0.0, row: int = ROW
    ) -> "RowPlan":
        """The plan for these names. `top` and `bottom` are kept free for keys and axes."""
        if paper == NARROW:
            each = row + LINE
            middles = tuple(top + each * place + LINE + row / 2 - 2 for place in range(len(names)))
            return cls(paper, 1.0, top, middles, top + each * len(names) + bottom + 2, paper)
        room = min(widest(names, WORDS), NAMES)
        heights = [max(row, LINE * len(lines(name, room, WORDS)) + 8) for name in names]
        found, edge = [], top
        for height in heights:
            found.append(edge + height / 2)
            edge += height
        return cls(paper, room + 12, top, tuple(found), edge + bottom + 2, room)


def row_heads(drawing: Drawing, plan: RowPlan, name: str, middle: float) -> None:
    """The name of a row, in one line above it on a phone, in up to two beside it else."""
    if plan.paper == NARROW:
        said = lines(name, plan.names, WORDS, most=1)
        drawing.text(0, middle - ROW / 2 - 1, said[0])
        return
    said = lines(name, plan.names, WORDS)
    for place, line in enumerate(said):
        y = middle + 5 + (place - (len(said) - 1) / 2) * LINE
        drawing.text(plan.left - 10, y, line, anchor="end")
