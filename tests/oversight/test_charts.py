"""Each chart: what it draws, the table that it draws, and that no name or number can break it."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils.translation import gettext, override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oversight import charts
from oversight.charts import (
    AgeBand,
    Band,
    Bar,
    Chart,
    Flow,
    Frame,
    Picture,
    Row,
    Series,
    Stack,
    Step,
    Unit,
)
from oversight.charts.bands import differs
from oversight.charts.drawing import NARROW, PAINTS, SMALL
from oversight.charts.rows import SIGN
from oversight.charts.words import width
from tests.oversight.charts_shown import every_chart

ROOT = Path(__file__).resolve().parents[2]
FRAME = Frame("late", "Late now", "12% are late.", "Agency", "en")
MONTHS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
HOSTILE = "<script>alert('x')</script> & \"Co\" ]]> \x00\x1b \u202e drow"
VALUES = st.one_of(st.none(), st.floats(0, 1e9), st.just(math.nan), st.just(math.inf))
NAMES = st.text(st.characters(codec="utf-8"), max_size=60)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Words are read in English, whatever the language of the country."""
    with override("en"):
        yield


EVERY = [(one.frame.key, one) for one in every_chart("bn")]


def pictures(chart: Chart) -> list[Picture]:
    """All of a chart's pictures."""
    return [one for one in (chart.wide, chart.narrow, chart.key) if one is not None]


def texts(picture: Picture | None) -> list[str]:
    """The words that are to be seen on a picture."""
    assert picture is not None
    return [(element.text or "").strip() for element in picture.root.iter("text")]


def marks(picture: Picture | None, kind: str) -> list[dict[str, str]]:
    """The attributes of shapes with a class."""
    assert picture is not None
    return [one.attrib for one in picture.root.iter() if one.get("class") == kind]


def parsed(markup: str) -> ElementTree.Element:
    """Our own markup, read by a strict reader."""
    return ElementTree.fromstring(markup)  # noqa: S314


def sound(chart: Chart) -> None:
    """Well-formed, every place a number, nothing beyond the paper but by a letter or two."""
    for picture in pictures(chart):
        root = parsed(str(picture))
        ids = [one.attrib["id"] for one in root.iter() if "id" in one.attrib]
        assert len(ids) == len(set(ids))
        assert not re.search(r"\b(nan|inf)\b", str(picture.root.attrib))
        for element in root.iter():
            for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height", "r"):
                if name in element.attrib:
                    value = float(element.attrib[name])
                    assert math.isfinite(value)
                    edge = picture.height if name in {"y", "y1", "y2", "cy", "height"} else 700
                    assert -20 <= value <= edge + 1, (element.tag, element.attrib)
            assert "style" not in element.attrib
            assert not re.search(r"nan|inf", element.attrib.get("d", ""))


class TestEvery:
    @pytest.mark.parametrize(("key", "chart"), EVERY, ids=[key for key, _chart in EVERY])
    def test_is_sound_and_says_its_title_and_finding(self, key: str, chart: Chart) -> None:
        sound(chart)
        for picture in pictures(chart):
            named = picture.root.attrib["aria-labelledby"].split()
            told = {one.get("id"): one.text for one in picture.root if one.get("id")}
            assert all(told[name] for name in named)
            linked = any(picture.root.iter("a"))
            assert picture.root.attrib["role"] == ("group" if linked else "img")
        for picture in filter(None, (chart.wide, chart.narrow)):
            assert picture.root[0].text == chart.frame.title
            assert picture.root[1].text == chart.frame.finding

    @pytest.mark.parametrize(("key", "chart"), EVERY, ids=[key for key, _chart in EVERY])
    def test_its_letters_can_be_read_on_a_phone(self, key: str, chart: Chart) -> None:
        for picture in pictures(chart):
            sizes = [float(one.attrib["font-size"]) for one in picture.root.iter("text")]
            assert min(sizes, default=14) >= 10
            assert Counter(size >= 13 for size in sizes)[True] >= 0.9 * len(sizes)

    @pytest.mark.parametrize(("key", "chart"), EVERY, ids=[key for key, _chart in EVERY])
    def test_every_colour_is_an_attribute(self, key: str, chart: Chart) -> None:
        for picture in pictures(chart):
            for element in picture.root.iter():
                if element.tag in {"rect", "circle", "path", "line", "text"}:
                    assert {"fill", "stroke"} & element.attrib.keys(), element.attrib

    def test_digits_are_those_of_the_language(self) -> None:
        for _key, chart in EVERY:
            for picture in filter(None, (chart.wide, chart.narrow)):
                words = [word for word in texts(picture) if re.search(r"[0-9]", word)]
                assert set(words) <= {gettext("Interval (95 of 100)")}, (
                    "only what translators write"
                )

    def test_ids_differ_between_charts_and_widths(self) -> None:
        told = [
            element.attrib["id"]
            for _key, chart in EVERY
            for picture in {id(one): one for one in pictures(chart)}.values()
            for element in picture.root.iter()
            if "id" in element.attrib
        ]
        assert len(told) == len(set(told))

    def test_a_key_that_makes_no_id_is_refused(self) -> None:
        charts.bars(Frame("late_now-2", "T", "F", "Of", "en"), [Bar("One", 1)], unit=Unit.COUNT)
        for key in ("", "1st", "a b", 'a"b', "ä"):
            with pytest.raises(ValueError, match="key"):
                charts.bars(Frame(key, "T", "F", "Of", "en"), [Bar("One", 1)], unit=Unit.COUNT)

    @pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", " /x"])
    def test_a_link_that_leads_nowhere_on_the_web_is_refused(self, link: str) -> None:
        with pytest.raises(ValueError, match="link"):
            charts.bars(FRAME, [Bar("One", 1, link=link)], unit=Unit.COUNT)


class TestNothing:
    @pytest.mark.parametrize(
        "chart",
        [
            charts.trend(FRAME, [], [Series("A", ())], step=Step.MONTH, unit=Unit.COUNT),
            charts.trend(
                FRAME,
                MONTHS,
                [Series("A", (None, None, math.nan))],
                step=Step.MONTH,
                unit=Unit.COUNT,
            ),
            charts.bars(FRAME, [], unit=Unit.COUNT),
            charts.bars(FRAME, [Bar("A", None)], unit=Unit.SHARE),
            charts.stacked(FRAME, ["A"], []),
            charts.stacked(FRAME, ["A", "B"], [Stack("All", (0, 0))]),
            charts.ageing(FRAME, []),
            charts.ageing(FRAME, [AgeBand("0–3", 0, 0)]),
            charts.flow(FRAME, []),
            charts.flow(FRAME, [Flow("A", "B", 0)]),
            charts.bands(FRAME, [], unit=Unit.SHARE, line=0.5, line_name="All"),
            charts.district_map(FRAME, "bd", [], unit=Unit.COUNT),
        ],
    )
    def test_is_not_drawn_and_the_page_says_so(self, chart: Chart) -> None:
        assert pictures(chart) == []
        page = render_to_string("charts/chart.html", {"chart": chart})
        assert "<svg" not in page
        assert ("<table" in page) == bool(chart.table.rows)
        said = "no picture of these" if chart.table.rows else "nothing to show here yet"
        assert said in page

    def test_spark_of_less_than_two_values_is_empty(self) -> None:
        assert charts.spark([None, 3], name="Land", unit=Unit.COUNT, language="en") == ""
        assert charts.spark([], name="Land", unit=Unit.COUNT, language="en") == ""


class TestAnything:
    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40, deadline=None)
    @given(
        st.lists(st.tuples(NAMES, VALUES, VALUES, VALUES, VALUES), min_size=1, max_size=6),
        st.sampled_from(list(Unit)),
    )
    def test_bars_and_bands(self, rows: list[tuple], unit: Unit) -> None:
        sound(charts.bars(FRAME, [Bar(*row, link="/x/") for row in rows], unit=unit))
        sound(
            charts.bands(
                FRAME,
                [Band(name, value, low, high, 3) for name, value, _b, low, high in rows],
                unit=unit,
                line=rows[0][1],
                line_name=rows[0][0],
            )
        )

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=40), NAMES)
    def test_trends(self, values: list[tuple], name: str) -> None:
        periods = [date(2020 + at // 12, at % 12 + 1, 1) for at in range(len(values))]
        low, middle, high = (tuple(row[at] for row in values) for at in range(3))
        for running in (True, False):
            sound(
                charts.trend(
                    FRAME,
                    periods,
                    [Series(name, middle, low, high), Series("B", low)],
                    step=Step.MONTH,
                    unit=Unit.COUNT,
                    before=Series("Before", high),
                    running=running,
                )
            )

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(NAMES, st.integers(0, 10**9), st.integers(0, 10**9)), max_size=8))
    def test_stacks_columns_and_flows(self, rows: list[tuple]) -> None:
        sound(charts.stacked(FRAME, ["A", "B"], [Stack(name, (a, b)) for name, a, b in rows]))
        sound(charts.ageing(FRAME, [AgeBand(*row) for row in rows]))
        sound(charts.flow(FRAME, [Flow(name, "Somebody", a) for name, a, _b in rows]))

    def test_a_hostile_name_stays_words_on_the_page(self) -> None:
        hostile = [
            charts.bars(FRAME, [Bar(HOSTILE, 3, link="/a/?b=1&c=2")], unit=Unit.COUNT),
            charts.bands(
                FRAME,
                [Band(HOSTILE, 0.5, 0.4, 0.6, 3)],
                unit=Unit.SHARE,
                line=0.5,
                line_name=HOSTILE,
            ),
            charts.stacked(FRAME, [HOSTILE, "B"], [Stack(HOSTILE, (1, 2))]),
            charts.ageing(FRAME, [AgeBand(HOSTILE, 1, 2)]),
            charts.flow(FRAME, [Flow(HOSTILE, "B", 1, "/x/")]),
            charts.trend(
                FRAME, MONTHS, [Series(HOSTILE, (1, 2, 3))], step=Step.MONTH, unit=Unit.COUNT
            ),
            charts.bars(
                Frame("k", HOSTILE, HOSTILE, HOSTILE, "en", HOSTILE), [Bar("A", 1)], unit=Unit.COUNT
            ),
        ]
        for chart in hostile:
            sound(chart)
            page = render_to_string("charts/chart.html", {"chart": chart})
            assert "<script" not in page
            assert "\x00" not in str(chart.wide)
            assert "\u202e" not in str(chart.wide)
            parsed(charts.standalone(chart))
        spark = charts.spark([1, 2], name=HOSTILE, unit=Unit.COUNT, language="en")
        assert "<script" not in spark


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


class TestOutside:
    @pytest.mark.parametrize(("key", "chart"), EVERY, ids=[key for key, _chart in EVERY])
    def test_a_picture_by_itself_is_xml_with_all_that_it_needs(
        self, key: str, chart: Chart
    ) -> None:
        alone = charts.standalone(chart)
        if chart.wide is None:
            assert alone == ""
            return
        root = parsed(alone)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.attrib["font-family"].startswith("Noto Sans Bengali")
        for element in root.iter():
            assert not {"class", "href", "role"} & element.attrib.keys()
        used = set(re.findall(r"url\(#([^)]+)\)", alone))
        assert used <= {one.get("id") for one in root.iter()}

    def test_a_map_has_its_key_beside_it(self) -> None:
        chart = next(one for key, one in EVERY if key == "map-bd")
        assert chart.wide is not None
        assert chart.key is not None
        wide = parsed(charts.standalone(chart))
        assert float(wide.attrib["width"]) > chart.wide.width + chart.key.width
        below = parsed(charts.standalone(chart, narrow=True))
        assert float(below.attrib["height"]) > chart.wide.height + chart.key.height

    @pytest.mark.parametrize(("key", "chart"), EVERY, ids=[key for key, _chart in EVERY])
    def test_the_words_for_typst_are_those_of_the_picture(self, key: str, chart: Chart) -> None:
        apart = charts.lettered(chart)
        if chart.wide is None:
            assert apart is None
            return
        assert apart is not None
        assert "<text" not in apart.svg
        told = texts(chart.wide) + (texts(chart.key) if chart.key else [])
        assert Counter(one.text for one in apart.words) == Counter(told)
        assert all(0 <= one.y <= apart.height for one in apart.words)

    def test_nothing_in_a_name_is_markup_for_typst(self) -> None:
        name = 'a"b\\c #eval("x") $1$\n'
        chart = charts.bars(FRAME, [Bar(name, 1)], unit=Unit.COUNT)
        apart = charts.lettered(chart)
        assert apart is not None
        call = apart.typst("late.svg", name)
        assert '"a\\"b\\\\c #eval(\\"x\\") $1$"' in call
        assert call.startswith('#lettered("late.svg", 600, ')

    def test_drawing_by_itself_leaves_the_page_s_picture_as_it_was(self) -> None:
        chart = charts.bars(FRAME, [Bar("A", 1, link="/a/")], unit=Unit.COUNT)
        before = str(chart.wide)
        charts.standalone(chart)
        charts.lettered(chart)
        assert str(chart.wide) == before


class TestPage:
    def test_table_has_heads_for_rows_and_columns(self) -> None:
        chart = charts.bars(FRAME, [Bar("A", 1, link="/a/"), Bar("B", 2)], unit=Unit.COUNT)
        page = render_to_string("charts/chart.html", {"chart": chart, "heading": 2})
        assert page.count('scope="col"') == 2
        assert page.count('scope="row"') == 2
        assert '<a class="govuk-link" href="/a/">A</a>' in page
        assert "<h2" in page
        assert "12% are late." in page

    def test_a_map_is_drawn_once_and_others_for_two_widths(self) -> None:
        for key, chart in EVERY:
            page = render_to_string("charts/chart.html", {"chart": chart})
            single = key.startswith("map")
            assert page.count("app-chart__narrow") == (0 if single or chart.wide is None else 1)
            assert page.count("app-chart__key") == (1 if single else 0)

    def test_nothing_on_it_needs_a_style_or_a_script(self) -> None:
        for _key, chart in EVERY:
            page = render_to_string("charts/chart.html", {"chart": chart})
            assert not re.search(r"\sstyle=|<style|<script|\son\w+=", page)


def test_every_paint_has_a_class_for_a_reader_s_own_colours() -> None:
    sheet = (ROOT / "static/src/charts.scss").read_text(encoding="utf-8")
    told = set(re.findall(r"\.(c-[\w-]+)", sheet))
    assert {paint["class"] for paint in PAINTS.values()} <= told
