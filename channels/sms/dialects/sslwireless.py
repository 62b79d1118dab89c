"""SSL Wireless, of Bangladesh. Source: its SMS API v3 ("Single SMS").

How it brings messages is not public, and may be agreed with each customer: GRS_SSLWIRELESS_FIELDS says
which of its fields is what. It signs nothing: the secret of the path proves it. A key of ours
(`csms_id`) lets it refuse a repeat on the same day; on the next day it would send it again.
"""

import hashlib
from typing import Any

from django.http import HttpRequest

from channels.http import ask, check, json_of
from channels.inbound import Envelope, Incoming, NotUnderstood, Receipt, json_body
from channels.outbound import CannotSend
from channels.sms import forms
from channels.sms.gateway import HttpGateway, number_of
from channels.sms.inbound import SmsInbound, reported, said
from complaints.services import sealing

#: What a field map may name: of a message, and of a receipt.
NEEDED = ("id", "from", "text")
#: How gateways call what became of a message (SMPP's states, and words for them), in capitals.
DELIVERIES = {
    **dict.fromkeys(("SENT", "ACCEPTED", "ACCEPTD", "ENROUTE", "PENDING", "QUEUED"), "sent"),
    **dict.fromkeys(("DELIVERED", "DELIVRD", "SUCCESS"), "delivered"),
    **dict.fromkeys(("FAILED", "UNDELIVERED", "UNDELIV", "REJECTED", "REJECTD"), "failed"),
    **dict.fromkeys(("EXPIRED", "DELETED", "UNKNOWN", "INVALID"), "failed"),
}
#: No number, a blocked one, too long.
NEVER = frozenset({4025, 4026, 4027})
#: Token, sender, network address, address of the API: ours to mend.
OURS = frozenset({4001, 4002, 4003, 4004})
#: Too many at once; their own trouble.
BUSY, AWAY = frozenset({4029, 4031}), frozenset({5000})
#: The same key was there today: it is out already.
REPEAT = 4023
LONGEST_KEY = 20


class SslWirelessIn(SmsInbound):
    """One message or one receipt a request: JSON, a form, or fields in the address."""

    provider = "sslwireless"

    def is_configured(self) -> bool:
        """Whether there is a secret, and a map that says what is what."""
        return super().is_configured() and all(name in self.map for name in NEEDED)

    @property
    def map(self) -> dict[str, tuple[str, ...]]:
        """Our names of fields → theirs. An id may be put together of several: `id=msisdn+time`."""
        entries = (entry.partition("=") for entry in self.values["fields"].split(","))
        return {
            ours.strip(): tuple(name.strip() for name in theirs.split("+"))
            for ours, _is, theirs in entries
            if theirs.strip()
        }

    def envelopes(self, request: HttpRequest) -> list[Envelope]:
        """What was sent, told apart by its fields."""
        is_json = request.body.lstrip().startswith(b"{")
        given = json_body(request) if is_json else forms.fields(request)
        if self._is_receipt(given):
            status = self._value(given, "receipt_status")
            return [self.receipt(self._value(given, "receipt_id"), status, given)]
        if not self._has(given, "text"):
            raise NotUnderstood("no_text")
        return [
            self.message(
                self._id(given),
                sender=self._value(given, "from"),
                account=self._value(given, "to"),
                payload=given,
            )
        ]

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        """The words, or what became of a message of ours."""
        if self._is_receipt(payload):
            status = self._value(payload, "receipt_status").upper()
            return reported(self._value(payload, "receipt_id"), status, DELIVERIES)
        if not self._has(payload, "text"):
            raise NotUnderstood("no_text")
        return said(self._value(payload, "text"), self._value(payload, "date"))

    def _id(self, given: dict[str, Any]) -> str:
        """The id of a message. One put together of several fields may hold a number of somebody, and
        is kept as a keyed hash.
        """
        found = self._value(given, "id")
        return found if len(self.map["id"]) == 1 else sealing.blind_index("external", found)

    def _is_receipt(self, given: dict[str, Any]) -> bool:
        return self._has(given, "receipt_id") and self._has(given, "receipt_status")

    def _has(self, given: dict[str, Any], name: str) -> bool:
        theirs = self.map.get(name, ())
        return bool(theirs) and all(field in given for field in theirs)

    def _value(self, given: dict[str, Any], name: str) -> str:
        """A field as text; empty if one of its parts is missing or no plain value."""
        found = [given.get(field) for field in self.map.get(name, ())]
        if not all(isinstance(value, str | int | float) for value in found):
            return ""
        return ":".join(str(value) for value in found)


class SslWirelessOut(HttpGateway):
    """A single SMS. It looks at the letters itself and sends Bangla as such."""

    provider = "sslwireless"

    def send(self, to: str, text: str, reference: str) -> str:
        """Send one SMS; its id is our key. Raises CannotSend."""
        key = _key(reference)
        response = ask(
            self.session,
            "POST",
            self.url("/api/v3/send-sms"),
            headers={"Accept": "application/json"},
            json={
                "api_token": self.values["token"],
                "sid": self.values["sid"],
                "msisdn": to.removeprefix("+"),
                "sms": text,
                "csms_id": key,
            },
        )
        told = json_of(response)
        if not _is_taken(told):
            check(response)
            raise CannotSend(f"sslwireless_http_{response.status_code}")
        return key


def _key(reference: str) -> str:
    """A key of at most 20 characters, the same for the same reference."""
    if len(reference) <= LONGEST_KEY:
        return reference
    return hashlib.sha256(reference.encode()).hexdigest()[:LONGEST_KEY]


def _is_taken(told: dict[str, Any]) -> bool:
    """Whether the answer says that it has the message, now or since a try before.

    Raises CannotSend for what it says of the request, and of the one message in it.
    """
    number, infos = number_of(told.get("status_code")), told.get("smsinfo")
    info = infos[0] if isinstance(infos, list) and infos and isinstance(infos[0], dict) else {}
    state, kind = info.get("sms_status", ""), f"sslwireless_{number}"
    if number == REPEAT or state == "DUPLICATE":
        return True
    if number in NEVER or state == "INVALID":
        raise CannotSend(kind, for_good=True)
    if number in OURS:
        raise CannotSend(kind, is_outage=True, wait=SslWirelessOut.MENDING)
    if number in BUSY | AWAY:
        raise CannotSend(kind, is_outage=True, wait=60 if number in BUSY else 0)
    return told.get("status") == "SUCCESS"
