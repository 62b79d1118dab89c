"""The rows of a workbook (XLSX), one by one, as its cells hold them; only its words are held as a whole."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

#: The part of a workbook in which its words lie, and bytes of it: a reader has to hold all of it.
_WORDS, MOST_WORDS = "sharedstrings.xml", 256 << 20
#: What a damaged workbook is noticed by: in how it is packed (a place that cannot be sought is an OSError),
#: in its XML (a SyntaxError to both of its readers), in what this holds.
_BROKEN = (
    *(BadZipFile, InvalidFileException, NotImplementedError, EOFError, OSError, RuntimeError),
    *(struct.error, zlib.error, SyntaxError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)


class Broken(Exception):
    """It cannot be read, or not to its end; the sentence says why, without the name of the file."""


def rows_of(path: Path, sheet: str = "") -> Iterator[Sequence[Any]]:
    """The cells of each row of a sheet (empty: the first one), the heading first. Raises Broken."""
    read = 0
    try:
        for row in _rows(path, sheet):
            read += 1
            yield row
    except _BROKEN as error:
        if read:
            raise Broken(f"is damaged behind row {read:,}") from error
        raise Broken("is no XLSX file, or it is damaged") from error


def _rows(path: Path, name: str) -> Iterator[Sequence[Any]]:
    _check_words(path)
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        names = [sheet.title for sheet in book.worksheets]
        if not names or (name or names[0]) not in names:
            raise Broken(f"has no sheet {name!r}" if name else "has no sheet")
        sheet = book[name or names[0]]
        # What other programs write of a sheet's size is often wrong, and rows behind it would be left out.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True)
    finally:
        book.close()


def _check_words(path: Path) -> None:
    """Raises Broken where its words are too many to be held in memory."""
    with ZipFile(path) as archive:
        parts = archive.infolist()
    size = sum(part.file_size for part in parts if part.filename.lower().endswith(_WORDS))
    if size > MOST_WORDS:
        raise Broken(
            f"holds {size >> 20:,} MB of words, which are read all at once, and {MOST_WORDS >> 20:,} MB is"
            " the most. Save it as CSV, or in parts"
        )
