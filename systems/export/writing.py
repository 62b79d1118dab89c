"""Rows written as CSV, XLSX, JSON Lines, or a ZIP with the files: memory does not grow with their number."""

import csv
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple
from enum import StrEnum
from io import TextIOWrapper
from typing import IO, Any, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.files.storage import default_storage
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from systems.export.rows import Exported, Stored
from systems.past.archive import CASES, MISSING, MOST_PARTS
from systems.past.columns import WRITTEN, as_cells, as_json, guarded, spelled

#: Cases that one sheet holds, beside its heading.
MOST_IN_SHEET = 1_000_000
#: Files that one archive holds, beside the cases and the list of what is missing.
MOST_FILES = MOST_PARTS - 2
#: Read and written at once, of a file.
CHUNK = 64 * 1024
#: What ZIP says as the time of a part: nothing.
NO_TIME = (1980, 1, 1, 0, 0, 0)


class Form(StrEnum):
    """The kinds of files."""

    CSV = "csv"
    XLSX = "xlsx"
    LINES = "jsonl"
    ZIP = "zip"


TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.LINES: "application/jsonl; charset=utf-8",
    Form.ZIP: "application/zip",
}
Beat = Callable[[], None]
#: Of what there can be too many.
OF_CASES, OF_FILES = "cases", "files"


class TooMany(Exception):
    """More cases than a sheet holds, or more files than an archive does (`of`)."""

    def __init__(self, of: str) -> None:
        super().__init__(of)
        self.of = of


def write(rows: Iterable[Exported], form: Form, out: BinaryIO, beat: Beat) -> None:
    """Write the rows to `out`, which can be sought in. `beat` is called while what was read is written.

    Raises TooMany: for XLSX when all rows are read and nothing is written, for ZIP on the way.
    """
    _WRITERS[form](rows, out, beat)


def _write_lines(rows: Iterable[Exported], out: BinaryIO, _beat: Beat) -> None:
    for one in rows:
        out.write(_line(one))


def _line(one: Exported) -> bytes:
    return (as_json(one.row) + "\n").encode()


def _write_csv(rows: Iterable[Exported], out: BinaryIO, _beat: Beat) -> None:
    """With the mark of UTF-8 that spreadsheets expect; a cell has no end here."""
    text = TextIOWrapper(cast(IO[bytes], _Kept(out)), "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in WRITTEN])
    for one in rows:
        cells = as_cells(one.row, sys.maxsize)
        writer.writerow([guarded(cells[column.name]) for column in WRITTEN])
    text.flush()
    text.detach()


class _Kept:
    """A file for a text wrapper, which asks more of one than a temporary file may offer."""

    closed = False

    def __init__(self, out: BinaryIO) -> None:
        self.write, self.flush = out.write, out.flush

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def _write_xlsx(rows: Iterable[Exported], out: BinaryIO, beat: Beat) -> None:
    """Read first, since the heading has a column for each further piece of the longest text."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
        heading = _heading(_keeping(rows, kept))
        kept.seek(0)
        book = Workbook(write_only=True)
        sheet = book.create_sheet("cases")
        sheet.append(heading)
        for line in kept:
            cells = as_cells(json.loads(line))
            sheet.append([_cell(sheet, cells.get(name, "")) for name in heading])
            beat()
        book.save(out)


def _keeping(rows: Iterable[Exported], kept: IO[str]) -> Iterator[dict[str, Any]]:
    for number, one in enumerate(rows, 1):
        if number > MOST_IN_SHEET:
            raise TooMany(OF_CASES)
        kept.write(as_json(one.row) + "\n")
        yield one.row


def _heading(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The columns, each followed by those in which its longest text goes on."""
    needed = dict.fromkeys(column.name for column in WRITTEN)
    further = set[str]()
    for row in rows:
        further.update(name for name in as_cells(row) if name not in needed)
    names = list[str]()
    for column in WRITTEN:
        names.append(column.name)
        place = 2
        while f"{column.name}_{place}" in further:
            names.append(f"{column.name}_{place}")
            place += 1
    return names


def _cell(sheet: Any, text: str) -> Any:
    """A text, whatever it begins with: no formula, no number, no date."""
    if not text:
        return None
    cell = WriteOnlyCell(sheet, spelled(text))
    cell.data_type = "s"
    return cell


def _write_zip(rows: Iterable[Exported], out: BinaryIO, beat: Beat) -> None:
    """The cases as JSON Lines, and each file once under its hash."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept, ZipFile(out, "w") as archive:
        with archive.open(_part(CASES, ZIP_DEFLATED), "w", force_zip64=True) as data:
            for one in rows:
                data.write(_line(one))
                kept.writelines(as_json(astuple(file)) + "\n" for file in one.files)
        kept.seek(0)
        missing = list[str]()
        for line in kept:
            stored = Stored(*json.loads(line))
            if stored.path not in archive.NameToInfo:
                if len(archive.NameToInfo) > MOST_FILES:
                    raise TooMany(OF_FILES)
                if not _put(archive, stored, beat):
                    missing.append(f"{stored.number} {stored.name} {stored.sha256}\n")
            beat()
        if missing:
            archive.writestr(_part(MISSING, ZIP_DEFLATED), "".join(missing))


def _put(archive: ZipFile, stored: Stored, beat: Beat) -> bool:
    """Put a file into the archive; whether its content is there."""
    try:
        content = default_storage.open(stored.at)
    except FileNotFoundError:
        return False
    with content, archive.open(_part(stored.path, ZIP_STORED), "w", force_zip64=True) as to:
        while piece := content.read(CHUNK):
            to.write(piece)
            beat()
    return True


def _part(name: str, how: int) -> ZipInfo:
    part = ZipInfo(name, NO_TIME)
    part.compress_type = how
    part.external_attr = 0o600 << 16
    return part


_WRITERS = {
    Form.CSV: _write_csv,
    Form.XLSX: _write_xlsx,
    Form.LINES: _write_lines,
    Form.ZIP: _write_zip,
}
