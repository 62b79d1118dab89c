"""Reads the files of a country pack into rows; says what can't be read, by file and line."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from agencies.loading.mistakes import Mistakes
from agencies.loading.rows import (
    CategoryRow,
    CountryInfo,
    DeadlineRow,
    HolidayRow,
    Names,
    OfficeRow,
    OfficeTypeRow,
    Pack,
    PatternRow,
    PlaceRow,
    ServiceRow,
)
from agencies.naming import normalise

PACKS = Path(__file__).resolve().parent.parent / "packs"
LANGUAGES = ("en", "bn", "id")
#: Read in full before anything is checked; the others are notices and licences.
SUFFIXES = {".csv", ".gz", ".json"}
TRUE, FALSE = {"1", "true", "yes"}, {"", "0", "false", "no"}


def pack_digest(folder: Path, *also: str) -> str:
    """SHA-256 over the pack's files (names and bytes) and whatever else the result hangs on."""
    digest = hashlib.sha256("\0".join(also).encode())
    for path in sorted(folder.iterdir()):
        if path.suffix in SUFFIXES:
            digest.update(f"\0{path.name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Line:
    """One line of a CSV file: cells by column, and complaints about them."""

    __slots__ = ("cells", "mistakes", "where")

    def __init__(self, where: str, cells: dict[str, str], mistakes: Mistakes) -> None:
        self.where = where
        self.cells = cells
        self.mistakes = mistakes

    def text(self, column: str) -> str:
        """A cell in NFC with tidy space; empty if the column isn't there."""
        return normalise(self.cells.get(column) or "")

    def names(self, prefix: str = "") -> Names:
        """The languages that are filled in."""
        found = {language: self.text(prefix + language) for language in LANGUAGES}
        return {language: name for language, name in found.items() if name}

    def alternatives(self, column: str) -> tuple[str, ...]:
        """A cell that holds several things, parted by bars; each once, in order."""
        parts = (part.strip() for part in self.text(column).split("|"))
        return tuple(dict.fromkeys(part for part in parts if part))

    def number(self, column: str) -> int:
        """A whole number from 0 up."""
        value = self.text(column)
        if not (value.isascii() and value.isdigit()):
            self.mistakes.add(self.where, f"{column} “{value}” is not a whole number")
            return 0
        return int(value)

    def degrees(self, column: str) -> float | None:
        """A latitude or longitude; None if the cell is empty."""
        value = self.text(column)
        try:
            return float(value) if value else None
        except ValueError:
            self.mistakes.add(self.where, f"{column} “{value}” is not a number")
            return None

    def money(self, column: str) -> Decimal | None:
        """An amount with two decimals at most; None if the cell is empty."""
        value = self.text(column)
        try:
            return Decimal(value).quantize(Decimal("0.01")) if value else None
        except InvalidOperation:
            self.mistakes.add(self.where, f"{column} “{value}” is not an amount")
            return None

    def truth(self, column: str) -> bool:
        """1, true, yes; or 0, false, no, empty."""
        value = self.text(column).lower()
        if value not in TRUE | FALSE:
            self.mistakes.add(self.where, f"{column} “{value}” is neither 1 nor 0")
        return value in TRUE

    def day(self, column: str) -> date:
        """A date, written 2026-12-16."""
        value = self.text(column)
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.mistakes.add(self.where, f"{column} “{value}” is not a date")
            return date.min


def read_pack(folder: Path, digest: str, mistakes: Mistakes) -> Pack:
    """Read every file that is there. Links between rows are checked later (`checking`)."""
    pack = Pack(info=_country(folder, mistakes), digest=digest)

    def lines(name: str, *columns: str) -> Iterator[Line]:
        return _lines(folder / name, columns, mistakes)

    pack.places = [_place(line) for line in lines("places.csv.gz", "code", "parent", "level")]
    pack.office_types = [_type(line) for line in lines("office_types.csv", "code", "body", "level")]
    pack.offices = [_office(line) for line in lines("offices.csv", "code", "parent", "type")]
    pack.patterns = [
        _pattern(line) for line in lines("office_patterns.csv", "type", "for_level", "parent")
    ]
    pack.categories = [_category(line) for line in lines("categories.csv", "code", "parent")]
    pack.services = [
        _service(line) for line in lines("services.csv", "code", "office", "office_type", "days")
    ]
    pack.policies = [_policy(line) for line in lines("policies.csv", "name", "amount", "unit")]
    pack.holidays = [
        HolidayRow(line.day("date"), line.names(), "pack") for line in lines("holidays.csv", "date")
    ]
    return pack


def _country(folder: Path, mistakes: Mistakes) -> CountryInfo:
    try:
        given = json.loads((folder / "country.json").read_text(encoding="utf-8"))
        return CountryInfo(
            code=given["code"],
            names=given["names"],
            languages=tuple(given["languages"]),
            default_language=given["default_language"],
            time_zone=given["time_zone"],
            weekend=tuple(given["weekend"]),
            currency=given["currency"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        mistakes.add("country.json", f"can't be read: {error!r}")
        mistakes.stop_if_any()
        raise


def _lines(path: Path, columns: tuple[str, ...], mistakes: Mistakes) -> Iterator[Line]:
    if not path.exists():
        return
    data = path.read_bytes()
    try:
        content = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        mistakes.add(path.name, f"can't be read: {error}")
        return
    reader = csv.DictReader(io.StringIO(content, newline=""))
    missing = set(columns) - set(reader.fieldnames or ())
    if missing:
        mistakes.add(path.name, f"lacks the column {', '.join(sorted(missing))}")
        return
    for cells in reader:
        line = Line(f"{path.name} line {reader.line_num}", cells, mistakes)
        if None in cells:
            mistakes.add(line.where, "has more cells than the head of the file")
            continue
        yield line


def _place(line: Line) -> PlaceRow:
    return PlaceRow(
        code=line.text("code"),
        parent=line.text("parent"),
        level=line.text("level"),
        names=line.names(),
        latitude=line.degrees("lat"),
        longitude=line.degrees("lon"),
    )


def _type(line: Line) -> OfficeTypeRow:
    return OfficeTypeRow(line.text("code"), line.text("body"), line.text("level"), line.names())


def _office(line: Line) -> OfficeRow:
    return OfficeRow(
        code=line.text("code"),
        parent=line.text("parent"),
        type=line.text("type"),
        names=line.names(),
        short=line.text("short"),
        aliases=line.alternatives("aliases"),
        email=line.text("email"),
        website=line.text("website"),
        places=line.alternatives("place"),
        where=line.where,
    )


def _pattern(line: Line) -> PatternRow:
    return PatternRow(
        type=line.text("type"),
        for_level=line.text("for_level"),
        parent=line.text("parent"),
        names=line.names(),
        aliases=line.alternatives("aliases"),
        under=line.alternatives("under"),
        not_under=line.alternatives("not_under"),
        where=line.where,
    )


def _category(line: Line) -> CategoryRow:
    return CategoryRow(line.text("code"), line.text("parent"), line.names())


def _service(line: Line) -> ServiceRow:
    return ServiceRow(
        code=line.text("code"),
        office=line.text("office"),
        office_type=line.text("office_type"),
        category=line.text("category"),
        names=line.names(),
        what=line.names("what_"),
        days=line.number("days"),
        working_days=line.truth("working_days"),
        fee=line.money("fee"),
        where=line.where,
    )


def _policy(line: Line) -> DeadlineRow:
    return DeadlineRow(
        name=line.text("name"),
        amount=line.number("amount"),
        unit=line.text("unit"),
        agency=line.text("agency"),
        kind=line.text("kind"),
        priority=line.text("priority"),
        where=line.where,
    )
