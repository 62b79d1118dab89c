"""Keys and what is done with them: case secrets, contacts, blind indexes, kept receipts.

All keys come from the environment, none lies in the database: `GRS_TRACKING_KEY` for the secrets,
`GRS_CONTACT_KEYS` (Fernet; the first one encrypts, all decrypt) and `GRS_INDEX_KEY`.
"""

import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from complaints import tracking


class CannotUnseal(Exception):
    """The keys given do not open this; one is missing, or the data was changed."""


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


def blind_index(kind: str, value: str) -> str:
    """A keyed hash by which a contact is found again; empty for an empty value."""
    if not value:
        return ""
    message = f"{kind}\x00{value}".encode()
    return hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()


def secret_hash(number: str, secret: str) -> str:
    """What the case keeps of one of its secrets."""
    return tracking.sealed(settings.TRACKING_KEY.encode(), number, secret)


def secret_matches(number: str, secret: str, stored: str) -> bool:
    """Whether the secret is the stored one, in constant time."""
    return tracking.matches(settings.TRACKING_KEY.encode(), number, secret, stored)


def one_time_code(proof_id: int, nonce: str) -> str:
    """The six digits that prove a contact: derived whenever they are needed, kept nowhere."""
    message = f"otp\x00{proof_id}\x00{nonce}".encode()
    digest = hmac.new(settings.TRACKING_KEY.encode(), message, hashlib.sha256).digest()
    return f"{int.from_bytes(digest) % 1_000_000:06d}"


def code_matches(proof_id: int, nonce: str, typed: str) -> bool:
    """Whether the digits are the code of a proof, in constant time."""
    return hmac.compare_digest(one_time_code(proof_id, nonce), tracking.digits_only(typed))
