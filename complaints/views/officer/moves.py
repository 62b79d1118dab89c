"""Making a move on a case: a page with the form, and what is said when it could not be made."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.prepared import prepared
from accounts.roles import Role
from complaints import redaction, workflow
from complaints.errors import WHY_NOT, Refused, Stale
from complaints.forms import MOVE_FORMS, MoveForm
from complaints.models import Case
from complaints.models.case import Status
from complaints.selectors import CaseFile, visible_to
from complaints.selectors.casefile import Entry
from complaints.services import served_summaries
from complaints.situations import situation_of
from complaints.submission import ContactDetails
from complaints.views.officer import offices
from complaints.views.officer.access import READERS, file_of, officers, visible_case
from complaints.views.officer.answer_texts import ANSWER_TEXTS, answer_text
from complaints.views.officer.case import (
    OFFICERS_MOVES,
    contact_state,
    head_of,
    leading_clock,
)
from complaints.views.officer.wording import names_for, timeline_of

#: After these the desk goes on with the next case of its tray.
DESK_GOES_ON = ("forward", "decline", "merge", "ask")
#: How many of the last steps stand beside a form.
LAST_STEPS = 3
#: Moves whose words are meant for whoever filed the case.
FOR_THE_FILER = ("ask", "answer", "message", "set_hearing")
#: Steps that a decision on an appeal has to weigh.
WEIGHED = ("answer", "decline", "appeal", "dispute", "dismiss", "testify", "hold_hearing", "report")


@require_http_methods(["GET", "HEAD", "POST"])
@officers(*READERS)
def move_page(request: HttpRequest, actor: Actor, number: str, move: str) -> HttpResponse:
    """The form of a move. Sent, it makes the move, or says why not and keeps what was typed."""
    if move not in OFFICERS_MOVES:
        raise Http404
    file = file_of(actor, number)
    if request.method == "POST":
        return _sent(request, file, move)
    if move not in file.moves:
        messages.warning(request, str(why_not(file, move)))
        return redirect("office-case", number=file.case.number)
    form = MOVE_FORMS[move](case=file.case, actor=actor, initial=_initial(request, file, move))
    return _page(request, file, form, _pickers(request, file, form))


def why_not(file: CaseFile, move: str) -> Any:
    """Why the table has no such row for this officer now."""
    try:
        workflow.edge_for(move, file.who.parties, situation_of(file.case, file))
    except workflow.NotAllowed as refusal:
        return WHY_NOT.get(refusal.code, Refused.sentence)
    return Refused.sentence


def _initial(request: HttpRequest, file: CaseFile, move: str) -> dict[str, Any]:
    """What a form is filled with before anybody types."""
    case, asked = file.case, request.GET
    match move:
        case "accept" | "assign":
            return {"case_officer": case.assigned_id or file.actor.user_id}
        case "merge":
            return {"lead": asked.get("lead", "")[:40]}
        case "publish":
            text = case.public_text or redaction.masked(case.text, case.language)
            return {"public_text": text}
        case "answer":
            return answer_text(asked.get("template", ""), case.language)
        case "forward":
            return {"reason": _reason(file, asked.get("office", ""))}
    return {}


def _reason(file: CaseFile, office: str) -> str:
    """The router's reasons as those of the forward, where the desk does what it suggests."""
    decision = file.decision
    if decision is None or not office or office != decision.suggested:
        return ""
    return "\n".join(dict.fromkeys(reason.note for reason in decision.reasons if reason.note))


def _office_fields(form: MoveForm) -> list[str]:
    return [n for n, f in form.fields.items() if "data-office" in f.widget.attrs]


def _is_below(form: MoveForm, name: str) -> bool:
    return str(form.fields[name].widget.attrs["data-office"]) == "below"


def _pickers(request: HttpRequest, file: CaseFile, form: MoveForm) -> dict[str, offices.Picker]:
    """Likely offices for each office field, the one asked for first."""
    codes: list[str] = []
    if form.move in ("forward", "rule"):
        asked = request.GET.get("office", "")[:60]
        codes = list(dict.fromkeys(code for code in (asked, *_likely(file)) if code))
    pickers = {
        name: offices.shown(name, file.case, below=_is_below(form, name), codes=codes)
        for name in _office_fields(form)
    }
    if form.move == "rule":
        # Between those who dispute it nothing is chosen beforehand.
        for picker in pickers.values():
            picker.chosen = ""
    return pickers


def _likely(file: CaseFile) -> list[str]:
    """Whose it is by the last office that returned it, then by the rules; none that returned it.

    In a dispute about the owner those that returned it are just the ones to choose from.
    """
    returns = [e.event.data for e in reversed(file.timeline) if e.event.move == "return"]
    likely = [data.get("whose", "") for data in returns]
    decision = file.decision
    if decision is not None:
        likely += [decision.target or decision.suggested]
        likely += [code for code, _score in decision.runners_up]
    returned_by = [data.get("from_office", "") for data in returns]
    if file.case.status == Status.DISPUTED_OWNER:
        return [*likely, *returned_by]
    return [code for code in likely if code not in returned_by]


def _sent(request: HttpRequest, file: CaseFile, move: str) -> HttpResponse:
    case, actor, form_class = file.case, file.actor, MOVE_FORMS[move]
    data = request.POST.copy()
    blank = form_class(case=case, actor=actor)
    pickers = {
        name: offices.sent(name, data, case, below=_is_below(blank, name))
        for name in _office_fields(blank)
    }
    if "search" in data:
        initial = {name: data.get(name, "") for name in blank.fields}
        form = form_class(case=case, actor=actor, initial=initial)
        form.fields["seen"].initial = data.get("seen")
        return _page(request, file, form, pickers)
    for name, picker in pickers.items():
        data[name] = picker.chosen or picker.typed
    form = form_class(data, request.FILES, case=case, actor=actor)
    refusal: Refused | None = None
    if form.is_valid():
        try:
            return _done(request, file, form, form.perform())
        except Refused as error:
            refusal = error
            say_refusal(form, error)
    return _refused(request, file, form, pickers, refusal)


def say_refusal(form: MoveForm, error: Refused) -> None:
    """Put a refusal onto the form: at the fields that it is about, else above all."""
    for name, found in error.fields.items():
        for sentence in found:
            form.add_error(name if name in form.fields else None, str(sentence))
    if not error.fields:
        form.add_error(None, str(error.sentence))


def _refused(
    request: HttpRequest,
    file: CaseFile,
    form: MoveForm,
    pickers: dict[str, offices.Picker],
    refusal: Refused | None,
) -> HttpResponse:
    """The form again: what is wrong, what has changed meanwhile, and all that was typed."""
    case = visible_case(file.actor, file.case.number)
    if case is None:
        # Somebody took it out of this officer's sight: what they typed is theirs all the same.
        context = {"form": form, "gone": True, "typed": _typed(form), "title": type(form).title}
        return render(request, "complaints/office_gone.html", context, status=404)
    now = CaseFile(case, file.actor)
    news: list[Entry] = []
    if isinstance(refusal, Stale) or form.move not in now.moves:
        seen = form.cleaned_data.get("seen") or now.seen
        news = [entry for entry in now.timeline if entry.step > seen]
    if isinstance(refusal, Stale) and isinstance(form.data, QueryDict):
        # The news stand above the form: sending it again is done in their light.
        form.data["seen"] = str(now.seen)
    status = refusal.status if refusal else 422
    tells_who = refusal is not None and refusal.code == served_summaries.TELLS_WHO
    return _page(request, now, form, pickers, news=news, status=status, suggests=tells_who)


def _typed(form: MoveForm) -> list[str]:
    """What somebody had typed into a form that can no longer be sent."""
    named = (form.data.get(name, "") for name in form.fields if name not in ("seen", "files"))
    return [str(words) for words in named if words]


def _page(
    request: HttpRequest,
    file: CaseFile,
    form: MoveForm,
    pickers: dict[str, offices.Picker],
    *,
    news: Iterable[Entry] = (),
    status: int = 200,
    suggests: bool = False,
) -> HttpResponse:
    case, names = file.case, names_for(file)
    offered = form.move in file.moves
    is_for_filer = form.move in FOR_THE_FILER
    filer_is_away = is_for_filer and contact_state(case) == "not_brought"
    weighed = form.move in ("uphold", "dismiss")
    beside = [e for e in file.timeline if not weighed or e.event.move in WEIGHED]
    context = {
        "form": form,
        "fields": [(bound, pickers.get(bound.name)) for bound in form.visible_fields()],
        "move": form.move,
        "title": type(form).title,
        "offered": offered,
        "waits_for_filer": is_for_filer and case.anonymous and not filer_is_away,
        "filer_is_away": filer_is_away,
        "typed": [] if offered else _typed(form),
        "case": case,
        "head": head_of(file),
        "clock": leading_clock(file),
        "news": timeline_of(news, names, case.language),
        "beside": timeline_of(
            beside[::-1] if weighed else beside[: -LAST_STEPS - 1 : -1], names, case.language
        ),
        "weighed": weighed,
        "texts": ANSWER_TEXTS if form.move == "answer" else (),
        "has_files": "files" in form.fields,
        "suggestion": _suggestion(form) if offered and suggests else "",
        "grave": form.move in ("decline", "dismiss", "merge", "unpublish"),
        "contact_shared": case.share_contact and not case.sensitive,
    }
    return render(request, "complaints/office_move.html", context, status=status)


def _suggestion(form: MoveForm) -> str:
    """What was written for a respondent, refused as it was, with all masked that tells who filed it."""
    written = str(form.data.get(form.for_respondent_field, ""))
    return served_summaries.suggestion(form.case, written)


def _done(request: HttpRequest, file: CaseFile, form: MoveForm, result: Any) -> HttpResponse:
    """After a move: the contact that was opened, the desk's next case, or the case again."""
    case, actor = file.case, file.actor
    if isinstance(result, tuple) and isinstance(result[1], ContactDetails):
        context = {"case": case, "contact": result[1]}
        return render(request, "complaints/office_contact.html", context)
    words = _("%(number)s. Done: %(move)s.")
    said = words % {"number": case.number, "move": type(form).title}
    messages.success(request, said)
    if form.move in DESK_GOES_ON and actor.has(Role.DESK) and case.status == Status.RECEIVED:
        return redirect("desk")
    if not still_visible(actor, case):
        return redirect("office")
    return redirect("office-case", number=case.number)


def still_visible(actor: Actor, case: Case) -> bool:
    """Whether the officer may see the case after what they did to it."""
    return bool(_seen(actor=actor, case=case, now=timezone.now()))


@prepared
def _seen(*, actor: Any, case: Any, now: Any) -> QuerySet[Case, int]:
    return visible_to(actor, now).filter(pk=case).values_list("pk", flat=True)
