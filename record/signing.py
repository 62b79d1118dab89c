"""Signing with the portal's key (`GRS_RECORD_KEY`, Ed25519 of RFC 8032), and checking such signatures.

Which keys are the portal's is said outside the database, whose owner could put any key into it: the one in
use, and those whose fingerprints `GRS_RECORD_FORMER_KEYS` lists.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def fingerprint(public: bytes) -> str:
    """What a gazette prints of a public key: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(public).hexdigest()


def key_id(public: bytes) -> str:
    """The name of a key in heads and receipts: the first 16 digits of its fingerprint."""
    return fingerprint(public)[:16]


@lru_cache(maxsize=4)
def _private(raw: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(raw)


def public_key() -> bytes:
    """The public key that belongs to the key in use, 32 bytes."""
    return _private(settings.RECORD_KEY).public_key().public_bytes_raw()


def sign(message: bytes) -> bytes:
    """The signature of a message with the key in use, 64 bytes."""
    return _private(settings.RECORD_KEY).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this key signed this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_ours(public: bytes) -> bool:
    """Whether this is the key in use, or one that was before it."""
    former = {"".join(value.split()).lower() for value in settings.RECORD_FORMER_KEYS}
    return public == public_key() or fingerprint(public) in former


def text(signature: bytes) -> str:
    """A signature as it is written in JSON: base64."""
    return base64.b64encode(signature).decode()
