import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.naming import comparable, normalise, search_text

ONE_POINT = "বিষ\u09dfক"
TWO_POINTS = "বিষ\u09af\u09bcক"


def test_both_encodings_of_a_bangla_letter_become_one_name():
    assert normalise(ONE_POINT) == normalise(TWO_POINTS)
    assert comparable(ONE_POINT) == comparable(TWO_POINTS)


def test_normalising_collapses_space_and_drops_null_bytes():
    assert normalise("  Ministry \t of\0\n Power ") == "Ministry of Power"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cox's Bazar", "coxs bazar"),
        ("Cox\u2019s Bazar", "COX'S  BAZAR"),
        ("P.D.B.", "p d b"),
        ("Kab. Bogor", "kab bogor"),
        ("Jl.Sudirman/12", "jl sudirman 12"),
        ("ঢাকা\u200c", "ঢাকা"),
        ("ওয়ার্ড ১২", "ও\u09df\u09be\u09b0\u09cd\u09a1 12"),
        ("STRASSE", "straße"),
    ],
)
def test_names_that_people_type_differently_compare_as_equal(one: str, other: str):
    assert comparable(one) == comparable(other)


def test_vowel_signs_are_part_of_a_word():
    assert comparable("বিদ্যুৎ") == "বিদ্যুৎ"
    assert comparable("কল") != comparable("কাল")


@given(st.text())
def test_comparing_twice_changes_nothing_more(text: str):
    assert comparable(comparable(text)) == comparable(text)


def test_the_searched_text_holds_each_name_once():
    assert search_text("PLN", "pln", "", "Perusahaan  Listrik") == "pln|perusahaan listrik"
