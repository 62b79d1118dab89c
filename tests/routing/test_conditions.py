import pytest

from routing.conditions import (
    PROBLEMS,
    MistakenRule,
    Term,
    read_alternatives,
    read_rule,
    read_rule_leniently,
)
from routing.text import Speller
from routing.wording import MISTAKES, say

from .small_country import INDEX, row, rule

SPELLER = Speller({"jl": "jalan"})


def mistakes(**columns):
    with pytest.raises(MistakenRule) as caught:
        read_rule(row(**columns), SPELLER)
    return {(mistake.field, mistake.problem) for mistake in caught.value.mistakes}


def test_words_are_alternatives_of_phrases_stems_and_pairs():
    found = read_alternatives("Jl. Rusak | lampu* mati|air & *keruh* | e-KTP", SPELLER)
    assert found == (
        (Term(("jalan", "rusak")),),
        (Term(("lampu*", "mati")),),
        (Term(("air",)), Term(("*keruh*",))),
        (Term(("e", "ktp")),),
    )


def test_a_stem_may_hold_punctuation():
    assert read_alternatives("e-ktp*", SPELLER) == ((Term(("e", "ktp*")),),)


def test_an_alternative_given_twice_counts_once():
    assert len(read_alternatives("banjir|Banjir", SPELLER)) == 1


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("banjir||air", "empty_alternative"),
        ("banjir|", "empty_alternative"),
        ("banjir &", "empty_part"),
        ("& banjir", "empty_part"),
        ("???", "no_letters"),
        ("*", "star_alone"),
        ("air * mati", "star_alone"),
        ("ba*njir", "star_inside"),
        ("ba**", "star_inside"),
        ("ai*", "short_stem"),
        (" ".join(["kata"] * 13), "long_phrase"),
    ],
)
def test_words_with_a_mistake_are_refused(words, problem):
    assert mistakes(words=words) == {("words", problem)}


@pytest.mark.parametrize(
    ("columns", "mistake"),
    [
        ({"words": "a b", "code": ""}, ("code", "missing")),
        ({"words": "banjir", "code": "Rule One"}, ("code", "bad_code")),
        ({"words": "banjir", "strength": "101"}, ("strength", "bad_strength")),
        ({"words": "banjir", "strength": "-1"}, ("strength", "bad_strength")),
        ({"words": "banjir", "strength": "৫০"}, ("strength", "bad_strength")),
        ({"words": "banjir", "strength": "much"}, ("strength", "bad_strength")),
        ({"words": "banjir", "strength": ""}, ("strength", "missing")),
        ({"words": "banjir", "note": " "}, ("note", "missing")),
        ({"words": "banjir", "target": "a", "target_type": "b"}, ("target", "two_targets")),
        ({"words": "banjir", "target": ""}, ("target", "no_target")),
        ({}, ("words", "no_condition")),
        ({"not_words": "banjir"}, ("words", "no_condition")),
        ({"words": "banjir", "not_words": "air|banjir"}, ("not_words", "word_excluded")),
        ({"kind": "complaint|rant"}, ("kind", "bad_kind")),
        ({"channel": "Web!"}, ("channel", "bad_value")),
        ({"category": "power|"}, ("category", "empty_alternative")),
        ({"words": "banjir", "formula": "1+1"}, ("formula", "unknown_field")),
    ],
)
def test_a_mistaken_row_is_refused_and_the_field_named(columns, mistake):
    assert mistake in mistakes(**columns)


def test_all_mistakes_are_said_at_once():
    assert len(mistakes(words="a||b", strength="x", note="")) == 3


def test_a_rule_that_sends_to_whoever_is_named_needs_no_target():
    assert rule(named="1").target == ""


def test_names_may_be_given_instead_of_the_target_s_own():
    found = rule(named="PLN|kantor listrik")
    assert not found.named
    assert found.names == ((Term(("pln",)),), (Term(("kantor", "listrik")),))


def test_a_lenient_reading_keeps_the_mistakes():
    found = read_rule_leniently(row(words="banjir||air"), SPELLER)
    assert [mistake.problem for mistake in found.broken] == ["empty_alternative"]
    assert len(found.words) == 2


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"target": "nobody"}, "no_such_office"),
        ({"target_type": "nothing"}, "no_such_type"),
        ({"target_type": "ministry"}, "type_without_area"),
        ({"category": "nonsense"}, "no_such_category"),
        ({"place": "9.9"}, "no_such_place"),
    ],
)
def test_what_a_rule_names_must_be_in_the_registry(columns, problem):
    found = INDEX.mistakes_in(rule(words="banjir", **columns))
    assert [mistake.problem for mistake in found] == [problem]


def test_each_mistake_has_words_for_a_registrar():
    assert MISTAKES.keys() == PROBLEMS.keys()
    for problem, english in PROBLEMS.items():
        assert ("{value}" in english) == ("{value}" in str(MISTAKES[problem]))


def test_a_mistake_quotes_what_was_written():
    with pytest.raises(MistakenRule) as caught:
        read_rule(row(words="ba*njir"), SPELLER)
    assert "ba*njir" in str(caught.value)
    assert "ba*njir" in say(caught.value.mistakes[0])
