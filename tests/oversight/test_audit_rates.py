"""What call-backs found, beside what the offices say: counted right, and never from too few."""

import csv
import io
import itertools
import re
from datetime import timedelta
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import moment
from complaints.models import Case, Respondent
from complaints.models.case import AnsweredWith, EndedAs, Status
from complaints.selectors import figures
from complaints.selectors.figures import Figures, count_period, period_figures
from oversight.audits.rates import (
    Found,
    SideBySide,
    by_ending,
    compared,
    count_found,
    found_for,
    period_found,
    side_by_side,
)
from oversight.intervals import wilson
from oversight.models import Audit
from tests.oversight.audits import audit_for, named
from tests.oversight.conftest import House


class TestTheInterval:
    @pytest.mark.parametrize(
        ("part", "whole", "low", "high"),
        # Newcombe (1998), table I, method 3.
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
         (1, 29, 0.0061, 0.1718)],
    )  # fmt: skip
    def test_it_is_the_published_one(self, part: int, whole: int, low: float, high: float) -> None:
        assert wilson(part, whole) == pytest.approx((low, high), abs=0.0001)

    @given(whole=st.integers(1, 10_000), data=st.data())
    def test_it_holds_the_share_and_stays_within_0_and_1(
        self, whole: int, data: st.DataObject
    ) -> None:
        part = data.draw(st.integers(0, whole))
        low, high = wilson(part, whole)
        assert 0 <= low <= part / whole + 1e-9
        assert part / whole - 1e-9 <= high <= 1
        assert high - low <= 2 / sqrt(whole)
        mirrored = wilson(whole - part, whole)
        assert mirrored == pytest.approx((1 - high, 1 - low))

    @pytest.mark.parametrize(("part", "whole"), [(0, 0), (3, 2), (-1, 4)])
    def test_of_nothing_there_is_none(self, part: int, whole: int) -> None:
        with pytest.raises(ValueError, match="is no share"):
            wilson(part, whole)


class TestShares:
    def test_too_few_say_nothing(self) -> None:
        few = Found(reached=4, solved=4, claimed=4)
        assert (few.solved_share, few.claimed_share, few.interval, few.gap) == (None,) * 4
        row = side_by_side("Grid", "grid", Figures(answered=4, confirmed=4), few)
        assert (row.confirmed, row.claimed, row.solved, row.low) == (None,) * 4

    def test_partly_solved_is_not_solved(self) -> None:
        found = Found(reached=10, solved=5, partly=3, claimed=9)
        assert found.solved_share == 0.5
        assert found.gap == pytest.approx(0.4)

    @pytest.mark.parametrize(
        ("reached", "claimed", "solved", "alarming"),
        [(20, 20, 16, True), (20, 20, 17, False), (19, 19, 5, False), (40, 20, 30, False)],
    )
    def test_an_alert_needs_a_wide_gap_among_enough(
        self, reached: int, claimed: int, solved: int, alarming: bool
    ) -> None:
        assert Found(reached=reached, claimed=claimed, solved=solved).is_alarming is alarming


@pytest.fixture
def receipts(house: House) -> list:
    """Six confirmed cases of the department."""
    return [house.confirmed(**named()) for _n in range(6)]


def ended(house: House, receipt, result: str, **parts) -> Audit:
    now = moment.now()
    return audit_for(house.scene, receipt, result=result, done_at=now, **parts)


class TestCounting:
    def test_only_drawn_ones_that_were_reached_count(self, house: House, receipts: list) -> None:
        for receipt, result in zip(
            receipts, ("solved", "partly", "not_solved", "refused", "not_reached"), strict=False
        ):
            ended(house, receipt, result)
        ended(house, receipts[5], "solved", why="asked")
        total = count_found(moment.now() - timedelta(days=1)).total
        assert (total.drawn, total.reached, total.solved, total.partly) == (5, 3, 1, 1)
        assert total.claimed == 3

    def test_what_the_office_claims_is_its_outcome_then(self, house: House, receipts: list) -> None:
        ended(house, receipts[0], "solved", outcome="partly")
        ended(house, receipts[1], "not_solved", outcome="resolved")
        total = count_found(moment.now() - timedelta(days=1)).total
        assert (total.reached, total.claimed, total.solved) == (2, 1, 1)

    def test_withdrawn_ones_say_who_was_pressed_and_no_more(
        self, house: House, receipts: list
    ) -> None:
        ended(house, receipts[0], "not_solved", ending="withdrawn", answers={"pressure": "yes"})
        total = count_found(moment.now() - timedelta(days=1)).total
        assert (total.drawn, total.reached, total.pressed) == (0, 0, 1)

    def test_by_agency_and_without_what_is_sealed_or_under_examination(
        self, house: House, receipts: list
    ) -> None:
        ended(house, receipts[0], "solved")
        ended(house, house.confirmed(**named(about_official=True)), "solved")
        ended(house, receipts[1], "not_solved")
        Case.objects.filter(number=receipts[1].number).update(unranked="burst")
        found = count_found(moment.now() - timedelta(days=1))
        agency = house.cast.department.agency_id or house.cast.department.pk
        assert found.total.reached == 3
        assert (found.of(agency).reached, found.of(agency).solved) == (2, 2)
        assert found.open_to_all[agency].reached == 1

    def test_who_is_barred_from_a_case_reads_figures_without_it(
        self, house: House, receipts: list
    ) -> None:
        ended(house, receipts[0], "solved")
        ended(house, receipts[1], "not_solved")
        Respondent.objects.create(
            case=house.case(receipts[1]), user=house.cast.overseer, linked_at=moment.now()
        )
        period = period_figures(30)
        agency = house.cast.department.agency_id or house.cast.department.pk
        theirs = found_for(house.scene.actor(house.cast.overseer), period)
        assert (theirs.total.reached, theirs.total.solved) == (1, 1)
        assert (theirs.of(agency).reached, theirs.open_to_all[agency].reached) == (1, 1)
        assert theirs.total.reached_by == {"confirmed": 1}
        others = found_for(house.scene.actor(house.cast.desk_head), period)
        assert (others.total.reached, others.of(agency).reached) == (2, 2)
        assert period_found(period) == others

    def test_before_the_period_does_not_count(self, house: House, receipts: list) -> None:
        ended(house, receipts[0], "solved")
        assert count_found(moment.now() + timedelta(seconds=1)).total.reached == 0

    def test_by_how_the_case_had_ended(self, house: House, receipts: list) -> None:
        for number, receipt in enumerate(receipts):
            ended(house, receipt, "solved" if number else "not_solved", ending="silent")
        rows = by_ending(count_found(moment.now() - timedelta(days=1)).total)
        assert [(row.ending, row.reached, row.solved) for row in rows] == [
            ("confirmed", 0, None),
            ("silent", 6, pytest.approx(5 / 6)),
            ("appeal_dismissed", 0, None),
        ]

    def test_it_is_one_query_kept_for_minutes(
        self, house: House, receipts: list, django_assert_num_queries
    ) -> None:
        period = period_figures(30)
        with django_assert_num_queries(1):
            period_found(period)
        with django_assert_num_queries(0):
            period_found(period)

    def test_agencies_stand_the_widest_gap_first(self) -> None:
        rows = [
            SideBySide("A", "a", None, None, 9, 0.9, 0.8, 0.5, 0.9, alarming=False),
            SideBySide("B", "b", None, None, 9, 0.9, 0.2, 0.1, 0.5, alarming=False),
        ]
        assert [row.gap_points for row in rows] == [10, 70]

    def test_in_public_an_agency_needs_enough(self, house: House, receipts: list) -> None:
        for receipt in receipts[:4]:
            ended(house, receipt, "solved")
        period = period_figures(30)
        found = period_found(period)
        assert compared(period, found, public=True) == []
        assert [row.reached for row in compared(period, found, public=False)] == [4]


class TestPages:
    def alarmed(self, house: House) -> None:
        """Twenty citizens were asked; a quarter says that it is solved."""
        for number in range(20):
            receipt = house.confirmed(**named())
            ended(house, receipt, "solved" if number < 5 else "not_solved")

    def test_the_dashboard_says_who_claims_much_more(self, house: House) -> None:
        self.alarmed(house)
        html = house.page("/oversight/")
        words = re.sub(r"\s+", " ", html)
        assert (
            "Grid Department calls 100% of its cases resolved; of the same cases citizens call 25%"
            in words
        )
        assert "Wide gap" in html
        assert "oversight/audits/?show=done&amp;agency=grid" in html

    def test_the_agency_has_its_own(self, house: House) -> None:
        self.alarmed(house)
        html = house.page("/oversight/agency/grid/")
        assert "(11% to 47%)" in html

    def test_everybody_reads_the_same(self, house: House) -> None:
        self.alarmed(house)
        house.client.logout()
        html = house.page("/performance/")
        assert "Said to be solved, and found to be" in html
        assert "(11% to 47%)" in html
        assert "25%" in html

    def test_with_nobody_asked_that_is_said(self, house: House) -> None:
        house.confirmed(**named())
        for path in ("/oversight/", "/performance/"):
            assert "Nobody was asked again in this period." in house.page(path)

    def test_as_a_table_for_spreadsheets(self, house: House) -> None:
        self.alarmed(house)
        answer = house.client.get("/en/oversight/?format=csv")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        [grid] = [row for row in rows if row["Code"] == "grid"]
        assert grid["Citizens asked again"] == "20"
        assert grid["Of these resolved by the office’s word, share"] == "1.0"
        assert grid["Of these solved by the citizens’ word, share"] == "0.25"
        assert float(grid["Solved, 95 % interval from"]) == pytest.approx(0.112, abs=0.001)


# --- Silence is nowhere a yes -----------------------------------------------------------------

ENDINGS = [e for e in EndedAs if e not in (EndedAs.CONFIRMED, EndedAs.DISPUTED_THEN_CONFIRMED)]


def test_only_a_citizens_yes_to_resolved_counts_as_resolved(house: House) -> None:
    """Every state × ending × outcome, each with one case: in the figures of a period, by agency and
    in all, and in the headline, exactly the confirmed and resolved ones are counted."""
    case = house.case(house.confirmed(**named()))
    kept = {
        field.attname: getattr(case, field.attname)
        for field in Case._meta.concrete_fields
        if field.attname not in ("id", "number")
    }
    made = []
    for n, (status, ending, outcome) in enumerate(
        itertools.product(Status, ["", *EndedAs], ["", *AnsweredWith])
    ):
        said = {"status": status, "ending": ending, "outcome": outcome, "number": f"{n}-X"}
        made.append(Case(**(kept | said)))
    Case.objects.bulk_create(made)
    # The one that was played, and the two endings with a yes.
    right = 1 + 2
    period = count_period(30)
    assert period.total.confirmed == right
    assert sum(one.confirmed for one in period.by_agency.values()) == right
    assert sum(one.confirmed for one in period.open_to_all.values()) == right
    assert figures.count().confirmed == right
    assert period.total.answered == len(made) + 1
    parts = period.total
    resolved_otherwise = parts.silence + parts.awaited + parts.contested + parts.other_outcomes
    assert parts.confirmed + resolved_otherwise == parts.answered


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_case_that_ended_otherwise_is_shown_as_resolved_nowhere(
    house: House, ending: str
) -> None:
    receipts = [house.confirmed(**named()) for _n in range(5)]
    Case.objects.filter(number__in=[r.number for r in receipts]).update(ending=ending)
    figures_now = count_period(30).total
    assert (figures_now.answered, figures_now.confirmed, figures_now.confirmed_share) == (5, 0, 0)
    for path in ("/oversight/", "/oversight/agency/grid/", "/performance/"):
        assert re.search(r"resolved, of all answered</dt><dd>0%", house.page(path)), path
    answer = house.client.get("/en/oversight/?format=csv")
    [grid] = [
        row
        for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        if row["Code"] == "grid"
    ]
    assert grid["Confirmed resolved"] == "0"
    assert float(grid["Confirmed resolved, share of all answered"]) == 0
