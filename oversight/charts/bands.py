"""A league table fair to volume: each value with its interval, against the country's line."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from oversight.charts.bars import whisker
from oversight.charts.drawing import NARROW, PAINTS, SMALL, WIDE, WORDS, Drawing
from oversight.charts.frame import Band, Chart, Frame, Picture, Row, Table, Unit
from oversight.charts.rows import Key, RowPlan, key_words, row_heads
from oversight.charts.scales import Scale, highest, ticks
from oversight.charts.words import BOLD, interval, known, number, widest, width

HEAD, AXIS = 24, 24


def bands(
    frame: Frame,
    rows: Sequence[Band],
    *,
    unit: Unit,
    line: float | None,
    line_name: str,
    value_name: str = "",
    interval_name: str = "",
) -> Chart:
    """A dot with its interval for each row, in the order given; `line` runs through all of them.

    The interval is one of 95 % if `interval_name` says nothing else. A dot is filled where the
    whole interval is on one side of the line, so that a difference is more than chance; open where
    it is not. What is left out has a cross, and its reason in the table. ValueError below zero.
    """
    drawn = any(known(row.value) is not None for row in rows)
    return Chart(
        frame,
        _table(
            frame, rows, unit, value_name or _("Value"), interval_name or _("Interval (95 of 100)")
        ),
        _draw(frame, rows, unit, line, line_name, WIDE) if drawn else None,
        _draw(frame, rows, unit, line, line_name, NARROW) if drawn else None,
    )


def differs(row: Band, line: float | None) -> bool:
    """Whether the whole interval lies on one side of the line, or what the caller judged."""
    if row.left_out or row.stands_apart is not None:
        return bool(row.stands_apart) and not row.left_out
    low, high, line = known(row.low), known(row.high), known(line)
    if line is None or low is None or high is None:
        return False
    return low > line or high < line


def _table(
    frame: Frame, rows: Sequence[Band], unit: Unit, value_name: str, interval_name: str
) -> Table:
    left_out = any(row.left_out for row in rows)
    head = [frame.of, value_name, interval_name, _("Cases")]
    made = []
    for row in rows:
        cells = [
            number(row.value, unit, frame.language),
            interval(row.low, row.high, unit, frame.language),
            number(row.cases, Unit.COUNT, frame.language),
        ]
        made.append(Row(row.name, (*cells, *[row.left_out] * left_out), row.link, row.links))
    return Table((*head, *[_("Not compared, because")] * left_out), tuple(made))


def _draw(
    frame: Frame, rows: Sequence[Band], unit: Unit, line: float | None, line_name: str, paper: int
) -> Picture:
    key = _key(rows)
    top = Key.of([*key.values()], paper).height + HEAD
    plan = RowPlan.of(paper, [row.name for row in rows], top=top, bottom=AXIS)
    drawing = Drawing(frame, paper, plan.height, linked=any(row.link for row in rows))
    values = [number(row.value, unit, frame.language) for row in rows]
    end = paper - widest(values, WORDS) * BOLD - 14
    line = known(line)
    most = highest([line, *(value for row in rows for value in (row.value, row.high))])
    marks = ticks(most or 1.0, unit, about=3 if paper == NARROW else 5)
    scale = Scale(marks[-1], plan.left + 14, end)
    _draw_key(drawing, key)
    _axis(drawing, plan, scale, marks, unit)
    if line is not None:
        _line(drawing, plan, scale, line, f"{line_name}: {number(line, unit, frame.language)}")
    for row, middle, said in zip(rows, plan.middles, values, strict=True):
        cases = _("%(count)s cases") % {"count": number(row.cases, Unit.COUNT, frame.language)}
        with drawing.link(row.link):
            row_heads(drawing, plan, row.name, middle)
            _dot(drawing, row, line, scale, middle, f"{row.name}: {said}, {cases}")
        drawing.text(paper, middle + 5, said, anchor="end", bold=differs(row, line))
    return drawing.picture()


def _key(rows: Sequence[Band]) -> dict[str, str]:
    """Signs and their words."""
    words = {"mark": _("More than chance"), "open": _("No clear difference")}
    return words | ({"cross": _("Not compared")} if any(row.left_out for row in rows) else {})


def _draw_key(drawing: Drawing, key: dict[str, str]) -> None:
    places = Key.of([*key.values()], drawing.width).places
    for place, (paint, words) in zip(places, key.items(), strict=True):
        x, y = place[0] + 8, place[1] + 8
        if paint == "cross":
            _cross(drawing, x, y)
        else:
            drawing.add("circle", PAINTS[paint], cx=x, cy=y, r=5.5)
        key_words(drawing, place, words)


def _cross(drawing: Drawing, x: float, y: float) -> Element:
    return drawing.path(f"M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10", PAINTS["tick"])


def _axis(
    drawing: Drawing, plan: RowPlan, scale: Scale, marks: Sequence[float], unit: Unit
) -> None:
    ground = plan.height - AXIS
    for mark in marks:
        x = scale.at(mark)
        drawing.line(x, plan.top, x, ground, "grid")
        said = number(mark, unit, drawing.language)
        drawing.text(x, ground + 17, said, anchor="middle", size=SMALL, paint="soft")


def _line(drawing: Drawing, plan: RowPlan, scale: Scale, line: float, words: str) -> None:
    x = scale.at(line)
    drawing.line(x, plan.top - 6, x, plan.height - AXIS, "tick")
    half = width(words, SMALL) / 2
    middle = min(max(x, half), drawing.width - half)
    drawing.text(middle, plan.top - 14, words, anchor="middle", size=SMALL, bold=True)


def _dot(
    drawing: Drawing, row: Band, line: float | None, scale: Scale, middle: float, said: str
) -> None:
    value, low, high = known(row.value), known(row.low), known(row.high)
    if value is None:
        return
    x = scale.at(value)
    if low is not None and high is not None:
        whisker(drawing, scale.at(low), scale.at(high), middle)
    if row.left_out:
        drawing.about(_cross(drawing, x, middle), f"{said}. {row.left_out}")
        return
    paint = PAINTS["mark" if differs(row, line) else "open"]
    drawing.about(drawing.add("circle", paint, cx=x, cy=middle, r=5.5), said)
