"""Parts of a whole, and columns of what is open by its age. No database."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from oversight.charts.drawing import (
    BRAND,
    FILLS,
    HATCHES,
    LATE,
    NARROW,
    PAPER,
    SMALL,
    WIDE,
    WORDS,
    Drawing,
)
from oversight.charts.frame import AgeBand, Chart, Frame, Picture, Row, Stack, Table, Unit
from oversight.charts.rows import Key, RowPlan, key_words, row_heads
from oversight.charts.scales import Scale
from oversight.charts.words import lines, number, widest, width

HIGH = 24
#: Room under a column's words, for a line of them, how many lines they may take; how high columns are.
UNDER, LINE, MOST, TALL = 10, 16, 4, 190


def stacked(
    frame: Frame, parts: Sequence[str], rows: Sequence[Stack], *, of_hundred: bool = True
) -> Chart:
    """One bar a row, of parts that are told apart by their hatching and named in a key.

    `parts` are at most six, in their order. With `of_hundred` each bar is as long as any other and
    says per cent; without, bars are as long as their counts. The table has counts and per cent.
    ValueError for more parts, another number of counts than parts, or a count below zero.
    """
    _check(parts, rows)
    some = any(sum(row.counts) for row in rows)
    return Chart(
        frame,
        _stack_table(frame, parts, rows),
        _draw_stacks(frame, parts, rows, of_hundred, WIDE) if some else None,
        _draw_stacks(frame, parts, rows, of_hundred, NARROW) if some else None,
    )


def _check(parts: Sequence[str], rows: Sequence[Stack]) -> None:
    if len(parts) > len(FILLS):
        raise ValueError(f"at most {len(FILLS)} parts can be told apart")
    for row in rows:
        if len(row.counts) != len(parts) or min(row.counts, default=0) < 0:
            raise ValueError("a count for each part, none below zero")


def _stack_table(frame: Frame, parts: Sequence[str], rows: Sequence[Stack]) -> Table:
    made = []
    for row in rows:
        whole = sum(row.counts)
        cells = [_with_share(count, whole, frame.language) for count in row.counts]
        cells.append(number(whole, Unit.COUNT, frame.language))
        made.append(Row(row.name, tuple(cells), row.link, row.links))
    return Table((frame.of, *parts, _("All")), tuple(made))


def _with_share(count: int, whole: int, language: str) -> str:
    said = number(count, Unit.COUNT, language)
    return f"{said} ({number(count / whole, Unit.SHARE, language)})" if whole else said


def _draw_stacks(
    frame: Frame, parts: Sequence[str], rows: Sequence[Stack], of_hundred: bool, paper: int
) -> Picture:
    named = _key_words(parts, rows, frame.language)
    key = Key.of(named, paper)
    plan = RowPlan.of(paper, [row.name for row in rows], top=key.height, row=HIGH + 12)
    drawing = Drawing(frame, paper, plan.height, linked=any(row.link for row in rows))
    for place, words, fill in zip(key.places, named, FILLS, strict=False):
        drawing.rect(place[0] + 1, place[1], 15, 15, drawing.fill(fill))
        key_words(drawing, place, words)
    sums = [number(sum(row.counts), Unit.COUNT, frame.language) for row in rows]
    end = paper - widest(sums, WORDS) - 10
    most = max(sum(row.counts) for row in rows)
    for row, middle, whole in zip(rows, plan.middles, sums, strict=True):
        with drawing.link(row.link):
            row_heads(drawing, plan, row.name, middle)
        scale = Scale((sum(row.counts) if of_hundred else most) or 1, plan.left, end)
        _stack(drawing, parts, row, scale, middle)
        last = scale.at(sum(row.counts))
        drawing.text(last + 8, middle + 5, whole, paint="soft")
    return drawing.picture()


def _stack(drawing: Drawing, parts: Sequence[str], row: Stack, scale: Scale, middle: float) -> None:
    done, whole = 0, sum(row.counts)
    language = drawing.language
    for part, count, fill in zip(parts, row.counts, FILLS, strict=False):
        start, end = scale.at(done), scale.at(done + count)
        done += count
        if not count:
            continue
        shape = drawing.rect(start, middle - HIGH / 2, end - start, HIGH, drawing.fill(fill))
        said = number(count / whole, Unit.SHARE, language)
        drawing.about(shape, f"{row.name}, {part}: {_with_share(count, whole, language)}")
        if end - start > width(said, SMALL) + 10:
            _label(drawing, (start + end) / 2, middle, said, fill)


def _label(drawing: Drawing, x: float, middle: float, words: str, fill: str) -> None:
    """A value on a filling: on paper of its own where a hatch would run through it."""
    if fill in HATCHES:
        wide = width(words, SMALL) + 4
        drawing.rect(x - wide / 2, middle - 9, wide, 18, {"class": "c-paper", "fill": PAPER})
    paint = "onmark" if fill == "solid" else "ink"
    drawing.text(x, middle + 4.5, words, anchor="middle", size=SMALL, paint=paint)


def _key_words(parts: Sequence[str], rows: Sequence[Stack], language: str) -> list[str]:
    """The names of the parts; of a single bar with the share of each, however thin it is."""
    if len(rows) != 1:
        return list(parts)
    whole = sum(rows[0].counts)
    return [
        f"{part} {number(count / whole, Unit.SHARE, language)}"
        for part, count in zip(parts, rows[0].counts, strict=True)
    ]


# --- Open cases by age ----------------------------------------------------------------------


def ageing(frame: Frame, columns: Sequence[AgeBand]) -> Chart:
    """Columns of open cases by age, youngest first; what is late stands hatched on what is not.

    ValueError for a count below zero.
    """
    if any(min(column.in_time, column.late) < 0 for column in columns):
        raise ValueError("no count is below zero")
    some = any(column.in_time + column.late for column in columns)
    head = (frame.of, _("In time"), _("Late"), _("All"))
    rows = [
        Row(
            column.name,
            tuple(
                number(count, Unit.COUNT, frame.language)
                for count in (column.in_time, column.late, column.in_time + column.late)
            ),
            column.link,
            column.links,
        )
        for column in columns
    ]
    return Chart(
        frame,
        Table(head, tuple(rows)),
        _draw_ages(frame, columns, WIDE) if some else None,
        _draw_ages(frame, columns, NARROW) if some else None,
    )


def _draw_ages(frame: Frame, columns: Sequence[AgeBand], paper: int) -> Picture:
    top, each = 50, paper / len(columns)
    named = max(len(_named(column, each)) for column in columns)
    height = top + TALL + UNDER + LINE * named
    drawing = Drawing(frame, paper, height, linked=any(column.link for column in columns))
    key = [(_("Late"), "hatch", LATE), (_("In time"), "solid", BRAND)]
    places = Key.of([words for words, _fill, _colour in key], paper).places
    for place, (words, fill, colour) in zip(places, key, strict=True):
        drawing.rect(place[0] + 1, place[1], 15, 15, drawing.fill(fill, colour))
        key_words(drawing, place, words)
    most = max(column.in_time + column.late for column in columns)
    scale = Scale(most, top + TALL, top)
    for at, column in enumerate(columns):
        with drawing.link(column.link):
            _column(drawing, column, scale, each * (at + 0.5), each)
    drawing.line(0, top + TALL, paper, top + TALL, "axis")
    return drawing.picture()


def _column(drawing: Drawing, column: AgeBand, scale: Scale, middle: float, each: float) -> None:
    language, ground = drawing.language, scale.start
    wide = min(each * 0.7, 70)
    whole = column.in_time + column.late
    edge, top = scale.at(column.in_time), scale.at(whole)
    if column.in_time:
        drawing.rect(middle - wide / 2, edge, wide, ground - edge, drawing.fill("solid"))
    if column.late:
        late = drawing.rect(middle - wide / 2, top, wide, edge - top, drawing.fill("hatch", LATE))
        drawing.about(
            late, f"{column.name}, {_('late')}: {number(column.late, Unit.COUNT, language)}"
        )
    drawing.text(middle, top - 6, number(whole, Unit.COUNT, language), anchor="middle", bold=True)
    for place, line in enumerate(_named(column, each)):
        drawing.name(middle, ground + LINE * (place + 1), line, anchor="middle", size=SMALL)


def _named(column: AgeBand, each: float) -> list[str]:
    return lines(column.name, each - 4, SMALL, most=MOST)
