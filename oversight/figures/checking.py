"""The figures against the raw rows: nothing here uses the facts' or sums' own statements.

Facts were made from events; here they are compared with the cases' own columns, their feedback and
appeals (of cases of before the portal, their day of filing alone). Sums are compared with what the cases
of each month count, office by office, added up along the registry's tree; cuts and days with the wholes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import TruncDate

from agencies.models import Office
from complaints.models import Case, Event, Respondent
from complaints.models.case import AnsweredWith, EndedAs, Status
from oversight.figures import keeping
from oversight.figures.cube import MONTH, next_month, recent_since
from oversight.figures.periods import today
from oversight.measures import ABOUT, ASIDE, BANDS, CUTS, HISTOGRAMS, NAMES, OPEN, PAST, SEALED
from oversight.models import Kept, Tally
from record.models import Entry, Waiting

#: How many differences of one kind are said.
SAID = 20

#: A fact's column, and the same from the raw rows.
FACT_COLUMNS = {
    "office": "coalesce(c.holder_id, 0)",
    "agency": "coalesce((SELECT coalesce(o.agency_id, o.id) FROM agencies_office o"
    " WHERE o.id = c.holder_id), 0)",
    "district": "coalesce((SELECT d.id FROM agencies_place p JOIN agencies_place d"
    " ON d.country = p.country AND d.path = substring(p.path FROM '^[^/]*/(?:[^/]*/)?')"
    " WHERE p.id = c.place_id), 0)",
    "category": "coalesce(c.category_id, 0)",
    "channel": "c.channel",
    "kind": "c.kind",
    "side": "CASE WHEN c.imported_from <> '' THEN 4"
    " WHEN c.id IN (SELECT case_id FROM complaints_respondent WHERE ended_at IS NULL)"
    " THEN 3 WHEN c.unranked <> '' THEN 2 WHEN c.sensitive THEN 1 ELSE 0 END",
    "status": "c.status",
    "ending": "c.ending",
    "outcome": "CASE WHEN c.answered_at IS NULL THEN '' ELSE c.outcome END",
    "due_at": "CASE WHEN c.status <> 'closed' THEN c.next_due END",
    "filed_on": "(c.filed_at AT TIME ZONE %(zone)s)::date",
    "forwarded_on": "(c.forwarded_at AT TIME ZONE %(zone)s)::date",
    "answered_on": "(c.answered_at AT TIME ZONE %(zone)s)::date",
    "closed_on": "(c.closed_at AT TIME ZONE %(zone)s)::date",
    "took": "(c.answered_at AT TIME ZONE %(zone)s)::date - (c.filed_at AT TIME ZONE %(zone)s)::date",
    "hops": "c.hops",
    "rating": "(SELECT rating FROM complaints_feedback r WHERE r.case_id = c.id"
    " AND r.at >= c.answered_at ORDER BY r.at DESC LIMIT 1)",
    "appealed_on": "(SELECT min((a.filed_at AT TIME ZONE %(zone)s)::date) FROM complaints_appeal a"
    " WHERE a.case_id = c.id)",
}
#: What is told of a case of the past, too; of all other columns nothing is.
TOLD = ("office", "agency", "district", "category", "channel", "kind", "side", "status", "filed_on")
COMPARED = """
SELECT c.number, '{column}', f.{column}::text, ({raw})::text
FROM complaints_case c LEFT JOIN oversight_fact f ON f.case_id = c.id
WHERE c.country = %(country)s AND {those} AND f.{column} IS DISTINCT FROM ({raw})
LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what the raw rows say: of what, as kept, and as it should be."""

    what: str
    kept: str
    raw: str


class Busy(Exception):
    """A worker counts at this moment: try again."""


def differences() -> list[Difference]:
    """Every difference there is, at most `SAID` of one kind. Where there is none, the figures are right.

    All is compared as it stood at one moment; steps that no worker has counted yet are counted first:
    they were late, not wrong. Raises Busy.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if not keeping.is_ours():
            raise Busy
        kept = Kept.objects.filter(pk=1).first()
        if kept is None:
            return [Difference("figures", "none kept yet", "check_figures --rebuild makes them")]
        keeping.count_anew(_uncounted(kept), kept)
        return [
            *(*_of_facts(), *_of_extra_facts(), *_of_months(), *_of_steps()),
            *_of_parts(_since(kept)),
        ]


def _since(kept: Kept) -> date:
    assert kept.days_since is not None  # noqa: S101 - set with the first row
    return kept.days_since


def _uncounted(kept: Kept) -> list[int]:
    """Cases with steps that are not in the log yet, or that no worker has counted."""
    logged = Entry.objects.filter(log_seq__gt=kept.log_seq).values("event_id")
    events = Event.objects.filter(Q(pk__in=Waiting.objects.values("event_id")) | Q(pk__in=logged))
    return list(events.order_by().values_list("case_id", flat=True).distinct())


def _of_facts() -> Iterator[Difference]:
    values: dict[str, Any] = {"zone": settings.TIME_ZONE, "country": settings.COUNTRY}
    with connection.cursor() as cursor:
        for column, raw in FACT_COLUMNS.items():
            those = "TRUE" if column in TOLD else "c.imported_from = ''"
            cursor.execute(COMPARED.format(column=column, raw=raw, those=those, most=SAID), values)
            for number, name, mine, theirs in cursor.fetchall():
                yield Difference(f"case {number}: {name}", str(mine), str(theirs))


def _of_extra_facts() -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.case_id FROM oversight_fact f LEFT JOIN complaints_case c ON c.id = f.case_id"
            " WHERE c.id IS NULL OR c.country <> %s LIMIT %s",
            [settings.COUNTRY, SAID],
        )
        for (case_id,) in cursor.fetchall():
            yield Difference(f"fact of case {case_id}", "there", "no such case")


# --- Months, counted from the cases ---------------------------------------------------------------

_LEFT = (EndedAs.NOT_FOR_US, EndedAs.MERGED, EndedAs.WITHDRAWN)
_CONFIRMED = (EndedAs.CONFIRMED, EndedAs.DISPUTED_THEN_CONFIRMED)
_STANDS = Q(status__in=(Status.ANSWERED, Status.APPEALED, Status.CLOSED))
_RESOLVED = Q(outcome=AnsweredWith.RESOLVED)
_IS_CLOSED = Q(status=Status.CLOSED)


def _left_within(start: str, days: int) -> Q:
    late = Q(closed_day__lte=F(f"{start}_day") + days)
    return _IS_CLOSED & Q(ending__in=_LEFT) & late


def _answered_within(start: str, days: int) -> Q:
    in_time = _STANDS & Q(answered_day__lte=F(f"{start}_day") + days)
    # Of the few alone that left: a look at the events of each case would take long.
    return in_time & ~_left_within(start, days) & ~(_IS_CLOSED & Q(ending__in=_LEFT) & _WENT_BACK)


_ANSWERS = Event.objects.filter(case=OuterRef("case"), move="answer").order_by("-seq")
#: The last answer fell: the case went back to work after it.
_WENT_BACK = Q(
    Exists(
        Event.objects.filter(case=OuterRef("pk"), move__in=("dispute", "uphold", "reopen"))
        .exclude(to_status=Status.APPEALED)
        .filter(seq__gt=Subquery(_ANSWERS.values("seq")[:1]))
    )
)


#: By the column of the day: what is counted of the cases of a month.
RAW: dict[str, dict[str, Any]] = {
    "filed": {
        "received": Count("pk"),
        "forwarded_in_time": Count("pk", filter=Q(forwarded_day__lte=F("filed_day") + 3)),
        "left_unforwarded": Count(
            "pk",
            filter=_left_within("filed", 3)
            & (Q(forwarded_at=None) | Q(forwarded_day__gt=F("filed_day") + 3)),
        ),
        "kept_from_filing": Count("pk", filter=_answered_within("filed", 10)),
        "left_from_filing": Count("pk", filter=_left_within("filed", 10)),
        "returned": Count("pk", filter=Q(hops__gt=0)),
        "hops": Sum("hops"),
    },
    "forwarded": {
        "forwarded": Count("pk"),
        "kept_from_forward": Count("pk", filter=_answered_within("forwarded", 10)),
        "left_from_forward": Count("pk", filter=_left_within("forwarded", 10)),
    },
    "answered": {
        "answered": Count("pk"),
        "confirmed": Count("pk", filter=_RESOLVED & _IS_CLOSED & Q(ending__in=_CONFIRMED)),
        "silence": Count("pk", filter=_RESOLVED & _IS_CLOSED & Q(ending=EndedAs.SILENT)),
        "awaited": Count("pk", filter=_RESOLVED & Q(status=Status.ANSWERED)),
        "contested": Count("pk", filter=~Q(status__in=(Status.ANSWERED, Status.CLOSED))),
        "silent": Count("pk", filter=_IS_CLOSED & Q(ending=EndedAs.SILENT)),
        **{
            str(outcome.value): Count("pk", filter=Q(outcome=outcome))
            for outcome in AnsweredWith
            if outcome != AnsweredWith.RESOLVED
        },
        "ended": Count(
            "pk", filter=_IS_CLOSED & ~Q(ending__in=(EndedAs.MERGED, EndedAs.WITHDRAWN))
        ),
    },
    "closed": {
        "closed": Count("pk"),
        "withdrawn": Count("pk", filter=Q(ending=EndedAs.WITHDRAWN)),
        "declined": Count("pk", filter=Q(ending=EndedAs.NOT_FOR_US)),
        "merged": Count("pk", filter=Q(ending=EndedAs.MERGED)),
    },
}
RAW_NAMES = tuple(name for counted in RAW.values() for name in counted)

#: A node and a side.
Key = tuple[int, int]


def _of_months() -> Iterator[Difference]:
    first = Case.objects.filter(country=settings.COUNTRY).order_by("filed_at").first()
    if first is None:
        return
    zone = ZoneInfo(settings.TIME_ZONE)
    above = _nodes_above()
    month = first.filed_at.astimezone(zone).date().replace(day=1)
    said = 0
    while month <= today() and said < SAID:
        raw, kept = _raw_month(month, zone, above), _kept_month(month)
        for key in sorted({*raw, *kept}):
            for name in RAW_NAMES:
                if raw[key][name] != kept[key][name] and said < SAID:
                    said += 1
                    what = f"{month:%Y-%m}, node {key[0]}, side {key[1]}: {name}"
                    yield Difference(what, str(kept[key][name]), str(raw[key][name]))
        month = next_month(month)


def _nodes_above() -> dict[int, list[int]]:
    """By the id of an office: itself, all above it, and 0, by the registry's paths."""
    by_path = dict(Office.objects.filter(country=settings.COUNTRY).values_list("path", "pk"))
    above: dict[int, list[int]] = {0: [0]}
    for path, pk in by_path.items():
        codes = path.rstrip("/").split("/")
        paths = ["/".join(codes[:number]) + "/" for number in range(1, len(codes) + 1)]
        above[pk] = [0, *(by_path[each] for each in paths if each in by_path)]
    return above


def _raw_month(
    month: date, zone: ZoneInfo, above: dict[int, list[int]]
) -> defaultdict[Key, Counter[str]]:
    found: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    start = datetime.combine(month, time(), tzinfo=zone)
    end = datetime.combine(next_month(month), time(), tzinfo=zone)
    for day, counted in RAW.items():
        cases = _with_days(zone).filter(**{f"{day}_at__gte": start, f"{day}_at__lt": end})
        if day == "closed":
            cases = cases.filter(_IS_CLOSED)
        whose = ("holder_id", "about", "sensitive", "unranked", "imported_from")
        rows = cases.values(*whose).annotate(**{f"n_{name}": how for name, how in counted.items()})
        for row in rows.order_by():
            side = _side_of(row)
            if side == PAST:
                # That it was filed is all that counts of it.
                row = {"holder_id": row["holder_id"], "n_received": row.get("n_received")}
            for node in above[row["holder_id"] or 0]:
                for name in counted:
                    found[node, side][name] += row.get(f"n_{name}") or 0
    return found


def _side_of(row: dict[str, Any]) -> int:
    examined = ASIDE if row["unranked"] else SEALED if row["sensitive"] else OPEN
    return PAST if row["imported_from"] else ABOUT if row["about"] else examined


def _with_days(zone: ZoneInfo) -> QuerySet[Any, Any]:
    days = {
        f"{what}_day": TruncDate(f"{what}_at", tzinfo=zone)
        for what in ("filed", "forwarded", "answered", "closed")
    }
    about = Respondent.objects.standing().values("case")
    is_about = ExpressionWrapper(Q(pk__in=about), output_field=BooleanField())
    return Case.objects.filter(country=settings.COUNTRY).alias(**days).annotate(about=is_about)


def _kept_month(month: date) -> defaultdict[Key, Counter[str]]:
    found: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    rows = Tally.objects.filter(grain=MONTH, on=month, cut=0)
    for node, side, *numbers in rows.values_list("node", "side", *RAW_NAMES).iterator():
        for name, number in zip(RAW_NAMES, numbers, strict=True):
            found[node, side][name] += number or 0
    return found


#: What the cases' own columns do not tell: first steps by the events, appeals and marks by their rows;
#: of the country, by month.
STEPS = """
WITH step (case_id, name, at) AS (
    SELECT case_id, CASE move WHEN 'dispute' THEN 'disputed' WHEN 'reopen' THEN 'reopened'
        ELSE 'upheld' END, min(happened_at)
    FROM complaints_event WHERE move IN ('dispute', 'reopen', 'uphold') GROUP BY 1, 2
    UNION ALL
    SELECT case_id, 'decided', min(happened_at)
    FROM complaints_event WHERE move IN ('uphold', 'dismiss') GROUP BY 1
    UNION ALL
    SELECT case_id, 'appealed', min(filed_at) FROM complaints_appeal GROUP BY 1
    UNION ALL
    SELECT c.id, 'rated', c.answered_at FROM complaints_case c WHERE c.status = 'closed'
        AND c.ending NOT IN ('merged', 'withdrawn') AND c.id IN (
            SELECT case_id FROM complaints_feedback WHERE at >= c.answered_at
        )
), raw AS (
    SELECT name, date_trunc('month', at AT TIME ZONE %(zone)s)::date AS month, count(*) AS cases
    FROM step JOIN complaints_case c ON c.id = step.case_id
    WHERE c.country = %(country)s AND c.imported_from = ''
    GROUP BY 1, 2
), kept AS (
    SELECT name, "on" AS month, sum(counted) AS cases FROM oversight_tally CROSS JOIN LATERAL (VALUES
        ('disputed', disputed), ('reopened', reopened), ('upheld', upheld), ('decided', decided),
        ('appealed', appealed), ('rated', rated)
    ) each (name, counted)
    WHERE node = 0 AND cut = 0 AND grain = 'm' AND counted <> 0 GROUP BY 1, 2
)
SELECT name, month, kept.cases, raw.cases FROM raw FULL JOIN kept USING (name, month)
WHERE raw.cases IS DISTINCT FROM kept.cases ORDER BY month, name LIMIT %(most)s
"""


def _of_steps() -> Iterator[Difference]:
    values: dict[str, Any] = {"zone": settings.TIME_ZONE, "country": settings.COUNTRY, "most": SAID}
    with connection.cursor() as cursor:
        cursor.execute(STEPS, values)
        for name, month, kept, raw in cursor.fetchall():
            yield Difference(f"{month:%Y-%m}, the country: {name}", str(kept or 0), str(raw or 0))


# --- Parts and wholes -----------------------------------------------------------------------------


def _of_parts(days_since: date) -> Iterator[Difference]:
    """Each cut adds up to the whole of its node, and days to their month."""
    for cut in range(1, len(CUTS)):
        name, is_pair = "+".join(CUTS[cut]), len(CUTS[cut]) > 1
        whose = (
            "node = 0" if is_pair else "node IN (SELECT node FROM oversight_branch WHERE is_cut)"
        )
        for node, on, whole, parts in _unequal(
            'SELECT grain, node, "on", side, {sums} FROM oversight_tally WHERE cut = 0'
            f" AND {whose} GROUP BY 1, 2, 3, 4",
            'SELECT grain, node, "on", side, {sums} FROM oversight_tally WHERE cut = %(cut)s'
            " GROUP BY 1, 2, 3, 4",
            {"cut": cut},
        ):
            yield Difference(f"{on}, node {node}, by {name}", parts, whole)
    # Deep in the tree fewer days are kept.
    since = (
        "(CASE WHEN node IN (SELECT node FROM oversight_branch WHERE is_cut)"
        " THEN %(days_since)s ELSE %(recent_since)s END)"
    )
    for node, on, whole, parts in _unequal(
        "SELECT 'm', node, \"on\", side, {sums} FROM oversight_tally WHERE cut = 0 AND grain = 'm'"
        f' AND "on" >= {since} GROUP BY 1, 2, 3, 4',
        "SELECT 'm', node, date_trunc('month', \"on\")::date, side, {sums} FROM oversight_tally"
        f" WHERE cut = 0 AND grain = 'd' AND date_trunc('month', \"on\") >= {since}"
        " GROUP BY 1, 2, 3, 4",
        {"days_since": days_since, "recent_since": recent_since(days_since)},
    ):
        yield Difference(f"{on}, node {node}, by day", parts, whole)


def _unequal(wholes: str, parts: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    parts_of = [
        *NAMES,
        *(f"{h.name}[{band + 1}]" for h in HISTOGRAMS for band in range(len(BANDS) + 1)),
    ]
    sums = "ARRAY[" + ", ".join(f"coalesce(sum({part}), 0)" for part in parts_of) + "] AS n"
    # What was counted once and is no more leaves an empty row: it is as none.
    nothing = f"array_fill(0::bigint, ARRAY[{len(parts_of)}])"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH whole (grain, node, day, side, n) AS ({wholes.format(sums=sums)}),"
            f" part (grain, node, day, side, n) AS ({parts.format(sums=sums)})"
            " SELECT coalesce(w.node, p.node), coalesce(w.day, p.day), w.n::text, p.n::text"
            " FROM whole w FULL JOIN part p USING (grain, node, day, side)"
            f" WHERE coalesce(w.n, {nothing}) <> coalesce(p.n, {nothing}) LIMIT {SAID}",
            values,
        )
        return cursor.fetchall()
