"""A report put together from what was written down: its words, tables and charts, in three languages."""

from typing import Any

import pytest
from django.utils import translation

from oversight.metrics import METRICS, STATES
from oversight.reports.blocks import Drawn, Grid, Report, Said, Section, Terms, Text
from oversight.reports.content import compose
from oversight.reports.numbers import NONE, Numbers
from tests.oversight.reporting import ROOT, made_up, part


def report(language: str = "en", **changes: Any) -> Report:
    with translation.override(language):
        return compose(made_up(**changes), language)


def section(found: Report, key: str) -> Section:
    return next(one for one in found.sections if one.key == key)


def grid(found: Report, key: str, at: int = 0) -> Grid:
    return [block for block in section(found, key).blocks if isinstance(block, Grid)][at]


class TestTheReport:
    def test_it_says_of_what_days_it_is_and_to_which_record_it_belongs(self) -> None:
        found = report()
        assert found.title == "Annual report 2025"
        assert found.about[0] == "From 1 January 2025 to 31 December 2025, days of the capital."
        assert "Made on 10 January 2026." in found.about
        assert f"98,765 entries, root {ROOT}." in found.about[-1]

    def test_all_parts_of_a_year(self) -> None:
        keys = [one.key for one in report().sections]
        assert keys == [
            *("key", "months", "answers", "appeals", "again", "agencies", "categories", "places"),
            *("ways", "issues", "times", "backlog", "method", "glossary"),
        ]

    def test_a_month_is_shorter_and_has_two_periods_beside_it(self) -> None:
        before = [{"code": "2025-09"}, {"code": "2024-10"}]
        figures = {
            code: figure | {"before": [*figure["before"], None]}
            for code, figure in made_up()["figures"].items()
        }
        found = report(code="2025-10", before=before, figures=figures)
        assert found.title == "Monthly report, October 2025"
        assert "glossary" not in [one.key for one in found.sections]
        assert grid(found, "key").head == (
            *("Figure", "October 2025", "Interval (95 of 100)", "September 2025", "October 2024"),
            "Change since September 2025",
        )
        assert grid(found, "key").rows[0][-2:] == (NONE, "12% more")

    def test_the_key_figures_with_the_year_before(self) -> None:
        rows = {row[0]: row[1:] for row in grid(report(), "key").rows}
        assert rows["Received"] == ("123,456", NONE, "110,000", "12% more")
        assert rows["Confirmed resolved"] == ("37%", "35% to 39%", "37%", "the same")
        assert rows["Median days from filing"] == ("8", NONE, "9", "1 day less, better")

    def test_numbers_are_in_the_digits_of_the_language(self) -> None:
        assert grid(report("bn"), "key").rows[0][1] == "১,২৩,৪৫৬"
        assert grid(report("id"), "key").rows[0][1] == "123.456"

    def test_every_figure_is_explained_as_the_metrics_have_it(self) -> None:
        terms = next(b for b in section(report(), "method").blocks if isinstance(b, Terms))
        with translation.override("en"):
            told = {term.name: term.lines[0] for term in terms.items}
            for code in made_up()["figures"]:
                assert told[str(METRICS[code].name)] == str(METRICS[code].formula)
            for state in STATES.values():
                assert told[str(state.name)] == str(state.formula)

    def test_what_is_too_small_is_said_to_be(self) -> None:
        found = report()
        assert "Upheld: under 5." in section(found, "appeals").blocks[0].text  # type: ignore[union-attr]
        assert grid(found, "agencies").rows[0][-1] == "under 5"
        assert "fewer than five cases: 7." in grid(found, "agencies").note
        with_three = {row[0]: row[1] for row in grid(found, "backlog").rows}
        assert with_three["With the overseers"] == "under 5"

    def test_how_many_are_open_is_not_headed_by_the_word_for_the_number_of_a_case(self) -> None:
        assert "Nomor" not in grid(report(language="id"), "backlog").head

    def test_what_was_filed_the_year_before_stands_beside_each_part(self) -> None:
        found = grid(report(), "agencies")
        assert found.head[:3] == ("Agency", "Filed", "Filed, 2024")
        assert found.rows[0][1:3] == ("250", "200")

    def test_so_far_the_parts_have_no_year_before(self) -> None:
        row = part("lgd", {"en": "Ministry"})
        del row["before"]
        found = grid(report(agencies={"rows": [row], "few": 0}), "agencies")
        assert found.head[:3] == ("Agency", "Filed", "Answered")
        assert len(found.rows[0]) == len(found.head)

    def test_agencies_are_named_in_the_language_or_in_english(self) -> None:
        assert grid(report("bn"), "agencies").rows[0][0] == "স্থানীয় সরকার মন্ত্রণালয়"
        assert grid(report("id"), "agencies").rows[0][0] == "Ministry of Local Government"

    def test_what_has_no_name_is_called_by_the_portals_words(self) -> None:
        found = report()
        assert [row[0] for row in grid(found, "places").rows] == ["Dhaka", "No place given"]
        assert grid(found, "ways").rows[0][0] == "The web form"
        assert grid(found, "ways", 1).rows[0][0] == "Complaint"

    def test_systemic_issues_keep_the_language_of_their_words(self) -> None:
        said = section(report(), "issues").blocks[0]
        assert isinstance(said, Said)
        assert (said.language, said.state) == ("bn", "Fixed")
        assert said.beside == "Ministry of Local Government. 12 people told us of it"

    def test_every_chart_has_a_sentence_and_a_key_of_its_own(self) -> None:
        charts = [
            block.chart
            for one in report().sections
            for block in one.blocks
            if isinstance(block, Drawn)
        ]
        assert len(charts) == 8
        assert all(chart.wide and chart.frame.finding for chart in charts)
        assert len({chart.frame.key for chart in charts}) == 8


class TestWithLittle:
    def test_without_anybody_asked_again_it_says_so(self) -> None:
        nobody = {"value": None, "few": True, "before": [None]}
        figures = made_up()["figures"] | {"audit_solved": nobody}
        block = section(report(figures=figures), "again").blocks[0]
        assert isinstance(block, Text)
        assert "Fewer than five citizens were reached" in block.text

    def test_answers_with_a_small_part_are_not_drawn(self) -> None:
        small = dict.fromkeys(made_up()["outcomes"][0])
        found = report(outcomes=[small, small])
        assert not any(isinstance(block, Drawn) for block in section(found, "answers").blocks)

    def test_ages_with_few_cases_are_left_out_of_the_picture(self) -> None:
        now = made_up()["standing"]
        now["ages"][0] |= {"open": None, "late": None}
        drawn = section(report(standing=now), "backlog").blocks[-1]
        assert isinstance(drawn, Drawn)
        assert len(drawn.chart.table.rows) == 5
        assert "left out" in drawn.chart.frame.note

    def test_no_parts_at_all(self) -> None:
        none: dict[str, Any] = {"rows": [], "few": 3}
        names = ("agencies", "categories", "districts", "channels", "kinds")
        parts: dict[str, Any] = dict.fromkeys(names, none)
        found = report(**parts, map=none | {"level": "district"}, issues=[])
        for key in ("agencies", "categories", "places"):
            assert section(found, key).blocks == (Text("There were too few cases to show any."),)
        assert "none became public" in section(found, "issues").blocks[0].text  # type: ignore[union-attr]

    def test_open_cases_that_were_never_counted_are_left_out(self) -> None:
        now = made_up()["standing"] | {"at": None}
        assert "backlog" not in [one.key for one in report(standing=now).sections]

    def test_without_a_record_nothing_is_claimed(self) -> None:
        assert len(report(record=None).about) == 2

    def test_so_far_is_said(self) -> None:
        found = report(is_so_far=True)
        assert found.is_so_far
        assert Text("Earlier periods are of as many days.") in section(found, "key").blocks


@pytest.mark.parametrize(
    ("code", "value", "then", "said"),
    [
        ("received", 100, 100, "the same"),
        ("received", 100, 0, "100 more"),
        ("received", 10, 12, "2 fewer"),
        ("received", 50, 100, "50% fewer"),
        ("answered", 110, 100, "10% more, better"),
        ("withdrawn", 110, 100, "10% more, worse"),
        ("confirmed_resolved", 0.41, 0.4, "1 point higher, better"),
        ("confirmed_resolved", 0.4, 0.45, "5 points lower, worse"),
        ("confirmed_resolved", 0.401, 0.4, "the same"),
        ("silent", 0.5, 0.4, "10 points higher"),
        ("median_days", 8, 10, "2 days less, better"),
        ("satisfaction", 3.61, 3.4, "0.2 higher, better"),
        ("satisfaction", None, 3.4, NONE),
        ("satisfaction", 3.4, None, NONE),
    ],
)
def test_how_a_figure_changed(code: str, value: Any, then: Any, said: str) -> None:
    with translation.override("en"):
        assert Numbers("en").change(code, value, then) == said
