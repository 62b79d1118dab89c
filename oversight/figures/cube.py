"""Sums of facts by day and month, for each node of the tree and some cuts through it.

A sum is added to and taken from, never guessed: before facts change, what they counted is taken out;
afterwards what they count now is added, in one transaction with the change. Adding everything to empty
tables gives the same (`rebuild`), which a test and `check_figures` hold.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from oversight.measures import (
    ALL,
    ALL_CODES,
    BANDS,
    CUTS,
    DAYS,
    DIMENSIONS,
    HISTOGRAMS,
    MEASURES,
    NAMES,
)

DAY, MONTH = "d", "m"
#: So many days are kept by the day: the longest period in days with the one before it, and more. Below
#: the first levels of the tree only the last ones, in which something may still be due.
DAYS_KEPT, DEEP_DAYS_KEPT = 200, 45
#: The levels below the country that are cut by subject, place and way in too: their cases are many.
#: What lies deeper has so few that they are counted from the facts.
CUT_LEVELS = 2
KEYS = ("node", "cut", "side", *DIMENSIONS)
KEY_COLUMNS = ", ".join(("grain", '"on"', *KEYS))
HISTOGRAM_NAMES = tuple(histogram.name for histogram in HISTOGRAMS)

#: A fact beside each day on which it counts anything.
EACH_DAY = """
oversight_fact f CROSS JOIN LATERAL (
    SELECT DISTINCT day FROM (VALUES {days}) AS each (day) WHERE day IS NOT NULL
) d
""".format(days=", ".join(f"(f.{name})" for name in DAYS))


def measure_sums(day: str = "d.day") -> str:
    """The columns of all measures over `EACH_DAY`, each empty where nothing counts."""
    return ", ".join(
        f"(sum({measure.amount}) FILTER (WHERE {measure.on} = {day} AND ({measure.condition})))::int"
        f" AS {measure.name}"
        for measure in MEASURES
    )


def band_of(column: str) -> str:
    """The band of a number of days, from 1; the last one is open."""
    bands = ", ".join(str(last + 1) for last in BANDS)
    return f"width_bucket({column}, ARRAY[{bands}]) + 1"


def _start(grain: str) -> str:
    return "d.day" if grain == DAY else "date_trunc('month', d.day)::date"


def _key_of(cut: Sequence[str]) -> str:
    alls = {"category": str(ALL), "district": str(ALL)}
    return ", ".join(
        f"s.{name}" if name in cut else f"{alls.get(name, repr(ALL_CODES))} AS {name}"
        for name in DIMENSIONS
    )


_WHOSE = (
    f"(s.grain = '{MONTH}' OR b.is_cut OR s.\"on\" >= %(recent_since)s)",
    "b.is_cut",
    "b.node = 0",
)


def _cuts(columns: str) -> str:
    """From base rows `s` to nodes and cuts: the same sums over the branches of their office.

    The country and the two levels below it have the single cuts, the country alone the pairs. The whole
    of a month all nodes have, and of the last days; of earlier days the country and those levels.
    """
    selects = []
    for number, cut in enumerate(CUTS):
        whose = _WHOSE[len(cut)]
        selects.append(
            f'SELECT s.grain, s."on", b.node, {number}::smallint AS cut, s.side,'
            f" {_key_of(cut)}, {columns} FROM base s"
            f" JOIN oversight_branch b ON b.office = s.office AND {whose}"
            f' GROUP BY s.grain, s."on", b.node, s.side' + "".join(f", s.{name}" for name in cut)
        )
    return " UNION ALL ".join(selects)


def _bands() -> list[str]:
    """A column for each band of each histogram, while they are added up."""
    return [f"{h.name}_{band}" for h in HISTOGRAMS for band in range(1, len(BANDS) + 2)]


def _band_counts() -> str:
    counts = []
    for histogram in HISTOGRAMS:
        counts += [
            f"(sum(1) FILTER (WHERE answered_on = d.day AND {histogram.name}_band = {band}))::int"
            f" AS {histogram.name}_{band}"
            for band in range(1, len(BANDS) + 2)
        ]
    return ", ".join(counts)


def _base(grain: str, where: str) -> str:
    dimensions = ", ".join(f"f.{name}" for name in DIMENSIONS)
    banded = ", ".join(f"{band_of(f'f.{h.column}')} AS {h.name}_band" for h in HISTOGRAMS)
    return (
        f"SELECT '{grain}' AS grain, {_start(grain)} AS \"on\", f.office, f.side, {dimensions},"
        f" {measure_sums()}, {_band_counts()}"
        f" FROM {EACH_DAY} CROSS JOIN LATERAL (SELECT {banded}) bands WHERE {where}"
        f" GROUP BY {_start(grain)}, f.office, f.side, {dimensions}"
    )


def _insert(grain: str, where: str, sign: int) -> str:
    sums = ", ".join(f"sum(s.{name}) AS {name}" for name in (*NAMES, *_bands()))
    signed = [f"{name} * {sign}" for name in NAMES]
    added = [
        f"{name} = nullif(coalesce(t.{name}, 0) + coalesce(excluded.{name}, 0), 0)"
        for name in NAMES
    ]
    for name in HISTOGRAM_NAMES:
        counts = ", ".join(
            f"coalesce({name}_{band}, 0) * {sign}" for band in range(1, len(BANDS) + 2)
        )
        signed.append(f"CASE WHEN answered IS NOT NULL THEN ARRAY[{counts}]::int[] END")
        added.append(f"{name} = oversight_add(t.{name}, excluded.{name})")
    return (
        f"INSERT INTO oversight_tally AS t ({KEY_COLUMNS}, {', '.join((*NAMES, *HISTOGRAM_NAMES))})"
        f" WITH base AS MATERIALIZED ({_base(grain, where)}), cuts AS ({_cuts(sums)})"
        f" SELECT {KEY_COLUMNS}, {', '.join(signed)} FROM cuts"
        f" ON CONFLICT ON CONSTRAINT tally_once DO UPDATE SET {', '.join(added)}"
    )


def _apply(where: str, values: dict[str, Any], sign: int, grains: str) -> None:
    with connection.cursor() as cursor:
        for grain in grains:
            kept = where if grain == MONTH else f"{where} AND d.day >= %(days_since)s"
            cursor.execute(_insert(grain, kept, sign), values)


def add(case_ids: Sequence[int], days_since: date, *, sign: int = 1) -> None:
    """Add what the facts of these cases count to the sums; with sign -1, take it out."""
    values: dict[str, Any] = {"ids": list(case_ids), **_since(days_since)}
    _apply("f.case_id = ANY(%(ids)s::bigint[])", values, sign, DAY + MONTH)


def rebuild(days_since: date, say: Callable[[str], None]) -> None:
    """Make all sums anew from the facts, month by month."""
    with connection.cursor() as cursor:
        # All months are sorted and hashed once: with the usual memory each would go over the disk.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("DELETE FROM oversight_tally")
        cursor.execute("SELECT min(filed_on), max(last_on) FROM oversight_fact")
        first, last = cursor.fetchone()
    if first is None:
        return
    month = first.replace(day=1)
    while month <= last:
        after = next_month(month)
        _apply_days(month, after, MONTH, days_since)
        say(f"sums of {month:%Y-%m}")
        month = after
    # No day is counted before the first case was filed.
    day = max(days_since, first)
    while day <= last:
        _apply_days(day, day + timedelta(days=10), DAY, days_since)
        day += timedelta(days=10)
    say(f"sums by day since {days_since}")


def _apply_days(start: date, end: date, grain: str, days_since: date) -> None:
    values: dict[str, Any] = {"start": start, "end": end, **_since(days_since)}
    where = (
        "f.last_on >= %(start)s AND f.filed_on < %(end)s AND d.day >= %(start)s AND d.day < %(end)s"
    )
    _apply(where, values, 1, grain)


def recent_since(days_since: date) -> date:
    """From which day on all nodes have sums by the day, where the first levels have them from the other."""
    return days_since + timedelta(days=DAYS_KEPT - DEEP_DAYS_KEPT)


def _since(days_since: date) -> dict[str, date]:
    return {"days_since": days_since, "recent_since": recent_since(days_since)}


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def forget_days(days_since: date) -> None:
    """Days before this are read by their months alone, and deep in the tree earlier."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, _since(days_since))


def follow_tree(country: str, days_since: date) -> int:
    """Take over the registry's tree where it has changed; says how many offices stand elsewhere now.

    What their cases counted for the nodes above is taken from the old ones and added to the new ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(MOVED, {"country": country, "levels": CUT_LEVELS})
        moved = [row[0] for row in cursor.fetchall()]
        if not moved:
            return 0
        values: dict[str, Any] = {
            **_since(days_since),
            "offices": moved,
            "country": country,
            "levels": CUT_LEVELS,
        }
        where = "f.office = ANY(%(offices)s)"
        _apply(where, values, -1, DAY + MONTH)
        cursor.execute("DELETE FROM oversight_branch WHERE office = ANY(%(offices)s)", values)
        cursor.execute(f"{COPY_BRANCHES} WHERE office = ANY(%(offices)s)", values)
        cursor.execute(NEW_AGENCY, values)
        _apply(where, values, 1, DAY + MONTH)
    return len(moved)


def follow_handoffs() -> None:
    """Hand-offs are between agencies as they are now: after a reform also those before it."""
    with connection.cursor() as cursor:
        for side in ("from", "to"):
            cursor.execute(HANDED_ON.format(side=side))


def follow_places(country: str) -> int:
    """Have cases counted anew whose place lies in another district now; says how many."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED_PLACES, {"country": country})
        return int(cursor.rowcount)


def copy_tree(country: str) -> None:
    """Take over the registry's whole tree, without regard to sums: they have to be made anew."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM oversight_branch")
        cursor.execute(COPY_BRANCHES, {"country": country, "levels": CUT_LEVELS})


FORGET = """
DELETE FROM oversight_tally WHERE grain = 'd' AND ("on" < %(days_since)s OR ("on" < %(recent_since)s
    AND node NOT IN (SELECT node FROM oversight_branch WHERE is_cut)))
"""
#: An office's nodes: itself, all above it by its path, and the country. No office is in the country too.
BRANCHES = """
    SELECT office.id AS office, above.id AS node,
        length(above.path) - length(replace(above.path, '/', '')) <= %(levels)s AS is_cut
    FROM agencies_office office
    CROSS JOIN LATERAL generate_series(1, length(office.path)) AS cut_at
    JOIN agencies_office above ON above.country = office.country
        AND above.path = left(office.path, cut_at)
    WHERE office.country = %(country)s AND substr(office.path, cut_at, 1) = '/'
    UNION ALL
    SELECT id, 0, true FROM agencies_office WHERE country = %(country)s
    UNION ALL
    SELECT 0, 0, true
"""
COPY_BRANCHES = (
    "INSERT INTO oversight_branch (office, node, is_cut)"
    f" SELECT office, node, is_cut FROM ({BRANCHES}) AS tree"
)
MOVED = f"""
WITH tree AS ({BRANCHES})
SELECT DISTINCT coalesce(tree.office, kept.office) FROM tree
FULL JOIN oversight_branch kept ON kept.office = tree.office AND kept.node = tree.node
WHERE kept.office IS NULL OR tree.office IS NULL OR kept.is_cut <> tree.is_cut
UNION
SELECT o.id FROM agencies_office o CROSS JOIN LATERAL (
    (SELECT agency FROM oversight_fact WHERE office = o.id ORDER BY last_on LIMIT 1)
    UNION ALL
    (SELECT agency FROM oversight_fact WHERE office = o.id ORDER BY last_on DESC LIMIT 1)
) f
WHERE o.country = %(country)s AND f.agency <> coalesce(o.agency_id, o.id)
"""
HANDED_ON = """
UPDATE oversight_handoff h SET {side}_agency = coalesce(o.agency_id, o.id) FROM agencies_office o
WHERE o.id = h.{side}_office AND h.{side}_agency <> coalesce(o.agency_id, o.id)
"""
#: Cases of places that lie in another district now. The first and the last case of each place tell: it
#: would take long to look at all.
MOVED_PLACES = """
INSERT INTO oversight_recount (case_id)
SELECT id FROM complaints_case WHERE place_id IN (
    SELECT p.id FROM agencies_place p
    JOIN agencies_place district ON district.country = p.country
        AND district.path = split_part(p.path, '/', 1) || '/'
            || coalesce(nullif(split_part(p.path, '/', 2), '') || '/', '')
    CROSS JOIN LATERAL (
        (SELECT id FROM complaints_case WHERE place_id = p.id ORDER BY filed_at LIMIT 1)
        UNION ALL
        (SELECT id FROM complaints_case WHERE place_id = p.id ORDER BY filed_at DESC LIMIT 1)
    ) one
    JOIN oversight_fact f ON f.case_id = one.id
    WHERE p.country = %(country)s AND f.district <> district.id
) ON CONFLICT DO NOTHING
"""
NEW_AGENCY = """
UPDATE oversight_fact f SET agency = coalesce(o.agency_id, o.id) FROM agencies_office o
WHERE o.id = f.office AND f.office = ANY(%(offices)s)
"""
