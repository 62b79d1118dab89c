"""The public record in a real browser: on a phone and at a desk, empty and with days, without a script."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from complaints.models import Case
from record.models import TreeHead
from record.selectors import end_of_day
from record.services import writing
from tests.browser.axe import findings, width_needed
from tests.complaints.conftest import Scene
from tests.factories.agencies import make_registry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(live_server: Any) -> Scene:
    """The tiny country, written where the live server sees it."""
    return Scene(make_registry())


@pytest.fixture
def days(scene: Scene) -> list[TreeHead]:
    """Two signed days that are over."""
    today = timezone.localdate()
    for back in (2, 1):
        day = today - timedelta(days=back)
        noon = end_of_day(day) - timedelta(hours=12)
        for at in (noon, end_of_day(day) + writing.GRACE):
            with time_machine.travel(at, tick=False):
                if at == noon:
                    scene.file_named()
                writing.write()
    return list(TreeHead.objects.order_by("day"))


def look(page: Any) -> None:
    """Nothing for axe to find, nothing beyond the edge."""
    assert findings(page) == [], page.url
    assert width_needed(page) <= page.viewport_size["width"], page.url


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_empty_record_on_a_phone(page: Any, scene: Scene, language: str) -> None:
    page.goto(f"/{language}/record/")
    look(page)
    assert page.locator(".app-empty").is_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_days_are_read_and_opened(page: Any, days: list[TreeHead], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/en/record/")
    look(page)
    assert page.locator("tbody tr").count() == 2
    page.locator("tbody a").first.click()
    page.wait_for_url(f"**/record/{days[-1].day}/")
    look(page)
    page.get_by_role("link", name="The day before").click()
    page.wait_for_url(f"**/record/{days[0].day}/")
    look(page)
    assert page.get_by_text("first day of the record").is_visible()


def test_the_program_and_the_leaves_are_there_without_a_script(
    browser: Any, live_server: Any, days: list[TreeHead], tmp_path: Path
) -> None:
    window = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = window.new_page()
    page.goto("/en/record/")
    with page.expect_download() as saved:
        page.get_by_role("link", name="check_receipt.py").click()
    saved.value.save_as(tmp_path / "check_receipt.py")
    assert "FINGERPRINT" in (tmp_path / "check_receipt.py").read_text()
    page.goto(f"/en/record/{days[-1].day}/leaves.txt")
    assert len(page.locator("body").inner_text().split()) == 1
    window.close()


def test_a_citizen_saves_the_signed_receipt(page: Any, scene: Scene, tmp_path: Path) -> None:
    receipt = scene.file_named()
    page.goto(f"/en/complaints/track/?number={receipt.number}")
    page.fill("[name=secret]", receipt.secret)
    page.locator("main form button").first.click()
    page.wait_for_url(f"**/track/{receipt.number}/")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the signed receipt").click()
    assert saved.value.suggested_filename == f"receipt-{receipt.number}.json"
    saved.value.save_as(tmp_path / "receipt.json")
    told = json.loads((tmp_path / "receipt.json").read_text())
    filed_at = Case.objects.get(number=receipt.number).filed_at
    assert datetime.fromisoformat(told["filed_at"]) == filed_at
    assert told["log"] == settings.COUNTRY
