import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.conditions import Term
from routing.matcher import Matcher
from routing.text import plain


def found_in(text, *words):
    matcher = Matcher()
    ids = {matcher.term(Term(tuple(term.split()))): term for term in words}
    matcher.build()
    found = matcher.scan(plain(text))
    return {ids[term]: found.words(span) for term, span in found.terms.items()}


@pytest.mark.parametrize(
    ("term", "text", "words"),
    [
        ("jalan", "Jalan rusak", "jalan"),
        ("jalan*", "jalanan rusak", "jalanan"),
        ("*nya", "lampunya mati", "lampunya"),
        ("*rusak*", "jalan kerusakan", "kerusakan"),
        ("jalan rusak", "ada jalan rusak", "jalan rusak"),
        ("jalan* rusak", "jalannya rusak", "jalannya rusak"),
        ("jalan *rusak", "jalan terrusak", "jalan terrusak"),
        ("jalan* *rusak* parah", "jalannya kerusakan parah", "jalannya kerusakan parah"),
        ("বিদ্যুৎ*", "বিদ্যুতের বিদ্যুৎবিল", "বিদ্যুৎবিল"),
        ("বিদ্যুৎ নেই", "আজ বিদ্যুৎ নেই।", "বিদ্যুৎ নেই"),
    ],
)
def test_a_term_is_found_and_its_words_are_told(term, text, words):
    assert found_in(text, term) == {term: words}


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("jalan", "jalanan"),
        ("jalan", "berjalan"),
        ("jalan*", "berjalan"),
        ("*nya", "nyata"),
        ("jalan rusak", "jalan yang rusak"),
        ("jalan* rusak", "jalannya yang rusak"),
        ("jalan* rusak", "jalannya rusakan"),
        ("বিদ্যুৎ", "বিদ্যুতের"),
    ],
)
def test_a_term_is_not_found_inside_other_words(term, text):
    assert found_in(text, term) == {}


def test_overlapping_terms_are_all_found():
    terms = ("air", "air minum", "minum", "air*", "minum air")
    assert set(found_in("air minum air", *terms)) == set(terms)


def test_a_matcher_without_words_finds_nothing():
    matcher = Matcher()
    matcher.build()
    assert not matcher.scan(" jalan ").terms


def test_a_bangla_name_is_found_with_its_endings_only():
    matcher = Matcher()
    matcher.add_place_name("সাভার", 1)
    matcher.build()
    assert matcher.scan(plain("সাভারে আগুন")).places
    assert matcher.scan(plain("সাভারের লোক")).places
    assert not matcher.scan(plain("সাভারকর")).places


WORDS = st.sampled_from(["air", "jalan", "jalanan", "rusak", "mati", "lampu", "a", "ai"])


@given(st.lists(WORDS, max_size=12), st.lists(WORDS, min_size=1, max_size=3))
def test_phrases_are_found_as_a_plain_search_finds_them(text, phrase):
    words = f" {' '.join(text)} "
    expected = f" {' '.join(phrase)} " in words
    assert bool(found_in(" ".join(text), " ".join(phrase))) == expected


@given(st.lists(WORDS, max_size=12), WORDS)
def test_stems_are_found_as_a_plain_search_finds_them(text, stem):
    assert bool(found_in(" ".join(text), f"{stem}*")) == any(w.startswith(stem) for w in text)
    assert bool(found_in(" ".join(text), f"*{stem}")) == any(w.endswith(stem) for w in text)
