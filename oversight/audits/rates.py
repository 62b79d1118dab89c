"""What the call-backs found, beside what the offices say: of a question, as counts that add up.

Only drawn audits count: those put in by hand were chosen, and say nothing about the rest. Withdrawn
cases have no answer to be true or not; of them is counted who was pressed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from complaints.models.case import EndedAs
from oversight.audits.drawing import ANSWERED
from oversight.figures.asking import Counts, Question
from oversight.metrics import LEAST_CASES, METRICS
from oversight.models import Audit, Branch, Fact

#: An agency claims much more than is found: so many were reached, and so far are the two apart.
ALERT_REACHED, ALERT_GAP = 20, 0.20
REACHED = (Audit.Result.SOLVED, Audit.Result.PARTLY, Audit.Result.NOT_SOLVED)
BY_ENDING = {
    "confirmed": (EndedAs.CONFIRMED, EndedAs.DISPUTED_THEN_CONFIRMED),
    "silent": (EndedAs.SILENT,),
    "appeal_dismissed": (EndedAs.APPEAL_DISMISSED,),
}

#: What is added to `Counts`, by the condition on an audit: of the drawn ones that ended in the period,
#: those that were reached, and of these what the citizens and what the offices say; the withdrawn
#: whose citizen was pressed.
_REACHED = "a.ending = ANY(%(answered)s) AND a.result = ANY(%(reached)s)"
_COUNTED = {
    "audit_drawn": "a.ending = ANY(%(answered)s)",
    "audit_reached": _REACHED,
    "audit_solved": f"{_REACHED} AND a.result = 'solved'",
    "audit_partly": f"{_REACHED} AND a.result = 'partly'",
    "audit_claimed": f"{_REACHED} AND a.outcome = 'resolved'",
    "audit_pressed": "a.answers ->> 'pressure' = 'yes'",
}


def add_to(counts: Counts, question: Question, *, hidden: Sequence[int] = ()) -> None:
    """Add what call-backs found that ended in the question's period: the `audit_…` of METRICS (one
    statement). Whose it is says the office that answered; the rest is the case's.
    """
    counts.add(_found(question, "''", hidden).get("", Counts()))


def add_by_node(
    found: dict[int, Counts],
    question: Question,
    nodes: Sequence[int],
    *,
    hidden: Sequence[int] = (),
) -> None:
    """The same to the counts of these nodes, each with all below it (one statement)."""
    for node, counts in (_found(question, "b.node", hidden, nodes) if nodes else {}).items():
        found.setdefault(node, Counts()).add(counts)


def found_by_ending(question: Question, *, hidden: Sequence[int] = ()) -> list["ByEnding"]:
    """What those say who confirmed, who said nothing, and whose appeal was dismissed."""
    counted = _found(question, "a.ending", hidden)
    rows = []
    for name, endings in BY_ENDING.items():
        of_them = [counted.get(str(ending), Counts()) for ending in endings]
        reached = sum(counts["audit_reached"] for counts in of_them)
        solved = sum(counts["audit_solved"] for counts in of_them)
        rows.append(ByEnding(name, reached, solved / reached if reached >= LEAST_CASES else None))
    return rows


def behind(question: Question, ending: str, *, hidden: Sequence[int] = ()) -> QuerySet[Audit]:
    """The calls that `found_by_ending` counts as reached: of `BY_ENDING`; the same conditions."""
    zone = ZoneInfo(settings.TIME_ZONE)
    facts = Fact.objects.filter(case=OuterRef("case"), side__in=question.sides)
    for name in question.filtered:
        value = getattr(question, name)
        facts = facts.filter(**{name if isinstance(value, str) else f"{name}__in": value})
    audits = Audit.objects.filter(
        Exists(facts),
        why=Audit.Why.DRAWN,
        ending__in=BY_ENDING[ending],
        result__in=REACHED,
        done_at__gte=_midnight(question.period.start, zone),
        done_at__lt=_midnight(question.period.end, zone),
    )
    if question.node:
        below = Branch.objects.filter(node=question.node).values("office")
        audits = audits.filter(office__in=below)
    return audits.exclude(case__in=hidden)


def _found(
    question: Question, key: str, hidden: Sequence[int], nodes: Sequence[int] = ()
) -> dict[Any, Counts]:
    zone = ZoneInfo(settings.TIME_ZONE)
    values: dict[str, Any] = {
        "start": _midnight(question.period.start, zone),
        "end": _midnight(question.period.end, zone),
        "answered": [str(ending) for ending in ANSWERED],
        "reached": [str(result) for result in REACHED],
        "sides": list(question.sides),
        "hidden": list(hidden),
        "node": question.node,
        "nodes": list(nodes),
    }
    joined, filters = ["JOIN oversight_fact f ON f.case_id = a.case_id"], []
    for name in question.filtered:
        value = getattr(question, name)
        values[name] = [value] if isinstance(value, str) else list(value)
        filters.append(f"f.{name} = ANY(%({name})s)")
    if nodes:
        joined.append(
            "JOIN oversight_branch b ON b.office = a.office_id AND b.node = ANY(%(nodes)s)"
        )
    if question.node:
        below = "SELECT office FROM oversight_branch WHERE node = %(node)s"
        filters.append(f"a.office_id IN ({below})")
    if hidden:
        filters.append("a.case_id <> ALL(%(hidden)s::bigint[])")
    where = " AND ".join(
        (
            *("a.why = 'drawn'", "f.side = ANY(%(sides)s)"),
            *("a.done_at >= %(start)s", "a.done_at < %(end)s"),
            *filters,
        )
    )
    sums = ", ".join(f"count(*) FILTER (WHERE {which})" for which in _COUNTED.values())
    with connection.cursor() as cursor:
        # Conditions are this file's; what comes from outside is in `values`.
        cursor.execute(
            f"SELECT {key}, {sums} FROM oversight_audit a {' '.join(joined)}"  # noqa: S608
            f" WHERE {where} GROUP BY 1",
            values,
        )
        rows = cursor.fetchall()
    return {group: Counts(dict(zip(_COUNTED, counts, strict=True))) for group, *counts in rows}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


# --- Side by side -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SideBySide:
    """An agency's rates beside each other (0–1; None: too few): answered in time, confirmed by the
    citizen of all answered; of those asked again what the office claims and what was found.

    `low` and `high` bound what was found; `claimed_bar` and `solved_bar` are lengths, 0–100.
    """

    name: str
    code: str
    in_time: float | None
    confirmed: float | None
    reached: int
    claimed: float | None
    solved: float | None
    low: float | None
    high: float | None
    alarming: bool

    @property
    def gap_points(self) -> int | None:
        """How many points more are claimed than found."""
        if self.claimed is None or self.solved is None:
            return None
        return round(100 * (self.claimed - self.solved))

    @property
    def claimed_bar(self) -> int:
        return round(100 * (self.claimed or 0))

    @property
    def solved_bar(self) -> int:
        return round(100 * (self.solved or 0))


def rates_of(name: str, code: str, counts: Counts) -> SideBySide:
    """The rates of one agency, or of the country, out of counts with the `audit_…` in them."""

    def share(metric: str) -> float | None:
        of = METRICS[metric]
        value = of.of(counts) if of.rests_on(counts) >= LEAST_CASES else None
        return None if value is None else float(value)

    interval = METRICS["audit_solved"].interval_of(counts)
    claimed, solved = share("audit_agreement"), share("audit_solved")
    gap = None if claimed is None or solved is None else claimed - solved
    return SideBySide(
        name=name,
        code=code,
        in_time=share("answered_in_10_from_filing"),
        confirmed=share("confirmed_resolved"),
        reached=counts["audit_reached"],
        claimed=claimed,
        solved=solved,
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        alarming=counts["audit_reached"] >= ALERT_REACHED and (gap or 0) >= ALERT_GAP - 1e-9,
    )


def widest_first(rows: Iterable[SideBySide]) -> list[SideBySide]:
    """Those of whom somebody was asked, the widest gap first."""
    asked = [row for row in rows if row.reached]
    return sorted(asked, key=lambda row: (-(row.gap_points or -101), -row.reached, row.name))


@dataclass(frozen=True, slots=True)
class ByEnding:
    """Of the cases that ended so: how many were reached, and the share that is solved (or too few)."""

    ending: str
    reached: int
    solved: float | None
