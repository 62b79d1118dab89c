"""A case's number and its two secrets. Pure: no ORM, no settings; keys are handed in.

The number is twelve random digits and a check letter, written `4821-9530-7716-K`: it can be read out
on a telephone and typed in any script, and tells nobody how many cases there are. The letter is the
number modulo 23 (a prime, so every single wrong digit and every swap of neighbours is caught).
The secrets are 16 digits each, shown once, and kept as HMAC-SHA-256 of number and secret.
"""

import hashlib
import hmac
import secrets
import unicodedata

LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
NUMBER_DIGITS = 12
SECRET_DIGITS = 16


def digits_only(text: str) -> str:
    """The digits of a text, whatever script they are written in, as ASCII."""
    return "".join(str(unicodedata.digit(c)) for c in text if unicodedata.category(c) == "Nd")


def new_number() -> str:
    """A fresh case number. Raises nothing; a clash is left to the database's unique index."""
    return _written(f"{secrets.randbelow(10**NUMBER_DIGITS):0{NUMBER_DIGITS}}")


def new_secret() -> str:
    """A fresh secret of 16 digits, in groups of four."""
    digits = "".join(secrets.choice("0123456789") for _ in range(SECRET_DIGITS))
    return " ".join(digits[i : i + 4] for i in range(0, SECRET_DIGITS, 4))


def _written(digits: str) -> str:
    groups = "-".join(digits[i : i + 4] for i in range(0, NUMBER_DIGITS, 4))
    return f"{groups}-{LETTERS[int(digits) % len(LETTERS)]}"


def read_number(text: str) -> str | None:
    """The number as we write it, from whatever was typed; None if it cannot be one.

    Spaces, dashes and Bangla digits are fine; the check letter may be left out.
    """
    digits = digits_only(text)
    letters = [c for c in text.upper() if c.isascii() and c.isalpha()]
    if len(digits) != NUMBER_DIGITS or len(letters) > 1:
        return None
    number = _written(digits)
    if letters and letters[0] != number[-1]:
        return None
    return number


def read_secret(text: str) -> str:
    """The 16 digits of a secret as typed, or an empty string if it cannot be one."""
    digits = digits_only(text)
    return digits if len(digits) == SECRET_DIGITS else ""


def sealed(key: bytes, number: str, secret: str) -> str:
    """What is stored of a secret: HMAC-SHA-256 in hex over number and digits."""
    message = f"{number}\x00{digits_only(secret)}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def matches(key: bytes, number: str, secret: str, stored: str) -> bool:
    """Whether a typed secret is the stored one; constant time, the same work for a wrong one."""
    return hmac.compare_digest(sealed(key, number, secret), stored)
