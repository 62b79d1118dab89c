"""Overseers in a real browser: on a phone, at a desk, and without a script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from complaints.services import casework
from oversight.figures import keeping
from tests.browser.axe import VIEWS, look, read
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.factories.agencies import RegistryCast, make_registry
from tests.oversight.audits import audit_for

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


DASHBOARDS = (
    *("oversight/", "oversight/?period=12m&category=electricity&kind=x", "oversight/agency/power/"),
    *("oversight/agency/grid/", "oversight/?all=offices", "oversight/?all=category"),
    *("oversight/cases/?measure=received", "oversight/cases/?state=late&level=3"),
    *("oversight/escalations/", "oversight/saved/", "performance/"),
)


def test_the_dashboards_can_be_read(scene: Scene, sign_in: Callable[..., Any]) -> None:
    for _number in range(5):
        receipt = scene.file(category="electricity", place="3.47.1")
        casework.forward(
            actor=scene.actor(scene.cast.desk),
            number=receipt.number,
            office=scene.cast.department,
            reason="Power meters",
        )
    Play(scene, category="roads").forward().accept().answer().confirm()
    scene.file()
    keeping.rebuild()
    read(sign_in(scene.cast.overseer), *DASHBOARDS, unfolded=True)
    read(sign_in(scene.cast.head), "oversight/")


@pytest.mark.parametrize("script", [True, False])
def test_a_screen_is_narrowed_kept_and_opened_again(
    scene: Scene, sign_in: Callable[..., Any], script: bool
) -> None:
    receipt = scene.file(category="electricity")
    keeping.rebuild()
    page = sign_in(scene.cast.overseer, java_script_enabled=script)
    page.goto("/en/oversight/")
    page.click("text=Change period and filters")
    page.select_option("#ask-category", "electricity")
    page.click("form[method=get] button")
    assert "category=electricity" in page.url
    page.click("text=Keep this view")
    page.fill("#view-name", "Electricity")
    page.click("button:has-text('Keep this view')")
    page.click("main table a:has-text('Electricity')")
    assert "category=electricity" in page.url
    page.get_by_role("link", name="Open in all").click()
    assert receipt.number in page.inner_text("main")


@pytest.mark.parametrize(("width", "language", "with_axe"), VIEWS)
def test_a_citizen_is_called_and_the_case_opened_again(
    scene: Scene, sign_in: Callable[..., Any], width: int, language: str, with_axe: bool
) -> None:
    play = Play(scene).forward().accept().answer().confirm()
    audit = audit_for(scene, play.receipt)
    page = sign_in(scene.cast.overseer, width)
    page.goto(f"/{language}/oversight/audits/")
    look(page, with_axe=with_axe)
    page.click("a[data-key-open]")
    look(page, with_axe=with_axe)
    page.click("button[data-main]")
    look(page, with_axe=with_axe)
    page.click("form[action$='/contact/'] button")
    assert "+8801712345678" in page.inner_text("main")
    look(page, with_axe=with_axe)
    page.click("form[action$='/end/'] button")
    assert page.locator(".govuk-error-summary").count() == 1
    look(page, with_axe=with_axe)
    for name, code in {"call": "answered", "solved": "no", "true": "no", "pressure": "no"}.items():
        page.check(f"input[name={name}][value={code}]")
    page.check("input[name=reopen][value=yes]")
    page.click("form[action$='/end/'] button")
    look(page, with_axe=with_axe)
    page.click("form[action$='/reopen/'] button")
    look(page, with_axe=with_axe)
    audit.refresh_from_db()
    assert (audit.result, play.state) == ("not_solved", "in_progress")
    page.goto(f"/{language}/oversight/audits/?show=done")
    look(page, with_axe=with_axe)


@pytest.mark.parametrize("width", [360, 1280])
def test_rates_with_a_wide_gap_can_be_read(
    scene: Scene, sign_in: Callable[..., Any], width: int
) -> None:
    for number in range(20):
        play = Play(scene).forward().accept().answer().confirm()
        result = "solved" if number < 5 else "not_solved"
        audit_for(scene, play.receipt, result=result, done_at=timezone.now())
    page = sign_in(scene.cast.overseer, width)
    for path in ("oversight/", "oversight/agency/grid/", "performance/"):
        page.goto(f"/bn/{path}")
        look(page)


def test_from_a_number_to_the_cases_behind_it(scene: Scene, sign_in: Callable[..., Any]) -> None:
    receipt = scene.file()
    keeping.rebuild()
    page = sign_in(scene.cast.overseer)
    page.goto("/en/oversight/")
    page.get_by_role("link", name="To be forwarded").first.click()
    assert receipt.number in page.inner_text("main")
