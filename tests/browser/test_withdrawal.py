"""Withdrawing and keeping a case, and what overseers see of pressure; axe on every page."""

import pytest

from complaints.models import Case
from complaints.services import links
from tests.browser.test_citizen_journey import Browser, cast, phone, scene
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

__all__ = ["cast", "phone", "scene"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_is_withdrawn_under_pressure_and_kept_by_the_link(
    phone: Browser, scene: Scene, live_server
) -> None:
    play = Play(scene).forward().accept()
    page = phone.page
    phone.go(f"{live_server.url}/en/complaints/track/")
    page.fill("[name=number]", play.number)
    page.fill("[name=secret]", play.receipt.secret)
    phone.go_on()
    page.click("text=Withdraw the complaint")
    phone.look()
    page.check("[name=pressured][value=yes]")
    page.fill("[name=text]", "The chairman's men came to our house.")
    page.fill("[name=secret]", play.receipt.secret)
    page.click(".govuk-button--warning")
    phone.look()
    assert "This secret does not withdraw" in page.inner_text("main")
    page.fill("[name=secret]", play.receipt.withdrawal_secret)
    page.click(".govuk-button--warning")
    page.wait_for_selector("#call_back")
    phone.look()
    assert "chairman" not in page.inner_text("main")
    assert Case.objects.get(number=play.number).withdrawal_pending

    token = links.token_of(play.clock("withdrawal"))
    phone.go(f"{live_server.url}/en/a/{token}/")
    page.click("text=Keep my complaint after all")
    phone.look()
    case = Case.objects.get(number=play.number)
    assert (case.withdrawal_pending, case.pressured) == (False, True)


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_overseers_read_who_was_pressed(
    phone: Browser, scene: Scene, live_server, client, language: str
) -> None:
    play = Play(scene).forward().accept().withdraw(pressured=True)
    client.force_login(play.cast.overseer)
    cookie = client.cookies["sessionid"]
    phone.page.context.add_cookies(
        [{"name": "sessionid", "value": cookie.value, "url": live_server.url}]
    )
    phone.go(f"{live_server.url}/{language}/oversight/pressured/")
    assert play.number in phone.page.inner_text("main")
    phone.go(f"{live_server.url}/{language}/oversight/pressured/?state=noted")
