"""A tiny line for the row of a table. No database."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from oversight.charts.drawing import INK, clean, short
from oversight.charts.frame import Unit
from oversight.charts.pens import Field, runs, stroke, way
from oversight.charts.scales import Scale, highest
from oversight.charts.words import known, number


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
    for run in runs(values):
        SubElement(root, "path", {**stroke(0), "d": way(values, run, field), "stroke-width": "1.6"})
    place = runs(values)[-1][-1]
    x, y = short(field.x(place)), short(scale.at(values[place] or 0.0))
    dot = {"class": "c-mark", "fill": INK, "cx": x, "cy": y, "r": "3"}
    SubElement(root, "circle", dot)
    return SafeString(tostring(root, encoding="unicode"))
