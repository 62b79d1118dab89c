"""The list of restrictions: appealed, in force, ended. What is done about one is done on its case."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints import moment
from complaints.bars import not_barred
from complaints.models import Case, Restriction
from complaints.selectors import restrictions as reading
from complaints.selectors.access import SEE_ALL
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of


@require_safe
@never_cache
@officers(*SEE_ALL)
def restriction_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Those that are appealed come first: they wait for somebody who did not impose them."""
    show = request.GET.get("show", "")
    show = show if show in reading.SHOWS else reading.SHOWS[0]
    now = moment.now()
    seen = Case.objects.filter(not_barred(actor)).exclude(owner_id=actor.user_id)

    def rows(which: str) -> Any:
        return reading.listed(which, now).filter(case__in=seen)

    page = page_of(request, rows(show))
    titles = {"appealed": _("Appealed"), "open": _("In force"), "ended": _("Ended")}
    context = {
        "page": page,
        "rows": [_row(restriction, actor) for restriction in page.rows],
        "show": show,
        "counts": [
            {
                "title": title,
                "number": rows(code).count(),
                "url": f"?show={code}",
                "current": code == show,
                "code": "",
            }
            for code, title in titles.items()
        ],
    }
    return render(request, "fairplay/restrictions.html", context)


def _row(restriction: Restriction, actor: Actor) -> dict[str, Any]:
    number = restriction.case.number
    waits = restriction.appealed_at is not None and restriction.decided_at is None
    own = restriction.imposed_by_id == actor.user_id
    may = waits and actor.has(Role.OVERSEER) and not own
    return {
        "restriction": restriction,
        "case": reverse("office-case", args=[number]),
        "decide": reverse("office-move", args=[number, "decide_restriction"]) if may else "",
        "own": waits and own,
    }
