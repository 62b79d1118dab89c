"""Reports and ordered files in a real browser: made while one looks on, read on a phone, by axe."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from complaints.services import answering, casework
from oversight.figures import keeping
from oversight.models import FileOrder
from oversight.orders.making import make_next
from oversight.reports import editions
from record.services.writing import write
from tests.browser.axe import UNFOLD, look, read, width_needed
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.oversight.ordering import Maker, order_of
from tests.oversight.ordering import maker as maker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def counted(scene: Scene) -> Scene:
    """Six cases with the department, five of them answered."""
    for number in range(6):
        receipt = scene.file()
        casework.forward(
            actor=scene.actor(scene.cast.desk),
            number=receipt.number,
            office=scene.cast.department,
            reason="Power meters",
        )
        if number:
            answer(scene, receipt.number)
    write()
    keeping.keep()
    return scene


def answer(scene: Scene, number: str) -> None:
    focal, officer = scene.cast.focal, scene.cast.case_officer
    casework.accept(actor=scene.actor(focal), number=number, case_officer=officer)
    answering.answer(
        actor=scene.actor(officer),
        number=number,
        outcome="resolved",
        text="The meter was changed.",
        evidence="Photo",
        cause="system",
    )


def make_all() -> None:
    while make_next():
        pass


def test_a_report_is_made_while_its_maker_looks_on(
    counted: Scene, sign_in: Callable[..., Any]
) -> None:
    page = sign_in(counted.cast.overseer)
    page.goto("/en/oversight/reports/")
    look(page)
    page.get_by_role("button", name="Make").first.click()
    page.get_by_text("Waiting").first.wait_for()
    look(page)
    make_all()
    # The page asks by itself.
    page.get_by_role("link", name="Bahasa Indonesia (").first.wait_for(timeout=15_000)
    look(page)


def test_reports_can_be_read(counted: Scene, sign_in: Callable[..., Any]) -> None:
    code = f"{timezone.localdate().year}"
    editions.order(code)
    make_all()
    page = sign_in(None)
    read(page, "performance/reports/", f"performance/reports/{code}/")
    assert page.locator("svg").count() > 2
    read(sign_in(counted.cast.auditor), "oversight/reports/")


#: Tables that have to be pushed sideways, by what they are called.
PUSHED = """() => [...document.querySelectorAll('.app-report .app-scroll')]
  .filter((part) => part.scrollWidth > part.clientWidth)
  .map((part) => part.getAttribute('aria-label'))"""
HOW_SHOWN = "getComputedStyle(document.querySelector('.app-report__table')).display"


def test_on_a_telephone_no_column_of_a_report_is_out_of_sight(
    counted: Scene, sign_in: Callable[..., Any]
) -> None:
    code = f"{timezone.localdate().year}"
    editions.order(code)
    make_all()
    page = sign_in(None, 360)
    for language in ("en", "bn", "id"):
        page.goto(f"/{language}/performance/reports/{code}/")
        page.evaluate(UNFOLD)
        assert page.evaluate(PUSHED) == []
        assert width_needed(page) <= 360
    page.goto(f"/en/performance/reports/{code}/")
    cell = page.locator(".app-report__table td[data-label]").first
    assert cell.get_attribute("data-label")
    assert page.evaluate(HOW_SHOWN) == "block"
    # On paper, and where there is room, it is the table that it was.
    page.emulate_media(media="print")
    assert page.evaluate(HOW_SHOWN) == "table"
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate(HOW_SHOWN) == "table"


def test_a_long_table_begins_closed_on_a_telephone_and_is_open_everywhere_else(
    counted: Scene, sign_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oversight.reports.blocks.LONG", 6)
    code = f"{timezone.localdate().year}"
    editions.order(code)
    make_all()
    page = sign_in(None, 360, java_script_enabled=False)
    page.goto(f"/en/performance/reports/{code}/")
    table = page.locator(".app-report__long table").first
    summary = page.locator(".app-report__long summary").first
    rows = page.locator(".app-report__long").first.locator("tbody tr").count()
    assert summary.inner_text() == f"{table.locator('caption').text_content()} ({rows} rows)"
    assert not table.is_visible()
    page.emulate_media(media="print")
    assert table.is_visible()
    assert not summary.is_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert table.is_visible()
    assert table.locator("caption").is_visible()
    assert not summary.is_visible()
    look(page, with_axe=False)
    page.set_viewport_size({"width": 360, "height": 740})
    summary.click()
    assert table.is_visible()


def test_without_a_script_a_file_is_looked_at_again(
    scene: Scene, sign_in: Callable[..., Any], maker: Maker
) -> None:
    order = order_of(actor=scene.actor(scene.cast.overseer))
    page = sign_in(scene.cast.overseer, 360, java_script_enabled=False)
    page.goto(f"/en/oversight/files/{order.pk}/")
    make_all()
    page.get_by_role("link", name="Look again").click()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download").click()
    assert saving.value.suggested_filename == "table.csv"


def test_files_with_progress_that_goes_on_by_itself(
    scene: Scene, sign_in: Callable[..., Any], maker: Maker
) -> None:
    order = order_of(actor=scene.actor(scene.cast.overseer))
    page = sign_in(scene.cast.overseer, 360)
    page.goto(f"/en/oversight/files/{order.pk}/")
    look(page)
    FileOrder.objects.update(status="running", done=1, whole=4, beat_at=timezone.now(), tries=1)
    page.get_by_text("25% is done.").wait_for(timeout=10_000)
    FileOrder.objects.update(status="waiting")
    make_all()
    page.get_by_role("button", name="Download").wait_for(timeout=10_000)
    look(page)
    page.goto("/en/oversight/files/")
    look(page)
