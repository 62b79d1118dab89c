"""A picture and its words apart, for typst: it sets the words itself, so that they are real text.

What typst draws SVG with (usvg) gives a syllable the width of its widest letter, so that Bangla
vowels lie on their neighbours. Words set by typst are shaped as any other, and can be searched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, tostring

from oversight.charts.frame import Chart
from oversight.charts.standing import whole

#: What draws a lettered chart as wide as the column, in typst. `words` are (x, y, size, anchor,
#: colour, bold, text): the place is that of the base line, in units of the picture.
LETTERED: Final = """
#let lettered(path, wide, high, words, alt: none) = layout(column => {
  let unit = column.width / wide
  box(width: column.width, height: high * unit, {
    place(image(path, width: column.width, alt: alt))
    for (x, y, size, anchor, colour, bold, said) in words {
      let said = text(
        size: size * unit,
        fill: rgb(colour),
        weight: if bold { "bold" } else { "regular" },
        top-edge: "baseline",
        bottom-edge: "baseline",
        said,
      )
      let back = (start: 0, middle: 0.5, end: 1).at(anchor) * measure(said).width
      place(dx: x * unit - back, dy: y * unit, box(said))
    }
  })
})
"""


@dataclass(frozen=True, slots=True)
class Words:
    """Words on a picture: where their base line begins, has its middle, or ends (`anchor`)."""

    x: float
    y: float
    size: float
    anchor: str
    colour: str
    bold: bool
    text: str


@dataclass(frozen=True, slots=True)
class Lettered:
    """A picture without its words, as an SVG document, and the words with their places."""

    svg: str
    width: float
    height: float
    words: tuple[Words, ...]

    def typst(self, path: str, alt: str) -> str:
        """The call that draws it, once the SVG is at `path` and `LETTERED` is in the document."""
        words = "".join(
            f"  ({word.x:g}, {word.y:g}, {word.size:g}, {quoted(word.anchor)}, "
            f"{quoted(word.colour)}, {str(word.bold).lower()}, {quoted(word.text)}),\n"
            for word in self.words
        )
        size = f"{self.width:g}, {self.height:g}"
        return f"#lettered({quoted(path)}, {size}, (\n{words}), alt: {quoted(alt)})\n"


def quoted(text: str) -> str:
    """A string as typst writes it: nothing in it is markup."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{safe}"'


def lettered(chart: Chart, *, narrow: bool = False) -> Lettered | None:
    """The chart's picture (with a map's key beside it) and its words; None where none is drawn."""
    root = whole(chart, narrow=narrow)
    if root is None:
        return None
    words = tuple(_taken(root, 0.0, 0.0))
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    return Lettered(tostring(root, encoding="unicode"), width, height, words)


def _taken(element: Element, left: float, top: float) -> Iterator[Words]:
    """The words in an element, which lose their place in it; pictures in it have one of their own."""
    for child in list(element):
        if child.tag == "text":
            element.remove(child)
            yield _words(child, left, top)
        elif child.tag == "svg":
            x, y = (float(child.get(name, "0")) for name in ("x", "y"))
            yield from _taken(child, left + x, top + y)
        else:
            yield from _taken(child, left, top)


def _words(made: Element, left: float, top: float) -> Words:
    places = made.attrib
    return Words(
        left + float(places["x"]),
        top + float(places["y"]),
        float(places["font-size"]),
        places.get("text-anchor", "start"),
        places["fill"],
        places.get("font-weight") == "bold",
        (made.text or "").strip(),
    )
