"""What the figures of a period count, and what they never count."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from complaints.selectors import figures
from complaints.selectors.figures import Figures, count_period, period_figures, within
from complaints.services import answering, casework
from tests.oversight.conftest import TENTH_DAY_OVER, House

DAYS = st.dictionaries(st.integers(0, 400), st.integers(1, 50), min_size=1).map(Counter)


class TestWithin:
    def test_half_of_an_odd_number_is_the_one_in_the_middle(self) -> None:
        assert within(Counter({1: 1, 5: 1, 9: 1}), 0.5) == 5

    def test_nine_of_ten(self) -> None:
        assert within(Counter({1: 9, 30: 1}), 0.9) == 1
        assert within(Counter({1: 8, 30: 2}), 0.9) == 30

    def test_nothing_counted_has_no_median(self) -> None:
        assert within(Counter(), 0.5) is None

    @given(DAYS, st.floats(0.01, 1))
    def test_that_share_lies_within_and_less_lies_below(self, days: Counter, share: float) -> None:
        found = within(days, share)
        up_to = sum(count for day, count in days.items() if day <= found)
        below = sum(count for day, count in days.items() if day < found)
        assert below < share * days.total() <= up_to or share * days.total() <= up_to


@given(st.lists(st.integers(0, 99), min_size=15, max_size=15), DAYS)
def test_figures_add_up(numbers: list[int], days: Counter) -> None:
    names = [name for name in Figures.__dataclass_fields__ if not name.startswith("from_")]
    one = Figures(**dict(zip(names, numbers, strict=False)), from_filing=Counter(days))
    total = Figures()
    total.add(one)
    total.add(one)
    assert all(getattr(total, name) == 2 * getattr(one, name) for name in names)
    assert total.from_filing.total() == 2 * days.total()
    assert total.median_days == one.median_days


class TestTheHeadline:
    def test_only_what_the_citizen_confirmed_counts_as_resolved(self, house: House) -> None:
        house.confirmed()
        house.answered()
        total = count_period(30).total
        assert (total.answered, total.confirmed, total.awaited) == (2, 1, 1)
        assert total.confirmed_share == 0.5

    def test_silence_is_not_resolved(self, house: House) -> None:
        house.answered()
        house.day(12)
        house.sweep()
        total = count_period(30).total
        assert (total.answered, total.confirmed, total.silence) == (1, 0, 1)

    @pytest.mark.parametrize("outcome", ["partly", "not_upheld", "advice_only", "no_power"])
    def test_another_outcome_is_not_resolved_even_if_the_citizen_agrees(
        self, house: House, outcome: str
    ) -> None:
        receipt = house.answered(outcome)
        citizen = house.scene.citizen(receipt)
        answering.confirm(actor=citizen, number=receipt.number, rating=5)
        total = count_period(30).total
        assert (total.answered, total.confirmed, total.other_outcomes) == (1, 0, 1)

    def test_a_hand_off_is_no_answer(self, house: House) -> None:
        receipt = house.filed()
        casework.decline(
            actor=house.scene.actor(house.cast.desk),
            number=receipt.number,
            reason="A matter for the court",
            where_to="The court",
        )
        total = count_period(30).total
        assert (total.filed, total.answered, total.confirmed) == (1, 0, 0)
        assert total.confirmed_share is None

    def test_a_disputed_answer_is_contested_until_it_is_confirmed(self, house: House) -> None:
        receipt = house.answered()
        house.dispute(receipt)
        assert count_period(30).total.contested == 1
        house.answer(receipt)
        answering.confirm(actor=house.scene.citizen(receipt), number=receipt.number, rating=3)
        total = count_period(30).total
        assert (total.answered, total.contested, total.confirmed) == (1, 0, 1)

    def test_the_parts_of_all_answers_add_up(self, house: House) -> None:
        house.confirmed()
        house.answered()
        house.answered("advice_only")
        house.dispute(house.answered())
        total = count_period(30).total
        parts = (total.confirmed, total.awaited, total.silence, total.contested)
        assert sum(parts) + total.other_outcomes == total.answered == 4


class TestTheTenDays:
    def test_the_citizen_waits_longer_than_the_agency_takes(self, house: House) -> None:
        receipt = house.filed()
        house.day(3)
        house.forward(receipt)
        house.day(12)
        house.answer(receipt)
        house.day(20)
        total = count_period(30).total
        assert (total.due_from_filing, total.kept_from_filing) == (1, 0)
        assert (total.due_from_forward, total.kept_from_forward) == (1, 1)
        assert (total.median_days, total.median_days_of_agency) == (12, 9)

    @pytest.mark.parametrize(("day", "kept"), [(10, 1), (10.5, 1), (11, 0)])
    def test_the_tenth_day_belongs_to_it(self, house: House, day: float, kept: int) -> None:
        receipt = house.forwarded()
        house.day(day)
        house.answer(receipt)
        house.day(20)
        assert count_period(30).total.kept_from_filing == kept

    def test_nothing_is_measured_before_the_tenth_day_is_over(self, house: House) -> None:
        house.answered()
        house.clock.move_to(TENTH_DAY_OVER - timedelta(seconds=1))
        assert count_period(30).total.due_from_filing == 0
        house.clock.move_to(TENTH_DAY_OVER)
        assert count_period(30).total.due_from_filing == 1

    def test_a_case_that_nobody_answered_counts_as_not_kept(self, house: House) -> None:
        house.forwarded()
        house.day(15)
        total = count_period(30).total
        assert (total.citizens_share, total.agencys_share) == (0, 0)

    def test_a_case_that_the_desk_still_has_is_measured_from_filing_alone(
        self, house: House
    ) -> None:
        house.filed()
        house.day(15)
        total = count_period(30).total
        assert (total.due_from_filing, total.due_from_forward) == (1, 0)

    @pytest.mark.parametrize(("day", "measured"), [(2, 0), (14, 1)])
    def test_only_what_is_declined_in_time_is_left_out(
        self, house: House, day: int, measured: int
    ) -> None:
        receipt = house.filed()
        house.day(day)
        casework.decline(
            actor=house.scene.actor(house.cast.desk),
            number=receipt.number,
            reason="A matter for the court",
            where_to="The court",
        )
        house.day(20)
        assert count_period(30).total.due_from_filing == measured

    def test_an_answer_that_was_disputed_does_not_stand(self, house: House) -> None:
        receipt = house.answered()
        house.dispute(receipt)
        house.day(15)
        total = count_period(30).total
        assert (total.due_from_filing, total.kept_from_filing) == (1, 0)


class TestWhoseItIs:
    def test_a_field_office_counts_for_its_agency(self, house: House) -> None:
        house.forwarded(house.cast.district_office)
        counted = count_period(30).by_agency
        assert counted[house.cast.department.pk].filed == 1
        assert house.cast.district_office.pk not in counted

    def test_what_nobody_has_is_the_desks(self, house: House) -> None:
        house.filed()
        assert count_period(30).by_agency[None].filed == 1

    def test_returns_are_counted(self, house: House) -> None:
        receipt = house.forwarded()
        casework.return_case(
            actor=house.scene.actor(house.cast.focal),
            number=receipt.number,
            reason="Not ours",
            whose=None,
        )
        total = count_period(30).total
        assert (total.returned, total.hops, total.returned_share) == (1, 1, 1)

    def test_a_sensitive_case_is_in_the_sum_and_in_no_public_row(self, house: House) -> None:
        house.forwarded(about_official=True)
        counted = count_period(30)
        assert counted.total.filed == 1
        assert counted.by_agency[house.cast.department.pk].filed == 1
        assert counted.open_to_all == {}

    def test_another_country_is_not_counted(self, house: House) -> None:
        receipt = house.filed()
        case = house.case(receipt)
        case.country = "id"
        case.save(update_fields=["country"])
        assert count_period(30).total == Figures()

    def test_what_lies_before_the_period_is_not_counted(self, house: House) -> None:
        house.confirmed()
        house.day(40)
        assert count_period(30).total.cases == 0
        assert count_period(90).total.confirmed == 1

    def test_an_old_case_answered_in_the_period_counts_as_an_answer(self, house: House) -> None:
        receipt = house.forwarded()
        house.day(45)
        house.answer(receipt)
        total = count_period(30).total
        assert (total.filed, total.answered, total.median_days) == (0, 1, 45)

    def test_sums_hide_nothing_from_somebody_barred(self, house: House) -> None:
        house.about_the_overseer()
        assert count_period(30).total.filed == 1


class TestKept:
    def test_they_are_counted_once_for_many_readers(
        self, house: House, django_assert_num_queries
    ) -> None:
        with django_assert_num_queries(1):
            first = period_figures(30)
        with django_assert_num_queries(0):
            assert period_figures(30) == first

    def test_after_some_minutes_they_are_counted_anew(self, house: House) -> None:
        period_figures(30)
        house.filed()
        assert period_figures(30).total.filed == 0
        house.clock.shift(timedelta(seconds=figures.PERIOD_FRESH))
        assert period_figures(30).total.filed == 1

    def test_while_one_counts_the_others_get_what_was_counted(self, house: House) -> None:
        period_figures(30)
        house.filed()
        house.clock.shift(timedelta(seconds=figures.PERIOD_FRESH))
        cache.set(f"figures:{figures.FORMAT}:bd:30:counting", 1)
        assert period_figures(30).total.filed == 0

    def test_who_comes_first_counts_and_the_others_wait_for_it(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = f"figures:{figures.FORMAT}:bd:30"
        counted = count_period(30)
        cache.set(f"{name}:counting", 1)
        monkeypatch.setattr(figures, "count_period", lambda _days: pytest.fail("counted twice"))
        monkeypatch.setattr(figures, "sleep", lambda _seconds: cache.set(name, counted))
        assert period_figures(30) == counted

    def test_if_that_takes_too_long_they_count_after_all(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache.set(f"figures:{figures.FORMAT}:bd:30:counting", 1)
        monkeypatch.setattr(figures, "sleep", lambda _seconds: None)
        assert period_figures(30).total.filed == 0
