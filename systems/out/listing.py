"""What was delivered to a system and how that goes: for its office's page, and for itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from accounts.actors import Actor
from channels.models import Provider
from systems.models import Delivery, Endpoint, Reading, System
from systems.models.system import STANDING, Way
from systems.out import queue
from systems.out.endpoints import breaker_of
from systems.out.telling import readable, with_office

PAGE = 50
#: Nothing is counted any further than that.
COUNTED = 1000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Doing:
    """How it goes with what a system is told. Counts end at COUNTED."""

    endpoint: Endpoint | None
    waiting: int
    failed: int
    #: Since when the oldest one waits, and when the next try is due.
    waiting_since: datetime | None
    next_at: datetime | None
    worked_at: datetime | None
    failed_at: datetime | None
    error: str
    #: Until when it is left alone after failures in a row.
    alone_until: datetime | None
    #: Steps of the last 24 hours.
    day: int
    reading: Reading | None
    #: How many steps of its own the system has not fetched from the feed, where it reads it.
    unread: int


def doing(system: System, now: datetime) -> Doing:
    """How it goes with a system now (a few queries by index, each over COUNTED rows at most)."""
    rows = Delivery.objects.filter(system=system)
    waiting = rows.filter(state=Delivery.State.WAITING)
    oldest = waiting.order_by("log_seq").values_list("made_at", flat=True).first()
    # What came behind a step that failed waits with it, whatever its own time says.
    foremost = queue.foremost().filter(system=system).order_by("next_at", "id")
    next_at = foremost.values_list("next_at", flat=True).first()
    provider = Provider.objects.filter(pk=breaker_of(system)).first()
    reading = Reading.objects.filter(system=system).first()
    made = rows.order_by("-log_seq").values_list("made_at", flat=True)[:COUNTED]
    open_until = provider.open_until if provider else None
    return Doing(
        endpoint=Endpoint.objects.filter(system=system).first(),
        waiting=_count(waiting),
        failed=_count(rows.filter(state=Delivery.State.FAILED)),
        waiting_since=oldest,
        next_at=next_at,
        worked_at=provider.worked_at if provider else None,
        failed_at=provider.failed_at if provider else None,
        error=provider.last_error if provider and provider.failures else "",
        alone_until=open_until if open_until and open_until > now else None,
        day=sum(at > now - DAY for at in made),
        reading=reading,
        unread=_count(rows.filter(log_seq__gt=reading.log_seq)) if reading else 0,
    )


def systems_among(offices: QuerySet[Any] | None) -> QuerySet[System]:
    """Systems that call our API, of some offices (None: of all), each with what its row shows."""
    rows = System.objects.filter(STANDING, way=Way.API)
    if offices is not None:
        rows = rows.filter(office__in=offices)
    mine = Delivery.objects.filter(system=OuterRef("pk"))
    waiting = mine.filter(state=Delivery.State.WAITING).order_by("log_seq")
    failed = mine.filter(state=Delivery.State.FAILED)
    return (
        rows.select_related("office", "endpoint", "reading")
        .annotate(waiting_since=Subquery(waiting.values("made_at")[:1]), has_failed=Exists(failed))
        .order_by("office__path", "name", "id")
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of the list, the newest first; `before` asks for the next part (0: there is none)."""

    rows: Sequence[Delivery]
    before: int


def listed(
    system: System, actor: Actor, *, state: str = "", before: int = 0, size: int = PAGE
) -> Listed:
    """What was delivered to the system, of a state or of all, as far as the reader may see the cases."""
    rows = Delivery.objects.filter(system=system)
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(log_seq__lt=before)
    found = list(with_office(rows).order_by("-log_seq")[: size + 1])
    more = len(found) > size
    return Listed(readable(found[:size], actor), found[size - 1].log_seq if more else 0)


def one(system: System, actor: Actor, log_seq: int) -> Delivery | None:
    """One delivery, if the reader may see its case."""
    rows = readable(
        list(with_office(Delivery.objects.filter(system=system, log_seq=log_seq))), actor
    )
    return rows[0] if rows else None


def tries_of(row: Delivery) -> Iterable[tuple[datetime, str, int]]:
    """When it was tried, how that ended ("" is well), and milliseconds; the newest first."""
    for at, kind, ms in reversed(row.history):
        yield datetime.fromisoformat(at), kind, ms


def _count(rows: QuerySet[Delivery]) -> int:
    return rows.order_by(F("log_seq").asc()).values("pk")[:COUNTED].count()
