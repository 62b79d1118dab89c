"""Meta on this machine: a Graph API that answers as the documents say, and people whose messages it signs
and brings. What they read is what the portal sent to that API.
"""

import hashlib
import hmac
import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from channels import intake, relay

NUMBER_ID, PAGE_ID = "106540352242922", "682498302938465"
APP_SECRET, VERIFY_TOKEN, TOKEN = "app-secret", "our-word", "EAAJB-token"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Asked:
    """One call of the portal."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """The words of a message, however it was sent; of a template its values."""
        if self.body.get("type") == "template":
            [body] = self.body["template"]["components"]
            return " ".join(value["text"] for value in body["parameters"])
        return str((self.body.get("text") or {}).get("body") or self.body["message"]["text"])


def error(code: int, subcode: int | None = None, words: str = "Refused") -> dict[str, Any]:
    """An error as the Graph API writes it."""
    told = {"message": f"(#{code}) {words}", "type": "OAuthException", "code": code}
    return {"error": told | ({"error_subcode": subcode} if subcode else {}) | {"fbtrace_id": "A1"}}


class Graph:
    """Keeps what it is asked. Answers what `answers` holds next, else what `always` says, else well."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: deque[tuple[int, Any]] = deque()
        self.always: tuple[int, Any] | None = None
        self.media: dict[str, tuple[bytes, dict[str, Any]]] = {}
        #: Seconds before an answer.
        self.slow = 0.0
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
        """The messages that it was asked to send."""
        return [asked for asked in self.asked if asked.method == "POST"]

    @property
    def last(self) -> Asked:
        return self.asked[-1]

    def keep(self, media_id: str, content: bytes, **told: Any) -> None:
        """Have a file, and tell of it what is true or what is given."""
        true = {
            "messaging_product": "whatsapp",
            "url": f"{self.origin}/file/{media_id}",
            "mime_type": "image/jpeg",
            "sha256": hashlib.sha256(content).hexdigest(),
            "file_size": len(content),
            "id": media_id,
        }
        self.media[media_id] = content, true | told

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if self.answers:
            return self.answers.popleft()
        if self.always is not None:
            return self.always
        last = asked.path.rpartition("/")[2]
        if asked.path.startswith("/cdn/"):
            return 200, self.media[last][0]
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, error(190, words="Invalid OAuth access token.")
        if asked.method == "POST":
            return 200, self._sent(asked.body)
        if last not in self.media:
            return 400, error(100, 33, "Unsupported get request.")
        content, told = self.media[last]
        return 200, content if "/file/" in asked.path else told

    def _sent(self, body: dict[str, Any]) -> dict[str, Any]:
        number = next(_numbers)
        if "messaging_product" in body:
            to = body.get("to") or body.get("recipient")
            return {
                "messaging_product": "whatsapp",
                "contacts": [{"input": to, "wa_id": to}],
                "messages": [{"id": f"wamid.out{number}", "message_status": "accepted"}],
            }
        return {"recipient_id": body["recipient"]["id"], "message_id": f"m_out{number}"}


def _handler(graph: Graph) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply()

        def do_POST(self) -> None:
            self.reply()

        def reply(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(
                self.command, self.path, dict(self.headers), json.loads(raw) if raw else {}
            )
            graph.asked.append(asked)
            time.sleep(graph.slow)
            status, found = graph.answer(asked)
            content = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{graph.origin}/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except ConnectionError:
                return

        def log_message(self, *_: Any) -> None:
            return None

    return Handler


def values(graph: Graph | None = None) -> dict[str, dict[str, str]]:
    """What an installation sets."""
    both = {
        "url": f"{graph.origin if graph else 'http://127.0.0.1:9'}/v23.0",
        "token": TOKEN,
        "app_secret": APP_SECRET,
        "verify_token": VERIFY_TOKEN,
        "media_hosts": "127.0.0.1",
        "simulated": "",
    }
    return {
        "whatsapp": {**both, "phone_id": NUMBER_ID, "template": "case_news"},
        "messenger": {**both, "page_id": PAGE_ID},
    }


@pytest.fixture
def meta(settings: Any) -> None:
    """Both ways are set up; nobody answers."""
    settings.PROVIDERS = {**settings.PROVIDERS, **values()}


@pytest.fixture
def graph(settings: Any) -> Iterator[Graph]:
    """Both ways are set up, with a Graph API that answers."""
    server = Graph()
    settings.PROVIDERS = {**settings.PROVIDERS, **values(server)}
    settings.REPLIES_BY = frozenset({"whatsapp", "messenger"})
    yield server
    server.close()


# --- What Meta brings -------------------------------------------------------------------------


def signed(raw: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def bring(client: Client, provider: str, body: Any, **headers: str) -> Any:
    """Post a batch as Meta does: signed, unless a header is given."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(
        f"/channels/{provider}/",
        data=raw,
        content_type="application/json",
        headers={"X-Hub-Signature-256": signed(raw), **headers},
    )


def whatsapp_batch(
    *messages: Any, contacts: Any = (), statuses: Any = (), number: str = NUMBER_ID
) -> dict[str, Any]:
    """A batch as the reference of the `messages` webhook shows it."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": number},
    }
    parts = {"contacts": list(contacts), "messages": list(messages), "statuses": list(statuses)}
    value |= {name: part for name, part in parts.items() if part}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}],
    }


def status(message_id: str, said: str, *codes: int) -> dict[str, Any]:
    """A report as the reference of the status webhook shows it."""
    found: dict[str, Any] = {
        "id": message_id,
        "status": said,
        "timestamp": "1795320000",
        "recipient_id": "8801712345678",
        "recipient_user_id": "BD.13491208655302741918",
    }
    if codes:
        told = {"title": "Refused", "error_data": {"details": "8801712345678 is not there"}}
        found["errors"] = [{"code": code, **told} for code in codes]
    return found


def messenger_batch(*events: Any, page: str = PAGE_ID, under: str = "messaging") -> dict[str, Any]:
    """A batch as the references of Messenger's webhooks show it."""
    return {"object": "page", "entry": [{"id": page, "time": 1795320000000, under: list(events)}]}


class Somebody:
    """Somebody with an account at Meta, who writes and reads."""

    provider: str

    def __init__(self, client: Client, graph: Graph) -> None:
        self.client, self.graph, self.read = client, graph, 0

    def batch(self, content: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def write(self, text: str = "", /, **content: Any) -> list[str]:
        """Send a message, have it taken and answered; gives what came back."""
        body = self.batch(content or {"type": "text", "text": {"body": text}})
        assert bring(self.client, self.provider, body).status_code == 200
        intake.take_messages()
        return self.heard()

    def heard(self) -> list[str]:
        """What came since the last time."""
        relay.deliver_notices()
        new = self.graph.messages[self.read :]
        self.read += len(new)
        return [asked.text for asked in new]


class OnWhatsApp(Somebody):
    """By number, by id, or by both."""

    provider = "whatsapp"
    number, user_id = "8801712345678", "BD.13491208655302741918"

    def names(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """How a message and its contact name them."""
        message = {"from": self.number, "from_user_id": self.user_id}
        contact = {"wa_id": self.number, "user_id": self.user_id}
        return (
            {name: value for name, value in message.items() if value},
            {name: value for name, value in contact.items() if value},
        )

    def batch(self, content: dict[str, Any]) -> dict[str, Any]:
        names, contact = self.names()
        message = {"id": f"wamid.in{next(_numbers)}", "timestamp": "1795320000", **names, **content}
        return whatsapp_batch(message, contacts=[{"profile": {"name": "Rahima"}, **contact}])


class OnMessenger(Somebody):
    """By an id for the page."""

    provider = "messenger"
    psid = "7123456789012345"

    def event(self, **parts: Any) -> dict[str, Any]:
        """Something that they did."""
        both = {"sender": {"id": self.psid}, "recipient": {"id": PAGE_ID}}
        return {**both, "timestamp": 1795320000000, **parts}

    def batch(self, content: dict[str, Any]) -> dict[str, Any]:
        if content.get("type") == "text":
            content = {"text": content["text"]["body"]}
        return messenger_batch(self.event(message={"mid": f"m_in{next(_numbers)}", **content}))
