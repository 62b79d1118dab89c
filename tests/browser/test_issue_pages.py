"""Systemic issues in a real browser: on a phone, at a desk, from a pile of cases to the public page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from complaints.services import casework
from oversight.issues import services
from oversight.models import Issue
from tests.browser.axe import findings, read, width_needed
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def file_many(scene: Scene, number: int) -> list[str]:
    """So many cases about bills, with the department."""
    numbers = []
    for _each in range(number):
        receipt = scene.file(category="electricity-billing", place=scene.cast.union.code)
        numbers.append(receipt.number)
        casework.forward(
            actor=scene.actor(scene.cast.desk),
            number=receipt.number,
            office=scene.cast.department,
            reason="Power meters",
        )
    return numbers


def an_issue(scene: Scene, numbers: list[str]) -> Issue:
    """Fixed and public."""
    overseer, today = scene.actor(scene.cast.overseer), timezone.localdate()
    issue = services.begin(
        actor=overseer,
        title="Bills that nobody can check",
        language="en",
        owner=scene.cast.department,
        category=scene.cast.electricity,
        due=today + timedelta(days=9),
        cause="The meters are read by guess.",
        numbers=numbers,
    )
    words: dict[str, Any] = {"title": issue.title, "language": "en"}
    services.publish(actor=overseer, key=issue.key, you_said="Bills are much too high.", **words)
    services.fix(
        actor=overseer,
        key=issue.key,
        fixed_on=today - timedelta(days=70),
        we_did="All meters were changed.",
    )
    return issue


def test_the_pages_can_be_read(scene: Scene, sign_in: Callable[..., Any]) -> None:
    numbers = file_many(scene, 5)
    issue = an_issue(scene, numbers)
    one = f"oversight/issues/{issue.key}/"
    read(
        sign_in(scene.cast.overseer),
        *("oversight/issues/", "oversight/issues/?state=fixed", "oversight/issues/new/"),
        *(one, f"{one}publish/", f"{one}cases/?everywhere=1", f"{one}reopen/"),
        *("oversight/issues/piles/", "oversight/issues/pile/?subject=electricity-billing"),
        *(f"oversight/issues/case/{numbers[0]}/", f"office/cases/{numbers[0]}/"),
    )
    read(sign_in(None), "performance/issues/", f"performance/issues/{issue.key}/")


@pytest.mark.parametrize("with_script", [True, False])
def test_from_a_pile_to_what_everybody_reads(
    scene: Scene, sign_in: Callable[..., Any], with_script: bool
) -> None:
    file_many(scene, 6)
    page = sign_in(scene.cast.overseer, java_script_enabled=with_script)
    page.goto("/en/oversight/issues/piles/")
    page.get_by_role("link", name="Wrong bill").click()
    if with_script:
        page.get_by_label("Mark all").check()
    else:
        for box in page.get_by_role("checkbox").all():
            box.check()
    page.get_by_role("button", name="Make this an issue").click()
    page.wait_for_load_state()
    page.get_by_label("What is wrong").fill("Bills that nobody can check")
    page.get_by_label("Who has to put it right").fill("grid department")
    page.get_by_role("button", name="Search").first.click()
    page.wait_for_load_state()
    page.get_by_label("Grid Department").first.check()
    page.get_by_label("By when").fill((timezone.localdate() + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="Make the issue").click()
    page.wait_for_load_state()
    assert Issue.objects.get().links.count() == 6
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_label("You said: what people told us").fill("Mr. Karim Mia reads no meter.")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_load_state()
    if with_script:
        assert findings(page) == []
        assert width_needed(page) <= 1280
    page.get_by_label("You said: what people told us").fill("The meters are not read.")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_load_state()
    visitor = sign_in(None)
    visitor.goto("/en/performance/issues/")
    visitor.get_by_role("link", name="Bills that nobody can check").click()
    visitor.wait_for_load_state()
    main = visitor.inner_text("main")
    assert "The meters are not read." in main
    assert "6 people told us" in main
