"""Letters as people's mail programs write them: recorded ones from `mails/`, and made ones."""

import base64
import json
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from channels import intake
from channels.email.inbound import envelope
from channels.inbound import Incoming, Receipt
from channels.registry import INBOUND

MAILS = Path(__file__).parent / "mails"
ADDRESS = "complaints@portal.example"
INBOX = {
    "address": ADDRESS,
    "webhook_secret": "portal:open-sesame",
    "webhook_key": "",
    "imap_host": "",
    "imap_port": "993",
    "imap_user": "",
    "imap_password": "",
}
#: A token that has the form of ours and that we never made.
FORGED = "2s-" + "a" * 20


@pytest.fixture
def inbox(settings: Any) -> dict[str, str]:
    """The portal has a mailbox, and says in its letters that they can be answered."""
    values = dict(INBOX)
    settings.PROVIDERS = {**settings.PROVIDERS, "inbox": values}
    settings.ANYMAIL = {"WEBHOOK_SECRET": values["webhook_secret"]}
    settings.REPLIES_BY = settings.REPLIES_BY | {"email"}
    settings.DEFAULT_FROM_EMAIL = "Complaint portal <no-reply@portal.example>"
    return values


def recorded(name: str, *, token: str = FORGED, ours: str = "") -> bytes:
    """A recorded letter, with the token and the Message-ID of ours that it answers."""
    ours = ours or f"<notice-7.{token}@testserver>"
    raw = (MAILS / f"{name}.eml").read_bytes()
    raw = raw.replace(b"@TOKEN@", token.encode()).replace(b"@OURS@", ours.encode())
    return raw.replace(b"\n", b"\r\n")


def written(
    text: str = "Our meter shows a wrong number and nobody comes.",
    *,
    subject: str = "A meter",
    sender: str = "Rahima <rahima@example.org>",
    message_id: str = "<made-1@example.org>",
    **headers: str,
) -> EmailMessage:
    """A letter with these words, to add files to."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, ADDRESS, subject
    mail["Date"] = "Sun, 22 Nov 2026 10:00:00 +0600"
    if message_id:
        mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def photo(size: int = 300) -> bytes:
    """A JPEG that is larger than a logo."""
    picture = BytesIO()
    Image.effect_noise((size, size), 80).convert("RGB").save(picture, "JPEG")
    return picture.getvalue()


def bring(raw: bytes, **parts: Any) -> int:
    """Store a letter as either way in does; says how many are new."""
    return intake.store(INBOUND["inbox"], [envelope(raw, **parts)])


def read(raw: bytes, **parts: Any) -> Incoming:
    """What a letter says, after it has been through the database's JSON. Raises NotUnderstood."""
    found = _read(raw, **parts)
    assert isinstance(found, Incoming)
    return found


def reported(raw: bytes) -> Receipt:
    """What a letter reports."""
    found = _read(raw)
    assert isinstance(found, Receipt)
    return found


def _read(raw: bytes, **parts: Any) -> Incoming | Receipt:
    payload = json.loads(json.dumps(envelope(raw, **parts).payload))
    return INBOUND["inbox"].read(payload)


def basic(secret: str = INBOX["webhook_secret"]) -> str:
    """An Authorization header."""
    return "Basic " + base64.b64encode(secret.encode()).decode()
