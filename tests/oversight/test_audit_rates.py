"""Said to be solved, and found to be: the rates side by side, never from too few, silence never a yes."""

import itertools
import re
from math import sqrt

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from complaints import moment
from complaints.models import Case
from complaints.models.case import CONFIRMED, AnsweredWith, EndedAs, Status
from complaints.services.intake import Receipt
from oversight.audits.rates import SideBySide, rates_of, widest_first
from oversight.figures.asking import Counts
from oversight.figures.listing import facts_behind
from oversight.intervals import wilson
from oversight.metrics import METRICS
from oversight.models import Fact
from tests.oversight.audits import audit_for, named
from tests.oversight.conftest import House
from tests.oversight.counted import counted, lately, made


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


def found(**numbers: int) -> Counts:
    """What call-backs found."""
    return Counts({f"audit_{name}": number for name, number in numbers.items()})


class TestShares:
    def test_too_few_say_nothing(self) -> None:
        few = found(reached=4, solved=4, claimed=4)
        few.add(Counts({"answered": 4, "confirmed": 4}))
        row = rates_of("Grid", "grid", few)
        assert (row.confirmed, row.claimed, row.solved, row.low, row.gap_points) == (None,) * 5

    def test_partly_solved_is_not_solved(self) -> None:
        row = rates_of("Grid", "grid", found(reached=10, solved=5, partly=3, claimed=9))
        assert (row.solved, row.claimed, row.gap_points) == (0.5, 0.9, 40)

    @pytest.mark.parametrize(
        ("reached", "claimed", "solved", "alarming"),
        [(20, 20, 16, True), (20, 20, 17, False), (19, 19, 5, False), (40, 20, 30, False)],
    )
    def test_an_alert_needs_a_wide_gap_among_enough(
        self, reached: int, claimed: int, solved: int, alarming: bool
    ) -> None:
        row = rates_of("", "", found(reached=reached, claimed=claimed, solved=solved))
        assert row.alarming is alarming

    def test_agencies_stand_the_widest_gap_first_and_who_asked_nobody_not_at_all(self) -> None:
        rows = [
            SideBySide("A", "a", None, None, 9, 0.9, 0.8, 0.5, 0.9, alarming=False),
            SideBySide("B", "b", None, None, 9, 0.9, 0.2, 0.1, 0.5, alarming=False),
            SideBySide("C", "c", None, None, 0, None, None, None, None, alarming=False),
        ]
        assert [row.gap_points for row in widest_first(rows)] == [70, 10]


def ended(house: House, receipt: Receipt, result: str) -> None:
    audit_for(house.scene, receipt, result=result, done_at=moment.now())


class TestOnThePublicPage:
    def page(self, house: House, path: str = "/performance/") -> str:
        made()
        cache.clear()
        house.client.logout()
        return re.sub(r"\s+", " ", house.page(path))

    def test_everybody_reads_what_is_claimed_and_what_was_found(self, house: House) -> None:
        for number in range(20):
            ended(house, house.confirmed(**named()), "solved" if number < 5 else "not_solved")
        for path in ("/performance/", "/performance/agency/power/", "/performance/agency/grid/"):
            html = self.page(house, path)
            assert "Said to be solved, and found to be" in html
            assert "(11% to 47%)" in html
            assert "Wide gap" in html

    def test_with_nobody_asked_or_too_few_that_is_said(self, house: House) -> None:
        receipts = [house.confirmed(**named()) for _number in range(5)]
        assert "Nobody was asked again in this period." in self.page(house)
        for receipt in receipts[:4]:
            ended(house, receipt, "solved")
        html = self.page(house)
        assert "Too few were asked again in this period." in html
        assert "The citizens say: solved" not in html


# --- Silence is nowhere a yes -----------------------------------------------------------------


def test_only_a_citizens_yes_to_resolved_counts_as_resolved(house: House) -> None:
    """Every state × ending × outcome, each with one case: exactly the confirmed and resolved are counted,
    and what became of all answers adds up to all.
    """
    house.confirmed(**named())
    made()
    [fact] = Fact.objects.all()
    kept = {field.attname: getattr(fact, field.attname) for field in Fact._meta.concrete_fields}
    every = itertools.product(Status, ["", *EndedAs], ["", *AnsweredWith])
    Fact.objects.bulk_create(
        Fact(
            **(kept | {"case_id": -number, "status": status, "ending": ending, "outcome": outcome})
        )
        for number, (status, ending, outcome) in enumerate(every, start=1)
    )
    confirmed = facts_behind(lately(), "confirmed")
    told = {(fact.status, fact.ending, fact.outcome) for fact in confirmed}
    assert told == {("closed", ending, "resolved") for ending in CONFIRMED}


@pytest.mark.parametrize("ending", [ending for ending in EndedAs if ending not in CONFIRMED])
def test_a_case_that_ended_otherwise_is_resolved_in_no_figure(house: House, ending: str) -> None:
    receipts = [house.confirmed(**named()) for _number in range(5)]
    made()
    ids = Case.objects.filter(number__in=[receipt.number for receipt in receipts]).values("pk")
    assert Fact.objects.filter(pk__in=ids).update(ending=ending) == 5
    confirmed = facts_behind(lately(), "confirmed")
    assert not confirmed.exists()


def test_silence_is_among_the_answers_and_never_among_the_resolved(house: House) -> None:
    for _number in range(5):
        house.answered(**named())
    house.day(12)
    house.sweep()
    total = counted()
    assert METRICS["confirmed_resolved"].of(total) == 0
    assert METRICS["silent"].of(total) == 1
    cache.clear()
    html = house.page("/performance/")
    assert re.search(r"<dt>Confirmed resolved</dt><dd>0%", html)
