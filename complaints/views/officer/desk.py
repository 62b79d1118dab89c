"""The verification desk: what came in and nobody has been given yet."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints.models import Case
from complaints.selectors import Suggestion, desk_counts, desk_tray, row_clocks, suggestions
from complaints.selectors.access import SEE_ALL
from complaints.views.officer.access import officers
from complaints.views.officer.filters import counts_of
from complaints.views.officer.inbox import row_of
from complaints.views.officer.paging import page_of
from complaints.views.officer.wording import TRAY
from routing.wording import why_desk

SHOWS = [
    ("", gettext_lazy("All")),
    ("tray", gettext_lazy("Held back")),
    ("sensitive", gettext_lazy("Sensitive")),
    ("returned", gettext_lazy("Returned by an office")),
    ("late", gettext_lazy("Late")),
    ("today", gettext_lazy("Due today")),
    ("week", gettext_lazy("Due this week")),
    ("waiting", gettext_lazy("Waiting for the citizen")),
]


class DeskForm(forms.Form):
    """The filters of the tray."""

    mark_optional = False

    words = forms.CharField(
        label=gettext_lazy("Words or number"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"data-key-search": "", "type": "search"}),
    )
    show = forms.ChoiceField(label=gettext_lazy("Show"), choices=SHOWS, required=False)


@require_safe
@officers(*SEE_ALL)
def desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The tray: held back first, then sensitive ones, then by what is due."""
    filters = DeskForm(request.GET)
    filters.full_clean()
    chosen = filters.cleaned_data
    tray = desk_tray(actor, chosen.get("show", ""), chosen.get("words", ""))
    page = page_of(request, tray)
    clocks, suggested = row_clocks(page.rows), suggestions(page.rows)
    may_forward = actor.has(Role.DESK)
    context = {
        "filters": filters,
        "filtered": any(chosen.values()),
        "page": page,
        "rows": [
            {
                "case": row_of(case),
                "clock": clocks.get(case.pk),
                **_beside(case, suggested.get(case.pk), may_forward),
            }
            for case in page.rows
        ],
        "counts": _counts(request, actor),
    }
    return render(request, "complaints/desk_tray.html", context)


def _beside(case: Case, suggestion: Suggestion | None, may_forward: bool) -> dict[str, Any]:
    """Why the desk has the case, and where the router would send it."""
    reasons = [str(TRAY.get(case.tray, case.tray))] if case.tray else []
    if case.hops:
        reasons.append(_("Returned by an office"))
    shown: dict[str, Any] = {"reasons": reasons, "why": "", "suggestion": None}
    if suggestion is None:
        return shown
    shown["why"] = why_desk(suggestion.desk_because)
    if suggestion.office is not None:
        forward = reverse("office-move", args=[case.number, "forward"])
        shown["suggestion"] = {
            "office": suggestion.office,
            "confidence": suggestion.confidence,
            "url": f"{forward}?office={suggestion.office.code}" if may_forward else "",
        }
    return shown


def _counts(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    number = desk_counts(actor)
    colours = {"late": "late", "tray": "late", "today": "today", "week": "soon"}
    return counts_of(
        request,
        [
            (
                title,
                number[show or "open"],
                colours.get(show, ""),
                {"show": show} if show else {},
            )
            for show, title in SHOWS
        ],
    )
