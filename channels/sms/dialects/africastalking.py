"""Africa's Talking. Source: its "SMS notifications", "Delivery reports" and "SMS sending".

It signs nothing: the secret of the path proves it. It has no key against repeats: what it took before
its answer was lost is sent again (at least once).
"""

from typing import Any

from django.http import HttpRequest

from channels.http import call, json_of
from channels.inbound import Envelope, Incoming, NotUnderstood, Receipt
from channels.outbound import CannotSend
from channels.sms import forms
from channels.sms.gateway import HttpGateway, number_of
from channels.sms.inbound import SmsInbound, code, reported, said

DELIVERIES = {
    "Sent": "sent",
    "Submitted": "sent",
    "Buffered": "sent",
    "Success": "delivered",
    "Rejected": "failed",
    "Failed": "failed",
    "Expired": "failed",
    "AbsentSubscriber": "failed",
}
#: Processed, sent, queued.
TAKEN = frozenset({100, 101, 102})
#: No number, a kind of number without SMS, blocked by its owner, on the operator's do-not-disturb list.
NEVER = frozenset({403, 404, 406, 409})
#: Our sender or our credit; their own trouble.
OURS, AWAY = frozenset({402, 405}), frozenset({500, 501})
OURS_IN_WORDS = frozenset({"InvalidSenderId", "InsufficientBalance"})


class AfricasTalkingIn(SmsInbound):
    """One message or one delivery report a request, as a form."""

    provider = "africastalking"

    def envelopes(self, request: HttpRequest) -> list[Envelope]:
        """What was sent, told apart by its fields."""
        given = forms.fields(request)
        if _is_report(given):
            return [self.receipt(given.get("id", ""), given["status"], given)]
        if "text" not in given:
            raise NotUnderstood("no_text")
        return [
            self.message(
                given.get("id", ""),
                sender=given.get("from", ""),
                account=given.get("to", ""),
                payload=given,
            )
        ]

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        """The words, or what became of a message of ours."""
        if _is_report(payload):
            error = payload.get("failureReason", "")
            return reported(payload["id"], payload["status"], DELIVERIES, error)
        return said(payload["text"], payload.get("date", ""))


def _is_report(given: dict[str, Any]) -> bool:
    return "status" in given and "text" not in given


class AfricasTalkingOut(HttpGateway):
    """The bulk messaging API. Without `from` it sends under its own name."""

    provider = "africastalking"

    def send(self, to: str, text: str, reference: str) -> str:
        """Send one SMS; gives its message id. Raises CannotSend."""
        form = {"username": self.values["username"], "to": to, "message": text}
        if self.values["from"]:
            form["from"] = self.values["from"]
        response = call(
            self.session,
            "POST",
            self.url("/version1/messaging"),
            headers={"apiKey": self.values["key"], "Accept": "application/json"},
            data=form,
        )
        if response.status_code not in (200, 201):
            raise CannotSend(f"africastalking_http_{response.status_code}")
        return _taken(json_of(response).get("SMSMessageData"))


def _taken(told: Any) -> str:
    """The id under which it was taken. Raises CannotSend."""
    told = told if isinstance(told, dict) else {}
    recipients = told.get("Recipients")
    if not isinstance(recipients, list) or not recipients or not isinstance(recipients[0], dict):
        words = str(told.get("Message") or "")
        kind, is_ours = code(words) or "africastalking_refused", words in OURS_IN_WORDS
        raise CannotSend(kind, is_outage=is_ours, wait=AfricasTalkingOut.MENDING if is_ours else 0)
    number, message_id = number_of(recipients[0].get("statusCode")), recipients[0].get("messageId")
    if number in TAKEN and isinstance(message_id, str) and message_id not in ("", "None"):
        return message_id
    kind = f"africastalking_{number}" if number else "africastalking_refused"
    if number in OURS:
        raise CannotSend(kind, is_outage=True, wait=AfricasTalkingOut.MENDING)
    raise CannotSend(kind, for_good=number in NEVER, is_outage=number in AWAY)
