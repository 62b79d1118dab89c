"""X on this machine: an API that answers as the documents say, and people whose messages it signs and
brings. What they read is what the portal sent to that API.
"""

import base64
import hashlib
import hmac
import itertools
import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from django.test import Client

from channels import intake, relay

#: The portal's account, and somebody else's.
US, THEM = "1111111111111111111", "2222222222222222222"
CONSUMER_SECRET, ACCESS_SECRET = "consumer-secret", "access-secret"
DUPLICATE = {
    "detail": "You are not allowed to create a Tweet with duplicate content.",
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
}
NO_MESSAGES = {
    "detail": "You do not have permission to DM one or more participants.",
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
}
_numbers = itertools.count(2080765901528535096)


@dataclass(frozen=True)
class Asked:
    """One call of the portal."""

    method: str
    url: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def text(self) -> str:
        return str(self.body["text"])


class X:
    """Keeps what it is asked. Answers what `answers` holds next, else what `always` says, else well."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: deque[tuple[int, Any, dict[str, str]]] = deque()
        self.always: tuple[int, Any, dict[str, str]] | None = None
        self.files: dict[str, bytes] = {}
        #: What is looked up by its path.
        self.known: dict[str, dict[str, Any]] = {}
        #: Ids of public posts by their words.
        self.out: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def messages(self) -> list[Asked]:
        """Direct messages that it was asked to send."""
        return [asked for asked in self.asked if "/dm_conversations/" in asked.path]

    @property
    def posts(self) -> list[Asked]:
        """Public posts that it was asked for."""
        return [asked for asked in self.asked if asked.path == "/2/tweets"]

    def answer(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        if self.answers:
            return self.answers.popleft()
        if self.always is not None:
            return self.always
        if not is_signed(asked):
            return 401, {"title": "Unauthorized", "type": "about:blank", "status": 401}, {}
        number = str(next(_numbers))
        if asked.path == "/2/tweets":
            if asked.text in self.out:
                return 403, DUPLICATE, {}
            self.out[asked.text] = number
            return 201, {"data": {"id": number, "text": asked.text}}, {}
        if asked.method == "POST":
            return 201, {"data": {"dm_conversation_id": f"{US}-{THEM}", "dm_event_id": number}}, {}
        if asked.path in self.files:
            return 200, self.files[asked.path], {}
        return (200 if asked.path in self.known else 404), self.known.get(asked.path, {}), {}


def is_signed(asked: Asked) -> bool:
    """Whether a call carries the signature of RFC 5849, section 3.4, worked out anew from its text."""
    header = asked.headers.get("Authorization", "")
    given = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}
    signature = given.pop("oauth_signature", "")
    parts = urlsplit(asked.url)
    pairs = sorted([*given.items(), *parse_qsl(parts.query)])
    joined = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs)
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    base = "&".join([asked.method, quote(address, safe=""), quote(joined, safe="")])
    key = f"{CONSUMER_SECRET}&{ACCESS_SECRET}".encode()
    expected = base64.b64encode(hmac.new(key, base.encode(), hashlib.sha1).digest()).decode()
    names = ("oauth_consumer_key", "oauth_token", "oauth_signature_method")
    keys = tuple(given.get(name) for name in names)
    return keys == ("consumer-key", "access-token", "HMAC-SHA1") and signature == expected


def _handler(x: X) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply()

        def do_POST(self) -> None:
            self.reply()

        def reply(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = f"http://{self.headers['Host']}{self.path}"
            asked = Asked(self.command, url, dict(self.headers), json.loads(raw) if raw else {})
            x.asked.append(asked)
            status, found, headers = x.answer(asked)
            content = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return None

    return Handler


def values(x: X | None = None, **more: str) -> dict[str, dict[str, str]]:
    """What an installation sets."""
    return {
        "x": {
            "url": x.origin if x else "http://127.0.0.1:9",
            "user_id": US,
            "consumer_key": "consumer-key",
            "consumer_secret": CONSUMER_SECRET,
            "access_token": "access-token",
            "access_secret": ACCESS_SECRET,
            "posts": "1",
            "media_hosts": "127.0.0.1",
            "simulated": "",
            **more,
        }
    }


@pytest.fixture
def no_x(settings: Any) -> None:
    """X is set up; nobody answers."""
    settings.PROVIDERS = {**settings.PROVIDERS, **values()}


@pytest.fixture
def x(settings: Any) -> Iterator[X]:
    """X is set up, with an API that answers."""
    server = X()
    settings.PROVIDERS = {**settings.PROVIDERS, **values(server)}
    settings.REPLIES_BY = frozenset({"x"})
    yield server
    server.close()


# --- What X brings ----------------------------------------------------------------------------


def signed(raw: bytes, secret: str = CONSUMER_SECRET) -> str:
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


def bring(client: Client, body: Any, **headers: str) -> Any:
    """Post something as X does: signed, unless a header is given."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(
        "/channels/x/",
        data=raw,
        content_type="application/json",
        headers={"X-Twitter-Webhooks-Signature": signed(raw), **headers},
    )


def event(kind: str, payload: Any, **more: Any) -> dict[str, Any]:
    """An event of the X Activity API, as its page of payloads shows it."""
    return {
        "event_uuid": str(next(_numbers)),
        "filter": {"user_id": US},
        "event_type": kind,
        "tag": "portal",
        "payload": payload,
        **more,
    }


def direct(text: str, *, sender: str = THEM, message_id: str = "", **data: Any) -> dict[str, Any]:
    """`dm.received`, with `direct_message_events` and a map of profiles."""
    entities = {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []}
    message = {
        "type": "message_create",
        "id": message_id or str(next(_numbers)),
        "created_timestamp": "1795319950704",
        "message_create": {
            "target": {"recipient_id": US},
            "sender_id": sender,
            "message_data": {"text": text, "entities": entities, **data},
        },
    }
    users = {sender: {"data": {"id": sender, "username": "OtherUser", "name": "Rahima Begum"}}}
    return event("dm.received", {"direct_message_events": [message], "users": users})


def photo(x: X, content: bytes) -> dict[str, Any]:
    """What a direct message with a photo has beside its words."""
    path = "/1.1/ton/data/dm/2080765901528535096/1221092866912550912/OwIPMAFC.png"
    x.files[path] = content
    media = {
        "id": 1221092866912550912,
        "id_str": "1221092866912550912",
        "media_url_https": f"{x.origin}{path}",
        "url": "https://t.co/Mq6pVXPx1M",
        "type": "photo",
    }
    return {"attachment": {"type": "media", "media": media}}


def mention(text: str, *, author: str = THEM, includes: Any = None, **more: Any) -> dict[str, Any]:
    """`post.mention.create`; the text names @CabinetPortal."""
    post_id = str(more.pop("id", next(_numbers)))
    at = text.find("@CabinetPortal")
    mentions = [{"start": at, "end": at + 14, "username": "CabinetPortal", "id": US}]
    post = {
        "id": post_id,
        "author_id": author,
        "text": text,
        "created_at": "2026-11-22T03:59:10.000Z",
        "conversation_id": post_id,
        "edit_history_tweet_ids": [post_id],
        "entities": {"mentions": mentions},
        "reply_settings": "everyone",
        "lang": "en",
        **more,
    }
    users = [{"id": author, "username": "OtherUser"}, {"id": US, "username": "CabinetPortal"}]
    return event("post.mention.create", post, includes={"users": users, **(includes or {})})


class Somebody:
    """Somebody with an account at X, who writes and reads."""

    def __init__(self, client: Client, x: X) -> None:
        self.client, self.x, self.read = client, x, 0

    def write(self, text: str = "", **data: Any) -> list[str]:
        """Send a direct message, have it taken and answered; gives what came back."""
        return self.brings(direct(text, **data))

    def posts(self, text: str, **more: Any) -> list[str]:
        """Post something in public; gives what came back by direct message."""
        return self.brings(mention(text, **more))

    def brings(self, found: dict[str, Any]) -> list[str]:
        assert bring(self.client, {"data": found}).status_code == 200
        intake.take_messages()
        return self.heard()

    def heard(self) -> list[str]:
        """What came since the last time."""
        relay.deliver_notices()
        new = self.x.messages[self.read :]
        self.read += len(new)
        assert all(asked.path == f"/2/dm_conversations/with/{THEM}/messages" for asked in new)
        return [asked.text for asked in new]
