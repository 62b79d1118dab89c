"""X API v2, as much of it as the portal asks: direct messages, posts, photos of direct messages.

Source: https://docs.x.com/x-api/direct-messages/manage/introduction, https://docs.x.com/x-api/posts/create-post
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from channels.simulator import pictures, played
from channels.simulator.api.answers import endpoint, exchange, json_of, report_soon
from channels.simulator.oauth1 import is_signed
from channels.simulator.people import PUBLIC, named_as
from channels.simulator.registry import PLAYED

X = PLAYED["x"]
LONGEST_POST = 280


def _knows(request: HttpRequest) -> bool:
    return is_signed(request, f"{settings.PUBLIC_URL}{request.path}", X.keys)


def _refused(title: str, status: int) -> JsonResponse:
    """An error in the shape of problem details, as X writes them."""
    body = {"title": title, "detail": title, "type": "about:blank", "status": status}
    return JsonResponse(body, status=status)


@endpoint("x")
@require_POST
def direct_messages(request: HttpRequest, participant: str) -> HttpResponseBase:
    """Send a direct message."""
    if not _knows(request):
        return _refused("Unauthorized", 401)
    text = str(json_of(request).get("text", ""))
    person = named_as(settings.COUNTRY, "x", participant)
    if not text or person is None:
        return _refused("Invalid Request", 400)
    message_id = X.new_id()
    conversation = "-".join(sorted((participant, X.keys["user_id"]), key=int))
    data = {"dm_conversation_id": conversation, "dm_event_id": message_id}
    response = JsonResponse({"data": data}, status=201)
    due = played.due(X.reports)
    played.ours("x", person.key, text, message_id, exchange(request, response), due=due)
    report_soon(X.reports)
    return response


@endpoint("x")
@require_POST
def posts(request: HttpRequest) -> HttpResponseBase:
    """Post something that everybody can read, perhaps as an answer."""
    if not _knows(request):
        return _refused("Unauthorized", 401)
    body = json_of(request)
    text = str(body.get("text", ""))
    if not 0 < len(text) <= LONGEST_POST:
        return _refused("Invalid Request", 400)
    message_id = X.new_id()
    data = {"id": message_id, "text": text, "edit_history_tweet_ids": [message_id]}
    response = JsonResponse({"data": data}, status=201)
    answers = str((body.get("reply") or {}).get("in_reply_to_tweet_id", ""))
    played.ours("x", PUBLIC, text, message_id, exchange(request, response), answers=answers)
    return response


@endpoint("x")
@require_GET
def media(request: HttpRequest, message: str, photo: str) -> HttpResponseBase:
    """A photo of a direct message, for whoever signs with the account's secrets."""
    if not _knows(request) or not photo.isdecimal():
        return _refused("Unauthorized", 401)
    return HttpResponse(pictures.picture(photo), content_type=pictures.CONTENT_TYPE)
