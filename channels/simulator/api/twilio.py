"""Twilio's REST API, as much of it as the portal asks: send a message, fetch a photo.

Source: https://www.twilio.com/docs/messaging/api/message-resource
"""

import base64
import binascii
from email.utils import formatdate
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from channels.simulator import pictures, played
from channels.simulator.api.answers import endpoint, exchange, report_soon
from channels.simulator.people import PHONE, named_as
from channels.simulator.registry import PLAYED
from channels.simulator.wire import is_here

TWILIO = PLAYED["sms"]
WORDS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required.",
    21606: "The 'From' phone number provided is not a valid message-capable Twilio phone number",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21617: "The concatenated message body exceeds the 1600 character limit.",
}


def _knows(request: HttpRequest) -> bool:
    """Whether account and token fit: HTTP basic authentication."""
    kind, _space, coded = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return kind.lower() == "basic" and given == f"{TWILIO.keys['sid']}:{TWILIO.keys['token']}"


def _refused(code: int, status: int = 400) -> JsonResponse:
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": WORDS[code], "more_info": more, "status": status}
    return JsonResponse(body, status=status)


@endpoint("twilio")
@require_POST
def messages(request: HttpRequest, sid: str) -> HttpResponseBase:
    """Send an SMS: it is on the telephone at once, and reported to the callback later."""
    if not _knows(request):
        return _refused(20003, 401)
    if sid != TWILIO.keys["sid"]:
        return _refused(20404, 404)
    if code := _mistake(request):
        return _refused(code)
    to, text = request.POST["To"], request.POST["Body"]
    message_id = TWILIO.new_id()
    response = JsonResponse(_resource(message_id, to, text), status=201)
    person = named_as(settings.COUNTRY, "sms", to)
    callback = request.POST.get("StatusCallback", "")
    played.ours(
        "sms",
        person.key if person else to,
        text,
        message_id,
        exchange(request, response),
        callback=callback,
        due=played.due(TWILIO.reports) if callback else [],
    )
    report_soon(TWILIO.reports if callback else ())
    return response


def _mistake(request: HttpRequest) -> int:
    """Twilio's code of what is wrong; 0 if nothing is."""
    form = request.POST
    callback = form.get("StatusCallback", "")
    checks = (
        (21211, bool(PHONE.match(form.get("To", "")))),
        (21606, form.get("From") == TWILIO.keys["from"]),
        (21602, bool(form.get("Body"))),
        (21617, len(form.get("Body", "")) <= 1600),
        (21609, not callback or is_here(callback)),
    )
    return next((code for code, holds in checks if not holds), 0)


def _resource(message_id: str, to: str, text: str) -> dict[str, Any]:
    now, sid = formatdate(usegmt=False), TWILIO.keys["sid"]
    return {
        "account_sid": sid,
        "api_version": "2010-04-01",
        "body": text,
        "date_created": now,
        "date_sent": None,
        "date_updated": now,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": TWILIO.keys["from"],
        "num_media": "0",
        "num_segments": "1",
        "sid": message_id,
        "status": "queued",
        "to": to,
        "uri": f"/2010-04-01/Accounts/{sid}/Messages/{message_id}.json",
    }


@endpoint("twilio")
@require_GET
def media(request: HttpRequest, sid: str, message: str, media: str) -> HttpResponseBase:
    """A photo of a message, for whoever knows the account's token."""
    if not _knows(request):
        return _refused(20003, 401)
    if sid != TWILIO.keys["sid"] or not media[2:].isdecimal():
        return _refused(20404, 404)
    return HttpResponse(pictures.picture(media[2:]), content_type=pictures.CONTENT_TYPE)
