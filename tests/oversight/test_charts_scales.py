"""Ticks, places, classes and the widths of words: whatever the values, nothing is off the paper."""

import itertools
import math
from collections.abc import Iterator
from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from oversight.charts import Step, Unit
from oversight.charts.pens import Field, runs
from oversight.charts.rows import Key
from oversight.charts.scales import Scale, apart, highest, round_step, ticks
from oversight.charts.shades import SHADES, class_of, classes, shade_of
from oversight.charts.words import (
    cut,
    interval,
    known,
    lines,
    number,
    period,
    short_period,
    shown,
    width,
)

VALUES = st.floats(0, 1e12)
SHARES = st.floats(0, 1)
UNITS = st.sampled_from(list(Unit))
NAMES = st.text(st.characters(codec="utf-8"), max_size=80)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Words are read in English, whatever the language of the country."""
    with override("en"):
        yield


class TestTicks:
    @given(VALUES, UNITS, st.integers(2, 6))
    def test_they_begin_at_zero_reach_the_highest_and_rise_evenly(self, most, unit, about) -> None:
        most = min(most, 1.0) if unit is Unit.SHARE else most
        marks = ticks(most, unit, about)
        assert marks[0] == 0
        assert marks[-1] >= most * (1 - 1e-9)
        assert 2 <= len(marks) <= max(about + 2, 5)
        steps = {round((b - a) / marks[1], 6) for a, b in itertools.pairwise(marks)}
        assert steps == {1.0}

    @given(VALUES)
    def test_counts_have_whole_steps(self, most) -> None:
        assert all(mark == int(mark) for mark in ticks(most, Unit.COUNT))

    @given(SHARES)
    def test_a_share_never_goes_beyond_the_whole(self, most) -> None:
        assert ticks(most, Unit.SHARE)[-1] <= 1

    def test_as_people_would_choose_them(self) -> None:
        assert ticks(1420, Unit.COUNT) == [0, 500, 1000, 1500]
        assert ticks(0.79, Unit.SHARE) == [0, 0.25, 0.5, 0.75, 1]
        assert ticks(0.04, Unit.SHARE) == [0, 0.01, 0.02, 0.03, 0.04]
        assert ticks(3, Unit.COUNT) == [0, 1, 2, 3]
        assert ticks(0.3, Unit.DAYS) == [0, 0.1, 0.2, 0.3]

    @given(st.floats(1e-9, 1e15))
    def test_a_round_step_is_one_two_or_five(self, step) -> None:
        found = round_step(step)
        assert step * (1 - 1e-6) <= found <= step * 2.5 * (1 + 1e-6)
        digit = found / 10 ** math.floor(math.log10(found) + 1e-9)
        assert any(math.isclose(digit, one) for one in (1, 2, 5, 10))

    def test_of_nothing_there_is_no_step(self) -> None:
        assert round_step(0) == 0


class TestScale:
    @given(st.floats(1e-6, 1e12), st.floats(0, 1e13), st.floats(0, 600), st.floats(0, 600))
    def test_every_value_lies_between_the_ends(self, top, value, start, end) -> None:
        place = Scale(top, start, end).at(value)
        assert min(start, end) - 1e-6 <= place <= max(start, end) + 1e-6

    def test_half_of_the_top_is_in_the_middle(self) -> None:
        assert Scale(10, 100, 0).at(5) == 50

    @given(st.lists(st.one_of(st.none(), VALUES, st.just(math.nan), st.just(math.inf))))
    def test_the_highest_is_a_number(self, values) -> None:
        assert math.isfinite(highest(values))

    def test_a_single_period_is_in_the_middle(self) -> None:
        assert Field(10, 30, Scale(1, 0, 1), 1).x(0) == 20


class TestApart:
    @given(st.lists(st.floats(0, 200), min_size=1, max_size=5))
    def test_no_label_lies_over_another_or_off_the_paper(self, places) -> None:
        moved = apart(places, [18.0] * len(places), 0, 200)
        for a, b in zip(sorted(moved), sorted(moved)[1:], strict=False):
            assert b - a >= 18 - 1e-6
        assert min(moved) >= 9 - 1e-6
        assert max(moved) <= 191 + 1e-6

    @given(st.lists(st.floats(0, 200), min_size=1, max_size=5))
    def test_labels_keep_the_order_of_what_they_name(self, places) -> None:
        moved = apart(places, [18.0] * len(places), 0, 200)
        order = sorted(range(len(places)), key=lambda at: places[at])
        assert [moved[at] for at in order] == sorted(moved)

    def test_a_label_with_room_stays_where_it_is(self) -> None:
        assert apart([50, 120], [18, 18], 0, 200) == [50, 120]

    def test_more_than_the_room_begins_at_the_top(self) -> None:
        assert apart([5, 5, 5], [18, 18, 18], 0, 30) == [9, 27, 45]

    def test_none(self) -> None:
        assert apart([], [], 0, 200) == []


class TestRuns:
    def test_a_gap_parts_them(self) -> None:
        assert runs([1, 2, None, 3, math.nan, 0]) == [[0, 1], [3], [5]]

    def test_of_nothing(self) -> None:
        assert runs([None, None]) == []


class TestClasses:
    @given(st.lists(st.one_of(st.none(), st.integers(0, 500)), max_size=80), UNITS)
    def test_every_value_is_in_the_class_that_is_written_in_the_key(self, values, unit) -> None:
        values = [v if v is None or unit is not Unit.SHARE else v / 500 for v in values]
        among = classes(values, unit)
        assert len(among) <= len(SHADES)
        assert sum(one.count for one in among) == sum(value is not None for value in values)
        for value in values:
            place = class_of(value, unit, among)
            if value is None:
                assert place is None
            else:
                assert among[place].first <= shown(value, unit) <= among[place].last

    @given(st.lists(st.integers(0, 500), min_size=1, max_size=80))
    def test_classes_rise_and_never_touch(self, values) -> None:
        among = classes(values, Unit.COUNT)
        for a, b in itertools.pairwise(among):
            assert a.last < b.first

    def test_about_as_many_in_each(self) -> None:
        assert [one.count for one in classes(range(64), Unit.COUNT)] == [13, 13, 13, 12, 13]

    def test_equal_values_are_one_class(self) -> None:
        among = classes([0.5] * 30, Unit.SHARE)
        assert [(one.name(Unit.SHARE, "en"), one.count) for one in among] == [("50%", 30)]

    def test_a_class_says_its_first_and_last_value(self) -> None:
        assert classes([0.02, 0.094], Unit.SHARE, most=1)[0].name(Unit.SHARE, "bn") == "২–৯%"

    def test_what_is_above_all_classes_is_in_none(self) -> None:
        assert class_of(9, Unit.COUNT, classes([1], Unit.COUNT)) is None

    @given(st.integers(0, 10**9), st.integers(1, 10**9))
    def test_a_shade_is_one_of_five(self, count, most) -> None:
        assert 0 <= shade_of(min(count, most), most) < len(SHADES)

    def test_shades_grow_darker_by_even_steps(self) -> None:
        steps = [lightness(a) - lightness(b) for a, b in itertools.pairwise(SHADES)]
        assert all(12 < step < 22 for step in steps)


def lightness(colour: str) -> float:
    """CIE L*: 0 for black, 100 for white."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    ]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * light ** (1 / 3) - 16


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "unit", "language", "said"),
        [
            (1234, Unit.COUNT, "en", "1,234"),
            (1234, Unit.COUNT, "id", "1.234"),
            (123456, Unit.COUNT, "bn", "১,২৩,৪৫৬"),
            (0.874, Unit.SHARE, "en", "87%"),
            (0.5, Unit.SHARE, "bn", "৫০%"),
            (4.5, Unit.DAYS, "id", "4,5"),
            (4.04, Unit.DAYS, "en", "4"),
            (None, Unit.COUNT, "en", "–"),
            (math.nan, Unit.DAYS, "en", "–"),
            (math.inf, Unit.COUNT, "en", "–"),
        ],
    )
    def test_as_the_reader_writes_them(self, value, unit, language, said) -> None:
        assert number(value, unit, language) == said

    def test_both_ends_of_an_interval(self) -> None:
        assert interval(0.82, 0.91, Unit.SHARE, "en") == "82–91%"
        assert interval(0.82, 0.91, Unit.SHARE, "bn") == "৮২–৯১%"
        assert interval(None, 0.91, Unit.SHARE, "en") == "–"

    def test_below_zero_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="below zero"):
            known(-0.1)

    def test_periods(self) -> None:
        first = date(2026, 11, 16)
        assert period(first, Step.MONTH, "en") == "November 2026"
        assert period(first, Step.DAY, "bn") == "১৬ নভেম্বর ২০২৬"
        assert period(first, Step.WEEK, "en") == "week of 16 November 2026"
        assert short_period(first, Step.MONTH, "id") == "Nov"
        assert short_period(first, Step.DAY, "en") == "16 Nov"


class TestWords:
    @given(NAMES, st.floats(30, 400))
    def test_what_is_cut_fits(self, name, room) -> None:
        assert width(cut(name, room, 14), 14) <= room

    @given(NAMES, st.floats(30, 400), st.integers(1, 3))
    def test_lines_fit_and_are_not_too_many(self, name, room, most) -> None:
        found = lines(name, room, 14, most)
        assert 1 <= len(found) <= most
        assert all(width(line, 14) <= room for line in found)

    def test_short_words_stay_whole(self) -> None:
        assert lines("Ministry of Land", 200, 14) == ["Ministry of Land"]
        assert lines("Secondary and Higher Education Division", 200, 14) == [
            "Secondary and Higher",
            "Education Division",
        ]

    def test_signs_upon_a_letter_take_no_width_of_their_own(self) -> None:
        assert width("ক্", 10) == width("ক", 10)

    @given(st.lists(st.text("abc ", min_size=1, max_size=30), max_size=6))
    def test_the_entries_of_a_key_lie_apart(self, words) -> None:
        key = Key.of(words, 328)
        assert len(set(key.places)) == len(words)
        assert all(y < key.height for _x, y in key.places)
