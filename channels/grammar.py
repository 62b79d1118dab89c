"""What a short message means: a few words in three languages, numbers in any script. Pure.

The grammar is that of LAPOR's 1708, kept small: `STATUS <number> <secret>`, HELP, NEW, CANCEL, STOP,
START; `WITHDRAW <number> <second secret>` and KEEP; YES and NO to a question; else the whole text is
what somebody wants to say. A word counts only where it stands first; YES and NO only with little
behind them, since a complaint may begin with "No".
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from agencies.naming import comparable, digits_to_ascii
from channels.courtesy import letters as letters
from channels.courtesy import substance
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
    WITHDRAW = "withdraw"
    KEEP = "keep"


WORDS: dict[Word, tuple[str, ...]] = {
    Word.HELP: ("help", "info", "bantuan", "tolong", "সাহায্য", "হেল্প", "সহায়তা"),
    Word.STATUS: ("status", "cek", "অবস্থা", "স্ট্যাটাস"),
    Word.NEW: ("new", "baru", "নতুন"),
    Word.CANCEL: ("cancel", "batal", "বাতিল"),
    Word.STOP: ("stop", "berhenti", "unsubscribe", "বন্ধ"),
    Word.START: ("start", "mulai", "শুরু"),
    Word.YES: (
        *("yes", "y", "yep", "yeah", "yup", "ok", "okay", "ya", "iya", "betul", "benar", "boleh"),
        *("setuju", "হ্যাঁ", "হ্যা", "হাঁ", "হা", "জি", "জী", "জ্বি", "জ্বী", "ji", "jee", "han"),
        *("haan", "hae", "haa", "hya", "hyan"),
    ),
    Word.NO: (
        *("no", "n", "nope", "nah", "not", "tidak", "tdk", "tak", "gak", "ga", "nggak", "enggak"),
        *("ngga", "ndak", "bukan", "belum", "blm", "jangan", "না", "নাই", "নেই", "নয়", "হয়নি"),
        *("na", "nai", "nei", "noy", "hoyni"),
    ),
    Word.SKIP: ("skip", "lewati", "lewat", "বাদ"),
    Word.WITHDRAW: ("withdraw", "cabut", "প্রত্যাহার"),
    Word.KEEP: ("keep", "lanjut", "lanjutkan", "রাখুন", "চালিয়ে"),
}
#: Words that stand alone, apart from digits: with more behind them they begin a sentence.
ALONE = frozenset({Word.HELP, Word.CANCEL, Word.STOP, Word.START, Word.SKIP})
#: With these may stand a case's number, which ends with a letter, and its secret.
WITH_NUMBER = frozenset({Word.WITHDRAW, Word.KEEP})
#: A yes that may only say "I have read it": alone it says nothing about whether it is solved.
HEARD = frozenset(("ok", "okay", "boleh"))
#: Words that leave a yes a yes, beside those of politeness ("yes, it is fixed now").
SURE = frozenset(
    [
        *("it", "its", "is", "this", "that", "was", "has", "have", "been", "got", "now", "all"),
        *("i", "am", "we", "are", "solved", "resolved", "fixed", "repaired", "done", "works"),
        *(
            "working",
            "good",
            "great",
            "fine",
            "well",
            "perfect",
            "satisfied",
            "happy",
            "ok",
            "okay",
        ),
        *("sudah", "sdh", "udah", "udh", "telah", "selesai", "beres", "diperbaiki", "teratasi"),
        *(
            "terselesaikan",
            "tuntas",
            "puas",
            "baik",
            "bagus",
            "lancar",
            "kok",
            "saya",
            "kami",
            "semua",
        ),
        *("hoyeche", "hoyese", "hoise", "hoye", "geche", "gese", "thik", "ache", "ase", "somadhan"),
        *("bhalo", "valo", "shob", "sob", "ekhon", "khushi"),
        *map(
            comparable,
            (
                "সমাধান",
                "হয়েছে",
                "হইছে",
                "হয়ে",
                "গেছে",
                "ঠিক",
                "আছে",
                "ভালো",
                "এখন",
                "সব",
                "সন্তুষ্ট",
                "খুশি",
            ),
        ),
    ]
)
NO_PROBLEM = frozenset(
    [
        *("problem", "problems", "worries", "need", "comment", "comments", "thanks", "thank"),
        *("masalah", "apa", "apapa", "perlu", "usah", "lagbe", "dorkar", "dhonnobad"),
        *map(comparable, ("দরকার", "প্রয়োজন", "লাগবে", "ধন্যবাদ")),
    ]
)
#: Letters behind a yes or no that may belong to it; with more it begins a sentence.
MOST_BEHIND = 12
#: Letters in a case's number, and one more for a slip.
MOST_IN_NUMBER = 2
_MEANS = {comparable(word): meaning for meaning, words in WORDS.items() for word in words}
#: The code of our message behind KEEP; a word more ("please") is no sentence then.
_CODE = re.compile(r"\d{4}(?!\w)")
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
    most = MOST_BEHIND if meaning == Word.KEEP and _CODE.match(rest) else MOST_IN_NUMBER
    if meaning in WITH_NUMBER and letters(rest) > most:
        meaning = None
    if meaning == Word.STATUS and not digits and letters(rest) > 20:
        # "Status of my application is not known …" is a complaint.
        meaning = None
    if meaning is None:
        return Read(None, text.strip(), digits_only(text))
    return Read(meaning, rest, digits)


def number_in(text: str) -> str:
    """The first case number in a text, as we write it, check letter and all; empty if there is none."""
    for found in _NUMBER.findall(digits_to_ascii(text)):
        if number := read_number(found):
            return number
    return ""


def without_number(text: str) -> str:
    """The words without the numbers of cases in them."""
    kept, done = "", 0
    for found in _NUMBER.finditer(digits_to_ascii(text)):
        if read_number(found[0]):
            kept, done = f"{kept}{text[done : found.start()]}", found.end()
    return " ".join(f"{kept}{text[done:]}".split())


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
    """A yes or a no, by word or as 1 and 2, perhaps with a word more; None for anything else.

    With a sentence behind it only where a mark parts them: "No, the other house", not "No water here".
    """
    first, _space, rest = text.strip().partition(" ")
    chosen = choice_in(first, 2)
    if chosen:
        return chosen == 1 if all(map(_belongs_to_answer, comparable(rest).split())) else None
    found = read(text)
    if found.word not in (Word.YES, Word.NO):
        return None
    is_parted = unicodedata.category(text.split(maxsplit=1)[0][-1])[0] == "P"
    return found.word == Word.YES if is_parted or letters(found.rest) <= MOST_BEHIND else None


def _belongs_to_answer(word: str) -> bool:
    return not substance(word) or _MEANS.get(word) in (Word.YES, Word.NO)


def solved(text: str) -> bool | None:
    """Whether somebody says that their case is solved; None where that is not sure.

    A case is closed by a yes, so a yes is one only with words beside it that leave it one: not
    "yes but …", "yes, when?" or "yes, half of it", and no "ok", which may say that it was read. A no
    opens it again: what follows says why. The case's number may stand before it.
    """
    text = without_number(text)
    found = read(text)
    behind = comparable(found.rest).split()
    if found.word == Word.NO:
        return None if behind and behind[0] in NO_PROBLEM else False
    is_question = "?" in unicodedata.normalize("NFKC", text)
    if found.word == Word.YES:
        return True if _is_sure(text, behind) and not is_question else None
    # A "1" or "2".
    chosen = yes_or_no(text)
    return None if chosen and is_question else chosen


def _is_sure(text: str, behind: list[str]) -> bool:
    """Whether a yes to the question if it is solved leaves no doubt, with these words behind it."""
    words = [word for word in behind if not word.isdecimal()]
    if len(words) < len(behind):
        # A mark, or the digits of a question. "Yes, 2 of them" is another matter.
        return not substance(" ".join(words))
    if comparable(text).split()[0] in HEARD:
        return False
    return all(
        word in SURE or not substance(word) or _MEANS.get(word) == Word.YES for word in words
    )


def is_heard(text: str) -> bool:
    """Whether it says no more than that a message was read: "ok", "ok sir"."""
    first, *others = comparable(without_number(text)).split() or [""]
    return first in HEARD and not substance(" ".join(others)) and not digits_only(" ".join(others))


def mark_in(text: str) -> int | None:
    """A mark from 1 to 5, if the message is no more: "4", "4/5", "5 thanks"."""
    found = re.fullmatch(r"([1-5])(\s*/\s*5)?(\s+(?P<rest>\D+)|\W*)", digits_to_ascii(text).strip())
    if found is None or substance(found["rest"] or ""):
        return None
    return int(found[1])


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
