"""What became of requests is read from cities: their updates, then where each request stands."""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from agencies import snapshot
from channels import breaker
from channels.mistakes import mistake
from complaints import moment
from complaints.models.case import Status
from systems.cities import notes, queue
from systems.cities.answers import Row
from systems.cities.answers import moment as moment_of
from systems.cities.asking import BATCH, Asking, CannotAsk
from systems.cities.linking import named_by
from systems.cities.queue import OVER, SENT
from systems.cities.sending import breaker_of
from systems.cities.taking import Told, take
from systems.models import City, Forwarding

log = structlog.get_logger(__name__)
#: Seconds after which a run begins nothing more, and nothing more of one city; and the lock of a run,
#: longer than one can last.
LONGEST_RUN, SHARE, RUNNING, RUNNING_FOR = 30.0, 10.0, "systems:cities:reading", 120
#: How often a city is asked for updates. One that cannot be read is asked after as long, then after twice
#: as long each time, at most so long.
EVERY, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=2)
#: Of a city that answers, but does not give its updates.
NO_UPDATES = "updates"
#: For so many seconds it is remembered how often in a row a city could not be read.
REMEMBERED = 24 * 3600
#: Updates are asked for once more from so long before: cities write them down late, and clocks differ.
OVERLAP, AHEAD = timedelta(hours=2), timedelta(minutes=10)
#: A time of a zone that the city does not name is ahead of ours by no more than that.
ANY_ZONE = timedelta(days=1)
#: At most so much time is asked for at once, and so many rows are ever given.
WINDOW, MOST_ROWS = timedelta(days=7), 1000
#: Batches of a city in a run, and cases that are read anew: what is left is the next run's.
BATCHES, WOKEN = 10, 100


def read_due(*, seconds: float = LONGEST_RUN) -> int:
    """Read what is due; says how much was new. One run at a time."""
    mark = uuid4().hex
    if not cache.add(RUNNING, mark, timeout=RUNNING_FOR):
        return 0
    try:
        until = time.monotonic() + seconds
        return sum(_read_apart(city, until) for city in queue.cities())
    finally:
        if cache.get(RUNNING) == mark:
            cache.delete(RUNNING)


@dataclass(frozen=True)
class _City:
    """A city that is being read."""

    asking: Asking
    zone: ZoneInfo
    #: Kinds of failures by which something of it was not read, though the rest was.
    failures: list[str] = field(default_factory=list)

    @property
    def city(self) -> City:
        return self.asking.city


def _read_apart(city: City, until: float) -> int:
    """Read one city, whatever happens: others are not to wait for it."""
    try:
        return _read(city, min(until, time.monotonic() + SHARE))
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        # A mistake of ours, or an answer that nobody thought of.
        log.error("reading a city broke", system=city.system_id, **mistake(error))
        _put_off(city, queue.FAULT, moment.now())
        return 0


def _read(city: City, until: float) -> int:
    now, name = moment.now(), breaker_of(city)
    if time.monotonic() >= until or breaker.is_open(name, now):
        return 0
    _wake(city, now)
    has_ended = Forwarding.objects.filter(city=city, state=SENT, case__status=Status.CLOSED)
    has_ended.update(state=OVER, next_at=None)
    if not Forwarding.objects.filter(city=city, state=SENT).exists():
        City.objects.filter(pk=city.pk).update(read_until=now, next_read_at=now)
        return 0
    if not _is_time_for_updates(city, now) and not queue.due(city, SENT, now).exists():
        return 0
    zone = snapshot.current(settings.COUNTRY).default_calendar.zone
    with Asking(city) as asking:
        reader = _City(asking, zone)
        try:
            new = _read_all(reader, now, until)
        except CannotAsk as error:
            log.info("a city was not read", system=city.system_id, kind=error.kind)
            breaker.failed(name, error.kind, now, error.wait)
            _put_off(city, error.kind, now)
            return 0
    breaker.worked(name, moment.now())
    if reader.failures:
        _put_off(city, reader.failures[0], now)
    else:
        cache.delete(_failures_of(city))
        queue.note_city(city, "")
    return new


def _wake(city: City, now: datetime) -> None:
    """Cases that were over and are with the city again, upheld or opened anew, are read again; the office
    hears that the city does not know.
    """
    again = Forwarding.objects.filter(
        city=city,
        state=OVER,
        case__assigned=city.system.user,
        case__status__in=(Status.IN_PROGRESS, Status.WAITING),
    ).exclude(case__status=Status.CLOSED)
    for row in again.select_related("case")[:WOKEN]:
        with transaction.atomic():
            asleep = Forwarding.objects.filter(pk=row.pk, state=OVER)
            if asleep.update(state=SENT, next_at=now):
                named = named_by(city).filter(case=row.case_id)
                external_id = named.values_list("external_id", flat=True).first() or ""
                notes.write_open_again(city, row.case.number, external_id)


def _read_all(reader: _City, now: datetime, until: float) -> int:
    """Read what is due of a city; says how much was new. Raises CannotAsk."""
    new, city = 0, reader.city
    if _is_time_for_updates(city, now):
        new += _read_updates_if_any(reader, now)
    for _batch in range(BATCHES):
        rows = list(queue.due(city, SENT, moment.now())[:BATCH])
        if not rows or time.monotonic() >= until:
            break
        new += _read_requests(reader, rows)
    return new


def _is_time_for_updates(city: City, now: datetime) -> bool:
    return city.next_read_at is None or city.next_read_at <= now


def _put_off(city: City, kind: str, now: datetime) -> None:
    """It could not be read, or not all of it: what is due of it waits, longer each time."""
    kept = _failures_of(city)
    failures = min(1 + (cache.get(kept) or 0), 20)
    cache.set(kept, failures, timeout=REMEMBERED)
    later = now + min(EVERY * 2 ** (failures - 1), LONGEST_WAIT)
    City.objects.filter(pk=city.pk).update(next_read_at=later)
    queue.due(city, SENT, now).update(next_at=later)
    queue.note_city(city, kind)


def _failures_of(city: City) -> str:
    return f"systems:city:{city.pk}:not-read"


def _read_updates_if_any(reader: _City, now: datetime) -> int:
    """The same as `_read_updates`; where the city answers, and alone its updates cannot be read, where
    its requests stand is read all the same. Raises CannotAsk where it is away.
    """
    try:
        return _read_updates(reader, now)
    except CannotAsk as error:
        if not error.is_answered:
            raise
        log.info("a city's updates were not read", system=reader.city.system_id, kind=error.kind)
        reader.failures.append(NO_UPDATES)
        return 0


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
    named = named_by(reader.city).filter(case__in=[row.case_id for row in rows])
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
    named = named_by(reader.city).filter(external_id__in={one.id for one in told})
    cases = dict(named.values_list("external_id", "case_id"))
    ours = sorted((one for one in told if one.id in cases), key=lambda one: one.at or moment.now())
    return sum(_take(reader, cases[one.id], one) for one in ours)


def _take(reader: _City, case_id: int, told: Told) -> bool:
    """Take one thing; one that breaks does not hide what comes after it."""
    try:
        return take(reader.city, case_id, told)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        log.error("a city's news were not taken", case=case_id, **mistake(error))
        reader.failures.append(queue.FAULT)
        return False


def _of_update(row: Row, zone: ZoneInfo) -> Told:
    at, words = _when(row, zone), row.get("description", "")
    status = row.get("status", "")
    key = row.get("update_id") or _print(row.get("updated_datetime", ""), status, words)
    return Told(row.get("service_request_id", ""), status, words, at, key=key[:200])


def _of_request(row: Row, zone: ZoneInfo, tells_notes: bool) -> Told:
    """A request as it stands. Its notes are told to the citizen only where the city has no updates, which
    say the same.
    """
    at, words = _when(row, zone), row.get("status_notes", "")
    key = f"notes:{_print(words)}" if tells_notes and words else ""
    return Told(row.get("service_request_id", ""), row.get("status", ""), words, at, key=key)


def _when(row: Row, zone: ZoneInfo) -> datetime | None:
    """The city's own time; none where it is not here yet: all that followed would be older."""
    at = moment_of(row.get("updated_datetime", ""), zone)
    return at if at is None or at <= moment.now() + ANY_ZONE else None


def _print(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]
