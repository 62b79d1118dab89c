"""An appeal from the hearing to the decision, at a desk and on a phone: axe on every page."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from complaints.models import Appeal, Hearing
from tests.browser.axe import findings, width_needed
from tests.browser.test_officer_journey import (  # noqa: F401
    Officer,
    address,
    cast,
    scene,
    sign_in,
)
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def appealed(scene: Scene) -> Play:  # noqa: F811
    return Play(scene).forward().accept().answer().appeal()


def local_moment(days: int) -> str:
    """So many days on at half past ten, as the browser's own field takes it."""
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%d}T10:30"


@pytest.mark.parametrize("width", [360, 1280])
def test_an_appeal_is_heard_investigated_and_decided(
    scene: Scene,  # noqa: F811
    sign_in: Callable[..., Officer],  # noqa: F811
    width: int,
) -> None:
    play = appealed(scene)
    decider = sign_in(scene.cast.ministry_focal, width)
    page = decider.page
    decider.go("/en/office/appeals/")
    page.get_by_role("link", name=play.number).click()
    assert "The way up: Grid Department → Ministry of Power" in decider.words
    decider.look()

    page.get_by_role("link", name="Set a hearing").click()
    page.get_by_label("Day and hour").fill(local_moment(2))
    page.get_by_label("Place, or link to join").fill("Room 12")
    page.get_by_label("Notice for those who are asked").fill("Bring the bill, please.")
    decider.press("Set a hearing")
    # Too early: said at the field, and nothing typed is lost.
    assert "at least 3 days’ notice" in decider.words
    assert page.get_by_label("Place, or link to join").input_value() == "Room 12"
    page.get_by_label("Day and hour").fill(local_moment(8))
    decider.press("Set a hearing")
    assert "Room 12" in decider.words
    decider.go("/en/office/appeals/?show=hearings")
    assert play.number in decider.words

    # A week goes by.
    Hearing.objects.update(at=timezone.now() - timedelta(hours=1))
    decider.go(f"/en/office/cases/{play.number}/")
    assert "Minutes are missing" in decider.words
    page.get_by_role("link", name="Write the minutes").click()
    page.get_by_label("The citizen", exact=True).check()
    page.get_by_label("Minutes", exact=True).fill("The citizen showed both bills.")
    decider.press("Write the minutes")
    assert "The citizen: came" in decider.words

    page.get_by_role("link", name="Order an investigation").click()
    page.get_by_label("What is to be found out").fill("Find out who read the meter.")
    page.get_by_label("Officers of other offices").fill(scene.cast.rival_focal.email)
    decider.press("Order an investigation")
    assert "Rival Focal" in decider.words
    assert page.get_by_role("button", name="Uphold the appeal").count() == 0

    team = sign_in(scene.cast.rival_focal, width)
    team.go(f"/en/office/cases/{play.number}/")
    team.page.get_by_role("button", name="Report on the investigation").first.click()
    team.page.get_by_label("The complaint is true", exact=True).check()
    team.page.get_by_label("Report", exact=True).fill("Nobody read the meter in May.")
    team.press("Report on the investigation")
    assert re.search(r"/en/office/$", team.page.url)

    decider.go(f"/en/office/cases/{play.number}/")
    assert "Nobody read the meter in May." in decider.words
    page.get_by_role("button", name="Uphold the appeal").first.click()
    page.get_by_label("Your decision, with reasons").fill("The meter has to be read again.")
    decider.press("Uphold the appeal")
    assert Appeal.objects.get(case=play.case).upheld
    assert play.state == "in_progress"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_citizen_reads_of_the_hearing_and_adds_a_statement(
    scene: Scene,  # noqa: F811
    page: Any,
    live_server: Any,
    width: int,
) -> None:
    play = appealed(scene).set_hearing(timezone.now() + timedelta(days=8))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/en/complaints/track/?number={play.number}")
    page.get_by_label("Secret").fill(play.receipt.secret)
    page.get_by_role("button", name="Open").first.click()
    page.wait_for_load_state()
    words = page.inner_text("main")
    assert "You are asked to a hearing" in words
    assert "Room 12, Ministry of Power" in words
    page.get_by_text("Give a statement").click()
    page.get_by_label("Statement", exact=True).fill("The bill is of another house.")
    page.locator("#testify button").click()
    page.wait_for_load_state()
    assert "Your statement is with those who decide." in page.inner_text("main")
    assert findings(page) == []
    assert width_needed(page) <= width
