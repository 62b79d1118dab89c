"""Overseers and operators in a real browser: on a phone, at a desk, and without a script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from complaints.models import Case
from complaints.services import casework
from tests.browser.axe import findings, width_needed
from tests.complaints.conftest import Scene
from tests.factories.agencies import RegistryCast, make_registry
from tests.factories.routing import publish_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "The meter in our house shows a wrong number."


@pytest.fixture
def cast(live_server: Any) -> RegistryCast:
    """The tiny country, written where the live server sees it."""
    return make_registry()


@pytest.fixture
def scene(cast: RegistryCast) -> Scene:
    """The cast, in real time: a browser has a clock of its own."""
    return Scene(cast)


@pytest.fixture
def sign_in(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """A function that opens a page in which a person is signed in, or nobody."""
    windows = []

    def open_page(user: User | None, width: int = 1280, **options: Any) -> Any:
        size = {"width": width, "height": 800}
        window = browser.new_context(base_url=live_server.url, viewport=size, **options)
        windows.append(window)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            name = settings.SESSION_COOKIE_NAME
            window.add_cookies([{"name": name, "value": cookie, "url": live_server.url}])
        return window.new_page()

    yield open_page
    for window in windows:
        window.close()


def look(page: Any) -> None:
    """The page as it is now: nothing for axe to find, nothing beyond the edge."""
    assert findings(page) == [], page.url
    assert width_needed(page) <= page.viewport_size["width"], page.url


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_dashboards_can_be_read(
    scene: Scene, sign_in: Callable[..., Any], width: int, language: str
) -> None:
    for _number in range(5):
        receipt = scene.file()
        casework.forward(
            actor=scene.actor(scene.cast.desk),
            number=receipt.number,
            office=scene.cast.department,
            reason="Power meters",
        )
    page = sign_in(scene.cast.overseer, width)
    for path in ("oversight/", "oversight/agency/grid/", "oversight/escalations/", "performance/"):
        assert page.goto(f"/{language}/{path}").status == 200
        look(page)


def test_from_a_number_to_the_cases_behind_it(scene: Scene, sign_in: Callable[..., Any]) -> None:
    receipt = scene.file()
    page = sign_in(scene.cast.overseer)
    page.goto("/en/oversight/")
    page.get_by_role("link", name="Waiting at the desk").click()
    assert receipt.number in page.inner_text("main")


@pytest.mark.parametrize(("width", "script"), [(360, True), (1280, True), (1280, False)])
def test_an_operator_files_for_a_caller_reads_out_and_looks_it_up(
    scene: Scene, sign_in: Callable[..., Any], width: int, script: bool
) -> None:
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    page = sign_in(scene.cast.operator, width, java_script_enabled=script)
    check = look if script else (lambda page: None)
    page.goto("/en/console/new/?ani=01712345678&call_id=c-1")
    check(page)
    page.fill("#id_text", TEXT)
    page.fill("#id_q", "Kaliakair")
    if script:
        page.get_by_text("This would go to: Grid Department").wait_for()
    else:
        page.get_by_role("button", name="Search").click()
    page.get_by_label("Kaliakair, Gazipur").check()
    page.get_by_role("button", name="File it").click()
    page.get_by_role("heading", name="Please correct this").wait_for()
    check(page)
    page.get_by_label("No", exact=True).check()
    page.get_by_label("They said so").check()
    page.get_by_role("button", name="File it").click()
    number = page.inner_text(".app-panel__number")
    secret = page.locator(".app-secret").first.inner_text()
    check(page)
    case = Case.objects.get(number=number)
    assert (case.text, case.place, case.channel) == (TEXT, scene.cast.upazila, "hotline")

    page.get_by_role("button", name="End of call", exact=True).click()
    assert secret not in page.content()
    check(page)
    page.fill("#id_number", number)
    page.fill("#id_secret", secret)
    page.get_by_role("button", name="Open the case").click()
    assert TEXT in page.inner_text("main")
    check(page)
    page.get_by_role("button", name="End of call").click()
    page.goto(f"/en/console/cases/{number}/")
    assert TEXT not in page.inner_text("main")


def test_enter_in_a_field_never_files(scene: Scene, sign_in: Callable[..., Any]) -> None:
    page = sign_in(scene.cast.operator)
    page.goto("/en/console/new/")
    page.fill("#id_text", TEXT)
    page.get_by_label("No", exact=True).check()
    page.get_by_label("They said so").check()
    page.fill("#id_name", "Rahima")
    page.press("#id_name", "Enter")
    page.wait_for_load_state()
    assert not Case.objects.exists()
    assert page.input_value("#id_text") == TEXT
    assert page.input_value("#id_name") == "Rahima"
