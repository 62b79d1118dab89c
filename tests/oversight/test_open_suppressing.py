"""No number that is hidden can be worked out from the sums that are published beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oversight.open.suppressing import hidden_in_tree, hidden_parts, is_small, rounded

SMALL = range(1, 5)
NUMBERS = st.one_of(st.integers(0, 12), st.integers(0, 400))
PARTS = st.dictionaries(st.text("abcdefghij", min_size=1, max_size=3), NUMBERS, max_size=9)


def possible(known_sum: int, others: int, *, more: bool, least: int = 1) -> set[int]:
    """What one hidden number may be, for whoever knows the sum of it and `others` more, each at least
    so much; with `more` something unknown may lie beside them.
    """
    if not others and not more:
        return {known_sum}
    return set(range(least, known_sum - others * least + 1))


class TestParts:
    @given(PARTS)
    def test_nobody_finds_a_hidden_part_by_subtracting(self, parts: dict[str, int]) -> None:
        hidden = hidden_parts(parts)
        assert {key for key, number in parts.items() if number in SMALL} <= hidden
        if hidden and not is_small(sum(parts.values())):
            known = sum(parts.values()) - sum(parts[key] for key in parts if key not in hidden)
            # Where nones are hidden, a hidden number may be none.
            least = 0 if any(parts[key] == 0 for key in hidden) or hidden == parts.keys() else 1
            assert set(SMALL) <= possible(known, len(hidden) - 1, more=False, least=least)

    @given(PARTS)
    def test_nothing_is_hidden_where_nothing_is_small(self, parts: dict[str, int]) -> None:
        if not any(number in SMALL for number in parts.values()):
            assert hidden_parts(parts) == frozenset()

    @given(PARTS)
    def test_nones_are_hidden_all_or_not_at_all(self, parts: dict[str, int]) -> None:
        nones = {key for key, number in parts.items() if number == 0}
        assert hidden_parts(parts) & nones in (frozenset(), nones)

    def test_the_smallest_other_part_is_hidden_too(self) -> None:
        assert hidden_parts({"a": 2, "b": 90, "c": 7, "d": 0}) == set("ac")

    def test_two_that_could_each_be_told_take_a_third(self) -> None:
        # One and one of two: each is one.
        assert hidden_parts({"a": 1, "b": 1, "c": 30}) == set("abc")

    def test_where_each_would_be_one_nobody_is_told_which_are_none(self) -> None:
        ones = dict.fromkeys("abcdefg", 1)
        assert hidden_parts({**ones, "x": 0, "y": 0}) == set("abcdefgxy")


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, str | None], int]:
    """Numbers that hold all below them, what is above each, and the sum of all."""
    size = draw(st.integers(0, 9))
    names = [f"n{at}" for at in range(size)]
    above = {
        name: draw(st.sampled_from([None, *names[:at]])) if at else None
        for at, name in enumerate(names)
    }
    own = {name: draw(NUMBERS) for name in names}
    numbers = dict(own)
    for name in reversed(names):
        upper = above[name]
        if upper is not None:
            numbers[upper] += numbers[name]
    tops = sum(numbers[name] for name in names if above[name] is None)
    return numbers, above, tops + draw(NUMBERS)


class TestTrees:
    @given(trees())
    def test_nobody_finds_a_hidden_number_by_subtracting(
        self, tree: tuple[dict[str, int], dict[str, str | None], int]
    ) -> None:
        numbers, above, total = tree
        hidden = hidden_in_tree(numbers, above, total)
        assert {name for name, number in numbers.items() if number in SMALL} <= hidden
        shown = [name for name in numbers if name not in hidden]
        for upper in [*shown, *([] if is_small(total) else [None])]:
            whole = total if upper is None else numbers[upper]
            parts = [name for name in numbers if above[name] == upper]
            beside = whole - sum(numbers[name] for name in parts)
            kept = [name for name in parts if name in hidden]
            known = whole - sum(numbers[name] for name in parts if name not in hidden)
            if not kept:
                # What the sum has beside its parts lies open: it is none, or no small number.
                assert known == beside
                assert not parts or not is_small(beside)
                continue
            # No more is taken for unknown than has to be: what lies beside is never published.
            unknown = is_small(beside) or (kept == parts and beside > 0)
            known -= 0 if unknown else beside
            least = 0 if kept == parts or any(not numbers[name] for name in kept) else 1
            if any(numbers[name] for name in kept):
                assert set(SMALL) <= possible(known, len(kept) - 1, more=unknown, least=least)

    @given(trees())
    def test_all_below_a_hidden_sum_is_hidden(
        self, tree: tuple[dict[str, int], dict[str, str | None], int]
    ) -> None:
        numbers, above, total = tree
        hidden = hidden_in_tree(numbers, above, total)
        assert all(name in hidden for name in numbers if above[name] in hidden)

    def test_what_a_ministry_has_itself_is_not_found_either(self) -> None:
        # 43 of the ministry, 40 of its department: three are the ministry's own.
        hidden = hidden_in_tree(
            {"ministry": 43, "department": 40, "other": 100}, {"department": "ministry"}, 143
        )
        assert hidden == {"department"}

    def test_a_ministry_with_one_small_part_is_hidden_with_it_and_a_neighbour(self) -> None:
        hidden = hidden_in_tree({"ministry": 4, "part": 4, "other": 100}, {"part": "ministry"}, 104)
        assert hidden == {"ministry", "part", "other"}


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, 0), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (1_233, 1_235)],
)
def test_pages_show_numbers_of_parts_to_the_nearest_five(number: int, shown: int | None) -> None:
    assert rounded(number) == shown
