"""Lines over time. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from oversight.charts.drawing import NARROW, PAINTS, SMALL, WIDE, WORDS, Drawing, short
from oversight.charts.frame import Chart, Frame, Picture, Row, Series, Step, Table, Unit
from oversight.charts.pens import STROKES, Field, marker, runs, stroke, way
from oversight.charts.scales import Scale, apart, highest, ticks
from oversight.charts.words import (
    BOLD,
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

MOST = len(STROKES)
TALL, UNDER, NAMES, LINE = 200, 42, 140, 18
#: Lines that a name may take beside a line's end, and above it on a phone.
NAMED, ABOVE = 3, 2
#: However long numbers are, the lines have some room.
LEAST = 40


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
        others = (one.low, one.high, one.links)
        sizes = {len(one.values), *(len(each) or len(periods) for each in others)}
        if sizes != {len(periods)}:
            raise ValueError(f"a value for each period: {one.name}")


def _table(frame: Frame, plot: Plot) -> Table:
    rows = []
    for place in range(len(plot.periods)):
        cells = [_cell(one, place, plot.unit, frame.language) for one in plot.told]
        links = tuple(one.links[place] if one.links else "" for one in plot.told)
        rows.append(Row(plot.name(place, frame.language), tuple(cells), links=links))
    return Table((frame.of, *(one.name for one in plot.told)), tuple(rows))


def _cell(one: Series, place: int, unit: Unit, language: str) -> str:
    said = number(one.values[place], unit, language)
    if not one.low or not one.high or one.low[place] is None or one.high[place] is None:
        return said
    return f"{said} ({interval(one.low[place], one.high[place], unit, language)})"


# --- The picture ----------------------------------------------------------------------------


def _draw(frame: Frame, plot: Plot, paper: int) -> Picture:
    values = [v for one in plot.told for v in (*one.values, *one.high)]
    marks = ticks(highest(values) or 1.0, plot.unit)
    said = [number(mark, plot.unit, frame.language) for mark in marks]
    ends = [_end_words(one, plot.unit, frame.language, paper) for one in plot.told]
    key = 0.0 if paper == WIDE else _key_height(plot, paper)
    top = key + 12
    left = widest(said, SMALL) + 12
    after = widest([line for words in ends for line in words], WORDS) * BOLD + 12
    field = Field(
        left,
        max(paper - after, left + LEAST),
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
    named = lines(one.name, NAMES, WORDS, NAMED)
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


def _lines(drawing: Drawing, plot: Plot, field: Field) -> None:
    for one, (colour, _dash) in zip(plot.series, STROKES, strict=False):
        if one.low and one.high:
            _band(drawing, one, colour, field)
    if plot.before:
        for run in runs(plot.before.values):
            drawing.path(way(plot.before.values, run, field), PAINTS["before"])
    for at, one in enumerate(plot.series):
        _line(drawing, plot, one, at, field)


def _band(drawing: Drawing, one: Series, colour: str, field: Field) -> None:
    both = [
        None if known(low) is None or known(high) is None else 1.0
        for low, high in zip(one.low, one.high, strict=True)
    ]
    for run in runs(both):
        if len(run) < 2:
            x = field.x(run[0])
            ends = (field.scale.at(value[run[0]] or 0.0) for value in (one.low, one.high))
            drawing.path(f"M{short(x)} {short(next(ends))}V{short(next(ends))}", PAINTS["whisker"])
            continue
        around = way(one.high, run, field) + "L" + way(one.low, run[::-1], field)[1:] + "Z"
        drawing.path(
            around,
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
    for run in runs(one.values):
        open_end = plot.running and run[-1] == last and len(run) > 1
        whole = run[:-1] if open_end else run
        drawing.path(way(one.values, whole, field), stroke(at))
        if open_end:
            drawing.path(
                way(one.values, run[-2:], field), {**stroke(at), "stroke-dasharray": "1 4"}
            )
    every = max(1, len(one.values) // 12)
    for run in runs(one.values):
        for place in run:
            if (last - place) % every and len(run) > 1:
                continue
            value = one.values[place]
            said = f"{plot.name(place, drawing.language)}: {number(value, plot.unit, drawing.language)}"
            is_open = plot.running and place == last
            y = field.scale.at(value or 0.0)
            drawing.about(marker(drawing, at, field.x(place), y, is_open), f"{one.name}, {said}")


def _key(drawing: Drawing, plot: Plot) -> None:
    """On a phone the lines are named above, each with its dash and its sign."""
    y = 12.0
    for at, one in enumerate(plot.told):
        if one is plot.before:
            drawing.path(f"M0 {y}H36", PAINTS["before"])
        else:
            drawing.path(f"M0 {y}H36", stroke(at))
            marker(drawing, at, 18, y, False)
        for line in _key_lines(one, drawing.width):
            drawing.text(44, y + 5, line)
            y += LINE
        y += 24 - LINE


def _key_lines(one: Series, paper: int) -> list[str]:
    return lines(one.name, paper - 46, WORDS, ABOVE)


def _key_height(plot: Plot, paper: int) -> float:
    return 6.0 + sum(24 + LINE * (len(_key_lines(one, paper)) - 1) for one in plot.told)


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
