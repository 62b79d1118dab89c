"""What could be an issue: where cases pile up, with the numbers that say so, and what lies behind."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Category, Office, Place
from complaints import moment
from complaints.selectors.piles import PERIOD, Pile, cases_in, causes_in, piles, suggested_in
from complaints.selectors.scopes import scope_of
from complaints.services.answering import Cause
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.dashboards.children import bar_length
from oversight.issues.picking import rows_asked
from oversight.issues.rights import LIVE, READERS
from oversight.issues.selectors import with_cases
from oversight.models import Issue

#: Piles and causes on the page.
SHOWN, CAUSES = 30, 15


@require_safe
@officers(*READERS)
def issue_piles(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Subject, district and agency with more cases than could be expected, most unexpected first."""
    found = piles()
    shown = [pile for pile in found.piles if pile.excess > 0][:SHOWN]
    causes = found.causes[:CAUSES]
    ids = {pile.agency for pile in shown} | {row.agency for row in causes}
    agencies = Office.objects.defer("search_text").in_bulk([pk for pk in ids if pk])
    context = {
        "rows": _rows(shown, agencies),
        "causes": [
            {"cause": _cause(row.cause), "agency": agencies.get(row.agency or 0), "row": row}
            for row in causes
        ],
        "answers": found.answers,
        "counted_at": found.counted_at,
        "days": PERIOD.days,
        "may_begin": actor.has(Role.OVERSEER),
    }
    return render(request, "oversight/issue_piles.html", context)


def _cause(code: str) -> str:
    return str(dict(Cause.choices).get(code, code))


def _rows(shown: list[Pile], agencies: dict[Any, Office]) -> list[dict[str, Any]]:
    categories = Category.objects.in_bulk({pile.category for pile in shown})
    paths = {pile.district for pile in shown if pile.district}
    places = {
        place.path: place
        for place in Place.objects.filter(country=settings.COUNTRY, path__in=paths)
    }
    most = max((pile.now for pile in shown), default=0)
    rows = []
    for pile in shown:
        category, place = categories[pile.category], places.get(pile.district or "")
        agency = agencies.get(pile.agency or 0)
        rows.append(
            {
                "pile": pile,
                "category": category,
                "place": place,
                "agency": agency,
                "elsewhere": None if pile.elsewhere is None else round(pile.elsewhere),
                "bar": bar_length(pile.now, most),
                "query": _query(category, place, agency),
            }
        )
    return rows


def _query(category: Category | None, place: Place | None, agency: Office | None) -> str:
    named = {"subject": category, "place": place, "agency": agency}
    return urlencode({name: row.code for name, row in named.items() if row is not None})


@require_safe
@officers(*READERS)
def issue_pile(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One pile: causes and suggestions from its answers, its cases to mark, the issues that there are."""
    category, place, agency = rows_asked(request)
    scope = scope_of(category, place, agency)
    page = page_of(request, cases_in(actor, scope, moment.now() - PERIOD))
    known = Issue.objects.filter(country=settings.COUNTRY, state__in=LIVE, category=category)
    causes = causes_in(actor, scope)
    context = {
        "category": category,
        "place": place,
        "agency": agency,
        "page": page,
        "rows": page.rows,
        "causes": [(_cause(code), cases) for code, cases in causes.items()],
        "answers": sum(causes.values()),
        "suggested": suggested_in(actor, scope),
        "known": with_cases(known).select_related("owner").order_by("-id")[:10] if category else [],
        "days": PERIOD.days,
        "may_begin": actor.has(Role.OVERSEER),
        "query": _query(category, place, agency),
        "back": reverse("issue-piles"),
    }
    return render(request, "oversight/issue_pile.html", context)
