"""X: webhooks of the X Activity API, for direct messages and mentions.

Proof of the address (CRC) and of each call: base64 of HMAC-SHA256 under the app's consumer secret.
Source: https://docs.x.com/x-api/activity/event-payloads, https://docs.x.com/x-api/webhooks/quickstart
"""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from channels.simulator.people import Person
from channels.simulator.providers.base import Keys, Provider, Report, Said, digits
from channels.simulator.wire import Answer, Request, compact

#: The portal's own account there.
PORTAL_NAME = "complaint_portal"


class X(Provider):
    """Direct messages; and posts that mention the portal, which everybody can read."""

    name, channel, path = "x", "x", "/channels/x/"
    secrets = ("consumer_secret",)
    offers = frozenset({"photo", "public", "handshake"})
    reports = ((4.0, "read"),)

    def new_id(self) -> str:
        return f"19{digits(17)}"

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        if said.is_public:
            post, includes = _mention(person, said, message_id, keys)
            return self._event("post.mention.create", post, keys, includes)
        return self._event("dm.received", _direct(person, said, message_id, keys), keys)

    def shown(self, said: Said) -> str:
        return f"@{PORTAL_NAME} {said.text}" if said.is_public else said.text

    def report(self, report: Report) -> Request | None:
        """That somebody has read a direct message; of anything else X says nothing."""
        event = {
            "type": "message_mark_read",
            "created_timestamp": str(int(time.time() * 1000)),
            "sender_id": report.person.x_id,
            "target": {"recipient_id": self.keys["user_id"]},
            "last_read_event_id": report.message_id,
        }
        return self._event("dm.read", {"direct_message_mark_read_events": [event]}, self.keys)

    def _event(
        self, kind: str, payload: dict[str, Any], keys: Keys, includes: dict[str, Any] | None = None
    ) -> Request:
        data: dict[str, Any] = {
            "event_uuid": digits(19),
            "filter": {"user_id": keys["user_id"]},
            "event_type": kind,
            "tag": "portal",
            "payload": payload,
        }
        if includes:
            data["includes"] = includes
        text = compact({"data": data})
        headers = {
            "Content-Type": "application/json",
            "x-twitter-webhooks-signature": proof(text, keys["consumer_secret"]),
        }
        return Request(self.url, text, headers)

    def handshake(self, keys: Keys) -> Request:
        query = {"crc_token": digits(20), "nonce": digits(20)}
        return Request(f"{self.url}?{urlencode(query)}", method="GET")

    def is_shaken(self, request: Request, answer: Answer) -> bool:
        [token] = parse_qs(urlsplit(request.url).query)["crc_token"]
        try:
            given = json.loads(answer.body)["response_token"]
        except (ValueError, KeyError, TypeError):
            return False
        return answer.status == 200 and given == proof(token, self.keys["consumer_secret"])


def proof(text: str, secret: str) -> str:
    """What X signs with: sha256= and base64."""
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


def _direct(person: Person, said: Said, message_id: str, keys: Keys) -> dict[str, Any]:
    """A direct message, as older APIs write it."""
    kinds = ("hashtags", "symbols", "user_mentions", "urls")
    entities: dict[str, Any] = {kind: [] for kind in kinds}
    data: dict[str, Any] = {"text": said.text, "entities": entities}
    if said.photo:
        # A photo stands in the words too, as a short link behind them.
        link = f"https://t.co/{said.photo[:10]}"
        data["text"] = f"{said.text} {link}".lstrip()
        entities["urls"] = [{"url": link, "display_url": f"pic.x.com/{said.photo[:10]}"}]
        url = f"{keys['url']}/1.1/ton/data/dm/{message_id}/{said.photo}/photo.jpg"
        media = {"id": int(said.photo), "id_str": said.photo, "url": link, "type": "photo"}
        data["attachment"] = {"type": "media", "media": {**media, "media_url_https": url}}
    event = {
        "type": "message_create",
        "id": message_id,
        "created_timestamp": str(int(time.time() * 1000)),
        "message_create": {
            "target": {"recipient_id": keys["user_id"]},
            "sender_id": person.x_id,
            "message_data": data,
        },
    }
    users = {person.x_id: {"data": _user(person)}}
    return {"direct_message_events": [event], "users": users}


def _mention(
    person: Person, said: Said, message_id: str, keys: Keys
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A post that names the portal's account; it stands first."""
    name = f"@{PORTAL_NAME}"
    mention = {"start": 0, "end": len(name), "username": PORTAL_NAME, "id": keys["user_id"]}
    text = f"{name} {said.text}"
    post = {
        "id": message_id,
        "author_id": person.x_id,
        "text": text,
        "created_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "conversation_id": message_id,
        "edit_history_tweet_ids": [message_id],
        "display_text_range": [0, len(text)],
        "entities": {"mentions": [mention]},
        "reply_settings": "everyone",
        "lang": "und",
    }
    portal = {"id": keys["user_id"], "username": PORTAL_NAME, "name": "Complaint portal"}
    return post, {"users": [_user(person), portal]}


def _user(person: Person) -> dict[str, Any]:
    return {"id": person.x_id, "name": person.names["en"], "username": person.x_name or person.key}
