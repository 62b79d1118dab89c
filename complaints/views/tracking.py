"""Following a case: opened by number and secret, read as a whole, moved by its citizen."""

import hashlib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from complaints import beside, clocks, proofs
from complaints.errors import NoSuchCase, Refused, Stale, TooMany
from complaints.filing_forms import TrackForm, WhomForm
from complaints.forms import MOVE_FORMS, MoveForm
from complaints.models import Case
from complaints.selectors import CaseFile, find_case, restrictions
from complaints.selectors.finding import offices_found
from complaints.tracking import read_number
from complaints.views.appeal_story import appeal_shown
from complaints.views.blank_moves import BlankMove, form_of
from complaints.views.door import opened_case, to_the_door
from complaints.views.filing_pages import searches_while_typing
from complaints.views.finding import asked
from complaints.views.story import CLOCKS, clocks_shown, files_shown, looks_shown, story_of
from complaints.workflow import Party

#: What a citizen is offered, in the order of the page: what waits for them first.
FIRST = ("reply", "confirm", "dispute", "call_back", "appeal_restriction", "testify")
MORE = ("message", "appeal", "separate", "link_respondent", "mark_sensitive", "say_pressured")
CITIZENS_MOVES = FIRST + MORE
#: The move that the page only leads to.
ON_ITS_OWN_PAGE = "link_respondent"
#: Clocks that a citizen is told of.
SHOWN_CLOCKS = tuple(CLOCKS)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def track(request: HttpRequest) -> HttpResponse:
    """Number and secret open a case for this session. One answer for a wrong one of either."""
    if request.method != "POST":
        form = TrackForm(initial={"number": asked(request, "number")[:60]})
        return render(request, "complaints/track.html", {"form": form})
    form = TrackForm(request.POST)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            case = proofs.prove(request, given["number"], given["secret"])
            return redirect("track-case", number=case.number)
        except (NoSuchCase, TooMany) as refusal:
            form.add_error(None, str(refusal.sentence))
            status = refusal.status
    return render(request, "complaints/track.html", {"form": form}, status=status)


@require_safe
@never_cache
def track_case(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one's own case."""
    opened = opened_case(request, number)
    if opened is None:
        return to_the_door(number)
    return _page(request, *opened)


def _page(
    request: HttpRequest, case: Case, actor: Actor, sent: MoveForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a case; `sent` is a form that was refused, with what was typed into it."""
    file = CaseFile(case, actor)
    token = get_token(request)
    forms = _forms(file, token)
    stranded = None
    if sent is not None and sent.move in forms:
        forms[sent.move] = sent
    elif sent is not None:
        stranded = sent
    shown = _shown(request, file)
    context = {
        **shown,
        "csrf_token": token,
        "news": _mark_new(file, shown["entries"], proofs.look_at(request, case)),
        "form": None if stranded else sent,
        "forms": forms,
        "more": [forms[move] for move in MORE if move in forms],
        "opened": sent.move if sent is not None else "",
        "stranded": stranded,
        "typed": _typed(stranded),
        "looks": looks_shown(file),
        "file": file,
        "actor": actor,
        "withdrawal": file.clock(clocks.Kind.WITHDRAWAL) if case.withdrawal_pending else None,
        "is_open": file.case.is_open,
        "beside_it": beside.parts_of("citizen", file.case, actor),
        "restriction": _restriction(file),
        "appeal": appeal_shown(file),
        "leave_quickly": case.sensitive or file.shown_case.sensitive,
    }
    return render(request, "complaints/track_case.html", context, status=status)


def _forms(file: CaseFile, token: str) -> dict[str, MoveForm | BlankMove]:
    """An empty form for each move that the citizen may make now."""
    case, actor = file.case, file.actor
    return {
        move: BlankMove(move, case, actor, token)
        if MOVE_FORMS[move].is_alike() or move == ON_ITS_OWN_PAGE
        else form_of(move, case, actor)
        for move in CITIZENS_MOVES
        if move in file.moves
    }


def _mark_new(
    file: CaseFile, entries: list[dict[str, Any]], seen: int | None
) -> dict[str, Any] | None:
    """Mark what others did since somebody looked from here, or else since the citizen's own last step.

    Says how many steps that are, and since when; None if there are none.
    """
    steps = [entry.event for entry in file.timeline]
    own = max((step.seq for step in steps if step.party == Party.CITIZEN), default=0)
    since = own if seen is None else seen
    new = {step.pk for step in steps if step.seq > since and step.party != Party.CITIZEN}
    for entry in entries:
        entry["is_new"] = entry["event"] in new
    return {"count": len(new), "looked": seen is not None} if new else None


def _restriction(file: CaseFile) -> dict[str, Any] | None:
    """The restriction made known through this case: until when, and how it stands. None if none is."""
    if not file.restriction:
        return None
    row = restrictions.of_case(file.case, file.now).first()
    return {"row": row, "state": file.restriction} if row is not None else None


def _typed(form: MoveForm | None) -> list[str]:
    """What somebody had typed into a form that can no longer be sent."""
    if form is None:
        return []
    named = (form.data.get(name, "") for name in form.fields if name not in ("seen", "files"))
    return [str(words) for words in named if words]


def _shown(request: HttpRequest, file: CaseFile) -> dict[str, Any]:
    """What changes while somebody looks: state, dates, timeline. With a tag that tells of change."""
    case, shown = file.case, file.shown_case
    holder = shown.holder
    agency = (holder.agency or holder).name if holder else ""
    return {
        "case": case,
        "head": {
            "number": case.number,
            "status": shown.status,
            "hands": file.hands,
            "since": file.in_hands_since,
            "filed_at": case.filed_at,
            "kind": case.get_kind_display(),
            "category": case.category or "",
            "place": case.place or "",
            "sensitive": case.sensitive,
            "outcome_text": shown.outcome_now,
            "ending_text": case.get_ending_display(),
        },
        "agency": agency,
        "status": shown.status,
        "clocks": clocks_shown(file),
        "answer_due": file.answer_due if not file.clock(clocks.Kind.RESOLVE) else None,
        "entries": story_of(file),
        "question": _last_said(file, "ask"),
        "answer": file.answer,
        "answer_files": _answer_files(file),
        "etag": _etag(file),
        "seen": str(case.last_seq),
    }


def _last_said(file: CaseFile, move: str) -> Any:
    """The last entry of a move, if the case still stands where that move put it."""
    if file.case.status != "waiting":
        return None
    return next((e for e in reversed(file.timeline) if e.event.move == move), None)


def _answer_files(file: CaseFile) -> list[dict[str, str]]:
    answer = file.answer
    if answer is None:
        return []
    entry = next((e for e in file.timeline if e.event.pk == answer.event_id), None)
    return files_shown(entry.files) if entry else []


def _etag(file: CaseFile) -> str:
    """Changes with each step, with the day (days left), when a clock runs out, with the language."""
    shown = file.shown_case
    now = timezone.now()
    parts = (
        file.case.last_seq,
        shown.last_seq,
        timezone.localdate(),
        [line.clock.pk for line in file.clock_lines if line.clock.due_at <= now],
        get_language(),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


@require_safe
@never_cache
def track_live(request: HttpRequest, number: str) -> HttpResponse:
    """State, dates and timeline alone, asked for each minute; 304 while nothing has changed."""
    opened = opened_case(request, number)
    if opened is None:
        # 286 tells htmx to stop asking: the session is over.
        return HttpResponse(status=286)
    file = CaseFile(*opened)
    etag = f'"{_etag(file)}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == 304:
        return unchanged
    seen = asked(request, "seen")
    context = {**_shown(request, file), "is_newer": seen != str(file.case.last_seq), "seen": seen}
    response = render(request, "complaints/_track_live.html", context)
    response["ETag"] = etag
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def track_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """The citizen makes a move. Refused, the page shows why, the new state and what was typed."""
    if move not in CITIZENS_MOVES:
        raise Http404
    opened = opened_case(request, number)
    if opened is None:
        return to_the_door(number)
    case, actor = opened
    if move == ON_ITS_OWN_PAGE and ("find" in request.POST or request.method != "POST"):
        return _whom(request, case, actor)
    if request.method != "POST":
        return redirect(f"{reverse('track-case', args=[case.number])}#{move}")
    form = form_of(move, case, actor, request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, case, actor, form, 422)
    try:
        form.perform()
    except Refused as refusal:
        say(form, refusal)
        return _refused(
            request, case, actor, form, refusal.status, stale=isinstance(refusal, Stale)
        )
    messages.success(request, _done(move))
    return redirect("track-case", number=case.number)


def say(form: MoveForm, refusal: Refused) -> None:
    """Put a service's refusal onto the form."""
    for field, sentences in refusal.fields.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, str(sentence))
    if not refusal.fields:
        form.add_error(None, str(refusal.sentence))


def _refused(
    request: HttpRequest, case: Case, actor: Actor, form: MoveForm, status: int, stale: bool = False
) -> HttpResponse:
    if form.move == ON_ITS_OWN_PAGE:
        return _whom(request, case, actor, form, status)
    now = find_case(actor, case.number) or case
    if stale or now.last_seq != case.last_seq:
        # Sent again, the form is about what is shown now.
        data = request.POST.copy()
        data["seen"] = str(now.last_seq)
        form.data = data
    form.case = now
    return _page(request, now, actor, form, status)


def _whom(
    request: HttpRequest,
    case: Case,
    actor: Actor,
    form: MoveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page to say which post it is about; the office is searched for by name."""
    words = request.POST.get("q", "")[:200]
    form = form or form_of(ON_ITS_OWN_PAGE, case, actor)
    search = WhomForm(initial={"q": words})
    search.fields["q"].help_text = _("One word of its name is enough.")
    searches_while_typing(search, f"{reverse('offices-search')}?as=choices")
    context = {
        "search": search,
        "form": form,
        "case": case,
        "words": words,
        "found": offices_found(words) if words.strip("\0 ") else [],
        "name": "office",
        "chosen": request.POST.get("office", ""),
        "leave_quickly": case.sensitive,
    }
    return render(request, "complaints/track_whom.html", context, status=status)


def _done(move: str) -> str:
    """What the citizen is told after a move."""
    return {
        "reply": _("Your reply is with them now."),
        "confirm": _("Thank you. The complaint is closed."),
        "dispute": _("We passed it on: the problem is not solved."),
        "call_back": _("Your complaint goes on."),
        "message": _("Your message is with them now."),
        "appeal": _("Your appeal is on its way."),
        "testify": _("Your statement is with those who decide."),
        "separate": _("Your complaint stands on its own again."),
        "link_respondent": _("They can’t see this complaint any more."),
        "appeal_restriction": _("Your appeal is with the overseers now."),
        "mark_sensitive": _("The complaint is sealed now."),
        "say_pressured": _("The overseers know it now. Nobody else can read it."),
    }[move]


@require_POST
@never_cache
def track_close(request: HttpRequest, number: str) -> HttpResponse:
    """Close the case on this device."""
    proofs.forget(request, read_number(number) or "")
    messages.success(request, _("The case is closed on this device."))
    return redirect("track")
