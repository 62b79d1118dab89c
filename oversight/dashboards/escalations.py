"""What has moved up and is still late: level, agency, since when."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from agencies.models import Office
from agencies.selectors import office_by_code
from complaints.selectors import stuck
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.dashboards.access import LOOK_ON, hidden_from
from oversight.figures.asking import Question
from oversight.figures.periods import period_of
from oversight.figures.standing import counted_at, standing

LEVELS = (3, 2, 1)


@require_safe
@officers(*LOOK_ON)
def escalations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Deadlines that have moved up and still run, the highest level first."""
    asked = request.GET.get("level", "")
    level = next((level for level in LEVELS if str(level) == asked), 0)
    chosen = request.GET.get("agency", "").replace("\0", "")[:60]
    office = office_by_code(settings.COUNTRY, chosen) if chosen else None
    # As the figures: what began before the portal is late by clocks that nobody promised it.
    clocks = stuck.moved_up(actor, level, office).filter(case__imported_from="")
    found = page_of(request, clocks)
    question = Question(period_of(""), office)
    now = standing(question, hidden=hidden_from(actor))
    counted = {1: now.level1, 2: now.level2, 3: now.level3}
    context = {
        "rows": [
            {
                "clock": clock,
                "case": clock.case,
                "url": reverse("office-case", args=[clock.case.number]),
            }
            for clock in found.rows
        ],
        "page": found,
        "counts": _counts(counted, level, office),
        "level": level,
        "office": office,
        "at": counted_at(),
    }
    return render(request, "oversight/escalations.html", context)


def _counts(counted: dict[int, int], level: int, office: Office | None) -> list[dict[str, Any]]:
    """How many are at each level, as filters; the agency chosen stays."""
    titles = {
        3: _("Level 3: overseers"),
        2: _("Level 2: the agency above"),
        1: _("Level 1: head of the office"),
        0: _("All levels"),
    }
    kept = {"agency": office.code} if office else {}
    return [
        {
            "title": title,
            "number": counted.get(number, 0) if number else sum(counted.values()),
            "code": "late" if number == stuck.TOP_LEVEL and counted.get(number) else "",
            "url": f"?{urlencode(kept | ({'level': number} if number else {}))}",
            "current": number == level,
        }
        for number, title in titles.items()
    ]
