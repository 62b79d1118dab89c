"""WhatsApp Cloud API: webhooks for messages and statuses.

Since 2026 each webhook names the business-scoped id (`user_id`, `from_user_id`, `recipient_user_id`);
of somebody who goes by a username the number (`wa_id`, `from`, `recipient_id`) is left out.
Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/ (webhooks/reference,
business-scoped-user-ids)
"""

import base64
import secrets
import time
from typing import Any

from django.conf import settings

from channels.simulator import pictures
from channels.simulator.people import Person
from channels.simulator.providers.base import Keys, Report, Said
from channels.simulator.providers.graph import GraphProvider
from channels.simulator.wire import Request

ACCOUNT = "400000000000333"
DISPLAY_NUMBER = {"bd": "8809600000333", "id": "622100000333"}[settings.COUNTRY]
#: No such account; and: more than a day since they last wrote, so only templates go out.
UNDELIVERABLE, TOO_LATE = "131026", "131047"
TITLES = {UNDELIVERABLE: "Message undeliverable", TOO_LATE: "Re-engagement message"}


class WhatsApp(GraphProvider):
    """Text, photos, places; with a number or with an id alone."""

    name, channel, path = "whatsapp", "whatsapp", "/channels/whatsapp/"
    offers = frozenset({"photo", "place", "answer", "handshake"})
    #: Out of order on purpose, as it happens: "sent" comes after "delivered".
    reports = ((1.0, "delivered"), (1.0, "sent"), (4.0, "read"))

    def new_id(self) -> str:
        return f"wamid.{base64.b64encode(secrets.token_bytes(30)).decode()}"

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        contact: dict[str, Any] = {"profile": {"name": person.names["en"]}}
        sender: dict[str, str] = {}
        if person.hides_number:
            contact["profile"]["username"] = person.key
        else:
            contact["wa_id"] = sender["from"] = person.phone.lstrip("+")
        if person.user_id:
            contact["user_id"] = sender["from_user_id"] = person.user_id
        message = {**sender, "id": message_id, "timestamp": str(int(time.time())), **_content(said)}
        if said.answers:
            message["context"] = {"from": DISPLAY_NUMBER, "id": said.answers}
        return self.signed(_webhook({"contacts": [contact], "messages": [message]}, keys), keys)

    def report(self, report: Report) -> Request:
        status: dict[str, Any] = {
            "id": report.message_id,
            "status": report.status,
            "timestamp": str(int(time.time())),
        }
        if not report.person.hides_number:
            status["recipient_id"] = report.person.phone.lstrip("+")
        if report.person.user_id:
            status["recipient_user_id"] = report.person.user_id
        if report.error:
            title = TITLES[report.error]
            details = {"error_data": {"details": title}}
            status["errors"] = [{"code": int(report.error), "title": title, "message": title}]
            status["errors"][0] |= details
        return self.signed(_webhook({"statuses": [status]}, self.keys), self.keys)


def _webhook(value: dict[str, Any], keys: Keys) -> dict[str, Any]:
    metadata = {"display_phone_number": DISPLAY_NUMBER, "phone_number_id": keys["phone_id"]}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    change = {"value": value, "field": "messages"}
    entry = {"id": ACCOUNT, "changes": [change]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def _content(said: Said) -> dict[str, Any]:
    if said.photo:
        image = {
            "mime_type": pictures.CONTENT_TYPE,
            "sha256": pictures.sha256(said.photo),
            "id": said.photo,
        }
        return {
            "type": "image",
            "image": {**({"caption": said.text} if said.text else {}), **image},
        }
    if said.place:
        latitude, longitude = said.place
        return {"type": "location", "location": {"latitude": latitude, "longitude": longitude}}
    return {"type": "text", "text": {"body": said.text}}
