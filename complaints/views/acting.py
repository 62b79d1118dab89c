"""The page behind a link in a message: one case, one thing to do, until its clock ends.

Opening it changes nothing, since programs open links to show a preview; its buttons act.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from complaints.clocks import Kind
from complaints.errors import Refused
from complaints.forms import MOVE_FORMS, MoveForm
from complaints.models import Clock
from complaints.selectors import CaseFile, find_case
from complaints.services import links
from complaints.views.tracking import say

#: What a link may be used for, by the clock that it answers.
MOVES = {
    Kind.CONFIRM: ("confirm", "dispute"),
    Kind.WAITING: ("reply",),
    Kind.WITHDRAWAL: ("call_back", "say_pressured"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def act(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked, or do it. A link that is forged, used or too old leads to the way in."""
    clock = links.clock_of(token)
    # Of a case that was sealed since the message left, a link shows nothing.
    if clock is None or clock.case.sensitive:
        return render(request, "complaints/act_gone.html", status=410)
    actor = Actor(
        kind="citizen", case_id=clock.case_id, language=(get_language() or "en")[:2], channel="web"
    )
    moves = MOVES[Kind(clock.kind)]
    move = request.POST.get("move", "")
    if request.method != "POST" or move not in moves:
        return _page(request, clock, actor, {})
    form = _form(move, clock, actor, request.POST, request.FILES)
    status = 422
    if form.is_valid():
        try:
            form.perform()
            return render(request, "complaints/act_done.html", {"move": move, "case": clock.case})
        except Refused as refusal:
            say(form, refusal)
            status = refusal.status
    return _page(request, clock, actor, {move: form}, status)


def _form(move: str, clock: Clock, actor: Actor, *sent: Any) -> MoveForm:
    form = MOVE_FORMS[move](*sent, case=clock.case, actor=actor, auto_id=f"{move}_%s")
    form.order_fields([name for name in form.fields if name != "files"])
    return form


def _page(
    request: HttpRequest,
    clock: Clock,
    actor: Actor,
    sent: dict[str, MoveForm],
    status: int = 200,
) -> HttpResponse:
    case = find_case(actor, clock.case.number)
    if case is None:
        return render(request, "complaints/act_gone.html", status=410)
    file = CaseFile(case, actor)
    forms = {
        move: sent.get(move) or _form(move, clock, actor)
        for move in MOVES[Kind(clock.kind)]
        if move in file.moves
    }
    asked = "ask" if clock.kind == Kind.WAITING else "answer"
    entry = next((e for e in reversed(file.timeline) if e.event.move == asked), None)
    context = {
        "case": case,
        "clock": clock,
        "said": entry.said if entry else {},
        "has_files": bool(entry and entry.files),
        "outcome": case.outcome_now if asked == "answer" else "",
        "agency": case.holder.name if case.holder else "",
        "forms": forms,
        "form": next(iter(sent.values()), None),
        "opened": next(iter(sent), ""),
    }
    template = "act_keep" if clock.kind == Kind.WITHDRAWAL else "act"
    return render(request, f"complaints/{template}.html", context, status=status)
