"""The lists behind figures of the desk, of agencies that stand out, and of citizens who were asked again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from complaints import moment
from complaints.models import Case
from oversight.figures import keeping
from oversight.models import Audit
from tests.browser.axe import look, read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.oversight.audits import audit_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    *(
        "oversight/desk/",
        "oversight/desk/cases/?because=new",
        "oversight/desk/cases/?router=no_rule",
    ),
    *("oversight/pressured/", "oversight/pressured/cases/?agency=grid&which=pressed"),
    *(
        "oversight/",
        "oversight/audits/found/?ending=confirmed",
        "oversight/league/?group=department",
    ),
    *("oversight/cases/?measure=received&category=electricity&first={day}&last={day}",),
)


@pytest.fixture
def country(scene: Scene) -> Scene:
    """Some at the desk, one that was pressed and withdrawn, six whose citizens were asked again."""
    for _each in range(3):
        scene.file(category="electricity")
    pressed = Play(scene).forward().withdraw(pressured=True)
    Case.objects.filter(pk=pressed.case.pk).update(
        status="closed", ending="withdrawn", closed_at=moment.now(), withdrawal_pending=False
    )
    for number in range(6):
        play = Play(scene).forward().accept().answer().confirm()
        result = Audit.Result.SOLVED if number else Audit.Result.NOT_SOLVED
        audit_for(scene, play.receipt, result=result, done_at=timezone.now(), next_call_at=None)
    keeping.rebuild()
    return scene


def test_they_can_be_read(country: Scene, sign_in: Callable[..., Any]) -> None:
    pages = [page.format(day=moment.now().date()) for page in PAGES]
    read(sign_in(country.cast.overseer), *pages)


def test_from_a_figure_to_its_cases_and_back(country: Scene, sign_in: Callable[..., Any]) -> None:
    page = sign_in(country.cast.overseer, 360)
    page.goto("/en/oversight/pressured/")
    page.locator("a[href*='which=withdrawn']").click()
    assert page.locator("[data-key-open]").count() == 1
    look(page)
    page.get_by_role("link", name="Pressed to give up").first.click()
    assert page.url.endswith("/oversight/pressured/")
    page.goto("/en/oversight/")
    page.locator("a[href*='ending=confirmed']").first.click()
    assert page.locator("[data-key-open]").count() == 6
    look(page)
