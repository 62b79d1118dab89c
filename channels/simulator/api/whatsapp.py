"""WhatsApp Cloud API, as much of it as the portal asks: send a text or a template, fetch a photo.

`to` is a number, `recipient` a business-scoped id; `to` goes before. Free words reach only whoever
wrote within a day. Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from channels.simulator import pictures, played
from channels.simulator.api.answers import endpoint, exchange, json_of, report_soon
from channels.simulator.api.graph import knows, refused
from channels.simulator.people import named_as
from channels.simulator.providers.whatsapp import TOO_LATE, UNDELIVERABLE
from channels.simulator.registry import PLAYED

WHATSAPP = PLAYED["whatsapp"]
WINDOW = timedelta(hours=24)
LONGEST = 4096
FAILED = ((1.0, "failed"),)


@endpoint("whatsapp")
@require_POST
def messages(request: HttpRequest, account: str) -> HttpResponseBase:
    """Send a message: taken at once; whether it arrives is reported later."""
    if not knows(request, WHATSAPP.keys):
        return refused(190, "Authentication Error", status=401)
    body = json_of(request)
    if account != WHATSAPP.keys["phone_id"]:
        return refused(100, "Unsupported post request. Object does not exist", subcode=33)
    to, text = body.get("to") or body.get("recipient") or "", _text(body)
    if body.get("messaging_product") != "whatsapp" or not to or not text:
        return refused(100, "(#100) Invalid parameter")
    return _taken(request, body, str(to), text)


def _text(body: dict[str, Any]) -> str:
    """What the telephone shows: the words, or those of a template's variables."""
    if body.get("type", "text") == "text":
        text = body.get("text") or {}
        return str(text.get("body", ""))[:LONGEST] if isinstance(text, dict) else ""
    template = body.get("template")
    if body["type"] != "template" or not isinstance(template, dict) or "language" not in template:
        return ""
    parts = [
        str(parameter.get("text", ""))
        for component in template.get("components", [])
        for parameter in component.get("parameters", [])
    ]
    return "\n".join([f"[{template.get('name')}]", *parts])


def _taken(request: HttpRequest, body: dict[str, Any], to: str, text: str) -> JsonResponse:
    person = named_as(settings.COUNTRY, "whatsapp", to)
    named = {"wa_id": to.lstrip("+")} if body.get("to") else {"user_id": to}
    message_id = WHATSAPP.new_id()
    response = JsonResponse(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": to, **named}],
            "messages": [{"id": message_id}],
        }
    )
    error = "" if person else UNDELIVERABLE
    is_free = body.get("type", "text") == "text"
    if person and is_free and not played.wrote_since("whatsapp", person.key, WINDOW):
        error = TOO_LATE
    reports = FAILED if error else WHATSAPP.reports
    played.ours(
        "whatsapp",
        person.key if person else to,
        text,
        message_id,
        exchange(request, response),
        answers=str((body.get("context") or {}).get("message_id", "")),
        lost=bool(error),
        due=played.due(reports, error),
    )
    report_soon(reports)
    return response


@endpoint("whatsapp")
@require_GET
def media(request: HttpRequest, media: str) -> HttpResponseBase:
    """Where a photo is to be had for the next five minutes, and what it is."""
    if not knows(request, WHATSAPP.keys):
        return refused(190, "Authentication Error", status=401)
    if not media.isdecimal():
        return refused(100, "Unsupported get request. Object does not exist", subcode=33)
    return JsonResponse(
        {
            "messaging_product": "whatsapp",
            "url": f"{WHATSAPP.keys['url']}/attachments/?mid={media}",
            "mime_type": pictures.CONTENT_TYPE,
            "sha256": pictures.sha256(media),
            "file_size": len(pictures.picture(media)),
            "id": media,
        }
    )


@endpoint("whatsapp")
@require_GET
def attachment(request: HttpRequest) -> HttpResponseBase:
    """The photo itself, again only for whoever has the token."""
    number = request.GET.get("mid", "")
    if not knows(request, WHATSAPP.keys) or not number.isdecimal():
        return HttpResponse(status=401)
    return HttpResponse(pictures.picture(number), content_type=pictures.CONTENT_TYPE)
