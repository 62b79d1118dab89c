"""What every way in has in common: prove, take apart, store; read it later.

A folder a channel has an `inbound.py` with one class for each dialect. In the request it only proves
the sender over the raw bytes and takes a batch apart (`envelopes`); `read` is called by a worker.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from complaints.services import sealing


class Forged(Exception):
    """The request does not come from the provider: 403, logged, nothing is stored."""


class NotUnderstood(Exception):
    """What was stored is no message that we know; it waits for the desk. `why` is a code.

    `found` is as much of it as could be read: the desk is shown it.
    """

    def __init__(self, why: str, found: "Incoming | None" = None) -> None:
        super().__init__(why)
        self.why, self.found = why, found


class CannotFetch(Exception):
    """A file of a message could not be had. `for_good`: no retry helps. `why` is a code."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.why, self.for_good = why, for_good


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message of a batch, as it is stored.

    `sender` is the address to answer to, as the channel's way out wants it (E.164 for SMS), `other` a
    second name of the same account; both empty for a receipt. `payload` is what `read` is given.
    """

    account: str
    external_id: str
    payload: dict[str, Any]
    sender: str = ""
    other: str = ""
    is_receipt: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a message: `ref` says where it is to be had, `name` what it is called."""

    ref: dict[str, Any]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What somebody wrote.

    `reply_to` is the provider's id of our message that it answers; `token` a signed one of ours that
    it brought back (e-mail). `sent_at` is what the provider says, if it does. `is_public`: everybody
    could read it (a post). `nothing`: there is nothing to do (an edited like, a number that changed).
    `forwarded`: not their own words or photo, but passed on ("once" or "often", as `Actor` has it).
    """

    text: str = ""
    files: tuple[File, ...] = ()
    reply_to: str = ""
    token: str = ""
    latitude: float | None = None
    longitude: float | None = None
    sent_at: datetime | None = None
    is_public: bool = False
    nothing: bool = False
    forwarded: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message of ours: `delivery` as in `Notice.Delivery`; `error` is a code."""

    provider_id: str
    delivery: str
    error: str = ""


class Inbound:
    """A way in: a subclass for each dialect. All but `fetch` is pure over its arguments and the
    settings.
    """

    #: The channel's code in the registry; the provider's name, in its address and on the health page.
    channel: str
    provider: str

    def is_configured(self) -> bool:
        """Whether this installation has what it needs; else its address answers 404."""
        raise NotImplementedError

    def handshake(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a provider that asks whether the address is ours; None for messages.

        Raises Forged for somebody else who asks.
        """
        return None

    def prove(self, request: HttpRequest, secret: str) -> None:
        """Check the signature over the raw bytes, or the secret of the path. Raises Forged."""
        raise NotImplementedError

    def envelopes(self, request: HttpRequest) -> list[Envelope]:
        """Take the batch apart. Raises NotUnderstood: then the raw bytes are stored for the desk."""
        raise NotImplementedError

    def odd(self, account: str, found: Any) -> Envelope:
        """Something in a batch that we do not know: it waits for the desk, and holds up no other."""
        digest = sealing.blind_index("odd", json.dumps(found, sort_keys=True))
        return Envelope(account, f"odd:{digest}", {"odd": found})

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        """What a stored message says. Raises NotUnderstood."""
        raise NotImplementedError

    def shown(self, payload: dict[str, Any]) -> str:
        """What the provider sent, as the desk looks at it. Raises what `read` raises."""
        return json.dumps(payload, ensure_ascii=False, indent=1)

    def fetch(self, file: File) -> tuple[str, bytes]:
        """A file's name and content, at most as large as is kept. Raises CannotFetch."""
        raise CannotFetch("no_files", for_good=True)

    def answer(self) -> HttpResponse:
        """What the provider wants to hear when all is stored."""
        return HttpResponse("ok", content_type="text/plain")


def require(condition: bool) -> None:
    """Raises Forged unless the proof holds."""
    if not condition:
        raise Forged


def same(given: str, expected: str) -> bool:
    """Whether two texts are the same, in constant time; never for an empty one."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def json_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request. Raises NotUnderstood for anything else."""
    try:
        found = json.loads(request.body)
        # Half of a surrogate pair is good JSON and no text: it could be neither kept nor encrypted.
        found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise NotUnderstood("no_json") from None
    if not isinstance(found, dict):
        raise NotUnderstood("no_object")
    return found
