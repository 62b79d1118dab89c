"""What WhatsApp and Messenger share: Meta's handshake and signature, its JSON, and its Graph API.

Sources: developers.facebook.com, "Getting started with webhooks" (handshake, signature), "Graph API:
handling errors", "WhatsApp error codes", "Messenger Platform: common error codes" (as of 2026).
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from channels.http import ask, check, json_of
from channels.inbound import Envelope, Inbound, NotUnderstood, json_body, require, same
from channels.outbound import CannotSend, Letter
from complaints.services.notices import WINDOW_CLOSED

SIGNATURE = "X-Hub-Signature-256"
#: Names under which Meta says who wrote, and to which of our addresses.
WHO = frozenset({"contact", "from", "from_user_id", "from_parent_user_id", "user_id", "wa_id"})
WHO |= {"sender", "recipient", "recipient_id", "recipient_user_id", "username"}

# --- In ---------------------------------------------------------------------------------------


class MetaIn(Inbound):
    """A webhook of a Meta app. A subclass says what an entry of a batch holds, and what it means."""

    #: What has to be set; what the JSON says it is about.
    needs: tuple[str, ...]
    about: str

    @property
    def values(self) -> dict[str, str]:
        """What this installation set."""
        found: dict[str, str] = settings.PROVIDERS[self.provider]
        return found

    def is_configured(self) -> bool:
        """With an app, its page or number, and a token to answer with."""
        return all(self.values[name] for name in self.needs)

    def handshake(self, request: HttpRequest) -> HttpResponse | None:
        """Give back the challenge to whoever knows our word. Raises Forged."""
        if request.method != "GET":
            return None
        require(request.GET.get("hub.mode") == "subscribe")
        require(same(request.GET.get("hub.verify_token", ""), self.values["verify_token"]))
        return HttpResponse(request.GET.get("hub.challenge", ""), content_type="text/plain")

    def prove(self, request: HttpRequest, secret: str) -> None:
        """HMAC-SHA256 of the raw body with the app's secret. Raises Forged."""
        key = self.values["app_secret"].encode()
        expected = hmac.new(key, request.body, hashlib.sha256).hexdigest()
        require(same(request.headers.get(SIGNATURE, ""), f"sha256={expected}"))

    def envelopes(self, request: HttpRequest) -> list[Envelope]:
        """Each message and report of a batch; what is odd becomes one of its own, for the desk."""
        body = json_body(request)
        if body.get("object") != self.about:
            raise NotUnderstood("wrong_object")
        return [found for entry in items(body.get("entry")) for found in self.of_entry(entry)]

    def of_entry(self, entry: Any) -> Iterator[Envelope]:
        """What one entry of a batch holds."""
        raise NotImplementedError

    def shown(self, payload: dict[str, Any]) -> str:
        """What was sent, for the desk, which need not know by whom."""
        return json.dumps(_without_names(payload), ensure_ascii=False, indent=1)


def _without_names(found: Any) -> Any:
    if isinstance(found, list):
        return [_without_names(member) for member in found]
    if not isinstance(found, dict):
        return found
    return {name: _without_names(part) for name, part in found.items() if name not in WHO}


def items(found: Any) -> list[Any]:
    """The members of a list; what should be a list and is none is taken for its only member."""
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def inside(found: Any, *path: str) -> Any:
    """What lies at a path of names; None where something on the way is missing or no object."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def text_at(found: Any, *path: str) -> str:
    """The text (or whole number) at a path, without what no database keeps; empty for anything else."""
    value = inside(found, *path)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""


def position(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    """A place on earth in degrees; None for anything else."""
    try:
        here = (float(latitude), float(longitude))
    except (TypeError, ValueError):
        return None
    return here if abs(here[0]) <= 90 and abs(here[1]) <= 180 else None


def moment(written: str) -> datetime | None:
    """A Unix time in seconds or milliseconds, in UTC; None for anything else."""
    if not (written.isascii() and written.isdecimal() and len(written) <= 14):
        return None
    number = int(written)
    return datetime.fromtimestamp(number / 1000 if number > 99_999_999_999 else number, UTC)


def hosts(values: dict[str, str]) -> tuple[str, ...]:
    """The hosts that files of messages are fetched from."""
    return tuple(name.strip() for name in values["media_hosts"].split(",") if name.strip())


# --- Out --------------------------------------------------------------------------------------

#: Codes of errors, some with a subcode. Too much at once, by the app or its number: all wait.
Codes = frozenset[int | tuple[int, int]]
TOO_MANY: Codes = frozenset({4, 17, 32, 613, 80006, 80007, 130429, 131048})
#: Too much to this one person: nobody else has to wait for it.
TOO_MANY_TO_ONE: Codes = frozenset({131056})
#: We are not known, not allowed, blocked or not registered, or the number or page is not there (100
#: with 33): nothing leaves until somebody mends it, and nothing is given up.
NOT_ADMITTED: Codes = frozenset(
    {
        *(0, 3, 10, 102, 190, 368, 130497, 131005, 131031, 131045, 131057, 133010),
        *range(200, 300),
        (100, 33),
    }
)
#: Nobody there, or they want none of it, or the message itself is wrong: no retry helps.
NEVER: Codes = frozenset(
    {100, 551, 130472, 131008, 131009, 131021, 131026, 131030, 131049, 131050, 131051}
)
#: Free words leave only for some time after their last message.
CLOSED: Codes = frozenset({131047, (10, 2018065), (10, 2018278), (10, 2534022)})
#: Seconds to wait after too much at once.
WAIT = 60
DAY = timedelta(hours=24)


class WindowClosed(CannotSend):
    """The time for free words to this person is over."""

    def __init__(self) -> None:
        super().__init__(WINDOW_CLOSED, for_good=True)


class Graph:
    """The Graph API with one token, over one connection."""

    def __init__(self, values: dict[str, str]) -> None:
        self.url, self.token = values["url"].rstrip("/"), values["token"]
        self.session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.session.close()

    @property
    def headers(self) -> dict[str, str]:
        """Who asks. The token is no part of an address, which would stand in logs on the way."""
        return {"Authorization": f"Bearer {self.token}"}

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Ask once; gives the JSON. Raises CannotSend by the code of an error, whose words may hold a
        number, else by the status.
        """
        if not self.token:
            raise CannotSend("not_configured", is_outage=True)
        url = f"{self.url}/{path}"
        response = ask(self.session, method, url, headers=self.headers, **options)
        found = json_of(response)
        code, subcode = inside(found, "error", "code"), inside(found, "error", "error_subcode")
        if isinstance(code, int) and (refusal := refusal_of(code, subcode)):
            raise refusal
        check(response)
        if response.status_code != 200 or "error" in found:
            raise CannotSend(f"http_{response.status_code}" if code is None else f"graph_{code}")
        return found


def refusal_of(code: int, subcode: Any) -> CannotSend | None:
    """What an error of the Graph API means; None for a code that says no more than its status."""
    kind, either = f"graph_{code}", {code, (code, subcode)}
    if either & CLOSED:
        return WindowClosed()
    if either & TOO_MANY:
        return CannotSend(kind, is_outage=True, wait=WAIT)
    if either & NOT_ADMITTED:
        return CannotSend(kind, is_outage=True)
    if either & NEVER:
        return CannotSend(kind, for_good=True)
    return CannotSend(kind) if either & TOO_MANY_TO_ONE else None


class GraphOut:
    """A way out by the Graph API, opened for a batch of messages."""

    provider: str

    def __init__(self) -> None:
        self.values: dict[str, str] = settings.PROVIDERS[self.provider]
        self.graph = Graph(self.values)

    def __enter__(self) -> Self:
        self.graph.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.graph.__exit__(kind, error, traceback)


def wrote_within(letter: Letter, time: timedelta) -> bool:
    """Whether they last wrote less than so long ago."""
    last = letter.address.last_in_at
    return last is not None and timezone.now() - last < time


def sent(message_id: str) -> str:
    """The id of a message that left. Raises CannotSend for an answer without one: it did not."""
    if not message_id:
        raise CannotSend("strange_answer", is_outage=True)
    return message_id


def shortened(text: str, most: int) -> str:
    """A text of at most so many UTF-16 units. Its middle is left out, between words: what stands last
    says what to do.
    """
    if _units(text) <= most:
        return text
    start, _gap, end = text.rpartition("\n\n")
    end = f"\n\n{end}" if start and _units(end) < most // 4 else ""
    start = start if end else text
    room = most - _units(end) - 1
    start = start.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore")
    words = re.split(r"\s+\S*$", start)[0]
    return f"{words if len(words) > room * 0.9 else start}…{end}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
