"""Three pages for the clerks of the desk, and the address that the portal calls.

There is no signing in: it is an example, and listens to this machine alone.
"""

import logging

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from standardwebhooks.webhooks import EmptyWebhookSecretError, WebhookVerificationError

from desk.models import OVER, TABLE, Desk, Sending, Ticket
from desk.receiving import take_webhook

log = logging.getLogger("desk")
STATUSES = [row["status"] for row in TABLE if row["move"] != "accept"]
ANSWERS = [row["status"] for row in TABLE if row["move"] == "answer"]
WAITING, REFUSED = Sending.State.WAITING, Sending.State.REFUSED
LARGEST = 5_000_000
#: What the library raises for it. Any other error is a 500, and the portal calls again.
NOT_THEIRS = (WebhookVerificationError, EmptyWebhookSecretError, ValueError, KeyError)


@csrf_exempt
@require_POST
def hook(request):
    """An event: verified, put away, answered at once. What it means is worked out by `catch_up`."""
    try:
        take_webhook(request.body, dict(request.headers))
    except NOT_THEIRS as error:
        # Not signed with our secret, too old, or broken: 401, so that the portal can show why.
        log.warning("a webhook was not taken: %s", type(error).__name__)
        return HttpResponse(status=401)
    return HttpResponse(status=204)


@require_GET
def tickets(request):
    """The tickets on which there is something to do, what is due first; and what is wrong."""
    todo = Ticket.objects.exclude(status__in=OVER).order_by("due", "id")[:200]
    over = Ticket.objects.filter(status__in=OVER).order_by("-id")[:20]
    waiting = Sending.objects.filter(state=WAITING).count()
    more = {"todo": todo, "over": over, "waiting": waiting, "desk": Desk.row()}
    return render(request, "desk/tickets.html", more)


def ticket(request, ref):
    """A ticket: what was said, what was sent; POST sends one of our statuses."""
    found = get_object_or_404(Ticket, ref=ref)
    given, errors = request.POST, {}
    if request.method == "POST":
        errors = _mistakes(given, request.FILES)
        if not errors:
            _keep(found, given, request.FILES.get("file"))
            return redirect("ticket", ref)
    sent = found.sendings.defer("file").order_by("-id")
    more = {"ticket": found, "lines": found.lines.all(), "sent": sent, "statuses": STATUSES}
    return render(request, "desk/ticket.html", {**more, "given": given, "errors": errors})


def new(request):
    """A complaint of somebody who came to us: it is filed in the portal, and comes back as a case."""
    given, errors = request.POST, {}
    if request.method == "POST":
        text = given.get("text", "").strip()
        if len(text) < 10:
            errors["text"] = "Write what happened, in at least 10 letters."
        if not errors:
            contact = {name: given.get(name, "").strip() for name in ("name", "phone", "email")}
            made = Ticket.objects.create(text=text)
            body = {"text": text, "language": given.get("language", "en"), "take": True, **contact}
            Sending.objects.create(ticket=made, what=Sending.What.FILE, body=body)
            return redirect("ticket", made.ref)
    return render(request, "desk/new.html", {"given": given, "errors": errors})


def _mistakes(given, files):
    """What is wrong with a status, by field. Whether the case can have it now, the portal says."""
    errors, text = {}, given.get("text", "").strip()
    if given.get("status") not in STATUSES:
        errors["status"] = "Choose a status."
    elif given["status"] != "Waiting for parts" and not text:
        errors["text"] = "Write what the citizen will read."
    if given.get("status") in ANSWERS and not given.get("evidence") and not files:
        errors["evidence"] = "Say how it can be seen, or add a file."
    if files and files["file"].size > LARGEST:
        errors["file"] = "The file may have at most 5 MB."
    return errors


def _keep(found, given, file):
    """Write down what is to be sent, as of what the clerk saw."""
    names = ("status", "text", "evidence")
    body = {name: given[name].strip() for name in names if given.get(name, "").strip()}
    seen = given.get("seen", "")
    Sending.objects.create(
        ticket=found,
        what=Sending.What.STATUS,
        body=body,
        seen=int(seen) if seen.isdecimal() else None,
        file_name=file.name if file else "",
        file=file.read() if file else b"",
    )
