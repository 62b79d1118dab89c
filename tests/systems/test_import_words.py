"""Words that nothing here knows, counted within bounds."""

import pytest

from systems.past import words
from systems.past.doubts import Doubt
from systems.past.words import Words


def holder(word: str) -> Doubt:
    return Doubt("agency_unknown", "holder", word)


def counted(*given: str) -> Words:
    found = Words()
    for row, word in enumerate(given, start=2):
        found.add(holder(word), row)
    return found


def test_the_most_frequent_come_first_with_their_first_row() -> None:
    listed = counted("a", "b", "b").listed(holder(""))

    assert [(one.word, one.rows, one.first) for one in listed] == [("b", 2, 3), ("a", 1, 2)]


def test_a_doubt_about_no_word_is_not_listed() -> None:
    assert list(counted("", "\x07 ").lines()) == []


def test_so_many_are_listed_and_of_the_others_how_many_rows() -> None:
    found = counted(*(f"word {place}" for place in range(words.LISTED + 3)))

    assert len(found.listed(holder(""))) == words.LISTED
    assert list(found.lines())[-1] == "          3  rows with other words"


def test_a_column_without_end_of_words_takes_no_memory_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, "COUNTED", 2)

    found = counted("a", "b", "c", "d", "a")

    assert [(one.word, one.rows) for one in found.listed(holder(""))] == [("a", 2), ("b", 1)]
    assert found.left(holder("")) == 2
    assert len(found.first) == 2


def test_a_long_word_is_cut_and_joiners_of_bangla_stay() -> None:
    (long, joined) = counted("x" * 500, "\u09b0\u200d\u09cd\u09af").listed(holder(""))

    assert (len(long.word), long.word[-1]) == (words.LONGEST, "…")
    assert joined.word == "\u09b0\u200d\u09cd\u09af"
