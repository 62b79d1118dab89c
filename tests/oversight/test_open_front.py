"""The figures of the start page: from the one list, honest, kept for minutes, and never of a few."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from complaints import front
from oversight.figures import keeping
from record.services.writing import write
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def count() -> None:
    write()
    keeping.keep()
    cache.clear()


def shares() -> list[float | None]:
    return [figure.share for figure in front.figures()[1:]]


def test_there_are_none_before_anything_was_filed(house: House) -> None:
    count()
    assert front.figures() == []
    house.client.logout()
    assert "How the offices are doing" not in house.page("/")


def test_the_figures_count_confirmed_out_of_all_answered(house: House) -> None:
    for _number in range(3):
        house.confirmed()
    for _number in range(3):
        house.answered()
    for _number in range(2):
        house.filed()
    house.day(12)
    count()
    assert front.figures()[0].number == 5
    # Six answers, three with a yes; what was never answered counts against the ten days.
    assert shares() == [pytest.approx(6 / 8), 0.5]
    house.client.logout()
    html = house.page("/")
    assert "Confirmed as solved by the citizen" in html
    assert "50%" in html
    assert "৭৫%" in house.client.get("/bn/").content.decode()


def test_a_share_of_few_is_not_shown(house: House) -> None:
    for _number in range(4):
        house.confirmed()
    house.day(12)
    count()
    assert front.figures() == []
    house.filed()
    house.day(13)
    count()
    house.client.logout()
    assert "100%" not in house.page("/")


def test_one_to_four_open_cases_are_too_few_to_say(house: House) -> None:
    house.filed()
    count()
    [figure] = front.figures()
    assert (figure.number, figure.few) == (None, True)
    house.client.logout()
    assert "<dt>Open now</dt><dd>under 5</dd>" in house.page("/")
    for _number in range(4):
        house.filed()
    house.clock.shift(timedelta(hours=1))
    count()
    [figure] = front.figures()
    assert (figure.number, figure.few) == (5, False)


def test_they_are_counted_by_one_visitor_and_kept(
    house: House, django_assert_num_queries: object
) -> None:
    for _number in range(5):
        house.filed()
    count()
    assert front.figures()[0].number == 5
    house.filed()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert front.figures()[0].number == 5
    house.clock.shift(timedelta(hours=1))
    count()
    assert front.figures()[0].number == 6


def test_on_another_day_they_are_counted_anew(house: House) -> None:
    for _number in range(5):
        house.filed()
    count()
    front.figures()
    house.clock.shift(timedelta(days=1))
    house.filed()
    write()
    keeping.keep()
    assert front.figures()[0].number == 6
