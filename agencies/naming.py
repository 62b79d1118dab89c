"""How names and words are made comparable: the same name typed in two ways is one name. Pure.

Bangla has letters with two encodings (য় as one code point or as two), and people type invisible
joiners, so nothing is compared before it has gone through here.
"""

import unicodedata

#: Left out altogether: an apostrophe joins ("Cox's" is "coxs"), it doesn't part.
_APOSTROPHES = {"'", "\u2019", "\u2018", "\u02bc", "`"}


class _Letters(dict[int, str]):
    """A translation table that learns each code point when it is first met."""

    def __missing__(self, point: int) -> str:
        self[point] = answer = _comparable_letter(chr(point))
        return answer


def _comparable_letter(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cf" or letter in _APOSTROPHES:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if category[0] in "PSZC":
        return " "
    return letter


_LETTERS = _Letters()


def normalise(text: str) -> str:
    """Text as it is kept: NFC, no null bytes, runs of white space become one space."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\0", "").split())


def comparable(text: str) -> str:
    """Text as it is compared: NFC, case folded, without invisible letters and punctuation.

    Digits of any script become 0–9. Vowel signs stay, since they are part of the word.
    """
    folded = unicodedata.normalize("NFC", text.casefold()).translate(_LETTERS)
    return " ".join(folded.split())


def search_text(*words: str) -> str:
    """What a search looks through: each name once in comparable form, parted by bars."""
    forms = dict.fromkeys(filter(None, (comparable(word) for word in words)))
    return "|".join(forms)


def digits_to_ascii(text: str) -> str:
    """The text with digits of any script as 0–9; everything else as it was."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
