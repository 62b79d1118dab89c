"""One call of a webhook, signed as Standard Webhooks says (https://www.standardwebhooks.com).

The address is an agency's choice: it leads to the open internet or nowhere (unless a setting allows it),
a redirect is a failure, and what is answered is neither kept nor logged.
"""

import contextlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import requests
from django.conf import settings
from django.utils import timezone
from requests.adapters import HTTPAdapter
from requests.cookies import cookiejar_from_dict
from standardwebhooks import Webhook
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError

from channels.public_hosts import NotPublic, PublicConnection, PublicOnly, Watched

#: Seconds for connecting, and then for the head of the answer: 15 in all.
CONNECT, HEAD = 5.0, 10.0
#: What is read of an answer, so that the connection can serve again: bytes, and seconds.
READ, READING = 4096, 1.0


class _PlainConnection(Watched):
    to_connect, to_answer = CONNECT, HEAD


class _PublicConnection(PublicConnection):
    to_connect, to_answer = CONNECT, HEAD


class _AnyConnection(Watched, HTTPSConnection):
    to_connect, to_answer = CONNECT, HEAD


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _AnyPool(HTTPSConnectionPool):
    ConnectionCls = _AnyConnection


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _Public(PublicOnly):
    pools: ClassVar = {"https": _PublicPool}


class _Anywhere(PublicOnly):
    """For demonstrations: also to machines of our own network, and without TLS."""

    pools: ClassVar = {"https": _AnyPool, "http": _PlainPool}


class _Nowhere(HTTPAdapter):
    """Without TLS nothing leaves."""

    def send(self, *_args: Any, **_options: Any) -> requests.Response:
        raise requests.exceptions.InvalidSchema


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: the kind of failure ("" is well), and how long it took in milliseconds."""

    kind: str
    ms: int

    @property
    def is_well(self) -> bool:
        return not self.kind


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent where. `secrets` sign it, each of them, so that one can be changed."""

    url: str
    secrets: Sequence[str]
    webhook_id: str
    body: str


class _NoCookies(requests.cookies.RequestsCookieJar):
    def extract_cookies(self, *_args: Any) -> None:
        """None of an answer is kept."""


def new_session() -> requests.Session:
    """A session for the calls of one system."""
    session = requests.Session()
    session.cookies = cookiejar_from_dict({}, cookiejar=_NoCookies())
    if settings.WEBHOOKS_TO_PRIVATE:
        session.mount("https://", _Anywhere())
        session.mount("http://", _Anywhere())
    else:
        session.mount("https://", _Public())
        session.mount("http://", _Nowhere())
    return session


def body_of(event: dict[str, Any]) -> str:
    """The body of a webhook: type, moment and the event as the feed has it."""
    told = {"type": event["type"], "timestamp": event["happened_at"], "data": event}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def call(session: requests.Session, what: Call) -> Outcome:
    """Call once, and say how it ended: never an exception, never longer than about 16 seconds."""
    began = time.monotonic()
    try:
        with session.post(
            what.url,
            data=what.body.encode(),
            headers=_headers(what),
            timeout=(CONNECT, HEAD),
            allow_redirects=False,
            stream=True,
        ) as response:
            kind = _kind_of(response.status_code)
            _finish(response)
    except requests.exceptions.SSLError:
        kind = "tls"
    except requests.Timeout:
        kind = "timeout"
    except requests.ConnectionError as error:
        kind = _why_not(error, time.monotonic() - began)
    except (requests.RequestException, HTTPError, ValueError):
        kind = "bad_address"
    return Outcome(kind, int((time.monotonic() - began) * 1000))


def _headers(what: Call) -> dict[str, str]:
    now = timezone.now()
    signed = [Webhook(secret).sign(what.webhook_id, now, what.body) for secret in what.secrets]
    return {
        "content-type": "application/json",
        "user-agent": "complaint-portal-webhooks/1",
        "webhook-id": what.webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def _kind_of(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return "redirect"
    return f"http_{status}"


def _finish(response: requests.Response) -> None:
    """Read a short answer, so that the next call need not connect anew. Of a long one the rest is left."""
    until, left = time.monotonic() + READING, READ
    with contextlib.suppress(HTTPError, OSError):
        while left > 0 and time.monotonic() < until:
            piece = response.raw.read1(left)
            if not piece:
                break
            left -= len(piece)


def _why_not(error: requests.ConnectionError, seconds: float) -> str:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, NotPublic):
        return "private_address"
    # Hung up on because it had taken its time.
    return "timeout" if seconds >= CONNECT else "unreachable"
