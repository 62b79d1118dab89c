"""What old systems did to words and dates, undone where it is certain. Pure: text in, text out.

Nothing is guessed: what could be meant in two ways is left as it is, and said to be doubtful.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from html import unescape
from zoneinfo import ZoneInfo

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from agencies.naming import digits_to_ascii

# --- Words -----------------------------------------------------------------------------------------------

#: Characters of HTML that are read of one text.
MOST_HTML = 200_000
#: Dates that are remembered: a day comes again in row after row.
REMEMBERED = 5_000
_TAG = re.compile(
    r"</?(?:p|br|div|span|b|i|u|a|ul|ol|li|em|strong|font|table|tbody|tr|td|th|h[1-6]|img|style|script|html|body)"
    r"(?:\s[^<>]*)?/?>",
    re.I,
)
#: Entities that cannot be anything else. Names without a semicolon, and rare ones, stay: in "kadang&mohon;"
#: nobody meant a sign.
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_HTML = ParserConfig(css=CSS_PROFILES["strict"])
#: A line break that was written as two letters.
_LITERAL = re.compile(r"\\r\\n|\\n|\\r")
_PATH = re.compile(r"(?:\b[A-Za-z]:|\\)\\")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text as it is to be kept, and codes of what was done to it or is wrong with it still."""

    text: str
    done: tuple[str, ...] = ()


def clean(text: str) -> Cleaned:
    """Mojibake repaired, HTML as plain text, line breaks as such, NFC, no control characters."""
    done = list[str]()
    text, changed = without_mojibake(text)
    if changed:
        done.append("mojibake_repaired")
    if "\\" in text and (broken := with_line_breaks(text)) != text:
        text = broken
        done.append("line_breaks")
    if _TAG.search(text) or _ENTITY.search(text):
        text = _plain(text)
        done.append("html")
    if is_broken(text):
        done.append("letters_lost")
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = _CONTROL.sub("", text)
    lines = "\n".join(line.rstrip() for line in kept.split("\n"))
    return Cleaned(_BLANK_LINES.sub("\n\n", lines).strip(), tuple(done))


def with_line_breaks(text: str) -> str:
    r"""A text whose line breaks were written as `\n`; one that holds a path stays as it is."""
    return text if _PATH.search(text) else _LITERAL.sub("\n", text)


def _plain(text: str) -> str:
    """What HTML says. Where it is too long or broken, its tags are taken out."""
    if _TAG.search(text) and len(text) <= MOST_HTML:
        # A line break of the source means nothing in HTML; here people typed it beside the tags.
        marked = text.replace("\r\n", "\n").replace("\n", "<br>")
        try:
            return get_text(marked, _HTML).replace("\N{NO-BREAK SPACE}", " ")
        except (ValueError, AssertionError, RecursionError):
            pass
    bare = _TAG.sub(" ", text)
    return _ENTITY.sub(lambda found: unescape(found[0]), bare).replace("\N{NO-BREAK SPACE}", " ")


# --- Letters read in the wrong encoding ------------------------------------------------------------------

#: Bytes that Windows-1252 has no letter for are read as the control characters of Latin-1.
_AS_BYTE = {letter: letter for letter in range(256)} | {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_HIGH = "".join(re.escape(chr(letter)) for letter in sorted(_AS_BYTE) if letter >= 0x80)
#: A run of letters that were bytes of UTF-8: it begins with a first byte, and more follow.
_RUN = re.compile(rf"[\u00c2-\u00f4][{_HIGH}]+(?:[{_HIGH}\x20-\x7e]*[{_HIGH}])?")
#: Twice is seen now and then; more never.
_TIMES = 3


def without_mojibake(text: str) -> tuple[str, bool]:
    """UTF-8 that was read as Windows-1252 or Latin-1, put right where every byte of a run agrees.

    Says whether anything was changed.
    """
    before = text
    for _time in range(_TIMES):
        repaired = _RUN.sub(_repaired, text)
        if repaired == text:
            break
        text = repaired
    return text, text != before


def _repaired(found: re.Match[str]) -> str:
    try:
        return bytes(_AS_BYTE[ord(letter)] for letter in found[0]).decode()
    except UnicodeDecodeError:
        # Only as much of the run as is certain: its parts without ASCII between them.
        return re.sub(rf"[{_HIGH}]{{2,}}", _exactly, found[0])


def _exactly(found: re.Match[str]) -> str:
    try:
        return bytes(_AS_BYTE[ord(letter)] for letter in found[0]).decode()
    except UnicodeDecodeError:
        return found[0]


#: What is left where letters were lost for good: the sign for it, or first bytes of Bangla without the rest.
_LOST = re.compile(r"\ufffd|à[¦§]|Ã[\u0080-\u00bf]|â€|\?{4,}")


def is_broken(text: str) -> bool:
    """Whether letters were lost that nobody can bring back."""
    return _LOST.search(text) is not None


# --- Dates -----------------------------------------------------------------------------------------------

#: Formats beside those of `strptime`: ISO 8601, and days of a spreadsheet's own calendar.
ISO, SPREADSHEET = "iso", "spreadsheet"
#: The first day of spreadsheets is 1; the 29th of February 1900, which never was, counts too.
_FIRST = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no zone
#: What is dated earlier is the zero of some program (0001-01-01, 1899-12-30, 1900-01-00), no day of a case.
EARLIEST = datetime(1900, 1, 2, tzinfo=UTC)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?\Z")
#: Names of months in Indonesian and Bangla, as `strptime` reads them.
MONTHS: tuple[tuple[str, ...], ...] = (
    ("januari", "jan", "জানুয়ারি", "জানুয়ারী"),
    ("februari", "pebruari", "feb", "ফেব্রুয়ারি", "ফেব্রুয়ারী"),
    ("maret", "mar", "মার্চ"),
    ("april", "apr", "এপ্রিল"),
    ("mei", "মে"),
    ("juni", "jun", "জুন"),
    ("juli", "jul", "জুলাই"),
    ("agustus", "agu", "ags", "agt", "আগস্ট", "আগষ্ট"),
    ("september", "sep", "সেপ্টেম্বর"),
    ("oktober", "okt", "অক্টোবর"),
    ("november", "nopember", "nov", "nop", "নভেম্বর"),
    ("desember", "des", "ডিসেম্বর"),
)
_ENGLISH = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_BY_NAME = {
    unicodedata.normalize("NFC", name): english
    for names, english in zip(MONTHS, _ENGLISH, strict=True)
    for name in names
}
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0980-\u09ff])*")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that was read; `other` is another one that it could be by a later format."""

    at: datetime
    other: datetime | None = None


def read_moment(value: str | datetime | date, formats: Sequence[str], zone: ZoneInfo) -> Moment:
    """A moment by the first format that fits, in UTC. Without a zone of its own it is one of `zone`.

    Digits may be of any script, names of months Indonesian or Bangla. A later format that reads another
    moment makes it doubtful. Raises ValueError where none fits.
    """
    if isinstance(value, datetime):
        return Moment(_in_utc(value, zone))
    if isinstance(value, date):
        return Moment(_in_utc(datetime(value.year, value.month, value.day), zone))  # noqa: DTZ001
    return _read_text(value, tuple(formats), zone)


@lru_cache(REMEMBERED)
def _read_text(value: str, formats: tuple[str, ...], zone: ZoneInfo) -> Moment:
    text = _comparable_date(value)
    found = [at for name in formats if (at := _read(text, name, zone)) is not None]
    if not found:
        raise ValueError("no format fits")
    other = next((at for at in found[1:] if at != found[0]), None)
    return Moment(found[0], other)


def _comparable_date(text: str) -> str:
    text = " ".join(digits_to_ascii(unicodedata.normalize("NFC", text)).split())
    return _WORD.sub(lambda found: _BY_NAME.get(found[0].casefold(), found[0]), text)


def _read(text: str, name: str, zone: ZoneInfo) -> datetime | None:
    try:
        if name == ISO:
            return _in_utc(datetime.fromisoformat(text), zone)
        if name == SPREADSHEET:
            if _SERIAL.match(text) is None:
                return None
            return _in_utc(_FIRST + timedelta(seconds=round(float(text) * 86_400)), zone)
        return _in_utc(datetime.strptime(text, name), zone)  # noqa: DTZ007 - the zone comes next
    except (ValueError, OverflowError):
        return None


def _in_utc(at: datetime, zone: ZoneInfo) -> datetime:
    """Raises ValueError for what is no day of a case, OverflowError at the ends of the calendar."""
    whole = at if at.tzinfo is not None else at.replace(tzinfo=zone)
    if (found := whole.astimezone(UTC)) < EARLIEST:
        raise ValueError("the zero of a program")
    return found
