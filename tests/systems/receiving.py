"""An agency's server on this machine: it takes webhooks, verifies them as the library says, and answers
what a test tells it to.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

from tests.systems.serving import QuietHandler, served

#: What a test answers with: a status, perhaps after doing something first.
Answers = Callable[["Received"], int]


@dataclass
class Received:
    """One call: its headers, and what was in it once it was verified."""

    id: str
    headers: dict[str, str]
    body: str
    told: dict[str, Any]

    @property
    def event(self) -> dict[str, Any]:
        """The event, as the feed has it."""
        found: dict[str, Any] = self.told["data"]
        return found


@dataclass
class Receiver:
    """The server, what it received in order, and how it answers."""

    secret: str = ""
    answers: Answers = field(default=lambda _call: 204)
    calls: list[Received] = field(default_factory=list)
    #: Calls that did not verify.
    forged: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ids(self) -> list[str]:
        """The ids of the calls, in order."""
        return [call.id for call in self.calls]

    def of_case(self, number: str) -> list[str]:
        """The moves of a case that were received, in order."""
        return [call.event["move"] for call in self.calls if call.event["case"] == number]

    def take(self, headers: dict[str, str], body: str) -> int:
        """Verify a call, keep it, and say what is answered."""
        try:
            told = Webhook(self.secret).verify(body, headers)
        except Exception as error:
            self.forged.append(f"{error}: {body}")
            return 401
        with self._lock:
            call = Received(headers["webhook-id"], headers, body, told)
            self.calls.append(call)
        return self.answers(call)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A server that takes calls until the block is left."""
    kept = Receiver()

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = kept.take(headers, body)
            answer = b"" if status == 204 else b"words that nobody keeps"
            self.send_response(status)
            for name, value in kept.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    with served(Handler) as address:
        kept.url = f"{address}/hook"
        yield kept


def slowly(seconds: float, status: int = 204) -> Answers:
    """Answer after some seconds."""

    def answer(_call: Received) -> int:
        time.sleep(seconds)
        return status

    return answer
