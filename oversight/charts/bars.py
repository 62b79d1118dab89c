"""Bars that lie, each with its name and its value: categories, agencies. No database."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from oversight.charts.drawing import LATE, NARROW, PAINTS, WIDE, WORDS, Drawing
from oversight.charts.frame import Bar, Chart, Frame, Picture, Row, Table, Unit
from oversight.charts.rows import Key, RowPlan, key_words, row_heads
from oversight.charts.scales import Scale, highest
from oversight.charts.words import BOLD, interval, known, number, widest

HIGH = 18


@dataclass(frozen=True, slots=True)
class Names:
    """What is drawn is called."""

    value: str
    before: str
    interval: str


def bars(
    frame: Frame,
    rows: Sequence[Bar],
    *,
    unit: Unit,
    value_name: str = "",
    before_name: str = "",
    interval_name: str = "",
    late: bool = False,
) -> Chart:
    """One bar a row, in the order given, from 0 on one scale.

    What was before is a tick across the bar, an interval a whisker at its end. The names head the
    columns of the table and stand in the key: "Cases"; "The year before" and "Interval (95 of 100)" if
    nothing else is said. Bars of what is `late` look as it does on the columns by age.
    ValueError below zero.
    """
    names = Names(
        value_name or pgettext("how many", "Number"),
        before_name or _("The year before"),
        interval_name or _("Interval (95 of 100)"),
    )
    drawn = any(known(row.value) is not None for row in rows)
    return Chart(
        frame,
        _table(frame, rows, unit, names),
        _draw(frame, rows, unit, names, late, WIDE) if drawn else None,
        _draw(frame, rows, unit, names, late, NARROW) if drawn else None,
    )


def _table(frame: Frame, rows: Sequence[Bar], unit: Unit, names: Names) -> Table:
    before = any(row.before is not None for row in rows)
    between = any(row.low is not None for row in rows)
    head = [frame.of, names.value]
    head += [names.interval] * between + [names.before] * before
    made = []
    for row in rows:
        cells = [number(row.value, unit, frame.language)]
        cells += [interval(row.low, row.high, unit, frame.language)] * between
        cells += [number(row.before, unit, frame.language)] * before
        made.append(Row(row.name, tuple(cells), row.link))
    return Table(tuple(head), tuple(made))


def _draw(
    frame: Frame, rows: Sequence[Bar], unit: Unit, names: Names, late: bool, paper: int
) -> Picture:
    key = _key(rows, names)
    top = Key.of([*key.values()], paper).height
    plan = RowPlan.of(paper, [row.name for row in rows], top=top)
    drawing = Drawing(frame, paper, plan.height, linked=any(row.link for row in rows))
    room = widest((number(row.value, unit, frame.language) for row in rows), WORDS) * BOLD + 10
    most = highest([value for row in rows for value in (row.value, row.before, row.high)])
    scale = Scale(most or 1.0, plan.left, max(paper - room, plan.left + 20))
    _draw_key(drawing, key)
    for row, middle in zip(rows, plan.middles, strict=True):
        said = f"{row.name}: {number(row.value, unit, frame.language)}"
        with drawing.link(row.link):
            row_heads(drawing, plan, row.name, middle)
            _bar(drawing, row, scale, middle, said, late)
        _value(drawing, row, scale, middle, number(row.value, unit, frame.language))
        if paper == NARROW:
            drawing.line(plan.left, middle - HIGH / 2 - 3, plan.left, middle + HIGH / 2 + 3, "axis")
    if paper == WIDE:
        drawing.line(plan.left, plan.top, plan.left, plan.height, "axis")
    return drawing.picture()


def _bar(drawing: Drawing, row: Bar, scale: Scale, middle: float, said: str, late: bool) -> None:
    value = known(row.value)
    if value is None:
        return
    long = max(scale.at(value) - scale.start, 1.5 if value else 0)
    paint = drawing.fill("hatch", LATE) if late else PAINTS["mark"]
    shape = drawing.rect(scale.start, middle - HIGH / 2, long, HIGH, paint)
    drawing.about(shape, said)
    low, high, before = known(row.low), known(row.high), known(row.before)
    if low is not None and high is not None:
        whisker(drawing, scale.at(low), scale.at(high), middle)
    if before is not None:
        _tick(drawing, scale.at(before), middle)


def whisker(drawing: Drawing, low: float, high: float, middle: float) -> None:
    """An interval from low to high with its ends, light around dark: read on a bar and off it."""
    way = f"M{low:.1f} {middle - 5:.1f}v10M{low:.1f} {middle:.1f}H{high:.1f}M{high:.1f} {middle - 5:.1f}v10"
    drawing.path(way, PAINTS["halo"])
    drawing.path(way, PAINTS["whisker"])


def _tick(drawing: Drawing, x: float, middle: float) -> None:
    ends = (x, middle - HIGH / 2 - 3, x, middle + HIGH / 2 + 3)
    drawing.line(*ends, "halo")
    drawing.line(*ends, "tick")


def _value(drawing: Drawing, row: Bar, scale: Scale, middle: float, words: str) -> None:
    last = highest([row.value, row.high, row.before])
    drawing.text(scale.at(last) + 8, middle + 5, words, bold=True)


def _key(rows: Sequence[Bar], names: Names) -> dict[str, str]:
    """Signs that have to be told, and their words."""
    words = {}
    if any(known(row.before) is not None for row in rows):
        words["before"] = names.before
    if any(known(row.low) is not None and known(row.high) is not None for row in rows):
        words["interval"] = names.interval
    return words


def _draw_key(drawing: Drawing, key: dict[str, str]) -> None:
    for place, (sign, words) in zip(
        Key.of([*key.values()], drawing.width).places, key.items(), strict=True
    ):
        x, y = place
        if sign == "before":
            drawing.line(x + 10, y, x + 10, y + 17, "tick")
        else:
            whisker(drawing, x + 1, x + 18, y + 8)
        key_words(drawing, place, words)
