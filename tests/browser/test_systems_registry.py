"""The registrar's pages of agencies' systems in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest

from systems.models import System
from systems.scopes import Scope
from systems.services import joining
from tests.browser.axe import look, read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_pages_can_be_read(scene: Scene, sign_in: Callable[..., Any]) -> None:
    page = sign_in(scene.cast.registrar)
    read(page, "registry/systems/", "registry/systems/new/")
    system = joining.join(
        scene.actor(scene.cast.registrar),
        name="Grid Works",
        office=scene.cast.department,
        scopes=Scope.values,
        networks=["203.0.113.0/24", "2001:db8::/48"],
    ).system
    joining.rotate_secret(scene.actor(scene.cast.registrar), system)
    at = f"registry/systems/{system.pk}/"
    read(page, "registry/systems/", at, f"{at}edit/", f"{at}secret/", f"{at}end/")


def test_a_system_joins_by_the_keyboard_and_its_secret_can_be_copied(
    scene: Scene, sign_in: Callable[..., Any]
) -> None:
    page = sign_in(scene.cast.registrar)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/en/registry/systems/new/")
    page.fill("input[name=office]", "grid")
    page.fill("input[name=name]", "Grid Works")
    page.focus("input[name=scopes] >> nth=0")
    page.keyboard.press("Space")
    page.fill("textarea[name=networks]", "nowhere")
    page.press("input[name=name]", "Enter")
    page.wait_for_selector(".govuk-error-summary")
    look(page)
    page.fill("textarea[name=networks]", "203.0.113.0/24")
    page.press("input[name=name]", "Enter")
    page.wait_for_selector("#client-secret")
    look(page)
    assert page.text_content("#client-id") == System.objects.get().client_id
    assert page.text_content("#client-secret").startswith("grs_")
    taken = "getComputedStyle(document.getElementById('client-secret')).userSelect"
    assert page.evaluate(taken) == "all"
