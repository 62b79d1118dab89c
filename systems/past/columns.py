"""The portal's own format of cases in a file: one row a case, the same columns in CSV, XLSX and JSON Lines.

`export_cases` writes it; `import_cases` reads it without a mapping. Pure: plain values in, plain values out.
In JSON Lines a moment is a text, a flag is true or false, a number is a number, `history` and `files` are
lists, and what is empty is left out. In CSV and XLSX everything is text: flags are `yes` and `no`,
`history` and `files` are JSON. A text that is longer than a cell of a spreadsheet goes on in `<column>_2`,
`<column>_3` …
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

#: What a cell of XLSX holds, in UTF-16 units: a letter outside the first plane counts twice.
CELL = 32_767


class Holds(StrEnum):
    """What a column holds."""

    TEXT = "text"
    #: A code of the portal: of an office, a category, a place, a state.
    CODE = "code"
    #: ISO 8601 in UTC, with microseconds: 2019-03-01T08:30:00.000000Z.
    MOMENT = "moment"
    FLAG = "flag"
    NUMBER = "number"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name."""

    name: str
    holds: Holds
    #: It is read, but no export writes it.
    only_read: bool = False


def _columns(holds: Holds, *names: str, only_read: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, holds, only_read) for name in names)


COLUMNS: tuple[Column, ...] = (
    # The id that the case has where it comes from. A case that was exported from a portal has its number.
    *_columns(Holds.TEXT, "external_id"),
    *_columns(Holds.CODE, "number", "kind", "status", "waiting_from", "ending", "outcome"),
    *_columns(Holds.CODE, "priority", "language", "channel"),
    *_columns(Holds.TEXT, "text"),
    *_columns(Holds.CODE, "category", "place"),
    *_columns(Holds.TEXT, "place_note"),
    *_columns(Holds.NUMBER, "latitude", "longitude"),
    # The agency that the citizen named; who has it, or had it last; who passed it down to them.
    *_columns(Holds.CODE, "agency_named", "holder", "passed_by"),
    *_columns(Holds.FLAG, "sensitive", "anonymous", "on_behalf"),
    *_columns(Holds.MOMENT, "filed_at", "forwarded_at", "answered_at", "closed_at"),
    *_columns(Holds.NUMBER, "rating"),
    *_columns(Holds.TEXT, "rating_comment"),
    *_columns(Holds.FLAG, "publish_consent"),
    *_columns(Holds.TEXT, "public_text"),
    *_columns(Holds.MOMENT, "published_at"),
    # When all that was said in it was erased, by offices too: it may then have no `text`.
    *_columns(Holds.MOMENT, "words_erased_at"),
    # A list of `Step`, and one of {"name", "sha256", "step"}: the file's step by its place in the history.
    *_columns(Holds.JSON, "history", "files"),
    # Kept by other systems beside the case; in our own format they are in the history, or nowhere.
    *_columns(Holds.TEXT, "answer", only_read=True),
    *_columns(
        Holds.TEXT, "contact_name", "contact_phone", "contact_email", "contact_for", only_read=True
    ),
)
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
WRITTEN: tuple[Column, ...] = tuple(column for column in COLUMNS if not column.only_read)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a case's history: the first one is `submit`, whose words are the column `text`.

    `at` is a moment as text; `move` one of ours, or "" where only a state is known; `before` and `to` are
    states; `office` is the code of the office that acted, `channel` and `party` are as in an event; `said`
    the words by part, of a statement's `kind`; `data` holds codes, never ids of people. Where words were
    said and erased, `erased` is true; of the filing, whose words are `text`, too.
    """

    at: str
    move: str = ""
    before: str = ""
    to: str = ""
    office: str = ""
    channel: str = ""
    party: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    internal: bool = False
    erased: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The step as a file holds it: what is empty is left out; `before` is called `from` there."""
        values = {"from" if name == "before" else name: v for name, v in asdict(self).items()}
        return {name: value for name, value in values.items() if value not in ("", False, {})}


#: What a step's values are, as JSON has them, and what they are called.
_HELD: Mapping[str, Any] = {
    one.name: one.type if one.type in (str, bool) else dict for one in fields(Step)
}
_CALLED: Mapping[type, str] = {str: "a text", dict: "a table", bool: "true or false"}
#: Letters of a code in a step; how a part of what was said is called.
LONGEST_CODE = 200
_PART = re.compile(r"[a-z0-9_]{1,40}\Z")
#: Half of a letter outside the first plane: JSON can spell it, no database keeps it.
_HALF = re.compile(r"[\ud800-\udfff]")


def step_of(value: Any) -> Step:
    """A step as a file holds it. Raises ValueError, which says what is wrong with what is none."""
    if not isinstance(value, Mapping):
        raise ValueError("a step is not a table")
    if not isinstance(value.get("at"), str):
        raise ValueError("at is not a text")
    for name, held in value.items():
        if wrong := _wrong(name, held):
            raise ValueError(wrong)
    return Step(**{("before" if name == "from" else name): v for name, v in value.items()})


def _wrong(name: str, held: Any) -> str:
    """What is wrong with a value of a step, if anything."""
    kind = _HELD.get("before" if name == "from" else name)
    if kind is None:
        return f"a step has nothing called {name[:LONGEST_CODE]}"
    if type(held) is not kind:
        return f"{name} is not {_CALLED[kind]}"
    if kind is str and (len(held) > LONGEST_CODE or not is_plain(held)):
        return f"{name} is not a code"
    if name == "said" and not all(_PART.match(part) and _is_said(w) for part, w in held.items()):
        return "said is not a table of words by part"
    return ""


def _is_said(words: Any) -> bool:
    return isinstance(words, str) and is_whole(words)


def is_whole(text: str) -> bool:
    """Whether it holds no half of a letter."""
    return text.isascii() or _HALF.search(text) is None


def is_plain(text: str) -> bool:
    """Whether a database keeps it as it is: whole letters, and no NUL."""
    return "\0" not in text and is_whole(text)


# --- Cells of CSV and XLSX -------------------------------------------------------------------------------

YES, NO = "yes", "no"


def as_json(value: Any) -> str:
    """JSON in a cell: the same value is always the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_cells(row: Mapping[str, Any], most: int = CELL) -> dict[str, str]:
    """A row of JSON Lines as texts by column, longer ones in as many cells as they need.

    `most` is what a cell holds; of CSV, whose cells have no end, `sys.maxsize`.
    """
    cells = dict[str, str]()
    for column in WRITTEN:
        value = row.get(column.name)
        for place, piece in enumerate(pieces(_as_text(column, value), most), 1):
            cells[column.name if place == 1 else f"{column.name}_{place}"] = piece
    return cells


def _as_text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    match column.holds:
        case Holds.FLAG:
            return YES if value else NO
        case Holds.JSON:
            return as_json(value)
    return str(value)


def pieces(text: str, most: int = CELL) -> Iterator[str]:
    """A text in pieces that a cell holds; one piece at least. No letter is cut in two."""
    if len(text) * 2 <= most:
        yield text
        return
    begun = size = 0
    for place, letter in enumerate(text):
        units = 2 if ord(letter) > 0xFFFF else 1
        if size + units > most:
            yield text[begun:place]
            begun, size = place, 0
        size += units
    yield text[begun:]


def joined(cells: Mapping[str, str]) -> dict[str, str]:
    """Cells as they were read, with `<column>_2` … put behind their column again."""
    whole = dict[str, str]()
    for column in COLUMNS:
        text, place = cells.get(column.name, ""), 2
        while (more := cells.get(f"{column.name}_{place}")) is not None:
            text, place = text + more, place + 1
        whole[column.name] = text
    return whole


#: What makes a spreadsheet take a text of a CSV file for a formula; and the sign that keeps it from that.
_FORMULA, _GUARD = ("=", "+", "-", "@", "\t", "\r", "\n"), "'"


def guarded(text: str) -> str:
    """A text of a CSV file in our own format that no spreadsheet takes for a formula."""
    return _GUARD + text if text.startswith((*_FORMULA, _GUARD)) else text


def unguarded(text: str) -> str:
    """What `guarded` made this of."""
    is_guarded = text.startswith(_GUARD) and text[1:].startswith((*_FORMULA, _GUARD))
    return text[1:] if is_guarded else text


#: What XML cannot hold, or reads as something else, and a text that looks like its spelling.
_UNHELD = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SPELLED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def spelled(text: str) -> str:
    """A text as a cell of XLSX holds it: such letters by their numbers, `_x000D_`, as spreadsheets do."""
    return _UNHELD.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unspelled(text: str) -> str:
    """What `spelled` made this of."""
    return _SPELLED.sub(lambda found: chr(int(found[1], 16)), text)


# --- When two rows are the same case ---------------------------------------------------------------------

#: What a case is given anew where it is brought in.
GIVEN_ANEW = frozenset({"external_id", "number"})


def comparable_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of JSON Lines as it has to come back: export, import and export again give an equal one."""
    return {
        column.name: _comparable(row[column.name])
        for column in WRITTEN
        if column.name not in GIVEN_ANEW and row.get(column.name) not in (None, "", [], {})
    }


def _comparable(value: Any) -> Any:
    """Lists of steps and files in one form; everything else as it is."""
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value
