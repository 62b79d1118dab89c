"""The boards of oversight in a real browser: on a phone and at a desk, in each language."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oversight.figures.periods import today
from tests.browser.axe import look, read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.oversight.boards import agencies, facts, hand_on, sum_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    *("oversight/desk/", "oversight/desk/?period=12m", "oversight/channels/health/"),
    *("oversight/flow/", "oversight/flow/?agency=agency-0", "oversight/flow/cases/?from=agency-0"),
    *("oversight/league/?group=department", "oversight/league/?group=department&by=late_share"),
    *("oversight/map/", "oversight/map/?by=received"),
)


@pytest.fixture
def country(scene: Scene) -> Scene:
    """Something on each board: open and closed cases, hand-offs both ways, who is better and worse."""
    number = scene.case(scene.file()).pk
    one, other, third = agencies(3)
    district, late = scene.cast.district.pk, today() - timedelta(days=2)
    facts(40, one, district=district)
    facts(40, other, district=district, answered_on=late, channel="sms")
    facts(5, third)
    facts(
        12, scene.cast.department, district=district, status="in_progress", ending="", outcome="",
        answered_on=None, closed_on=None, stage="forward", due_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    hand_on(number, one, other, times=5)
    hand_on(number, other, one, times=4)
    hand_on(number, third, None)
    sum_up()
    return scene


def test_the_boards_can_be_read(country: Scene, sign_in: Callable[..., Any]) -> None:
    read(sign_in(country.cast.overseer), *PAGES)


def test_empty_boards_can_be_read(scene: Scene, sign_in: Callable[..., Any]) -> None:
    page = sign_in(scene.cast.overseer, 360)
    for path in PAGES:
        assert page.goto(f"/en/{path}").status == 200
        look(page)


def test_from_a_cell_to_its_cases_and_back(country: Scene, sign_in: Callable[..., Any]) -> None:
    page = sign_in(country.cast.overseer)
    page.goto("/en/oversight/flow/")
    page.locator("#both-ways a").first.click()
    assert page.locator("[data-key-open]").count() == 5
    page.get_by_role("link", name="Who sends back to whom").click()
    assert page.url.endswith("/oversight/flow/?period=12m")
