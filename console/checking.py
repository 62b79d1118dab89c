"""Reading a filing back before it is sent, and sending it: once, however often the button is pressed."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.roles import Role
from complaints import drafts
from complaints.errors import Invalid, KeyReused, Refused
from complaints.selectors.finding import why
from complaints.services import intake
from complaints.submission import Submission
from complaints.views.officer.access import officers
from console import shelf
from console.callers import own_phone
from console.counter_phones import MANY_PEOPLE, people_with
from console.filed import filed_with
from console.filing import gone, page
from console.form import NewCaseForm
from console.readback import lines, where_it_goes
from console.shelf import Filing


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officers(Role.OPERATOR)
def check(request: HttpRequest, actor: Actor, token: str) -> HttpResponse:
    """Everything as sentences to read aloud. POST sends it, or leaves the number out."""
    if drafts.receipt_of(request, token) is not None:
        return redirect("console-done", token=token)
    filing = shelf.find(request, token)
    if filing is None:
        return gone(request)
    if request.method == "POST" and "no_phone" in request.POST:
        shelf.keep(request, token, filing.answers | {"phone": ""})
        return redirect("console-check", token=token)
    form = NewCaseForm(filing.answers, own_phone=own_phone(request))
    if not form.is_valid():
        # It was read back once and fits no more (the place is gone from the registry, perhaps).
        return page(request, filing, form, status=422)
    if request.method != "POST":
        return render(request, "console/check.html", _context(actor, filing, form))
    try:
        given = _file(actor, filing, form)
    except KeyReused as refusal:
        # Another complaint was sent with this call: this one may be a second one of the same person.
        question = {"filing": filing, "before": filed_with(actor, filing.call)}
        return render(request, "console/ask.html", question, status=refusal.status)
    except Refused as refusal:
        _say(form, refusal)
        return page(request, filing, form, status=refusal.status)
    drafts.keep_receipt(request, token, given)
    shelf.drop(request, token)
    return redirect("console-done", token=token)


def _context(actor: Actor, filing: Filing, form: NewCaseForm) -> dict[str, Any]:
    given = form.cleaned_data
    people = people_with(actor, given["phone"], given["name"])
    is_nobodys = not (given["name"] or given["phone"])
    with translation.override(given["language"]):
        reasons = why(intake.preview(_submission(form, filing)))
        goes_to = where_it_goes(reasons, reasons.agency)
    return {
        "filing": filing,
        "lines": lines(given),
        "language": given["language"],
        "goes_to": goes_to,
        "people": people if people >= MANY_PEOPLE else 0,
        "unreachable_radio": given["channel"] == "radio" and is_nobodys,
    }


def _submission(form: NewCaseForm, filing: Filing) -> Submission:
    submission = form.draft().submission(form.cleaned_data["language"])
    return replace(submission, circumstances=form.circumstances(filing.call))


def _file(actor: Actor, filing: Filing, form: NewCaseForm) -> intake.Receipt:
    """File it as the operator, once however often it is sent; no address is counted."""
    given = form.cleaned_data
    return intake.submit(
        actor=Actor(
            kind="user",
            user_id=actor.user_id,
            posts=actor.posts,
            channel=given["channel"],
            language=given["language"],
        ),
        submission=_submission(form, filing),
        key=filing.token,
    )


def _say(form: NewCaseForm, refusal: Refused) -> None:
    """Put a refusal onto the form: at the fields that it is about, else above all."""
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    for field, sentences in fields.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, str(sentence))
    if not fields:
        form.add_error(None, str(refusal.sentence))
