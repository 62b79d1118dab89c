"""A letter taken apart: headers, words and files, whatever its sender's program did to them.

The standard library's older policy is used on purpose: it raises on no header, however broken, and
keeps the raw bytes; the newer one does neither. Declared charsets are often wrong, so UTF-8 is
tried first: what is valid UTF-8 is hardly ever anything else.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from django.utils.html import strip_tags
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement
from inscriptis.model.tag import CustomHtmlTagHandlerMapping

#: Charsets whose bytes are ASCII or no UTF-8 at all, so that only the declared name can be right.
_STATEFUL = ("utf-16", "utf-32", "utf-7", "iso-2022", "hz")
#: Characters of HTML that are read: no letter has more words.
MOST_HTML = 500_000
#: A letter of the largest size has fewer lines, and hardly a hundred parts; more would fill the memory.
MOST_LINES, MOST_BOUNDARIES = 800_000, 5_000
#: Characters of a header that are read: hundreds of recipients.
LONGEST_HEADER = 50_000
#: How deep letters may lie in letters, and how many parts are looked at.
DEEPEST, MOST_PARTS = 20, 500
#: An image within the text that is smaller is a logo or a dot that counts readers (bytes).
LOGO = 5 * 1024
#: What mail programs add by themselves: nobody meant to send it.
ADDED = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/applefile",
        "text/x-amp-html",
        "text/calendar",
    }
)
#: What only the person with the key can read.
SEALED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})


def _without_tables() -> ParserConfig:
    """Cells one below the other: mail uses tables to place things, and a drawn one can be enormous."""
    tags = ("table", "tr", "td", "th")
    css = CSS_PROFILES["strict"] | {
        tag: HtmlElement(tag=tag, display=Display.block) for tag in tags
    }
    plain = CustomHtmlTagHandlerMapping(
        start_tag_mapping=dict.fromkeys(tags),
        end_tag_mapping=dict.fromkeys(tags),
    )
    return ParserConfig(css=css, custom_html_tag_handler_mapping=plain)


_HTML = _without_tables()


class Hostile(Exception):
    """A letter that was made to break its readers."""


@dataclass
class Content:
    """What a letter brings: pieces of text in their order, and the parts that are files."""

    words: list[str] = field(default_factory=list)
    files: list[Message] = field(default_factory=list)
    #: Parts looked at so far.
    seen: int = 0
    #: Some of it is encrypted for somebody.
    is_sealed: bool = False


def parse(raw: bytes) -> Message:
    """The whole letter. Raises Hostile."""
    if raw.count(b"\n--") > MOST_BOUNDARIES or raw.count(b"\n") > MOST_LINES:
        raise Hostile
    try:
        return message_from_bytes(raw)
    except RecursionError:
        raise Hostile from None


def parse_headers(raw: bytes) -> Message:
    """Its headers alone."""
    return BytesHeaderParser().parsebytes(raw)


# --- Headers ----------------------------------------------------------------------------------


def headers(mail: Message, *names: str) -> list[str]:
    """All headers of these names, in the order of the names, decoded and on one line each."""
    return [_decoded_header(value) for value in _raw_headers(mail, names)]


def _raw_headers(mail: Message, names: tuple[str, ...]) -> list[str]:
    rows = [(name.lower(), str(value)) for name, value in mail.raw_items()]
    return [
        value[:LONGEST_HEADER] for wanted in names for name, value in rows if name == wanted.lower()
    ]


def header(mail: Message, name: str) -> str:
    """The first header of a name; empty if there is none."""
    return next(iter(headers(mail, name)), "")


def _decoded_header(value: str) -> str:
    """RFC 2047 words, or raw bytes as some programs send them, in one line without controls."""
    line = decoded(value.encode("utf-8", "surrogateescape"), "")
    line = " ".join(line.split())
    try:
        pieces = decode_header(line)
    except HeaderParseError:
        return line
    text = "".join(
        piece if isinstance(piece, str) else decoded(piece, charset or "")
        for piece, charset in pieces
    )
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def addresses(mail: Message, *names: str) -> list[str]:
    """The e-mail addresses in these headers, in lower case."""
    # Parsed before names in them are decoded: those may hold commas and angle brackets.
    values = [
        " ".join(decoded(value.encode("utf-8", "surrogateescape"), "").split())
        for value in _raw_headers(mail, names)
    ]
    try:
        found = [address for _name, address in getaddresses(values)]
    except (RecursionError, LookupError, ValueError, TypeError):
        # No address that anybody could read: all that look like one.
        found = re.findall(r"[^\s<>\"(),;:]+@[^\s<>\"(),;:@]+", " ".join(values))
    return [address.lower() for address in found if _is_address(address)]


def _is_address(text: str) -> bool:
    local, _at, domain = text.rpartition("@")
    return bool(local and domain) and len(text) <= 254 and not re.search(r"[\s<>,;\x00-\x1f]", text)


def sender(mail: Message) -> str:
    """The first address in From, in lower case; empty if there is none. Anybody can write it there."""
    return next(iter(addresses(mail, "From")), "")


def sent_at(mail: Message) -> datetime | None:
    """When it says that it was sent; None if that is no time."""
    try:
        said = parsedate_to_datetime(header(mail, "Date"))
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def decoded(content: bytes, charset: str) -> str:
    """Bytes as text: UTF-8 if they are, else as declared, else as Windows' Latin letters."""
    name = charset.strip().lower()
    # What calls itself Latin-1 is written on Windows; so do browsers read it.
    declared = "windows-1252" if name in ("iso-8859-1", "latin1", "us-ascii", "ascii") else name
    order = ("utf-8", declared) if not name.startswith(_STATEFUL) else (declared, "utf-8")
    for candidate in filter(None, order):
        try:
            return content.decode(candidate)
        except (LookupError, ValueError):
            continue
    return content.decode("windows-1252", "replace")


# --- Content ----------------------------------------------------------------------------------


def content_of(mail: Message) -> Content:
    """The words and files of a letter, of the letters within it too."""
    found = Content()
    _collect(mail, found, 0)
    return found


def _collect(part: Message, found: Content, depth: int) -> None:
    found.seen += 1
    if depth > DEEPEST or found.seen > MOST_PARTS:
        return
    kind = part.get_content_type()
    if kind in SEALED:
        found.is_sealed = True
    elif kind == "message/rfc822":
        _collect_letter(part, found, depth)
    elif kind == "multipart/alternative":
        _collect_one_of(part, found, depth)
    elif part.is_multipart():
        for inner in inside(part) if part.get_content_maintype() == "multipart" else ():
            _collect(inner, found, depth + 1)
    elif _is_text(part):
        found.words.append(text_of(part))
    elif kind not in ADDED and not _is_logo(part):
        found.files.append(part)


def inside(part: Message) -> list[Message]:
    """The parts of a part."""
    payload = part.get_payload()
    return (
        [inner for inner in payload if isinstance(inner, Message)]
        if isinstance(payload, list)
        else []
    )


def _is_text(part: Message) -> bool:
    """Words to read, not a file of words."""
    is_words = part.get_content_type() in ("text/plain", "text/html")
    is_file = part.get_content_disposition() == "attachment" or name_of(part)
    return is_words and not is_file


def _is_logo(part: Message) -> bool:
    """A tiny image that belongs to the text."""
    is_inside = part.get_content_disposition() != "attachment" and part["Content-ID"] is not None
    is_image = part.get_content_maintype() == "image"
    return is_image and is_inside and len(content_bytes(part)) < LOGO


def _collect_one_of(part: Message, found: Content, depth: int) -> None:
    """The same words in several forms: the first that has any. Files may lie in only one of them."""
    forms = []
    for inner in inside(part):
        form = Content(seen=found.seen)
        _collect(inner, form, depth + 1)
        found.seen = form.seen
        found.is_sealed = found.is_sealed or form.is_sealed
        forms.append(form)
    found.words += next((form.words for form in forms if "".join(form.words).strip()), [])
    for form in forms:
        found.files += form.files


def _collect_letter(part: Message, found: Content, depth: int) -> None:
    """A letter that was forwarded as a file: who wrote it, about what, and its own content."""
    for inner in inside(part)[:1]:
        lines = [f"{name}: {header(inner, name)}" for name in ("From", "Date", "Subject")]
        found.words.append("\n".join(lines))
        _collect(inner, found, depth + 1)


def text_of(part: Message) -> str:
    """The words of a part, with plain line ends and without what cannot be seen."""
    text = decoded(content_bytes(part), part.get_content_charset() or "")
    if part.get_content_type() == "text/html":
        text = text_of_html(text)
    # Zero-width joiners stay: Bangla is written with them.
    text = re.sub(r"[\u200b\u2060\ufeff\x00]", "", text.replace("\xa0", " "))
    lines = [line.rstrip() for line in re.split(r"\r\n|\r|\n", text)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def text_of_html(html: str) -> str:
    """What a reader sees of a page; of one that is broken or too deep, all that is not in its tags."""
    page = html[:MOST_HTML]
    try:
        text = get_text(page, _HTML)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        text = ""
    return text if text.strip() else strip_tags(page)


def content_bytes(part: Message) -> bytes:
    """The content of a part that has no parts itself."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def name_of(part: Message) -> str:
    """What a file is called, however the name was written; empty if it has none."""
    try:
        return _decoded_header(part.get_filename() or "")
    except (LookupError, ValueError, TypeError):
        return ""
