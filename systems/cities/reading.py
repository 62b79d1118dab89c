"""What became of requests is read from cities: their updates, then where each request stands."""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.cache import cache

from agencies import snapshot
from channels import breaker
from complaints import moment
from complaints.models.case import Status
from systems.cities import queue
from systems.cities.answers import Row
from systems.cities.answers import moment as moment_of
from systems.cities.asking import BATCH, Asking, CannotAsk
from systems.cities.linking import source_of
from systems.cities.queue import OVER, SENT
from systems.cities.sending import breaker_of
from systems.cities.taking import Told, take
from systems.models import City, Forwarding, Reference

log = structlog.get_logger(__name__)
#: Seconds after which a run begins nothing more; and the lock of a run, longer than one can last.
LONGEST_RUN, RUNNING, RUNNING_FOR = 30.0, "systems:cities:reading", 120
#: How often a city is asked for updates.
EVERY = timedelta(minutes=5)
#: Updates are asked for once more from so long before: cities write them down late, and clocks differ.
OVERLAP, AHEAD = timedelta(hours=2), timedelta(minutes=10)
#: At most so much time is asked for at once, and so many rows are ever given.
WINDOW, MOST_ROWS = timedelta(days=7), 1000
#: Batches of a city in a run: what is left is the next run's.
BATCHES = 10


def read_due(*, seconds: float = LONGEST_RUN) -> int:
    """Read what is due; says how much was new. One run at a time."""
    mark = uuid4().hex
    if not cache.add(RUNNING, mark, timeout=RUNNING_FOR):
        return 0
    try:
        until = time.monotonic() + seconds
        return sum(_read(city, until) for city in queue.cities())
    finally:
        if cache.get(RUNNING) == mark:
            cache.delete(RUNNING)


@dataclass(frozen=True)
class _City:
    """A city that is being read."""

    asking: Asking
    zone: ZoneInfo

    @property
    def city(self) -> City:
        return self.asking.city


def _read(city: City, until: float) -> int:
    now, name = moment.now(), breaker_of(city)
    if time.monotonic() >= until or breaker.is_open(name, now):
        return 0
    has_ended = Forwarding.objects.filter(city=city, state=SENT, case__status=Status.CLOSED)
    has_ended.update(state=OVER, next_at=None)
    if not Forwarding.objects.filter(city=city, state=SENT).exists():
        City.objects.filter(pk=city.pk).update(read_until=now, next_read_at=now)
        return 0
    zone = snapshot.current(settings.COUNTRY).default_calendar.zone
    new = 0
    with Asking(city) as asking:
        reader = _City(asking, zone)
        try:
            if city.next_read_at is None or city.next_read_at <= now:
                new += _read_updates(reader, now)
            for _batch in range(BATCHES):
                rows = list(queue.due(city, SENT, moment.now())[:BATCH])
                if not rows or time.monotonic() >= until:
                    break
                new += _read_requests(reader, rows)
        except CannotAsk as error:
            log.info("a city was not read", system=city.system_id, kind=error.kind)
            City.objects.filter(pk=city.pk).update(next_read_at=now + EVERY)
            queue.note_city(city, error.kind)
            breaker.failed(name, error.kind, now, error.wait)
            return new
    breaker.worked(name, moment.now())
    queue.note_city(city, "")
    return new


def _read_updates(reader: _City, now: datetime) -> int:
    """Updates since the last time, oldest first; says how many were new."""
    city = reader.city
    since = (city.read_until or now) - OVERLAP
    until = min(since + WINDOW, now + AHEAD)
    rows = reader.asking.updates(since, until)
    told = [_of_update(row, reader.zone) for row in rows]
    new = _take_all(reader, told)
    done = until
    if len(rows) >= MOST_ROWS and (newest := max(filter(None, (t.at for t in told)), default=None)):
        # It gave no more than it may: the rest begins there.
        done = max(newest, since + OVERLAP)
    city.read_until = min(done, now)
    is_behind = done < now
    city.next_read_at = now if is_behind else now + EVERY
    city.save(update_fields=["read_until", "next_read_at"])
    return new


def _read_requests(reader: _City, rows: list[Forwarding]) -> int:
    """Where these requests stand; says of how many something was new."""
    named = Reference.objects.filter(
        source=source_of(reader.city), case__in=[row.case_id for row in rows]
    )
    ids = dict(named.values_list("case_id", "external_id"))
    found = reader.asking.requests(ids.values()) if ids else []
    tells_notes = reader.asking.has_no_updates
    told = [_of_request(row, reader.zone, tells_notes) for row in found]
    new = _take_all(reader, told)
    queue.ask_again(rows, moment.now())
    return new


def _take_all(reader: _City, told: Iterable[Told]) -> int:
    """Take what was told of our requests, in the order in which it happened."""
    told = [one for one in told if one.id]
    named = Reference.objects.filter(
        source=source_of(reader.city), external_id__in={one.id for one in told}
    )
    cases = dict(named.values_list("external_id", "case_id"))
    ours = sorted((one for one in told if one.id in cases), key=lambda one: one.at or moment.now())
    return sum(take(reader.city, cases[one.id], one) for one in ours)


def _of_update(row: Row, zone: ZoneInfo) -> Told:
    at, words = moment_of(row.get("updated_datetime", ""), zone), row.get("description", "")
    status = row.get("status", "")
    key = row.get("update_id") or _print(row.get("updated_datetime", ""), status, words)
    return Told(row.get("service_request_id", ""), status, words, at, key=key[:200])


def _of_request(row: Row, zone: ZoneInfo, tells_notes: bool) -> Told:
    """A request as it stands. Its notes are told to the citizen only where the city has no updates, which
    say the same.
    """
    at, words = moment_of(row.get("updated_datetime", ""), zone), row.get("status_notes", "")
    key = f"notes:{_print(words)}" if tells_notes and words else ""
    return Told(row.get("service_request_id", ""), row.get("status", ""), words, at, key=key)


def _print(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]
