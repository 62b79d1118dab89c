"""Twilio, and who speaks as it does (SignalWire, Telnyx's TeXML, the simulator).

Source: Twilio's "Webhook request", "Security: validating requests" and "Message resource".
It has no key against repeats: what it took before its answer was lost is sent again (at least once).
"""

import base64
import hashlib
import hmac
import mimetypes
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from channels.http import call, download, json_of
from channels.inbound import (
    Envelope,
    File,
    Forged,
    Incoming,
    NotUnderstood,
    Receipt,
    require,
    same,
)
from channels.outbound import CannotSend
from channels.sms import forms
from channels.sms.gateway import HttpGateway, number_of
from channels.sms.inbound import SmsInbound, reported, said

DELIVERIES = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
#: States of a message to us: such a request is a message, no receipt.
TO_US = frozenset({"receiving", "received"})
MOST_FILES = 10
#: Where its API leads to for media; to the second one for those of accounts that need not sign in.
MEDIA_HOSTS = (".twiliocdn.com", "s3-external-1.amazonaws.com")

#: Errors of this number: it is none, no SMS reaches it, or its owner said STOP.
NEVER = frozenset(
    {21211, 21214, 21217, 21219, 21265, 21266, 21268, 21408, 21421, 21604, 21608, 21610}
    | {21612, 21614, 21617, 21635}
)
#: Errors of our account or of our sender.
OURS = frozenset(
    {14107, 20005, 20404, 20429, 21212, 21603, 21606, 21611, 21659, 21660, 21661, 21703, 21705}
    | {30001, 30002, 63038}
)


class TwilioIn(SmsInbound):
    """Messages, media and status callbacks, signed with the account's token."""

    provider = "twilio"

    def is_configured(self) -> bool:
        """Whether there is a token to check signatures with."""
        return bool(self.values["token"])

    def prove(self, request: HttpRequest, secret: str) -> None:
        """Check X-Twilio-Signature: over the address as Twilio knows it, and all fields of the body."""
        try:
            given = forms.pairs(request) if request.body else []
        except NotUnderstood:
            raise Forged from None
        query = request.META.get("QUERY_STRING", "")
        url = f"{settings.PUBLIC_URL}{request.path}" + (f"?{query}" if query else "")
        signed = url.encode() + b"".join(name + value for name, value in sorted(given))
        digest = hmac.new(self.values["token"].encode(), signed, hashlib.sha1).digest()
        signature = request.headers.get("X-Twilio-Signature", "")
        require(same(signature, base64.b64encode(digest).decode()))

    def envelopes(self, request: HttpRequest) -> list[Envelope]:
        """One message or one status."""
        given = forms.fields(request)
        sid = given.get("MessageSid") or given.get("SmsSid", "")
        status = given.get("MessageStatus", "")
        if status and status not in TO_US:
            return [self.receipt(sid, status, given)]
        return [
            self.message(
                sid, sender=given.get("From", ""), account=given.get("To", ""), payload=given
            )
        ]

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        """The words and media, or what became of a message of ours."""
        status = payload.get("MessageStatus", "")
        if status and status not in TO_US:
            sid = payload.get("MessageSid") or payload.get("SmsSid", "")
            number = number_of(payload.get("ErrorCode"))
            return reported(sid, status, DELIVERIES, f"twilio_{number}" if number else "")
        message = said(payload.get("Body", ""))
        return Incoming(text=message.text, files=_files(payload))

    def fetch(self, file: File) -> tuple[str, bytes]:
        """A medium of an MMS. We sign in at the API alone, never where that leads."""
        api = urlsplit(self.values["url"]).hostname or ""
        auth = (self.values["sid"], self.values["token"])
        with requests.Session() as session:
            content = download(session, file.ref["url"], (api,), onward=MEDIA_HOSTS, auth=auth)
        return file.name, content

    def answer(self) -> HttpResponse:
        """Nothing is said at once: what there is to say comes by the way out."""
        return HttpResponse("<Response/>", content_type="text/xml")


def _files(payload: dict[str, Any]) -> tuple[File, ...]:
    count = str(payload.get("NumMedia", ""))
    found = []
    for number in range(min(int(count) if count.isdecimal() else 0, MOST_FILES)):
        url = payload.get(f"MediaUrl{number}", "")
        ending = mimetypes.guess_extension(payload.get(f"MediaContentType{number}", "")) or ""
        if url:
            found.append(File({"url": url}, f"mms-{number + 1}{ending}"))
    return tuple(found)


class TwilioOut(HttpGateway):
    """The Messages resource; `from` is a number, a short code, a name, or a messaging service (MG…)."""

    provider = "twilio"

    def send(self, to: str, text: str, reference: str) -> str:
        """Send one SMS; gives its SID. Raises CannotSend."""
        values = self.values
        sender = "MessagingServiceSid" if values["from"].startswith("MG") else "From"
        response = call(
            self.session,
            "POST",
            self.url(f"/2010-04-01/Accounts/{values['sid']}/Messages.json"),
            auth=(values["sid"], values["token"]),
            data={
                "To": to,
                sender: values["from"],
                "Body": text,
                "StatusCallback": self.receipts_to(),
            },
        )
        answer = json_of(response)
        sid = answer.get("sid")
        if response.status_code in (200, 201) and isinstance(sid, str) and sid:
            return sid
        raise _failure(response.status_code, number_of(answer.get("code")))


def _failure(status: int, number: int) -> CannotSend:
    kind = f"twilio_{number}" if number else f"twilio_http_{status}"
    if number in OURS or status == 404:
        return CannotSend(kind, is_outage=True, wait=TwilioOut.MENDING)
    return CannotSend(kind, for_good=number in NEVER)
