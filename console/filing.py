"""Writing down what a citizen tells: the call that pops, the one page of questions, kept while typed."""

import secrets
from typing import Any

from django.conf import settings
from django.forms import RadioSelect
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Place
from complaints import drafts
from complaints.models.case import Kind
from complaints.selectors.finding import Why, described_places, places_found, why
from complaints.services import intake, sealing
from complaints.submission import MIN_LETTERS, Submission
from complaints.views.filing_pages import searches_while_typing
from complaints.views.officer.access import officers
from complaints.views.sending import READ_WHILE_TYPING, language
from console import shelf
from console.callers import TOLD, Call, call_of, own_phone
from console.filed import filed_with
from console.form import NewCaseForm, answers_in
from console.script import script
from console.shelf import Filing
from console.shift import desk_of, remember

#: Buttons that only look: everything typed stays, nothing is checked yet.
LOOKS = {"find", "look"}


@require_safe
@never_cache
@officers(Role.OPERATOR)
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Begin a filing. `?ani=` and `?call_id=` come from the telephone system; they stay in no address.

    A call that pops twice is one filing; one that is sent already shows its receipt again.
    """
    call = call_of(request)
    token = _token(actor, call)
    if drafts.receipt_of(request, token) is not None:
        return redirect("console-done", token=token)
    begun = Filing(token, first_answers(request, call), call=call.id, caller=call.state)
    shelf.begin(request, begun)
    return redirect("console-filing", token=token)


def _token(actor: Actor, call: Call) -> str:
    """What makes sending twice one filing: the same for the same call of this operator."""
    if not call.id:
        return secrets.token_urlsafe(24)
    return sealing.blind_index("call", f"{actor.user_id}\x00{call.id}")[:40]


def first_answers(request: HttpRequest, call: Call) -> dict[str, str]:
    """What the call and the shift tell before anybody asks."""
    return {
        **desk_of(request),
        "language": settings.LANGUAGE_CODE,
        "phone": call.phone,
        "kind": Kind.COMPLAINT.value,
        "for_whom": "self",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officers(Role.OPERATOR)
def filing(request: HttpRequest, actor: Actor, token: str) -> HttpResponse:
    """The page of questions. POST keeps the answers and goes on to reading them back."""
    if drafts.receipt_of(request, token) is not None:
        return redirect("console-done", token=token)
    found = shelf.find(request, token)
    if request.method == "POST":
        return _sent(request, found, token)
    if found is None:
        return gone(request)
    if question := _question(request, actor, found):
        return render(request, "console/ask.html", question)
    return page(request, found, NewCaseForm(initial=found.answers, own_phone=own_phone(request)))


def _question(request: HttpRequest, actor: Actor, found: Filing) -> dict[str, Any] | None:
    """What has to be decided first: another filing is open, or one was sent with this call."""
    if found.written or found.taken:
        return None
    others = [f for f in shelf.every(request) if f.written and f.token != found.token]
    before = filed_with(actor, found.call)
    if before is None and (not others or all(other.aside for other in others)):
        return None
    return {"filing": found, "before": before, "others": [] if before else others}


def _sent(request: HttpRequest, found: Filing | None, token: str) -> HttpResponse:
    data = request.POST
    if "take" in data:
        return _decided(request, found, data["take"])
    if "discard" in data:
        shelf.drop(request, token)
        return redirect("console")
    answers = answers_in(data)
    if found is None:
        if not answers.get("text"):
            return gone(request)
        # The page was open for longer than its words were kept: they are here again.
        found = shelf.begin(request, Filing(token, taken=True))
    found = shelf.keep(request, token, answers) or found
    if LOOKS & set(data):
        return page(request, found, NewCaseForm(initial=answers), why=preview(data))
    form = NewCaseForm(found.answers, own_phone=own_phone(request))
    if not form.is_valid():
        return page(request, found, form, why=preview(data), status=422)
    remember(request, answers)
    return redirect("console-check", token=token)


def _decided(request: HttpRequest, found: Filing | None, what: str) -> HttpResponse:
    """Another call pops while a filing is open: which of them goes first, or alone."""
    if found is None:
        return gone(request)
    others = [f for f in shelf.every(request) if f.written and f.token != found.token]
    if what == "other" and others:
        shelf.change(request, found.token, aside=True)
        shelf.change(request, others[-1].token, aside=False)
        return redirect("console-filing", token=others[-1].token)
    if what == "only":
        shelf.drop(request, *(other.token for other in others))
    else:
        for other in others:
            shelf.change(request, other.token, aside=True)
    if what == "again":
        # One was sent with this call, under the call's own token: this is another one.
        shelf.drop(request, found.token)
        another = Filing(secrets.token_urlsafe(24), found.answers, found.call, found.caller)
        found = shelf.begin(request, another)
    shelf.change(request, found.token, taken=True, aside=False)
    return redirect("console-filing", token=found.token)


def page(
    request: HttpRequest,
    found: Filing,
    form: NewCaseForm,
    *,
    why: Why | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with a form, the field that was asked for first."""
    words, chosen = str(form["q"].value() or ""), str(form["place"].value() or "")
    places = places_found(words) if words.strip("\0 ") else []
    place = Place.objects.filter(country=settings.COUNTRY, code=chosen.replace("\0", "")).first()
    if place is not None and place.code not in {row.code for row in places}:
        places = [described_places([place])[0], *places]
    searches_while_typing(form, reverse("places-search"))
    context = {
        "focus": _focus(request, form),
        "form": form,
        "filing": found,
        "caller": TOLD.get(found.caller, ""),
        "script": script(),
        "chosen_language": str(form["language"].value() or settings.LANGUAGE_CODE),
        "found": places,
        "words": words,
        "name": "place",
        "chosen": chosen,
        "why": why,
        "before": True,
    }
    return render(request, "console/filing.html", context, status=status)


def _focus(request: HttpRequest, form: NewCaseForm) -> str:
    """The field that has the keyboard: the line that is to be corrected, else where the talk begins.

    Of a choice only the script can say so; the list of mistakes has the keyboard where there is one.
    """
    wanted = "q" if "find" in request.POST else request.GET.get("to", "")
    name = wanted if wanted in form.fields else "consent"
    if form.is_bound:
        return ""
    if not isinstance(form.fields[name].widget, RadioSelect):
        form.fields[name].widget.attrs["autofocus"] = True
    return name


@require_POST
@never_cache
@officers(Role.OPERATOR)
def look(request: HttpRequest, actor: Actor, token: str) -> HttpResponse:
    """While the operator types: kept for this call, and shown where it would go and why."""
    if shelf.keep(request, token, answers_in(request.POST)) is None:
        return HttpResponse(status=204)
    found = preview(request.POST)
    if found is None:
        return HttpResponse(status=204)
    return render(request, "complaints/_look.html", {"why": found})


def preview(data: QueryDict) -> Why | None:
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


def gone(request: HttpRequest) -> HttpResponse:
    """What was here is no longer: sent, thrown away, or too old."""
    return render(request, "console/gone.html", {"what": "filing"}, status=410)
