"""The page of a case that an officer has open: news come by themselves and touch nothing typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache

from complaints.services import casework
from tests.browser.test_officer_journey import (  # noqa: F401
    Officer,
    accepted,
    address,
    cast,
    scene,
    sign_in,
)
from tests.complaints.conftest import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTE = "details.app-move textarea[name=text]"


def a_while_goes_by(page: Any) -> int:
    """Let the page's own clock run on; says what the server answered."""
    with page.expect_response(lambda answer: "/live/" in answer.url) as asked:
        page.clock.fast_forward(41_000)
    return int(asked.value.status)


@pytest.mark.parametrize("width", [360, 1280])
def test_news_come_while_a_note_is_written(
    scene: Scene,  # noqa: F811
    sign_in: Callable[..., Officer],  # noqa: F811
    width: int,
) -> None:
    receipt = accepted(scene)
    officer = sign_in(scene.cast.focal, width)
    page = officer.page
    page.clock.install()
    officer.go(address(receipt))
    page.click("text=Add an internal note")
    page.fill(NOTE, "Half a sent")
    assert a_while_goes_by(page) == 304
    casework.ask(
        actor=scene.actor(scene.cast.case_officer), number=receipt.number, text="Which pole is it?"
    )
    assert a_while_goes_by(page) == 200
    page.wait_for_selector("text=Somebody changed this case: see what is new.")
    page.keyboard.type("ence")
    assert page.input_value(NOTE) == "Half a sentence"
    assert "Which pole is it?" in officer.words
    assert page.locator("#news").bounding_box()["y"] >= 0
    officer.look()
    assert a_while_goes_by(page) == 304
    assert page.is_visible("text=Somebody changed this case")


def test_a_page_whose_session_is_over_asks_no_more_and_keeps_what_was_typed(
    scene: Scene,  # noqa: F811
    sign_in: Callable[..., Officer],  # noqa: F811
) -> None:
    receipt = accepted(scene)
    officer = sign_in(scene.cast.focal)
    page = officer.page
    page.clock.install()
    officer.go(address(receipt))
    page.click("text=Add an internal note")
    page.fill(NOTE, "Half a sentence")
    Session.objects.all().delete()
    cache.clear()
    assert a_while_goes_by(page) == 286
    page.wait_for_selector("text=This page is no longer kept up to date")
    assert page.input_value(NOTE) == "Half a sentence"
    officer.look()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(300_000)
    page.wait_for_timeout(500)
    assert asked == []
