"""Each chart: what it draws, the table that it draws, and that no name or number can break it."""

import html
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
    Series,
    Stack,
    Step,
    Unit,
)
from oversight.charts.drawing import PAINTS
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

    def test_what_is_too_wide_for_a_telephone_has_each_number_behind_its_head(self) -> None:
        for key, chart in EVERY:
            page = render_to_string("charts/chart.html", {"chart": chart})
            table = chart.table
            is_wide = len(table.head) > 3
            assert ("app-chart__table--wide" in page) == (is_wide and bool(table.rows)), key
            labels = re.findall(r'data-label="([^"]*)"', page)
            assert len(labels) == is_wide * len(table.rows) * (len(table.head) - 1), key
            wanted = [*table.head[1:]] * len(table.rows) * is_wide
            assert [html.unescape(one) for one in labels] == wanted, key

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
