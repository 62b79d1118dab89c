"""The public figures and the open data in a real browser: on a phone, at a desk, without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from oversight.figures import keeping
from tests.browser.axe import read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.oversight.audits import audit_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATHS = (
    *("performance/?period=12m", "performance/?period=2020", "performance/agency/power/"),
    *("performance/agency/grid/?period=90", "performance/agency/roads/"),
    *("performance/method/", "performance/data/"),
)


@pytest.fixture
def many(scene: Scene) -> Scene:
    """Six confirmed cases of the department, all asked about again; one of the ministry of roads."""
    for number in range(6):
        play = Play(scene, place="3.47.1").forward().accept().answer().confirm()
        result = "solved" if number < 2 else "not_solved"
        audit_for(scene, play.receipt, result=result, done_at=timezone.now())
    Play(scene).forward(to=scene.cast.rival_ministry)
    keeping.rebuild()
    cache.clear()
    return scene


def test_the_public_figures_can_be_read(many: Scene, sign_in: Callable[..., Any]) -> None:
    page = sign_in(None)
    for path in PATHS:
        read(page, path, unfolded=True)
        assert page.locator("h1").count() == 1


def test_a_period_is_chosen_and_an_agency_opened_without_a_script(
    many: Scene, sign_in: Callable[..., Any]
) -> None:
    page = sign_in(None, java_script_enabled=False)
    page.goto("/en/performance/")
    page.select_option("#period", "90")
    page.click("form[method=get] button:has-text('Show')")
    assert page.url.endswith("?period=90")
    page.click("#agencies a:has-text('Ministry of Power')")
    assert page.inner_text("h1").endswith("Ministry of Power")
    assert page.url.endswith("/performance/agency/power/?period=90")
    page.click("#agencies a:has-text('Grid Department')")
    page.click("text=How it is counted >> nth=0")
    assert page.inner_text("h1") == "How it is counted"
