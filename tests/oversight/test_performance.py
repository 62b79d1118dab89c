"""The figures for everybody: the same honest ones, and nothing that points at a person."""

import re

import pytest

from complaints.selectors.figures import Figures
from oversight.selectors import LEAST_CASES, bar_length, pieces, public_row
from tests.oversight.conftest import House


@pytest.fixture
def visitor(house: House) -> House:
    """Nobody is signed in."""
    house.client.logout()
    return house


class TestForEverybody:
    @pytest.mark.parametrize("language", ["en", "bn", "id"])
    def test_it_needs_no_sign_in(self, visitor: House, language: str) -> None:
        answer = visitor.client.get(f"/{language}/performance/")
        assert answer.status_code == 200
        assert answer["Content-Language"] == language

    def test_it_may_be_kept_for_ten_minutes(self, visitor: House) -> None:
        kept = visitor.client.get("/en/performance/")["Cache-Control"]
        assert "public" in kept
        assert "max-age=600" in kept

    def test_a_page_with_somebodys_name_may_not(self, house: House) -> None:
        kept = house.client.get("/en/performance/")["Cache-Control"]
        assert "private" in kept
        assert "public" not in kept

    def test_it_says_how_it_is_counted(self, visitor: House) -> None:
        html = visitor.page("/performance/")
        assert "How this is counted" in html
        assert "Only what the citizen confirmed counts as resolved" in html

    def test_no_cases_is_said(self, visitor: House) -> None:
        assert "No cases in this period" in visitor.page("/performance/")

    def test_it_costs_little(self, visitor: House, django_assert_max_num_queries) -> None:
        visitor.filed()
        with django_assert_max_num_queries(3):
            visitor.page("/performance/")


class TestTooFew:
    def test_an_agency_with_few_cases_has_no_row(self, visitor: House) -> None:
        for _number in range(LEAST_CASES - 1):
            visitor.confirmed()
        html = visitor.page("/performance/")
        assert "Grid Department" not in html
        assert "1 agency had fewer than 5 cases" in html

    def test_with_enough_it_has(self, visitor: House) -> None:
        for _number in range(LEAST_CASES):
            visitor.confirmed()
        html = visitor.page("/performance/")
        assert "Grid Department" in html
        assert "100%" in html

    def test_sensitive_cases_do_not_bring_an_agency_over_the_line(self, visitor: House) -> None:
        for _number in range(LEAST_CASES - 1):
            visitor.confirmed()
        visitor.confirmed(about_official=True)
        html = visitor.page("/performance/")
        assert "Grid Department" not in html
        assert re.search(r"<dt>Answered</dt><dd>5</dd>", html)

    def test_a_share_of_few_is_too_few(self) -> None:
        row = public_row("Grid", Figures(filed=9, answered=4, confirmed=4, due_from_filing=4))
        assert (row.confirmed, row.citizens, row.median) == (None, None, None)
        row = public_row("Grid", Figures(filed=9, answered=5, confirmed=1, due_from_filing=5))
        assert (row.confirmed, row.citizens) == (0.2, 0)

    def test_the_country_has_no_share_of_few_either(self, visitor: House) -> None:
        visitor.confirmed()
        html = visitor.page("/performance/")
        assert "too few" in html
        assert "100%" not in html


class TestWhatIsNeverSaid:
    def test_no_number_no_text_no_name(self, visitor: House) -> None:
        receipts = [visitor.confirmed() for _number in range(LEAST_CASES)]
        html = visitor.page("/performance/")
        assert not any(receipt.number in html for receipt in receipts)
        assert "meter" not in html
        assert "Rahima" not in html


class TestTheBar:
    def test_its_pieces_are_all_answers(self) -> None:
        found = pieces(Figures(answered=8, confirmed=2, silence=1, awaited=1, contested=3))
        assert [piece.count for piece in found] == [2, 1, 1, 3, 1]
        assert sum(piece.length for piece in found) == pytest.approx(100)
        ends = [piece.start + piece.length for piece in found]
        assert [piece.start for piece in found[1:]] == pytest.approx(ends[:-1])

    def test_no_answers_no_bar(self) -> None:
        assert all(piece.length == 0 for piece in pieces(Figures()))

    def test_something_is_never_drawn_as_nothing(self) -> None:
        assert bar_length(1, 5000) == 1
        assert bar_length(0, 5000) == 0
        assert bar_length(0, 0) == 0
        assert bar_length(7, 7) == 100
