"""Page: how many cases were brought from the time before the portal, by year and by office."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from agencies.models import Office
from complaints.views.officer.access import officers
from oversight.dashboards.access import (
    LEAD,
    LOOK_ON,
    hidden_from,
    office_asked,
    own_offices,
    sees_country,
)
from oversight.dashboards.children import children_of
from oversight.dashboards.which import OF_THE_PAST
from oversight.figures.past import by_year


@require_safe
@officers(*LOOK_ON, *LEAD)
def past(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Of the country, or of an office with all below it: whoever leads one begins with their own."""
    office = _office(request, actor)
    below = children_of(office)
    nodes = [office.pk if office else 0, *(child.pk for child in below)]
    found = by_year(nodes, hidden=hidden_from(actor))
    years = found.get(nodes[0], Counter())
    rows = [_row(child, found[child.pk]) for child in below if found.get(child.pk)]
    context = {
        "office": office,
        "above": office.parent if office and _is_theirs(actor, office.parent) else None,
        "sees_country": sees_country(actor),
        "whole": years.total(),
        "years": [_year(office, year, years[year]) for year in sorted(years, reverse=True)],
        "rows": rows,
        "elsewhere": years.total() - sum(row["cases"] for row in rows),
    }
    return render(request, "oversight/past.html", context)


def _office(request: HttpRequest, actor: Actor) -> Office | None:
    if code := request.GET.get("office", ""):
        return office_asked(actor, code)
    return None if sees_country(actor) else own_offices(actor)[0]


def _is_theirs(actor: Actor, office: Office | None) -> bool:
    own = () if sees_country(actor) else tuple(one.path for one in own_offices(actor))
    return office is not None and (sees_country(actor) or office.path.startswith(own))


def _year(office: Office | None, year: int, cases: int) -> dict[str, Any]:
    asked = {"measure": "received", "sides": OF_THE_PAST}
    asked |= {"first": f"{year}-01-01", "last": f"{year}-12-31"}
    asked |= {"office": office.code} if office else {}
    return {
        "year": str(year),
        "cases": cases,
        "url": f"{reverse('oversight-cases')}?{urlencode(asked)}",
    }


def _row(office: Office, years: Counter[int]) -> dict[str, Any]:
    return {
        "name": office.name,
        "url": f"{reverse('oversight-past')}?{urlencode({'office': office.code})}",
        "cases": years.total(),
        "first": str(min(years)),
        "last": str(max(years)),
    }
