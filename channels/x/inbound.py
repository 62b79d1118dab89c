"""X in: direct messages, and posts that mention the portal's account, by the X Activity API.

Sources: docs.x.com, "Webhooks: quickstart" (CRC, signature), "X Activity API: event payloads".

X proves a call and asks for proof of the address by one form: base64 of HMAC-SHA256 under the app's
consumer secret. So whoever asks us for a CRC gets a signature over a text of their choice. Therefore we
answer only for what looks like a token, and take only a body that looks like an object: no text is both.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from channels.http import download
from channels.inbound import (
    CannotFetch,
    Envelope,
    File,
    Inbound,
    Incoming,
    NotUnderstood,
    json_body,
    require,
    same,
)
from channels.outbound import CannotSend
from channels.x import api, reading

SIGNATURE = "X-Twitter-Webhooks-Signature"
TOKEN = re.compile(r"[A-Za-z0-9+/=_.-]{1,200}")


class XIn(Inbound):
    """Direct messages and mentions. Nothing that the portal's own account writes is taken."""

    channel = provider = "x"

    def is_configured(self) -> bool:
        """With an account and an app."""
        return api.is_configured()

    def handshake(self, request: HttpRequest) -> HttpResponse | None:
        """The proof that the address is ours. Raises Forged for what is no token of X."""
        if request.method != "GET":
            return None
        token = request.GET.get("crc_token", "")
        require(TOKEN.fullmatch(token) is not None)
        return JsonResponse({"response_token": signature(token.encode())})

    def prove(self, request: HttpRequest, secret: str) -> None:
        """HMAC-SHA256 of the raw body with the consumer secret. Raises Forged."""
        require(request.body.lstrip()[:1] == b"{")
        require(same(request.headers.get(SIGNATURE, ""), signature(request.body)))

    def envelopes(self, request: HttpRequest) -> list[Envelope]:
        """Each message and mention of a batch; other events are none of ours. Raises NotUnderstood."""
        data = json_body(request).get("data")
        events: list[Any] = data if isinstance(data, list) else [data]
        if not events or not all(isinstance(event, dict) for event in events):
            raise NotUnderstood("no_data")
        return [found for event in events for found in _of_event(event)]

    def read(self, payload: dict[str, Any]) -> Incoming:
        """What somebody wrote. Raises NotUnderstood."""
        return reading.read(payload)

    def fetch(self, file: File) -> tuple[str, bytes]:
        """A photo, asked for as the portal's account. Raises CannotFetch."""
        if file.ref.get("type") != "photo":
            raise CannotFetch("no_photo", for_good=True)
        hosts = tuple(filter(None, api.values()["media_hosts"].split(",")))
        with api.opened() as session:
            url = file.ref.get("url") or _looked_up(session, file.ref)
            return url.rpartition("/")[2].partition("?")[0], download(session, url, hosts)

    def answer(self) -> HttpResponse:
        """X wants a 200."""
        return JsonResponse({})


def signature(text: bytes) -> str:
    """How X signs: sha256= and base64."""
    key = api.values()["consumer_secret"].encode()
    return f"sha256={base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()}"


def _of_event(event: dict[str, Any]) -> Iterator[Envelope]:
    """The messages of one event, as far as they are for this account and not from it."""
    account = api.values()["user_id"]
    subscribed = event.get("filter")
    meant = subscribed.get("user_id", account) if isinstance(subscribed, dict) else account
    if str(meant) != account:
        return
    for external_id, sender, payload in reading.messages_of(event, account):
        if sender == account:
            continue
        if external_id and sender:
            yield Envelope(account, external_id, payload, sender)
        else:
            # The rest of the batch is taken; this waits for the desk.
            digest = hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
            yield Envelope(account, f"odd:{digest}", payload)


def _looked_up(session: Any, ref: dict[str, Any]) -> str:
    """Where a photo is, of which only the key was given. Raises CannotFetch."""
    query = {"expansions": "attachments.media_keys", "media.fields": "type,url"}
    try:
        answer = api.get(session, ref["of"], query)
    except CannotSend as failure:
        raise CannotFetch(failure.kind, for_good=failure.for_good) from None
    found = reading.media_by_key(answer.get("includes")).get(ref["key"], {})
    if not found.get("url"):
        raise CannotFetch("no_address", for_good=True)
    return str(found["url"])
