"""A citizen's own data in one case: what is kept and how long, a copy of it, and erasing it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from complaints import moment, proofs
from complaints.copying import copy_of
from complaints.errors import Refused, Sentence
from complaints.forms.erasing import EraseForm
from complaints.models import Case
from complaints.selectors.kept import kept_for_public, kept_of_case
from complaints.services import erasing, export
from complaints.views.door import opened_case, to_the_door
from complaints.views.filing import keep_out_of_browsers
from complaints.views.story import looks_shown, story_of

#: What can be erased, by its part of the address.
WHAT: dict[str, Sentence] = {
    erasing.PERSON: gettext_lazy("Erase who I am"),
    erasing.OWN_WORDS: gettext_lazy("Erase who I am, and my words and files"),
}


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal keeps, for everybody, with the numbers in force."""
    return render(request, "pages/privacy.html", {"kept": kept_for_public()})


@require_safe
@never_cache
def data_page(request: HttpRequest, number: str) -> HttpResponse:
    """What is kept of the case, until when, and what can be done about it."""
    opened = opened_case(request, number)
    if opened is None:
        return to_the_door(number)
    return _page(request, opened[0])


def _page(request: HttpRequest, case: Case, refusal: Refused | None = None) -> HttpResponse:
    why_not = erasing.why_words_stay(case, moment.now())
    context = {
        "case": case,
        "leave_quickly": case.sensitive,
        "kept": kept_of_case(case),
        "refusal": refusal,
        "words_are_erased": erasing.words_are_erased(case),
        "why_words_stay": erasing.WHY_WORDS_STAY.get(why_not, ""),
        "appeal_until": case.appeal_until if why_not == "appeal_open" else None,
    }
    status = refusal.status if refusal is not None else 200
    return render(request, "complaints/track_data.html", context, status=status)


@require_POST
@never_cache
def data_copy(request: HttpRequest, number: str) -> HttpResponseBase:
    """A copy of all that is kept about the case."""
    opened = opened_case(request, number)
    if opened is None:
        return to_the_door(number)
    case, actor = opened
    try:
        return copy_of(export.of_case(case=case, actor=actor), case.number)
    except Refused as refusal:
        return _page(request, case, refusal)


def read_me(made: export.Export) -> str:
    """A copy in the reader's language, for whoever does not read data."""
    cases = [
        {
            "case": file.case,
            "data": data,
            "story": list(reversed(story_of(file))),
            "looks": looks_shown(file),
        }
        for file, data in zip(made.cases, made.data["cases"], strict=True)
    ]
    context = {
        "cases": cases,
        "data": made.data,
        "account": made.data.get("account"),
        "posts": made.data.get("posts", []),
        "kept": kept_for_public(),
    }
    return render_to_string("complaints/own_data_read_me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def data_erase(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """What erasing means, then the secret once more, then it is done."""
    if what not in WHAT:
        raise Http404
    opened = opened_case(request, number)
    if opened is None:
        return to_the_door(number)
    case, actor = opened
    form = EraseForm(request.POST if request.method == "POST" else None)
    keep_out_of_browsers(form)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _erase(request, case, actor, form.cleaned_data["secret"], what)
            except Refused as refusal:
                field = "secret" if refusal.code == "no_such_case" else None
                form.add_error(field, _sentence(refusal))
                status = refusal.status
    context = {
        "form": form,
        "case": case,
        "leave_quickly": case.sensitive,
        "what": what,
        "title": WHAT[what],
    }
    return render(request, "complaints/track_erase.html", context, status=status)


def _sentence(refusal: Refused) -> str:
    if refusal.code == "no_such_case":
        return _("This secret does not open the complaint. It stands on your receipt.")
    return str(refusal.sentence)


def _erase(request: HttpRequest, case: Case, actor: Actor, secret: str, what: str) -> HttpResponse:
    """Raises NoSuchCase for a wrong secret, TooMany, and Refused while words have to stay."""
    proofs.check_secret(case.number, secret, proofs.client_address(request))
    erasing.erase(actor=actor, number=case.number, words=what == erasing.OWN_WORDS)
    # Every other session that had the case open is closed now; this one has just proved it again.
    proofs.prove(request, case.number, secret)
    messages.success(request, _("It is erased."))
    return redirect("track-data", number=case.number)
