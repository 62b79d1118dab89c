"""An operator's day: ready for the next person or not, what was filed today, the end of a call."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Actor
from accounts.roles import Role
from complaints import drafts
from complaints.errors import NoSuchCase, TooMany
from complaints.filing_forms import TrackForm
from complaints.views.officer.access import officers
from console import citizens, shelf
from console.filed import filed_today
from console.form import CHANNELS
from console.shift import desk_of

#: All in a session that tells of a person, on these pages or on a citizen's own.
OF_A_PERSON = (citizens.KEY, "receipts", "new_secrets", "drafts", "proofs")
ENDED = "console_ended"


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
                case = citizens.open_case(request, actor, given["number"], given["secret"])
                return redirect("console-case", number=case.number)
            except (NoSuchCase, TooMany) as refusal:
                form.add_error(None, str(refusal.sentence))
                status = refusal.status
    filed = filed_today(actor)
    channels = dict(CHANNELS)
    context = {
        "form": form,
        "filed": [(row, channels.get(row.channel, row.channel)) for row in filed],
        "counts": _counts(Counter(row.channel for row in filed)),
        "desk": _desk(request),
        **_open(request),
        # Said once, after the call.
        "ended": request.session.pop(ENDED, ""),
    }
    return render(request, "console/home.html", context, status=status)


def _counts(filed: Counter[str]) -> list[dict[str, Any]]:
    return [{"name": name, "count": filed[code]} for code, name in CHANNELS if filed[code]]


def _desk(request: HttpRequest) -> dict[str, Any]:
    """Where the operator sits, in words."""
    desk = desk_of(request)
    is_radio = desk["channel"] == "radio"
    return {
        "name": dict(CHANNELS)[desk["channel"]],
        "radio": ", ".join(filter(None, (desk["station"], desk["programme"]))) if is_radio else "",
    }


def _open(request: HttpRequest) -> dict[str, Any]:
    """What of a person is still on this device: filings, a receipt, a case."""
    filings = [filing for filing in shelf.every(request) if filing.tells]
    receipt = next(reversed(drafts.receipts(request)), "")
    call = citizens.number_open(request)
    return {
        "waiting": [filing for filing in filings if filing.aside],
        "begun": [filing for filing in filings if not filing.aside],
        "receipt": receipt,
        "open_case": call,
        "ready": not (filings or receipt or call),
    }


@require_POST
@never_cache
@officers(Role.OPERATOR)
def end(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The end of a call: nothing that tells of the person is left in the session.

    Filings that were set aside for somebody else stay. `next` goes on with the next person's filing;
    `idle`: nobody touched the keyboard for a while, and the page ended the call by itself.
    """
    for name in OF_A_PERSON:
        request.session.pop(name, None)
    shelf.clear(request)
    if "next" in request.POST:
        return redirect("console-new")
    request.session[ENDED] = "idle" if "idle" in request.POST else "call"
    return redirect("console")
