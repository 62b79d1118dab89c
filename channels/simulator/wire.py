"""What goes over the wire between a pretended provider and the portal: real HTTP, on this machine only."""

import ipaddress
import json
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

#: Seconds to connect, and until the portal answers: it only stores what it is brought.
TIMEOUT = (2, 10)
#: As much of an answer or a body as is kept to be looked at.
LONGEST_SHOWN = 20_000


class NotHere(Exception):
    """The address is not on this machine: nothing of the simulator goes there."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a provider sends to the portal, to the last byte."""

    url: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"

    def kept(self) -> dict[str, Any]:
        """As it is kept beside a message, to be shown or sent once more."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the portal answered; status 0 if it did not, then `body` says why not."""

    status: int
    body: str

    @property
    def is_taken(self) -> bool:
        """Whether a provider would be content."""
        return 200 <= self.status < 300


def is_here(url: str) -> bool:
    """Whether an address leads to this very machine and nowhere else."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https"):
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def send(request: Request) -> Answer:
    """Bring it to the portal. Raises NotHere for any other machine; redirects are not followed."""
    if not is_here(request.url):
        raise NotHere(urlsplit(request.url).hostname)
    with requests.Session() as session:
        # A proxy of the surroundings is no part of this machine.
        session.trust_env = False
        try:
            response = session.request(
                request.method,
                request.url,
                data=request.body.encode(),
                headers=request.headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return Answer(0, type(error).__name__)
        return Answer(response.status_code, response.text[:LONGEST_SHOWN])


def compact(body: dict[str, Any]) -> str:
    """JSON as providers write it: no spaces, letters beyond ASCII escaped."""
    return json.dumps(body, separators=(",", ":"))
