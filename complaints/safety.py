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
#: Beginnings of words (or of several), as `routing.text.plain` writes them.
ENGLISH = """
    fire, burning, burnt, smoke, explo, bomb, gas leak, electrocut, electric shock, got a shock, spark,
    short circuit, live wire, fallen wire, collaps, flood, drown, landslide, earthquake, cyclone, stampede,
    kill, murder, death, died, is dead, are dead, was dead, found dead, dead body, dying, will die,
    rape, assault, molest, sexual, beaten, stabbed, stabbing, shooting, gunshot, gunmen, knife, weapon,
    attack, threat, kidnap, abduct, robbed, robber, suicid, poison, bleeding, suffocat, trapped, snake,
    rabies, cholera, dengue, diarrh, outbreak, starv, emergenc, ambulance, violence, abuse, traffick, danger,
    unsafe, accident, injur, bribe, corrupt, tortur, harass
"""
BANGLA = """
    আগুন, অগ্নি, পুড়ে, ধোঁয়া, বিস্ফোরণ, বোমা, গ্যাস লিক, বিদ্যুৎস্পৃষ্ট, শর্ট সার্কিট, ছেঁড়া তার, তার ছিঁড়ে, ধসে,
    ভূমিকম্প, ঘূর্ণিঝড়, বন্যা, ডুবে, খুন, হত্যা, মারা গে, মারা যা, মেরে, মরে, মৃত, লাশ, বাঁচান, ধর্ষণ, যৌন,
    নির্যাতন, মারধর, মারপিট, পিটিয়ে, আক্রমণ, হামলা, হুমকি, অস্ত্র, ছুরি, ডাকাত, ছিনতাই, অপহরণ, আত্মহত্যা, বিষপান,
    বিষক্রিয়া, রক্তক্ষরণ, কলেরা, ডেঙ্গু, ডায়রিয়া, জরুরি, সহিংসতা, পাচার, বিপদ, বিপজ্জনক, ঝুঁকি, দুর্ঘটনা, আহত,
    মৃত্যু, ঘুষ, দুর্নীতি, হয়রানি, বাল্যবিবাহ
"""
#: Bangla as it is typed in Latin letters.
BANGLISH = """
    agun lag, agun leg, agune, pure ge, bisfor, bonna, dube, khun, hotya, hotta, mara ge, mara ja, mere fel,
    dhorshon, nirjaton, mardhor, marpit, hamla, humki, opohoron, atmohot, durghotona, durghotna, bipod,
    ghush, durniti
"""
INDONESIAN = """
    kebakaran, terbakar, dibakar, membakar, ledakan, meledak, bom, bocor gas, gas bocor, kebocoran gas,
    kesetrum, tersetrum, korslet, arus pendek, kabel putus, roboh, ambruk, longsor, gempa, banjir, tenggelam,
    bunuh, membunuh, dibunuh, terbunuh, pembunuhan, tewas, meninggal, mayat, perkosa, memperkosa, diperkosa,
    pemerkosaan, aniaya, menganiaya, dianiaya, penganiayaan, memukul, dipukul, pemukulan, menyerang, diserang,
    ancam, mengancam, diancam, ancaman, culik, menculik, diculik, penculikan, dirampok, perampok, begal,
    tawuran, senjata, racun, meracun, diracun, keracunan, pendarahan, wabah, demam berdarah, darurat,
    kekerasan, pelecehan, perdagangan orang, bahaya, berbahaya, kecelakaan, terluka, suap, menyuap, disuap,
    korupsi, pungli, memeras, diperas, pemerasan, siksa, menyiksa, disiksa
"""
WORDS = tuple(
    " ".join(word.split())
    for words in (ENGLISH, BANGLA, BANGLISH, INDONESIAN)
    for word in words.split(",")
)
_DANGER = re.compile("|".join(re.escape(plain(word).rstrip()) for word in WORDS))


def is_safety_report(text: str, category: str = "", *, about_official: bool = False) -> bool:
    """Whether a filing is a report of danger, by its words, subject (a code), or whom it is about."""
    return about_official or _is_subject(category) or _DANGER.search(plain(text)) is not None


def _is_subject(category: str) -> bool:
    """Whether a code is one of the subjects, or lies below one: codes begin with that of what is above."""
    return any(f"{category}-".startswith(f"{subject}-") for subject in SUBJECTS)
