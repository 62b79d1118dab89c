"""The three figures of the start page, counted now and then and kept in the cache between.

The headline is confirmed resolved out of all answered: silence, advice and hand-offs never count.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, F, Q
from redis.exceptions import RedisError

from complaints import clocks, moment
from complaints.models import Case, Clock
from complaints.models.case import AnsweredWith, EndedAs, Status

log = structlog.get_logger(__name__)
LOOKED_BACK = timedelta(days=365)
FRESH, KEPT, COUNTING = 900, 86_400, 60
CONFIRMED = (EndedAs.CONFIRMED, EndedAs.DISPUTED_THEN_CONFIRMED)


@dataclass(frozen=True, slots=True)
class Headline:
    """Open cases now; of the last 365 days: answered, those in time, and confirmed resolved."""

    open: int
    answered: int
    in_time: int
    confirmed: int

    @property
    def in_time_share(self) -> float | None:
        """In time out of all answers (0–1); None while there are none."""
        return self.in_time / self.answered if self.answered else None

    @property
    def confirmed_share(self) -> float | None:
        """Confirmed resolved out of all answered (0–1); None while there are none."""
        return self.confirmed / self.answered if self.answered else None


def headline() -> Headline | None:
    """The figures, at most some minutes old; None while they are being counted, or without a cache.

    One visitor's request counts anew; the others meanwhile get what was counted before.
    """
    name = f"headline:{settings.COUNTRY}"
    try:
        known = cache.get(name)
        if known and cache.get(f"{name}:fresh"):
            return Headline(**known)
        if not cache.add(f"{name}:counting", 1, timeout=COUNTING):
            return Headline(**known) if known else None
        counted = count()
        cache.set(name, asdict(counted), timeout=KEPT)
        cache.set(f"{name}:fresh", 1, timeout=FRESH)
        cache.delete(f"{name}:counting")
    except RedisError:
        log.warning("figures: the cache does not answer")
        return None
    return counted


def count() -> Headline:
    """Count them (three queries over indexes; slow on many cases, so not on each request)."""
    since = moment.now() - LOOKED_BACK
    cases = Case.objects.filter(country=settings.COUNTRY)
    answered = cases.filter(answered_at__gte=since)
    confirmed = Q(status=Status.CLOSED, outcome=AnsweredWith.RESOLVED, ending__in=CONFIRMED)
    counted = answered.aggregate(all=Count("pk"), confirmed=Count("pk", filter=confirmed))
    # The clock of the answer that stands: met when it was given, and not missed before.
    in_time = answered.filter(
        pk__in=Clock.objects.filter(
            kind=clocks.Kind.RESOLVE,
            stopped_how=Clock.Stopped.MET,
            stopped_at=F("case__answered_at"),
            missed_at=None,
        ).values("case_id")
    )
    return Headline(
        open=cases.exclude(status=Status.CLOSED).count(),
        answered=counted["all"],
        in_time=in_time.count(),
        confirmed=counted["confirmed"],
    )
