"""Making the files that were ordered: one at a time, with a beat, killed and taken up at any point.

A worker claims an order and lets go of the database; while it works it beats. An order whose beat is
old is anybody's again, MOST_TRIES times in all. Whoever lost an order to another worker notices with
the next beat and stops. The row names its file before the file is there, so that none is ever left
without a row to erase it by.
"""

import secrets
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, BinaryIO, cast

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import pre_delete
from django.utils import translation

from complaints import moment
from oversight.models import FileOrder
from oversight.orders.kinds import Impossible, Kind, kind_of

log = structlog.get_logger(__name__)
#: A beat at most so often, and after so long without one the worker is taken for dead. A beat comes
#: with each step of the making, so no step may take longer.
BEAT, DEAD_AFTER = 2.0, timedelta(minutes=2)
MOST_TRIES = 3
#: In memory up to here, then on disk.
IN_MEMORY = 4 * 1024 * 1024
#: A number of the advisory lock under which orders are claimed.
CLAIMING = 7_402_615


class GivenUp(Exception):
    """Another worker has the order, or it was erased: there is nothing to do any more."""


def make_next() -> bool:
    """Make the file that was ordered first, if one waits; says whether there was one."""
    order = claim()
    if order is None:
        return False
    words = log.bind(order=order.pk, what=order.what, tries=order.tries)
    try:
        _make(order)
    except GivenUp:
        words.warning("file given up: another worker has it, or it is erased")
    except SoftTimeLimitExceeded:
        words.warning("file took too long")
        _fail(order)
    except Impossible as error:
        words.info("file cannot be made", why=error.why)
        _fail(order, error.why)
    except Exception:
        words.exception("file not made")
        _try_again(order)
    else:
        words.info("file made", size=order.size)
    return True


def claim() -> FileOrder | None:
    """Take the order that waits longest; None: there is none, or enough are being made already."""
    now = moment.now()
    dead = now - DEAD_AFTER
    with transaction.atomic():
        if not _may_claim():
            return None
        _bury(dead)
        running = FileOrder.objects.filter(status=FileOrder.Status.RUNNING, beat_at__gt=dead)
        if running.count() >= settings.FILES_MADE_AT_ONCE:
            return None
        waiting = Q(status=FileOrder.Status.WAITING)
        left = Q(status=FileOrder.Status.RUNNING, beat_at__lte=dead)
        orders = FileOrder.objects.select_for_update(skip_locked=True).filter(waiting | left)
        order = orders.order_by("asked_at", "pk").first()
        if order is None:
            return None
        _erase_content(order)
        order.status, order.beat_at = FileOrder.Status.RUNNING, now
        order.tries += 1
        order.done, order.whole, order.file = 0, 0, ""
        order.save()
    return order


def _may_claim() -> bool:
    """One worker claims at a time, so that no more than the set number are at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CLAIMING])
        return bool(cursor.fetchone()[0])


def _bury(dead: datetime) -> None:
    """What its workers died of too often is tried no more."""
    lost = FileOrder.objects.filter(
        status=FileOrder.Status.RUNNING, beat_at__lte=dead, tries__gte=MOST_TRIES
    )
    lost.update(status=FileOrder.Status.FAILED, finished_at=moment.now())


def _mine(order: FileOrder) -> QuerySet[FileOrder]:
    """The order, while it is this try's."""
    return FileOrder.objects.filter(pk=order.pk, status=FileOrder.Status.RUNNING, tries=order.tries)


def _make(order: FileOrder) -> None:
    kind = kind_of(order)
    if kind is None:
        raise LookupError(f"no such kind of file: {order.what}")
    with (
        translation.override(order.language),
        tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as out,
    ):
        kind.make(order, cast(BinaryIO, out), _progress(order))
        _keep(order, kind, cast(BinaryIO, out))


def _progress(order: FileOrder) -> Callable[[int, int], None]:
    """Tells how far it is, and that the worker lives; at most one query each BEAT seconds."""
    told = monotonic() - BEAT

    def progress(done: int, whole: int) -> None:
        nonlocal told
        if monotonic() - told < BEAT:
            return
        told = monotonic()
        alive = _mine(order).update(done=done, whole=whole, beat_at=moment.now())
        if not alive:
            raise GivenUp

    return progress


def _keep(order: FileOrder, kind: Kind, out: BinaryIO) -> None:
    """Put what was made into the storage; the row says where before it is there."""
    size = out.seek(0, 2)
    out.seek(0)
    stored = f"orders/{moment.now():%Y/%m}/{secrets.token_hex(16)}"
    if not _mine(order).update(file=stored, beat_at=moment.now()):
        raise GivenUp
    default_storage.save(stored, File(out, name=stored))
    with transaction.atomic():
        done = _mine(order).update(
            status=FileOrder.Status.DONE, size=size, finished_at=moment.now(), beat_at=None
        )
        if done:
            kind.then(order)
    if not done:
        default_storage.delete(stored)
        raise GivenUp
    order.size = size


def _try_again(order: FileOrder) -> None:
    """Let it be taken up once more, or give up after MOST_TRIES."""
    if order.tries >= MOST_TRIES:
        _fail(order)
    else:
        _mine(order).update(status=FileOrder.Status.WAITING, beat_at=None)


def _fail(order: FileOrder, why: str = "") -> None:
    _mine(order).update(
        status=FileOrder.Status.FAILED, why=why, finished_at=moment.now(), beat_at=None
    )


def _erase_content(order: FileOrder) -> None:
    if order.file:
        default_storage.delete(order.file)


def erase_old() -> int:
    """Erase orders whose time is over, with their files; says how many. Safe to repeat."""
    old = FileOrder.objects.filter(until__lte=moment.now())
    erased = 0
    for pk in list(old.values_list("pk", flat=True)[:1000]):
        with transaction.atomic():
            order = old.select_for_update(skip_locked=True).filter(pk=pk).first()
            if order is not None:
                order.delete()
                erased += 1
    if erased:
        log.info("ordered files erased", count=erased)
    return erased


def erase_content(instance: FileOrder, **_signal: Any) -> None:
    """A row never goes without its file, also where an account takes its orders along."""
    _erase_content(instance)


def register() -> None:
    """Erase the file of each order that is erased, by whoever."""
    pre_delete.connect(erase_content, sender=FileOrder, dispatch_uid="file-order-content")
