"""The Bangladeshi rules, measured on complaints written for the project (`golden/bd_*.csv`)."""

import csv
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest

from routing.compiled import CompiledRuleset
from routing.engine import decide
from routing.facts import Decision, Facts
from routing.packs import load_ruleset
from routing.text import guess_language

GOLDEN = Path(__file__).parent / "golden"
DESK = "desk"


class Case(NamedTuple):
    """One complaint: where it should go, and where the rules send it."""

    id: str
    expected: str
    decision: Decision

    @property
    def is_right(self) -> bool:
        return (self.decision.target or DESK) == self.expected


@lru_cache
def rules() -> CompiledRuleset:
    return load_ruleset("bd")


def decided(text: str, place: str = "", category: str = "") -> Decision:
    language = guess_language(text, rules().index.languages)
    facts = Facts(text=text, country="bd", language=language, place=place, category=category)
    return decide(facts, rules())


def read(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache
def measured(name: str) -> list[Case]:
    return [
        Case(row["id"], row["expected"], decided(row["text"], row["place"], row["category"]))
        for row in read(name)
    ]


def share(cases: list[Case]) -> float:
    return sum(case.is_right for case in cases) / len(cases)


def test_no_rule_of_the_pack_is_mistaken():
    assert rules().mistakes == ()


@pytest.mark.parametrize(("name", "least"), [("bd_golden.csv", 0.90), ("bd_heldout.csv", 0.75)])
def test_enough_complaints_are_right(name, least):
    cases = measured(name)
    wrong = [
        (case.id, case.expected, case.decision.target or case.decision.desk_because)
        for case in cases
        if not case.is_right
    ]
    assert share(cases) >= least, wrong


@pytest.mark.parametrize("name", ["bd_golden.csv", "bd_heldout.csv"])
def test_what_is_forwarded_without_the_desk_is_nearly_always_right(name):
    forwarded = [case for case in measured(name) if case.decision.target]
    assert share(forwarded) >= 0.92


@pytest.mark.parametrize("name", ["bd_golden.csv", "bd_heldout.csv"])
def test_misconduct_always_goes_to_the_desk(name):
    notes = {row["id"]: row["note"] for row in read(name)}
    missed = [
        case.id
        for case in measured(name)
        if notes[case.id].startswith("misconduct") and case.decision.desk_because != "misconduct"
    ]
    assert missed == []


@pytest.mark.parametrize("name", ["bd_golden.csv", "bd_heldout.csv"])
def test_every_expected_office_and_place_is_in_the_registry(name):
    index = rules().index
    for row in read(name):
        assert row["expected"] == DESK or row["expected"] in index.offices, row
        assert not row["place"] or row["place"] in index.places, row
        assert not row["category"] or row["category"] in index.categories, row


def test_each_ministry_and_division_is_found_by_its_names():
    missed = []
    for office in rules().index.offices.values():
        if office.type not in {"bd-ministry", "bd-division"}:
            continue
        texts = (
            f"{office.names['bn']} থেকে দুই মাসেও কোনো উত্তর পাইনি।",
            f"My letter to the {office.names['en']} got no answer for two months.",
        )
        missed += [(office.code, text) for text in texts if decided(text).target != office.code]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Mirpur er rasta vanga", "6.47.dhaka-north.mirpur"),
        ("মিরপুর, কুষ্টিয়া: রাস্তা ভাঙা", "3.25.199"),
        ("চট্টগ্রাম শহরে পানি নেই", "1.8.chattogram"),
        ("সাভারে বিদ্যুৎ নেই", "6.47.365"),
        ("রাস্তা ভাঙা, ভাঙ্গা ব্রিজ", ""),
    ],
)
def test_a_bare_name_means_the_place_people_mean(text, place):
    assert decided(text).place == place


def test_spelling_of_encodings_does_not_matter():
    composed = "মি\u09dfানমার সীমান্তে ন\u09df, পাসপোর্ট আটকে আছে"
    decomposed = unicodedata.normalize("NFD", composed)
    assert decided(composed).target == decided(decomposed).target == "bd-dip"
