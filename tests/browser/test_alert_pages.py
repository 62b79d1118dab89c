"""Alerts and what rises in a real browser: on a phone, at a desk, with and without a script."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from complaints import moment
from oversight.alerts.raising import look as look_at_rules
from oversight.alerts.rules import make
from oversight.models import Alert
from oversight.rising import DAYS, WEEK
from tests.browser.axe import read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.oversight.sums import backlog, kept, quiet_others, received

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def alarming(scene: Scene) -> None:
    """A late office, a subject that rises, a way in that fell silent: all three alarm."""
    people, overseer = scene.cast, scene.actor(scene.cast.overseer)
    kept()
    quiet_others(people.electricity, people.billing)
    received([10] * (DAYS - WEEK) + [30] * WEEK, people.roads)
    received([4] * (DAYS - WEEK) + [24] * WEEK, people.roads, district=people.district)
    received([10] * (DAYS - WEEK) + [35] * WEEK, at=people.department)
    received([10] * DAYS, at=people.rival_ministry)
    backlog(100, 40, people.department)
    for week in range(1, 5):
        with moment.as_if(timezone.now() - timedelta(weeks=week, hours=1)):
            for _each in range(5):
                scene.file(category="roads")
    with moment.as_if(timezone.now() - timedelta(days=2)):
        scene.file(category="roads")
    make(actor=overseer, kind="late_share", office=people.department, threshold=30)
    make(actor=overseer, kind="surge")
    make(actor=overseer, kind="silent_channel", channel="web", hours=6, least=5)
    assert look_at_rules()["raised"] == 3


#: In how many lines the words of a button stand; what is read out alone does not count.
LINES = """(button) => {
    const words = document.createRange();
    words.selectNodeContents(button.firstChild);
    return new Set([...words.getClientRects()].map((line) => Math.round(line.top))).size;
}"""


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_at_a_desk_a_button_of_a_table_is_one_line(
    scene: Scene, sign_in: Callable[..., Any], language: str
) -> None:
    people, overseer = scene.cast, scene.actor(scene.cast.overseer)
    make(actor=overseer, kind="late_share", office=people.department, threshold=30)
    make(actor=overseer, kind="silent_channel", channel="web", hours=6, least=5)
    page = sign_in(people.overseer)
    page.goto(f"/{language}/oversight/alerts/")
    buttons = page.locator("td .govuk-button")
    assert [buttons.nth(at).evaluate(LINES) for at in range(buttons.count())] == [1, 1]


def test_the_pages_can_be_read(scene: Scene, sign_in: Callable[..., Any]) -> None:
    page = sign_in(scene.cast.overseer)
    read(page, "oversight/rising/", "oversight/alerts/")
    alarming(scene)
    alerts = [f"oversight/alerts/{pk}/" for pk in Alert.objects.values_list("pk", flat=True)]
    read(
        page,
        *("oversight/rising/", "oversight/rising/roads/", "oversight/rising/roads/?span=all"),
        *("oversight/alerts/", *alerts, "oversight/alerts/new/late_share/"),
        *("oversight/alerts/new/surge/", "oversight/alerts/new/silent_channel/"),
    )


@pytest.mark.parametrize("with_script", [True, False])
def test_an_alert_is_set_met_looked_into_and_acknowledged(
    scene: Scene, sign_in: Callable[..., Any], with_script: bool
) -> None:
    kept()
    page = sign_in(scene.cast.overseer, java_script_enabled=with_script)
    page.goto("/en/oversight/alerts/")
    page.get_by_role("link", name="Be told when many cases are late").click()
    page.get_by_label("Office").fill("grid department")
    page.get_by_role("button", name="Search").first.click()
    page.wait_for_load_state()
    page.get_by_label("Grid Department").first.check()
    page.get_by_label("Late cases, per cent of the open ones").fill("0")
    page.get_by_role("button", name="Set the alert").click()
    page.wait_for_load_state()
    assert page.locator(".govuk-error-summary").count() == 1
    page.get_by_label("Late cases, per cent of the open ones").fill("30")
    page.get_by_role("button", name="Set the alert").click()
    page.wait_for_load_state()
    assert "Grid Department" in page.inner_text("main")
    backlog(100, 40, scene.cast.department)
    look_at_rules()
    page.goto("/en/oversight/alerts/")
    page.get_by_role("link", name="Late cases: Grid Department").click()
    page.wait_for_load_state()
    page.get_by_label("What is done about it").fill("I call their head.")
    page.get_by_role("button", name="Acknowledge").click()
    page.wait_for_load_state()
    assert "I call their head." in page.inner_text("main")
    assert Alert.objects.get().acknowledged_by == scene.cast.overseer


def test_a_rise_is_made_an_issue(scene: Scene, sign_in: Callable[..., Any]) -> None:
    alarming(scene)
    page = sign_in(scene.cast.overseer)
    page.goto("/en/oversight/rising/")
    page.get_by_role("link", name="The cases").click()
    page.get_by_label("Mark all").check()
    page.get_by_role("button", name="Make this an issue").click()
    page.wait_for_load_state()
    # Those of two days ago, and of a week and an hour ago.
    assert re.search(r"[16] cases? will be part of it\.", page.inner_text("main"))
