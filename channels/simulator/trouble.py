"""A provider out of order, on purpose: one can watch how the portal waits and then delivers.

Kept in the cache for some minutes, so that it ends by itself.
"""

import time
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

MINUTES = 10
#: What a provider can have; the time-out is longer than the portal waits for an answer.
KINDS = {
    "503": _("answers 503: out of order"),
    "429": _("answers 429: too many messages"),
    "timeout": _("does not answer in time"),
}
SECONDS_OF_SILENCE = 12.0
SECONDS_ASKED_TO_WAIT = 20


def _name(provider: str) -> str:
    return f"simulator:trouble:{provider}"


def begin(provider: str, kind: str) -> None:
    """From now on the provider is out of order in this way, for ten minutes."""
    until = datetime.now(UTC) + timedelta(minutes=MINUTES)
    cache.set(_name(provider), {"kind": kind, "until": until}, timeout=MINUTES * 60)


def end(provider: str) -> None:
    """All is well again."""
    cache.delete(_name(provider))


def of(provider: str) -> tuple[str, datetime] | None:
    """What a provider has, and until when (UTC); None if it is well."""
    found = cache.get(_name(provider))
    return (found["kind"], found["until"]) if found else None


def keep_silent() -> None:
    """Let the portal wait longer than it does."""
    time.sleep(SECONDS_OF_SILENCE)
