"""Files as rows, read as a stream: CSV, XLSX, JSON Lines, also in a ZIP. Memory does not grow with length.

Nothing of an encoding is guessed: a file is UTF-8, or UTF-16 with its mark, or what the mapping says.
"""

import codecs
import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NoReturn, TextIO

from agencies.naming import normalise
from systems.past import workbook
from systems.past.archive import Archive, Damaged
from systems.past.lines import LONGEST_LINE, lines_of

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
#: Kinds whose letters are packed: only their rows tell how they are encoded.
PACKED = ("xlsx", "zip")
#: Kinds whose rows are lines of JSON.
JSON_LINES = ("jsonl", "ndjson", "zip")
#: Digits that a spreadsheet keeps of a number; of more, the last ones are wrong.
SPREADSHEET_DIGITS = 15
#: How it writes a long number into a CSV file: of 1.23457E+15 nine digits are lost.
_CUT = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d\d\d?\Z")
#: Lists and objects of JSON within each other.
DEEPEST = 10


class Unreadable(Exception):
    """The file cannot be read; the sentence says where and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in the file: its number there (the heading is 1), and its cells by column.

    `wrong` is a code where it is no row, or its cells are not those of the heading; `rounded` are columns
    whose number a spreadsheet has cut short; `where` says in words where it stands, if its number does not.
    """

    number: int
    cells: Mapping[str, Cell]
    wrong: str = ""
    rounded: tuple[str, ...] = ()
    where: str = ""


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
        raise Unreadable(
            f"{path.name}: only .csv, .tsv, .xlsx, .jsonl, .ndjson and .zip can be read."
        )
    try:
        with path.open("rb") as file:
            encoding = "" if kind in PACKED else form.encoding or _marked(file.read(4))
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


class _Lines:
    """The lines of a file for a reader of CSV, which remembers those of the row at hand."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file, self._name = file, name
        self.of_row: list[str] = []
        #: The reader wanted more than there is.
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(lines_of(self._file), 1):
            if line is None:
                raise Unreadable(
                    f"{self._name}: line {number:,} has more than 64 million characters, as no row of a"
                    " table has. Is the file one of the kind that its name says?"
                )
            self.of_row.append(line.replace("\0", "") if "\0" in line else line)
            yield self.of_row[-1]
        self.ended = True


def _csv_rows(source: Source) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    with source.path.open(encoding=source.form.encoding, newline="") as file:
        delimiter = source.form.delimiter or _delimiter(file, source.kind)
        file.seek(0)
        lines, number = _Lines(file, source.path.name), 1
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            header = _header(next(reader, []), source)
            lines.of_row.clear()
            for number, cells in enumerate(reader, 2):
                if lines.ended:
                    raise _never_closed(source, number, reader.line_num - len(lines.of_row) + 1)
                if any(cells):
                    yield _checked(_row(number, header, cells), lines, reader.line_num, delimiter)
                lines.of_row.clear()
        except csv.Error as error:
            begins = reader.line_num - len(lines.of_row) + 1
            raise _never_closed(source, number + 1, begins) from error


def _never_closed(source: Source, row: int, line: int) -> Unreadable:
    return Unreadable(
        f"{source.path.name}: a quotation mark in row {row:,}, which begins in line {line:,}, is never"
        " closed: all that follows would be one cell. Close it, or take it out."
    )


def _checked(row: Row, lines: _Lines, line: int, delimiter: str) -> Row:
    """The row, refused if its quotation marks do not fit and other rows may lie in one of its cells."""
    cut = tuple(n for n, cell in row.cells.items() if "E+" in cell and _CUT.match(cell.strip()))
    if cut:
        row = replace(row, rounded=cut)
    if len(lines.of_row) == 1:
        return row
    try:
        for _cells in csv.reader(lines.of_row, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        where = f"lines {line - len(lines.of_row) + 1:,} to {line:,}"
        return replace(row, wrong="quote_open", where=where)
    return row


def _delimiter(file: TextIO, kind: str) -> str:
    """The sign that parts the heading, outside of quotation marks."""
    if kind == "tsv":
        return "\t"
    outside = "".join(file.readline(LONGEST_LINE).split('"')[::2])
    return max(DELIMITERS, key=lambda sign: (outside.count(sign), -DELIMITERS.index(sign)))


@lru_cache(10_000, typed=True)
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
        rows = workbook.rows_of(source.path, source.form.sheet)
        header = _header(next(rows, ()), source)
        for number, values in enumerate(rows, 2):
            cells = [_cell(value) for value in values]
            if any(cell != "" for cell in cells):
                # A row ends with its last filled cell there.
                cells += [""] * (len(header) - len(cells))
                rounded = [n for n, v in zip(header, values, strict=False) if _is_rounded(v)]
                yield replace(_row(number, header, cells), rounded=tuple(rounded))
    except workbook.Broken as error:
        raise Unreadable(f"{source.path.name} {error}.") from error


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
        for number, line in enumerate(lines_of(file), 1):
            if line is None:
                yield Row(number, {}, "line_too_long")
            elif line.strip():
                yield json_row(number, line)


def json_row(number: int, line: str) -> Row:
    """A line of JSON Lines as a row."""
    try:
        value = _JSON.decode(line)
        if _SPELLED_HALF.search(line):
            # Half of a letter outside the first plane is no letter: no database keeps it.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return Row(number, {}, "not_json")
    if not isinstance(value, dict):
        return Row(number, {}, "not_json")
    if line.count("[") + line.count("{") > DEEPEST and _is_deeper(value, DEEPEST):
        return Row(number, {}, "too_deep")
    return Row(number, dict(_flat(value)))


def no_number(word: str) -> NoReturn:
    """Refuses NaN and Infinity, which Python reads and JSON has not. Raises ValueError."""
    raise ValueError(f"{word} is no JSON")


_JSON = json.JSONDecoder(parse_constant=no_number)
_SPELLED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _is_deeper(value: Any, most: int) -> bool:
    """Whether lists and objects lie deeper within each other."""
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return most <= 0 or any(_is_deeper(one, most - 1) for one in inner)


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


# --- An archive with the files ---------------------------------------------------------------------------


def open_archive(path: Path) -> Archive:
    """The archive, open. Raises Unreadable."""
    try:
        return Archive(path)
    except Damaged as error:
        raise Unreadable(f"{path.name}: {error}.") from error


def archived_rows(archive: Archive, name: str) -> Iterator[Row]:
    """The rows of an archive that is open. Raises Unreadable."""
    try:
        for number, line in enumerate(archive.lines(), 1):
            if line.strip():
                yield _packed_row(number, line)
    except Damaged as error:
        raise Unreadable(f"{name}: {error}.") from error


def _packed_row(number: int, line: bytes) -> Row:
    try:
        return json_row(number, line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Row(number, {}, "not_json")


def _zip_rows(source: Source) -> Iterator[Row]:
    with closing(open_archive(source.path)) as archive:
        yield from archived_rows(archive, source.path.name)


_READERS = {
    "csv": _csv_rows,
    "tsv": _csv_rows,
    "xlsx": _xlsx_rows,
    "jsonl": _json_rows,
    "ndjson": _json_rows,
    "zip": _zip_rows,
}
