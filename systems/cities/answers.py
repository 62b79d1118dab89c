"""What a city's Open311 answers, read: JSON or XML, as the specification says and as cities do (no database).

Each row of an answer becomes texts by name. A document that is none of ours (a page of HTML, half an
answer, one with entities of its own) is a mistake of its kind, never a guess.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from xml.etree import ElementTree

from django.utils.dateparse import parse_date, parse_datetime

Row = Mapping[str, str]

#: Lists of GeoReport v2 by the element of a row, with the names that wrap them.
ROWS = ("service", "request", "request_update", "error")
LISTS = ("services", "service_requests", "requests", "service_request_updates", "request_updates")
#: A text of a row is cut there; no field that is read may be longer.
LONGEST = 20_000


class BadAnswer(ValueError):
    """What came is no answer of Open311."""


class _NoEntities(ElementTree.TreeBuilder):
    """Refuses a document with a type of its own: nothing in it is expanded or fetched."""

    def doctype(self, *_declared: Any) -> None:
        raise BadAnswer


def rows_of(written: bytes, form: str) -> list[Row]:
    """The rows of an answer; `form` is "json" or "xml". What is no UTF-8 in a document that says of no
    other way of writing stands there as "�". Raises BadAnswer.
    """
    read = _of_json if form == "json" else _of_xml
    try:
        return read(written)
    except BadAnswer:
        mended = written.decode("utf-8", "replace").encode()
        if mended == written:
            raise
        return read(mended)


def _of_json(written: bytes) -> list[Row]:
    try:
        value = json.loads(written)
    except (ValueError, RecursionError):
        raise BadAnswer from None
    if isinstance(value, dict):
        # Some wrap the list; some send the one row alone.
        lists = [value[name] for name in (*LISTS, "errors") if isinstance(value.get(name), list)]
        value = lists[0] if lists else [value]
    if not isinstance(value, list):
        raise BadAnswer
    return [
        {str(name): _text(part) for name, part in row.items()}
        for row in value
        if isinstance(row, dict)
    ]


def _of_xml(written: bytes) -> list[Row]:
    parser = ElementTree.XMLParser(target=_NoEntities())  # noqa: S314
    try:
        parser.feed(written)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):
        raise BadAnswer from None
    if root.tag not in (*LISTS, "errors"):
        raise BadAnswer
    return [{part.tag: _text(part.text) for part in row} for row in root if row.tag in ROWS]


def _text(value: Any) -> str:
    """A field as text; of a list or an object nothing, and no marks of the machine's own."""
    if value is None or isinstance(value, dict | list | bool):
        return ""
    # Half a letter, as JSON can have it, is none that could be kept.
    whole = str(value).encode("utf-8", "replace").decode()
    return whole.replace("\r\n", "\n").replace("\x00", "").strip()[:LONGEST]


def moment(text: str, zone: Any) -> datetime | None:
    """A date of a city, in UTC; one without its zone is of the `zone`. None for what is no date."""
    try:
        at = parse_datetime(text) or _day(text)
        if at is None:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> datetime | None:
    day = parse_date(text)
    return datetime.combine(day, time.min) if day else None


# --- Statuses ---------------------------------------------------------------------------------

#: Words with which a city is done, in the specification and in its relatives (FixMyStreet writes in upper
#: case, and more kinds than open and closed).
DONE = frozenset(
    {
        *("closed", "fixed", "fixed - council", "fixed - user", "resolved", "completed", "done"),
        *("no further action", "unable to fix", "not responsible", "duplicate", "not councils"),
        *("no_further_action", "unable_to_fix", "not_councils_responsibility", "not_responsible"),
    }
)


def is_done(status: str) -> bool:
    """Whether the city is done with a request, as its status says."""
    return status.strip().casefold() in DONE
