"""The one writer of the log: events get their numbers, and each day gets its signed head.

Whoever holds the advisory lock writes; anybody else leaves at once, so two at once do what one would
do. Every step is one transaction that takes events off the queue together with their entries: killed
at any point, it loses nothing and repeats nothing.
"""

from datetime import date, datetime, timedelta
from math import inf
from time import monotonic
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from record import chain, merkle, signing
from record.documents import head_body
from record.models import Entry, Node, SigningKey, TreeHead, Waiting
from record.selectors import (
    KEPT_LEVEL,
    end_of_day,
    frontier,
    last_head,
    log_size,
    position,
    span_hashes,
)

log = structlog.get_logger(__name__)
#: The advisory lock of the writer: any number that nothing else in this database uses.
LOCK = 6962
#: How many events become entries in one transaction.
BATCH = 5000
#: How long after midnight a head is cut: filings that were under way then are in their own day.
GRACE = timedelta(minutes=2)


class Inconsistent(Exception):
    """The log no longer continues the head of the day before, or that is not ours: nothing is signed."""


def write(*, seconds: float = inf) -> int:
    """Log what waits and cut the heads that are due; says how many events were logged.

    After so many seconds no new step is begun: the next call goes on. Raises Inconsistent.
    """
    until, logged = monotonic() + seconds, 0
    while monotonic() < until:
        with transaction.atomic():
            done = _step() if _is_ours() else None
        if done is None:
            break
        logged += done
    return logged


def _is_ours() -> bool:
    """Whether we are the writer, until the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _step() -> int | None:
    """One batch (says of how many) or one head (0); None if nothing is left to be done.

    Where a day is over and has no head yet, what was recorded before its midnight goes first.
    """
    now = timezone.now()
    day = _day_to_cut(now)
    waiting = Waiting.objects.order_by("event_id")
    if day is not None:
        waiting = waiting.filter(recorded_at__lt=end_of_day(day))
    rows = list(waiting[:BATCH])
    if rows:
        _append(rows, now)
        return len(rows)
    if day is not None and now >= end_of_day(day) + GRACE:
        _cut(day, now)
        return 0
    return None


def _day_to_cut(now: datetime) -> date | None:
    """The earliest day that is over and has no head; None before the log has begun."""
    last = last_head()
    if last is not None:
        day = last.day + timedelta(days=1)
    else:
        first = Entry.objects.order_by("log_seq").values_list("logged_at", flat=True).first()
        if first is None:
            return None
        day = first.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return day if now >= end_of_day(day) else None


def _append(rows: list[Waiting], now: datetime) -> None:
    edge, entries, nodes = frontier(log_size()), [], []
    for row in rows:
        leaf = merkle.leaf_hash(bytes(row.hash))
        nodes += [
            Node(position=position(node), hash=value)
            for node, value in edge.append(leaf)
            if node[0] >= KEPT_LEVEL
        ]
        entries.append(
            Entry(log_seq=edge.size, event_id=row.event_id, leaf_hash=leaf, logged_at=now)
        )
    Entry.objects.bulk_create(entries)
    Node.objects.bulk_create(nodes)
    Waiting.objects.filter(event_id__in=[row.event_id for row in rows]).delete()
    # Receipts are signed before the first head is: whoever holds one finds the key.
    key_in_use()


def _cut(day: date, now: datetime) -> None:
    """Sign how the log stands at the end of a day, proved to continue the day before."""
    last = last_head()
    if last is not None and not _is_signed_by_us(last):
        raise Inconsistent(
            f"the head of {last.day} is not signed with the key in use, nor with a former one"
            " (GRS_RECORD_FORMER_KEYS)"
        )
    before, root_before = (last.size, bytes(last.root)) if last else (0, merkle.EMPTY_ROOT)
    size = log_size()
    root = frontier(size).root()
    proof = span_hashes(merkle.consistency_spans(before, size)) if size >= before else []
    if not merkle.verify_consistency(before, size, proof, root_before, root):
        raise Inconsistent(f"the log does not continue the head of {last.day if last else day}")
    head = TreeHead(
        day=day,
        size=size,
        root=root,
        previous_size=before,
        previous_root=root_before,
        consistency=[value.hex() for value in proof],
        signed_at=now,
        key=key_in_use(),
    )
    head.signature = signing.sign(chain.canonical(head_body(head)))
    head.save(force_insert=True)
    log.info("record: head signed", day=day.isoformat(), size=size)


def _is_signed_by_us(head: TreeHead) -> bool:
    """What somebody else signed is not continued: our signature would vouch for it."""
    public, message = bytes(head.key.public), chain.canonical(head_body(head))
    return signing.is_ours(public) and signing.verify(public, message, bytes(head.signature))


def key_in_use() -> SigningKey:
    """The row of the key that signs now; made when a key signs for the first time."""
    public = signing.public_key()
    key, _made = SigningKey.objects.get_or_create(
        id=signing.key_id(public), defaults={"public": public, "since": timezone.now()}
    )
    return key
