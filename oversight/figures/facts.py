"""A case as the figures see it, made from its events.

Days, outcome, ending, holder and how often it went to and fro come from the events alone; where it
belongs (subject, place, way in, secrecy) and what runs now from the case and its open clocks. One
statement makes any number of facts, so that one case and five million are counted alike. Of a case that
was brought from the time before the portal only where it belongs and when it was filed is told.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from complaints.clocks import LADDERED
from oversight.measures import PAST

#: Days of the capital's zone. An answer is the last one of a case; other days are those of the first
#: time. Days of waiting for the citizen are counted by their days, as the clocks count them: a reply on
#: the same day changes nothing. A mark is of the answer before it: a new answer has none yet.
#:
#: An answer fell if its case went back to work after it, by the order of the events: between an earlier fall
#: and a later one an answer may have stood, and days tell neither.
#:
#: A case about somebody stands apart, sensitive, examined or not: whoever is barred from it could take
#: what they may see from what is public, and find that it is there.
FACTS = """
INSERT INTO oversight_fact AS old (
    case_id, office, agency, category, district, channel, kind, side, status, ending, outcome,
    stage, due_at, level, filed_on, forwarded_on, answered_on, closed_on, disputed_on, appealed_on,
    decided_on, upheld_on, reopened_on, last_on, fell, hops, rating, took, worked, took_agency
)
WITH told AS MATERIALIZED (
    SELECT e.case_id, e.seq, e.move, e.from_status, e.to_status, e.data,
        e.fixed -> 'case' AS fixed,
        (e.happened_at AT TIME ZONE %(zone)s)::date AS day,
        max(e.seq) FILTER (WHERE e.move = 'answer') OVER each_case AS answer_seq,
        min(e.seq) FILTER (WHERE e.move IN ('forward', 'rule')) OVER each_case AS forward_seq
    FROM complaints_event e
    WHERE {which}
    WINDOW each_case AS (PARTITION BY e.case_id)
), lived AS (
    SELECT case_id,
        (array_agg(to_status ORDER BY seq DESC))[1] AS status,
        (array_agg(fixed ->> 'ending' ORDER BY seq DESC) FILTER (WHERE fixed ? 'ending'))[1]
            AS ending,
        (array_agg(fixed ->> 'holder_id' ORDER BY seq DESC) FILTER (WHERE fixed ? 'holder_id'))[1]
            AS holder,
        max(data ->> 'outcome') FILTER (WHERE seq = answer_seq) AS outcome,
        (array_agg((data ->> 'rating')::int ORDER BY seq DESC)
            FILTER (WHERE data ? 'rating' AND seq > answer_seq))[1] AS rating,
        min(day) FILTER (WHERE move = 'submit') AS filed_on,
        min(day) FILTER (WHERE seq = forward_seq) AS forwarded_on,
        min(day) FILTER (WHERE seq = answer_seq) AS answered_on,
        max(day) FILTER (WHERE to_status = 'closed' AND from_status <> 'closed') AS closed_on,
        min(day) FILTER (WHERE move = 'dispute') AS disputed_on,
        min(day) FILTER (WHERE to_status = 'appealed' AND from_status <> 'appealed') AS appealed_on,
        min(day) FILTER (WHERE move IN ('uphold', 'dismiss')) AS decided_on,
        min(day) FILTER (WHERE move = 'uphold') AS upheld_on,
        min(day) FILTER (WHERE move = 'reopen') AS reopened_on,
        coalesce(bool_or(seq > answer_seq AND to_status <> 'appealed')
            FILTER (WHERE move IN ('dispute', 'uphold', 'reopen')), false) AS fell,
        count(*) FILTER (WHERE move = 'return') AS hops,
        coalesce(sum(day - DATE '2000-01-01')
            FILTER (WHERE from_status = 'waiting' AND to_status <> 'waiting' AND seq < answer_seq), 0)
        - coalesce(sum(day - DATE '2000-01-01')
            FILTER (WHERE from_status <> 'waiting' AND to_status = 'waiting' AND seq < answer_seq), 0)
            AS waited,
        coalesce(sum(day - DATE '2000-01-01') FILTER (WHERE from_status = 'waiting'
            AND to_status <> 'waiting' AND seq < answer_seq AND seq > forward_seq), 0)
        - coalesce(sum(day - DATE '2000-01-01') FILTER (WHERE from_status <> 'waiting'
            AND to_status = 'waiting' AND seq < answer_seq AND seq > forward_seq), 0)
            AS waited_of_agency
    FROM told GROUP BY case_id
)
SELECT c.id, coalesce(o.id, 0), coalesce(o.agency_id, o.id, 0), coalesce(c.category_id, 0),
    coalesce(district.id, 0), c.channel, c.kind,
    CASE WHEN EXISTS (
        SELECT FROM complaints_respondent r WHERE r.case_id = c.id AND r.ended_at IS NULL
    ) THEN 3 WHEN c.unranked <> '' THEN 2 WHEN c.sensitive THEN 1 ELSE 0 END,
    lived.status,
    CASE WHEN lived.status = 'closed' THEN coalesce(lived.ending, c.ending) ELSE '' END,
    coalesce(lived.outcome, ''),
    coalesce(runs.kind, ''), runs.due_at, coalesce(up.level, 0),
    lived.filed_on, lived.forwarded_on, lived.answered_on,
    CASE WHEN lived.status = 'closed' THEN lived.closed_on END,
    lived.disputed_on, lived.appealed_on, lived.decided_on, lived.upheld_on, lived.reopened_on,
    greatest(lived.filed_on, lived.forwarded_on, lived.answered_on, lived.closed_on,
        lived.disputed_on, lived.appealed_on, lived.decided_on, lived.upheld_on, lived.reopened_on),
    lived.fell, lived.hops, lived.rating,
    lived.answered_on - lived.filed_on,
    CASE WHEN lived.answered_on IS NOT NULL
        THEN greatest(lived.answered_on - lived.filed_on - lived.waited, 0) END,
    CASE WHEN lived.answered_on IS NOT NULL AND lived.forwarded_on IS NOT NULL
        THEN greatest(lived.answered_on - lived.forwarded_on - lived.waited_of_agency, 0) END
FROM lived
JOIN complaints_case c ON c.id = lived.case_id AND c.country = %(country)s AND c.imported_from = ''
LEFT JOIN agencies_office o ON o.id = lived.holder::bigint
LEFT JOIN agencies_place p ON p.id = c.place_id
LEFT JOIN agencies_place district ON district.country = p.country
    AND district.path = split_part(p.path, '/', 1) || '/'
        || coalesce(nullif(split_part(p.path, '/', 2), '') || '/', '')
LEFT JOIN LATERAL (
    SELECT k.kind, k.due_at FROM complaints_clock k
    WHERE k.case_id = c.id AND k.stopped_at IS NULL AND k.paused_at IS NULL
        AND k.kind = ANY(%(ladder)s)
    ORDER BY k.due_at LIMIT 1
) runs ON lived.status <> 'closed'
LEFT JOIN LATERAL (
    SELECT max(k.level) AS level FROM complaints_clock k
    WHERE k.case_id = c.id AND k.stopped_at IS NULL
) up ON lived.status <> 'closed'
ON CONFLICT (case_id) DO UPDATE SET
    ({columns}) = ROW({excluded})
"""

COLUMNS = (
    *("office", "agency", "category", "district", "channel", "kind", "side"),
    *("status", "ending", "outcome", "stage", "due_at", "level"),
    *("filed_on", "forwarded_on", "answered_on", "closed_on", "disputed_on", "appealed_on"),
    *("decided_on", "upheld_on", "reopened_on", "last_on"),
    *("fell", "hops", "rating", "took", "worked", "took_agency"),
)

#: Of a case of the time before the portal: nothing counts of it but that it was filed. No clock of ours ran
#: then, and what is done with it here now began under others' promises.
FACTS_OF_THE_PAST = """
INSERT INTO oversight_fact AS old (
    case_id, office, agency, category, district, channel, kind, side, status, ending, outcome,
    stage, level, filed_on, last_on, hops
)
SELECT c.id, coalesce(o.id, 0), coalesce(o.agency_id, o.id, 0), coalesce(c.category_id, 0),
    coalesce(district.id, 0), c.channel, c.kind, %(past)s, c.status, c.ending, '',
    '', 0, filed.day, filed.day, 0
FROM complaints_case c
CROSS JOIN LATERAL (SELECT (c.filed_at AT TIME ZONE %(zone)s)::date AS day) filed
LEFT JOIN agencies_office o ON o.id = c.holder_id
LEFT JOIN agencies_place p ON p.id = c.place_id
LEFT JOIN agencies_place district ON district.country = p.country
    AND district.path = split_part(p.path, '/', 1) || '/'
        || coalesce(nullif(split_part(p.path, '/', 2), '') || '/', '')
WHERE c.imported_from <> '' AND c.country = %(country)s AND {which}
ON CONFLICT (case_id) DO UPDATE SET
    ({columns}) = ROW({excluded})
"""

#: Who sent a case back, and who got it next: nobody yet is the desk.
HANDOFFS = """
INSERT INTO oversight_handoff (
    case_id, seq, "on", from_office, from_agency, to_office, to_agency
)
SELECT e.case_id, e.seq, (e.happened_at AT TIME ZONE %(zone)s)::date,
    sender.id, coalesce(sender.agency_id, sender.id),
    coalesce(got.id, 0), coalesce(got.agency_id, got.id, 0)
FROM complaints_event e
JOIN complaints_case c ON c.id = e.case_id AND c.country = %(country)s AND c.imported_from = ''
JOIN agencies_office sender
    ON sender.country = c.country AND sender.code = e.data ->> 'from_office'
LEFT JOIN LATERAL (
    SELECT (later.fixed -> 'case' ->> 'holder_id')::bigint AS holder FROM complaints_event later
    WHERE later.case_id = e.case_id AND later.seq >= e.seq
        AND later.fixed -> 'case' ->> 'holder_id' IS NOT NULL
    ORDER BY later.seq LIMIT 1
) next ON true
LEFT JOIN agencies_office got ON got.id = next.holder
WHERE e.move = 'return' AND {which}
"""


def _values(more: dict[str, Any]) -> dict[str, Any]:
    ladder = sorted(str(kind) for kind in LADDERED)
    where = {"zone": settings.TIME_ZONE, "country": settings.COUNTRY}
    return {**where, "ladder": ladder, "past": PAST, **more}


def _make(which: str, values: dict[str, Any]) -> None:
    """`which` is the condition on a case's `{id}`."""
    by_event, by_case = which.format(id="e.case_id"), which.format(id="c.id")
    excluded = ", ".join(f"excluded.{name}" for name in COLUMNS)
    made = FACTS.format(which=by_event, columns=", ".join(COLUMNS), excluded=excluded)
    past = FACTS_OF_THE_PAST.format(which=by_case, columns=", ".join(COLUMNS), excluded=excluded)
    with connection.cursor() as cursor:
        cursor.execute(made, values)
        cursor.execute(past, values)
        cursor.execute(f"DELETE FROM oversight_handoff e WHERE {by_event}", values)
        cursor.execute(HANDOFFS.format(which=by_event), values)


def make_facts(case_ids: Sequence[int]) -> None:
    """Make the facts of these cases anew, and who handed them on."""
    _make("{id} = ANY(%(ids)s::bigint[])", _values({"ids": list(case_ids)}))


def make_range(first: int, last: int) -> None:
    """The same for all cases whose ids lie between these, both included."""
    _make("{id} BETWEEN %(first)s AND %(last)s", _values({"first": first, "last": last}))
