"""Twilio: programmable messaging webhooks, form-encoded.

Signed as https://www.twilio.com/docs/usage/security says: HMAC-SHA1 under the account's token over the
address followed by each parameter's name and value, sorted by name; base64.
"""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from django.conf import settings

from channels.simulator import pictures
from channels.simulator.people import Person
from channels.simulator.providers.base import Keys, Provider, Report, Said, hexadecimal
from channels.simulator.wire import Request

VERSION = "2010-04-01"
#: Of a message that never reached a telephone: https://www.twilio.com/docs/api/errors/30003
UNREACHABLE = "30003"


class Twilio(Provider):
    """SMS and MMS."""

    name, channel, path = "twilio", "sms", "/channels/sms/twilio/"
    secrets = ("token",)
    offers = frozenset({"photo"})
    reports = ((1.0, "sent"), (2.0, "delivered"))

    def new_id(self) -> str:
        return f"SM{hexadecimal(32)}"

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        form = {
            "ToCountry": settings.COUNTRY.upper(),
            "SmsMessageSid": message_id,
            "NumMedia": "0",
            "SmsSid": message_id,
            "SmsStatus": "received",
            "FromCountry": settings.COUNTRY.upper(),
            "Body": said.text,
            "To": keys["from"],
            "NumSegments": "1",
            "MessageSid": message_id,
            "AccountSid": keys["sid"],
            "From": person.phone,
            "ApiVersion": VERSION,
        }
        if said.photo:
            form |= {
                "NumMedia": "1",
                "MediaUrl0": self.media_url(message_id, said.photo),
                "MediaContentType0": pictures.CONTENT_TYPE,
            }
        return signed(self.url, form, keys["token"])

    def media_url(self, message_id: str, photo: str) -> str:
        """Where the portal finds a photo."""
        account = f"/{VERSION}/Accounts/{self.keys['sid']}"
        return f"{self.keys['url']}{account}/Messages/{message_id}/Media/ME{photo}"

    def report(self, report: Report) -> Request | None:
        """A status callback, to the address that came with the message; none without one."""
        if not report.callback:
            return None
        form = {
            "SmsSid": report.message_id,
            "SmsStatus": report.status,
            "MessageStatus": report.status,
            "To": report.person.phone,
            "MessageSid": report.message_id,
            "AccountSid": self.keys["sid"],
            "From": self.keys["from"],
            "ApiVersion": VERSION,
        }
        if report.error:
            form["ErrorCode"] = report.error
        return signed(report.callback, form, self.keys["token"])


def signed(url: str, form: dict[str, str], token: str) -> Request:
    """A form as Twilio posts it."""
    text = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": base64.b64encode(digest).decode(),
        "User-Agent": "TwilioProxy/1.1",
    }
    return Request(url, urlencode(form), headers)
