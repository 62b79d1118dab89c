"""Counts over very many rows: made once for all readers, kept for some minutes.

A worker makes those that are asked for most anew before they are forgotten (`oversight.tasks`); what it
does not make is counted for the first one who asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, cast

from django.conf import settings
from django.core.cache import cache

from complaints import moment
from oversight.figures.periods import LAST_DAYS, YEAR_CODE, Period, period_of

T = TypeVar("T")
#: Seconds for which a count is good; the worker comes by more often.
KEPT = 900


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """What was counted, and when (UTC)."""

    value: T
    at: datetime


def counted(
    name: str, count: Callable[[], T], *, anew: bool = False, seconds: int = KEPT
) -> Counted[T]:
    """The count of that name in this country, made now if it is not known, too old, or wanted `anew`."""
    key = f"boards:{settings.COUNTRY}:{name}"
    known = None if anew else cast(Counted[T] | None, cache.get(key))
    if known is None:
        known = Counted(count(), moment.now())
        cache.set(key, known, timeout=seconds)
    return known


def days_of(period: Period) -> str:
    """A period in the name of a count: "30" is not the same tomorrow."""
    return f"{period.start}:{period.end}"


def usual_periods() -> list[Period]:
    """The periods that are counted before anybody asks."""
    return [period_of(str(code)) for code in (*LAST_DAYS, YEAR_CODE)]
