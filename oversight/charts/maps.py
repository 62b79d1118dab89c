"""A map by district: five shades that stay apart on grey paper, hatched where nothing is known."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from oversight.charts.drawing import INK, PAPER, SMALL, STRONG, WORDS, Drawing
from oversight.charts.frame import Area, Chart, Frame, Picture, Row, Table, Unit
from oversight.charts.geometry import Geometry, Shape, geometry
from oversight.charts.shades import SHADES, Class, class_of, classes, on_dark
from oversight.charts.words import cut, digits, known, number

#: How many of the highest are named beside the map, and how wide its key is.
NAMED, KEY = 5, 250
STEP = 24


def district_map(
    frame: Frame,
    country: str,
    areas: Sequence[Area],
    *,
    unit: Unit,
    level: str = "district",
    value_name: str = "",
) -> Chart:
    """Each place shaded by its value, with a link if it has one; the highest are named.

    `level` is that of the places ("district", "province"). Places that the map lacks are in the
    table; places of the map that are not among the areas are hatched, as are those without a
    value. Where a country has no map of the level, the table stands alone.
    """
    table = _table(frame, areas, unit, value_name or pgettext("how many", "Number"))
    place = geometry(country, level)
    if place is None or not any(known(area.value) is not None for area in areas):
        return Chart(frame, table, None, None)
    among = classes([area.value for area in areas], unit)
    drawn = _draw(frame, place, areas, unit, among)
    noted = replace(frame, note=" ".join(filter(None, [frame.note, _origin(place)])))
    return Chart(noted, table, drawn, drawn, _key(frame, place, areas, unit, among))


def _origin(place: Geometry) -> str:
    """What has to be said under a map: what its squares are, or whose boundaries it shows."""
    if place.square:
        return _("Each square is one place, about where it lies; all are of one size.")
    return _("Boundaries: %(source)s.") % {"source": place.source}


def _table(frame: Frame, areas: Sequence[Area], unit: Unit, value_name: str) -> Table:
    detail = any(area.detail for area in areas)
    head = (frame.of, value_name, *[_("In detail")] * detail)
    rows = [
        Row(
            area.name,
            (number(area.value, unit, frame.language), *[area.detail or "–"] * detail),
            area.link,
        )
        for area in areas
    ]
    return Table(head, tuple(rows))


def _said(area: Area, unit: Unit, language: str) -> str:
    if area.detail:
        return f"{area.name}: {area.detail}"
    if known(area.value) is None:
        return f"{area.name}: {_('no figures')}"
    return f"{area.name}: {number(area.value, unit, language)}"


def _draw(
    frame: Frame, place: Geometry, areas: Sequence[Area], unit: Unit, among: Sequence[Class]
) -> Picture:
    linked = any(area.link for area in areas)
    drawing = Drawing(frame, place.width, place.height, linked=linked)
    by_code = {area.code: area for area in areas}
    for code, shape in place.shapes.items():
        area = by_code.get(code)
        if area is None:
            drawing.path(shape.way, _paint(drawing, None))
            _letters(drawing, place, shape, None)
            continue
        shade = class_of(area.value, unit, among)
        shade = None if shade is None else _spread(shade, among)
        said = _said(area, unit, frame.language)
        with drawing.link(area.link, said):
            drawing.about(drawing.path(shape.way, _paint(drawing, shade)), said)
        _letters(drawing, place, shape, shade)
    if not place.square:
        for at, area in enumerate(_highest(areas, place)):
            _mark(drawing, place.shapes[area.code], digits(str(at + 1), frame.language))
    return drawing.picture()


def _spread(shade: int, among: Sequence[Class]) -> int:
    """Fewer classes than shades use shades that are further apart, the darkest always."""
    if len(among) == 1:
        return len(SHADES) // 2
    return round(shade * (len(SHADES) - 1) / (len(among) - 1))


def _paint(drawing: Drawing, shade: int | None) -> dict[str, str]:
    edge = {"stroke": PAPER if shade is not None and on_dark(shade) else STRONG}
    edge |= {"stroke-width": "0.7", "stroke-linejoin": "round"}
    if shade is None:
        return {**drawing.fill("hatch", STRONG), **edge}
    return {"class": f"c-shade-{shade}", "fill": SHADES[shade], **edge}


def _letters(drawing: Drawing, place: Geometry, shape: Shape, shade: int | None) -> None:
    if not place.square:
        return
    dark = shade is not None and on_dark(shade)
    if shade is None:
        paper = {"class": "c-onshade", "fill": PAPER, "pointer-events": "none"}
        drawing.rect(shape.x - 10, shape.y - 9, 20, 18, paper)
    paint = "ondark" if dark else "onlight"
    drawing.text(shape.x, shape.y + 4.5, shape.short, anchor="middle", size=SMALL, paint=paint)


def _highest(areas: Sequence[Area], place: Geometry) -> list[Area]:
    there = [a for a in areas if known(a.value) and a.code in place.shapes]
    return sorted(there, key=lambda area: -(area.value or 0.0))[:NAMED]


def _mark(drawing: Drawing, shape: Shape, words: str) -> None:
    disc = {"class": "c-open", "fill": PAPER, "stroke": INK, "stroke-width": "1.2"}
    drawing.add("circle", disc, cx=shape.x, cy=shape.y, r=8.5)
    drawing.text(shape.x, shape.y + 4.5, words, anchor="middle", size=SMALL, bold=True)


# --- The key --------------------------------------------------------------------------------


def _key(
    frame: Frame, place: Geometry, areas: Sequence[Area], unit: Unit, among: Sequence[Class]
) -> Picture:
    """The shades with their numbers and how many places have them; the highest by name."""
    named = _highest(areas, place)
    told = {area.code for area in areas if known(area.value) is not None}
    without = len([code for code in place.shapes if code not in told])
    lines = len(among) + bool(without) + len(named)
    height = STEP * lines + (STEP + 22 if named else 0) + 4
    key = Frame(
        f"{frame.key}-key",
        _("Key to the map"),
        _shades_said(among, unit, frame),
        "",
        frame.language,
    )
    drawing = Drawing(key, KEY, height)
    y = 2.0
    for at, one in reversed(list(enumerate(among))):
        shade = _spread(at, among)
        paint = {"class": f"c-shade-{shade}", "fill": SHADES[shade], "stroke": STRONG}
        drawing.rect(1, y, 26, 17, {**paint, "stroke-width": "0.7"})
        _key_line(drawing, y, one.name(unit, frame.language), one.count)
        y += STEP
    if without:
        drawing.rect(1, y, 26, 17, {**drawing.fill("hatch", STRONG), "stroke-width": "0.7"})
        _key_line(drawing, y, _("no figures"), without)
        y += STEP
    if named:
        _key_highest(drawing, place, named, unit, y + 22)
    return drawing.picture()


def _shades_said(among: Sequence[Class], unit: Unit, frame: Frame) -> str:
    ranges = ", ".join(one.name(unit, frame.language) for one in reversed(among))
    return _("From dark to light: %(ranges)s") % {"ranges": ranges}


def _key_line(drawing: Drawing, y: float, words: str, count: int) -> None:
    drawing.text(36, y + 14, words)
    said = ngettext("%(count)s place", "%(count)s places", count) % {
        "count": number(count, Unit.COUNT, drawing.language)
    }
    drawing.text(KEY, y + 14, said, anchor="end", size=SMALL, paint="soft")


def _key_highest(
    drawing: Drawing, place: Geometry, named: Sequence[Area], unit: Unit, y: float
) -> None:
    drawing.text(0, y, _("Highest"), bold=True)
    for at, area in enumerate(named):
        line = y + STEP * (at + 1)
        if place.square:
            drawing.text(14, line, place.shapes[area.code].short, anchor="middle", size=SMALL)
        else:
            mark = Shape("", 14, line - 4.5)
            _mark(drawing, mark, digits(str(at + 1), drawing.language))
        drawing.text(36, line, cut(area.name, 140, WORDS))
        drawing.text(KEY, line, number(area.value, unit, drawing.language), anchor="end", bold=True)
