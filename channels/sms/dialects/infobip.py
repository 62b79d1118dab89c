"""Infobip. Source: its "Receive inbound SMS messages", "Receive outbound SMS message report",
"Send SMS message" (v3) and "Response status and error codes".

It signs nothing: the secret of the path and its list of network addresses prove it. The id of a
message is ours; the same again is refused as a repeat (`REJECTED_DUPLICATE_MESSAGE_ID`), so nobody
gets it twice. The id changes with the day, so that a message can be sent anew on purpose.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from channels.http import call, json_of
from channels.inbound import Envelope, Incoming, NotUnderstood, Receipt, json_body
from channels.outbound import CannotSend
from channels.sms.gateway import HttpGateway
from channels.sms.inbound import SmsInbound, code, reported, said

DELIVERIES = {
    "PENDING": "sent",
    "DELIVERED": "delivered",
    "UNDELIVERABLE": "failed",
    "EXPIRED": "failed",
    "REJECTED": "failed",
}
#: This number is none, or its owner or operator wants nothing from us.
NEVER = frozenset(
    {
        *("MISSING_TO", "REJECTED_PREFIX_MISSING", "REJECTED_DND", "REJECTED_DESTINATION"),
        *("REJECTED_INVALID_DESTINATION", "REJECTED_MESSAGE_TOO_LONG"),
    }
)
#: Our credit, our sender or our rights.
OURS = frozenset(
    {
        *("REJECTED_NOT_ENOUGH_CREDITS", "REJECTED_PREPAID_PACKAGE_EXPIRED", "REJECTED_SOURCE"),
        *("REJECTED_SENDER", "REJECTED_ROUTE_NOT_AVAILABLE", "REJECTED_SYSTEM_ERROR"),
    }
)
REPEAT = "REJECTED_DUPLICATE_MESSAGE_ID"


class InfobipIn(SmsInbound):
    """Batches of messages and of delivery reports, at one address."""

    provider = "infobip"

    def envelopes(self, request: HttpRequest) -> list[Envelope]:
        """Everything in the batch; what is understood is not held up by what is not."""
        body = json_body(request)
        items = body.get("results", body.get("message"))
        if not isinstance(items, list):
            raise NotUnderstood("no_results")
        return [self._envelope(item) for item in items]

    def _envelope(self, item: Any) -> Envelope:
        if not isinstance(item, dict) or not item.get("messageId"):
            return self.odd("", item)
        message_id = str(item["messageId"])
        if _is_report(item):
            return self.receipt(message_id, _group(item), item)
        return self.message(
            message_id,
            sender=str(item.get("from") or ""),
            account=str(item.get("to") or ""),
            payload=item,
        )

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        """The whole text, keyword and all; or what became of a message of ours."""
        if _is_report(payload):
            error = payload.get("error")
            name = str(error.get("name") or "") if isinstance(error, dict) else ""
            return reported(str(payload["messageId"]), _group(payload), DELIVERIES, name)
        if not isinstance(payload.get("text"), str):
            raise NotUnderstood("no_text")
        return said(payload["text"], str(payload.get("receivedAt") or ""))


def _is_report(item: dict[str, Any]) -> bool:
    return isinstance(item.get("status"), dict)


def _group(item: dict[str, Any]) -> str:
    return str(item["status"].get("groupName") or "")


class InfobipOut(HttpGateway):
    """The SMS API, version 3. Encodings are its own business: it looks at the letters."""

    provider = "infobip"

    def send(self, to: str, text: str, reference: str) -> str:
        """Send one SMS; its id is ours. Raises CannotSend."""
        message_id = _message_id(reference)
        message: dict[str, Any] = {
            "sender": self.values["from"],
            "destinations": [{"to": to.removeprefix("+"), "messageId": message_id}],
            "content": {"text": text},
        }
        if self.receipts_to():
            message["webhooks"] = {
                "delivery": {"url": self.receipts_to()},
                "contentType": "application/json",
            }
        response = call(
            self.session,
            "POST",
            self.url("/sms/3/messages"),
            headers={"Authorization": f"App {self.values['key']}", "Accept": "application/json"},
            json={"messages": [message]},
        )
        if response.status_code != 200:
            raise CannotSend(f"infobip_http_{response.status_code}")
        return _taken(json_of(response), message_id)


def _message_id(reference: str) -> str:
    host = urlsplit(settings.PUBLIC_URL).hostname
    return f"{host}-{reference}-{timezone.localdate():%y%m%d}"


def _taken(answer: dict[str, Any], message_id: str) -> str:
    """The id under which it was taken. Raises CannotSend."""
    try:
        told = answer["messages"][0]
        group, name = str(told["status"]["groupName"]), str(told["status"]["name"])
    except (KeyError, IndexError, TypeError):
        raise CannotSend("infobip_no_status") from None
    if group in ("PENDING", "DELIVERED", "ACCEPTED") or name == REPEAT:
        return message_id
    kind = code(name) or "infobip_refused"
    if name in OURS:
        raise CannotSend(kind, is_outage=True, wait=InfobipOut.MENDING)
    raise CannotSend(kind, for_good=name in NEVER)
