"""The portal's own key towards push services (VAPID, RFC 8292): they take messages of its holder only.

One P-256 key per installation, given raw in base64url; browsers are told its public half.
"""

import time
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

import structlog
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02, VapidException
from py_vapid.utils import b64urlencode

from channels.outbound import CannotSend

log = structlog.get_logger(__name__)
#: How long a signature is good for, in seconds; a push service takes none of more than a day.
SIGNED_FOR = 12 * 3600


@lru_cache(maxsize=4)
def _vapid(private_key: str) -> Vapid02 | None:
    """The key; None for none, or for what is no key: news on devices is not offered then."""
    try:
        return Vapid02.from_string(private_key) if private_key else None
    except (ValueError, TypeError):
        log.error("GRS_VAPID_PRIVATE_KEY is no P-256 key")
        return None


def _own() -> Vapid02 | None:
    return _vapid(settings.PROVIDERS["vapid"]["private_key"])


def public_key() -> str:
    """The public half as browsers want it (an uncompressed point in base64url); empty without a key."""
    own = _own()
    if own is None:
        return ""
    point = own.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def signed(endpoint: str) -> dict[str, str]:
    """The header that proves to an endpoint's push service who sends. Raises CannotSend without a key."""
    own, parts = _own(), urlsplit(endpoint)
    if own is None:
        raise CannotSend("no_key", is_outage=True)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + SIGNED_FOR,
        "sub": _whom_to_ask(),
    }
    try:
        return dict(own.sign(claims))
    except VapidException:
        raise CannotSend("no_key", is_outage=True) from None


def _whom_to_ask() -> str:
    """Whom a push service may write to about our messages: an address as mailto: or https:."""
    given = settings.PROVIDERS["vapid"]["subject"]
    if given:
        return str(given)
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme == "https":
        return f"https://{public.hostname}"
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
