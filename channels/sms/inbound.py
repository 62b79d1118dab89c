"""What the ways in for SMS share: whose request it is, and how a message is put up for keeping."""

import ipaddress
import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from channels.inbound import Envelope, Inbound, Incoming, NotUnderstood, Receipt, require, same
from channels.sms.numbers import sender_of
from complaints.proofs import client_address

CODE = re.compile(r"[A-Za-z0-9_]{1,40}")


class SmsInbound(Inbound):
    """A provider of SMS. Unless a dialect signs, the secret of the path proves it, and where a list
    of network addresses is given, the caller's address must be on it.
    """

    channel = "sms"

    @property
    def values(self) -> dict[str, str]:
        """What the environment says of this provider."""
        found: dict[str, str] = settings.PROVIDERS[self.provider]
        return found

    def is_configured(self) -> bool:
        """Whether its address has a secret."""
        return bool(self.values["path"])

    def prove(self, request: HttpRequest, secret: str) -> None:
        """Compare the secret, and look for the caller on the list. Raises Forged."""
        require(same(secret, self.values["path"]))
        listed = self.values.get("addresses", "")
        require(not listed or _is_listed(client_address(request), listed))

    def message(
        self, external_id: str, *, sender: str, account: str, payload: dict[str, Any]
    ) -> Envelope:
        """One SMS of somebody to the number `account` of ours. Raises NotUnderstood without an id."""
        return Envelope(
            account=_plain(account),
            external_id=_required(external_id),
            payload=payload,
            sender=sender_of(sender),
        )

    def receipt(self, provider_id: str, status: str, payload: dict[str, Any]) -> Envelope:
        """What became of an SMS of ours: one receipt for each status that it comes to.

        Raises NotUnderstood without an id.
        """
        return Envelope(
            account="",
            external_id=f"{_required(provider_id)}:{_plain(status)}",
            payload=payload,
            is_receipt=True,
        )


def said(text: str, sent_at: str = "") -> Incoming:
    """Words as they are taken; null characters, which no person types, are left out."""
    return Incoming(text=text.replace("\0", ""), sent_at=when(sent_at))


def reported(provider_id: str, status: str, known: dict[str, str], error: str = "") -> Receipt:
    """A receipt; `known` says what a status means. Raises NotUnderstood for one that it lacks."""
    if status not in known:
        raise NotUnderstood("unknown_status")
    return Receipt(provider_id, known[status], code(error))


def code(text: str) -> str:
    """A provider's name for a failure, if it is one: never a sentence, never a number of somebody."""
    is_code = CODE.fullmatch(text) and not re.search(r"\d{6}", text)
    return text if is_code else ""


def when(text: str) -> datetime | None:
    """A time with its zone: ISO 8601, or seconds since 1970. None for anything else."""
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text[:12]), UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else None


def _required(external_id: str) -> str:
    if not _plain(external_id):
        raise NotUnderstood("no_id")
    return _plain(external_id)


def _plain(text: str) -> str:
    """Without null characters, which no database keeps."""
    return text.replace("\0", "").strip()


def _is_listed(address: str, listed: str) -> bool:
    """Whether a network address is one of the list, or in a network of it."""
    try:
        there = ipaddress.ip_address(address)
        networks = [
            ipaddress.ip_network(entry.strip(), strict=False) for entry in listed.split(",")
        ]
    except ValueError:
        return False
    # A socket that takes both kinds shows IPv4 callers as ::ffff:192.0.2.1.
    there = getattr(there, "ipv4_mapped", None) or there
    return any(there in network for network in networks)
