"""Kannel, the gateway that speaks SMPP with an operator and HTTP with us.

Source: Kannel's user guide, "Setting up an SMS gateway" and "Setting up more complex services".
It signs nothing: the secret of the path and a list of network addresses prove it. It has no key
against repeats: what it took before its answer was lost is sent again (at least once). Its answer
holds no id: the one that its delivery reports carry is made here and given to it in their address.
"""

import secrets
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from channels.http import call
from channels.inbound import Envelope, Incoming, NotUnderstood, Receipt
from channels.outbound import CannotSend
from channels.sms import forms, parts
from channels.sms.gateway import HttpGateway
from channels.sms.inbound import SmsInbound, said

DELIVERED, FAILED, QUEUED, AT_THE_CENTRE, REJECTED = 1, 2, 4, 8, 16
#: Which reports are asked for: all but that the centre has queued it, which is no news.
MASK = DELIVERED | FAILED | AT_THE_CENTRE | REJECTED


class KannelIn(SmsInbound):
    """Messages and delivery reports, each one GET."""

    provider = "kannel"

    def envelopes(self, request: HttpRequest) -> list[Envelope]:
        """One message, in whatever charset the operator has; or one report."""
        given = forms.fields(request)
        if _is_report(given):
            return [self.receipt(given["ref"], given["type"], given)]
        if "message" not in given:
            raise NotUnderstood("no_text")
        return [
            self.message(
                given.get("id", ""),
                sender=given.get("sender", ""),
                account=given.get("to", ""),
                payload=given,
            )
        ]

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        """The words, or what became of a message of ours."""
        if _is_report(payload):
            return Receipt(payload["ref"], *_delivery(payload["type"]))
        return said(payload["message"], payload.get("ts", ""))


def _is_report(given: dict[str, Any]) -> bool:
    return "type" in given and "ref" in given and "message" not in given


def _delivery(mask: str) -> tuple[str, str]:
    """What a report's bits say, the furthest of them, and a code for a failure."""
    bits = int(mask) if mask.isdecimal() else 0
    if bits & DELIVERED:
        return "delivered", ""
    if bits & (FAILED | REJECTED):
        return "failed", "kannel_failed" if bits & FAILED else "kannel_rejected"
    if bits & (QUEUED | AT_THE_CENTRE):
        return "sent", ""
    raise NotUnderstood("unknown_status")


class KannelOut(HttpGateway):
    """sendsms of the smsbox. What the GSM alphabet lacks goes as UCS-2."""

    provider = "kannel"

    def send(self, to: str, text: str, reference: str) -> str:
        """Send one SMS; its id is made here, anew for each try. Raises CannotSend."""
        provider_id = f"{reference}-{secrets.token_hex(6)}"
        asked = {
            "username": self.values["user"],
            "password": self.values["password"],
            "to": to,
            "text": text,
            "charset": "UTF-8",
            "coding": "2" if parts.count(text).encoding == "ucs-2" else "0",
        }
        if self.values["from"]:
            asked["from"] = self.values["from"]
        if self.receipts_to():
            # %d is Kannel's: it puts the kind of report there.
            asked["dlr-url"] = f"{self.receipts_to()}?type=%d&{urlencode({'ref': provider_id})}"
            asked["dlr-mask"] = str(MASK)
        response = call(self.session, "GET", self.url("/cgi-bin/sendsms"), params=asked)
        answer = response.text[:200]
        # "0: Accepted for delivery", or "3: Queued for later delivery".
        if response.status_code == 202 or answer.startswith(("0:", "3:")):
            return provider_id
        # Its black-lists, and the prefixes that the operator takes.
        never = response.status_code == 400 and "denied" in answer
        raise CannotSend(f"kannel_http_{response.status_code}", for_good=never)
