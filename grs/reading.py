"""Numbers, dates and times as the reader writes them: words, order, grouping and digits.

Pure: values and a language in, text out. Babel knows the words; Bangla digits are put in here,
as Babel leaves dates in Latin ones. Moments are aware datetimes; each is shown in a named zone.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

BANGLA_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
ONE_DAY = timedelta(days=1)
DAY_SECONDS, HOUR_SECONDS = 86_400, 3_600

#: Zones whose tz database name is only an offset, and what people there call the time.
ZONE_NAMES = {
    "Asia/Dhaka": {"en": "BST", "bn": "বাংলাদেশ সময়", "id": "BST"},
}


def digits(text: str, language: str) -> str:
    """The same text with the digits of the language."""
    return text.translate(BANGLA_DIGITS) if language == "bn" else text


#: What stands in a sentence as it is: what somebody typed (in quotes), a word with a Latin letter (codes
#: of offices, numbers of cases, names of files, addresses), and the digits that a code may be made of.
STANDS = re.compile(r"(“[^”]{0,400}”|(?<![^\s“”])[^\s“”]*[A-Za-z][^\s“”]*|0[–-]9)")


def sentence(text: str, language: str) -> str:
    """A sentence with the digits of the language; codes, names and what was typed stand as they are."""
    parts = STANDS.split(text)
    return "".join(part if at % 2 else digits(part, language) for at, part in enumerate(parts))


#: Bangla months are hardly ever cut short, nor are Indonesian weekdays, which a comma sets off.
WITH_WEEKDAY = {"bn": "EEE d MMMM y", "id": "EEEE, d MMM y"}


# Lists say the same few numbers and days over and over, and Babel takes its time: what depends on
# values alone is kept.
@lru_cache(maxsize=4096)
def number(value: int | float | Decimal, language: str) -> str:
    """A number with the grouping of the language: 1,234 · 1.234 · ১,২৩,৪৫৬."""
    return digits(format_decimal(value, locale=_locale(language)), language)


def percent(share: float, language: str) -> str:
    """A share (0–1) as whole per cent; "–" is the caller's business when there is none."""
    return f"{number(round(share * 100), language)}%"


@lru_cache(maxsize=4096)
def day(value: date, language: str, *, weekday: bool = False) -> str:
    """A date in words: "22 November 2026", or "Sun 22 Nov 2026" with the weekday."""
    pattern = WITH_WEEKDAY.get(language, "EEE d MMM y") if weekday else "d MMMM y"
    return digits(format_date(value, pattern, locale=_locale(language)), language)


def clock_time(value: datetime, language: str) -> str:
    """Hours and minutes on a 24-hour clock: 09:30, in Indonesian 09.30 (its rules of spelling)."""
    return digits(f"{value:%H.%M}" if language == "id" else f"{value:%H:%M}", language)


def zone_name(moment: datetime, language: str) -> str:
    """What the zone of a moment is called: "WIB", "BST", or "UTC+6" where it has no name."""
    key = getattr(moment.tzinfo, "key", "")
    if key in ZONE_NAMES:
        return ZONE_NAMES[key][language if language in ZONE_NAMES[key] else "en"]
    name = moment.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    return digits(f"UTC{name[0]}{int(name[1:3])}", language)


def moment(value: datetime, language: str, zone: tzinfo) -> str:
    """A moment with its zone: "22 November 2026, 10:00 BST"."""
    there = value.astimezone(zone)
    return (
        f"{day(there.date(), language)}, {clock_time(there, language)} {zone_name(there, language)}"
    )


def last_day(due: datetime, zone: tzinfo) -> date:
    """The last day on which something due is still in time (intervals are half-open)."""
    return (due - timedelta(microseconds=1)).astimezone(zone).date()


def at_end_of_day(due: datetime, zone: tzinfo) -> bool:
    """Whether a due moment is midnight, so that people say "by the end of the day before"."""
    return due.astimezone(zone).time() == time()


def days_until(due: datetime, now: datetime, zone: tzinfo) -> int:
    """Calendar days from today to the last day in time; 0 on that day, negative once it is over."""
    return (last_day(due, zone) - now.astimezone(zone).date()).days


def ago(value: datetime, now: datetime, language: str) -> str:
    """How long ago, in the largest unit that fits: "3 days ago"."""
    seconds = max(1, int((now - value).total_seconds()))
    step = 3600 if seconds >= DAY_SECONDS else 60 if seconds >= HOUR_SECONDS else 1
    return _ago(seconds // step * step, language)


@lru_cache(maxsize=4096)
def _ago(seconds: int, language: str) -> str:
    text = format_timedelta(
        timedelta(seconds=-seconds), add_direction=True, threshold=1.0, locale=_locale(language)
    )
    return digits(text, language)


def zone_of(name: str | tzinfo | None, default: tzinfo = UTC) -> tzinfo:
    """The zone of an IANA name; the default if there is none."""
    return ZoneInfo(name) if isinstance(name, str) and name else name or default


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse({"en": "en_GB", "bn": "bn_BD", "id": "id_ID"}.get(language, language))
