"""What its system's statuses mean, and a case that is worked elsewhere, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest

from systems.inward.meaning import Row
from systems.inward.references import take_over
from systems.inward.statuses import keep_last, set_table
from systems.models import System
from systems.scopes import Scope
from systems.services import joining
from tests.browser.axe import look, read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANSWERS = Row("Selesai", "answer", {"outcome": "resolved", "cause": "system"})


@pytest.fixture
def system(scene: Scene) -> System:
    """A system of the department, with a table of two statuses."""
    registrar = scene.actor(scene.cast.registrar)
    office = scene.cast.department
    joined = joining.join(registrar, name="Grid Works", office=office, scopes=Scope.values)
    head = scene.actor(scene.cast.head)
    set_table(actor=head, system=joined.system, rows=[Row("Diterima", "accept"), ANSWERS])
    return joined.system


@pytest.mark.parametrize("with_script", [True, False])
def test_a_table_is_corrected_kept_and_tried(
    scene: Scene, sign_in: Callable[..., Any], system: System, with_script: bool
) -> None:
    play = Play(scene).forward()
    page = sign_in(scene.cast.head, java_script_enabled=with_script)
    if with_script:
        read(page, f"office/systems/{system.pk}/statuses/")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/en/office/systems/{system.pk}/statuses/")
    page.locator("#id_form-2-status").fill("Ditolak")
    page.locator("#id_form-2-move").select_option("answer")
    page.get_by_role("button", name="Keep this table").click()
    page.wait_for_selector("text=Please correct this")
    look(page, with_axe=with_script)
    page.locator("#id_form-2-move").select_option("return")
    page.get_by_role("button", name="Keep this table").click()
    page.wait_for_selector("text=The table is kept")
    page.get_by_label("Case numbers and statuses").fill(f"{play.number};ditolak\n1;Selesai")
    page.get_by_role("button", name="See what would happen").click()
    page.wait_for_selector("text=There is no such case with you")
    assert page.locator("text=Return: not ours →").count() == 1
    look(page, with_axe=with_script)


def test_a_case_that_is_worked_elsewhere_can_be_read(
    scene: Scene, sign_in: Callable[..., Any], system: System
) -> None:
    play = Play(scene).forward().accept()
    case = play.case
    take_over(case, system, "GW/2026/0000000000000000000000000000000077")
    actor = scene.actor(scene.cast.focal)
    keep_last(actor=actor, system=system, case=case, status="Menunggu suku cadang")
    read(sign_in(scene.cast.focal), f"office/cases/{play.number}/")
