"""Where the rows of a chart lie: names beside what is drawn on a wide paper, above it on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from oversight.charts.drawing import NARROW, PAINTS, SMALL, WORDS, Drawing
from oversight.charts.words import lines, widest, width

#: The room for names on a wide paper, at most, and what a row takes.
NAMES, ROW, LINE = 210, 32, 18
#: Lines that a name may take; the room for a sign of a key.
MOST, SIGN = 3, 24
#: How far below its first line an entry of a key goes on.
UNDER = 16


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
        narrow = paper == NARROW
        room = paper if narrow else min(widest(names, WORDS), NAMES)
        middles, edge = [], top
        for name in names:
            said = LINE * len(lines(name, room, WORDS, MOST))
            if narrow:
                middles.append(edge + said + row / 2 - 2)
                edge += said + row
            else:
                high = max(row, said + 8)
                middles.append(edge + high / 2)
                edge += high
        left = 1.0 if narrow else room + 12
        return cls(paper, left, top, tuple(middles), edge + bottom + 2, room)


def row_heads(drawing: Drawing, plan: RowPlan, name: str, middle: float) -> None:
    """The name of a row in up to three lines: above it on a phone, beside it else."""
    said = lines(name, plan.names, WORDS, MOST)
    narrow = plan.paper == NARROW
    for place, line in enumerate(said):
        y = middle + 5 + (place - (len(said) - 1) / 2) * LINE
        if narrow:
            y = middle - ROW / 2 - 1 - (len(said) - 1 - place) * LINE
            # Lines of the scale may run through here.
            drawing.rect(0, y - 13, width(line, WORDS), LINE, PAINTS["paper"])
        x, anchor = (0.0, "start") if narrow else (plan.left - 10, "end")
        drawing.name(x, y, line, anchor=anchor)


@dataclass(frozen=True, slots=True)
class Key:
    """Where the entries of a key lie, beside each other as long as they fit, and its height.

    What is wider than the paper has a line of its own, and goes on below it.
    """

    places: tuple[tuple[float, float], ...]
    height: float

    @classmethod
    def of(cls, words: Sequence[str], paper: int) -> "Key":
        """The key of these words, each after a sign of `SIGN` units; no height without words."""
        found: list[tuple[float, float]] = []
        x, y, high = 0.0, 2.0, 0.0
        for word in words:
            room = SIGN + width(word, SMALL) + 14
            if x and x + room - 14 > paper:
                x, y = 0.0, y + high + 22
            found.append((x, y))
            high = UNDER * (len(_key_lines(word, paper)) - 1)
            x += room
        y += high
        return cls(tuple(found), y + 26 if words else 4.0)


def key_words(drawing: Drawing, place: tuple[float, float], words: str) -> None:
    """The words of a key's entry, after its sign."""
    for at, line in enumerate(_key_lines(words, drawing.width)):
        drawing.text(place[0] + SIGN, place[1] + 13 + UNDER * at, line, size=SMALL)


def _key_lines(words: str, paper: int) -> list[str]:
    return lines(words, paper - SIGN, SMALL, MOST)
