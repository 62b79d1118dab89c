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
    house.filed()
    house.day(12)
    count()
    assert front.figures()[0].number == 4
    # Six answers, three with a yes; what was never answered counts against the ten days.
    assert shares() == [pytest.approx(6 / 7), 0.5]
    house.client.logout()
    html = house.page("/")
    assert "Confirmed as solved by the citizen" in html
    assert "50%" in html
    assert "৮৬%" in house.client.get("/bn/").content.decode()


def test_a_share_of_few_is_not_shown(house: House) -> None:
    for _number in range(4):
        house.confirmed()
    house.day(12)
    count()
    assert front.figures() == []
    house.filed()
    house.day(13)
    count()
    assert [figure.number for figure in front.figures()] == [1]
    house.client.logout()
    assert "100%" not in house.page("/")


def test_they_are_counted_by_one_visitor_and_kept(
    house: House, django_assert_num_queries: object
) -> None:
    house.filed()
    count()
    assert front.figures()[0].number == 1
    house.filed()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert front.figures()[0].number == 1
    house.clock.shift(timedelta(hours=1))
    count()
    assert front.figures()[0].number == 2


def test_on_another_day_they_are_counted_anew(house: House) -> None:
    house.filed()
    count()
    front.figures()
    house.clock.shift(timedelta(days=1))
    house.filed()
    write()
    keeping.keep()
    assert front.figures()[0].number == 2
