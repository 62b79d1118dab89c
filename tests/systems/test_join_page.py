"""What docs/join.md tells an engineer to type works as it stands there, from the first line to the last."""

import json
import re
import shlex
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from complaints.models.case import AnsweredWith, Status
from complaints.services.answering import Cause
from systems.scopes import MOVES, Scope
from tests.complaints.conftest import Scene
from tests.conftest import ROOT
from tests.systems.conftest import Joined
from tests.systems.receiving import Receiver, receiver

PAGE = (ROOT / "docs/join.md").read_text(encoding="utf-8")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def commands() -> list[str]:
    """Every request of the page, in order; a request may go over several lines."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    blocks = [block for language, block in found if not language]
    parts = [part for block in blocks for part in re.split(r"^(?=\w)", block, flags=re.MULTILINE)]
    return [part for part in parts if re.match(r"ask [-$\"]|curl .*files/", part)]


class Reader:
    """Types what stands there. What the page leaves to its reader is filled in."""

    def __init__(self, api: APIClient, server: Receiver) -> None:
        self.api, self.server = api, server
        self.number = self.key = ""

    def type(self, command: str) -> Any:
        """The answer to one request."""
        words = shlex.split(self._filled_in(command), comments=True)
        method, body, headers, url = "", None, {}, ""
        for word in (rest := iter(words[1:])):
            if word == "-X":
                method = next(rest)
            elif word == "-d":
                body = json.loads(next(rest))
            elif word == "-H":
                name, value = next(rest).split(": ", 1)
                headers[name] = value
            elif word == "-F":
                next(rest)
                file = SimpleUploadedFile("order.pdf", PDF, "application/pdf")
                answer = self.api.post("/api/v1/files/", {"file": file}, format="multipart")
                self.key = answer.json()["key"]
                return answer
            elif not word.startswith("-"):
                url = word
        headers.pop("Authorization", None)
        call = getattr(self.api, (method or ("post" if body is not None else "get")).lower())
        answer = (
            call(url, body, headers=headers) if body is not None else call(url, headers=headers)
        )
        if body == {"act": "file"}:
            self.number = answer.json()["number"]
        if url.endswith("/endpoint/"):
            self.server.secret = answer.json()["secret"]
        return answer

    def _filled_in(self, command: str) -> str:
        for told, meant in (
            ("$B", ""),
            ("$N", self.number),
            ("<key>", self.key),
            ("bd-dpdc", "grid"),
            ("https://desk.example.gov/hook/", self.server.url),
        ):
            command = command.replace(told, meant)
        return command


def test_every_request_of_the_page_is_answered_as_it_says(
    scene: Scene, joined: Joined, settings: Any
) -> None:
    settings.SANDBOX = settings.DEMO = True
    said = []
    with receiver() as server:
        reader = Reader(joined.client(), server)
        for command in commands():
            answer = reader.type(command)
            assert answer.status_code < 300, (command, answer.json())
            said.append(answer)
        assert [call.told["type"] for call in server.calls] == ["test"]
    assert len(said) > 15
    states = [
        a.json()["status"] for a in said if isinstance(a.json(), dict) and "status" in a.json()
    ]
    assert {"forwarded", "in_progress", "waiting", "answered", "closed"} <= set(states)


def row_of(table: str, first: str) -> list[str]:
    """The first cells of the table under a heading."""
    section = PAGE.split(f"\n## {table}")[1].split("\n## ")[0]
    assert first in section
    return re.findall(r"^\| `([\w:]+)` \|", section, re.MULTILINE)


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    assert set(row_of("1. ", "scope")) == set(Scope.values)
    assert set(row_of("7. ", "move")) == MOVES
    for values in (AnsweredWith.values, Cause.values):
        assert ", ".join(values) in PAGE
    told = PAGE.split("- `status`: ")[1].split("\n")[0]
    for state in set(Status.values) - {"disputed_owner"}:
        assert state in told


@pytest.mark.parametrize("code", sorted(set(re.findall(r"\d{3} `(\w+)`", PAGE))))
def test_every_code_of_the_page_is_one_that_is_used(code: str) -> None:
    sources = [*(ROOT / "complaints").rglob("*.py"), *(ROOT / "systems").rglob("*.py")]
    assert any(f'"{code}"' in path.read_text(encoding="utf-8") for path in sources)
