"""What is particular about each kind of chart."""

import pytest
from django.utils.translation import gettext, override

from oversight import charts
from oversight.charts import (
    AgeBand,
    Band,
    Bar,
    Chart,
    Flow,
    Row,
    Series,
    Stack,
    Step,
    Unit,
)
from oversight.charts.bands import differs
from oversight.charts.drawing import NARROW, SMALL
from oversight.charts.rows import SIGN
from oversight.charts.words import width
from tests.oversight.test_charts import FRAME, MONTHS, _english, marks, texts

__all__ = ["_english"]


class TestTrend:
    def draw(self, **options) -> Chart:
        told = {"step": Step.MONTH, "unit": Unit.COUNT, **options}
        return charts.trend(FRAME, MONTHS, [Series("Received", (10, 20, 15))], **told)

    def test_names_line_and_last_value_at_its_end(self) -> None:
        assert "Received 15" in texts(self.draw().wide)
        assert {"Received", "15"} <= set(texts(self.draw().narrow))

    def test_long_names_are_whole_on_both_widths(self) -> None:
        names = ("Answered within 10 days from filing", "Answered within 10 days from the forward")
        series = [Series(name, (0.5, 0.6, 0.7)) for name in names]
        chart = charts.trend(FRAME, MONTHS, series, step=Step.MONTH, unit=Unit.SHARE)
        for drawn in (chart.wide, chart.narrow):
            said = " ".join(texts(drawn))
            assert "…" not in said
            assert all(name in said for name in names)

    def test_a_last_period_that_is_not_over_is_open_and_said_to_be_so(self) -> None:
        assert marks(self.draw().wide, "c-open") == []
        running = self.draw(running=True)
        assert len(marks(running.wide, "c-open")) == 1
        assert "so far" in texts(running.wide)
        assert running.table.rows[-1].name == "November 2026, so far"

    def test_the_year_before_is_thin_and_dashed(self) -> None:
        before = self.draw(before=Series("The year before", (5, None, 9)))
        dashed = [one for one in marks(before.wide, "c-line") if one["stroke-width"] == "1.2"]
        assert [one["stroke-dasharray"] for one in dashed] == ["3 3", "3 3"], "a gap parts it"
        assert before.table.head == ("Agency", "Received", "The year before")
        assert before.table.rows[1].cells == ("20", "–")

    def test_four_lines_differ_without_their_colours(self) -> None:
        four = charts.trend(
            FRAME,
            MONTHS,
            [Series(name, (1, 2, at)) for at, name in enumerate("ABCD")],
            step=Step.MONTH,
            unit=Unit.COUNT,
        )
        lines = [one for one in marks(four.wide, "c-line") if one.get("stroke-width") == "2.2"]
        assert len({one.get("stroke-dasharray") for one in lines}) == 4

    def test_an_interval_is_a_band_and_in_the_table(self) -> None:
        share = charts.trend(
            FRAME,
            MONTHS,
            [Series("Solved", (0.5, None, 0.7), (0.4, None, 0.6), (0.6, None, 0.8))],
            step=Step.MONTH,
            unit=Unit.SHARE,
        )
        assert [row.cells for row in share.table.rows] == [
            ("50% (40–60%)",),
            ("–",),
            ("70% (60–80%)",),
        ]

    @pytest.mark.parametrize(
        "series",
        [
            [],
            [Series(str(at), (1, 2, 3)) for at in range(5)],
            [Series("A", (1, 2))],
            [Series("A", (1, 2, 3), low=(1,), high=(2, 3, 4))],
            [Series("A", (1, 2, -3))],
        ],
    )
    def test_what_makes_no_sense_is_refused(self, series: list[Series]) -> None:
        with pytest.raises(ValueError, match=r"."):
            charts.trend(FRAME, MONTHS, series, step=Step.MONTH, unit=Unit.COUNT)

    def test_spark_says_its_first_and_last_value(self) -> None:
        spark = charts.spark([0.5, None, 0.7], name="Land", unit=Unit.SHARE, language="en")
        assert 'aria-label="Land: from 50% to 70%"' in spark


class TestBars:
    def test_the_longest_bar_is_the_greatest_and_zero_has_none(self) -> None:
        chart = charts.bars(FRAME, [Bar("A", 10), Bar("B", 5), Bar("C", 0)], unit=Unit.COUNT)
        long = [float(one["width"]) for one in marks(chart.wide, "c-mark")]
        assert long[0] == pytest.approx(2 * long[1], abs=0.2)
        assert long[2] == 0
        assert {"A", "10", "B", "5", "C", "0"} <= set(texts(chart.wide))

    def test_what_is_known_of_a_row_is_in_the_table(self) -> None:
        chart = charts.bars(
            FRAME,
            [Bar("A", 0.5, before=0.4, low=0.3, high=0.6, link="/a/"), Bar("B", None)],
            unit=Unit.SHARE,
            value_name="Late",
        )
        assert chart.table.head == ("Agency", "Late", "Interval (95 of 100)", "The year before")
        assert chart.table.rows == (
            Row("A", ("50%", "30–60%", "40%"), "/a/"),
            Row("B", ("–", "–", "–")),
        )
        assert {"The year before", "Interval (95 of 100)"} <= set(texts(chart.narrow))

    def test_a_row_with_a_link_leads_there(self) -> None:
        chart = charts.bars(FRAME, [Bar("A", 1, link="/a/"), Bar("B", 2)], unit=Unit.COUNT)
        assert chart.wide is not None
        assert [one.get("href") for one in chart.wide.root.iter("a")] == ["/a/"]

    def test_bars_of_what_is_late_look_like_late_columns(self) -> None:
        late = charts.bars(FRAME, [Bar("A", 3)], unit=Unit.COUNT, late=True)
        columns = charts.ageing(FRAME, [AgeBand("0–3 days", 0, 3)])
        assert marks(late.wide, "c-mark") == []
        (bar,) = marks(late.wide, "c-hatch")
        assert bar["stroke"] in {one["stroke"] for one in marks(columns.wide, "c-hatch")}

    def test_all_zero_is_a_finding_too(self) -> None:
        chart = charts.bars(FRAME, [Bar("A", 0), Bar("B", 0)], unit=Unit.COUNT)
        assert texts(chart.wide).count("0") == 2


class TestParts:
    def test_parts_of_a_bar_differ_by_their_filling(self) -> None:
        chart = charts.stacked(FRAME, list("ABCDEF"), [Stack("All", (1,) * 6)])
        assert chart.wide is not None
        fills = [
            one.get("fill")
            for one in chart.wide.root.iter("rect")
            if one.get("height") == "24" and one.get("stroke")
        ]
        assert len(fills) == len(set(fills)) == 6

    def test_a_single_bar_says_all_shares_in_its_key(self) -> None:
        chart = charts.stacked(FRAME, ["Solved", "Silent"], [Stack("All", (99, 1))])
        assert {"Solved 99%", "Silent 1%"} <= set(texts(chart.wide))
        assert chart.table.rows[0].cells == ("99 (99%)", "1 (1%)", "100")

    def test_long_words_of_a_key_go_on_below_and_nothing_lies_on_them(self) -> None:
        long = "Partly resolved, not upheld, advice only, no power to act"
        chart = charts.stacked(FRAME, [long, "Silent"], [Stack("All answers", (60, 40))])
        said = texts(chart.narrow)
        first = next(place for place, one in enumerate(said) if one.startswith("Partly"))
        end = said.index("Silent 40%")
        assert " ".join(said[first:end]) == f"{long} 60%"
        assert all(width(one, SMALL) + SIGN <= NARROW for one in said[first:end])
        assert chart.narrow is not None
        keys = [one for one in chart.narrow.root.iter("rect") if one.get("height") == "15"]
        words = {
            (one.text or "").strip(): float(one.get("y", ""))
            for one in chart.narrow.root.iter("text")
        }
        assert float(keys[1].get("y", "")) > words[said[end - 1]]
        assert words["All answers"] > words["Silent 40%"] + 10

    def test_names_of_columns_are_whole_on_a_phone(self) -> None:
        bands = [AgeBand(name, 1, 1) for name in ["0–3 days"] * 5 + ["more than 365 days"]]
        chart = charts.ageing(FRAME, bands)
        assert chart.narrow is not None
        below = [one for one in texts(chart.narrow) if one in {"more", "than", "365", "days"}]
        assert below[-4:] == ["more", "than", "365", "days"]
        lowest = max(float(one.get("y", "")) for one in chart.narrow.root.iter("text"))
        assert lowest + 4 <= chart.narrow.height

    def test_bars_are_of_one_length_or_as_long_as_their_counts(self) -> None:
        rows = [Stack("A", (10,)), Stack("B", (5,))]
        shares = charts.stacked(FRAME, ["Open"], rows)
        counts = charts.stacked(FRAME, ["Open"], rows, of_hundred=False)

        def long(chart: Chart) -> list[float]:
            return [
                float(one["width"]) for one in marks(chart.wide, "c-mark") if one["height"] == "24"
            ]

        assert long(shares)[0] == long(shares)[1]
        assert long(counts)[0] == pytest.approx(2 * long(counts)[1], abs=0.2)

    @pytest.mark.parametrize(
        ("parts", "counts"), [(list("ABCDEFG"), (1,) * 7), (["A"], (1, 2)), (["A"], (-1,))]
    )
    def test_what_makes_no_sense_is_refused(self, parts: list[str], counts: tuple) -> None:
        with pytest.raises(ValueError, match=r"."):
            charts.stacked(FRAME, parts, [Stack("All", counts)])

    def test_late_cases_are_hatched_and_stand_on_the_others(self) -> None:
        chart = charts.ageing(FRAME, [AgeBand("0–3 days", 30, 10), AgeBand("4–10 days", 0, 5)])
        hatched = [one for one in marks(chart.wide, "c-hatch") if one["height"] != "15"]
        assert len(hatched) == 2
        assert chart.table.rows[0].cells == ("30", "10", "40")
        with pytest.raises(ValueError, match="below zero"):
            charts.ageing(FRAME, [AgeBand("0–3 days", -1, 0)])


class TestFlow:
    def test_each_pair_has_its_cell_with_its_number(self) -> None:
        chart = charts.flow(FRAME, [Flow("Land", "Water", 12, "/a/"), Flow("Water", "Land", 3)])
        assert {"12", "3"} <= set(texts(chart.wide))
        assert chart.table.rows[0] == Row("Land → Water", ("12",), "/a/")
        assert "Land → Water" in texts(chart.narrow)

    def test_more_than_twelve_are_put_together_and_none_is_lost(self) -> None:
        flows = [Flow(f"Office {at}", f"Office {at + 1}", 100 - at, "/x/") for at in range(30)]
        chart = charts.flow(FRAME, flows)
        assert "All others" in texts(chart.wide)
        drawn = sum(int(one) for one in texts(chart.wide)[-40:] if one.isdigit() and int(one) > 12)
        assert chart.wide is not None
        titles = [one.text or "" for one in chart.wide.root.iter("title")]
        counts = [int(one.rsplit(": ", 1)[1].replace(",", "")) for one in titles if ": " in one]
        assert sum(counts) == sum(one.count for one in flows)
        assert drawn
        assert len(chart.table.rows) == 30

    def test_flows_put_together_lead_nowhere(self) -> None:
        flows = [Flow(f"Office {at}", f"Office {at + 1}", 100 - at, "/x/") for at in range(30)]
        chart = charts.flow(FRAME, flows)
        assert chart.wide is not None
        named = [one.get("aria-label", "") for one in chart.wide.root.iter("a")]
        assert not [name for name in named if "All others → All others" in name]

    def test_a_count_below_zero_is_refused(self) -> None:
        with pytest.raises(ValueError, match="below zero"):
            charts.flow(FRAME, [Flow("A", "B", -1)])


class TestBands:
    @pytest.mark.parametrize(
        ("low", "high", "left_out", "found"),
        [
            (0.71, 0.8, "", True),
            (0.5, 0.69, "", True),
            (0.6, 0.8, "", False),
            (0.7, 0.8, "", False),
            (None, 0.8, "", False),
            (0.71, 0.8, "in doubt", False),
        ],
    )
    def test_a_difference_is_one_if_the_whole_interval_is_beside_the_line(
        self, low: float | None, high: float, left_out: str, found: bool
    ) -> None:
        assert differs(Band("A", 0.7, low, high, 10, left_out=left_out), 0.7) is found

    def test_a_caller_may_judge_by_a_rule_of_its_own_but_not_what_is_left_out(self) -> None:
        assert differs(Band("A", 0.7, 0.6, 0.8, 10, stands_apart=True), 0.7)
        assert not differs(Band("A", 0.9, 0.8, 0.95, 10, stands_apart=False), 0.7)
        assert not differs(Band("A", 0.9, 0.8, 0.95, 10, "", "in doubt", True), 0.7)

    def test_without_a_line_nothing_differs(self) -> None:
        assert not differs(Band("A", 0.7, 0.6, 0.8, 10), None)

    def test_what_is_left_out_has_no_dot_and_its_reason(self) -> None:
        chart = charts.bands(
            FRAME,
            [Band("A", 0.9, 0.8, 0.95, 100), Band("B", 0.9, 0.8, 0.95, 50, "", "in doubt")],
            unit=Unit.SHARE,
            line=0.7,
            line_name="Country",
        )
        assert chart.table.head[-1] == "Not compared, because"
        assert [row.cells[-1] for row in chart.table.rows] == ["", "in doubt"]
        assert "Country: 70%" in texts(chart.wide)
        dots = [one for one in marks(chart.wide, "c-mark") if "cx" in one]
        assert len(dots) == 2, "one in the key, one on its row"


@pytest.mark.parametrize(("language", "of_a_case"), [("bn", "নম্বর"), ("id", "Nomor")])
def test_a_count_is_not_headed_by_the_word_for_the_number_of_a_case(
    language: str, of_a_case: str
) -> None:
    with override(language):
        bars = charts.bars(FRAME, [Bar("Road", 3)], unit=Unit.COUNT)
        places = charts.district_map(FRAME, "bd", [], unit=Unit.COUNT)
        assert gettext("Number") == of_a_case
        assert of_a_case not in (*bars.table.head, *places.table.head)
