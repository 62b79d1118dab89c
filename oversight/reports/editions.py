"""Editions of reports: ordered, made by workers, kept as they were.

An edition is one order of the kind FIGURES (what `gathering` wrote, as JSON) and, once that is there,
one of the kind PDF for each language. Of a period that is over an edition stays for ever as it is; what
came later is in the next one. Of a running period there is at most one a day, kept for two months.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.roles import Role
from complaints.errors import Invalid
from oversight.figures.periods import today
from oversight.models import FileOrder
from oversight.orders import placing
from oversight.orders.kinds import Kind, Progress, register
from oversight.reports import calendar
from oversight.reports.content import compose
from oversight.reports.gathering import STEPS, Data, gather
from oversight.reports.numbers import Numbers
from oversight.reports.typesetting import as_pdf

FIGURES, PDF = "report-figures", "report"
LOOK_ON, MAKE = (Role.OVERSEER, Role.AUDITOR, Role.DESK), (Role.OVERSEER,)
SO_FAR_KEPT = timedelta(days=60)
JSON_TYPE, PDF_TYPE = "application/json", "application/pdf"
#: The language of an order that has none.
ANY = "en"


@dataclass(frozen=True)
class Edition:
    """What was made of a period: the order of its figures, and its PDFs by language."""

    figures: FileOrder
    pdfs: dict[str, FileOrder]

    @property
    def is_done(self) -> bool:
        """Whether its figures are there, so that the page can show them."""
        return self.figures.status == FileOrder.Status.DONE

    @property
    def number(self) -> int:
        """Which edition of a period that is over it is, from 1; 0 of one so far."""
        return int(self.figures.asked.get("edition", 0))


def languages() -> list[str]:
    """The languages that reports are made in: the country's first, then the others."""
    others = [code for code, _name in settings.LANGUAGES if code not in settings.COUNTRY_LANGUAGES]
    return [*settings.COUNTRY_LANGUAGES, *others]


# --- Ordering ---------------------------------------------------------------------------------


def order(code: str, *, new: bool = False) -> FileOrder:
    """Order the report of a period; with `new` the next edition of one that is there.

    Safe to repeat and at the same time: the same edition is ordered once. Raises Invalid where there is
    nothing to report on: no such period, one that has not begun, one before the first case.
    """
    reported = calendar.reported(code)
    if reported is None or code not in {*calendar.months(), *calendar.years()}:
        raise Invalid(_("There are no cases to report on in that time."))
    if reported.is_so_far:
        asked: Data = {"period": code, "day": today().isoformat()}
        return _with_pdfs(_placed(FIGURES, asked, ANY, f"{code}.json", SO_FAR_KEPT))
    last = _editions(code).filter(asked__has_key="edition").order_by("-asked__edition").first()
    number = int(last.asked["edition"]) if last else 1
    if last and new and last.status == FileOrder.Status.DONE:
        number += 1
    asked = {"period": code, "edition": number}
    return _with_pdfs(_placed(FIGURES, asked, ANY, f"{code}.json", None))


def _with_pdfs(figures: FileOrder) -> FileOrder:
    """Where the figures are there, order again what failed of the PDFs."""
    if figures.status == FileOrder.Status.DONE:
        order_pdfs(figures)
    return figures


def order_due() -> None:
    """Order what is to be made by itself by now: the last month's, the last year's. Safe to repeat."""
    there = {*calendar.months(), *calendar.years()}
    for code in calendar.due(today()):
        if code in there:
            order(code)


def _placed(
    what: str, asked: Data, language: str, name: str, kept_for: timedelta | None
) -> FileOrder:
    content_type = JSON_TYPE if what == FIGURES else PDF_TYPE
    return placing.place(
        what, asked, language=language, name=name, content_type=content_type, kept_for=kept_for
    )


# --- Making -----------------------------------------------------------------------------------


def make_figures(order: FileOrder, out: BinaryIO, progress: Progress) -> None:
    """Write the figures of an edition down."""
    reported = calendar.reported(order.asked["period"])
    if reported is None:
        raise LookupError("no such period")
    data = gather(reported, lambda step: progress(step, STEPS))
    out.write(json.dumps(data, ensure_ascii=False).encode())


def order_pdfs(order: FileOrder) -> None:
    """Order the PDFs of an edition whose figures are there."""
    kept_for = SO_FAR_KEPT if order.until else None
    for language in languages():
        asked = {"period": order.asked["period"], "figures": order.pk}
        _placed(PDF, asked, language, _pdf_name(order, language), kept_for)


def _pdf_name(order: FileOrder, language: str) -> str:
    made = order.asked.get("day") or f"edition-{order.asked['edition']}"
    return f"report-{order.asked['period']}-{made}-{language}.pdf"


def make_pdf(order: FileOrder, out: BinaryIO, progress: Progress) -> None:
    """Set the report of an edition in the order's language."""
    data = figures_of(FileOrder.objects.get(pk=order.asked["figures"]))
    progress(1, 3)
    report = compose(data, order.language)
    progress(2, 3)
    out.write(as_pdf(report, datetime.fromisoformat(data["made_at"])))
    progress(3, 3)


def figures_of(order: FileOrder) -> Data:
    """What was written down of an edition. Raises FileNotFoundError where the file is lost."""
    with default_storage.open(order.file) as file:
        data: Data = json.loads(file.read())
    return data


def title_of(order: FileOrder) -> str:
    """A report's name in the active language."""
    numbers = Numbers((get_language() or ANY).split("-")[0])
    code = order.asked["period"]
    words = _("Annual report %(period)s") if len(code) == 4 else _("Monthly report, %(period)s")
    return words % {"period": numbers.period(code)}


def everybody(_actor: Actor, _order: FileOrder) -> bool:
    """Reports hold public figures alone: whoever finds one may read it."""
    return True


def register_kinds() -> None:
    """Have workers make reports from now on."""
    register(Kind(FIGURES, title=title_of, make=make_figures, may=everybody, then=order_pdfs))
    register(Kind(PDF, title=title_of, make=make_pdf, may=everybody))


# --- Finding ----------------------------------------------------------------------------------


def _editions(code: str) -> Any:
    rows = placing.still_kept().filter(what=FIGURES, language=ANY, asked__period=code)
    return rows.order_by("-asked_at", "-pk")


def published(code: str) -> list[Edition]:
    """The editions of a period whose figures are there, the newest first."""
    return with_pdfs(_editions(code).filter(status=FileOrder.Status.DONE))


def newest() -> dict[str, Edition]:
    """The newest edition of each period, finished or not, by its code (two queries)."""
    rows = placing.still_kept().filter(what=FIGURES, language=ANY).order_by("asked_at", "pk")
    return {one.figures.asked["period"]: one for one in with_pdfs(rows)}


def newest_published() -> dict[str, Edition]:
    """The newest edition of each period whose figures are there (two queries)."""
    rows = placing.still_kept().filter(what=FIGURES, status=FileOrder.Status.DONE)
    return {one.figures.asked["period"]: one for one in with_pdfs(rows.order_by("asked_at", "pk"))}


def with_pdfs(figures: Iterable[FileOrder]) -> list[Edition]:
    """Editions with their PDFs (one query for those)."""
    rows = list(figures)
    pdfs: dict[int, dict[str, FileOrder]] = {row.pk: {} for row in rows}
    for pdf in placing.still_kept().filter(what=PDF, asked__figures__in=list(pdfs)):
        pdfs[pdf.asked["figures"]][pdf.language] = pdf
    return [Edition(row, pdfs[row.pk]) for row in rows]
