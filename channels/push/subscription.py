"""What a browser or app gives to be reached by web push (RFC 8030, 8291): an address and two keys."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from py_vapid.utils import b64urldecode

from channels.public_hosts import is_public
from complaints.errors import Invalid

LONGEST_ENDPOINT = 1000
POINT_BYTES, AUTH_BYTES = 65, 16


@dataclass(frozen=True, slots=True)
class Subscription:
    """A device: where its push service takes messages, its public key and its secret, in base64url."""

    endpoint: str
    p256dh: str
    auth: str

    def as_json(self) -> dict[str, Any]:
        """The same as browsers write it."""
        keys = {"p256dh": self.p256dh, "auth": self.auth}
        return {"endpoint": self.endpoint, "keys": keys}


def read(given: dict[str, Any]) -> Subscription:
    """The subscription of a request. Raises Invalid for what nobody could be reached by."""
    keys = given.get("keys")
    keys = keys if isinstance(keys, dict) else {}
    found = Subscription(
        str(given.get("endpoint", "")), str(keys.get("p256dh", "")), str(keys.get("auth", ""))
    )
    if not (may_be_asked(found.endpoint) and _is_point(found.p256dh) and _is_secret(found.auth)):
        raise Invalid(fields={"subscription": [Invalid.sentence]})
    return found


def may_be_asked(endpoint: str) -> bool:
    """Whether the address is one of a push service: https, and no name or number of our own network.

    Where a public name leads is looked at when a message leaves (`public_hosts`).
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if len(endpoint) > LONGEST_ENDPOINT or not host or parts.username is not None:
        return False
    if settings.PUSH_TO_PRIVATE:
        return parts.scheme in ("http", "https")
    return parts.scheme == "https" and port in (None, 443) and _looks_public(host)


def _looks_public(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        return "." in host.strip(".")


def _is_point(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(text, POINT_BYTES))
    except ValueError:
        return False
    return True


def _is_secret(text: str) -> bool:
    try:
        _decoded(text, AUTH_BYTES)
    except ValueError:
        return False
    return True


def _decoded(text: str, length: int) -> bytes:
    """Raises ValueError unless it is base64url (or base64) of so many bytes."""
    if len(text) > 2 * POINT_BYTES:
        raise ValueError
    found: bytes = b64urldecode(text.rstrip("=").encode())
    if len(found) != length:
        raise ValueError
    return found
