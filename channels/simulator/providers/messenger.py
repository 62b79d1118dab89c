"""Messenger: webhooks of a page (`messages`, `message_deliveries`, `message_reads`).

Times are milliseconds. Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
"""

import base64
import secrets
import time
from typing import Any

from django.conf import settings

from channels.simulator.people import Person
from channels.simulator.providers.base import Keys, Report, Said
from channels.simulator.providers.graph import GraphProvider
from channels.simulator.wire import Request


class Messenger(GraphProvider):
    """Text and photos, to a page."""

    name, channel, path = "messenger", "messenger", "/channels/messenger/"
    offers = frozenset({"photo", "answer", "handshake"})
    reports = ((1.0, "delivered"), (4.0, "read"))

    def new_id(self) -> str:
        return f"m_{base64.urlsafe_b64encode(secrets.token_bytes(42)).decode()}"

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        message: dict[str, Any] = {"mid": message_id}
        if said.text:
            message["text"] = said.text
        if said.photo:
            url = f"{settings.PUBLIC_URL}/simulator/pictures/{said.photo}.jpg"
            message["attachments"] = [{"type": "image", "payload": {"url": url}}]
        if said.answers:
            message["reply_to"] = {"mid": said.answers}
        return self._event(person, {"message": message}, keys)

    def report(self, report: Report) -> Request | None:
        """Delivered and read: up to a moment, as Messenger counts them."""
        watermark = int(time.time() * 1000)
        if report.status == "delivered":
            what: dict[str, Any] = {
                "delivery": {"mids": [report.message_id], "watermark": watermark}
            }
        else:
            what = {"read": {"watermark": watermark}}
        return self._event(report.person, what, self.keys)

    def _event(self, person: Person, what: dict[str, Any], keys: Keys) -> Request:
        now = int(time.time() * 1000)
        event = {
            "sender": {"id": person.page_id},
            "recipient": {"id": keys["page_id"]},
            "timestamp": now,
            **what,
        }
        entry = {"time": now, "id": keys["page_id"], "messaging": [event]}
        return self.signed({"object": "page", "entry": [entry]}, keys)
