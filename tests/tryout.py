"""Try a pack's rules from its files, without a database: `python -m tests.tryout --help`."""

import argparse
import csv
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.typing_settings")
django.setup()

from routing.compiled import CompiledRuleset, read_speller  # noqa: E402
from routing.engine import decide  # noqa: E402
from routing.facts import Decision, Facts  # noqa: E402
from routing.packs import load_ruleset, read_rule_rows, read_settings_file  # noqa: E402
from routing.place_names import place_code  # noqa: E402
from routing.text import guess_language, plain  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the number of mistakes in the rules decides the return code."""
    options = _parser().parse_args(arguments)
    begun = perf_counter()
    ruleset = load_ruleset(options.country)
    index = ruleset.index
    print(
        f"{len(ruleset.rules)} rules, {len(index.offices)} offices, {len(index.places)} places, "
        f"read in {perf_counter() - begun:.1f} s",
        file=sys.stderr,
    )
    for mistake in ruleset.mistakes:
        print(f"MISTAKE {mistake}", file=sys.stderr)
    if options.check:
        _tell_respelled(options.country)
    if options.text:
        facts = _facts(ruleset, options.text, options.place, options.category)
        _explain(decide(facts, ruleset))
    if options.csv:
        _run_file(ruleset, options)
    return 1 if ruleset.mistakes else 0


def _tell_respelled(country: str) -> None:
    """Words of rules that the spelling map turns into others: is that meant?"""
    speller = read_speller(read_settings_file(country))
    for row in read_rule_rows(country):
        words = plain(" ".join(w for w in re.split(r"[\s|&]+", row["words"]) if "*" not in w))
        for word in words.split():
            if (standard := speller.word(word)) != word:
                print(f"NOTE rule {row['code']}: “{word}” is read as “{standard}”")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.tryout", description=__doc__)
    parser.add_argument("--country", required=True, choices=["bd", "id"])
    parser.add_argument("--check", action="store_true", help="only say what is mistaken")
    parser.add_argument("--text", default="")
    parser.add_argument("--place", default="")
    parser.add_argument("--category", default="")
    parser.add_argument("--csv", help="a file with the columns text and, if need be, id, place, "
                        "category, subject")  # fmt: skip
    parser.add_argument("--expect", default="", help="column with the office's code, or 'desk'")
    parser.add_argument("--wrong", action="store_true", help="show only what is not as expected")
    parser.add_argument("--limit", type=int, default=0)
    return parser


def _facts(ruleset: CompiledRuleset, text: str, place: str, category: str) -> Facts:
    index = ruleset.index
    return Facts(
        text=text,
        country=index.country,
        language=guess_language(text, index.languages),
        place=place_code(ruleset, place),
        category=category,
    )


def _run_file(ruleset: CompiledRuleset, options: argparse.Namespace) -> None:
    tally: Counter[str] = Counter()
    with open(options.csv, encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 1):
            if options.limit and number > options.limit:
                break
            text = f"{row.get('subject') or ''}\n{row.get('text') or ''}".strip()
            facts = _facts(ruleset, text, row.get("place") or "", row.get("category") or "")
            decision = decide(facts, ruleset)
            tally["to the desk: " + decision.desk_because if decision.desk_because else "sent"] += 1
            expected = row.get(options.expect) or "" if options.expect else ""
            right = not expected or expected == (decision.target or "desk")
            tally["as expected" if right else "not as expected"] += bool(expected)
            if not (options.wrong and right):
                print(f"--- {row.get('id') or number}: {' '.join(text.split())[:160]}")
                if expected:
                    print(f"    expected {expected}: {'yes' if right else 'NO'}")
                _explain(decision)
    for name, count in sorted(tally.items()):
        print(f"{count:6} {name}", file=sys.stderr)


def _explain(decision: Decision) -> None:
    where = decision.target or f"desk ({decision.desk_because}), suggested {decision.suggested}"
    print(f"    {where}  confidence {decision.confidence}  place {decision.place or '-'}")
    for reason in decision.reasons:
        print(f"      {reason.rule} ({reason.strength}): {reason.found} {reason.conditions}")
    for code, score in decision.runners_up:
        print(f"      runner-up {code} {score}")
    for error in decision.errors:
        print(f"      ERROR {error}")


if __name__ == "__main__":
    sys.exit(main())
