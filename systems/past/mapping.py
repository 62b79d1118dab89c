"""A mapping: what the columns and words of another system mean here. A TOML or JSON file.

Read once, checked whole: a mistake is said with its place in the file, before any row is read. Pure but for
reading the file. docs/import.md shows how one is written.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agencies.naming import comparable
from complaints.models.case import AnsweredWith, EndedAs, Kind, Priority
from complaints.workflow import State
from systems.past.cleaning import ISO, SPREADSHEET
from systems.past.columns import BY_NAME, Holds
from systems.past.reading import Form, heading

#: Names of imports that would be taken for something else (`systems.models.references`).
RESERVED = ("agency:", "open311:")
MOST_NAME = 80
#: Words that are remembered in the form in which they are looked up.
REMEMBERED = 5_000


class BadMapping(Exception):
    """A mistake in a mapping: the sentence names the place."""


@dataclass(frozen=True, slots=True)
class Stands:
    """What a status of theirs means: where a case stands, how it ended, what the answer was."""

    status: State
    ending: str = ""
    outcome: str = ""
    waiting_from: str = ""


#: What may stand in each table, beside codes of the registry: their word → one of ours.
WORDS: dict[str, tuple[str, ...]] = {
    "kinds": tuple(Kind.values),
    "outcomes": tuple(AnsweredWith.values),
    "endings": tuple(EndedAs.values),
    "priorities": tuple(Priority.values),
}
#: Tables whose values are free: codes of the registry, languages, channels.
FREE = ("channels", "languages", "categories", "places", "agencies")
YES = frozenset(
    {"yes", "y", "true", "1", "ya", "হ্যাঁ", "হ্যা", "benar", "t", "x"},
)
NO = frozenset({"no", "n", "false", "0", "tidak", "না", "salah", "f"})
TOP = {
    **dict.fromkeys(("source", "encoding", "delimiter", "sheet", "time_zone", "misconduct"), str),
    **dict.fromkeys(("dates", "empty"), list),
    **dict.fromkeys(("columns", "defaults", "statuses", *WORDS, *FREE), dict),
    "publish": bool,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meanings:
    """A mapping that was checked. Names of columns and words are in comparable form."""

    source: str
    zone: ZoneInfo
    #: Our column → theirs; several are joined.
    columns: Mapping[str, tuple[str, ...]]
    dates: tuple[str, ...] = (ISO,)
    empty: frozenset[str] = frozenset()
    defaults: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, Stands] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Public texts may be published, masked, where the citizen agreed.
    publish: bool = False
    #: What is done with a text that may be about an official's misconduct.
    misconduct_is_sensitive: bool = True
    form: Form = field(default_factory=Form)
    #: The file is in the portal's own format.
    is_ours: bool = False


def ours(source: str, zone: ZoneInfo, *, publish: bool = False) -> Meanings:
    """The mapping of a file in the portal's own format."""
    columns = {name: (name,) for name in BY_NAME}
    return Meanings(checked_source(source), zone, columns, publish=publish, is_ours=True)


def checked_source(source: str) -> str:
    """The name of an import. Raises BadMapping."""
    name = source.strip()
    if not name or len(name) > MOST_NAME or name.startswith(RESERVED):
        raise BadMapping(
            f"An import needs a name of at most {MOST_NAME} characters that does not begin with"
            " agency: or open311: (source = … in the mapping, or --source)."
        )
    return name


def read_mapping(path: Path, *, zone: ZoneInfo, source: str = "") -> Meanings:
    """The mapping in a file. `zone` is the country's, `source` a name that comes before the file's own.

    Raises BadMapping.
    """
    values = _read(path)
    for name, value in values.items():
        if name not in TOP:
            raise BadMapping(
                f"{path.name}: {name} is unknown. Known are: {', '.join(sorted(TOP))}."
            )
        if not isinstance(value, TOP[name]):
            raise BadMapping(f"{path.name}: {name} is not a {_called(TOP[name])}.")
    at = _At(path.name, values)
    return Meanings(
        source=checked_source(source or values.get("source", "")),
        zone=at.zone(zone),
        columns=at.columns(),
        dates=at.dates(),
        empty=frozenset(comparable(str(word)) or str(word) for word in values.get("empty", ())),
        defaults=at.defaults(),
        statuses=at.statuses(),
        words={name: at.words(name) for name in (*WORDS, *FREE)},
        publish=values.get("publish", False),
        misconduct_is_sensitive=at.misconduct(),
        form=Form(*(values.get(name, "") for name in ("encoding", "delimiter", "sheet"))),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8-sig")
        values = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise BadMapping(f"{path}: {error.strerror}.") from error
    except ValueError as error:
        # Both name line and column.
        raise BadMapping(f"{path.name} cannot be read: {error}.") from error
    if not isinstance(values, dict):
        raise BadMapping(f"{path.name} is not a table of names and values.")
    return values


def _called(kind: type) -> str:
    return {str: "text", list: "list", dict: "table", bool: "true or false"}[kind]


@dataclass(frozen=True, slots=True)
class _At:
    """The parts of a mapping, each checked; mistakes are said with their place."""

    file: str
    values: Mapping[str, Any]

    def wrong(self, where: str, what: str) -> BadMapping:
        return BadMapping(f"{self.file}, {where}: {what}.")

    def zone(self, otherwise: ZoneInfo) -> ZoneInfo:
        name = self.values.get("time_zone", "")
        try:
            return ZoneInfo(name) if name else otherwise
        except (KeyError, ValueError, OSError) as error:
            raise self.wrong("time_zone", f"{name} is not the name of a time zone") from error

    def columns(self) -> dict[str, tuple[str, ...]]:
        columns = dict[str, tuple[str, ...]]()
        for name, theirs in self.values.get("columns", {}).items():
            if name not in BY_NAME:
                raise self.wrong(f"columns.{name}", "there is no such column here")
            listed = theirs if isinstance(theirs, list) else [theirs]
            if not listed or not all(isinstance(one, str) and one.strip() for one in listed):
                raise self.wrong(f"columns.{name}", "give the name of a column, or a list of names")
            columns[name] = tuple(heading(one) for one in listed)
        for name in ("external_id", "text", "filed_at"):
            if name not in columns:
                raise self.wrong("columns", f"{name} is needed")
        return columns

    def dates(self) -> tuple[str, ...]:
        formats = tuple(self.values.get("dates", (ISO,)))
        for name in formats:
            if name not in (ISO, SPREADSHEET) and not _is_format(name):
                raise self.wrong(
                    "dates", f"{name!r} is not a format like %d/%m/%Y, nor {ISO} or {SPREADSHEET}"
                )
        if not formats:
            raise self.wrong("dates", "name one format at least")
        return formats

    def defaults(self) -> dict[str, str]:
        for name, value in self.values.get("defaults", {}).items():
            if name not in BY_NAME or BY_NAME[name].holds in (Holds.MOMENT, Holds.JSON):
                raise self.wrong(f"defaults.{name}", "there is no default for this")
            if not isinstance(value, (str, bool, int, float)):
                raise self.wrong(f"defaults.{name}", "a text, a number, true or false")
        return {name: _text(value) for name, value in self.values.get("defaults", {}).items()}

    def words(self, table: str) -> dict[str, str]:
        ours, known = dict[str, str](), WORDS.get(table)
        for theirs, value in self.values.get(table, {}).items():
            where = f"{table}.{theirs!r}"
            if not isinstance(value, str):
                raise self.wrong(where, "a text is needed")
            if known is not None and value not in known:
                raise self.wrong(where, f"{value!r} is none of {', '.join(known)}")
            ours[key(theirs)] = value
        return ours

    def statuses(self) -> dict[str, Stands]:
        return {
            key(theirs): self._stands(f"statuses.{theirs!r}", value)
            for theirs, value in self.values.get("statuses", {}).items()
        }

    def _stands(self, where: str, value: Any) -> Stands:
        given = {"status": value} if isinstance(value, str) else value
        if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
            raise self.wrong(where, "a status, or a table with status, ending and outcome")
        known = {
            "status": tuple(State),
            "ending": WORDS["endings"],
            "outcome": WORDS["outcomes"],
            "waiting_from": (State.RECEIVED.value, State.IN_PROGRESS.value),
        }
        for name, word in given.items():
            if name not in known:
                raise self.wrong(where, f"{name} is unknown")
            if word not in known[name]:
                raise self.wrong(where, f"{word!r} is none of {', '.join(known[name])}")
        if "status" not in given:
            raise self.wrong(where, "it says no status")
        if given.get("ending") and given["status"] != State.CLOSED:
            raise self.wrong(where, "only what is closed has an ending")
        return Stands(State(given["status"]), **{n: w for n, w in given.items() if n != "status"})

    def misconduct(self) -> bool:
        word = self.values.get("misconduct", "sensitive")
        if word not in ("sensitive", "doubt"):
            raise self.wrong("misconduct", 'say "sensitive" or "doubt"')
        return bool(word == "sensitive")


def _is_format(name: Any) -> bool:
    """Whether it is a format of `strptime` that says at least which day."""
    if not isinstance(name, str) or "%" not in name:
        return False
    first, second = datetime(2003, 11, 25), datetime(2004, 12, 26)  # noqa: DTZ001
    try:
        return all(
            datetime.strptime(at.strftime(name), name).date() == at.date()  # noqa: DTZ007
            for at in (first, second)
        )
    except ValueError:
        return False


@lru_cache(REMEMBERED)
def key(word: str) -> str:
    """Their word as it is looked up; what has no letters stays as it is."""
    return comparable(word) or word.strip()


@lru_cache(REMEMBERED)
def first_letters(words: frozenset[str]) -> frozenset[str]:
    """With which letters words in that form begin."""
    return frozenset(word[:1] for word in words)


@lru_cache(REMEMBERED)
def longest(words: frozenset[str]) -> int:
    """Letters of what can be one of these words: twice as many as they have, for signs that do not count."""
    return 2 * max(map(len, words), default=0) + 40


def _text(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
