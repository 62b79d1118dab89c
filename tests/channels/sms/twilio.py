"""Twilio as it speaks: forms that it signs, and an API that gives SIDs."""

import base64
import hashlib
import hmac
import itertools
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from tests.channels.sms.gateway import Answer, Asked

TOKEN, PATH, ORIGIN = "12345", "/channels/sms/twilio/", "https://grs.example"
OURS, RAHIMA = "+8809600000333", "+8801712345678"
_numbers = itertools.count(1)


def sid(kind: str = "SM") -> str:
    return f"{kind}{next(_numbers):032x}"


def signature(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """X-Twilio-Signature as Twilio's documents compute it."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def message(body: str, *, sender: str = RAHIMA, **more: str) -> dict[str, str]:
    """The form of an incoming message, with all that Twilio sends."""
    message_sid = more.pop("MessageSid", "") or sid()
    return {
        "ToCountry": "BD",
        "ToState": "",
        "SmsMessageSid": message_sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": message_sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": body,
        "FromCountry": "BD",
        "To": OURS,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": message_sid,
        "AccountSid": "AC123",
        "From": sender,
        "ApiVersion": "2010-04-01",
        **more,
    }


def status(message_sid: str, state: str, **more: str) -> dict[str, str]:
    """The form of a status callback."""
    return {
        "SmsSid": message_sid,
        "SmsStatus": state,
        "MessageStatus": state,
        "To": RAHIMA,
        "MessageSid": message_sid,
        "AccountSid": "AC123",
        "From": OURS,
        "ApiVersion": "2010-04-01",
        **more,
    }


def post(
    client: Client,
    form: dict[str, str],
    *,
    path: str = PATH,
    signed: str | None = None,
    token: str = TOKEN,
) -> Any:
    """Bring a form to the portal, signed for its address unless told otherwise."""
    proof = signature(ORIGIN + path, form, token) if signed is None else signed
    response: HttpResponse = client.post(
        path,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": proof},
    )
    return response


def takes(asked: Asked) -> Answer:
    """The Messages resource, where all is well."""
    return Answer(
        201,
        {
            "account_sid": "AC123",
            "sid": sid(),
            "status": "queued",
            "error_code": None,
            "error_message": None,
            "num_segments": "1",
            "to": asked.form["To"],
            "body": asked.form["Body"],
        },
    )


def refuses(number: int, status_code: int = 400) -> Answer:
    """An error as Twilio writes it, with the number of the citizen in it."""
    words = f"The 'To' number {RAHIMA} is not a valid phone number."
    return Answer(status_code, {"code": number, "message": words, "status": status_code})
