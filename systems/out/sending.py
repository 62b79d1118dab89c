"""Webhooks sent: claimed, called side by side, and what became of each written down.

Only the calls run in threads; the database is asked by one. A system that is slow or away holds up no
other: few of its calls are under way at once, and after some failures in a row it is left alone for a
while (`channels.breaker`). A run is short, so that what else a worker does is not held up either.
"""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import requests
import structlog
from django.core.cache import cache
from django.utils import timezone

from accounts.actors import Actor
from agencies.selectors import actor_for
from channels import breaker
from channels.models import Provider
from complaints.errors import TooMany
from complaints.services.sealing import CannotUnseal
from systems.models import Delivery, Endpoint, System
from systems.out import calling, queue
from systems.out.calling import Call, Outcome
from systems.out.endpoints import (
    FAILING,
    GONE,
    breaker_of,
    is_called_still,
    secrets_of,
    tell_given_up,
    turn_off,
)
from systems.out.refusals import NoEndpoint, SecretUnread
from systems.out.telling import leads_seen, moment, readable, told, webhook_id, with_office

log = structlog.get_logger(__name__)
#: Seconds after which a run takes nothing more; what is under way then ends within a quarter of a minute.
LONGEST_RUN = 15.0
#: Calls under way at once: in all, and of one system.
THREADS, AT_ONCE = 24, 6
#: An address that has worked for so long not once is called no more. All tries of one delivery take 76
#: hours.
FAILS_FOR = timedelta(hours=80)
#: The run's lock in the cache: longer than a run can last.
RUNNING, RUNNING_FOR = "systems:sending", 60
#: Seconds between two tests of one system.
TEST_EVERY = 5


@dataclass
class _Lane:
    """A system in this run: its address, its session, what of it is under way."""

    endpoint: Endpoint
    actor: Actor
    secrets: list[str]
    session: requests.Session
    under_way: set[int] = field(default_factory=set)
    #: Whether it failed lately, so that one call is tried before others.
    on_trial: bool = False
    #: Nothing more is due of it, or it is left alone.
    is_done: bool = False

    @property
    def system(self) -> System:
        return self.endpoint.system

    @property
    def room(self) -> int:
        return (1 if self.on_trial else AT_ONCE) - len(self.under_way)


@dataclass(frozen=True)
class _Sent:
    lane: _Lane
    row: Delivery


def send_due(*, seconds: float = LONGEST_RUN) -> int:
    """Call the systems for which something is due; says how many deliveries arrived.

    One run at a time: a second one leaves at once. Without it, or beside one that was thought dead,
    nothing is worse than that something is sent twice.
    """
    mark = uuid4().hex
    if not cache.add(RUNNING, mark, timeout=RUNNING_FOR):
        return 0
    try:
        return _Run(seconds).run()
    finally:
        if cache.get(RUNNING) == mark:
            cache.delete(RUNNING)


class _Run:
    """One run over all systems for which something is due."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.under_way: dict[Future[Outcome], _Sent] = {}

    def run(self) -> int:
        """Send until nothing is due or the time is over; says how many arrived."""
        lanes = [lane for lane in map(_lane, queue.systems_due(timezone.now())) if lane]
        arrived = 0
        with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as pool:
            while lanes:
                self._fill(pool, lanes)
                if not self.under_way:
                    break
                ended, _rest = wait(self.under_way, return_when=FIRST_COMPLETED)
                for future in ended:
                    arrived += self._note(self.under_way.pop(future), future.result())
        for lane in lanes:
            lane.session.close()
        return arrived

    def _fill(self, pool: ThreadPoolExecutor, lanes: list[_Lane]) -> None:
        """Take more of each system that has room, one after the other, so that each has its share."""
        for lane in lanes:
            free = THREADS - len(self.under_way)
            if time.monotonic() >= self.until or free <= 0:
                return
            if not lane.is_done and lane.room > 0:
                for sent, call in _claim(lane, min(lane.room, free)):
                    self.under_way[pool.submit(calling.call, lane.session, call)] = sent

    def _note(self, sent: _Sent, outcome: Outcome) -> bool:
        """Write down how a call ended; True if it arrived."""
        lane, now = sent.lane, timezone.now()
        lane.under_way.discard(sent.row.pk)
        lane.is_done = False
        if outcome.is_well:
            queue.mark_sent(sent.row, outcome, now)
            breaker.worked(breaker_of(lane.system), now)
            if lane.on_trial:
                queue.due_now(lane.system, now, besides=lane.under_way)
                lane.on_trial = False
            return True
        log.info("webhook failed", system=lane.system.pk, kind=outcome.kind, try_=sent.row.tries)
        if not is_called_still(lane.endpoint):
            # It says nothing of the address that was set meanwhile.
            queue.put_back(sent.row, now)
            return False
        if queue.mark_failed(sent.row, outcome, now):
            tell_given_up(lane.system, now)
        _note_failure(lane, outcome, now)
        return False


def _lane(endpoint: Endpoint) -> _Lane | None:
    """A system that is called in this run; None while it is left alone."""
    name = breaker_of(endpoint.system)
    if breaker.is_open(name, timezone.now()):
        return None
    try:
        secrets = secrets_of(endpoint, timezone.now())
    except CannotUnseal:
        # A key is missing here: nothing that the system could mend, so nothing is counted.
        log.error("a webhook's secret does not open", system=endpoint.system_id)
        return None
    return _Lane(
        endpoint,
        actor_for(endpoint.system.user, channel="api"),
        secrets,
        calling.new_session(),
        on_trial=breaker.is_on_trial(name),
    )


def _claim(lane: _Lane, most: int) -> list[tuple[_Sent, Call]]:
    """Take up to so many deliveries of a system, as they are sent. What it may not be told now is left
    to the feed.
    """
    # Another address that was set meanwhile has the next run; where none is called any more, nothing goes.
    ids = queue.claim(lane.system, most, timezone.now()) if is_called_still(lane.endpoint) else []
    if not ids:
        lane.is_done = True
        return []
    rows = list(with_office(Delivery.objects.filter(pk__in=ids)).order_by("log_seq"))
    shown = readable(rows, lane.actor)
    queue.leave_to_feed({row.pk for row in rows} - {row.pk for row in shown})
    leads = leads_seen(shown, lane.actor)
    lane.under_way.update(row.pk for row in shown)
    return [(_Sent(lane, row), _call(lane, row, leads)) for row in shown]


def _call(lane: _Lane, row: Delivery, leads: frozenset[str]) -> Call:
    body = calling.body_of(told(row, leads))
    return Call(lane.endpoint.url, lane.secrets, webhook_id(row.log_seq), body)


def _note_failure(lane: _Lane, outcome: Outcome, now: datetime) -> None:
    """Count a failure of the system; one that is gone, or away for days, is called no more."""
    name = breaker_of(lane.system)
    if outcome.kind == "http_410":
        turn_off(lane.endpoint, GONE, now)
        lane.is_done = True
        return
    lane.is_done = breaker.failed(name, outcome.kind, now) is not None
    lane.on_trial = lane.on_trial or lane.is_done
    worked = Provider.objects.filter(pk=name).values_list("worked_at", flat=True).first()
    since = max(filter(None, (worked, lane.endpoint.set_at)))
    if since < now - FAILS_FOR:
        turn_off(lane.endpoint, FAILING, now)
        lane.is_done = True


def send_test(system: System) -> Outcome:
    """Call the system's address once with an event of type `test`, which is nowhere kept. If it arrives
    where others had failed, what waits is sent now: nobody who has mended it waits for hours.

    Raises NoEndpoint where there is none, TooMany for one test upon the other, SecretUnread.
    """
    endpoint = Endpoint.objects.filter(system=system).first()
    if endpoint is None or system.ended_at is not None:
        raise NoEndpoint
    if not cache.add(f"systems:test:{system.pk}", 1, timeout=TEST_EVERY):
        raise TooMany
    key, now = f"test_{uuid4().hex}", timezone.now()
    event = {"type": "test", "happened_at": moment(now), "id": key}
    try:
        secrets = secrets_of(endpoint, now)
    except CannotUnseal:
        raise SecretUnread from None
    with calling.new_session() as session:
        outcome = calling.call(session, Call(endpoint.url, secrets, key, calling.body_of(event)))
    now = timezone.now()
    if outcome.is_well and breaker.worked(breaker_of(system), now):
        queue.due_soon(system, now)
    return outcome
