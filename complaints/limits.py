"""Counters against floods and guessing, kept in the cache and nowhere else.

What is counted is a keyed hash under a key that lives in the cache alone and changes hourly, so that
no address or contact can be read back from a counter. Without a cache nothing is limited: filing has
to work when the broker is down.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
HOUR, DAY = 3600, 86_400
#: Guesses of a secret: by address and number together, so that nobody can lock a citizen out.
GUESSES_AN_HOUR = 10
GUESSES_AN_HOUR_FROM_ADDRESS = 300
#: Digits that confirm an answer: wrong ones for one question in all, however long it is open. Then
#: there is still the link.
DIGITS_A_QUESTION = 20
QUESTION = 40 * DAY
#: One-time codes: sent to the contact of a case; asked for from one address.
CODES_AN_HOUR = 3
CODES_ASKED_AN_HOUR_FROM_ADDRESS = 300
#: Summaries for a respondent that would tell who filed the case: by officer and case.
SUMMARIES_REFUSED_AN_HOUR = 10
#: Files from one address: ten for each filing that it may make.
FILES_AN_HOUR_FROM_ADDRESS = 3000
#: Copies of all that is kept about somebody, each of which may be large: of one case or account.
EXPORTS_AN_HOUR = 10


def _hourly_key() -> bytes:
    name = f"limits:key:{datetime.now(UTC):%Y%m%d%H}"
    key = cache.get_or_set(name, lambda: secrets.token_hex(32), timeout=2 * HOUR)
    return str(key).encode()


def _count(what: str, value: str, seconds: int, key: Callable[[], bytes]) -> int:
    """Count once more, and say how often in the current window. 0 if the cache is away."""
    try:
        counters: Any = cache
        return int(counters.count(_name(what, value, key()), seconds))
    except RedisError:
        log.warning("limits: the cache does not answer", what=what)
        return 0


def _counted(what: str, value: str, key: Callable[[], bytes]) -> int:
    """How often something was counted in the current window. 0 if the cache is away."""
    try:
        return int(cache.get(_name(what, value, key()), 0))
    except RedisError:
        log.warning("limits: the cache does not answer", what=what)
        return 0


def _name(what: str, value: str, key: bytes) -> str:
    digest = hmac.new(key, f"{what}\x00{value}".encode(), hashlib.sha256).hexdigest()
    return f"limits:{what}:{digest}"


def read_counter(address: str) -> str:
    """The name of the counter of reads from a network address, which is another one each hour."""
    return _name("read", address, _hourly_key())


def sign_in_counter(address: str) -> str:
    """What stands for a network address where wrong passwords are counted; another one each hour."""
    return _name("sign-in", address, _hourly_key())


def count_guess(address: str, number: str) -> None:
    """Count a wrong secret."""
    _count("guess", f"{address}\x00{number}", HOUR, _hourly_key)
    _count("guesses", address, HOUR, _hourly_key)


def guessed_too_often(address: str, number: str) -> bool:
    """Whether there were too many wrong secrets from this address, on this number or in all."""
    on_number = _counted("guess", f"{address}\x00{number}", _hourly_key)
    in_all = _counted("guesses", address, _hourly_key)
    return on_number >= GUESSES_AN_HOUR or in_all >= GUESSES_AN_HOUR_FROM_ADDRESS


def count_digits(question: int) -> None:
    """Count wrong digits for a question (the id of its clock)."""
    _count("digits", str(question), QUESTION, lambda: b"digits")


def digits_tried(question: int) -> int:
    """How many wrong digits there were for a question, from wherever they came."""
    return _counted("digits", str(question), lambda: b"digits")


def summaries_refused(whom: str) -> int:
    """How often a summary told who filed a case, this time included: by officer and case, in an hour.

    A refusal says that a name is the right one: whoever guesses must not get far.
    """
    return _count("summary", whom, HOUR, lambda: b"summary")


def filings_from_contact(blind_index: str) -> int:
    """How many were filed with this contact (a blind index already) in a day, this one included."""
    return _count("filed", blind_index, DAY, lambda: b"contact") if blind_index else 0


def filings_from_address(address: str) -> int:
    """How many were filed from this network address in the hour, this one included."""
    return _count("address", address, HOUR, _hourly_key) if address else 0


def files_from_address(address: str) -> int:
    """How many files were sent from this network address in the hour, this one included."""
    return _count("files", address, HOUR, _hourly_key) if address else 0


def codes_asked_from_address(address: str) -> int:
    """How many one-time codes were asked for from this network address, this one included."""
    return _count("codes", address, HOUR, _hourly_key) if address else 0


def codes_for(whom: str) -> int:
    """How many one-time codes were asked for with the same right (or wrong) words, with this one."""
    return _count("code", whom, HOUR, _hourly_key)


def code_tries(whom: str) -> int:
    """How often a code was typed for one asking, this try included: counted before it is looked at."""
    return _count("tries", whom, HOUR, lambda: b"code")


def exports_of(whom: str) -> int:
    """How many copies of all that is kept about a case or account were made, this one included."""
    return _count("export", whom, HOUR, lambda: b"export")
