"""Secrets of agencies' systems: made at random, shown once, kept as a hash (no database).

A secret is 256 random bits, so nobody finds it by trying, and a fast hash is enough: what passwords
need (scrypt, a tenth of a second) would only make each token dear and the address of tokens easy to
flood. It is a plain SHA-256, without a key, so that no change of the portal's keys locks systems out.
"""

import hashlib
import secrets

from django.utils.crypto import constant_time_compare

#: So that programs that look for secrets in code and logs know one of ours.
BEGINNING = "grs_"
BYTES = 32
_KIND = "sha256$"


def new_secret() -> str:
    """A new secret; letters that need no quoting in a header, a form or a shell."""
    return BEGINNING + secrets.token_urlsafe(BYTES)


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return _KIND + hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, *kept: str) -> bool:
    """Whether a secret is one of those kept (empty ones are none), after the same work for each."""
    given = hashed(secret)
    return sum(constant_time_compare(given, one) for one in kept) > 0
