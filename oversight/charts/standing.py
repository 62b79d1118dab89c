"""The same pictures outside a page: for PDFs, by themselves, with the fonts named in them."""

from copy import deepcopy
from xml.etree.ElementTree import tostring

from oversight.charts.frame import Chart

FONTS = "Noto Sans, Noto Sans Bengali, sans-serif"
#: What a picture on a page needs, and one on paper has no use for.
FOR_PAGES = ("class", "role", "aria-labelledby", "aria-label", "focusable")


def standalone(chart: Chart, *, fonts: str = FONTS, narrow: bool = False) -> str:
    """The SVG as a document of its own: XML with its size and fonts, without links and classes.

    Colours are in every chart as attributes. Empty where there is nothing to draw.
    """
    picture = chart.narrow if narrow else chart.wide
    if picture is None:
        return ""
    root = deepcopy(picture.root)
    for element in root.iter():
        for name in FOR_PAGES:
            element.attrib.pop(name, None)
        if element.tag == "a":
            element.tag = "g"
            element.attrib.clear()
        # What is read out on hovering; on paper there is none.
        for title in element.findall("title"):
            if element is not root:
                element.remove(title)
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "font-family": fonts,
        "width": str(picture.width),
        "height": str(picture.height),
    }
    return tostring(root, encoding="unicode")
