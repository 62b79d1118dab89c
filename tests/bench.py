"""How fast the router is: `python -m tests.bench` (or `make bench`).

A made-up rule set of 5,000 rules with 50,000 words and phrases, and a made-up country of about
90,000 places, all of whose names are looked for in the same pass. It has to route 2,000 complaints
a second on one core; the figure is printed and the return code is 1 when it is missed.
"""

import random
import sys
from time import process_time

from routing.compiled import CompiledRuleset, compile_ruleset
from routing.conditions import Rule, read_rule
from routing.engine import decide
from routing.facts import Facts
from routing.registry_index import OfficeEntry, RegistryIndex, TypeEntry
from routing.text import Speller

RULES, WORDS_A_RULE, COMPLAINTS, WORDS_A_COMPLAINT = 5_000, 10, 5_000, 60
LEAST_A_SECOND = 2_000
SEED = 20_260_101
LEVELS = (("province", 38), ("regency", 13), ("subdistrict", 14), ("village", 12))

_SYLLABLES = [first + vowel for first in "bcdghjklmnprstwy" for vowel in "aeiou"]


def made_up_words(number: int, rng: random.Random) -> list[str]:
    """Distinct words of two to five syllables."""
    words: dict[str, None] = {}
    while len(words) < number:
        words["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 5)))] = None
    return list(words)


def made_up_country(rng: random.Random) -> RegistryIndex:
    """38 provinces, 494 regencies, 6,916 subdistricts and 82,992 villages; names repeat, as in life."""
    index = RegistryIndex(country="xx", languages=("id",))
    names = made_up_words(30_000, rng)
    above = [""]
    for level, children in LEVELS:
        rows = []
        for parent in above:
            for number in range(11, 11 + children):
                code = f"{parent}.{number}" if parent else str(number)
                words = rng.choices(names, k=rng.choice((1, 1, 2)))
                rows.append((code, parent, level, (" ".join(words).title(),)))
        index.add_places(rows)
        above = [row[0] for row in rows]
    for number in range(400):
        index.types[f"type-{number}"] = TypeEntry(f"type-{number}", "")
        name = {"id": f"Kementerian {' '.join(rng.choices(names, k=2))}"}
        index.add_offices([OfficeEntry(f"office-{number}", "", f"type-{number}", name)])
    index.types["city"] = TypeEntry("city", "regency")
    regencies = [code for code, place in index.places.items() if place.level == "regency"]
    index.add_offices(
        OfficeEntry(f"city-{code}", "", "city", {"id": "Dinas " + index.places[code].names[0]},
                    places=(code,))
        for code in regencies
    )  # fmt: skip
    return index


def made_up_rules(words: list[str], speller: Speller, rng: random.Random) -> list[Rule]:
    """Each rule waits for ten words: plain ones, phrases, stems and pairs."""
    rules = []
    for number in range(RULES):
        own = words[number * WORDS_A_RULE : (number + 1) * WORDS_A_RULE]
        shapes = [rng.choice((w, w, w, f"{w}*", f"{w} {rng.choice(words)}",
                              f"{w} & {rng.choice(words)}")) for w in own]  # fmt: skip
        target = {"target": f"office-{number % 400}"} if number % 4 else {"target_type": "city"}
        row = {
            "code": f"rule-{number}",
            "words": "|".join(shapes),
            "not_words": rng.choice(words) if number % 5 == 0 else "",
            "strength": str(rng.randint(30, 95)),
            "note": "Made up.",
            **target,
        }
        rules.append(read_rule(row, speller))
    return rules


def made_up_complaints(words: list[str], index: RegistryIndex, rng: random.Random) -> list[Facts]:
    """Sixty words each: two in three ordinary, the others from rules, and two places."""
    ordinary = made_up_words(5_000, rng)
    codes = list(index.places)
    complaints = []
    for _ in range(COMPLAINTS):
        text = [rng.choice(words if rng.random() < 0.33 else ordinary)
                for _ in range(WORDS_A_COMPLAINT)]  # fmt: skip
        village = rng.choice(codes)
        for place, level in zip(index.line(village), ("desa", "kecamatan"), strict=False):
            text += [level, index.places[place].names[0]]
        complaints.append(Facts(text=" ".join(text), country="xx", language="id"))
    return complaints


def made_up_ruleset() -> tuple[CompiledRuleset, list[Facts]]:
    """The rule set and the complaints, the same in each run."""
    rng = random.Random(SEED)
    index = made_up_country(rng)
    words = made_up_words(RULES * WORDS_A_RULE, rng)
    settings: dict[str, object] = {
        "name": "bench",
        "threshold": 0.5,
        "spelling": {word: rng.choice(words) for word in made_up_words(300, rng)},
        "place_prefixes": {"desa": "village", "kecamatan": "subdistrict", "kota": "regency"},
        "official_titles": ["kepala dinas", "lurah", "camat"],
        "misconduct_words": ["pungli", "korupsi*", "suap"],
    }
    rules = made_up_rules(words, Speller(), rng)
    return compile_ruleset(rules, settings, index), made_up_complaints(words, index, rng)


def main() -> int:
    """Measure, print, and say by the return code whether it is fast enough."""
    begun = process_time()
    ruleset, complaints = made_up_ruleset()
    print(
        f"Router: {len(ruleset.rules):,} rules, {RULES * WORDS_A_RULE:,} words, "
        f"{len(ruleset.index.places):,} places; made and compiled in "
        f"{process_time() - begun:.1f} s."
    )
    for facts in complaints[:200]:
        decide(facts, ruleset)
    begun = process_time()
    sent = sum(bool(decide(facts, ruleset).target) for facts in complaints)
    seconds = process_time() - begun
    rate = len(complaints) / seconds
    verdict = "enough" if rate >= LEAST_A_SECOND else "TOO SLOW"
    print(
        f"Routed {len(complaints):,} complaints of {WORDS_A_COMPLAINT} words in {seconds:.2f} s on "
        f"one core: {rate:,.0f} a second ({LEAST_A_SECOND:,} wanted: {verdict}); {sent:,} sent, "
        f"{len(complaints) - sent:,} to the desk."
    )
    return 0 if rate >= LEAST_A_SECOND else 1


if __name__ == "__main__":
    sys.exit(main())
