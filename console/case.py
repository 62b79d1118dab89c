"""A citizen's case on an operator's screen: how it stands, and the citizen's own moves, typed for them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints.errors import Refused, Stale
from complaints.forms import MOVE_FORMS, MoveForm
from complaints.models import Case
from complaints.selectors import CaseFile, find_case
from complaints.tracking import read_number
from complaints.views.officer.access import officers
from complaints.views.story import clocks_shown, story_of
from console import citizens

#: What a citizen may have typed for them, what waits for them first. To withdraw needs its own
#: secret; whom a case is about, and files, are said on the citizen's own page.
MOVES = (
    *("reply", "confirm", "dispute", "call_back", "message", "appeal", "testify", "withdraw"),
    "say_pressured",
)
NOT_TYPED = ("seen", "files")


@require_safe
@never_cache
@officers(Role.OPERATOR)
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """How the citizen's case stands, to be told to the citizen of this call."""
    opened = citizens.citizen_of(request, actor, read_number(number) or "")
    if opened is None:
        return _over(request)
    return _page(request, *opened, done=request.GET.get("done", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officers(Role.OPERATOR)
def move(request: HttpRequest, actor: Actor, number: str, move: str) -> HttpResponse:
    """The citizen on the line makes a move. Refused, the page says why and keeps what was typed."""
    if move not in MOVES:
        raise Http404
    opened = citizens.citizen_of(request, actor, read_number(number) or "")
    if opened is None:
        return _over(request, _words(request, move))
    case, citizen = opened
    here = reverse("console-case", args=[case.number])
    if request.method != "POST":
        return redirect(f"{here}#{move}")
    form = _form(move, case, citizen, request.POST)
    if not form.is_valid():
        return _page(request, case, citizen, form, 422)
    try:
        form.perform()
    except Refused as refusal:
        return _refused(request, case, citizen, form, refusal)
    return redirect(f"{here}?done={move}")


def _form(move: str, case: Case, citizen: Actor, *sent: Any) -> MoveForm:
    """The form of a move, without files: an operator's device keeps none of a citizen's."""
    form = MOVE_FORMS[move](*sent, case=case, actor=citizen, auto_id=f"{move}_%s")
    form.fields.pop("files", None)
    for field in form.fields.values():
        field.widget.attrs["autocomplete"] = "off"
    return form


def _refused(
    request: HttpRequest, case: Case, citizen: Actor, form: MoveForm, refusal: Refused
) -> HttpResponse:
    for field, sentences in refusal.fields.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, str(sentence))
    if not refusal.fields:
        form.add_error(None, str(refusal.sentence))
    now = find_case(citizen, case.number) or case
    if isinstance(refusal, Stale) or now.last_seq != case.last_seq:
        # Sent again, the form is about what is shown now.
        data = request.POST.copy()
        data["seen"] = str(now.last_seq)
        form.data = data
    form.case = now
    return _page(request, now, citizen, form, refusal.status)


def _page(
    request: HttpRequest,
    case: Case,
    citizen: Actor,
    sent: MoveForm | None = None,
    status: int = 200,
    done: str = "",
) -> HttpResponse:
    file = CaseFile(find_case(citizen, case.number) or case, citizen)
    forms = {name: _form(name, file.case, citizen) for name in MOVES if name in file.moves}
    stranded = sent if sent is not None and sent.move not in forms else None
    if sent is not None and stranded is None:
        forms[sent.move] = sent
    shown = file.shown_case
    context = {
        "case": file.case,
        "status": shown.status,
        "head": _head(file),
        "clocks": clocks_shown(file),
        "answer": file.answer,
        "question": _question(file),
        # Files are for the citizen's own eyes: the operator only tells what was said.
        "entries": [entry | {"files": []} for entry in story_of(file)],
        "form": None if stranded else sent,
        "forms": list(forms.values()),
        "opened": sent.move if sent is not None else "",
        "stranded": stranded,
        "typed": _words(request, stranded.move) if stranded else [],
        "done": _done(done),
        "may_withdraw": "withdraw" in forms,
    }
    return render(request, "console/case.html", context, status=status)


def _head(file: CaseFile) -> dict[str, Any]:
    case, shown = file.case, file.shown_case
    return {
        "number": case.number,
        "status": shown.status,
        "hands": file.hands,
        "filed_at": case.filed_at,
        "kind": case.get_kind_display(),
        "category": case.category or "",
        "place": case.place or "",
        "sensitive": case.sensitive,
        "outcome_text": shown.outcome_now,
        "ending_text": case.get_ending_display(),
    }


def _question(file: CaseFile) -> str:
    """What the citizen was asked, while the reply is waited for."""
    if file.case.status != "waiting":
        return ""
    asked = [entry for entry in file.timeline if entry.event.move == "ask"]
    return asked[-1].said.get("text", "") if asked else ""


def _words(request: HttpRequest, move: str) -> list[str]:
    """What was typed into a form that can no longer be sent."""
    names = [name for name in MOVE_FORMS[move].base_fields if name not in NOT_TYPED]
    return [text for name in names if (text := request.POST.get(name, "").strip())]


def _over(request: HttpRequest, typed: list[str] | None = None) -> HttpResponse:
    """The ten minutes are over, or no case is open: nothing is shown but what was being typed."""
    context = {"what": "case", "typed": typed or []}
    return render(request, "console/gone.html", context, status=410)


def _done(move: str) -> str:
    """What the citizen is told after a move."""
    return {
        "reply": _("“Your reply is with them now.”"),
        "confirm": _("“Thank you. The complaint is closed.”"),
        "dispute": _("“We passed it on: the problem is not solved.”"),
        "call_back": _("“Your complaint goes on.”"),
        "message": _("“Your message is with them now.”"),
        "appeal": _("“Your appeal is on its way.”"),
        "testify": _("“Your statement is with those who decide.”"),
        "say_pressured": _("“The overseers know it now. Nobody else can read it.”"),
        "withdraw": _("“It will be withdrawn in 72 hours. Until then you can call it back.”"),
    }.get(move, "")
