"""Messenger's Send API, as much of it as the portal asks.

A page may answer within a day; an officer's answer (tag HUMAN_AGENT) within seven.
Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_POST

from channels.simulator import played
from channels.simulator.api.answers import endpoint, exchange, json_of, report_soon
from channels.simulator.api.graph import knows, refused
from channels.simulator.people import Person, named_as
from channels.simulator.registry import PLAYED

MESSENGER = PLAYED["messenger"]
WINDOW, WINDOW_OF_PEOPLE = timedelta(hours=24), timedelta(days=7)
LONGEST = 2000


@endpoint("messenger")
@require_POST
def messages(request: HttpRequest, account: str) -> HttpResponseBase:
    """Send a message to somebody who wrote to the page."""
    if not knows(request, MESSENGER.keys):
        return refused(190, "Invalid OAuth access token.", status=401)
    if account not in (MESSENGER.keys["page_id"], "me"):
        return refused(100, "Unsupported post request. Object does not exist", subcode=33)
    body = json_of(request)
    message, to = body.get("message") or {}, str((body.get("recipient") or {}).get("id", ""))
    text = str(message.get("text", ""))
    if not 0 < len(text) <= LONGEST:
        return refused(100, "(#100) Length of param message[text] must be from 1 to 2000")
    person = named_as(settings.COUNTRY, "messenger", to)
    if person is None:
        return refused(100, "(#100) No matching user found", subcode=2018001)
    if not _is_in_time(person, body.get("messaging_type", ""), body.get("tag", "")):
        return refused(10, "(#10) This message is sent outside of allowed window.", subcode=2018278)
    message_id = MESSENGER.new_id()
    response = JsonResponse({"recipient_id": to, "message_id": message_id})
    played.ours(
        "messenger",
        person.key,
        text,
        message_id,
        exchange(request, response),
        due=played.due(MESSENGER.reports),
    )
    report_soon(MESSENGER.reports)
    return response


def _is_in_time(person: Person, kind: str, tag: str) -> bool:
    is_tagged = kind == "MESSAGE_TAG" and tag == "HUMAN_AGENT"
    window = WINDOW_OF_PEOPLE if is_tagged else WINDOW
    return played.wrote_since("messenger", person.key, window)
