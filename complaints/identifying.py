"""Would a text tell who filed a case? Looked for: a name, number or address that is theirs. Pure.

Used before a summary is served on somebody whom the case is about. It finds what is known of the
citizen, however it is spelt, spaced or inflected; whether the text tells it in other words, only the
person who writes it can judge.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agencies.naming import digits_to_ascii
from complaints import redaction_words as known_words

#: A number is told by its last digits: the rest is country and trunk.
TELLING_DIGITS = 8
#: Shorter parts of a name are initials, or parts of other words.
SHORTEST_PART, SHORTEST_LOCAL = 3, 5
#: Endings that Bangla, English and Indonesian hang on a name.
ENDINGS = ("'s", "’s", "s", "nya", "র", "ের", "কে", "এর", "য়", "তে", "রা", "দের", "ও")
#: Parts of a name that half a country shares: they tell who it is only together with the others.
SHARED = frozenset(
    unicodedata.normalize("NFC", word).casefold().strip(".")
    for word in (
        *known_words.BANGLA_NAME_PARTS,
        *known_words.LATIN_TITLES,
        *known_words.BANGLA_TITLES,
        *("md", "mohammad", "muhammad", "mohammed", "most", "mst", "mosammat", "begum", "khatun"),
        *("akter", "akhter", "khan", "islam", "rahman", "hossain", "hasan", "ahmed", "ahmad"),
        *("uddin", "ullah", "ali", "alam", "das", "roy", "chowdhury", "miah", "mia", "sarkar"),
        *("abdul", "abdur", "abu", "nur", "siti", "dewi", "sri", "putra", "putri", "bin", "binti"),
    )
)
WORD = re.compile(r"[\w\u0980-\u09e3\u09f0\u09f1\u200c\u200d'’]+")
DIGITS = re.compile(r"\d(?:[\s().\-–/]{0,3}\d)+")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of whoever filed a case: names, telephone numbers, addresses, the case's number."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def tells(text: str, known: Known) -> bool:
    """Whether the text holds anything that is known of them."""
    return next(_spans(_plain(text), known), None) is not None


def without(text: str, known: Known, language: str) -> str:
    """The text with all of it masked, in the masks of a language (en, bn, id)."""
    masks = known_words.MASKS.get(language) or known_words.MASKS["en"]
    text = _plain(text)
    found = sorted(set(_spans(text, known)), key=lambda span: (span[0], -span[1]))
    parts, at = list[str](), 0
    for begin, end, kind in found:
        if end <= at:
            continue
        parts += [text[at:begin], masks[kind]] if begin >= at else []
        at = end
    return "".join(parts) + text[at:]


def _plain(text: str) -> str:
    """The letters as they are compared; digits of any script as 0–9. As long as what is masked."""
    return unicodedata.normalize("NFC", digits_to_ascii(text))


def _spans(text: str, known: Known) -> Iterator[tuple[int, int, str]]:
    """Where something known stands: from, to, and which mask it gets."""
    yield from _addresses(text, known.addresses)
    yield from _numbers(text, known.numbers)
    yield from _names(text, known.names)


def _addresses(text: str, addresses: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    lowered = text.casefold()
    if len(lowered) != len(text):
        lowered = text.lower() if len(text.lower()) == len(text) else text
    for address in addresses:
        whole = _plain(address).casefold().strip()
        local = whole.partition("@")[0]
        parts = (
            {whole: "email", local: "name"} if len(local) >= SHORTEST_LOCAL else {whole: "email"}
        )
        for part, kind in parts.items():
            for found in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", lowered) if part else ():
                yield found.start(), found.end(), kind


def _numbers(text: str, numbers: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    ends = {"".join(c for c in _plain(n) if c.isdecimal())[-TELLING_DIGITS:] for n in numbers}
    ends = {end for end in ends if len(end) == TELLING_DIGITS}
    for found in DIGITS.finditer(text):
        typed = "".join(c for c in found[0] if c.isdecimal())
        if any(end in typed for end in ends):
            yield found.start(), found.end(), "number"


def _names(text: str, names: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    words = [(m.start(), m.end(), m[0].casefold()) for m in WORD.finditer(text)]
    for name in names:
        parts = [m[0].casefold() for m in WORD.finditer(_plain(name))]
        telling = {p for p in parts if len(p) >= SHORTEST_PART and p not in SHARED}
        for begin, end, word in words:
            if any(_is(word, part) for part in telling):
                yield begin, end, "name"
        if len(parts) < 2:
            continue
        for first in range(len(words) - len(parts) + 1):
            run = words[first : first + len(parts)]
            if all(_is(word[2], part) for word, part in zip(run, parts, strict=True)):
                yield run[0][0], run[-1][1], "name"


def _is(word: str, part: str) -> bool:
    """Whether a word is that part of a name, perhaps with an ending."""
    return word == part or (word.startswith(part) and word[len(part) :] in ENDINGS)
