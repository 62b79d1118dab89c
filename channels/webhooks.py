"""The one view behind every provider's address: prove, store, answer; no work before that."""

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError

from channels import intake
from channels.inbound import Forged, Inbound, NotUnderstood
from channels.registry import INBOUND
from channels.tasks import take_messages

log = structlog.get_logger(__name__)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, provider: str, secret: str = "") -> HttpResponse:
    """A provider brings messages: 404 if we do not use it, 403 if it is somebody else.

    A repeat is answered like the first and changes nothing.
    """
    inbound = INBOUND.get(provider)
    if inbound is None or not inbound.is_configured():
        raise Http404
    try:
        handshake = inbound.handshake(request)
        if handshake is not None:
            return handshake
        inbound.prove(request, secret)
        keep(inbound, request)
    except Forged:
        log.warning("forged", provider=provider)
        return HttpResponse("Forbidden.\n", status=403, content_type="text/plain")
    return inbound.answer()


def keep(inbound: Inbound, request: HttpRequest) -> None:
    """Store what a proven provider brings, and wake a worker for it."""
    try:
        new = intake.store(inbound, inbound.envelopes(request))
    except NotUnderstood as error:
        log.warning("not understood", provider=inbound.provider, why=error.why)
        # What comes by GET has no body: all that it says stands in its address.
        raw = request.body or request.META.get("QUERY_STRING", "").encode("latin-1")
        intake.store_unreadable(inbound, raw, error.why)
        return
    if new:
        wake()


def wake() -> None:
    """Ask for a worker now. Without a broker the next regular run takes what there is."""
    try:
        take_messages.delay()
    except OperationalError:
        log.warning("no broker: messages wait for the next run")
