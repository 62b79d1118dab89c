"""Who was pressed to give up: a page for overseers alone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from complaints.models import Case, Statement
from complaints.selectors.pressure import open_pressure, pressured_cases, unusual_closings, words_of
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of


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
            {"office": offices[row.agency], "figures": row}
            for row in closings.agencies
            if row.agency in offices
        ],
    }
    return render(request, "oversight/pressured.html", context)


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
