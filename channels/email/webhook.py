"""Letters that a mail service brings by its webhook: django-anymail proves and unpacks, we store.

The addresses are anymail's own under `/channels/email/`: `mailgun/inbound/`, `postmark/inbound/` … What
it proves differs by service (docs/channels-email.md); the secret of the address is always asked for.
"""

import json
from email.encoders import encode_base64
from typing import Any

import structlog
from anymail import signals
from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIRequest
from django.dispatch import receiver
from django.http import Http404, HttpResponse
from django.urls import ResolverMatch, resolve
from django.utils.functional import cached_property
from django.views.decorators.csrf import csrf_exempt

from channels import intake
from channels.email.inbound import MailIn, envelope
from channels.inbound import same
from channels.registry import INBOUND
from channels.webhooks import wake

log = structlog.get_logger(__name__)
#: What anymail's readers raise over a body that is not as the service documents it.
NOT_PARSED = (
    AnymailError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


class LetterRequest(WSGIRequest):
    """A request whose body may be as large as a letter: the limit of forms does not count here.

    grs.middleware.BodyLimitMiddleware has refused what is larger than any.
    """

    @cached_property
    def body(self) -> bytes:
        """All that was sent."""
        return self.read()


@csrf_exempt
def receive(request: WSGIRequest, service: str) -> HttpResponse:
    """A mail service brings letters: 404 if we do not use it, 403 if it is somebody else.

    What a proven service brings and nobody can read is kept for the desk.
    """
    door = _door(service)
    if request.headers.get("Authorization") and not _knows_secret(request):
        # Before anything is read: some services' letters are looked at before the secret is.
        return _forbidden()
    letters = LetterRequest(request.environ)
    try:
        response = door.func(letters, *door.args, **door.kwargs)
    except AnymailWebhookValidationFailure:
        return _forbidden()
    except ImproperlyConfigured as error:
        # A key or a package of this service is missing; it tries again until somebody gives it.
        log.error("mail service not set up", kind=type(error).__name__)
        raise Http404 from None
    except NOT_PARSED as error:
        if not _knows_secret(request):
            return _forbidden()
        log.warning("not understood", provider=MailIn.provider, why=type(error).__name__)
        intake.store_unreadable(INBOUND[MailIn.provider], _all_of(letters), "not_parsed")
        response = HttpResponse()
    if response.status_code == 200:
        wake()
    return response


def _door(service: str) -> ResolverMatch:
    """Anymail's view for a service's letters. Raises Http404 for all else, and where none is used."""
    inbox = settings.PROVIDERS["inbox"]
    door = resolve(f"/{service}", "anymail.urls")
    is_for_letters = (
        str(door.url_name).endswith("inbound_webhook") or door.url_name == "mandrill_webhook"
    )
    if not (inbox["address"] and inbox["webhook_secret"] and is_for_letters):
        raise Http404
    return door


def _knows_secret(request: WSGIRequest) -> bool:
    given = get_request_basic_auth(request) or ""
    return same(given, settings.PROVIDERS["inbox"]["webhook_secret"])


def _forbidden() -> HttpResponse:
    log.warning("forged", provider=MailIn.provider)
    return HttpResponse("Forbidden.\n", status=403, content_type="text/plain")


def _all_of(request: LetterRequest) -> bytes:
    """What was sent, as far as it can still be had: of a form its fields."""
    fields = dict(request.POST.lists())
    return json.dumps(fields).encode() if fields else request.body


@receiver(signals.inbound, dispatch_uid="channels.email.webhook")
def keep(event: signals.AnymailInboundEvent, **_: Any) -> None:
    """Store a letter that anymail has proven and unpacked."""
    message = event.message
    letter = envelope(
        _raw(message),
        recipient=message.envelope_recipient or "",
        sent_by=message.envelope_sender,
        is_spam=bool(message.spam_detected),
    )
    intake.store(INBOUND[MailIn.provider], [letter])


def _raw(message: Any) -> bytes:
    """The letter's bytes. One that the service took apart is put together, the same on each try."""
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            if part.get_content_maintype() == "multipart" and part.get_boundary() is None:
                part.set_boundary(f"==portal-{number}==")
        elif isinstance(part.get_payload(), bytes):
            encode_base64(part)
    # Headers as they came: folding them anew fails over broken ones.
    return bytes(message.as_bytes(policy=message.policy.clone(refold_source="none")))
