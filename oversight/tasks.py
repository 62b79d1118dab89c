"""Regular work of oversight; each task calls one service and is safe to repeat."""

from time import monotonic
from typing import Any

from celery import shared_task

from complaints.selectors import piles
from oversight.alerts import raising
from oversight.audits import drawing
from oversight.boards import ahead
from oversight.dashboards import waiting
from oversight.figures import keeping
from oversight.figures.asking import AGENCYS, COUNTRYS
from oversight.issues import tending
from oversight.orders import making
from oversight.reports import editions
from oversight.surges import counting


@shared_task(name="oversight.tasks.draw_audits")
def draw_audits() -> None:
    """Draw closed cases that are asked about once more, from the last whole hours; and end the calls
    that nobody made in time.
    """
    drawing.draw_audits()
    drawing.end_uncalled()


@shared_task(name="oversight.tasks.tend_issues")
def tend_issues() -> None:
    """Remind of issues, tell who is late and what is back, and tell the citizens of linked cases."""
    tending.tend()


@shared_task(name="oversight.tasks.count_piles")
def count_piles() -> None:
    """Count where cases pile up, for whoever looks: too long a work for a page."""
    piles.keep_piles()


#: Making all figures anew takes minutes with millions of cases; it happens when definitions change.
@shared_task(name="oversight.tasks.keep_figures", time_limit=7200, soft_time_limit=7100)
def keep_figures() -> None:
    """Bring the figures up to the end of the record's log, and count the open cases when that is due."""
    keeping.keep()


@shared_task(name="oversight.tasks.look_for_alerts")
def look_for_alerts() -> None:
    """Look at the rules of alerts, and count what rises, for whoever looks."""
    raising.look()
    for sides in (AGENCYS, COUNTRYS):
        counting.keep_rising(sides)


#: A large file may take long; it beats meanwhile, and the broker may hand this out once more.
@shared_task(name="oversight.tasks.make_files", time_limit=3600, soft_time_limit=3500)
def make_files() -> None:
    """Make the files that were ordered, one after the other."""
    until = monotonic() + 30
    while making.make_next() and monotonic() < until:
        pass


@shared_task(name="oversight.tasks.erase_files")
def erase_files() -> None:
    """Erase ordered files whose time is over."""
    making.erase_old()


@shared_task(name="oversight.tasks.count_dashboard", time_limit=300, soft_time_limit=290)
def count_dashboard(told: dict[str, Any]) -> None:
    """Count what a screen of oversight asks for and no sums are kept of."""
    waiting.count_told(told)


@shared_task(name="oversight.tasks.order_reports")
def order_reports() -> None:
    """Order last month's report from the 3rd on, last year's from 10 January on."""
    editions.order_due()


@shared_task(name="oversight.tasks.count_ahead", time_limit=580, soft_time_limit=570)
def count_ahead() -> None:
    """Count what the boards show of very many rows, before anybody asks."""
    ahead.count_ahead()
