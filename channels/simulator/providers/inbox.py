"""The mail service: it posts letters to the portal as Postmark does (inbound webhook, JSON).

Proof is HTTP basic authentication with the webhook's secret.
Source: https://postmarkapp.com/developer/webhooks/inbound-webhook
"""

import base64
import uuid
from email.utils import formatdate
from typing import Any

from channels.simulator import pictures
from channels.simulator.people import Person
from channels.simulator.providers.base import Keys, Provider, Said
from channels.simulator.wire import Request, compact


class Inbox(Provider):
    """Letters with or without photos; an answer to a letter of the portal goes where that one asked."""

    name, channel, path = "inbox", "email", "/channels/email/postmark/inbound/"
    secrets = ("webhook_secret",)
    offers = frozenset({"photo", "answer", "subject"})

    def new_id(self) -> str:
        return f"<{uuid.uuid4()}@mail.example>"

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        sender = {"Email": person.email, "Name": person.names["en"], "MailboxHash": ""}
        to = said.to or keys["address"]
        headers = [
            {"Name": "Message-ID", "Value": message_id},
            {"Name": "MIME-Version", "Value": "1.0"},
        ]
        if said.thread:
            headers += [
                {"Name": "In-Reply-To", "Value": said.thread[-1]},
                {"Name": "References", "Value": " ".join(said.thread)},
            ]
        body = {
            "FromName": sender["Name"],
            "From": person.email,
            "FromFull": sender,
            "To": to,
            "ToFull": [{"Email": to, "Name": "", "MailboxHash": _hash_of(to)}],
            "Cc": "",
            "CcFull": [],
            "Bcc": "",
            "BccFull": [],
            "OriginalRecipient": to,
            "Subject": said.subject,
            "MessageID": str(uuid.uuid4()),
            "ReplyTo": "",
            "MailboxHash": _hash_of(to),
            "Date": formatdate(),
            "TextBody": said.text + (f"\n\n{said.quoted}" if said.quoted else ""),
            "HtmlBody": "",
            "StrippedTextReply": said.text if said.quoted else "",
            "Tag": "",
            "Headers": headers,
            "Attachments": _attachments(said.photo),
        }
        proof = base64.b64encode(keys["webhook_secret"].encode()).decode()
        headers_sent = {"Content-Type": "application/json", "Authorization": f"Basic {proof}"}
        return Request(self.url, compact(body), headers_sent)


def _hash_of(address: str) -> str:
    """What stands behind the plus: Postmark names it apart."""
    return address.partition("@")[0].partition("+")[2]


def _attachments(photo: str) -> list[dict[str, Any]]:
    if not photo:
        return []
    content = pictures.picture(photo)
    return [
        {
            "Name": "photo.jpg",
            "Content": base64.b64encode(content).decode(),
            "ContentType": pictures.CONTENT_TYPE,
            "ContentLength": len(content),
            "ContentID": "",
        }
    ]
