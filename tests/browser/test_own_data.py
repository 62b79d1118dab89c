"""A citizen looks at what is kept, takes a copy, and has themselves erased: on a phone, by keyboard too."""

import io
import zipfile
from pathlib import Path

import pytest

from complaints.models import Contact
from tests.browser.axe import findings, width_needed
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.factories.agencies import RegistryCast, make_registry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(live_server) -> RegistryCast:  # type: ignore[no-untyped-def]
    """The tiny country, written where the live server sees it."""
    return make_registry()


@pytest.fixture
def play(cast: RegistryCast) -> Play:
    """An open case, in real time: a browser has a clock of its own."""
    return Play(Scene(cast)).forward()


def look(page) -> None:  # type: ignore[no-untyped-def]
    assert findings(page) == [], page.url
    assert width_needed(page) <= page.viewport_size["width"], page.url


@pytest.mark.parametrize("width", [360, 1280])
def test_looking_copying_and_erasing(page, play: Play, width: int) -> None:  # type: ignore[no-untyped-def]
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/en/privacy/")
    look(page)
    page.goto("/en/complaints/track/")
    page.fill("input[name=number]", play.number)
    page.fill("input[name=secret]", play.receipt.secret)
    page.press("input[name=secret]", "Enter")
    page.click("text=Your data: get a copy, or have it erased")
    look(page)
    with page.expect_download() as waiting:
        page.click("text=Get a copy")
    content = Path(waiting.value.path()).read_bytes()
    assert "Rahima" in zipfile.ZipFile(io.BytesIO(content)).read("read-me.html").decode()
    page.click("a:has-text('Erase who I am')")
    look(page)
    # Nothing is typed, nothing is erased; the mistakes are said.
    page.click("main form .govuk-button--warning")
    page.wait_for_selector(".govuk-error-summary")
    look(page)
    page.fill("input[name=secret]", play.receipt.secret)
    page.focus("input[name=sure]")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=It is erased.")
    look(page)
    assert bytes(Contact.objects.get().sealed) == b""


def test_an_account_is_looked_at_and_copied(page, play: Play) -> None:  # type: ignore[no-untyped-def]
    charlie = play.cast.charlie
    charlie.set_password("only charlie knows it")
    charlie.save()
    page.goto("/en/accounts/login/")
    page.fill("input[name=login]", charlie.email)
    page.fill("input[name=password]", "only charlie knows it")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto("/en/my-data/")
    look(page)
    with page.expect_download() as waiting:
        page.click("text=Get a copy")
    assert waiting.value.suggested_filename == "my-data.zip"
    page.click("a:has-text('Delete the account')")
    look(page)
