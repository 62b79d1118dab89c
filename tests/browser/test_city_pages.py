"""The pages of a city that takes cases by Open311, in a real browser: the registrar's and its office's."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from channels import breaker
from complaints.models import Contact
from systems.cities import queue, reading, sending
from systems.models import City, Forwarding
from systems.models.system import Way
from systems.services import joining
from tests.browser.axe import look, read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.city import TheCity, a_city, says
from tests.systems.handing_over import ANSWERS, TEXT, Linked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REFUSALS = ("http_400", sending.DOUBTFUL, sending.SAME_ID, sending.NO_ID)
LONG = "No street of this name is known in this city, nor in any of its wards. " * 5


@pytest.fixture
def server() -> Iterator[TheCity]:
    with a_city() as running:
        yield running


@pytest.fixture
def linked(scene: Scene, server: TheCity) -> Linked:
    """A city that has one case, and has not taken others."""
    linked = Linked(scene, server)
    linked.means(*ANSWERS)
    linked.handed()
    answer = says(400, [{"code": 400, "description": LONG}])
    server.instead = lambda asked: answer if "POST" in asked.what else None
    for error in REFUSALS:
        play = Play(scene, text=TEXT).forward()
        linked.send()
        Forwarding.objects.filter(case=play.case).update(error=error)
    return linked


def test_the_registrar_s_pages_can_be_read_before_and_after_a_city_is_set(
    scene: Scene, sign_in: Callable[..., Any], server: TheCity
) -> None:
    page = sign_in(scene.cast.registrar)
    actor, office = scene.actor(scene.cast.registrar), scene.cast.department
    given: dict[str, Any] = {"name": "Tongi City", "scopes": (), "way": Way.OPEN311}
    system = joining.join(actor, office=office, **given).system
    at = f"registry/systems/{system.pk}/"
    read(page, at, f"{at}city/", f"{at}edit/", f"{at}end/")
    linked = Linked(scene, server)
    at = f"registry/systems/{linked.system.pk}/"
    page.goto(f"/en/{at}city/")
    page.get_by_role("button", name="Ask the city now").click()
    page.wait_for_selector("text=It offers 2 services.")
    City.objects.filter(pk=linked.city.pk).update(error="http_401")
    read(page, "registry/systems/", at, f"{at}city/", unfolded=True)


def test_the_registrar_reads_which_cases_cannot_be_handed_over(
    scene: Scene, sign_in: Callable[..., Any], linked: Linked
) -> None:
    waits = Play(scene, text=TEXT).forward()
    Contact.objects.filter(case=waits.case).update(sealed=b"sealed with another key")
    linked.send()
    Forwarding.objects.filter(error=sending.NO_ID).update(error=queue.SEALED)
    page = sign_in(scene.cast.registrar)
    read(page, f"registry/systems/{linked.system.pk}/city/")
    shown = page.inner_text("main")
    assert waits.number in shown
    assert "Not by itself any more" in shown


def test_a_registrar_s_mistakes_about_a_city_are_said_where_they_are(
    scene: Scene, sign_in: Callable[..., Any], server: TheCity
) -> None:
    linked, page = Linked(scene, server), sign_in(scene.cast.registrar)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/en/registry/systems/{linked.system.pk}/city/")
    page.get_by_label("Address of its Open311").fill("http://user@city.example/")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector(".govuk-error-summary")
    look(page)
    page.goto(f"/en/registry/systems/{linked.system.pk}/city/")
    page.fill("input[name=services-2-service]", "roads")
    page.get_by_role("button", name="Save the services").click()
    page.wait_for_selector(".govuk-error-summary")
    look(page)
    page.click(".govuk-error-summary a")
    assert page.evaluate("document.activeElement.name") == "services-2-subject"


def test_the_office_s_pages_can_be_read_in_each_state(
    scene: Scene, sign_in: Callable[..., Any], linked: Linked
) -> None:
    page, at = sign_in(scene.cast.focal), f"office/systems/{linked.system.pk}/"
    read(page, "office/systems/", f"{at}city/", f"{at}statuses/")
    now = timezone.now()
    for _failure in range(breaker.FAILURES):
        breaker.failed(sending.breaker_of(linked.city), "timeout", now + timedelta(hours=1))
    City.objects.filter(pk=linked.city.pk).update(error="timeout")
    read(page, "office/systems/", f"{at}city/")
    assert "It is left alone until" in page.inner_text("main")
    for kind in (reading.NO_UPDATES, queue.FAULT):
        City.objects.filter(pk=linked.city.pk).update(error=kind)
        page.goto(f"/en/{at}city/")
        assert "In part" in page.inner_text("main")
        look(page)
    Forwarding.objects.all().delete()
    City.objects.update(services={}, error="")
    read(page, f"{at}city/")
    assert "chosen no services yet" in page.inner_text("main")


def test_what_a_city_did_not_take_is_sent_again_by_the_keyboard_and_said_to_be(
    scene: Scene, sign_in: Callable[..., Any], linked: Linked
) -> None:
    page = sign_in(scene.cast.head)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/en/office/systems/{linked.system.pk}/city/")
    buttons = page.get_by_role("button", name="Send again")
    assert buttons.count() == len(REFUSALS)
    buttons.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=It is sent once more")
    look(page)
    assert page.get_by_role("button", name="Send again").count() == len(REFUSALS) - 1


def test_an_overseer_reads_and_is_offered_no_change(
    scene: Scene, sign_in: Callable[..., Any], linked: Linked
) -> None:
    page = sign_in(scene.cast.overseer)
    read(page, f"office/systems/{linked.system.pk}/city/")
    assert page.get_by_role("button", name="Send again").count() == 0
