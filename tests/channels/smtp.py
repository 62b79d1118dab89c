"""A real SMTP server on this machine that keeps what it is given (aiosmtpd), as people's mail servers do."""

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller


class Letters:
    """What arrived: each letter with the addresses of its envelope. It can be told to refuse."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refusal = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a letter."""
        if self.refusal:
            return self.refusal
        letter: Any = message_from_bytes(envelope.content, policy=policy.default)
        self.arrived.append(letter)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to somebody, the oldest first."""
        return [letter for letter in self.arrived if address in str(letter["To"])]


def _free_port() -> int:
    """A port that nobody uses now: the controller has to be told one."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.fixture
def post_office(settings: Any) -> Iterator[Letters]:
    """Where the portal's letters go."""
    letters = Letters()
    controller = Controller(letters, hostname="127.0.0.1", port=_free_port())
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
        settings.EMAIL_PORT = controller.port
        yield letters
    finally:
        controller.stop()
