"""SMS gateways that the page does not play: their requests, for the command `simulate`.

None of them signs: the secret is in the path. Sources: Infobip's "Receive inbound SMS", Africa's Talking
"Incoming messages", Kannel's user guide ("sms-service": get-url), and for SSL Wireless the map of the
installation's own settings.
"""

from datetime import UTC, datetime
from urllib.parse import urlencode

from channels.simulator.people import Person
from channels.simulator.providers.base import Keys, Provider, Said, digits, hexadecimal
from channels.simulator.wire import Request, compact

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Gateway(Provider):
    """A gateway whose proof is the path."""

    channel = "sms"
    secrets = ("path",)

    def url_for(self, keys: Keys) -> str:
        """The webhook with the secret that these keys hold."""
        return f"{self.url}{keys['path']}/"


class Infobip(Gateway):
    """JSON, several messages a call; numbers without a plus."""

    name, path = "infobip", "/channels/sms/infobip/"

    def new_id(self) -> str:
        return digits(19)

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        now = datetime.now(UTC)
        result = {
            "messageId": message_id,
            "from": person.phone.lstrip("+"),
            "to": keys["from"].lstrip("+"),
            "text": said.text,
            "cleanText": said.text,
            "keyword": "",
            "receivedAt": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}+0000",
            "smsCount": 1,
        }
        body = {"results": [result], "messageCount": 1, "pendingMessageCount": 0}
        return Request(self.url_for(keys), compact(body), {"Content-Type": "application/json"})


class AfricasTalking(Gateway):
    """A form."""

    name, path = "africastalking", "/channels/sms/africastalking/"

    def new_id(self) -> str:
        return f"ATXid_{hexadecimal(32)}"

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        form = {
            "linkId": hexadecimal(36),
            "text": said.text,
            "to": keys["from"],
            "id": message_id,
            "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
            "from": person.phone,
        }
        return Request(self.url_for(keys), urlencode(form), FORM)


class Kannel(Gateway):
    """A GET with the message in the query."""

    name, path = "kannel", "/channels/sms/kannel/"

    def new_id(self) -> str:
        first = hexadecimal(32)
        parts = (first[:8], first[8:12], first[12:16], first[16:20], first[20:])
        return "-".join(parts)

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        query = {
            "sender": person.phone,
            "message": said.text,
            "ts": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
            "id": message_id,
            "to": keys["from"],
        }
        return Request(f"{self.url_for(keys)}?{urlencode(query)}", method="GET")


class SslWireless(Gateway):
    """JSON in the fields that the installation says (`id=msgid,from=msisdn,text=sms,…`)."""

    name, path = "sslwireless", "/channels/sms/sslwireless/"

    def new_id(self) -> str:
        return digits(12)

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        values = {
            "id": message_id,
            "from": person.phone.lstrip("+"),
            "to": keys["sid"],
            "text": said.text,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        body: dict[str, str] = {}
        for entry in keys["fields"].split(","):
            ours, _is, theirs = entry.partition("=")
            for field in filter(None, theirs.strip().split("+")):
                # A field that is part of the id may have been said already.
                body.setdefault(field, values.get(ours.strip(), ""))
        return Request(self.url_for(keys), compact(body), {"Content-Type": "application/json"})
