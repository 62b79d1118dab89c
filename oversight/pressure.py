"""Who was pressed to give up: a page for overseers alone."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from agencies.selectors import office_by_code
from complaints.models import Case, Statement
from complaints.selectors.pressure import (
    Unusual,
    closings_of,
    open_pressure,
    pressured_cases,
    unusual_closings,
    words_of,
)
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.dashboards.listing import differs

#: The figures of an agency that stands out, in words.
CLOSINGS: dict[str, str | Promise] = {
    "closed": gettext_lazy("Closed in the last 90 days"),
    "pressed": gettext_lazy("Closed, and the citizen said that they were pressed"),
    "withdrawn": gettext_lazy("Withdrawn by the citizen"),
    "silent": gettext_lazy("Closed without a word of the citizen"),
}


@require_safe
@officers(Role.OVERSEER)
def pressured(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Cases with pressure, what was said, and agencies that stand out."""
    noted = request.GET.get("state") == "noted"
    page = page_of(request, pressured_cases(actor, noted=noted))
    words, closings = words_of(page.rows), unusual_closings(actor)
    offices = Office.objects.only("names", "country", "code").in_bulk(
        [row.agency for row in closings.agencies]
    )
    context = {
        "rows": [_row(case, words.get(case.pk, [])) for case in page.rows],
        "page": page,
        "noted": noted,
        "waiting": open_pressure(actor),
        "closings": closings,
        "agencies": [
            {"office": offices[row.agency], "figures": row, "urls": _urls(offices[row.agency], row)}
            for row in closings.agencies
            if row.agency in offices
        ],
    }
    return render(request, "oversight/pressured.html", context)


def _urls(office: Office, row: Unusual) -> dict[str, str]:
    """The lists behind an agency's figures; empty where there is nothing."""
    page = reverse("pressured-cases")
    return {
        which: f"{page}?{urlencode({'agency': office.code, 'which': which})}" if number else ""
        for which, number in row.cases.items()
    }


@require_safe
@officers(Role.OVERSEER)
def closings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The closings behind a figure of an agency that stands out (`agency`, `which`), the figure on top. 404
    for an agency that does not, and for no such figure.
    """
    code, which = request.GET.get("agency", "").replace("\0", "")[:60], request.GET.get("which", "")
    office = office_by_code(settings.COUNTRY, code) if code else None
    found = [row for row in unusual_closings(actor).agencies if office and row.agency == office.pk]
    if office is None or not found or which not in CLOSINGS:
        raise Http404
    number = found[0].cases[which]
    page = page_of(request, closings_of(actor, office.pk, which))
    cases = [case for case in page.rows if case.owner_id != actor.user_id]
    context = {
        "title": CLOSINGS[which],
        "caption": office.name,
        "number": number,
        "differs": differs(page, number),
        "unseen": len(page.rows) - len(cases),
        "newest_first": True,
        "page": page,
        "rows": [
            {
                "case": case,
                "what": case.get_ending_display(),
                "at": case.closed_at,
                "url": reverse("office-case", args=[case.number]),
            }
            for case in cases
        ],
        "back": reverse("pressured"),
        "up_text": _("Pressed to give up"),
    }
    return render(request, "oversight/boards/desk_cases.html", context)


def _row(case: Case, said: list[Statement]) -> dict[str, Any]:
    holder = case.holder
    agency = (holder.agency or holder) if holder else None
    return {
        "case": case,
        "url": reverse("office-case", args=[case.number]),
        "note_url": reverse("office-move", args=[case.number, "note_pressure"]),
        "write_url": reverse("office-move", args=[case.number, "write_privately"]),
        "office": holder.name if holder else _("The central desk"),
        "agency": agency.name if agency and agency != holder else "",
        "said": [
            {
                "text": statement.body.get("text", ""),
                "at": statement.event.happened_at,
                "by_citizen": statement.event.move == "say_pressured",
            }
            for statement in said
        ],
    }
