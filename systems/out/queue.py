"""What waits to be delivered: claimed, and what became of it written down.

Within a case in order: while an earlier delivery waits, the later ones do. A try is counted when it is
claimed, before it is made, so a crash costs at most a repeat, which carries the same id.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from secrets import randbelow

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from systems.models import Delivery, Endpoint, System
from systems.out.calling import Outcome
from systems.out.refusals import NoEndpoint
from systems.scopes import Scope

WAITING, SENT, FAILED, FEED = (
    Delivery.State.WAITING,
    Delivery.State.SENT,
    Delivery.State.FAILED,
    Delivery.State.FEED,
)
#: When the next try is, after each (Standard Webhooks); after the last one it is given up.
RETRIES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: Up to so many hundredths later, so that what failed together does not come together again.
JITTER = 10
#: Whoever claimed it has so long; then it is due again.
LEASE = timedelta(seconds=60)
#: So many tries are remembered of a delivery; so many deliveries are sent again at once.
REMEMBERED, MOST_AGAIN = 20, 50_000


def foremost() -> QuerySet[Delivery]:
    """What waits, and before which nothing waits in its case: what is sent next of it."""
    earlier = Delivery.objects.filter(
        system=OuterRef("system"), case=OuterRef("case"), state=WAITING
    ).filter(log_seq__lt=OuterRef("log_seq"))
    return Delivery.objects.filter(state=WAITING).exclude(Exists(earlier))


def due(now: datetime) -> QuerySet[Delivery]:
    """What may be sent now: its time has come, and nothing before it waits in its case."""
    return foremost().filter(next_at__lte=now)


def systems_due(now: datetime) -> list[Endpoint]:
    """The addresses for which something is due, with their systems; the longest unheard first."""
    waiting = Delivery.objects.filter(system=OuterRef("system"), state=WAITING, next_at__lte=now)
    found = Endpoint.objects.filter(Exists(waiting), off_at=None, system__ended_at=None)
    found = found.filter(system__scopes__contains=[Scope.EVENTS])
    return list(found.select_related("system__office", "system__user").order_by("pk"))


def claim(system: System, most: int, now: datetime) -> list[int]:
    """Take up to so many for sending; gives their ids, the longest due first."""
    with transaction.atomic():
        rows = due(now).filter(system=system).order_by("next_at", "id")
        ids = list(
            rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[
                :most
            ]
        )
        claimed = Delivery.objects.filter(pk__in=ids)
        claimed.update(next_at=now + LEASE, tries=F("tries") + 1)
    return ids


def mark_sent(row: Delivery, outcome: Outcome, now: datetime) -> None:
    """It arrived."""
    Delivery.objects.filter(pk=row.pk).update(
        state=SENT, sent_at=now, next_at=None, error="", history=_history(row, outcome, now)
    )


def mark_failed(row: Delivery, outcome: Outcome, now: datetime) -> bool:
    """It did not arrive: it waits for its next try, and what comes after it in its case with it.

    True if it was the last try, so that it is given up.
    """
    over = row.tries > len(RETRIES)
    next_at = None if over else now + _later(RETRIES[row.tries - 1])
    with transaction.atomic():
        Delivery.objects.filter(pk=row.pk, state=WAITING).update(
            state=FAILED if over else WAITING,
            next_at=next_at,
            error=outcome.kind[:40],
            history=_history(row, outcome, now),
        )
        if next_at is not None:
            after = Delivery.objects.filter(system=row.system_id, case=row.case_id, state=WAITING)
            after.filter(log_seq__gt=row.log_seq, next_at__lt=next_at).update(next_at=next_at)
    return over


def leave_to_feed(ids: Collection[int]) -> None:
    """What the system may not be told now is not sent; the feed judges it anew when it is read."""
    if ids:
        Delivery.objects.filter(pk__in=ids).update(state=FEED, next_at=None)


def due_now(system: System, now: datetime, *, besides: Collection[int]) -> None:
    """The system is there again: what waits for a later try need not wait that long."""
    later = Delivery.objects.filter(system=system, state=WAITING, next_at__gt=now)
    later.exclude(pk__in=besides).update(next_at=now)


def due_soon(system: System, now: datetime) -> None:
    """The same, said outside a run: what may be under way in one is due within its lease anyway."""
    later = Delivery.objects.filter(system=system, state=WAITING, next_at__gt=now + LEASE)
    later.update(next_at=now)


def begin_anew(system: System, now: datetime) -> None:
    """It is called elsewhere from now on: all that waits is due now, with all its tries before it. What
    is under way is put back when it fails (`put_back`).
    """
    Delivery.objects.filter(system=system, state=WAITING).update(tries=0)
    due_soon(system, now)


def put_back(row: Delivery, now: datetime) -> None:
    """It failed where the system is called no more: that was no try."""
    Delivery.objects.filter(pk=row.pk, state=WAITING).update(next_at=now, tries=0)


def send_again(system: System, now: datetime, log_seq: int | None = None) -> int:
    """Deliver once more what was given up, or one delivery; says how many. What waits is left alone.

    Raises NoEndpoint where no address is called.
    """
    with transaction.atomic():
        on = Endpoint.objects.select_for_update().filter(system=system, off_at=None)
        if system.ended_at is not None or not on.exists():
            raise NoEndpoint
        rows = Delivery.objects.filter(system=system)
        if log_seq is None:
            rows = rows.filter(state=FAILED).order_by("log_seq")
        else:
            rows = rows.filter(log_seq=log_seq).exclude(state=WAITING)
        ids = rows.values("pk")[:MOST_AGAIN]
        return Delivery.objects.filter(pk__in=ids).update(
            state=WAITING, tries=0, next_at=now, error="", sent_at=None
        )


def _later(wait: timedelta) -> timedelta:
    return wait * (100 + randbelow(JITTER + 1)) / 100


def _history(row: Delivery, outcome: Outcome, now: datetime) -> list[list[object]]:
    tried: list[object] = [now.isoformat(), outcome.kind, outcome.ms]
    return [*row.history, tried][-REMEMBERED:]
