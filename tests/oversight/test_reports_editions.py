"""Editions of reports: ordered once, made in each language, kept as they were; and the command."""

import io
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from complaints.errors import Invalid
from grs.machine.processes import Child
from oversight.figures import keeping
from oversight.models import FileOrder
from oversight.orders.making import make_next
from oversight.reports import editions
from oversight.reports.editions import FIGURES, PDF
from oversight.tasks import make_files, order_reports
from record.services.writing import write
from tests.complaints.conftest import Scene
from tests.conftest import eventually
from tests.factories.agencies import RegistryCast
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def november(house: House) -> House:
    """Five cases filed in November, on the 3rd of December."""
    for _number in range(5):
        house.forwarded()
    house.day(11)
    house.count()
    return house


def make_all() -> None:
    while make_next():
        pass


def statuses() -> list[tuple[str, str, str]]:
    return sorted(FileOrder.objects.values_list("what", "language", "status"))


class TestOrdering:
    def test_one_edition_in_each_language(self, november: House) -> None:
        editions.order("2026-11")
        make_all()
        assert statuses() == [
            (PDF, "bn", "done"),
            (PDF, "en", "done"),
            (PDF, "id", "done"),
            (FIGURES, "en", "done"),
        ]
        (edition,) = editions.published("2026-11")
        assert (edition.number, edition.is_done) == (1, True)
        assert edition.figures.until is None
        assert edition.pdfs["bn"].name == "report-2026-11-edition-1-bn.pdf"

    def test_ordered_once_more_it_stays_as_it_is(self, november: House) -> None:
        first = editions.order("2026-11")
        assert editions.order("2026-11").pk == first.pk
        make_all()
        before = editions.figures_of(FileOrder.objects.get(pk=first.pk))
        november.forwarded()
        november.count()
        assert editions.order("2026-11").pk == first.pk
        make_all()
        assert editions.figures_of(FileOrder.objects.get(pk=first.pk)) == before

    def test_a_new_edition_leaves_the_old_one(self, november: House) -> None:
        first = editions.order("2026-11")
        assert editions.order("2026-11", new=True).pk == first.pk  # it is not there yet
        make_all()
        second = editions.order("2026-11", new=True)
        assert editions.order("2026-11", new=True).pk == second.pk
        make_all()
        assert [edition.number for edition in editions.published("2026-11")] == [2, 1]

    def test_so_far_there_is_one_a_day_for_two_months(self, november: House) -> None:
        first = editions.order("2026-12")
        assert editions.order("2026-12", new=True).pk == first.pk
        assert first.until is not None
        november.day(12)
        assert editions.order("2026-12").pk != first.pk
        make_all()
        november.day(80)
        assert editions.published("2026-12") == []

    @pytest.mark.parametrize("code", ["2026-10", "2025", "2027", "nonsense", "2026-13"])
    def test_what_there_is_nothing_of_is_refused(self, november: House, code: str) -> None:
        with pytest.raises(Invalid):
            editions.order(code)
        assert not FileOrder.objects.exists()

    def test_a_pdf_that_failed_is_made_with_the_next_order(self, november: House) -> None:
        editions.order("2026-11")
        make_all()
        FileOrder.objects.filter(what=PDF, language="id").update(status="failed", tries=3)
        editions.order("2026-11")
        make_all()
        assert {status for _what, _language, status in statuses()} == {"done"}
        assert FileOrder.objects.count() == 4


class TestByItself:
    def test_last_months_from_the_third_on_once(self, november: House) -> None:
        november.day(10)
        order_reports()
        assert not FileOrder.objects.exists()
        november.day(11)
        order_reports()
        november.day(15)
        order_reports()
        assert [order.asked for order in FileOrder.objects.all()] == [
            {"period": "2026-11", "edition": 1}
        ]

    def test_last_years_from_the_tenth_of_january_on(self, november: House) -> None:
        november.day(48)
        order_reports()
        assert {order.asked["period"] for order in FileOrder.objects.all()} == {"2026-12"}
        november.day(49)
        order_reports()
        asked = {order.asked["period"] for order in FileOrder.objects.all()}
        assert asked == {"2026-12", "2026"}

    def test_nothing_where_nothing_was_filed(self, house: House) -> None:
        house.day(11)
        house.count()
        order_reports()
        assert not FileOrder.objects.exists()


class TestTheCommand:
    def made(self, tmp_path: Path, *options: str) -> str:
        out = tmp_path / "report.pdf"
        call_command("annual_report", *options, "--out", str(out))
        reader = pypdf.PdfReader(io.BytesIO(out.read_bytes()))
        return " ".join(page.extract_text() for page in reader.pages)

    def test_a_year_at_once_with_progress(self, house: House, tmp_path: Path, capsys: Any) -> None:
        for _number in range(7):
            house.filed()
        text = self.made(tmp_path, "2026", "--language", "en")
        assert "7 cases were filed" in text.replace("\n", " ")
        said = capsys.readouterr().out
        assert "Figures: 12 of 12" in said
        assert "2026 so far" in said
        assert not FileOrder.objects.exists()

    def test_a_month_in_the_countrys_first_language(self, november: House, tmp_path: Path) -> None:
        assert "২০২৬" in self.made(tmp_path, "2026", "--month", "11")

    @pytest.mark.parametrize(
        ("options", "why"),
        [
            (["2025"], "no cases in 2025"),
            (["2026", "--month", "9"], "no cases in 2026-09"),
            (["2027"], "has not begun"),
            (["26"], "no year"),
            (["2026", "--month", "13"], "1 to 12"),
            (["2026", "--out", "/nowhere/there/report.pdf"], "no folder"),
            (["2026", "--language", "fr"], "invalid choice"),
        ],
    )
    def test_what_cannot_be_made_is_said(
        self, november: House, tmp_path: Path, options: list[str], why: str
    ) -> None:
        out = [] if "--out" in options else ["--out", str(tmp_path / "report.pdf")]
        with pytest.raises(CommandError, match=why):
            call_command("annual_report", *options, *out)
        assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_killed_worker_leaves_its_report_to_the_next(
    cast: RegistryCast, start_celery_worker: Callable[..., Child]
) -> None:
    """A worker is killed in the middle of the figures; another one makes the report, in each language."""
    Scene(cast).file()
    write()
    keeping.keep()
    order = editions.order(f"{timezone.localdate():%Y-%m}")
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The worker gets as far as the sums, and waits.
            cursor.execute("LOCK TABLE oversight_tally IN ACCESS EXCLUSIVE MODE")
        worker = start_celery_worker()
        make_files.delay()
        eventually(lambda: FileOrder.objects.get(pk=order.pk).status == "running")
        assert worker.process
        os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
    long_ago = timezone.now() - timedelta(minutes=3)
    assert FileOrder.objects.filter(pk=order.pk, tries=1).update(beat_at=long_ago)
    start_celery_worker()
    make_files.delay()
    eventually(lambda: FileOrder.objects.filter(status="done").count() == 4, seconds=60)
    assert FileOrder.objects.get(pk=order.pk).tries == 2
