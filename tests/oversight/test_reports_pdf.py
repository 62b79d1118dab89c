"""The PDF of a report: its words are found again, it is tagged, named and small; whatever names hold."""

import io
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.utils import translation

from oversight.reports import typesetting
from oversight.reports.content import compose
from oversight.reports.typesetting import as_pdf
from tests.oversight.reporting import made_up, part

MADE = datetime(2026, 1, 10, 4, tzinfo=UTC)
POPPLER = shutil.which("pdftotext")


def pdf(language: str = "en", **changes: Any) -> bytes:
    with translation.override(language):
        report = compose(made_up(**changes), language)
    return as_pdf(report, MADE)


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def words(content: bytes) -> str:
    text = " ".join(page.extract_text() for page in read(content).pages)
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    ("language", "number", "share"),
    [("en", "123,456", "37%"), ("bn", "১,২৩,৪৫৬", "৩৭%"), ("id", "123.456", "37%")],
)
def test_the_figures_are_on_paper_in_the_digits_of_the_language(
    language: str, number: str, share: str
) -> None:
    text = words(pdf(language))
    assert number in text
    assert share in text


def test_it_is_tagged_and_named_for_those_who_hear_it() -> None:
    found = read(pdf("bn"))
    catalog: Any = found.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalog
    assert catalog["/Lang"] == "bn"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata
    assert found.metadata.title
    assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()


def test_its_charts_are_said_in_words() -> None:
    def alternatives(node: Any) -> list[str]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            return [alt for child in node for alt in alternatives(child)]
        if not hasattr(node, "get"):
            return []
        own = [str(node["/Alt"])] if "/Alt" in node else []
        return own + alternatives(node.get("/K", []))

    root: Any = read(pdf()).trailer["/Root"]
    told = alternatives(root["/StructTreeRoot"]["/K"])
    assert any("The citizen confirmed 37% of all answers as resolved." in alt for alt in told)


def test_it_has_an_outline_and_numbered_pages() -> None:
    content = pdf()
    found = read(content)
    titles = [entry.title for entry in found.outline if not isinstance(entry, list)]
    assert titles[0] == "The year in a page"
    assert "How this is counted" in titles
    pages = len(found.pages)
    assert f"Page {pages} of {pages}" in found.pages[-1].extract_text()
    assert found.pages[0].mediabox.width == pytest.approx(595.3, abs=0.1)


@pytest.mark.skipif(not POPPLER, reason="pdftotext is not installed (apt install poppler-utils)")
def test_bangla_words_are_found_by_searching(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(pdf("bn"))
    command = [str(POPPLER), str(tmp_path / "report.pdf"), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for word in ("মন্ত্রণালয়", "স্থানীয়", "জানুয়ারী", "নভেম্বর", "বাংলাদেশ", "মিটার"):
        assert word in text, word


def test_a_report_of_many_agencies_is_made_and_small() -> None:
    rows = [part(f"a{n}", {"en": f"Union Parishad number {n}"}) for n in range(5500)]
    content = pdf(agencies={"rows": rows, "few": 0})
    assert len(content) < 3_000_000
    text = words(content)
    assert "Union Parishad number 1499" in text
    assert "Union Parishad number 1500" not in text
    assert "These are the 1,500 with most cases. The other 4,000 are in the open data." in text


def test_what_people_wrote_is_no_markup() -> None:
    title = '#panic("x") $x^2$ *bold* @key <label> \\ ] } "'
    issue = made_up()["issues"][0] | {"title": title, "language": "en"}
    assert '#panic("x")' in words(pdf(issues=[issue]))


def test_a_letter_that_no_font_has_costs_the_promise_and_not_the_report() -> None:
    rows = [part("a", {"en": "Office \U00012000"})]
    content = pdf(agencies={"rows": rows, "few": 0})
    catalog: Any = read(content).trailer["/Root"]
    assert b"pdfuaid" not in catalog["/Metadata"].get_object().get_data()
    assert "Office" in words(content)


def test_without_our_fonts_there_is_no_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(typesetting, "FONTS", tmp_path)
    typesetting._fonts.cache_clear()
    try:
        with pytest.raises(LookupError, match="run grs"):
            pdf()
    finally:
        typesetting._fonts.cache_clear()


def test_the_same_figures_give_the_same_file() -> None:
    assert pdf() == pdf()
