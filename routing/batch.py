"""Complaints from a file or a command line: rows in, decisions out."""

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from routing.compiled import CompiledRuleset
from routing.engine import decide
from routing.facts import Decision, Facts
from routing.place_names import place_code
from routing.text import guess_language

ADDED = (
    "agency", "agency_name", "suggested", "confidence", "reasons", "desk_because", "place_used",
)  # fmt: skip


class UnreadableFile(ValueError):
    """The file can't be read; the message says why."""


def facts_for(ruleset: CompiledRuleset, text: str, *, place: str = "", category: str = "") -> Facts:
    """Facts of a bare text. `place` is a code or names joined by `/`; language is guessed."""
    index = ruleset.index
    return Facts(
        text=text,
        country=index.country,
        language=guess_language(text, index.languages),
        place=place_code(ruleset, place),
        category=category.strip(),
    )


def office_name(ruleset: CompiledRuleset, code: str, language: str) -> str:
    """An office's name in a language; "" for no office."""
    office = ruleset.index.offices.get(code)
    return office.name(language) if office else ""


def added_columns(decision: Decision, facts: Facts, ruleset: CompiledRuleset) -> dict[str, str]:
    """What a row gets: the office (empty when the desk has to look), how sure, and why."""
    reasons = decision.to_json()["reasons"]
    return {
        "agency": decision.target,
        "agency_name": office_name(ruleset, decision.target, facts.language),
        "suggested": decision.suggested,
        "confidence": f"{decision.confidence:.3f}",
        "reasons": json.dumps(reasons, ensure_ascii=False),
        "desk_because": decision.desk_because,
        "place_used": decision.place,
    }


def read_rows(path: Path) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The columns and rows of a CSV file with a column `text`. Raises `UnreadableFile`."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            content = file.read()
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path}: is not UTF-8 (byte {error.start + 1})") from error
    reader = csv.DictReader(io.StringIO(content, newline=""))
    columns = list(reader.fieldnames or ())
    if "text" not in columns:
        raise UnreadableFile(f"{path}: has no column “text” (it has: {', '.join(columns) or '-'})")
    return columns, _checked(reader, path)


def _checked(reader: "csv.DictReader[str]", path: Path) -> Iterator[dict[str, str]]:
    try:
        for row in reader:
            row.pop(None, None)  # cells beyond the last column
            yield {column: value or "" for column, value in row.items()}
    except csv.Error as error:
        raise UnreadableFile(f"{path} line {reader.line_num}: {error}") from error


def route_row(ruleset: CompiledRuleset, row: Mapping[str, str]) -> tuple[Facts, Decision]:
    """Decide one row (`text`, and if they are there `place`, `category`)."""
    facts = facts_for(
        ruleset,
        row.get("text", ""),
        place=row.get("place", ""),
        category=row.get("category", ""),
    )
    return facts, decide(facts, ruleset)
