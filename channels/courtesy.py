"""What people say to be polite: greetings, forms of address, thanks. Pure.

Nobody complains with it, and nothing is to be answered to it but in kind.
"""

import unicodedata

from agencies.naming import comparable

GREETINGS = """
    hello helo hallo hallow halo hi hii hey hai hay dear greetings good morning afternoon evening night
    assalamu assalamualaikum asslamualaikum assalamualaykum aslm asalam salam slm alaikum alaykum
    walaikum walaikumsalam waalaikum wa as wr wb adab nomoskar nomoshkar namaskar
    selamat pagi siang sore malam permisi punten
    হ্যালো হাই আসসালামু আসসালামুআলাইকুম ওয়ালাইকুম আলাইকুম সালাম আদাব নমস্কার নমস্তে শুভ সকাল সন্ধ্যা
"""
NAMES = """
    sir sirs madam maam ma'am mam bhai vai bhaia vaia apa apu boss admin min kak mas mbak pak bu bapak ibu
    gan bang om স্যার ম্যাডাম ভাই ভাইয়া আপা আপু জনাব
"""
THANKS = """
    thanks thank thanx thankyou thx tnx tq ty you u so much very a lot many again welcome
    terima kasih trima makasih makasi mksh trims tks banyak sekali atas bantuannya
    dhonnobad dhonnobaad donnobad dhanyabad dhanyawad onek shukriya
    ধন্যবাদ অসংখ্য অনেক শুকরিয়া আপনাকে আপনাদের আপনাদেরকে
"""


def _forms(words: str) -> frozenset[str]:
    return frozenset(comparable(word) for word in words.split())


_GREETINGS, _THANKS = _forms(GREETINGS), _forms(THANKS)
_POLITE = _GREETINGS | _forms(NAMES) | _THANKS
#: Words without which others of the list are no thanks.
_THANKFUL = _forms(
    "thanks thank thanx thankyou thx tnx tq ty kasih makasih makasi mksh trims tks dhonnobad"
    " dhonnobaad donnobad dhanyabad dhanyawad shukriya ধন্যবাদ শুকরিয়া"
)


def letters(text: str) -> int:
    """How many letters there are."""
    return sum(unicodedata.category(character)[0] == "L" for character in text)


def substance(text: str) -> int:
    """How many letters there are in words that are more than politeness."""
    return sum(letters(word) for word in comparable(text).split() if word not in _POLITE)


def is_polite(text: str) -> bool:
    """Whether there is nothing but politeness in it: no other word, no digit, no question."""
    words = comparable(text).split()
    return _is_emoji(text) or (bool(words) and all(word in _POLITE for word in words))


def is_thanks(text: str) -> bool:
    """Whether it is politeness that wants no answer: thanks, a thumb."""
    words = comparable(text).split()
    return is_polite(text) and (_is_emoji(text) or any(word in _THANKFUL for word in words))


def _is_emoji(text: str) -> bool:
    """Whether it is made of pictures alone; joiners and skin tones are parts of them."""
    kinds = [unicodedata.category(character) for character in text if not character.isspace()]
    return "So" in kinds and all(kind in ("So", "Sk", "Cf", "Mn") for kind in kinds)
