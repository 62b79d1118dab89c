"""Prints: alike texts share a band, others hardly ever, and no text can be read from one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairplay import prints
from fairplay.prints import close_in_length, near, print_of, resemblance, trigrams

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
LONG = (
    "The transformer behind the primary school has been broken for three weeks and nobody from the"
    " power office has come to look at it although we called them every single day."
)
ALIKE = LONG.replace("three weeks", "four weeks").replace("every single day", "each day")
BANGLA = "বিদ্যালয়ের পিছনের ট্রান্সফরমারটি তিন সপ্তাহ ধরে নষ্ট, কেউ দেখতে আসেনি।"
WORDS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9), min_size=8, max_size=40
)


def made(text: str, key: bytes = KEY) -> prints.Print:
    found = print_of(text, key)
    assert found is not None
    return found


def shared(one: str, other: str) -> int:
    return len(set(made(one).bands) & set(made(other).bands))


def test_trigrams_are_those_of_postgres() -> None:
    assert trigrams("cat") == {"  c", " ca", "cat", "at "}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other", [ALIKE, BANGLA, LONG.upper(), "Something else entirely, about a road."]
)
def test_the_measure_is_that_of_postgres(other: str) -> None:
    from django.db import connection

    from routing.text import plain

    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity(%s, %s)", [plain(LONG), plain(other)])
        theirs = cursor.fetchone()[0]
    assert resemblance(LONG, other) == pytest.approx(theirs, abs=0.02)


def test_the_same_words_have_the_same_print_however_they_are_set() -> None:
    assert made(LONG) == made(f"  {LONG.upper()}!!  ")
    assert made(BANGLA) == made(BANGLA.replace(",", "  "))


def test_other_words_have_another() -> None:
    assert made(LONG).exact != made(ALIKE).exact


def test_alike_texts_share_a_band_and_others_do_not() -> None:
    assert resemblance(LONG, ALIKE) > 0.8
    assert shared(LONG, ALIKE) >= 1
    assert shared(LONG, "Somebody parks a bus on the footpath near the market every evening.") == 0


@given(WORDS, st.integers(0, 100))
def test_a_word_more_is_found_again(words: list[str], at: int) -> None:
    one = " ".join(words)
    other = " ".join([*words[: at % len(words)], "x", *words[at % len(words) :]])
    if resemblance(one, other) >= 0.93:
        assert shared(one, other) >= 1


def test_what_is_too_short_says_nothing() -> None:
    assert print_of("No water here", KEY) is None
    assert print_of("!!!", KEY) is None


def test_without_the_key_no_text_can_be_recognised() -> None:
    assert made(LONG).exact != made(LONG, OTHER_KEY).exact
    assert not set(made(LONG).bands) & set(made(LONG, OTHER_KEY).bands)


def test_a_band_is_a_number_of_the_database() -> None:
    assert all(-(2**63) <= band < 2**63 for band in made(LONG).bands)
    assert len(made(LONG).bands) == prints.BANDS


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("3/3.47/", "3/3.47/3.47.1/", True),
        ("3/3.47/3.47.1/", "3/3.47/", True),
        ("", "3/3.47/", True),
        ("", "", True),
        ("3/3.47/", "3/3.48/", False),
        ("3/3.4/", "3/3.47/", False),
    ],
)
def test_places_are_near_where_one_lies_in_the_other_or_is_none(
    one: str, other: str, expected: bool
) -> None:
    assert near(one, other) is expected


def test_lengths_that_differ_much_are_not_compared() -> None:
    assert close_in_length(60, 100, 0.6)
    assert not close_in_length(59, 100, 0.6)
    assert not close_in_length(0, 0, 0.6)
