"""Lines over time. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from oversight.charts.drawing import (
    BLUE,
    BRAND,
    BROWN,
    INK,
    LATE,
    NARROW,
    PAINTS,
    PAPER,
    SMALL,
    WIDE,
    WORDS,
    Drawing,
    clean,
    short,
)
from oversight.charts.frame import Chart, Frame, Picture, Row, Series, Step, Table, Unit
from oversight.charts.scales import Scale, apart, highest, ticks
from oversight.charts.words import (
    BOLD,
    cut,
    interval,
    known,
    lines,
    number,
    period,
    short_period,
    widest,
    width,
    year,
)

#: Each line has a colour, a dash and a marker of its own, in this order.
STROKES = ((BRAND, ""), (LATE, "8 4"), (BLUE, "2 3"), (BROWN, "10 3 2 3"))
MOST = len(STROKES)
TALL, UNDER, NAMES, LINE = 200, 42, 140, 18


def trend(
    frame: Frame,
    periods: Sequence[date],
    series: Sequence[Series],
    *,
    step: Step,
    unit: Unit,
    before: Series | None = None,
    running: bool = False,
) -> Chart:
    """One to four lines over periods, each named by its first day, oldest first, from 0 up.

    `before` is the year before, period by period: a thin dashed line. With `running` the last
    period is not yet over, and is drawn open. Where a value is None the line has a gap.
    ValueError for more than four lines, values that are not as many as periods, or below zero.
    """
    told = [*series, *([before] if before else [])]
    _check(periods, series, told)
    drawn = any(known(value) is not None for one in told for value in one.values)
    plot = Plot(tuple(periods), tuple(series), before, step, unit, running)
    return Chart(
        frame,
        _table(frame, plot),
        _draw(frame, plot, WIDE) if drawn else None,
        _draw(frame, plot, NARROW) if drawn else None,
    )


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn, together."""

    periods: tuple[date, ...]
    series: tuple[Series, ...]
    before: Series | None
    step: Step
    unit: Unit
    running: bool

    @property
    def told(self) -> list[Series]:
        """All lines, the year before last."""
        return [*self.series, *([self.before] if self.before else [])]

    def name(self, place: int, language: str) -> str:
        """A period in the table."""
        said = period(self.periods[place], self.step, language)
        last = self.running and place == len(self.periods) - 1
        return _("%(period)s, so far") % {"period": said} if last else said


def _check(periods: Sequence[date], series: Sequence[Series], told: Sequence[Series]) -> None:
    if not 1 <= len(series) <= MOST:
        raise ValueError(f"one to {MOST} lines can be told apart")
    for one in told:
        sizes = {len(one.values), len(one.low) or len(periods), len(one.high) or len(periods)}
        if sizes != {len(periods)}:
            raise ValueError(f"a value for each period: {one.name}")


def _table(frame: Frame, plot: Plot) -> Table:
    rows = []
    for place in range(len(plot.periods)):
        cells = [_cell(one, place, plot.unit, frame.language) for one in plot.told]
        rows.append(Row(plot.name(place, frame.language), tuple(cells)))
    return Table((frame.of, *(one.name for one in plot.told)), tuple(rows))


def _cell(one: Series, place: int, unit: Unit, language: str) -> str:
    said = number(one.values[place], unit, language)
    if not one.low or not one.high or one.low[place] is None or one.high[place] is None:
        return said
    return f"{said} ({interval(one.low[place], one.high[place], unit, language)})"


# --- The picture ----------------------------------------------------------------------------


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


def _draw(frame: Frame, plot: Plot, paper: int) -> Picture:
    values = [v for one in plot.told for v in (*one.values, *one.high)]
    marks = ticks(highest(values) or 1.0, plot.unit)
    said = [number(mark, plot.unit, frame.language) for mark in marks]
    ends = [_end_words(one, plot.unit, frame.language, paper) for one in plot.told]
    key = 0.0 if paper == WIDE else 24.0 * len(plot.told) + 6
    top = key + 12
    field = Field(
        widest(said, SMALL) + 12,
        paper - widest([line for words in ends for line in words], WORDS) * BOLD - 12,
        Scale(marks[-1], top + TALL, top),
        len(plot.periods),
    )
    drawing = Drawing(frame, paper, top + TALL + UNDER)
    for mark, words in zip(marks, said, strict=True):
        y = field.scale.at(mark)
        drawing.line(field.left, y, field.right, y, "axis" if mark == 0 else "grid")
        drawing.text(field.left - 8, y + 4.5, words, anchor="end", size=SMALL, paint="soft")
    _periods(drawing, plot, field)
    _lines(drawing, plot, field)
    if paper == NARROW:
        _key(drawing, plot)
    _end_labels(drawing, plot, field, ends, top)
    return drawing.picture()


def _end_words(one: Series, unit: Unit, language: str, paper: int) -> list[str]:
    """What stands at a line's end, in lines: its name and last value; on a phone the value."""
    said = number(_last(one), unit, language)
    if paper == NARROW:
        return [said]
    named = lines(one.name, NAMES, WORDS)
    together = f"{named[-1]} {said}"
    if width(together, WORDS) <= NAMES:
        return [*named[:-1], together]
    return [*named, said]


def _last(one: Series) -> float | None:
    return next((value for value in reversed(one.values) if known(value) is not None), None)


def _periods(drawing: Drawing, plot: Plot, field: Field) -> None:
    """Names under the axis, as many as fit, the last one always; the year where it changes."""
    names = [short_period(first, plot.step, drawing.language) for first in plot.periods]
    room = widest(names, SMALL) + 12
    gap = (field.right - field.left) / max(field.count - 1, 1)
    every = max(1, -(-int(room) // max(int(gap), 1)))
    ground, told = field.scale.start, None
    for place, name in enumerate(names):
        if (field.count - 1 - place) % every:
            continue
        x = field.x(place)
        drawing.line(x, ground, x, ground + 4, "axis")
        drawing.text(x, ground + 18, name, anchor="middle", size=SMALL, paint="soft")
        words = ""
        if plot.running and place == field.count - 1:
            words = _("so far")
        elif plot.periods[place].year != told:
            told = plot.periods[place].year
            words = year(plot.periods[place], drawing.language)
        if words:
            drawing.text(x, ground + 35, words, anchor="middle", size=SMALL, paint="soft")


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    """Places of values that follow each other without a gap."""
    runs: list[list[int]] = [[]]
    for place, value in enumerate(values):
        if known(value) is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]


def _lines(drawing: Drawing, plot: Plot, field: Field) -> None:
    for one, (colour, _dash) in zip(plot.series, STROKES, strict=False):
        if one.low and one.high:
            _band(drawing, one, colour, field)
    if plot.before:
        for run in _runs(plot.before.values):
            drawing.path(_way(plot.before.values, run, field), PAINTS["before"])
    for at, one in enumerate(plot.series):
        _line(drawing, plot, one, at, field)


def _way(values: Sequence[float | None], run: Sequence[int], field: Field) -> str:
    points = [
        f"{short(field.x(place))} {short(field.scale.at(values[place] or 0.0))}" for place in run
    ]
    return "M" + "L".join(points)


def _band(drawing: Drawing, one: Series, colour: str, field: Field) -> None:
    both = [
        None if known(low) is None or known(high) is None else 1.0
        for low, high in zip(one.low, one.high, strict=True)
    ]
    for run in _runs(both):
        if len(run) < 2:
            x = field.x(run[0])
            ends = (field.scale.at(value[run[0]] or 0.0) for value in (one.low, one.high))
            way = f"M{short(x)} {short(next(ends))}V{short(next(ends))}"
            drawing.path(way, PAINTS["whisker"])
            continue
        way = _way(one.high, run, field) + "L" + _way(one.low, run[::-1], field)[1:] + "Z"
        drawing.path(
            way,
            {
                "class": "c-band",
                "fill": colour,
                "fill-opacity": "0.16",
                "stroke": colour,
                "stroke-width": "0.5",
            },
        )


def _line(drawing: Drawing, plot: Plot, one: Series, at: int, field: Field) -> None:
    last = len(one.values) - 1
    for run in _runs(one.values):
        open_end = plot.running and run[-1] == last and len(run) > 1
        whole = run[:-1] if open_end else run
        drawing.path(_way(one.values, whole, field), stroke(at))
        if open_end:
            drawing.path(
                _way(one.values, run[-2:], field), {**stroke(at), "stroke-dasharray": "1 4"}
            )
    every = max(1, len(one.values) // 12)
    for run in _runs(one.values):
        for place in run:
            if (last - place) % every and len(run) > 1:
                continue
            value = one.values[place]
            said = f"{plot.name(place, drawing.language)}: {number(value, plot.unit, drawing.language)}"
            is_open = plot.running and place == last
            y = field.scale.at(value or 0.0)
            drawing.about(marker(drawing, at, field.x(place), y, is_open), f"{one.name}, {said}")


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


def _key(drawing: Drawing, plot: Plot) -> None:
    """On a phone the lines are named above, each with its dash and its sign."""
    for at, one in enumerate(plot.told):
        y = 24.0 * at + 12
        if one is plot.before:
            drawing.path(f"M0 {y}H36", PAINTS["before"])
        else:
            drawing.path(f"M0 {y}H36", stroke(at))
            marker(drawing, at, 18, y, False)
        drawing.text(44, y + 5, cut(one.name, drawing.width - 46, WORDS))


def _end_labels(
    drawing: Drawing, plot: Plot, field: Field, ends: Sequence[Sequence[str]], top: float
) -> None:
    """What each line is called and where it ended, beside its end, none over another."""
    said = [
        (one, words) for one, words in zip(plot.told, ends, strict=True) if _last(one) is not None
    ]
    places = [field.scale.at(_last(one) or 0.0) for one, _words in said]
    heights = [float(LINE * len(words)) for _one, words in said]
    middles = apart(places, heights, top - 10, top + TALL + 10)
    for (one, words), middle in zip(said, middles, strict=True):
        paint = "soft" if one is plot.before else "ink"
        for place, line in enumerate(words):
            y = middle + 5 + (place - (len(words) - 1) / 2) * LINE
            drawing.text(field.right + 10, y, line, paint=paint, bold=one is not plot.before)


# --- In the row of a table ------------------------------------------------------------------


def spark(values: Sequence[float | None], *, name: str, unit: Unit, language: str) -> SafeString:
    """A tiny line for the row of a table, with its first and last value as its spoken name.

    Markup; empty where fewer than two values are known. `name` says what it is of.
    """
    known_values = [value for value in map(known, values) if value is not None]
    if len(known_values) < 2:
        return SafeString("")
    first, last = (number(known_values[at], unit, language) for at in (0, -1))
    words = _("%(name)s: from %(first)s to %(last)s") % {"name": name, "first": first, "last": last}
    root = Element(
        "svg",
        {
            "viewBox": "0 0 84 24",
            "class": "app-spark",
            "role": "img",
            "focusable": "false",
            "aria-label": clean(words),
        },
    )
    scale = Scale(highest(known_values) or 1.0, 21, 3)
    field = Field(3, 79, scale, len(values))
    for run in _runs(values):
        SubElement(
            root, "path", {**stroke(0), "d": _way(values, run, field), "stroke-width": "1.6"}
        )
    place = _runs(values)[-1][-1]
    x, y = short(field.x(place)), short(scale.at(values[place] or 0.0))
    dot = {"class": "c-mark", "fill": INK, "cx": x, "cy": y, "r": "3"}
    SubElement(root, "circle", dot)
    return SafeString(tostring(root, encoding="unicode"))
