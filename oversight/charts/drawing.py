"""Putting an SVG together: shapes, words, hatches, links; what each paint looks like.

Colours are attributes, so that a picture is the same in a PDF, and a page needs no styles for it
(the content policy allows none inside). Each paint has a class too: in a reader's own colours
(`forced-colors`) the style sheet paints by it. Everything is escaped by ElementTree; signs that
XML forbids, and those that turn the direction of text, are left out.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from oversight.charts.frame import Frame, Picture

#: Sizes of words, in units: on a phone a unit is a pixel or a little more.
WORDS: Final = 14
SMALL: Final = 13
WIDE: Final = 600
NARROW: Final = 328

INK, SOFT, LINE, STRONG, PAPER = "#15211f", "#485955", "#cddad6", "#5a6b67", "#ffffff"
BRAND, LATE, BROWN, BLUE, TINT = "#0b5a52", "#a8201a", "#7a4d00", "#124a6b", "#c4dcd6"

#: Paint → its attributes; the class is the paint's kind: ink, line, paper, mark or hatch.
PAINTS: Final[dict[str, dict[str, str]]] = {
    "ink": {"class": "c-ink", "fill": INK},
    "soft": {"class": "c-ink", "fill": SOFT},
    "onmark": {"class": "c-paper", "fill": PAPER},
    # Words on shades: in a reader's own colours the shades stay, and so do these.
    "onlight": {"class": "c-onshade", "fill": INK, "pointer-events": "none"},
    "ondark": {"class": "c-onshade", "fill": PAPER, "pointer-events": "none"},
    "grid": {"class": "c-line", "stroke": LINE, "stroke-width": "1"},
    "axis": {"class": "c-line", "stroke": STRONG, "stroke-width": "1"},
    "whisker": {"class": "c-line", "stroke": INK, "stroke-width": "1.5", "fill": "none"},
    "halo": {"class": "c-halo", "stroke": PAPER, "stroke-width": "4", "fill": "none"},
    "tick": {"class": "c-line", "stroke": INK, "stroke-width": "2"},
    "before": {
        "class": "c-line",
        "stroke": STRONG,
        "stroke-width": "1.2",
        "fill": "none",
        "stroke-dasharray": "3 3",
    },
    "mark": {"class": "c-mark", "fill": BRAND},
    "paper": {"class": "c-paper", "fill": PAPER},
    "open": {"class": "c-open", "fill": PAPER, "stroke": INK, "stroke-width": "1.8"},
    "edge": {"class": "c-line", "fill": "none", "stroke": STRONG, "stroke-width": "0.6"},
}
#: Fillings that are told apart without colour, in the order in which parts are given.
FILLS: Final = ("solid", "pale", "hatch", "dots", "empty", "rows")
#: Words on these need paper of their own.
HATCHES: Final = frozenset({"hatch", "dots", "rows", "pale"})
FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
OWN_LINK: Final = re.compile(r"(/|\?|#|https?://)")


def clean(text: str) -> str:
    """Words without signs that XML forbids or that turn the direction of what follows."""
    return FORBIDDEN.sub("", text)


def short(value: float) -> str:
    """A place on paper, to a tenth of a unit."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


class Drawing:
    """An SVG under way. Shapes go into the innermost open link or group.

    With links inside it is a group for screen readers, which read what is in it; without them an
    image, of which they read title and finding. ValueError for a key of which no id can be made.
    """

    def __init__(self, frame: Frame, width: int, height: float, *, linked: bool = False) -> None:
        if not KEY.match(frame.key):
            raise ValueError(
                f"a chart's key is a letter, then letters, digits, - or _: {frame.key!r}"
            )
        self.width, self.height, self.language = width, round(height), frame.language
        self.id = f"{frame.key}-{width}"
        self.root = Element(
            "svg",
            {
                "viewBox": f"0 0 {width} {self.height}",
                "role": "group" if linked else "img",
                "aria-labelledby": f"{self.id}-title {self.id}-finding",
                "focusable": "false",
            },
        )
        self._within = self.root
        self._fills: set[str] = set()
        self._defs: Element | None = None
        self._named("title", frame.title)
        self._named("desc", frame.finding, "finding")

    def _named(self, tag: str, text: str, name: str = "") -> None:
        SubElement(self.root, tag, {"id": f"{self.id}-{name or tag}"}).text = clean(text)

    def picture(self) -> Picture:
        """What was drawn."""
        return Picture(self.width, self.height, self.root)

    # --- Shapes -----------------------------------------------------------------------------

    def add(self, tag: str, paint: dict[str, str], **places: str | float) -> Element:
        """A shape with its paint; numbers are places, and `_` in a name is `-`."""
        attributes = {
            name.replace("_", "-"): value if isinstance(value, str) else short(value)
            for name, value in places.items()
        }
        return SubElement(self._within, tag, {**attributes, **paint})

    def line(self, x1: float, y1: float, x2: float, y2: float, paint: str = "grid") -> Element:
        """A line in a paint."""
        return self.add("line", PAINTS[paint], x1=x1, y1=y1, x2=x2, y2=y2)

    def path(self, way: str, paint: dict[str, str]) -> Element:
        """A path in a paint of its own."""
        return self.add("path", paint, d=way)

    def rect(self, x: float, y: float, wide: float, high: float, paint: dict[str, str]) -> Element:
        """A rectangle."""
        return self.add("rect", paint, x=x, y=y, width=max(wide, 0.0), height=max(high, 0.0))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "start",
        paint: str = "ink",
        size: float = WORDS,
        bold: bool = False,
    ) -> Element:
        """Words whose base line begins (or ends, or has its middle) at a place."""
        attributes: dict[str, str | float] = {"x": x, "y": y, "font_size": size}
        if anchor != "start":
            attributes["text_anchor"] = anchor
        if bold:
            attributes["font_weight"] = "bold"
        made = self.add("text", PAINTS[paint], **attributes)
        made.text = clean(words)
        return made

    def name(self, x: float, y: float, line: str, *, anchor: str, size: float = WORDS) -> None:
        """A line of a name: underlined in a link, and read as a word apart from the next line."""
        made = self.text(x, y, line + " ", anchor=anchor, size=size)
        made.set("class", "c-ink c-name")

    def about(self, shape: Element, words: str) -> None:
        """What is shown on hovering a shape, and read out of it.

        Within a link that has words to be seen nothing is added: they are its name.
        """
        if self._within.tag != "a" or "aria-label" in self._within.attrib:
            SubElement(shape, "title").text = clean(words)

    # --- Groups, links, fillings ------------------------------------------------------------

    @contextmanager
    def link(self, address: str, name: str = "") -> Iterator[None]:
        """What is drawn within leads there; nothing changes without an address.

        A link without words to be seen needs a name. ValueError for an address that is none of
        the web (`javascript:` and the like).
        """
        if not address:
            yield
            return
        if not OWN_LINK.match(address):
            raise ValueError("a chart's link is a path or an address of the web")
        outer = self._within
        named = {"aria-label": clean(name)} if name else {}
        self._within = SubElement(outer, "a", {"href": clean(address), **named, "class": "c-link"})
        yield
        self._within = outer

    def fill(self, name: str, colour: str = BRAND) -> dict[str, str]:
        """The paint of one of `FILLS`, with an edge; hatches are defined where they are used."""
        edge = {"stroke": colour, "stroke-width": "1.2"}
        if name == "solid":
            return {"class": "c-mark", "fill": colour, **edge}
        if name == "empty":
            return {"class": "c-open", "fill": PAPER, **edge}
        if name == "pale":
            return {"class": "c-pale", "fill": TINT, **edge}
        identity = f"{self.id}-{name}-{colour[1:]}"
        if identity not in self._fills:
            self._fills.add(identity)
            self._define(identity, name, colour)
        return {"class": "c-hatch", "fill": f"url(#{identity})", **edge}

    def _define(self, identity: str, name: str, colour: str) -> None:
        if self._defs is None:
            self._defs = Element("defs")
            self.root.insert(2, self._defs)
        size = "6" if name != "dots" else "5"
        pattern = SubElement(
            self._defs,
            "pattern",
            {"id": identity, "width": size, "height": size, "patternUnits": "userSpaceOnUse"},
        )
        SubElement(
            pattern, "rect", {"class": "c-paper", "fill": PAPER, "width": "6", "height": "6"}
        )
        pen = {"class": "c-line", "stroke": colour, "fill": "none"}
        ways = {
            "hatch": ("M-1 7L7 -1M-1 1L1 -1M5 7L7 5", "1.6"),
            "rows": ("M0 1.5H6M0 4.5H6", "1"),
        }
        if name == "dots":
            SubElement(
                pattern,
                "circle",
                {"class": "c-mark", "fill": colour, "cx": "2.5", "cy": "2.5", "r": "1.2"},
            )
            return
        way, wide = ways[name]
        SubElement(pattern, "path", {**pen, "d": way, "stroke-width": wide})
