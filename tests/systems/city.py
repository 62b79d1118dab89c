"""A city on this machine that speaks GeoReport v2, in JSON or XML or both, with its bad days."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.open311.formats import rendered
from tests.systems.serving import QuietHandler, served

#: A status, the body (whole, or piece by piece until the connection ends), headers.
Answer = tuple[int, bytes | Iterator[bytes], dict[str, str]]
#: What a test answers with instead: by method and document ("POST requests"), None for the usual way.
Instead = Callable[["Asked"], Answer | None]
ROOTS = {
    "services": "services",
    "requests": "service_requests",
    "tokens": "service_requests",
    "servicerequestupdates": "service_request_updates",
}
HTML = b"<!DOCTYPE html><html><body><h1>Sorry</h1><br></body></html>"


@dataclass
class Asked:
    """One request: what was asked for, in which format, with what."""

    what: str
    form: str
    given: dict[str, str]
    headers: dict[str, str]


@dataclass
class TheCity:
    """The server: what it has, what it was asked, and how it answers."""

    url: str = ""
    forms: tuple[str, ...] = ("json", "xml")
    has_updates: bool = True
    gives_tokens: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    instead: Instead = field(default=lambda _asked: None)

    def of(self, what: str) -> list[Asked]:
        """What it was asked for ("POST requests")."""
        return [asked for asked in self.asked if asked.what == what]

    @property
    def filed(self) -> list[dict[str, str]]:
        """The forms that it was sent."""
        return [asked.given for asked in self.of("POST requests")]

    def sets(self, status: str, notes: str = "", at: str = "", *, of: int = -1) -> None:
        """A request stands otherwise now."""
        self.requests[of] |= {"status": status, "status_notes": notes, "updated_datetime": at}

    def updated(self, key: str, status: str, words: str, at: str, *, of: int = -1) -> None:
        """It writes an update."""
        self.updates.append(
            {
                "update_id": key,
                "service_request_id": self.requests[of]["service_request_id"],
                "status": status,
                "updated_datetime": at,
                "description": words,
            }
        )

    def answer(self, asked: Asked) -> Answer:
        """How it answers, usually."""
        self.asked.append(asked)
        if (other := self.instead(asked)) is not None:
            return other
        document = asked.what.split()[1].split("/")[0]
        is_there = document in ROOTS and (document != "servicerequestupdates" or self.has_updates)
        if asked.form not in self.forms or not is_there:
            return 404, HTML, {}
        rows = self._rows(asked, document)
        return 200, rendered(asked.form, ROOTS[document], rows), {}

    def _rows(self, asked: Asked, document: str) -> list[dict[str, Any]]:
        if asked.what == "POST requests":
            return [self._take(asked.given)]
        if document == "services":
            names = {"roads": "Roads", "lights": "Street lights"}
            return [{"service_code": code, "service_name": name} for code, name in names.items()]
        if document == "tokens":
            token = asked.what.partition("/")[2]
            return [{"service_request_id": self.tokens.get(token), "token": token}]
        if document == "servicerequestupdates":
            return list(self.updates)
        ids = asked.given.get("service_request_id")
        if ids is None:
            return list(self.requests)
        return [row for row in self.requests if row["service_request_id"] in ids.split(",")]

    def _take(self, given: dict[str, str]) -> dict[str, Any]:
        key = f"C-{len(self.requests) + 1}"
        self.requests.append(
            {
                "service_request_id": key,
                "status": "open",
                "description": given["description"],
                "service_code": given["service_code"],
            }
        )
        if self.gives_tokens:
            self.tokens[f"t{key}"] = ""
            return {"token": f"t{key}"}
        return {"service_request_id": key, "service_notice": "", "account_id": None}


def failing(*answers: Answer | None, to: str = "POST requests") -> Instead:
    """Answer with these, one after the other, then as usual."""
    left = list(answers)
    return lambda asked: left.pop(0) if left and asked.what == to else None


def says(status: int, body: Any = None, **headers: str) -> Answer:
    """An answer: JSON of a value, or bytes as they are (without: a page of HTML)."""
    written = (
        HTML if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    )
    return status, written, {name.replace("_", "-"): value for name, value in headers.items()}


@contextmanager
def a_city(certificate: Path | None = None) -> Iterator[TheCity]:
    """A city that answers until the block is left, by TLS if it has a certificate."""
    kept = TheCity()

    class Handler(QuietHandler):
        def _answer(self, body: str = "") -> None:
            parts = urlsplit(self.path)
            document, _dot, form = parts.path.removeprefix("/open311/").rpartition(".")
            given = {k: v[0] for k, v in parse_qs(body or parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(f"{self.command} {document}", form, given, headers)
            status, written, more = kept.answer(asked)
            if status == 0:
                # Hang up without a word.
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if isinstance(written, bytes):
                self.send_header("content-length", str(len(written)))
                written = iter([written])
            else:
                self.close_connection = True
            self.end_headers()
            with suppress(OSError):
                for piece in written:
                    self.wfile.write(piece)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["content-length"])).decode())

    with served(Handler, certificate) as address:
        kept.url = f"{address}/open311/"
        yield kept
