"""A report as a PDF: tagged, with an outline, in the fonts of its language, without a network.

typst sets it. What it is given is data: nothing of it is read as markup. The file follows PDF/UA-1;
where a name holds a letter that no font has, it is made without that promise.
"""

import json
import tempfile
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from oversight import charts
from oversight.charts.words import digits
from oversight.reports.blocks import Block, Drawn, Grid, Report, Said, Section

log = structlog.get_logger(__name__)
TEMPLATE = Path(__file__).with_name("report.typ")
#: Built at set-up (`grs/machine/assets.py`).
FONTS = settings.BASE_DIR / "static" / "build" / "print"
#: Of the free Bangla fonts one whose syllables typst writes so that they are found again by searching.
LATIN, BANGLA = "Noto Sans", "Hind Siliguri"
STANDARD = "ua-1"


def as_pdf(report: Report, made_at: datetime) -> bytes:
    """The PDF of a report; its date is that of the making (aware). Takes a second or so of one core."""
    with tempfile.TemporaryDirectory() as folder, translation.override(report.language):
        root = Path(folder)
        data = _data(report, root)
        (root / "data.json").write_text(json.dumps(data), encoding="utf-8")
        (root / "report.typ").write_bytes(TEMPLATE.read_bytes())
        try:
            return _compiled(root, made_at, [STANDARD])
        except typst.TypstError as error:
            log.warning("report not accessible by the standard", why=error.message)
            return _compiled(root, made_at, [])


def _compiled(root: Path, made_at: datetime, standards: list[Any]) -> bytes:
    made = typst.compile(
        root / "report.typ",
        root=root,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=standards,
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(made, bytes)  # noqa: S101 - one document gives one file
    return made


@cache
def _fonts() -> typst.Fonts:
    """Our own fonts, and for rare signs those that typst brings along. LookupError without ours: a
    report in boxes is worse than none.
    """
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)]
    )
    missing = {LATIN, BANGLA} - set(fonts.families())
    if missing:
        raise LookupError(f"no {sorted(missing)} in {FONTS}: run grs/machine/assets.py")
    return fonts


def _data(report: Report, root: Path) -> dict[str, Any]:
    """What the template reads; the pictures are written beside it."""
    so_far = _("So far: the period is not over, and these figures will change.")
    return {
        "title": report.title,
        "portal": report.portal,
        "description": " ".join(report.about),
        "about": list(report.about),
        "language": report.language,
        "fonts": [BANGLA, LATIN] if report.language == "bn" else [LATIN, BANGLA],
        "digits": [digits(str(number), report.language) for number in range(10)],
        "page-of": _("Page {page} of {pages}"),
        "contents": _("Contents"),
        "so-far": so_far if report.is_so_far else "",
        "you-said": _("You said:"),
        "we-did": _("We did:"),
        "sections": [
            {"title": section.title, "parts": _parts(section, root)} for section in report.sections
        ],
    }


def _parts(section: Section, root: Path) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for block in section.blocks:
        parts.append(_part(block, root))
        if isinstance(block, Drawn) and not block.is_told:
            # On a page the table lies folded beside its picture.
            parts += _table_of(block)
    return parts


def _part(block: Block, root: Path) -> dict[str, Any]:
    if isinstance(block, Drawn):
        return _chart(block.chart, root)
    if isinstance(block, Said):
        plain = asdict(block)
        return plain | {"you-said": block.you_said, "we-did": block.we_did}
    return asdict(block)


def _chart(chart: charts.Chart, root: Path) -> dict[str, Any]:
    frame = chart.frame
    part: dict[str, Any] = {
        "kind": "chart",
        "title": frame.title,
        "finding": frame.finding,
        "note": frame.note,
        "alt": " ".join(filter(None, [frame.title + ".", frame.finding])),
        "path": "",
    }
    drawn = charts.lettered(chart)
    if drawn is None:
        return part
    path = f"{frame.key}.svg"
    (root / path).write_text(drawn.svg, encoding="utf-8")
    words = [
        [word.x, word.y, word.size, word.anchor, word.colour, word.bold, word.text]
        for word in drawn.words
    ]
    return part | {"path": f"/{path}", "wide": drawn.width, "high": drawn.height, "words": words}


def _table_of(block: Drawn) -> list[dict[str, Any]]:
    table = block.chart.table
    if not table.rows:
        return []
    rows = tuple((row.name, *row.cells) for row in table.rows)
    return [asdict(Grid(block.chart.frame.title, table.head, rows))]
