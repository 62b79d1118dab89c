"""Whether a fix helped: equal times before and since, in days of the capital."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from complaints.models import Case
from oversight.issues import recurrence
from oversight.issues.recurrence import Recurrence, Span, a_month, spans_around
from oversight.models import Issue
from tests.oversight.conftest import House
from tests.oversight.issues import begin, day, file_many, fix

FIXED = date(2026, 11, 22)


def measured(before: list[int], since: list[int]) -> Recurrence:
    """What would have been counted: cases by whole months on both sides of the fix."""
    days = 30 * len(before)
    spans = []
    for place, cases in enumerate(before):
        start = FIXED - timedelta(days=days - 30 * place)
        spans.append(Span(start, start + timedelta(days=30), False, cases))
    for place, cases in enumerate(since):
        start = FIXED + timedelta(days=30 * place)
        spans.append(Span(start, start + timedelta(days=30), True, cases))
    return Recurrence(FIXED, days, tuple(spans))


class TestTheSpans:
    def test_on_the_day_of_the_fix_there_is_none(self) -> None:
        assert spans_around(FIXED, FIXED) == []

    def test_a_fix_of_yesterday_has_a_day_on_either_side(self) -> None:
        before, since = spans_around(FIXED, FIXED + timedelta(days=1))
        assert before == (FIXED - timedelta(days=1), FIXED, False)
        assert since == (FIXED, FIXED + timedelta(days=1), True)

    def test_the_newest_month_is_a_whole_one(self) -> None:
        spans = [span for span in spans_around(FIXED, FIXED + timedelta(days=70)) if span[2]]
        assert [(end - start).days for start, end, _since in spans] == [10, 30, 30]

    @given(st.integers(0, 2000))
    def test_both_sides_are_equal_touch_and_end_with_a_year(self, passed: int) -> None:
        spans = spans_around(FIXED, FIXED + timedelta(days=passed))
        days = {
            side: sum((end - start).days for start, end, since in spans if since is side)
            for side in (False, True)
        }
        assert days[False] == days[True] == min(passed, 360)
        assert len(spans) <= 2 * 13
        assert all(one[1] == two[0] for one, two in pairwise(spans))
        assert all(start < end for start, end, _since in spans)

    def test_a_day_in_the_future_measures_nothing(self) -> None:
        assert spans_around(FIXED, FIXED - timedelta(days=3)) == []


class TestInWords:
    @pytest.mark.parametrize(
        ("cases", "days", "found"),
        [(42, 30, 42), (42, 60, 21), (1, 60, 1), (1, 61, 0), (0, 30, 0), (5, 0, 0), (7, 7, 30)],
    )
    def test_a_month_has_thirty_days(self, cases: int, days: int, found: int) -> None:
        assert a_month(cases, days) == found

    def test_under_thirty_days_it_is_too_early(self) -> None:
        assert Recurrence(FIXED, 29, ()).too_early
        assert not Recurrence(FIXED, 30, ()).too_early

    def test_both_sides_are_told_by_the_month(self) -> None:
        found = measured([50, 34], [10, 2])
        assert (found.before, found.since) == (84, 12)
        assert (found.before_a_month, found.since_a_month) == (42, 6)


class TestIsItBack:
    @pytest.mark.parametrize(
        ("before", "since", "back"),
        [
            ([40], [20], True),
            ([40], [19], False),
            ([40, 40], [0, 20], True),
            ([40, 40], [40, 10], False),
            ([0], [5], True),
            ([0], [4], False),
            ([6], [4], False),
        ],
    )
    def test_half_of_what_it_was_in_the_last_month(
        self, before: list[int], since: list[int], back: bool
    ) -> None:
        assert measured(before, since).is_back(50) is back

    def test_not_while_it_is_too_early(self) -> None:
        spans = (Span(FIXED, FIXED + timedelta(days=29), True, 500),)
        assert not Recurrence(FIXED, 29, spans).is_back(50)


class TestCounted:
    def test_before_and_since_in_the_scope(self, house: House) -> None:
        file_many(house, 3)
        issue = begin(house)
        house.day(1)
        fix(house, issue, day(1))
        file_many(house, 1)
        house.day(3)
        found = recurrence.count(issue, recurrence.today_there())
        assert found is not None
        assert (found.before, found.since, found.days) == (3, 1, 2)

    @pytest.mark.parametrize(
        ("moment", "since"),
        [
            # Midnight in Dhaka is at 18:00 in UTC.
            (datetime(2026, 11, 22, 17, 59, 59, tzinfo=UTC), 0),
            (datetime(2026, 11, 22, 18, 0, 0, tzinfo=UTC), 1),
        ],
    )
    def test_a_day_begins_at_midnight_in_the_capital(
        self, house: House, moment: datetime, since: int
    ) -> None:
        issue = begin(house)
        house.clock.move_to(moment)
        file_many(house, 1)
        house.day(2)
        fix(house, issue, day(1))
        found = recurrence.count(issue, recurrence.today_there())
        assert found is not None
        assert (found.before, found.since) == (1 - since, since)

    def test_what_is_elsewhere_is_not_counted(self, house: House) -> None:
        issue = begin(house, place=house.cast.district)
        file_many(house, 1, place=house.cast.union.code)
        file_many(house, 1, place=house.cast.other_upazila.code)
        file_many(house, 1, category="roads", place=house.cast.union.code)
        house.day(1)
        fix(house, issue, day(1))
        house.day(2)
        found = recurrence.count(issue, recurrence.today_there())
        assert found is not None
        assert found.before == 1

    def test_only_the_owners_cases_or_everybodys(self, house: House) -> None:
        house.forwarded(house.cast.rival_ministry, category=house.cast.billing.code)
        file_many(house, 1)
        ours, all_cases = begin(house), begin(house, only_owners=False)
        house.day(1)
        for issue, before in ((ours, 1), (all_cases, 2)):
            fix(house, issue, day(1))
            house.day(2)
            found = recurrence.count(issue, recurrence.today_there())
            assert found is not None
            assert found.before == before

    def test_sensitive_cases_count_and_bursts_do_not(self, house: House) -> None:
        issue = begin(house)
        file_many(house, 1, about_official=True)
        burst = house.case(file_many(house, 1)[0])
        Case.objects.filter(pk=burst.pk).update(unranked="burst")
        house.day(1)
        fix(house, issue, day(1))
        house.day(2)
        found = recurrence.count(issue, recurrence.today_there())
        assert found is not None
        assert found.before == 1

    def test_what_is_not_fixed_is_not_measured(self, house: House) -> None:
        assert recurrence.count(begin(house), day(5)) is None
        assert recurrence.recurrence_of(begin(house)) is None

    def test_it_is_counted_once_a_day(self, house: House, django_assert_num_queries) -> None:
        fix(house, begin(house))
        issue = Issue.objects.select_related("owner", "category", "place").get()
        house.day(2)
        with django_assert_num_queries(1):
            first = recurrence.recurrence_of(issue)
        with django_assert_num_queries(0):
            assert recurrence.recurrence_of(issue) == first
            assert recurrence.recurrences_known([issue]) == {issue.pk: first}
        house.clock.shift(timedelta(days=1))
        assert recurrence.recurrences_known([issue]) == {}

    def test_while_one_counts_the_others_do_not(
        self, house: House, django_assert_num_queries
    ) -> None:
        issue = fix(house, begin(house), day(0))
        name = recurrence._name(issue, recurrence.today_there())
        cache.add(f"{name}:counting", 1, timeout=60)
        with django_assert_num_queries(0):
            assert recurrence.recurrence_of(issue) is None
        cache.delete(f"{name}:counting")
        assert recurrence.recurrence_of(issue) is not None
