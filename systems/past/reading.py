"""Files as rows, read as a stream: CSV, XLSX, JSON Lines. Memory does not grow with their length.

Nothing of an encoding is guessed: a file is UTF-8, or UTF-16 with its mark, or what the mapping says.
"""

import codecs
import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, TextIO
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from agencies.naming import normalise

Cell = Any
#: Characters of one cell: more is a quotation mark that was never closed.
LONGEST_CELL = 2_000_000
#: What is hashed and looked through at once.
BLOCK = 1 << 20
#: The marks that say how a file is encoded, longer ones first.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = ",;\t|"
#: Digits that a spreadsheet keeps of a number; of more, the last ones are wrong.
SPREADSHEET_DIGITS = 15


class Unreadable(Exception):
    """The file cannot be read; the sentence says where and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in the file: its number there (the heading is 1), and its cells by column.

    `wrong` is a code where it is no row at all, or its cells are not those of the heading; `rounded` are
    columns whose number a spreadsheet has cut short.
    """

    number: int
    cells: Mapping[str, Cell]
    wrong: str = ""
    rounded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is to be read, where a mapping says so; empty: found out from the file."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file with its hash (SHA-256, hex), the way it is read and its encoding."""

    path: Path
    kind: str
    sha256: str
    form: Form

    def rows(self) -> Iterator[Row]:
        """Its rows, one by one. Raises Unreadable."""
        return _READERS[self.kind](self)


def open_source(path: Path, form: Form | None = None) -> Source:
    """Look through the whole file once: its hash, and whether its letters are those of its encoding.

    Raises Unreadable.
    """
    form, kind = form or Form(), path.suffix.lower().lstrip(".")
    if kind not in _READERS:
        raise Unreadable(f"{path.name}: only .csv, .tsv, .xlsx, .jsonl and .ndjson can be read.")
    try:
        with path.open("rb") as file:
            encoding = "" if kind == "xlsx" else form.encoding or _marked(file.read(4))
            file.seek(0)
            found = _looked_through(file, encoding)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}.") from error
    return Source(path, kind, found, Form(encoding, form.delimiter, form.sheet))


def _marked(begins: bytes) -> str:
    """The encoding that a file's mark names, else UTF-8."""
    return next((name for mark, name in MARKS if begins.startswith(mark)), "utf-8")


def _looked_through(file: Any, encoding: str) -> str:
    digest, at = hashlib.sha256(), 0
    try:
        decoder = codecs.getincrementaldecoder(encoding)() if encoding else None
    except LookupError as error:
        raise Unreadable(f"The mapping names an encoding that there is not: {encoding}.") from error
    while block := file.read(BLOCK):
        digest.update(block)
        try:
            if decoder is not None:
                decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _not_its_letters(encoding, at + error.start) from error
        at += len(block)
    try:
        if decoder is not None:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_its_letters(encoding, at) from error
    return digest.hexdigest()


def _not_its_letters(encoding: str, at: int) -> Unreadable:
    return Unreadable(
        f"The file is not {encoding} (near byte {at:,}). If it is of another encoding, say so in the"
        ' mapping: encoding = "cp1252".'
    )


# --- CSV -------------------------------------------------------------------------------------------------


def _csv_rows(source: Source) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    with source.path.open(encoding=source.form.encoding, newline="") as file:
        delimiter = source.form.delimiter or _delimiter(file, source.kind)
        file.seek(0)
        reader = csv.reader(_without_nulls(file), delimiter=delimiter)
        try:
            header = _header(next(reader, []), source)
            for number, cells in enumerate(reader, 2):
                if any(cells):
                    yield _row(number, header, cells)
        except csv.Error as error:
            raise Unreadable(
                f"{source.path.name}, line {reader.line_num:,}: {error}. A quotation mark may not be closed."
            ) from error


def _without_nulls(file: TextIO) -> Iterator[str]:
    return (line.replace("\0", "") for line in file)


def _delimiter(file: TextIO, kind: str) -> str:
    """The sign that parts the heading, outside of quotation marks."""
    if kind == "tsv":
        return "\t"
    outside = "".join(file.readline().split('"')[::2])
    return max(DELIMITERS, key=lambda sign: (outside.count(sign), -DELIMITERS.index(sign)))


def heading(text: Any) -> str:
    """A column's name as it is compared: NFC, blanks within it once, no matter the case."""
    return normalise(str(text if text is not None else "")).strip("\ufeff").casefold()


def _header(cells: Sequence[Any], source: Source) -> list[str]:
    header = [heading(cell) for cell in cells]
    while header and not header[-1]:
        header.pop()
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if not any(header):
        raise Unreadable(f"{source.path.name} has no heading.")
    if twice:
        raise Unreadable(
            f"{source.path.name} has two columns of the same name: {', '.join(twice)}."
        )
    return header


def _row(number: int, header: Sequence[str], cells: Sequence[Cell]) -> Row:
    more = [cell for cell in cells[len(header) :] if cell not in ("", None)]
    wrong = "cells_too_many" if more else "cells_missing" if len(cells) < len(header) else ""
    return Row(number, dict(zip_longest(header, cells[: len(header)], fillvalue="")), wrong)


# --- XLSX ------------------------------------------------------------------------------------------------


def _xlsx_rows(source: Source) -> Iterator[Row]:
    try:
        book = load_workbook(source.path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise Unreadable(f"{source.path.name} is no XLSX file, or it is damaged.") from error
    try:
        sheet = book[source.form.sheet] if source.form.sheet else book.worksheets[0]
        # What other programs write of a sheet's size is often wrong, and rows behind it would be left out.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        header = _header(next(rows, ()), source)
        for number, values in enumerate(rows, 2):
            cells = [_cell(value) for value in values]
            if any(cell != "" for cell in cells):
                # A row ends with its last filled cell there.
                cells += [""] * (len(header) - len(cells))
                rounded = [n for n, v in zip(header, values, strict=False) if _is_rounded(v)]
                yield replace(_row(number, header, cells), rounded=tuple(rounded))
    except KeyError as error:
        raise Unreadable(f"{source.path.name} has no sheet {source.form.sheet!r}.") from error
    finally:
        book.close()


def _cell(value: Any) -> Cell:
    """A value of a spreadsheet: dates stay dates, whole numbers lose the point that they never had."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value
    return str(value)


def _is_rounded(value: Any) -> bool:
    """Whether it is a number of more digits than a spreadsheet keeps."""
    return isinstance(value, (int, float)) and abs(value) >= 10**SPREADSHEET_DIGITS


# --- JSON Lines ------------------------------------------------------------------------------------------


def _json_rows(source: Source) -> Iterator[Row]:
    with source.path.open(encoding=source.form.encoding) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row:
    try:
        value = json.loads(line)
        # Half of a letter outside the first plane is no letter: no database keeps it.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return Row(number, {}, "not_json")
    if not isinstance(value, dict):
        return Row(number, {}, "not_json")
    return Row(number, dict(_flat(value)))


def _flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Cell]]:
    """Values by name; those within an object are called `object.name`."""
    for name, inner in value.items():
        whole = f"{before}{heading(name)}"
        if isinstance(inner, dict):
            yield from _flat(inner, f"{whole}.")
        else:
            yield whole, _json_cell(inner)


def _json_cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, list) else str(value)


_READERS = {
    "csv": _csv_rows,
    "tsv": _csv_rows,
    "xlsx": _xlsx_rows,
    "jsonl": _json_rows,
    "ndjson": _json_rows,
}
