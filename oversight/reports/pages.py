"""Reports as pages: for everybody to read and to take along, for overseers to have made."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Actor
from complaints.errors import Refused
from complaints.views.officer.access import officers
from oversight.models import FileOrder
from oversight.open.views import for_all
from oversight.orders.placing import OPEN
from oversight.orders.views import sent, shown
from oversight.reports import calendar, editions
from oversight.reports.blocks import Report
from oversight.reports.content import compose
from oversight.reports.editions import LOOK_ON, MAKE, Edition
from oversight.reports.numbers import Numbers

#: Seconds for which visitors get the same page, and for which its body is kept: it never changes.
FRESH, KEPT = 600, 24 * 3600
#: Raised when a report is put together in another way.
FORMAT = 3
#: So many months are listed without asking for all.
MONTHS_SHOWN = 24


# --- For overseers ----------------------------------------------------------------------------


@require_safe
@officers(*LOOK_ON)
def reports(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The years and months there are, what was made of each, and what is being made."""
    known = editions.newest()
    months = calendar.months()
    shown_months = months if "all" in request.GET else months[:MONTHS_SHOWN]
    years = [_row(code, known.get(code)) for code in calendar.years()]
    rows = [_row(code, known.get(code)) for code in shown_months]
    context = {
        "tables": [(_("Annual reports"), years), (_("Monthly reports"), rows)],
        "more": len(months) - len(shown_months),
        "may_make": actor.has(*MAKE),
        "asks_again": any(row["is_open"] for row in (*years, *rows)),
    }
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, f"oversight/{'_reports' if is_part else 'reports'}.html", context)


@require_POST
@officers(*MAKE)
def make(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Order the report of a period, or a new edition of it."""
    code = request.POST.get("period", "")[:10]
    try:
        order = editions.order(code, new="new" in request.POST)
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        is_there = order.status == FileOrder.Status.DONE and "new" in request.POST
        words = _("It was made today. Tomorrow it can be made anew.")
        being_made = _("The report is being made. It takes about a minute.")
        messages.success(request, words if is_there else being_made)
    return redirect("oversight-reports")


def _row(code: str, edition: Edition | None) -> dict[str, Any]:
    """A period of the list."""
    reported = calendar.reported(code)
    orders = [edition.figures, *edition.pdfs.values()] if edition else []
    return {
        "code": code,
        "name": _name(code),
        "is_so_far": reported is not None and reported.is_so_far,
        "edition": edition,
        "is_open": any(order.status in OPEN for order in orders),
        "has_failed": any(order.status == FileOrder.Status.FAILED for order in orders),
        "state": shown(_slowest(orders)) if orders else None,
        "pdfs": _pdfs(edition) if edition and edition.is_done else [],
    }


def _slowest(orders: list[FileOrder]) -> FileOrder:
    """The order that says how far the whole is: what failed, then what waits or is made."""
    steps = ("failed", "running", "waiting", "done")
    return min(orders, key=lambda order: (steps.index(order.status), order.pk))


def _name(code: str) -> str:
    return Numbers(_language()).period(code)


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _pdfs(edition: Edition) -> list[dict[str, Any]]:
    """The PDFs that are there, the reader's language first."""
    names = dict(settings.LANGUAGES)
    found = [
        {"language": language, "name": names[language], "size": order.size, "order": order}
        for language, order in edition.pdfs.items()
        if order.status == FileOrder.Status.DONE
    ]
    first = [_language(), *editions.languages()]
    return sorted(found, key=lambda pdf: first.index(str(pdf["language"])))


# --- For everybody ----------------------------------------------------------------------------


@require_safe
def public_reports(request: HttpRequest) -> HttpResponse:
    """The reports that there are, years first, the newest first."""
    known = editions.newest_published()
    rows = [_row(code, known[code]) for code in sorted(known, reverse=True)]
    context = {
        "tables": [
            (_("Annual reports"), [row for row in rows if len(row["code"]) == len("2026")]),
            (_("Monthly reports"), [row for row in rows if len(row["code"]) > len("2026")]),
        ]
    }
    return for_all(request, render(request, "oversight/public_reports.html", context), FRESH)


@require_safe
def public_report(request: HttpRequest, code: str) -> HttpResponse:
    """One report as a page: its newest edition, or the one in the address. 404 where there is none."""
    there = editions.published(code)
    edition = _asked(request, there)
    kept = _kept(edition)
    context = {
        "report": kept["report"],
        "body": kept["body"],
        "edition": edition,
        "pdfs": _pdfs(edition),
        "others": [other for other in there if other.figures.pk != edition.figures.pk],
        "is_newest": edition.figures.pk == there[0].figures.pk,
    }
    return for_all(request, render(request, "oversight/report.html", context), FRESH)


@require_safe
def report_pdf(request: HttpRequest, code: str, language: str) -> HttpResponseBase:
    """The PDF of an edition. 404 where there is none (yet) in that language."""
    edition = _asked(request, editions.published(code))
    pdf = edition.pdfs.get(language)
    if pdf is None or pdf.status != FileOrder.Status.DONE:
        raise Http404
    response = sent(pdf)
    response["Cache-Control"] = f"public, max-age={FRESH}"
    return response


def _asked(request: HttpRequest, there: list[Edition]) -> Edition:
    asked = request.GET.get("edition", "")
    for edition in there:
        if not asked or asked == str(edition.number):
            return edition
    raise Http404


def _kept(edition: Edition) -> dict[str, Any]:
    """The report with its body as markup: the same for everybody, and for ever."""
    language = _language()
    key = f"report:{FORMAT}:{settings.COUNTRY}:{edition.figures.pk}:{edition.figures.tries}:{language}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        try:
            data = editions.figures_of(edition.figures)
        except FileNotFoundError as error:
            raise Http404 from error
        with translation.override(language):
            report = compose(data, language)
            kept = {"report": _head(report), "body": _body(report)}
        cache.set(key, kept, timeout=KEPT)
    return kept


def _head(report: Report) -> dict[str, Any]:
    return {
        "title": report.title,
        "about": report.about,
        "is_so_far": report.is_so_far,
        "sections": [(section.key, section.title) for section in report.sections],
    }


def _body(report: Report) -> SafeString:
    # Made by a template, which escapes.
    return SafeString(render_to_string("oversight/_report_body.html", {"report": report}))
