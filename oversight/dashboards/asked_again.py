"""Page: the calls behind what citizens say who were asked once more, by how their case had ended."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from agencies.models import Office
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.audits import queue
from oversight.audits.rates import behind
from oversight.audits.views import words_of
from oversight.dashboards.access import hidden_from, office_asked, sides_for
from oversight.dashboards.asking import Asked, read
from oversight.dashboards.listing import differs
from oversight.models import Audit

#: How the cases had ended, in words.
ENDINGS: dict[str, str | Promise] = {
    "confirmed": gettext_lazy("Confirmed by the citizen"),
    "silent": gettext_lazy("Closed without a reply from the citizen"),
    "appeal_dismissed": gettext_lazy("Appeal dismissed"),
}
SOLVED = "solved"


@require_safe
@officers(*queue.READERS)
def found(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Calls of a period that reached the citizen of a case that ended so (`ending`), or of these alone in
    which they say that it is solved (`result=solved`), with the figure on top. 404 for no such ending.
    """
    ending, asked = request.GET.get("ending", ""), read(request.GET)
    if ending not in ENDINGS:
        raise Http404
    code = request.GET.get("office", "")
    office = office_asked(actor, code) if code else None
    question = asked.question(office, sides_for(actor, office))
    audits = behind(question, ending, hidden=hidden_from(actor))
    narrowed = [str(ENDINGS[ending])]
    if request.GET.get("result") == SOLVED:
        audits = audits.filter(result=Audit.Result.SOLVED)
        narrowed.append(_("Solved"))
    number = audits.count()
    unseen = audits.filter(case__owner=actor.user_id).count()
    page = page_of(request, queue.of_those(actor, audits))
    where = reverse("oversight-agency", args=[office.code]) if office else reverse("oversight")
    context = {
        "title": _("Citizens asked again"),
        "caption": " · ".join([office.name if office else _("Country"), *narrowed, _words(asked)]),
        "number": number,
        "differs": differs(page, number - unseen),
        "unseen": unseen,
        "newest_first": True,
        "page": page,
        "rows": [_row(audit) for audit in page.rows],
        "back": where + asked.query,
        "up_text": office.name if office else _("Country"),
    }
    return render(request, "oversight/boards/desk_cases.html", context)


def _words(asked: Asked) -> str:
    return ", ".join([asked.period_words, *(chip["words"] for chip in asked.chips)])


def _row(audit: Audit) -> dict[str, Any]:
    url = reverse("oversight-audit", args=[audit.pk])
    return {"case": audit.case, "at": audit.done_at, "what": words_of(audit)["result"], "url": url}


def found_url(asked: Asked, office: Office | None, ending: str, *, solved: bool = False) -> str:
    """The list of the calls behind a number of the table by ending."""
    which = {"office": office.code if office else "", "ending": ending}
    which |= {"result": SOLVED} if solved else {}
    return reverse("oversight-audits-found") + asked.with_(**which)
