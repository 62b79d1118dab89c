"""What the figures of a period count, and what they never count."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import moment
from complaints.models import Heartbeat
from complaints.services import answering, casework, withdrawing
from oversight.figures import reading
from oversight.figures.asking import AGENCYS, COUNTRYS, PUBLIC, Counts
from oversight.measures import BANDS
from oversight.metrics import METRICS
from tests.oversight.conftest import TENTH_DAY_OVER, House
from tests.oversight.counted import counted, lately, made

BAND_COUNTS = st.lists(
    st.integers(0, 50), min_size=len(BANDS) + 1, max_size=len(BANDS) + 1
).filter(any)  # fmt: skip


def took(bands: dict[int, int]) -> Counts:
    """Answers by the last day of their band."""
    return Counts(bands={"took": [bands.get(last, 0) for last in (*BANDS, BANDS[-1] + 1)]})


class TestWithin:
    def test_half_of_an_odd_number_is_the_one_in_the_middle(self) -> None:
        assert took({1: 1, 5: 1, 9: 1}).within("took", 0.5) == 5

    def test_nine_of_ten(self) -> None:
        assert took({1: 9, 30: 1}).within("took", 0.9) == 1
        assert took({1: 8, 30: 2}).within("took", 0.9) == 30

    def test_nothing_counted_has_no_median(self) -> None:
        assert Counts().within("took", 0.5) is None

    @given(BAND_COUNTS, st.floats(0.01, 1))
    def test_that_share_lies_within_and_less_lies_below(
        self, bands: list[int], share: float
    ) -> None:
        found = Counts(bands={"took": bands}).within("took", share)
        at = (*BANDS, BANDS[-1] + 1).index(found)
        assert share * sum(bands) <= sum(bands[: at + 1])
        assert sum(bands[:at]) < share * sum(bands)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 99)), BAND_COUNTS)
def test_figures_add_up_and_are_taken_out_again(numbers: dict[str, int], bands: list[int]) -> None:
    one = Counts(dict(numbers), {"took": list(bands)})
    total = Counts()
    total.add(one)
    total.add(one)
    assert all(total[name] == 2 * number for name, number in numbers.items())
    assert total.within("took", 0.5) == one.within("took", 0.5)
    total.add(one, -1)
    assert (total.numbers, total.bands) == (one.numbers, one.bands)


class TestTheHeadline:
    def test_only_what_the_citizen_confirmed_counts_as_resolved(self, house: House) -> None:
        house.confirmed()
        house.answered()
        total = counted()
        assert (total["answered"], total["confirmed"], total["awaited"]) == (2, 1, 1)
        assert METRICS["confirmed_resolved"].of(total) == 0.5

    def test_silence_is_not_resolved(self, house: House) -> None:
        house.answered()
        house.day(12)
        house.sweep()
        total = counted()
        assert (total["answered"], total["confirmed"], total["silence"]) == (1, 0, 1)

    @pytest.mark.parametrize("outcome", ["partly", "not_upheld", "advice_only", "no_power"])
    def test_another_outcome_is_not_resolved_even_if_the_citizen_agrees(
        self, house: House, outcome: str
    ) -> None:
        receipt = house.answered(outcome)
        citizen = house.scene.citizen(receipt)
        answering.confirm(actor=citizen, number=receipt.number, rating=5)
        total = counted()
        assert (total["answered"], total["confirmed"], total[outcome]) == (1, 0, 1)

    def test_a_hand_off_is_no_answer(self, house: House) -> None:
        receipt = house.filed()
        casework.decline(
            actor=house.scene.actor(house.cast.desk),
            number=receipt.number,
            reason="A matter for the court",
            where_to="The court",
        )
        total = counted()
        assert (total["received"], total["answered"], total["confirmed"]) == (1, 0, 0)
        assert METRICS["confirmed_resolved"].of(total) is None

    def test_a_disputed_answer_is_contested_until_it_is_confirmed(self, house: House) -> None:
        receipt = house.answered()
        house.dispute(receipt)
        assert counted()["contested"] == 1
        house.answer(receipt)
        answering.confirm(actor=house.scene.citizen(receipt), number=receipt.number, rating=3)
        total = counted()
        assert (total["answered"], total["contested"], total["confirmed"]) == (1, 0, 1)

    def test_the_parts_of_all_answers_add_up(self, house: House) -> None:
        house.confirmed()
        house.answered()
        house.answered("advice_only")
        house.dispute(house.answered())
        total = counted()
        parts = ("confirmed", "awaited", "silence", "contested", "advice_only")
        assert sum(total[name] for name in parts) == total["answered"] == 4


class TestTheTenDays:
    def test_the_citizen_waits_longer_than_the_agency_takes(self, house: House) -> None:
        receipt = house.filed()
        house.day(3)
        house.forward(receipt)
        house.day(12)
        house.answer(receipt)
        house.day(20)
        total = counted()
        assert (total["due_received"], total["due_kept_from_filing"]) == (1, 0)
        assert (total["due_forwarded"], total["due_kept_from_forward"]) == (1, 1)
        days = [METRICS[code].of(total) for code in ("median_days", "median_days_agency")]
        assert days == [12, 9]

    @pytest.mark.parametrize(("day", "kept"), [(10, 1), (10.5, 1), (11, 0)])
    def test_the_tenth_day_belongs_to_it(self, house: House, day: float, kept: int) -> None:
        receipt = house.forwarded()
        house.day(day)
        house.answer(receipt)
        house.day(20)
        assert counted()["due_kept_from_filing"] == kept

    def test_nothing_is_measured_before_the_tenth_day_is_over(self, house: House) -> None:
        house.answered()
        house.clock.move_to(TENTH_DAY_OVER - timedelta(seconds=1))
        assert counted()["due_received"] == 0
        house.clock.move_to(TENTH_DAY_OVER)
        assert counted()["due_received"] == 1

    def test_a_case_that_nobody_answered_counts_as_not_kept(self, house: House) -> None:
        house.forwarded()
        house.day(15)
        total = counted()
        both = ("answered_in_10_from_filing", "answered_in_10_from_forward")
        assert [METRICS[code].of(total) for code in both] == [0, 0]

    def test_a_case_that_the_desk_still_has_is_measured_from_filing_alone(
        self, house: House
    ) -> None:
        house.filed()
        house.day(15)
        total = counted()
        assert (total["due_received"], total["due_forwarded"]) == (1, 0)

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
        assert METRICS["answered_in_10_from_filing"].rests_on(counted()) == measured

    @pytest.mark.parametrize(("disputed", "kept"), [(False, 1), (True, 0)])
    def test_of_a_case_withdrawn_later_an_answer_counts_if_it_stood_until_then(
        self, house: House, disputed: bool, kept: int
    ) -> None:
        receipt = house.forwarded()
        house.day(5)
        house.answer(receipt)
        house.day(6)
        if disputed:
            house.dispute(receipt)
        house.day(9)
        withdraws = house.scene.citizen(receipt, withdraws=True)
        withdrawing.withdraw(actor=withdraws, number=receipt.number)
        house.day(12.5)
        Heartbeat.objects.update_or_create(name="sweep", defaults={"beat_at": moment.now()})
        house.sweep()
        assert house.case(receipt).ending == "withdrawn"
        house.day(20)
        total = counted()
        assert METRICS["answered_in_10_from_filing"].rests_on(total) == 1
        both = ("answered_in_10_from_filing", "answered_in_10_from_forward")
        assert [METRICS[code].of(total) for code in both] == [kept, kept]

    def test_an_answer_that_was_disputed_does_not_stand(self, house: House) -> None:
        receipt = house.answered()
        house.dispute(receipt)
        house.day(15)
        total = counted()
        assert (total["due_received"], total["due_kept_from_filing"]) == (1, 0)


class TestWhoseItIs:
    def test_a_field_office_counts_for_its_agency(self, house: House) -> None:
        house.forwarded(house.cast.district_office)
        made()
        nodes = [house.cast.department.pk, house.cast.district_office.pk]
        assert [counts["received"] for counts in reading.by_node(lately(), nodes).values()] == [
            1,
            1,
        ]
        assert counted(office=house.cast.rival_ministry)["received"] == 0

    def test_what_nobody_has_is_in_the_country_and_in_no_agency(self, house: House) -> None:
        house.filed()
        assert counted()["received"] == 1
        assert counted(office=house.cast.ministry)["received"] == 0

    def test_returns_are_counted(self, house: House) -> None:
        receipt = house.forwarded()
        casework.return_case(
            actor=house.scene.actor(house.cast.focal),
            number=receipt.number,
            reason="Not ours",
            whose=None,
        )
        total = counted()
        assert (total["returned"], total["hops"]) == (1, 1)
        assert METRICS["returned"].of(total) == METRICS["hops_per_case"].of(total) == 1

    def test_a_sensitive_case_is_in_the_sum_and_in_no_public_figure(self, house: House) -> None:
        house.forwarded(about_official=True)
        for sides, number in ((COUNTRYS, 1), (AGENCYS, 1), (PUBLIC, 0)):
            assert counted(sides=sides)["received"] == number
        assert counted(office=house.cast.department, sides=AGENCYS)["received"] == 1

    def test_another_country_is_not_counted(self, house: House) -> None:
        receipt = house.filed()
        case = house.case(receipt)
        case.country = "id"
        case.save(update_fields=["country"])
        assert not counted()

    def test_what_lies_before_the_period_is_not_counted(self, house: House) -> None:
        house.confirmed()
        house.day(40)
        assert not counted()
        assert counted(90)["confirmed"] == 1

    def test_an_old_case_answered_in_the_period_counts_as_an_answer(self, house: House) -> None:
        receipt = house.forwarded()
        house.day(45)
        house.answer(receipt)
        total = counted()
        assert (total["received"], total["answered"]) == (0, 1)
        # Above the tenth day answers are counted in bands; this is the last day of the one.
        assert METRICS["median_days"].of(total) == 45
