"""A native app as a citizen has it: it signs in with a telephone, and asks with a token."""

import json
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.phones import DOMAIN
from complaints.models import Notice
from complaints.services import notices
from complaints.services.notice_words import render

PHONE, OTHER = "+8801712345678", "+8801812345678"
TEXT = "The electricity meter in our house shows a wrong number since May."
OVER = "You are signed out. Sign in again."


def call(client: Client, method: str, url: str, body: Any = None, **headers: str) -> Any:
    """Ask the API in English."""
    content = json.dumps(body) if body is not None else ""
    return client.generic(
        method, f"/en/api/v1/{url}", content, content_type="application/json", headers=headers
    )


def code_sent(to: str = PHONE) -> str:
    """The digits in the newest SMS to a number."""
    for notice in Notice.objects.filter(template="code").order_by("-pk"):
        if notices.address_of(notice).to == to:
            return render(notice).sms.removeprefix("Your code: ")[:6]
    raise AssertionError("no code was sent there")


def ask(client: Client, phone: str = PHONE) -> str:
    """Ask for a code; gives the token for the next step."""
    answer = call(client, "POST", "me/code/", {"phone": phone})
    assert answer.status_code == 202, answer.content
    return str(answer.json()["session_token"])


class App:
    """A native app in which somebody is signed in."""

    def __init__(self, phone: str = PHONE, client: Client | None = None) -> None:
        self.client = client or Client(enforce_csrf_checks=True)
        pending = ask(self.client, phone)
        answer = call(
            self.client,
            "POST",
            "me/session/",
            {"code": code_sent(phone)},
            **{"X-Session-Token": pending},
        )
        assert answer.status_code == 200, answer.content
        self.token = str(answer.json()["session_token"])
        self.pending = pending

    def __call__(self, method: str, url: str, body: Any = None, **headers: str) -> Any:
        return call(self.client, method, url, body, **{"X-Session-Token": self.token}, **headers)

    def file(self, text: str = TEXT, **parts: Any) -> dict[str, Any]:
        answer = self("POST", "complaints/", {"text": text, **parts})
        assert answer.status_code == 201, answer.content
        receipt: dict[str, Any] = answer.json()
        return receipt

    @property
    def user(self) -> User:
        return User.objects.filter(email__endswith=DOMAIN).latest("last_login")
