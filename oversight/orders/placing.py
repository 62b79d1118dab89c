"""Ordering a file: once for all who ask for the same, and the worker is told."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from accounts.actors import Actor
from complaints import moment
from complaints.errors import Invalid
from oversight.models import FileOrder
from oversight.orders import kinds

log = structlog.get_logger(__name__)
#: How long what a person ordered is kept after it was asked for.
A_WEEK, AN_HOUR = timedelta(days=7), timedelta(hours=1)
#: So many files of one person may wait or be made at once.
MOST_AT_ONCE = 5
TASK = "oversight.tasks.make_files"
OPEN = (FileOrder.Status.WAITING, FileOrder.Status.RUNNING)


def place(
    what: str,
    asked: dict[str, Any],
    *,
    language: str,
    name: str,
    content_type: str,
    actor: Actor | None = None,
    kept_for: timedelta | None = A_WEEK,
    fresh_for: timedelta | None = None,
) -> FileOrder:
    """The order of that file: the one that is there, or a new one that a worker takes up at once.

    Without an actor it is nobody's (a report). `kept_for` None: it is never erased. A finished file
    older than `fresh_for` is made anew as an order of its own; None: whatever is there will do. So is one
    whose owner was barred from a case since. One that failed is tried again. Safe to repeat and at the
    same time. Raises Invalid when a person has MOST_AT_ONCE files under way.
    """
    owner = actor.user_id if actor else None
    now = moment.now()
    with transaction.atomic():
        _alone(what, asked, language, owner)
        there = _there(what, asked, language, owner)
        if fresh_for is not None:
            there = there.filter(Q(status__in=OPEN) | Q(asked_at__gt=now - fresh_for))
        order = there.order_by("-asked_at", "-pk").first()
        if order is not None and actor is not None and kinds.is_outdated(actor, order):
            order = None
        if order is not None and order.status != FileOrder.Status.FAILED:
            return order
        _check_number(owner)
        if order is None:
            order = FileOrder(what=what, asked=asked, language=language, asked_by_id=owner)
        order.name, order.content_type = name, content_type
        order.until = now + kept_for if kept_for else None
        _begin(order)
    return order


def place_again(order: FileOrder) -> None:
    """Try anew to make one that failed; nothing for any other. Raises Invalid as `place` does."""
    with transaction.atomic():
        failed = FileOrder.objects.select_for_update().filter(
            pk=order.pk, status=FileOrder.Status.FAILED
        )
        found = failed.first()
        if found is not None:
            _check_number(found.asked_by_id)
            _begin(found)


def still_kept() -> QuerySet[FileOrder]:
    """Orders whose time is not over."""
    return FileOrder.objects.filter(Q(until=None) | Q(until__gt=moment.now()))


def owned_by(actor: Actor) -> QuerySet[FileOrder]:
    """What somebody ordered and is still kept, newest first."""
    mine = still_kept().filter(asked_by_id=actor.user_id, what__in=kinds.names())
    return mine.order_by("-asked_at", "-pk")


def _begin(order: FileOrder) -> None:
    order.status, order.tries = FileOrder.Status.WAITING, 0
    order.done, order.whole, order.why = 0, 0, ""
    order.asked_at, order.beat_at, order.finished_at = moment.now(), None, None
    order.save()
    transaction.on_commit(tell_worker)


def _alone(what: str, asked: dict[str, Any], language: str, owner: int | None) -> None:
    """Two who ask for the same at once wait for each other here."""
    named = json.dumps([what, asked, language, owner], sort_keys=True)
    key = int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _there(
    what: str, asked: dict[str, Any], language: str, owner: int | None
) -> QuerySet[FileOrder]:
    return still_kept().filter(what=what, language=language, asked=asked, asked_by_id=owner)


def _check_number(owner: int | None) -> None:
    if owner is None:
        return
    if FileOrder.objects.filter(asked_by_id=owner, status__in=OPEN).count() >= MOST_AT_ONCE:
        raise Invalid(_("Five of your files are being made. Wait until one of them is there."))


def tell_worker() -> None:
    """Have the worker look now; without a broker it looks by itself, some seconds later."""
    try:
        current_app.send_task(TASK)
    except OperationalError:
        log.warning("no broker: files are made when the scheduler asks")
