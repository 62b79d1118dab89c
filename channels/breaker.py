"""A circuit breaker for each provider: after some failures in a row it is left alone for a while.

Then one message is tried; if that works, all go on. Nothing is lost meanwhile: notices wait.
"""

from datetime import datetime, timedelta

from django.db import transaction

from channels.models import Provider

#: So many failures in a row open it; it stays open for the first time, then twice as long, at most so.
FAILURES = 5
FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=10)


def is_open(provider: str, now: datetime) -> bool:
    """Whether the provider is left alone now."""
    return Provider.objects.filter(pk=provider, open_until__gt=now).exists()


def is_on_trial(provider: str) -> bool:
    """Whether it has failed lately: then one message is tried before the others."""
    return Provider.objects.filter(pk=provider, failures__gte=FAILURES).exists()


def failed(provider: str, kind: str, now: datetime, wait: int = 0) -> datetime | None:
    """Count a failure of the provider itself; gives until when it is left alone, if it is."""
    with transaction.atomic():
        Provider.objects.bulk_create([Provider(name=provider)], ignore_conflicts=True)
        row = Provider.objects.select_for_update().get(pk=provider)
        row.failures, row.last_error, row.failed_at = row.failures + 1, kind[:100], now
        if wait or row.failures >= FAILURES:
            longer = FIRST * 2 ** min(max(0, row.failures - FAILURES), 10)
            row.open_until = now + max(min(longer, LONGEST), timedelta(seconds=min(wait, 3600)))
        row.save()
    return row.open_until if row.open_until and row.open_until > now else None


def worked(provider: str, now: datetime) -> bool:
    """It works: failures are forgotten. True if it had failed before, so that it is back now.

    Writes at most once a minute while all is well.
    """
    known = Provider.objects.filter(pk=provider).values_list("failures", "worked_at").first()
    failures, worked_at = known or (0, None)
    if failures == 0 and worked_at is not None and worked_at > now - timedelta(minutes=1):
        return False
    Provider.objects.update_or_create(
        pk=provider, defaults={"failures": 0, "open_until": None, "worked_at": now}
    )
    return failures > 0


def forget(provider: str) -> None:
    """What failed says nothing any more, as after another address was set: it is called as if new."""
    Provider.objects.filter(pk=provider, failures__gt=0).update(failures=0, open_until=None)
