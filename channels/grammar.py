"""What a short message means: a few words in three languages, numbers in any script. Pure.

The grammar is that of LAPOR's 1708, kept small: `STATUS <number> <secret>`, HELP, NEW, CANCEL, STOP,
START; YES and NO to a question; else the whole text is what somebody wants to say. A word counts only
where it stands first; YES and NO only with little behind them, since a complaint may begin with "No".
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from agencies.naming import comparable, digits_to_ascii
from complaints.tracking import NUMBER_DIGITS, SECRET_DIGITS, digits_only, read_number


class Word(StrEnum):
    """What a message asks for."""

    HELP = "help"
    STATUS = "status"
    NEW = "new"
    CANCEL = "cancel"
    STOP = "stop"
    START = "start"
    YES = "yes"
    NO = "no"
    SKIP = "skip"


WORDS: dict[Word, tuple[str, ...]] = {
    Word.HELP: ("help", "info", "bantuan", "tolong", "সাহায্য", "হেল্প", "সহায়তা"),
    Word.STATUS: ("status", "cek", "অবস্থা", "স্ট্যাটাস"),
    Word.NEW: ("new", "baru", "নতুন"),
    Word.CANCEL: ("cancel", "batal", "বাতিল"),
    Word.STOP: ("stop", "berhenti", "unsubscribe", "বন্ধ"),
    Word.START: ("start", "mulai", "শুরু"),
    Word.YES: ("yes", "y", "ya", "iya", "ok", "হ্যাঁ", "হ্যা", "হা", "জি", "জ্বি", "ji", "han"),
    Word.NO: ("no", "n", "tidak", "tdk", "gak", "bukan", "belum", "না", "নাই", "na", "nai"),
    Word.SKIP: ("skip", "lewati", "lewat", "বাদ"),
}
#: Words that stand alone, apart from digits: with more behind them they begin a sentence.
ALONE = frozenset({Word.HELP, Word.CANCEL, Word.STOP, Word.START, Word.SKIP})
_MEANS = {comparable(word): meaning for meaning, words in WORDS.items() for word in words}
#: A number as we write it, somewhere in a text: the letter has to be there.
_NUMBER = re.compile(r"(?<![\w-])\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?[A-Za-z](?!\w)")


@dataclass(frozen=True, slots=True)
class Read:
    """A message read: its first word's meaning (None: plain words) and what stands behind it."""

    word: Word | None
    rest: str
    digits: str


def read(text: str) -> Read:
    """Read a message. `digits` are those behind the word, as 0–9, whatever script they were in."""
    words = text.strip().split(maxsplit=1)
    if not words:
        return Read(None, "", "")
    rest = words[1].strip() if len(words) > 1 else ""
    first = words[0]
    meaning = _MEANS.get(comparable(first))
    digits = digits_only(rest)
    if meaning is None:
        glued = re.match(r"^([^\W\d]+)[\W_]*(\d+)$", digits_to_ascii(first))
        meaning = _MEANS.get(comparable(glued[1])) if glued else None
        digits = f"{glued[2]}{digits}" if glued and meaning else digits_only(text)
    if meaning in ALONE and letters(rest):
        meaning = None
    if meaning == Word.STATUS and not digits and letters(rest) > 20:
        # "Status of my application is not known …" is a complaint.
        meaning = None
    if meaning is None:
        return Read(None, text.strip(), digits_only(text))
    return Read(meaning, rest, digits)


def letters(text: str) -> int:
    """How many letters there are."""
    return sum(unicodedata.category(character)[0] == "L" for character in text)


def number_in(text: str) -> str:
    """The first case number in a text, as we write it, check letter and all; empty if there is none."""
    for found in _NUMBER.findall(digits_to_ascii(text)):
        if number := read_number(found):
            return number
    return ""


def number_and_secret(text: str) -> tuple[str, str]:
    """What follows STATUS: a case number and its secret, however they are parted; or empty strings."""
    digits = digits_only(text)
    number, secret = digits[:NUMBER_DIGITS], digits[NUMBER_DIGITS:]
    if len(number) < NUMBER_DIGITS:
        return "", ""
    return read_number(number) or "", secret if len(secret) == SECRET_DIGITS else ""


def choice_in(text: str, most: int) -> int | None:
    """The number of a choice, 1 to `most`, if the message is nothing else."""
    said = comparable(text).strip()
    return int(said) if said.isdecimal() and 1 <= int(said[:4]) <= most else None


def yes_or_no(text: str) -> bool | None:
    """A plain yes or no, by word or as 1 and 2; None for anything else."""
    chosen = choice_in(text, 2)
    if chosen:
        return chosen == 1
    found = read(text)
    if found.word not in (Word.YES, Word.NO) or letters(found.rest) > 12:
        return None
    return found.word == Word.YES


def mark_in(digits: str) -> int | None:
    """A mark from 1 to 5, if these digits are one."""
    return int(digits) if len(digits) == 1 and digits in "12345" else None


def is_zero(text: str) -> bool:
    """Whether the message is a nought: none of the choices."""
    return comparable(text).strip() == "0"


# --- Language ---------------------------------------------------------------------------------

#: Everyday words that tell the languages apart in Latin letters; Bangla is typed in them too.
_EVERYDAY: dict[str, frozenset[str]] = {
    "en": frozenset(
        [
            "the",
            "is",
            "are",
            "was",
            "has",
            "have",
            "been",
            "not",
            "and",
            "for",
            "with",
            "my",
            "our",
            "of",
            "to",
            "in",
            "there",
            "this",
            "that",
            "no",
        ]
    ),
    "id": frozenset(
        [
            "yang",
            "dan",
            "di",
            "ke",
            "dari",
            "tidak",
            "ada",
            "sudah",
            "belum",
            "saya",
            "kami",
            "ini",
            "itu",
            "untuk",
            "dengan",
            "pak",
            "bu",
            "mohon",
        ]
    ),
    "bn": frozenset(
        [
            "amar",
            "amader",
            "ami",
            "nai",
            "hoy",
            "hoyeche",
            "kore",
            "korche",
            "ache",
            "theke",
            "ekhane",
            "apni",
            "bhai",
            "din",
            "keno",
        ]
    ),
}


def language_of(text: str, known: str, default: str) -> str:
    """The language that somebody writes: by script, then by everyday words; else as before.

    `known` is the language of what they wrote before (or empty), `default` that of the country.
    """
    head = text[:1000]
    bangla = sum("\u0980" <= character <= "\u09ff" for character in head)
    if bangla * 3 > letters(head) > 0:
        return "bn"
    words = comparable(head).split()
    counts = {code: sum(word in known_ for word in words) for code, known_ in _EVERYDAY.items()}
    best = max(counts, key=lambda code: (counts[code], code == known, code == default))
    if counts[best] >= 2 or (counts[best] and not known):
        return best
    return known or default
