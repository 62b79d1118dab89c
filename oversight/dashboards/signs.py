"""Does the portal itself work: the sweep, the outbox, the registry. For those who oversee."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache

from complaints import moment
from complaints.selectors import heartbeat_age, outbox_age
from complaints.selectors.stuck import RegistryProblems, registry_problems

#: Seconds for which the signs are kept.
KEPT = 30


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of life: since when (None: never, or nothing waits), and whether that is well."""

    at: datetime | None
    well: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """All of them: when the sweep last ran to its end, and since when the oldest notice waits."""

    sweep: Sign
    outbox: Sign
    registry: RegistryProblems


def signs() -> Signs:
    """How the portal is (a few statements, kept for half a minute)."""
    known: Signs | None = cache.get("oversight-signs")
    if known is None:
        known = Signs(_sweep(), _outbox(), registry_problems())
        cache.set("oversight-signs", known, KEPT)
    return known


def _sweep() -> Sign:
    age = heartbeat_age()
    if age is None:
        return Sign(None, well=False)
    return _sign(age, settings.HEALTH_MAX_HEARTBEAT_AGE)


def _outbox() -> Sign:
    age = outbox_age()
    return Sign(None, well=True) if age is None else _sign(age, settings.HEALTH_MAX_OUTBOX_AGE)


def _sign(age: timedelta, longest: timedelta) -> Sign:
    return Sign(moment.now() - age, well=age <= longest)
