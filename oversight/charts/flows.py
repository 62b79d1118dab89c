"""Who sends cases back to whom: a table of shades on a wide paper, the largest as bars on a phone.

Twelve agencies make 144 cells. A drawing of streams (Sankey) would cross itself into a knot and
say little in black and white; a cell has its number and its shade.
"""

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from oversight.charts.bars import bars
from oversight.charts.drawing import INK, PAINTS, SMALL, WIDE, Drawing
from oversight.charts.frame import Bar, Chart, Flow, Frame, Picture, Row, Table, Unit
from oversight.charts.shades import SHADES, on_dark, shade_of
from oversight.charts.words import digits, lines, number, width

#: As many agencies as can be told apart; how many flows are drawn on a phone.
MOST, LARGEST = 12, 10
#: Numbers that would have to be smaller than this are in the table alone.
SMALLEST = 10.0
NAMES, TOP, HIGH = 188, 46, 38


def flow(
    frame: Frame, flows: Sequence[Flow], *, source_name: str = "", target_name: str = ""
) -> Chart:
    """A cell for each pair: rows send, columns receive; the busiest twelve, in their order.

    The others of more than twelve are put together. The table has every flow, largest first.
    `source_name` and `target_name` head its columns ("Returned by", "Back to"). ValueError for a
    count below zero.
    """
    if any(one.count < 0 for one in flows):
        raise ValueError("no count is below zero")
    real = sorted((one for one in flows if one.count), key=lambda one: -one.count)
    table = Table(
        (_("Sent back by, and to whom"), _("Cases")),
        tuple(
            Row(_pair(one), (number(one.count, Unit.COUNT, frame.language),), one.link)
            for one in real
        ),
    )
    if not real:
        return Chart(frame, table, None, None)
    largest = [Bar(_pair(one), one.count, link=one.link) for one in real[:LARGEST]]
    narrow = bars(frame, largest, unit=Unit.COUNT).narrow
    return Chart(frame, table, _matrix(frame, real, source_name, target_name), narrow)


def _pair(one: Flow) -> str:
    return f"{one.source} → {one.target}"


def _names(flows: Sequence[Flow]) -> list[str]:
    """Who is busiest, both ways taken together."""
    busy: Counter[str] = Counter()
    for one in flows:
        busy[one.source] += one.count
        busy[one.target] += one.count
    return [name for name, _count in busy.most_common()]


def _matrix(frame: Frame, flows: Sequence[Flow], source_name: str, target_name: str) -> Picture:
    names = _names(flows)
    shown = names[:MOST] if len(names) <= MOST else [*names[: MOST - 1], _("All others")]
    place = {name: min(at, len(shown) - 1) for at, name in enumerate(names)}
    cells: Counter[tuple[int, int]] = Counter()
    links: dict[tuple[int, int], str] = {}
    for one in flows:
        cell = (place[one.source], place[one.target])
        # Flows put together lead nowhere: no list would be all of them.
        links[cell] = one.link if cell not in cells else ""
        cells[cell] += one.count
    each = min((WIDE - NAMES - 1) / len(shown), 60)
    height = TOP + HIGH * len(shown) + 4
    drawing = Drawing(frame, WIDE, height, linked=any(links.values()))
    _heads(drawing, shown, each, source_name or _("Sent back by"), target_name or _("To whom"))
    most = max(cells.values())
    for (row, column), count in sorted(cells.items()):
        said = f"{shown[row]} → {shown[column]}: {number(count, Unit.COUNT, frame.language)}"
        with drawing.link(links[row, column], said):
            _cell(
                drawing, NAMES + column * each, TOP + row * HIGH, each, shade_of(count, most), said
            )
        _count(drawing, NAMES + column * each, TOP + row * HIGH, each, count, most)
    return drawing.picture()


def _heads(
    drawing: Drawing, names: Sequence[str], each: float, source_name: str, target_name: str
) -> None:
    across, down = each * len(names), HIGH * len(names)
    drawing.text(0, TOP - 10, f"{source_name} ↓", size=SMALL, paint="soft")
    drawing.text(NAMES, 13, f"{target_name} →", size=SMALL, paint="soft")
    for place, name in enumerate(names):
        mark = digits(str(place + 1), drawing.language)
        x, y = NAMES + place * each, TOP + place * HIGH
        head = drawing.text(x + each / 2, TOP - 10, mark, anchor="middle", size=SMALL, bold=True)
        drawing.about(head, name)
        drawing.text(18, y + HIGH / 2 + 5, mark, anchor="end", size=SMALL, bold=True)
        said = lines(name, NAMES - 32, SMALL)
        for at, line in enumerate(said):
            level = y + HIGH / 2 + 4.5 + (at - (len(said) - 1) / 2) * 16
            drawing.about(drawing.text(26, level, line, size=SMALL), name)
        drawing.line(NAMES, y, NAMES + across, y)
        drawing.line(x, TOP, x, TOP + down)
        # Nobody sends back to itself.
        drawing.line(x, y, x + each, y + HIGH)
    drawing.rect(NAMES, TOP, across, down, PAINTS["edge"])


def _cell(drawing: Drawing, x: float, y: float, each: float, shade: int, said: str) -> None:
    paint = {"class": f"c-shade-{shade}", "fill": SHADES[shade], "stroke": INK}
    shape = drawing.rect(x + 1, y + 1, each - 2, HIGH - 2, {**paint, "stroke-width": "0.5"})
    drawing.about(shape, said)


def _count(drawing: Drawing, x: float, y: float, each: float, count: int, most: int) -> None:
    words = number(count, Unit.COUNT, drawing.language)
    size = min(SMALL, SMALL * (each - 4) / width(words, SMALL))
    if size >= SMALLEST:
        paint = "ondark" if on_dark(shade_of(count, most)) else "onlight"
        place = (x + each / 2, y + HIGH / 2 + 4.5)
        drawing.text(*place, words, anchor="middle", size=size, paint=paint)
