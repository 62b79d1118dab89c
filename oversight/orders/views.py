"""Pages of files that were ordered: one's own list, how far each is, the file itself."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Actor
from complaints.serving import POLICY
from complaints.views.officer.access import READERS, officers
from complaints.views.officer.paging import page_of
from oversight.models import FileOrder
from oversight.orders import placing
from oversight.orders.kinds import is_outdated, kind_of, may_have, whoever_ordered

UNDER_WAY = placing.OPEN


@require_safe
@officers(*READERS)
def files(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What somebody ordered, newest first; what is over, but not erased yet, is left out."""
    page = page_of(request, placing.owned_by(actor))
    rows = [order for order in page.rows if may_have(actor, order)]
    context = {"page": page, "files": [shown(order) for order in rows]}
    return render(request, "oversight/files.html", context)


@require_safe
@officers(*READERS)
def file(request: HttpRequest, actor: Actor, order: int) -> HttpResponse:
    """How far a file is. htmx asks for the part that changes; without it the page is loaded again."""
    try:
        found = allowed(actor, order)
    except Http404:
        return _gone(request)
    is_part = request.headers.get("HX-Request") == "true"
    template = "oversight/_file_state.html" if is_part else "oversight/file.html"
    context = {
        "file": shown(found),
        "asks_again": found.status in UNDER_WAY,
        "is_own": whoever_ordered(actor, found),
        "is_outdated": found.status == FileOrder.Status.DONE and is_outdated(actor, found),
    }
    return render(request, template, context)


@require_POST
@officers(*READERS)
def again(request: HttpRequest, actor: Actor, order: int) -> HttpResponse:
    """Try once more to make a file that failed; for whoever ordered it."""
    found = allowed(actor, order)
    if not whoever_ordered(actor, found):
        raise Http404
    placing.place_again(found)
    return redirect("oversight-file", order)


@require_safe
@officers(*READERS)
def download(request: HttpRequest, actor: Actor, order: int) -> HttpResponseBase:
    """The file, for whoever may have it. 404 for all others, before it is there, and after its time;
    refused in words if its reader was barred from a case since it was ordered.
    """
    try:
        found = allowed(actor, order)
    except Http404:
        return _gone(request)
    if found.status != FileOrder.Status.DONE:
        return _gone(request)
    if is_outdated(actor, found):
        context = {"file": shown(found), "is_own": True, "is_outdated": True}
        return render(request, "oversight/file.html", context, status=403)
    try:
        return sent(found)
    except Http404:
        return _gone(request)


def _gone(request: HttpRequest) -> HttpResponse:
    """The same for a file that is erased, another's, or was never there: which of them is nobody's news."""
    return render(request, "oversight/file_gone.html", status=404)


def sent(order: FileOrder) -> HttpResponseBase:
    """A finished file as it is saved; a browser runs nothing that is in it."""
    try:
        content = default_storage.open(order.file)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=order.content_type)
    response["Content-Disposition"] = content_disposition_header(True, order.name) or ""
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def allowed(actor: Actor, number: int) -> FileOrder:
    """The order, if its reader may have it and its time is not over. 404 for every other one."""
    order = get_object_or_404(placing.still_kept(), pk=number)
    if not may_have(actor, order):
        raise Http404
    return order


def shown(order: FileOrder) -> dict[str, Any]:
    """An order as pages show it."""
    kind = kind_of(order)
    return {
        "order": order,
        "title": kind.title(order) if kind else order.name,
        "state": order.status,
        "why": kind.why(order.why) if kind and order.why else "",
        "percent": min(100, 100 * order.done // order.whole) if order.whole else None,
        "url": reverse("oversight-file", args=[order.pk]),
        "download": reverse("oversight-file-download", args=[order.pk]),
    }
