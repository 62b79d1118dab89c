"""The same pictures outside a page: for PDFs, by themselves, with the fonts named in them."""

from copy import deepcopy
from xml.etree.ElementTree import Element, tostring

from oversight.charts.drawing import short
from oversight.charts.frame import Chart, Picture

#: The script of the language first: typst shapes Bangla letters by the first font that it finds.
FONTS = {"bn": "Noto Sans Bengali, Noto Sans, sans-serif"}
OTHERS = "Noto Sans, sans-serif"
#: What a picture on a page needs, and one on paper has no use for.
FOR_PAGES = ("class", "role", "aria-label", "aria-labelledby", "focusable", "pointer-events")
GAP = 28


def standalone(chart: Chart, *, fonts: str = "", narrow: bool = False) -> str:
    """The SVG as a document of its own: XML with its size and fonts, without links and classes.

    Colours are in every chart as attributes; without a word `fonts` are Noto's. The key of a map
    stands to its right, or below it if `narrow`. Empty where there is nothing to draw. For typst
    take `lettered`: what it draws SVG with loses the vowels of Bangla words.
    """
    root = whole(chart, narrow=narrow)
    if root is None:
        return ""
    root.set("font-family", fonts or FONTS.get(chart.frame.language, OTHERS))
    return tostring(root, encoding="unicode")


def whole(chart: Chart, *, narrow: bool) -> Element | None:
    """The picture with its key, as one tree with its size; None where nothing is drawn."""
    picture = chart.narrow if narrow else chart.wide
    if picture is None:
        return None
    root = _plain(picture)
    width, height = picture.width, picture.height
    if chart.key is not None:
        at = (0, height + GAP) if narrow else (width + GAP, 0)
        root = _together(_placed(root, picture, (0, 0)), _placed(_plain(chart.key), chart.key, at))
        width = max(width, at[0] + chart.key.width)
        height = max(height, at[1] + chart.key.height)
        root.set("viewBox", f"0 0 {width} {height}")
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "width": str(width),
        "height": str(height),
    }
    return root


def _plain(picture: Picture) -> Element:
    """A copy without what only pages need."""
    root = deepcopy(picture.root)
    for element in list(root.iter()):
        for name in FOR_PAGES:
            element.attrib.pop(name, None)
        if element.tag == "a":
            element.tag = "g"
            element.attrib.clear()
        # What is shown on hovering; on paper nobody does.
        for title in element.findall("title") if element is not root else ():
            element.remove(title)
    return root


def _placed(root: Element, picture: Picture, at: tuple[float, float]) -> Element:
    """A picture within another, at a place, in its own size."""
    root.attrib |= {
        "x": short(at[0]),
        "y": short(at[1]),
        "width": str(picture.width),
        "height": str(picture.height),
    }
    return root


def _together(*pictures: Element) -> Element:
    outer = Element("svg")
    outer.extend(pictures)
    return outer
