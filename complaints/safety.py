"""What is a report of danger, which no restriction of a person ever holds back. Pure.

One place for the rule. A report is one of safety if it is about an official or corruption, if its
subject is one of `SUBJECTS`, or if it holds one of the `WORDS` of danger. It is wide on purpose: to let
a nuisance through costs the desk a minute, to hold back a fire costs a life.
"""

import re

from routing.text import plain

#: Codes of the packs' categories (bd, id); what lies below one of them is meant too.
SUBJECTS = frozenset(
    {
        *("electricity-safety", "gas-supply", "safety", "safety-crime", "safety-fire"),
        *("safety-cyber", "safety-drugs", "safety-prison", "social-women", "social-relief"),
        *("health-hospital", "consumer-food", "environment-pollution", "justice-corruption"),
        *("land-grabbing", "water-tubewell", "work-migrant"),
        *("police", "police-crime", "disaster", "social-women-children", "water-flood"),
        *("environment-river", "labour-migrants"),
    }
)
#: Beginnings of words, as `routing.text.plain` writes them.
WORDS = (
    # English
    *(
        "fire",
        "burning",
        "explo",
        "gas leak",
        "electrocut",
        "live wire",
        "collaps",
        "flood",
        "drown",
    ),
    *(
        "kill",
        "murder",
        "rape",
        "raped",
        "assault",
        "beaten",
        "attack",
        "threat",
        "kidnap",
        "abduct",
    ),
    *(
        "suicide",
        "poison",
        "bleeding",
        "emergenc",
        "violence",
        "abuse",
        "traffick",
        "danger",
        "dying",
    ),
    *("accident", "injur", "bribe", "corrupt", "tortur", "harass"),
    # Bangla
    *("আগুন", "অগ্নি", "বিস্ফোরণ", "গ্যাস লিক", "বিদ্যুৎস্পৃষ্ট", "ছেঁড়া তার", "ধসে", "বন্যা", "ডুবে"),
    *("খুন", "হত্যা", "ধর্ষণ", "নির্যাতন", "মারধর", "হামলা", "হুমকি", "অপহরণ", "আত্মহত্যা", "বিষপান"),
    *("বিষক্রিয়া", "রক্তক্ষরণ", "জরুরি", "সহিংসতা", "পাচার", "বিপদ", "বিপজ্জনক", "ঝুঁকি", "দুর্ঘটনা", "আহত"),
    *("মৃত্যু", "ঘুষ", "দুর্নীতি", "হয়রানি", "বাল্যবিবাহ"),
    # Indonesian
    *(
        "kebakaran",
        "terbakar",
        "ledakan",
        "meledak",
        "bocor gas",
        "gas bocor",
        "kesetrum",
        "tersetrum",
    ),
    *("roboh", "ambruk", "longsor", "banjir", "tenggelam", "bunuh", "pembunuhan", "perkosa"),
    *("diperkosa", "pemerkosaan", "aniaya", "penganiayaan", "dipukul", "diserang", "ancam"),
    *("mengancam", "diancam", "ancaman", "culik", "diculik", "racun", "keracunan", "pendarahan"),
    *(
        "darurat",
        "kekerasan",
        "pelecehan",
        "perdagangan orang",
        "bahaya",
        "berbahaya",
        "kecelakaan",
    ),
    *("terluka", "meninggal", "suap", "korupsi", "pungli", "siksa", "disiksa"),
)
_DANGER = re.compile("|".join(re.escape(plain(word).rstrip()) for word in WORDS))


def is_safety_report(text: str, category: str = "", *, about_official: bool = False) -> bool:
    """Whether a filing is a report of danger, by its words, subject (a code), or whom it is about."""
    return about_official or category in SUBJECTS or _DANGER.search(plain(text)) is not None
