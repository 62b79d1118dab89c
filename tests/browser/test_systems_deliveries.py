"""An office's pages about what its systems are told, in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from channels import breaker
from record.services import writing
from systems.models import Delivery
from systems.out import endpoints, following, sending
from systems.scopes import Scope
from systems.services import joining
from tests.browser.axe import look, read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.receiving import receiver

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def follow() -> None:
    writing.write()
    following.follow()


@pytest.fixture
def at(scene: Scene) -> str:
    """The pages of a system that was told of a case, with trouble."""
    follow()
    system = joining.join(
        scene.actor(scene.cast.registrar),
        name="Grid Works",
        office=scene.cast.department,
        scopes=Scope.values,
    ).system
    url = "https://grid.example.org/hook?token=abc"
    endpoints.set_endpoint(scene.actor(scene.cast.head), system, url=url)
    Play(scene).forward().accept().note().answer()
    follow()
    now = timezone.now()
    tried = [[now.isoformat(), "timeout", 15010], [now.isoformat(), "http_500", 210]]
    states = [("failed", "http_500", None), ("waiting", "timeout", now + timedelta(hours=2))]
    rows = Delivery.objects.order_by("log_seq")
    for row, (state, error, next_at) in zip(rows, states, strict=False):
        Delivery.objects.filter(pk=row.pk).update(
            state=state, error=error, next_at=next_at, tries=2, history=tried
        )
    for _failure in range(breaker.FAILURES):
        breaker.failed(sending.breaker_of(system), "timeout", now)
    return f"office/systems/{system.pk}/"


def test_the_pages_can_be_read(scene: Scene, sign_in: Callable[..., Any], at: str) -> None:
    page = sign_in(scene.cast.focal)
    first = Delivery.objects.order_by("log_seq").values_list("log_seq", flat=True)[0]
    read(
        page,
        *("office/systems/", f"{at}deliveries/", f"{at}deliveries/?state=sent"),
        *(f"{at}deliveries/{first}/", f"{at}address/"),
    )


#: By how many pixels the parts of the filter stand in from the left edge of their box.
FROM_THE_LEFT = """() => {
    const box = document.querySelector('.app-filters form').getBoundingClientRect();
    return [...document.querySelectorAll('.app-filters :is(label, select)')]
        .map((part) => Math.round(part.getBoundingClientRect().left - box.left));
}"""


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_is_narrowed_as_other_lists_are(
    scene: Scene, sign_in: Callable[..., Any], at: str, width: int
) -> None:
    page = sign_in(scene.cast.focal)
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"/en/{at}deliveries/")
    assert len(set(page.evaluate(FROM_THE_LEFT))) == 1
    page.get_by_label("State").select_option("failed")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/deliveries/?state=failed#list")
    assert page.get_by_label("State").input_value() == "failed"
    assert page.locator("table tbody tr").count() == 1
    look(page)
    page.get_by_role("link", name="Show all").click()
    page.wait_for_url("**/deliveries/?#list")
    assert page.locator("table tbody tr").count() > 1


@pytest.mark.parametrize("with_script", [True, False])
def test_an_address_is_set_tried_and_what_was_given_up_is_sent_again(
    scene: Scene, sign_in: Callable[..., Any], at: str, with_script: bool
) -> None:
    page = sign_in(scene.cast.head, java_script_enabled=with_script)
    page.set_viewport_size({"width": 360, "height": 740})
    with receiver() as server:
        page.goto(f"/en/{at}deliveries/")
        page.get_by_role("link", name="Change How it is told").click()
        page.wait_for_load_state()
        page.get_by_label("Address that the portal calls").fill(server.url)
        page.get_by_role("button", name="Change the address").click()
        page.wait_for_load_state()
        page.get_by_role("link", name="Change How it is told").click()
        page.get_by_role("button", name="Make a new secret").click()
        page.wait_for_selector("#webhook-secret")
        server.secret = page.inner_text("#webhook-secret").strip()
        look(page, with_axe=with_script)
        page.get_by_role("link", name="Go on").click()
        page.get_by_role("button", name="Send a test").click()
        page.wait_for_selector("text=The test arrived.")
        assert [call.told["type"] for call in server.calls] == ["test"]
        page.get_by_role("link", name="Grid Works").click()
        page.get_by_role("button", name="Send again all that was given up").click()
        page.wait_for_selector("text=1 is sent again.")
    assert not Delivery.objects.filter(state="failed").exists()
