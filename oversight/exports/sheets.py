"""A table as a file for spreadsheets, row by row: no cell is a formula, and nothing is held at once."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, override
from openpyxl import Workbook

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: A cell that begins with one of these is taken for a formula by spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
#: What XML cannot hold.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: A sheet of XLSX holds 1,048,576 rows: a longer table goes on in the next.
ROWS_A_SHEET = 1_000_000
#: Rows of CSV that are sent at a time.
AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: what it is called (a file name without its ending), its head, and its rows as they come."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[object]]


def plain(cell: object) -> object:
    """A cell as files have it: moments of the capital's zone without it, as the head says; text that no
    spreadsheet runs (an apostrophe before what would be a formula) and that XML can hold.
    """
    if isinstance(cell, datetime):
        return cell.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(tzinfo=None, microsecond=0)
    if isinstance(cell, str):
        text = _CONTROLS.sub("", cell)
        return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
    return cell


def _as_text(cell: object) -> object:
    value = plain(cell)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else "" if value is None else value


def csv_parts(sheet: Sheet) -> Iterator[bytes]:
    """The table as CSV in parts: UTF-8 with its mark, as spreadsheets expect it.

    All of it is in the language of now. Parts that are streamed are made after the request is over, and
    with it the language of its reader.
    """
    return _in_language(get_language(), _csv_parts(sheet))


def _in_language(language: str | None, parts: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


def _csv_parts(sheet: Sheet) -> Iterator[bytes]:
    text = StringIO("\ufeff")
    text.seek(0, 2)
    writer = csv.writer(text)
    writer.writerow([_as_text(cell) for cell in sheet.head])
    for number, row in enumerate(sheet.rows, start=1):
        writer.writerow([_as_text(cell) for cell in row])
        if number % AT_A_TIME == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def write(sheet: Sheet, form: str, out: BinaryIO) -> None:
    """Write the table to a file, as CSV or XLSX."""
    if form == CSV:
        for part in csv_parts(sheet):
            out.write(part)
        return
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.name[:31])
    page.append(list(sheet.head))
    for number, row in enumerate(sheet.rows, start=1):
        if number % ROWS_A_SHEET == 0:
            page = book.create_sheet(f"{sheet.name[:25]} {number // ROWS_A_SHEET + 1}")
            page.append(list(sheet.head))
        page.append([plain(cell) for cell in row])
    book.save(out)
