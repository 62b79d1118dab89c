"""A contact sealed under a key of its own, and opened again.

The key lies wrapped (`DataKey`): without its row, what it sealed is lost for good, in every backup of
the contacts too. That is how a person is erased (docs/data-protection.md).
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from accounts import written
from complaints.models import Contact, DataKey
from complaints.services import sealing
from complaints.services.sealing import CannotUnseal
from complaints.submission import ContactDetails


def seal_contact(contact: Contact, details: ContactDetails, now: datetime) -> None:
    """Put the details into a contact that is not saved yet, under a new key, not saved either."""
    key = Fernet.generate_key()
    contact.data_key = DataKey(wrapped=sealing.wrap(key), created_at=now)
    contact.sealed = Fernet(key).encrypt(json.dumps(asdict(details), ensure_ascii=False).encode())


def create(contact: Contact) -> None:
    """Write a new contact with its key."""
    if contact.data_key is not None:
        written.insert([contact.data_key])
        contact.data_key_id = contact.data_key.pk
    written.insert([contact])


def details_of(contact: Contact) -> dict[str, Any]:
    """The details by name; `data_key` should be loaded. Raises CannotUnseal."""
    if contact.data_key is None:
        # Of somebody who gave none: news goes to a handle or device, there is nothing to be read.
        return sealing.unseal(contact.sealed)
    try:
        plain = Fernet(sealing.unwrap(contact.data_key.wrapped)).decrypt(bytes(contact.sealed))
    except (InvalidToken, ValueError) as error:
        raise CannotUnseal from error
    opened: dict[str, Any] = json.loads(plain)
    return opened
