"""What a provider sends as a form or in an address: percent-encoded bytes, made into words.

Telephones, operators and gateways disagree about encodings, and Django would put a question mark where
bytes are no UTF-8. Here every byte is kept: in the worst case as a letter that looks wrong.
"""

import codecs
from urllib.parse import parse_qsl

from django.http import HttpRequest

from channels.inbound import NotUnderstood

#: More fields than any provider sends.
MOST_FIELDS = 200
#: Charsets that a gateway may name, as Python calls them; its other names ("GSM") say nothing.
CHARSETS = frozenset({"utf-8", "utf-16-be", "utf-16-le", "iso8859-1", "cp1252"})
#: What SMS call UCS-2 is big-endian UTF-16 in practice.
NAMES = {"ucs-2": "utf-16-be", "ucs2": "utf-16-be", "utf16-be": "utf-16-be", "2": "utf-16-be"}

Pairs = list[tuple[bytes, bytes]]


def pairs(request: HttpRequest) -> Pairs:
    """The fields of a request in order, as bytes: of its body, or of its address without one.

    Raises NotUnderstood for more fields than any provider sends.
    """
    raw = request.body.decode("latin-1") or str(request.META.get("QUERY_STRING", ""))
    try:
        found = parse_qsl(
            raw, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise NotUnderstood("too_many_fields") from None
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found]


def fields(request: HttpRequest) -> dict[str, str]:
    """The fields as words; where `charset` (or else `coding`) is one of them, in that charset."""
    found = pairs(request)
    named = {name: value.decode("latin-1") for name, value in found}
    charset = _charset(named.get(b"charset", "")) or _charset(named.get(b"coding", ""))
    return {words(name): words(value, charset) for name, value in found}


def words(raw: bytes, charset: str = "") -> str:
    """Bytes as text, without losing one.

    What is good UTF-8 is UTF-8, whatever was declared: other encodings look like it only by a rare
    accident, unless every second byte is null. Then comes the declared charset. Bytes that fit nowhere
    stand as \\xe9 between letters that do, or as Latin letters where there are none.
    """
    try:
        text = raw.decode()
        if "\0" not in text or not charset.startswith("utf-16"):
            return text
    except UnicodeDecodeError:
        pass
    if charset:
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            pass
    if not raw.decode("utf-8", "ignore").isascii():
        return raw.decode("utf-8", "backslashreplace")
    return raw.decode("latin-1")


def _charset(name: str) -> str:
    """A charset's name in Python, if it is one that SMS come in."""
    name = name.strip().lower()
    try:
        found = codecs.lookup(NAMES.get(name, name)).name
    except (LookupError, ValueError):
        return ""
    return found if found in CHARSETS else ""
