"""An officer's page of a case while it is open: what is new shows by itself.

Asked for each half minute or so, it costs three statements while nothing has changed. It brings state,
dates and timeline, and never what somebody may be typing into.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from complaints.selectors import CaseFile
from complaints.selectors.pulse import pulse, pulse_of
from complaints.tracking import read_number
from complaints.views.finding import asked
from complaints.views.officer.access import READERS, visible_case
from complaints.views.officer.case import live_context
from complaints.views.officer.wording import names_for

#: How many of the new steps are named above the page.
MOST_NAMED = 3


@require_safe
def case_live(request: HttpRequest, number: str) -> HttpResponse:
    """What changed on a case; 304 while nothing has. `?seen=` is the last event the page showed.

    286, which ends the asking, for whoever may not see the case (any more) or is signed out: the
    page stays as it is, with what was being typed, and says that it is no longer kept up to date.
    """
    answer = _answer(request, number)
    if answer is None:
        answer = HttpResponse(status=286, headers={"HX-Trigger": "no-more-news"})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _answer(request: HttpRequest, number: str) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    read = read_number(number) or ""
    tag = pulse(actor, read) if actor.has(*READERS) else None
    if tag is None:
        return None
    unchanged = get_conditional_response(request, etag=f'"{tag}"')
    if unchanged is not None and unchanged.status_code == 304:
        return unchanged
    case = visible_case(actor, read)
    return _news(request, CaseFile(case, actor)) if case else None


def _news(request: HttpRequest, file: CaseFile) -> HttpResponse:
    given = asked(request, "seen")
    seen = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
    context = live_context(file, names_for(file))
    new = [entry for entry in context["timeline"] if entry["step"] > seen]
    context |= {"seen": seen, "new": new[:MOST_NAMED]}
    response = render(request, "complaints/_office_live.html", context)
    response["ETag"] = f'"{pulse_of(file.case, file.actor)}"'
    return response
