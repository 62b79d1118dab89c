"""The answers of GeoReport v2 as XML and as JSON. Pure.

JSON follows the Spark convention of the specification: an element that only holds several of one kind
is an array, the outermost one too; an empty element is null.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

#: What an answer consists of: texts, numbers, yes or no, nothing; rows of them, and lists of rows.
Value = Any

CONTENT_TYPES = {
    "xml": "text/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
#: The elements of a list, by the name of the list.
ONE_OF = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
#: Characters that no XML document may hold, not even escaped.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def rendered(form: str, root: str, value: Value) -> bytes:
    """An answer in UTF-8. `form` is "xml" or "json", `root` the name of the outermost element."""
    return _json(value) if form == "json" else _xml(root, value)


def w3c(moment: datetime | None) -> str | None:
    """A moment as the specification wants it: to the second, in UTC, marked with Z."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _json(value: Value) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _xml(root: str, value: Value) -> bytes:
    element = _element(root, value)
    written = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    return bytes(written)


def _element(name: str, value: Value) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, dict):
        element.extend(_element(part, content) for part, content in value.items())
    elif isinstance(value, list):
        element.extend(_element(ONE_OF[name], item) for item in value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = NOT_IN_XML.sub("", str(value))
    return element
