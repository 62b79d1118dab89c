"""Names, numbers and addresses out of a text that is to be public. Pure: text in, text out.

This makes the desk's *proposal*: a person reads it before it is released. It would rather mask too
much than too little, but keeps what a complaint is about: dates, sums of money, the road that is
broken. It knows Bangla, English and Indonesian, mixed in one text, and digits of every script.
"""

import re
import unicodedata
from collections.abc import Iterable

from complaints import redaction_words as known

Match = re.Match[str]

#: While a text is worked on, a mask is one private character: no later rule looks into it.
MARKS = {kind: chr(0xE000 + i) for i, kind in enumerate(known.KINDS)}
PRIVATE = "\ue000-\uf8ff"
#: A space within a line, or something that nobody sees.
GAP = r"[ \t\u00a0\u2000-\u200f\u202f\u2060\ufeff]"
BANGLA = "\u0980-\u09e3\u09f0\u09f1\u09fc-\u09fe\u200c\u200d"
UPPER = "A-ZÀ-ÖØ-Þ"
#: A word begins (ends) here, in Latin or Bangla script.
BEGIN, END = rf"(?<![\w{BANGLA}])", rf"(?![\w{BANGLA}])"


def masked(text: str, language: str = "") -> str:
    """The text with masks like `[name]`, `[number]`, `[address]`, in the text's language.

    `language` is the text's (en, bn, id); found out from the words if it is not given. The text
    comes back in NFC. Masking it again changes nothing.
    """
    text = re.sub(f"[{PRIVATE}]", " ", unicodedata.normalize("NFC", text))
    masks = known.MASKS.get(language) or known.MASKS[_language(text)]
    for others in known.MASKS.values():
        for kind, mask in others.items():
            text = text.replace(mask, MARKS[kind])
    before = ""
    while text != before:
        # Again until nothing changes: what is left beside a mask may be read otherwise now.
        before = text
        for step in (_electronic, _addresses, _plates, _numbers, _names):
            text = step(text)
    for kind, mark in MARKS.items():
        text = text.replace(mark, masks[kind])
    return text


def _language(text: str) -> str:
    """The language of masks that are there already, else of most words."""
    for language, masks in known.MASKS.items():
        if any(mask in text for mask in masks.values()):
            return language
    if len(re.findall(f"[{BANGLA}]", text)) * 3 > sum(c.isalpha() for c in text):
        return "bn"
    words = text.casefold().split()
    return "id" if sum(w in known.INDONESIAN_WORDS for w in words) * 20 > len(words) else "en"


def _any(alternatives: Iterable[str]) -> str:
    """A group of alternatives in NFC, longest first, any gap between their words."""
    spelt = sorted((unicodedata.normalize("NFC", a) for a in alternatives), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(a).replace(r"\ ", rf"{GAP}+") for a in spelt) + ")"


def _words(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFC", word) for word in lines)


# --- Electronic addresses ---------------------------------------------------------------------

#: Before the sign stands whatever RFC 5322 lets stand there.
EMAIL = re.compile(
    r"[\w.+%!#$&'*/=?^`{|}~-]{1,64}(?:@|\(at\)|\[at\])[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.I
)
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"”’\ue000-\uf8ff]+", re.I)
HOME_PAGE = re.compile(r"(?:https?://)?[\w.-]+/?[.,;:!?)।]*\Z", re.I)
SOCIAL = re.compile(rf"\b(?:[a-z]+\.)?{_any(known.SOCIAL_SITES)}/[^\s<>\"”’]+", re.I)
HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z0-9_][A-Za-z0-9_.]{1,29}")


def _electronic(text: str) -> str:
    text = EMAIL.sub(MARKS["email"], text)
    text = LINK.sub(_link, text)
    text = SOCIAL.sub(MARKS["link"], text)
    return HANDLE.sub(MARKS["name"], text)


def _link(found: Match) -> str:
    """The home page of a site says nothing of a person; anything behind it may."""
    return found[0] if HOME_PAGE.match(found[0]) else MARKS["link"]


# --- Addresses of people ----------------------------------------------------------------------

NO = r"(?:no|nr|nomor|number|নং|নম্বর|নাম্বার|#)"
PUNCTUATION = rf"{GAP}*[.:ঃ#-]*{GAP}*"
VALUE = (
    rf"(?:\d[\w/-]{{0,9}}[{BANGLA}]{{0,2}}(?:{GAP}?[/-]{GAP}?[\w{BANGLA}]{{1,4}}{END})?"
    rf"|[A-Z]{{1,2}}-?\d{{1,4}}|[A-Z]{END}|[{BANGLA}]{{1,3}}[-/]?\d{{1,4}}|[{BANGLA}]{{1,2}}{END})"
)
PART = rf"{PUNCTUATION}(?:{NO}{PUNCTUATION})?{VALUE}"
JOIN = rf"{GAP}*(?:[,;/]|\band\b)?{GAP}*"
DWELLING = rf"{BEGIN}{_any(known.DWELLINGS)}{PART}"
STREET = rf"{BEGIN}{_any(known.STREETS)}{PART}"
NEIGHBOURS = rf"\bR[TW]{PUNCTUATION}\d{{1,3}}(?:{GAP}*/{GAP}*\d{{1,3}})?"
STREET_NAME = rf"\b{_any(known.STREETS_BEFORE)}\b\.?{GAP}*"
STREET_WORDS = rf"(?:(?!{_any(known.NOT_STREETS)}\b)[\w.'’-]{{1,25}}{GAP}+)"
ADDRESSES = (
    # House 12, Road 5. A road alone stays: it may be what is broken.
    rf"(?:{STREET}{JOIN}){{0,4}}{DWELLING}(?:{JOIN}(?:{DWELLING}|{STREET})){{0,6}}",
    # 12/A Mirpur Road
    rf"\b\d{{1,4}}(?:[/-]?\w{{1,3}})?,?{GAP}+(?-i:(?:[{UPPER}][\w'’]+{GAP}+){{1,3}})"
    r"(?:Road|Rd|Street|St|Lane|Avenue|Ave|Sarani|Sarak|Goli)\b\.?",
    # Jl. Mawar No. 5 RT 03/RW 02
    rf"{STREET_NAME}{STREET_WORDS}{{1,5}}?(?:no|nomor|blok)\b{PUNCTUATION}[A-Z]{{0,2}}\d[\w/-]{{0,8}}"
    rf"(?:{GAP}*[,/]?{GAP}*(?:{NEIGHBOURS}|(?:no|blok)\b{PUNCTUATION}\w{{1,5}}\b)){{0,4}}",
    # RT 03/RW 02: some fifty households
    rf"(?:{STREET_NAME}{STREET_WORDS}{{1,4}}?)?{NEIGHBOURS}(?:{GAP}*[,/]?{GAP}*{NEIGHBOURS})?",
)
PATTERNS_OF_ADDRESSES = tuple(re.compile(pattern, re.I) for pattern in ADDRESSES)
#: Address: … to the end of the line or sentence.
LABELLED_ADDRESS = re.compile(
    rf"({BEGIN}{_any(known.ADDRESS_LABELS)}{GAP}*(?:[:ঃ=]-?|\bis\b|\badalah\b|হলো|হল))"
    rf"{GAP}*[^\n।;{PRIVATE}]{{2,120}}?(?=\n|।|;|\.\s|\.?\Z|[{PRIVATE}])",
    re.I,
)


def _addresses(text: str) -> str:
    text = LABELLED_ADDRESS.sub(lambda found: f"{found[1]} {MARKS['address']}", text)
    for pattern in PATTERNS_OF_ADDRESSES:
        text = pattern.sub(MARKS["address"], text)
    return text


# --- Number plates ----------------------------------------------------------------------------

PLATES = (
    # Dhaka Metro-Ga 12-3456 · ঢাকা মেট্রো-গ ১২-৩৪৫৬
    re.compile(
        rf"\b[A-Z]+{GAP}+Metro[ -]*[A-Z]{{1,4}}[ -]*\d{{2}}[ -]*\d{{4}}(?!\d)", re.IGNORECASE
    ),
    re.compile(
        rf"{BEGIN}[{BANGLA}]{{1,30}}(?:{GAP}+মেট্রো)?[ –-]*[ক-হ]{{1,2}}[ –-]+\d{{2}}[ –-]*\d{{4}}(?!\d)"
    ),
    # B 1234 XYZ
    re.compile(
        rf"\b{_any(known.PLATE_AREAS)} ?(?:\d{{1,4}} ?(?!AM\b|PM\b|KM\b|KG\b|RT\b|RW\b)[A-Z]{{2,3}}"
        r"|\d{3,4} ?[A-Z])\b"
    ),
)


def _plates(text: str) -> str:
    for pattern in PLATES:
        text = pattern.sub(MARKS["number"], text)
    return text


# --- Numbers ----------------------------------------------------------------------------------

#: From so many digits on a number may be somebody's: a land line without its area has seven. With
#: gaps it takes more, as in "on 5 7 2026 at 10".
TIGHT, GAPPED = 7, 9
#: Digits of any script with what people put between them, on one line.
NUMBER = re.compile(
    rf"(?:\b[A-Za-z]{{1,3}}-?(?=\d{{5}}))?[+(]?\d(?:(?:{GAP}|[-–—./(),]){{0,3}}\d)*(?:-[A-Z]\b)?"
)
LABELLED_NUMBER = re.compile(
    rf"({BEGIN}{_any(known.NUMBER_LABELS)}{GAP}*(?:{NO}{END})?"
    rf"{GAP}*(?:is\b|adalah\b|হলো|হল|[:ঃ.#=-])*{GAP}*)([A-Z]{{0,3}}-?\d[\dA-Z/-]{{3,}}(?:(?:{GAP}|\.)\d{{3,}}\b)*)",
    re.I,
)
DATE = re.compile(
    r"(?:(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)\d\d|\d\d)"
    r"|(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:19|20)\d\d *[-–—/] *(?:19|20)\d\d)\Z"
)
#: 1,50,000 and 150,000: nobody writes a telephone number like that.
GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{2,3})+(?:\.\d\d?)?\Z")
SUM = re.compile(r"[1-9]\d{0,11}(?:[.,]\d{1,3})*\Z")
MONEY_BEFORE = re.compile(rf"{BEGIN}{_any(known.MONEY_BEFORE)}{GAP}*[.:]?{GAP}*\Z", re.I)
MONEY_AFTER = re.compile(rf"{GAP}*(?:/-|{_any(known.MONEY_AFTER)})", re.I)


def _numbers(text: str) -> str:
    text = LABELLED_NUMBER.sub(lambda found: found[1] + MARKS["number"], text)
    return NUMBER.sub(_number, text)


def _number(found: Match) -> str:
    """A mask, unless it is too short to be somebody's, a date, a quantity or a sum of money."""
    number = found[0]
    plain = re.sub(r"\d", lambda digit: str(unicodedata.digit(digit[0])), number).strip("(), ")
    digits, longest = len(re.findall(r"\d", plain)), max(map(len, re.findall(r"\d+", plain)))
    gapped = re.search(GAP, number) is not None
    if longest < TIGHT and digits < (GAPPED if gapped else TIGHT):
        return number
    if DATE.match(plain) or GROUPED.match(plain):
        return number
    before = found.string[max(0, found.start() - 12) : found.start()]
    after = found.string[found.end() : found.end() + 20]
    if SUM.match(plain) and (MONEY_BEFORE.search(before) or MONEY_AFTER.match(after)):
        return number
    return MARKS["number"]


# --- Names ------------------------------------------------------------------------------------

#: A word with a capital, or an initial: Karim, K., O'Neil, al-Amin.
CAPITAL = rf"(?:(?:al|ul|ur|bin|binti)[- ])?[{UPPER}](?:[\w'’-]+|\.)?"
LATIN_NAME = rf"{CAPITAL}(?:{GAP}+{CAPITAL}|(?<=\.){CAPITAL}){{0,4}}"
LOWER_NAME = rf"[A-Za-zÀ-ÿ][\w'’-]*(?:{GAP}+[A-Za-zÀ-ÿ][\w'’-]*){{0,3}}"
BANGLA_NAME = rf"[{BANGLA}]+\.?(?:{GAP}+[{BANGLA}]+\.?){{0,4}}"
INTRODUCED = re.compile(
    rf"({BEGIN}(?:(?i:{_any(known.INTRODUCTIONS)}){END}|(?i:{_any(known.NAME_LABELS)}){GAP}*[:ঃ=])"
    rf"{GAP}*[:ঃ,=-]?{GAP}*)({LOWER_NAME}|{BANGLA_NAME})"
)
FOLLOWED = re.compile(rf"({BEGIN}(?i:{_any(known.BEFORE_NAMES)}){GAP}*[:-]?\s*)({LATIN_NAME})")
TITLED = re.compile(rf"({BEGIN}(?i:{_any(known.LATIN_TITLES)})(?:\.{GAP}*|{GAP}+))({LATIN_NAME})")
NAME_TITLED = re.compile(
    rf"({BEGIN}(?i:{_any(known.NAME_TITLES)})(?:\.{GAP}*|{GAP}+))({LOWER_NAME})"
)
BANGLA_TITLED = re.compile(
    rf"({BEGIN}{_any(known.BANGLA_TITLES)}(?:[.:ঃ]{GAP}*|{GAP}+))({BANGLA_NAME})"
)
#: করিম সাহেব · রহিম নামে একজন
BANGLA_FOLLOWED = re.compile(
    rf"{BEGIN}([{BANGLA}]+)(?={GAP}+(?:সাহেব|নামের?{GAP}+(?:এক|জনৈক|ব্যক্তি|লোক|কর্ম)))"
)
BANGLA_NOT_NAMES = _words(known.BANGLA_NOT_NAMES)
BANGLA_NAME_PARTS = _words(known.BANGLA_NAME_PARTS)
LONGEST_NAME = 5


def _names(text: str) -> str:
    text = INTRODUCED.sub(lambda m: m[1] + _after_introduction(m[2]), text)
    text = FOLLOWED.sub(lambda m: m[1] + _latin(m[2]), text)
    text = TITLED.sub(lambda m: m[1] + _latin(m[2], skip=True), text)
    text = NAME_TITLED.sub(lambda m: m[1] + _latin(m[2], lower=2), text)
    text = BANGLA_TITLED.sub(lambda m: m[1] + _bangla(m[2]), text)
    return BANGLA_FOLLOWED.sub(lambda m: _bangla(m[1]), text)


def _after_introduction(words: str) -> str:
    return _bangla(words) if re.match(f"[{BANGLA}]", words) else _latin(words, lower=2)


def _latin(words: str, *, lower: int = 0, skip: bool = False) -> str:
    """Mask the name that the words begin with, and leave the rest.

    `lower` words may be without a capital; `skip` passes over an office ("Pak Lurah Budi").
    """
    parts = re.split(rf"({GAP}+)", words)
    first = 0
    while skip and first < len(parts) and _is_no_name(parts[first]):
        first += 2
    end = first
    while end < len(parts) and end - first < 2 * LONGEST_NAME:
        capital = parts[end][:1].isupper() or parts[end].startswith(("al-", "ul-"))
        if _is_no_name(parts[end]) or not (capital or (end - first) // 2 < lower):
            break
        end += 2
    if end <= first:
        return words
    return "".join(parts[:first]) + MARKS["name"] + "".join(parts[end - 1 :])


def _is_no_name(word: str) -> bool:
    return word.strip(".").casefold() in known.LATIN_NOT_NAMES


def _bangla(words: str) -> str:
    """Bangla has no capitals: mask up to two words that are no everyday ones, and surnames after."""
    parts = re.split(rf"({GAP}+)", words)
    end, taken = 0, 0
    while end < len(parts):
        word = parts[end].strip(".ঃ")
        plain = word.removesuffix("ের").removesuffix("কে").removesuffix("র")
        is_part = word in BANGLA_NAME_PARTS or plain in BANGLA_NAME_PARTS
        if not is_part and (taken >= 2 or word in BANGLA_NOT_NAMES):
            break
        # A case ending ends the name, but for a surname that may still follow.
        ends = word.endswith(("ের", "কে")) and word not in BANGLA_NAME_PARTS
        taken, end = (2 if ends else taken + 1), end + 2
    return MARKS["name"] + "".join(parts[end - 1 :]) if end else words
