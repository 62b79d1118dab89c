"""Complaints with the office that should get them, run through the packs' own rules.

A file is `golden/<country>_<name>.csv` with the columns id, text, place, category, expected (an
office's code, or "desk") and note. What share has to be right is pinned below: raise it when rules
get better, never lower it silently.
"""

import csv
from functools import cache
from pathlib import Path

import pytest

from routing.batch import facts_for
from routing.compiled import CompiledRuleset
from routing.engine import decide
from routing.packs import load_ruleset, read_rule_rows

GOLDEN = Path(__file__).parent / "golden"
PINNED = {"bd_golden.csv": 0.99, "bd_heldout.csv": 0.94, "id_own.csv": 0.97}


@cache
def ruleset_of(country: str) -> CompiledRuleset:
    return load_ruleset(country)


def rows_of(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_each_golden_file_is_pinned():
    assert PINNED.keys() == {path.name for path in GOLDEN.glob("*.csv")}


@pytest.mark.parametrize("country", ["bd", "id"])
def test_a_pack_s_rules_have_no_mistakes(country):
    assert ruleset_of(country).mistakes == ()


@pytest.mark.parametrize("country", ["bd", "id"])
def test_no_two_rules_have_one_name(country):
    codes = [row["code"] for row in read_rule_rows(country)]
    assert len(codes) == len(set(codes)) > 100


@pytest.mark.parametrize("name", PINNED)
def test_golden_cases_are_well_formed(name):
    rows = rows_of(name)
    offices = ruleset_of(name[:2]).index.offices
    assert len({row["id"] for row in rows}) == len(rows)
    unknown = {row["expected"] for row in rows} - offices.keys() - {"desk"}
    assert not unknown


@pytest.mark.parametrize("name", PINNED)
def test_golden_cases_go_where_they_should(name):
    ruleset = ruleset_of(name[:2])
    wrong, rows = [], rows_of(name)
    for row in rows:
        facts = facts_for(ruleset, row["text"], place=row["place"], category=row["category"])
        decision = decide(facts, ruleset)
        if (decision.target or "desk") != row["expected"]:
            got = decision.target or f"desk ({decision.desk_because}: {decision.suggested})"
            wrong.append(f"{row['id']}: expected {row['expected']}, got {got}: {row['text'][:90]}")
    share = 1 - len(wrong) / len(rows)
    assert share >= PINNED[name], f"{share:.3f} right; wrong are\n" + "\n".join(wrong)
