"""Taking out what an office has, and cases of before the portal, in a real browser."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.actors import SYSTEM
from complaints.services import importing
from complaints.services.importing import PastCase, PastStep
from complaints.services.work import tell_database
from complaints.workflow import State
from oversight.figures import keeping
from tests.browser.axe import look, read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("with_script", [True, False])
def test_a_head_is_told_what_is_missing_and_orders_the_file(
    scene: Scene, sign_in: Callable[..., Any], with_script: bool
) -> None:
    Play(scene).forward()
    page = sign_in(scene.cast.head, java_script_enabled=with_script)
    if with_script:
        read(page, "office/export/")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/en/office/export/")
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_selector("text=Choose a kind of file.")
    look(page, with_axe=with_script)
    page.get_by_label("JSON Lines").first.check()
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_url("**/oversight/files/*/")
    look(page, with_axe=with_script)
    page.goto("/en/oversight/files/9999999/")
    assert "There is no such file" in page.inner_text("main")
    look(page, with_axe=with_script)


def test_where_nothing_is_to_be_taken_out_the_page_says_so(
    scene: Scene, sign_in: Callable[..., Any]
) -> None:
    page = sign_in(scene.cast.head, width=360)
    page.goto("/en/office/export/")
    page.get_by_label("JSON Lines").first.check()
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_selector("text=There is nothing to take out yet")
    look(page)


def test_what_was_brought_can_be_read_by_year_and_office(
    scene: Scene, sign_in: Callable[..., Any]
) -> None:
    department, filed = scene.cast.department, datetime(2016, 3, 1, 9, tzinfo=UTC)
    past = PastCase(
        source="grid-2016",
        text="The meter runs backwards.",
        filed_at=filed,
        status=State.FORWARDED,
        kind="complaint",
        language="en",
        channel="hotline",
        holder=department,
        steps=(PastStep(filed, State.FORWARDED, "forward", given_to=department),),
    )
    importing.write([importing.bring(past, importing.free_numbers(1)[0], tell_database(SYSTEM))])
    keeping.rebuild()

    page = sign_in(scene.cast.overseer)
    read(page, "oversight/past/", f"oversight/past/?office={scene.cast.rival_ministry.code}")
