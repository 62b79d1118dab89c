"""What the worker counts ahead is what the pages read, and a repeat changes nothing."""

from django.core.cache import cache

from grs.schedule import SCHEDULE
from oversight.boards import keeping
from oversight.boards.desk_work import moves_of_all
from oversight.boards.handoffs import pairs_of
from oversight.figures.periods import days_period, year_to_now
from oversight.tasks import count_ahead
from tests.oversight.boards import agencies, facts, hand_on, sum_up
from tests.oversight.conftest import House


def test_after_it_no_page_counts(house: House, django_assert_num_queries) -> None:
    one, other = agencies(2)
    hand_on(house.case(house.forwarded()).pk, one, other)
    facts(3, one)
    sum_up()
    count_ahead()
    with django_assert_num_queries(0):
        assert pairs_of(year_to_now()).value.total() == 1
        assert pairs_of(days_period(90)).value.total() == 1
        assert moves_of_all(days_period(30)).value.found.total() == 1


def test_it_counts_anew_what_is_kept(house: House) -> None:
    one, other = agencies(2)
    case = house.case(house.filed())
    hand_on(case.pk, one, other)
    count_ahead()
    hand_on(case.pk, one, other)
    assert pairs_of(year_to_now()).value.total() == 1
    count_ahead()
    count_ahead()
    assert pairs_of(year_to_now()).value.total() == 2


def test_it_comes_by_before_a_count_is_too_old() -> None:
    assert SCHEDULE["count-ahead"]["schedule"].total_seconds() < keeping.KEPT


def test_counts_of_another_country_are_not_read(house: House, settings) -> None:
    cache.clear()
    keeping.counted("something", lambda: "bd")
    settings.COUNTRY = "id"
    assert keeping.counted("something", lambda: "id").value == "id"
