"""The operators' console: filing for a citizen, and following a case while the citizen is there.

Operators see no case. They file, read the receipt out, and open a case with the citizen's number and
secret for the length of a call. Nothing is kept on their device.
"""

import secrets
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Place
from complaints import drafts
from complaints.errors import Invalid, NoSuchCase, Refused, TooMany
from complaints.filing_forms import TrackForm
from complaints.models.case import Kind
from complaints.selectors import CaseFile
from complaints.selectors.filed import filed_today
from complaints.selectors.finding import Why, described_places, places_found, why
from complaints.services import intake
from complaints.submission import MIN_LETTERS, Submission
from complaints.tracking import read_number
from complaints.views import console_calls
from complaints.views.console_form import CHANNELS, RADIO, NewCaseForm
from complaints.views.filing_pages import searches_while_typing
from complaints.views.finding import asked
from complaints.views.officer.access import officers
from complaints.views.sending import READ_WHILE_TYPING, language, receipt_context
from complaints.views.story import story_of
from complaints.views.tracking import SHOWN_CLOCKS

CHANNEL_CODES = [code for code, _name in CHANNELS]
REMEMBERED = ("channel", *RADIO)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officers(Role.OPERATOR)
def console(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The way to a new filing, today's own ones, and the door to a citizen's case."""
    form, status = TrackForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                case = console_calls.open_case(request, actor, given["number"], given["secret"])
                return redirect("console-case", number=case.number)
            except (NoSuchCase, TooMany) as refusal:
                form.add_error(None, str(refusal.sentence))
                status = refusal.status
    context = {"form": form, "filed": filed_today(actor)}
    return render(request, "complaints/console_home.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officers(Role.OPERATOR)
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A filing for a citizen on one page. `?ani=` and `?call_id=` come from the telephone system."""
    if request.method != "POST":
        return _page(request, NewCaseForm(initial=_first_answers(request)))
    if {"find", "look"} & set(request.POST):
        # A button that only looks: everything typed stays, nothing is checked yet.
        return _page(request, NewCaseForm(initial=request.POST.dict()))
    form = NewCaseForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    _remember(request, form)
    try:
        given = _file(actor, form)
    except Refused as refusal:
        _say(form, refusal)
        return _page(request, form, status=refusal.status)
    token = form.cleaned_data["token"]
    drafts.keep_receipt(request, token, given)
    return redirect("console-done", token=token)


def _first_answers(request: HttpRequest) -> dict[str, Any]:
    """What the call and the last filing tell before anybody asks."""
    remembered = request.session.get("console", {})
    return {
        "token": secrets.token_urlsafe(24),
        "phone": asked(request, "ani")[:40],
        "call_id": asked(request, "call_id")[:64],
        "language": language(),
        "kind": Kind.COMPLAINT.value,
        "for_whom": "self",
        **{name: remembered.get(name, "") for name in RADIO},
        "channel": remembered.get("channel", CHANNEL_CODES[0]),
    }


def _remember(request: HttpRequest, form: NewCaseForm) -> None:
    """Channel and station stay the same for a whole shift."""
    request.session["console"] = {name: form.cleaned_data[name] or "" for name in REMEMBERED}


def _file(actor: Actor, form: NewCaseForm) -> intake.Receipt:
    """File it as the operator, once however often it is sent; no address is counted."""
    given = form.cleaned_data
    submission = form.draft().submission(given["language"])
    return intake.submit(
        actor=Actor(
            kind="user",
            user_id=actor.user_id,
            posts=actor.posts,
            channel=given["channel"],
            language=given["language"],
        ),
        submission=replace(submission, circumstances=form.circumstances()),
        key=given["token"],
    )


def _say(form: NewCaseForm, refusal: Refused) -> None:
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    for field, sentences in fields.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, str(sentence))
    if not fields:
        form.add_error(None, str(refusal.sentence))


def _page(request: HttpRequest, form: NewCaseForm, status: int = 200) -> HttpResponse:
    words, chosen = str(form["q"].value() or ""), str(form["place"].value() or "")
    found = places_found(words) if words.strip("\0 ") else []
    place = Place.objects.filter(country=settings.COUNTRY, code=chosen.replace("\0", "")).first()
    if place is not None and place.code not in {row.code for row in found}:
        found = [described_places([place])[0], *found]
    searches_while_typing(form, reverse("places-search"))
    context = {
        "form": form,
        "found": found,
        "words": words,
        "name": "place",
        "chosen": chosen,
        "why": _preview(request.POST) if request.method == "POST" else None,
        "before": True,
    }
    return render(request, "complaints/console_new.html", context, status=status)


@require_POST
@never_cache
@officers(Role.OPERATOR)
def look(request: HttpRequest, actor: Actor) -> HttpResponse:
    """While the operator types: where it would go and why. Keeps nothing."""
    found = _preview(request.POST)
    if found is None:
        return HttpResponse()
    return render(request, "complaints/_look.html", {"why": found})


def _preview(data: QueryDict) -> Why | None:
    """Where it would go, from whatever has been typed so far; None while that is too little."""
    text = data.get("text", "")[:READ_WHILE_TYPING].replace("\0", "")
    if sum(letter.isalpha() for letter in text) < MIN_LETTERS:
        return None
    kind = data.get("kind", "")
    submission = Submission(
        text=text,
        kind=kind if kind in Kind.values else Kind.COMPLAINT,
        category=data.get("category", "").replace("\0", "")[:60],
        place=data.get("place", "").replace("\0", "")[:32],
        language=language(),
        about_official=data.get("about") == "yes",
    )
    return why(intake.preview(submission))


@require_safe
@never_cache
@officers(Role.OPERATOR)
def done(request: HttpRequest, actor: Actor, token: str) -> HttpResponse:
    """Number and both secrets, to be read out or printed; gone after ten minutes or the call."""
    given = drafts.receipt_of(request, token)
    if given is None:
        return render(request, "complaints/console_gone.html", status=410)
    return render(request, "complaints/console_done.html", receipt_context(request, given))


@require_safe
@never_cache
@officers(Role.OPERATOR)
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """How the citizen's case stands, to be told to the citizen of this call."""
    opened = console_calls.citizen_of(request, read_number(number) or "")
    if opened is None:
        messages.warning(request, _("This case is not open. Ask for its number and secret."))
        return redirect("console")
    file = CaseFile(*opened)
    shown = file.shown_case
    context = {
        "case": file.case,
        "status": shown.status,
        "head": {
            "number": file.case.number,
            "status": shown.status,
            "agency": shown.holder.name if shown.holder else "",
            "filed_at": file.case.filed_at,
            "kind": file.case.get_kind_display(),
            "category": file.case.category or "",
            "place": file.case.place or "",
            "sensitive": file.case.sensitive,
            "outcome_text": shown.get_outcome_display(),
            "ending_text": file.case.get_ending_display(),
        },
        "clocks": [line for line in file.clock_lines if line.clock.kind in SHOWN_CLOCKS],
        "answer": file.answer,
        # Files are for the citizen's own eyes: the operator only tells what was said.
        "entries": [entry | {"files": []} for entry in story_of(file)],
    }
    return render(request, "complaints/console_case.html", context)


@require_POST
@never_cache
@officers(Role.OPERATOR)
def end(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The end of the call: case and receipt are off this device."""
    console_calls.end(request)
    if "next" in request.POST:
        return redirect("console-new")
    messages.success(request, _("The call is over. Nothing of it is left on this device."))
    return redirect("console")
