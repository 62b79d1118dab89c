"""What was served on somebody whom a case is about: the summaries, and their appeal through them.

Found by keys that only they have. Nothing here shows a case, its number, or how it stands.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from complaints.errors import NoSuchCase, Refused
from complaints.forms import MOVE_FORMS, MoveForm
from complaints.forms.respondents import ThroughSummaryForm
from complaints.models import Appeal, ServedSummary
from complaints.selectors import CaseFile
from complaints.selectors.appeals import hearing_through
from complaints.selectors.respondents import appeals_through, served_on, shown
from complaints.services.respondent_appeals import in_time, note_reading, respondent_appeal, through
from complaints.views.officer.paging import page_of

#: Steps within an appeal that a respondent may take beside filing one.
WITHIN = ("testify",)


@require_safe
@never_cache
def served_list(request: HttpRequest) -> HttpResponse:
    """Everything that was served on whoever is signed in, the newest first."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    page = page_of(request, served_on(request.actor))  # type: ignore[attr-defined]
    context = {"page": page, "rows": [shown(row) for row in page.rows]}
    return render(request, "complaints/office_served_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def served(request: HttpRequest, key: UUID) -> HttpResponse:
    """One summary, what came of an appeal through it, and the appeal. 404 for everybody else's."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    try:
        actor, summary = through(request.actor, key)  # type: ignore[attr-defined]
    except NoSuchCase as nothing:
        raise Http404 from nothing
    if request.method == "POST":
        return _sent(request, actor, summary)
    note_reading(summary)
    return _page(request, actor, summary)


def _sent(request: HttpRequest, actor: Actor, summary: ServedSummary) -> HttpResponse:
    """The appeal, or a statement in one; refused it says why and keeps what was typed."""
    within = request.POST.get("move", "")
    form = _within_form(within, actor, summary, request.POST, request.FILES)
    own = ThroughSummaryForm(request.POST) if form is None else None
    sent: Any = form or own
    try:
        if sent.is_valid():
            if form is not None:
                form.perform()
                messages.success(request, _("It is with whoever decides now."))
            else:
                respondent_appeal(actor=actor, key=summary.key, **sent.cleaned_data)
                messages.success(request, _("Your appeal is on its way."))
            return redirect("office-served-one", key=summary.key)
    except Refused as refusal:
        for name, sentences in refusal.fields.items():
            for sentence in sentences:
                sent.add_error(name if name in sent.fields else None, str(sentence))
        if not refusal.fields:
            sent.add_error(None, str(refusal.sentence))
    return _page(request, actor, summary, own=own, within=form, status=422)


def _page(
    request: HttpRequest,
    actor: Actor,
    summary: ServedSummary,
    *,
    own: ThroughSummaryForm | None = None,
    within: MoveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    moves = CaseFile(summary.case, actor).moves
    made = appeals_through(summary)
    may_appeal = "appeal" in moves
    forms = [
        within if within is not None and within.move == move else form
        for move in WITHIN
        if move in moves and (form := _within_form(move, actor, summary)) is not None
    ]
    context = {
        "summary": shown(summary),
        "appeals": [_appeal(row) for row in made],
        "form": own or within,
        "own": own or (ThroughSummaryForm() if may_appeal else None),
        "may_appeal": may_appeal,
        "in_time": in_time(summary),
        "within": forms,
        "hearing": _hearing(summary),
        "typed": own.data.get("grounds", "") if own is not None and not may_appeal else "",
    }
    return render(request, "complaints/office_served.html", context, status=status)


def _hearing(summary: ServedSummary) -> dict[str, Any] | None:
    """The hearing to which whoever was served is asked: when, where, and the notice."""
    hearing = hearing_through(summary)
    if hearing is None or summary.respondent.ended_at is not None:
        return None
    statement = getattr(hearing.set_event, "statement", None)
    said = statement.body if statement else {}
    return {"at": hearing.at, "place": said.get("place", ""), "notice": said.get("text", "")}


def _within_form(move: str, actor: Actor, summary: ServedSummary, *sent: Any) -> MoveForm | None:
    """The form of a step within an appeal, without anything that tells how the case stands."""
    if move not in WITHIN or move not in MOVE_FORMS:
        return None
    form = MOVE_FORMS[move](*sent, case=summary.case, actor=actor, auto_id=f"{move}_%s")
    form.fields.pop("seen", None)
    return form


def _appeal(row: Appeal) -> dict[str, Any]:
    """An appeal as whoever made it reads it: their grounds, and whether it is decided."""
    statement = getattr(row.filed_event, "statement", None)
    return {
        "filed_at": row.filed_at,
        "grounds": statement.body.get("text", "") if statement else "",
        "decided_at": row.decided_at,
        "upheld": row.upheld,
    }
