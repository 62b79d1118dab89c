"""The worker's part: facts and sums follow the record's log, a batch in one transaction.

Whoever holds the advisory lock writes; anybody else leaves at once. How far it has come is written with
what was counted, so that a worker killed at any point has counted each step once.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from agencies.models import RegistryVersion
from complaints import moment
from complaints.models import Case, Event
from oversight.figures import cube, facts
from oversight.figures.backlog import count_backlog
from oversight.figures.cube import DAYS_KEPT
from oversight.figures.periods import today
from oversight.models import Fact, Kept, Recount
from record.models import Entry

#: Raised when measures, cuts or facts change: all figures are made anew then.
FORMAT = 6
#: The advisory lock of the writer of figures.
LOCK = 6963
#: Steps of the log that are counted in one transaction; cases whose facts are made in one.
BATCH, RANGE = 2000, 50_000
#: More cases than these made at once are counted by making everything anew.
MANY = 20_000
#: Open cases are counted anew after so long.
BACKLOG_EVERY = timedelta(minutes=5)


def quiet(_line: str) -> None:
    """Say nothing."""


def is_ours() -> bool:
    """Whether we are the writer of figures, until the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _wait_for_our_turn() -> None:
    """Become the writer until the end of this transaction, when whoever writes now is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def keep(*, seconds: float = 20) -> int:
    """Bring the figures up to the log's end; says how many steps were counted.

    After so many seconds no new batch is begun: the next call goes on. Where the figures are of another
    format or country, or of none yet, all are made anew.
    """
    if _is_strange():
        with transaction.atomic():
            if not is_ours():
                return 0
            if _is_strange():
                rebuild()
    until, counted = monotonic() + seconds, 0
    while monotonic() < until:
        with transaction.atomic():
            done = _step() if is_ours() else 0
        counted += done
        if not done:
            break
    with transaction.atomic():
        if is_ours():
            _count_backlog_when_old()
    return counted


def _is_strange() -> bool:
    kept = Kept.objects.filter(pk=1).first()
    return kept is None or kept.format != FORMAT or kept.country != settings.COUNTRY


def _step() -> int:
    """One batch: steps of the log, or cases that are to be counted anew; says of how many."""
    kept = Kept.objects.get(pk=1)
    _follow_registry(kept)
    entries = list(
        Entry.objects.filter(log_seq__gt=kept.log_seq)
        .order_by("log_seq")
        .values_list("log_seq", "event_id")[:BATCH]
    )
    again = list(Recount.objects.order_by("case_id").values_list("case_id", flat=True)[:BATCH])
    events = Event.objects.filter(pk__in=[event for _seq, event in entries])
    ids = sorted({*events.values_list("case_id", flat=True), *again})
    count_anew(ids, kept)
    if entries:
        kept.log_seq = entries[-1][0]
    Recount.objects.filter(case_id__in=again).delete()
    kept.kept_at = timezone.now()
    kept.save(update_fields=["log_seq", "kept_at", "days_since", "registry"])
    return len(entries) + len(again)


def count_anew(ids: Sequence[int], kept: Kept) -> None:
    """Take these cases out of the sums, make their facts anew, and add them again."""
    if not ids:
        return
    assert kept.days_since is not None  # noqa: S101 - set with the first row
    cube.add(ids, kept.days_since, sign=-1)
    facts.make_facts(ids)
    cube.add(ids, kept.days_since)


def _follow_registry(kept: Kept) -> None:
    """Tree and places as the registry has them now, and days that are old enough forgotten."""
    assert kept.days_since is not None  # noqa: S101 - set with the first row
    stamp = _registry_stamp()
    if stamp != kept.registry:
        cube.follow_tree(settings.COUNTRY, kept.days_since)
        cube.follow_handoffs()
        cube.follow_places(settings.COUNTRY)
        kept.registry = stamp
    since = _days_since()
    if since > kept.days_since:
        cube.forget_days(since)
        kept.days_since = since


def _registry_stamp() -> UUID | None:
    stamps = RegistryVersion.objects.filter(country=settings.COUNTRY)
    return stamps.values_list("stamp", flat=True).first()


def _days_since() -> date:
    return today() - timedelta(days=DAYS_KEPT)


def rebuild(say: Callable[[str], None] = quiet) -> None:
    """Make all figures anew, from the events on. Readers have the old ones until it is done."""
    with transaction.atomic():
        _wait_for_our_turn()
        seq = Entry.objects.order_by("-log_seq").values_list("log_seq", flat=True).first() or 0
        since = _days_since()
        cube.copy_tree(settings.COUNTRY)
        Fact.objects.all().delete()
        make_all_facts(say)
        cube.rebuild(since, say)
        now = timezone.now()
        kept, _made = Kept.objects.update_or_create(
            pk=1,
            defaults={
                "log_seq": seq,
                "country": settings.COUNTRY,
                "registry": _registry_stamp(),
                "format": FORMAT,
                "days_since": since,
                "kept_at": now,
                "rebuilt_at": now,
            },
        )
        Recount.objects.all().delete()
        count_backlog_now(kept)
        say("open cases")


def count_made(
    *, first: int, last: int, say: Callable[[str], None] = quiet, **_signal: Any
) -> None:
    """Count cases that were made in bulk, without steps in the log: ids from one to the other.

    A few are added; of many everything is made anew, which is quicker.
    """
    if last - first >= MANY or _is_strange():
        rebuild(say)
        return
    for start in range(first, last + 1, BATCH):
        with transaction.atomic():
            _wait_for_our_turn()
            count_anew(range(start, min(start + BATCH, last + 1)), Kept.objects.get(pk=1))
        say(f"figures of cases up to {min(start + BATCH - 1, last)}")
    with transaction.atomic():
        _wait_for_our_turn()
        count_backlog_now(Kept.objects.get(pk=1))


def make_all_facts(say: Callable[[str], None]) -> None:
    """A fact for each case, in ranges of ids."""
    ids = Case.objects.filter(country=settings.COUNTRY).order_by("pk").values_list("pk", flat=True)
    first, last = ids.first(), ids.last()
    if first is None or last is None:
        return
    for start in range(first, last + 1, RANGE):
        facts.make_range(start, min(start + RANGE - 1, last))
        say(f"facts of cases up to {min(start + RANGE - 1, last)}")


def _count_backlog_when_old() -> None:
    kept = Kept.objects.filter(pk=1).first()
    if kept is None:
        return
    if kept.backlog_at is None or timezone.now() - kept.backlog_at >= BACKLOG_EVERY:
        count_backlog_now(kept)


def count_backlog_now(kept: Kept) -> None:
    """Count the open cases anew, as they stand at this moment."""
    now, zone = moment.now(), ZoneInfo(settings.TIME_ZONE)
    day = today()
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    count_backlog(now, midnight, day)
    kept.backlog_at = now
    kept.save(update_fields=["backlog_at"])
