"""Numbers and periods on charts, as the reader writes them; how wide words are; no database.

Babel knows words and grouping; Bangla digits are put in here, as Babel leaves some in Latin ones.
"""

import math
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from oversight.charts.frame import Step, Unit

BANGLA_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
#: What stands where there is no value.
NONE = "–"
#: How wide a letter is, in parts of its height, on the safe side of the fonts in use.
NARROW, LETTER, DIGIT, CAPITAL, SIGN = 0.32, 0.58, 0.62, 0.7, 0.36
#: Bold words are so much wider.
BOLD = 1.08


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse({"en": "en_GB", "bn": "bn_BD", "id": "id_ID"}.get(language, language))


def digits(text: str, language: str) -> str:
    """The same text with the digits of the language."""
    return text.translate(BANGLA_DIGITS) if language == "bn" else text


def known(value: float | None) -> float | None:
    """The value, or None where it is none (NaN, infinite). ValueError if it is below zero."""
    if value is None or not math.isfinite(value):
        return None
    if value < 0:
        raise ValueError(f"counts, shares and days are never below zero: {value}")
    return value


def shown(value: float, unit: Unit) -> float:
    """The value as exactly as people read it: whole counts and per cent, days to a tenth."""
    if unit is Unit.SHARE:
        return float(round(value * 100))
    return round(value, 1) if unit is Unit.DAYS else float(round(value))


def number(value: float | None, unit: Unit, language: str) -> str:
    """A value in words: "1,234", "87%", "4.5"; a dash where there is none."""
    value = known(value)
    if value is None:
        return NONE
    return written(shown(value, unit), unit, language)


@lru_cache(maxsize=4096)
def written(value: float, unit: Unit, language: str) -> str:
    """A value that is `shown` already (per cent from 0 to 100), in words."""
    exact = int(value) if value == int(value) else value
    text = digits(format_decimal(exact, locale=_locale(language)), language)
    return f"{text}%" if unit is Unit.SHARE else text


def interval(low: float | None, high: float | None, unit: Unit, language: str) -> str:
    """Both ends: "82–91%", "3.1–4"; a dash where one is missing."""
    low, high = known(low), known(high)
    if low is None or high is None:
        return NONE
    return f"{number(low, unit, language).rstrip('%')}–{number(high, unit, language)}"


def period(first: date, step: Step, language: str) -> str:
    """A period in a table: "November 2026", "22 November 2026", "week of 16 November 2026"."""
    text = _whole_period(first, step, language)
    return _("week of %(day)s") % {"day": text} if step is Step.WEEK else text


@lru_cache(maxsize=1024)
def _whole_period(first: date, step: Step, language: str) -> str:
    pattern = "MMMM y" if step is Step.MONTH else "d MMMM y"
    return digits(format_date(first, pattern, locale=_locale(language)), language)


@lru_cache(maxsize=1024)
def short_period(first: date, step: Step, language: str) -> str:
    """A period under an axis: "Nov", "22 Nov"."""
    pattern = "LLL" if step is Step.MONTH else "d MMM"
    return digits(format_date(first, pattern, locale=_locale(language)), language)


def year(first: date, language: str) -> str:
    """The year of a day, for under the axis."""
    return digits(str(first.year), language)


# --- How wide words are ---------------------------------------------------------------------


@lru_cache(maxsize=1024)
def letter_width(letter: str) -> float:
    """Of one letter, in parts of the font's size. Signs above and below a letter take none."""
    kind = unicodedata.category(letter)
    if kind in {"Mn", "Me", "Cf"}:
        return 0.0
    if kind == "Mc":
        return SIGN
    if letter in "ijlI.,:;|!'’()[] ":
        return NARROW
    if kind == "Nd":
        return DIGIT
    return CAPITAL if kind == "Lu" or letter in "mwMW%" or letter > "\u0800" else LETTER


def width(text: str, size: float) -> float:
    """About how wide a text is in a font of that size; rather too much than too little."""
    return sum(letter_width(letter) for letter in text) * size


def widest(texts: Iterable[str], size: float) -> float:
    """The width of the widest; 0 of none."""
    return max((width(text, size) for text in texts), default=0.0)


def cut(text: str, room: float, size: float) -> str:
    """The text, or as much of its beginning as fits with "…" after it."""
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        # A sign that belongs to a letter goes with it.
        text = text[:-1]
    return text.rstrip() + "…"


def lines(text: str, room: float, size: float, most: int = 2) -> list[str]:
    """The text in at most so many lines that fit; the last one is cut where it is too long."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < most - 1:
        taken = 1
        while taken < len(words) and width(" ".join(words[: taken + 1]), size) <= room:
            taken += 1
        found.append(cut(" ".join(words[:taken]), room, size))
        words = words[taken:]
    if words:
        found.append(cut(" ".join(words), room, size))
    return found or [""]
