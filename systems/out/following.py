"""The record's log is followed: each event becomes a delivery for each system that may know of it.

Whoever holds the advisory lock follows; anybody else leaves at once. How far it has come is written with
the deliveries, so a worker killed at any point tells everything once.

Whose it is, an event says itself: of an office that had the case by then, or one above it, the systems
are told, also of what happens after they handed it on (as the read rule shows it to them). The bars may
change, so they are judged when the feed is read, or the webhook sent.
"""

from datetime import datetime
from time import monotonic

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from complaints.selectors.access import FOR_OVERSEERS
from complaints.told_to_systems import TOLD
from complaints.workflow import ABOUT_THE_FILER, OF_RANKINGS, PRIVATE_MOVES
from record.models import Entry
from systems.models import Followed, System
from systems.models.system import STANDING, Way
from systems.scopes import Scope

#: The advisory lock of whoever follows: any number that nothing else in this database uses.
LOCK = 6964
#: Steps of the log in one transaction.
BATCH = 2000
HIDDEN = PRIVATE_MOVES | ABOUT_THE_FILER | OF_RANKINGS

# An office had the case if an event up to this one gave it to it; what was written before events said
# so is in the table of who handled it. Systems are matched with the few offices of the batch, not with
# each event. What they count as the step's number, `office_seq` counts (`complaints.services.work`).
TELL = """
    WITH step AS MATERIALIZED (
        SELECT e.log_seq, v.id, v.case_id, v.seq, v.recorded_at
        FROM record_entry e
        JOIN complaints_event v ON v.id = e.event_id
        JOIN complaints_case c ON c.id = v.case_id AND c.country = %(country)s
        WHERE e.log_seq > %(after)s AND e.log_seq <= %(upto)s
          AND v.move = ANY(%(told)s) AND v.data->>'for' IS DISTINCT FROM %(overseers)s
    ), had AS MATERIALIZED (
        SELECT step.log_seq, (x.fixed->'case'->>'holder_id')::bigint AS office_id
        FROM step JOIN complaints_event x ON x.case_id = step.case_id AND x.seq <= step.seq
        WHERE x.fixed->'case'->>'holder_id' IS NOT NULL
        UNION
        SELECT step.log_seq, h.office_id
        FROM step JOIN complaints_handling h ON h.case_id = step.case_id
        WHERE h.since < step.recorded_at
    ), place AS MATERIALIZED (
        SELECT DISTINCT o.id, o.path FROM had JOIN agencies_office o ON o.id = had.office_id
    ), reach AS MATERIALIZED (
        SELECT place.id AS office_id, s.id AS system_id, p.id IS NOT NULL AS is_called,
               p.off_at IS NOT NULL AS is_off
        FROM place
        JOIN systems_system s ON s.ended_at IS NULL AND s.way = %(way)s
            AND %(scope)s = ANY(s.scopes)
        JOIN agencies_office t ON t.id = s.office_id AND t.country = %(country)s
            AND starts_with(place.path, t.path)
        LEFT JOIN systems_endpoint p ON p.system_id = s.id
    ), whom AS (
        SELECT DISTINCT had.log_seq, reach.system_id, reach.is_called, reach.is_off
        FROM had JOIN reach USING (office_id)
    )
    INSERT INTO systems_delivery
        (system_id, log_seq, event_id, case_id, case_seq, state, tries, next_at, error, history, made_at)
    SELECT whom.system_id, step.log_seq, step.id, step.case_id,
        (SELECT count(*) FROM complaints_event x
         WHERE x.case_id = step.case_id AND x.seq <= step.seq AND NOT x.move = ANY(%(hidden)s)
           AND x.data->>'for' IS DISTINCT FROM %(overseers)s),
        CASE WHEN NOT is_called THEN 'feed' WHEN is_off THEN 'failed' ELSE 'waiting' END,
        0, CASE WHEN is_called AND NOT is_off THEN %(now)s::timestamptz END,
        CASE WHEN is_off THEN 'off' ELSE '' END, '[]', %(now)s
    FROM whom JOIN step USING (log_seq)
    ORDER BY step.log_seq
    ON CONFLICT DO NOTHING
"""


def follow(*, seconds: float = 20) -> int:
    """Tell what the log has since the last time; says how many deliveries were made.

    After so many seconds no new batch is begun: the next call goes on. The first one begins at the
    log's end: nobody is told of what was before there were systems.
    """
    until, made = monotonic() + seconds, 0
    while monotonic() < until:
        with transaction.atomic():
            done = _step() if _is_ours() else None
        if done is None:
            break
        made += done
    return made


def head() -> int:
    """How far the log has been followed: what the feed is complete up to."""
    return Followed.objects.filter(pk=1).values_list("log_seq", flat=True).first() or 0


def _is_ours() -> bool:
    """Whether we are the one who follows, until the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _step() -> int | None:
    """One batch; says how many deliveries it made, None where nothing was left."""
    followed = Followed.objects.filter(pk=1).first()
    last = Entry.objects.order_by("-log_seq").values_list("log_seq", flat=True).first() or 0
    if followed is None:
        Followed.objects.create(pk=1, log_seq=last, forgotten=last)
        return None
    if followed.log_seq >= last:
        return None
    may_be_told = System.objects.filter(STANDING, way=Way.API)
    is_anybody = may_be_told.filter(scopes__contains=[Scope.EVENTS]).exists()
    upto = min(last, followed.log_seq + BATCH) if is_anybody else last
    made = _tell(followed.log_seq, upto, timezone.now()) if is_anybody else 0
    followed.log_seq = upto
    followed.save(update_fields=["log_seq"])
    return made


def _tell(after: int, upto: int, now: datetime) -> int:
    """Write the deliveries of some steps of the log (numbered without a gap); gives how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            TELL,
            {
                "after": after,
                "upto": upto,
                "now": now,
                "country": settings.COUNTRY,
                "way": Way.API.value,
                "scope": Scope.EVENTS.value,
                "told": list(TOLD),
                "hidden": list(HIDDEN),
                "overseers": FOR_OVERSEERS,
            },
        )
        return int(cursor.rowcount)
