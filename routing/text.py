"""Comparable text: one spelling for what people write in many.

A comparable text is words parted by single spaces, with a space at each end, so that `" jalan "`
is a whole word, `" jalan"` the start of one and `"jalan "` the end of one.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from agencies.naming import comparable

#: Routing reads this many characters of a text: enough for any complaint, bounded for any abuse.
LONGEST = 20_000

#: Case endings and particles that Bangla writes onto a name ("সাভারে", "ঢাকার", "ডেসকোর").
BANGLA_ENDINGS = frozenset(
    unicodedata.normalize("NFC", ending)
    for ending in (
        "", "র", "ের", "এর", "ে", "এ", "য়", "য়ের", "তে", "েতে", "কে", "েই", "ই", "ও", "েও",
        "য়ই", "তেই", "রই", "ের", "টি", "টির", "টিতে", "গুলো", "গুলোর", "বাসী", "বাসীর",
    )
)  # fmt: skip

_DOUBLED = re.compile(r"(?<= )([a-z]{3,})2(nya|an|ku|mu)?(?= )")
#: The old way to write ৎ: ত, hasanta, zero-width joiner.
_OLD_KHANDA_TA = "\u09a4\u09cd\u200d"


def plain(text: str) -> str:
    """Text in NFC and lower case, with ASCII digits, without zero-width letters and punctuation.

    Padded with one space at each end; " " for a text without letters or digits.
    """
    words = comparable(text.replace(_OLD_KHANDA_TA, "ৎ"))
    return f" {words} " if words else " "


class Speller:
    """Makes comparable text with a pack's map of everyday spelling (word or phrase → standard).

    `doubling` reads Indonesian "jalan2" as "jalan jalan".
    """

    def __init__(self, spelling: Mapping[str, str] | None = None, *, doubling: bool = False):
        self._words: dict[str, str] = {}
        phrases: list[tuple[str, str]] = []
        for everyday, standard in (spelling or {}).items():
            key, value = plain(everyday).strip(), plain(standard).strip()
            if not key:
                raise ValueError(f"spelling: {everyday!r} has no letters")
            if " " in key:
                phrases.append((f" {key} ", f" {value} "))
            else:
                self._words[key] = value
        self._phrases = sorted(phrases, key=lambda pair: (-len(pair[0]), pair[0]))
        self._doubling = doubling

    def comparable(self, text: str) -> str:
        """The text as rules are matched against it (its first 20,000 characters)."""
        words = plain(text[:LONGEST])
        if self._doubling and "2" in words:
            words = _DOUBLED.sub(r"\1 \1\2", words)
        if self._words:
            standard = self._words
            words = f" {' '.join([standard.get(word, word) for word in words.split()])} "
        for everyday, standard_phrase in self._phrases:
            if everyday in words:
                words = words.replace(everyday, standard_phrase)
        return words if words != "  " else " "

    def word(self, text: str) -> str:
        """One word or phrase in its comparable form, without the spaces at its ends."""
        return self.comparable(text).strip()


@lru_cache(maxsize=4096)
def is_bangla(word: str) -> bool:
    """Whether the word has a Bangla letter: then endings may follow it."""
    return any("\u0980" <= character <= "\u09ff" for character in word)


def guess_language(text: str, languages: tuple[str, ...]) -> str:
    """The language of a text among a country's: by script, else the first in Latin script."""
    head = text[:2000]
    letters = sum(character.isalpha() for character in head)
    bangla = sum("\u0980" <= character <= "\u09ff" for character in head)
    if "bn" in languages and bangla * 3 > letters:
        return "bn"
    latin = [language for language in languages if language != "bn"]
    return latin[0] if latin else (languages[0] if languages else "")
