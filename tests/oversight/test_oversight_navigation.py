"""The way to the screens of oversight, for those who may look at them."""

import re

import pytest

from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db

CURRENT = re.compile(r'<a [^>]*href="/en/([^"]*)"[^>]*aria-current="page"')


def current(html: str) -> list[str]:
    """Where one is, by the navigation of the portal, then by that of oversight."""
    return CURRENT.findall(html)


@pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
def test_whoever_looks_at_all_of_it_finds_it(house: House, who: str) -> None:
    house.sign_in(who)
    assert 'href="/en/oversight/"' in house.page("/office/")


def test_a_case_officer_is_not_led_to_what_is_not_theirs(house: House) -> None:
    house.sign_in("case_officer")
    assert 'href="/en/oversight/"' not in house.page("/office/")


def test_the_ways_in_are_a_screen_of_oversight(house: House) -> None:
    assert current(house.page("/oversight/channels/health/")) == [
        "oversight/",
        "oversight/channels/health/",
    ]
    assert current(house.page("/oversight/channels/")) == ["oversight/channels/"]
