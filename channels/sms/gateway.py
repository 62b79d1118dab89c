"""What a provider of SMS does on the way out, and what those over HTTP share."""

from typing import Any, Protocol

import requests
from django.conf import settings
from django.urls import reverse


class SmsGateway(Protocol):
    """A provider of SMS, opened for a batch of messages and closed after it."""

    #: Whether what it sends is paid for, and counts towards the day's cap.
    costs: bool

    def send(self, to: str, text: str, reference: str) -> str:
        """Send a text to an E.164 number; gives the provider's id, which its receipts carry.

        `reference` is ours, and the same on each try. Raises CannotSend.
        """
        ...

    def close(self) -> None:
        """Let go of what was opened."""
        ...


class HttpGateway:
    """A provider that is asked over HTTP: one connection a batch."""

    provider: str
    costs = True
    #: Seconds for which it is left alone where the account is at fault (credit, sender, rights):
    #: somebody has to do something first.
    MENDING = 600

    def __init__(self) -> None:
        self.session = requests.Session()

    @property
    def values(self) -> dict[str, str]:
        """What the environment says of this provider."""
        found: dict[str, str] = settings.PROVIDERS[self.provider]
        return found

    def url(self, path: str) -> str:
        """An address of its API."""
        return self.values["url"].rstrip("/") + path

    def receipts_to(self) -> str:
        """The address of ours at which it reports what became of a message; empty without one."""
        if "path" not in self.values:
            path = reverse("webhook-sms", args=[self.provider])
        elif self.values["path"]:
            path = reverse("webhook-sms-secret", args=[self.provider, self.values["path"]])
        else:
            return ""
        return f"{settings.PUBLIC_URL}{path}"

    def close(self) -> None:
        """Close the connection."""
        self.session.close()


def number_of(told: Any) -> int:
    """A provider's number for an error; 0 for anything else."""
    text = str(told)
    return int(text) if text.isdecimal() and len(text) <= 6 else 0
