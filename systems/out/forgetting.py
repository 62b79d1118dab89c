"""Old deliveries are erased, after the days of a policy; the feed says from where on it is complete."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from agencies import snapshot
from systems.models import Followed
from systems.scopes import Scope

POLICY = "feed_kept"
#: So many in one transaction, and in a run.
BATCH, MOST_A_RUN = 5000, 200_000

# Rows are written in the order of the log, so the oldest are the first by id: nothing else is looked at.
# What waits is younger than that; of a system that has ended, is told nothing any more, or is not called
# (its address was stopped while the row was being written), it waits for nobody.
ERASE = """
    WITH oldest AS (
        SELECT d.id, d.log_seq, d.made_at, d.state,
               s.ended_at IS NULL AND %(scope)s = ANY(s.scopes)
                   AND p.id IS NOT NULL AND p.off_at IS NULL AS is_called
        FROM systems_delivery d JOIN systems_system s ON s.id = d.system_id
        LEFT JOIN systems_endpoint p ON p.system_id = s.id
        ORDER BY d.id LIMIT %(batch)s
    ), gone AS (
        DELETE FROM systems_delivery d USING oldest o
        WHERE d.id = o.id AND o.made_at < %(before)s
          AND (o.state <> 'waiting' OR NOT o.is_called)
        RETURNING d.log_seq
    )
    SELECT count(*), coalesce(max(log_seq), 0) FROM gone
"""


def forget(*, most: int = MOST_A_RUN) -> int:
    """Erase deliveries that are older than the policy says; gives how many. Safe to repeat."""
    now = timezone.now()
    days = snapshot.current(settings.COUNTRY).policy(POLICY, now).amount
    erased = 0
    while erased < most:
        done = _erase(now - timedelta(days=days))
        erased += done
        if done < BATCH:
            break
    return erased


def _erase(before: datetime) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            asked: dict[str, Any] = {"batch": BATCH, "before": before, "scope": Scope.EVENTS.value}
            cursor.execute(ERASE, asked)
            count, last = cursor.fetchone()
        if count:
            Followed.objects.filter(pk=1).update(forgotten=Greatest(F("forgotten"), last))
    return int(count)
