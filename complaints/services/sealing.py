"""Keys and what is done with them: case secrets, contacts, blind indexes, kept receipts.

All keys come from the environment, none lies in the database: `GRS_TRACKING_KEY` for the secrets (the
first of them makes, all verify), `GRS_CONTACT_KEYS` (Fernet; the first one encrypts, all decrypt) and
`GRS_INDEX_KEY`. How they are changed: `rotation.py` and docs/operations.md.
"""

import hashlib
import hmac
import json
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from complaints import tracking

#: Every sealed value written as text begins with this: Fernet's version, and a clock of this age.
BEGINS = "gAAAA"


class CannotUnseal(Exception):
    """The keys given do not open this; one is missing, or the data was changed."""


class Under(StrEnum):
    """Which of the contact keys opens something."""

    FIRST = "first"
    OLDER = "older"
    NONE = "none"


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _contact_box() -> MultiFernet:
    return _box(tuple(settings.CONTACT_KEYS))


def seal(value: dict[str, Any]) -> bytes:
    """Encrypt a small JSON object with the first contact key."""
    return _contact_box().encrypt(json.dumps(value, ensure_ascii=False).encode())


def unseal(token: bytes | memoryview) -> dict[str, Any]:
    """Open what `seal` made. Raises CannotUnseal."""
    try:
        opened: dict[str, Any] = json.loads(_contact_box().decrypt(bytes(token)))
    except InvalidToken as error:
        raise CannotUnseal from error
    return opened


def wrap(key: bytes) -> bytes:
    """Encrypt a data key with the first contact key."""
    return _contact_box().encrypt(key)


def unwrap(token: bytes | memoryview) -> bytes:
    """The data key that `wrap` made this of. Raises CannotUnseal."""
    try:
        return _contact_box().decrypt(bytes(token))
    except InvalidToken as error:
        raise CannotUnseal from error


def under(token: bytes | memoryview) -> Under:
    """Whether the first contact key opens this, an older one alone, or none that is given."""
    keys = tuple(settings.CONTACT_KEYS)
    for box, found in ((_box(keys[:1]), Under.FIRST), (_box(keys), Under.OLDER)):
        try:
            box.decrypt(bytes(token))
        except InvalidToken:
            continue
        return found
    return Under.NONE


def renewed(token: bytes | memoryview) -> bytes:
    """The same sealed with the first contact key. Raises CannotUnseal."""
    try:
        return _contact_box().rotate(bytes(token))
    except InvalidToken as error:
        raise CannotUnseal from error


def blind_index(kind: str, value: str) -> str:
    """A keyed hash by which a contact is found again; empty for an empty value."""
    if not value:
        return ""
    message = f"{kind}\x00{value}".encode()
    return hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()


def secret_hash(number: str, secret: str) -> str:
    """What the case keeps of one of its secrets, made with the first tracking key."""
    return tracking.sealed(settings.TRACKING_KEYS[0].encode(), number, secret)


def secret_matches(number: str, secret: str, stored: str) -> bool:
    """Whether the secret is the stored one, under any tracking key; the same work for a wrong one."""
    keys = [key.encode() for key in settings.TRACKING_KEYS]
    fits = [tracking.matches(key, number, secret, stored) for key in keys]
    return any(fits)


def macs(message: bytes) -> list[bytes]:
    """HMAC-SHA-256 under each tracking key: what is made now is the first, what is known may be any."""
    return [
        hmac.new(key.encode(), message, hashlib.sha256).digest() for key in settings.TRACKING_KEYS
    ]


def one_time_code(proof_id: int, nonce: str) -> str:
    """The six digits that prove a contact: derived whenever they are needed, kept nowhere."""
    return _codes(proof_id, nonce)[0]


def _codes(proof_id: int, nonce: str) -> list[str]:
    made = macs(f"otp\x00{proof_id}\x00{nonce}".encode())
    return [f"{int.from_bytes(digest) % 1_000_000:06d}" for digest in made]


def code_matches(proof_id: int, nonce: str, typed: str) -> bool:
    """Whether the digits are the code of a proof, in constant time."""
    digits = tracking.digits_only(typed)
    fits = [hmac.compare_digest(code, digits) for code in _codes(proof_id, nonce)]
    return any(fits)
