"""A push service on this machine, and a browser that subscribed to it: what arrives is really decrypted."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode

from channels.push import devices, subscription
from complaints.models import Notice
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

#: For tests alone.
VAPID = {"private_key": "2vVTCXPqoDqRc7V0tJSC8sPhO0E3mJQSMGdNlVXkKzo", "subject": ""}


class Browser:
    """A device: it has a key of its own, and an address at the push service."""

    def __init__(self, service: "PushService", name: str = "phone") -> None:
        self.service, self.name = service, name
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)

    @property
    def endpoint(self) -> str:
        return f"{self.service.url}/push/{self.name}"

    def subscription(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": b64urlencode(point), "auth": b64urlencode(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    @property
    def posts(self) -> list[dict[str, Any]]:
        """What the push service was sent for this device: headers (lower case) and body."""
        return [post for post in self.service.posts if post["path"] == f"/push/{self.name}"]

    def read(self) -> list[dict[str, Any]]:
        """The messages as the device's service worker gets them."""
        return [json.loads(self._decrypted(post["body"])) for post in self.posts]

    def _decrypted(self, body: bytes) -> bytes:
        found: bytes = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        return found


class PushService:
    """Takes messages as RFC 8030 says; `answers` gives another status (and headers) for a device."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                service.posts.append({"path": self.path, "headers": headers, "body": body})
                name = self.path.rsplit("/", 1)[1]
                status, more = service.answers.get(name, (201, {}))
                self.send_response(status)
                for header, value in more.items():
                    self.send_header(header, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def is_signed_by_us(post: dict[str, Any]) -> bool:
    """Whether a message proves that the portal sent it (RFC 8292)."""
    proof = post["headers"]["authorization"]
    ours = Vapid02.from_string(VAPID["private_key"]).public_key
    point = ours.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return proof.endswith(f"k={b64urlencode(point)}") and bool(Vapid02.verify(proof))


def a_case(scene: Scene, **filing: Any) -> Play:
    """Of somebody who gave no contact: only devices are told."""
    return Play(scene, named=False, **filing)


def subscribed(play: Play, *browsers: Browser) -> None:
    for browser in browsers:
        devices.add(
            actor=play.actor("citizen"),
            number=play.number,
            subscription=subscription.read(browser.subscription()),
        )


def push_notices() -> list[Notice]:
    return list(Notice.objects.filter(channel="push").order_by("pk"))
