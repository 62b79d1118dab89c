"""What the call-backs found, beside what the offices say: by agency, for a period.

Only drawn audits count: those put in by hand were chosen, and say nothing about the rest. Withdrawn
cases have no answer to be true or not; of them is counted who was pressed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from agencies.models import Office
from complaints.bars import barred_from
from complaints.models import Case
from complaints.models.case import AnsweredWith, EndedAs
from complaints.selectors.figures import PERIOD_FRESH, Figures, PeriodFigures
from oversight.audits.drawing import ANSWERED
from oversight.figures.asking import Counts, Question
from oversight.intervals import wilson
from oversight.models import Audit
from oversight.selectors import LEAST_CASES

#: An agency claims much more than is found: so many were reached, and so far are the two apart.
ALERT_REACHED, ALERT_GAP = 20, 0.20
FORMAT = 1
NUMBERS = ("drawn", "reached", "solved", "partly", "claimed", "pressed")
REACHED = (Audit.Result.SOLVED, Audit.Result.PARTLY, Audit.Result.NOT_SOLVED)
BY_ENDING = {
    "confirmed": (EndedAs.CONFIRMED, EndedAs.DISPUTED_THEN_CONFIRMED),
    "silent": (EndedAs.SILENT,),
    "appeal_dismissed": (EndedAs.APPEAL_DISMISSED,),
}


@dataclass
class Found:
    """What citizens said in drawn call-backs. Counts add up.

    Of `drawn` (ended ones), `reached` gave an answer; of these `solved`, and `claimed` by the
    office's own outcome. `solved_by` and `reached_by` split them by how the case had ended.
    `pressed` counts who was pressed, withdrawn cases included.
    """

    drawn: int = 0
    reached: int = 0
    solved: int = 0
    partly: int = 0
    claimed: int = 0
    pressed: int = 0
    reached_by: Counter[str] = field(default_factory=Counter)
    solved_by: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Found", times: int = 1) -> None:
        """Count another's too; with -1 leave them out again."""
        for name in NUMBERS:
            setattr(self, name, max(0, getattr(self, name) + times * getattr(other, name)))
        for mine, theirs in (
            (self.reached_by, other.reached_by),
            (self.solved_by, other.solved_by),
        ):
            for ending, number in theirs.items():
                mine[ending] = max(0, mine[ending] + times * number)

    @property
    def enough(self) -> bool:
        """Whether a share of them says something and points at nobody."""
        return self.reached >= LEAST_CASES

    @property
    def solved_share(self) -> float | None:
        """Solved, of those reached (0–1); None where they are too few."""
        return self.solved / self.reached if self.enough else None

    @property
    def claimed_share(self) -> float | None:
        """Of the same cases, those that the office calls resolved (0–1); None: too few."""
        return self.claimed / self.reached if self.enough else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share of solved lies, in 95 of 100 such draws; None: too few."""
        return wilson(self.solved, self.reached) if self.enough else None

    @property
    def gap(self) -> float | None:
        """How much more is claimed than found (−1 to 1); None: too few."""
        return (self.claimed - self.solved) / self.reached if self.enough else None

    @property
    def is_alarming(self) -> bool:
        """Much more is claimed than is found, among enough cases."""
        return self.reached >= ALERT_REACHED and (self.gap or 0) >= ALERT_GAP - 1e-9


@dataclass
class PeriodFound:
    """What was found in a period: in all, by the id of the agency, and of what is not sensitive."""

    total: Found = field(default_factory=Found)
    by_agency: dict[int | None, Found] = field(default_factory=dict)
    open_to_all: dict[int | None, Found] = field(default_factory=dict)

    def of(self, agency: int | None) -> Found:
        """An agency's."""
        return self.by_agency.get(agency, Found())


def period_found(period: PeriodFigures) -> PeriodFound:
    """The same period as of the figures, counted when they were (one query, kept for minutes)."""
    name = f"audits:{FORMAT}:{settings.COUNTRY}:{period.days}:{period.counted_at.isoformat()}"
    known: PeriodFound | None = cache.get(name)
    if known is None:
        known = count_found(period.since)
        cache.set(name, known, timeout=PERIOD_FRESH)
    return known


def found_for(actor: Actor, period: PeriodFigures) -> PeriodFound:
    """The same for an officer: without the cases from which they are barred (one more query).

    By agency a figure may rest on a single case, and then tells that there is one.
    """
    everybodys = period_found(period)
    theirs = count_found(period.since, among=barred_from(actor))
    if not theirs.by_agency and theirs.total == Found():
        return everybodys
    left = deepcopy(everybodys)
    left.total.add(theirs.total, -1)
    for whose, hidden in (
        (left.by_agency, theirs.by_agency),
        (left.open_to_all, theirs.open_to_all),
    ):
        for agency, one in hidden.items():
            if agency in whose:
                whose[agency].add(one, -1)
    return left


def count_found(since: datetime, among: QuerySet[Case] | None = None) -> PeriodFound:
    """Count the audits that ended since then (of some cases): one pass over an index."""
    found = PeriodFound()
    for agency, sensitive, unranked, one in _pieces(since, among):
        found.total.add(one)
        if unranked:
            # As in the figures: under examination, or found wrong.
            continue
        found.by_agency.setdefault(agency, Found()).add(one)
        if not sensitive:
            found.open_to_all.setdefault(agency, Found()).add(one)
    return found


def _pieces(
    since: datetime, among: QuerySet[Case] | None
) -> Iterable[tuple[int | None, bool, str, Found]]:
    audits = Audit.objects.filter(
        case__country=settings.COUNTRY, done_at__gte=since, why=Audit.Why.DRAWN
    )
    if among is not None:
        audits = audits.filter(case__in=among)
    answered = Q(ending__in=ANSWERED)
    reached = answered & Q(result__in=REACHED)
    counts: dict[str, Q] = {
        "drawn": answered,
        "reached": reached,
        "solved": answered & Q(result=Audit.Result.SOLVED),
        "partly": answered & Q(result=Audit.Result.PARTLY),
        "claimed": reached & Q(outcome=AnsweredWith.RESOLVED),
        "pressed": Q(answers__pressure="yes"),
    }
    rows: Any = audits.values(
        "ending",
        agency=Coalesce("office__agency_id", "office_id"),
        sealed=F("case__sensitive"),
        unranked=F("case__unranked"),
    ).annotate(**{f"n_{name}": Count("pk", filter=which) for name, which in counts.items()})
    for row in rows.order_by():
        one = Found(**{name: row[f"n_{name}"] for name in counts})
        for way, endings in BY_ENDING.items():
            if row["ending"] in endings:
                one.reached_by[way], one.solved_by[way] = one.reached, one.solved
        yield row["agency"], row["sealed"], row["unranked"], one


# --- Of a question ----------------------------------------------------------------------------

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


def _found(
    question: Question, key: str, hidden: Sequence[int], nodes: Sequence[int] = ()
) -> dict[Any, Counts]:
    zone = ZoneInfo(settings.TIME_ZONE)
    values = {
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


def side_by_side(name: str, code: str, figures: Figures, found: Found) -> SideBySide:
    """The rates of one agency, or of the country; what rests on few cases is None."""
    interval = found.interval
    enough = figures.answered >= LEAST_CASES
    return SideBySide(
        name=name,
        code=code,
        in_time=figures.citizens_share if figures.due_from_filing >= LEAST_CASES else None,
        confirmed=figures.confirmed_share if enough else None,
        reached=found.reached,
        claimed=found.claimed_share,
        solved=found.solved_share,
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        alarming=found.is_alarming,
    )


def country_of(period: PeriodFigures, found: PeriodFound) -> SideBySide:
    """The rates of the whole country."""
    return side_by_side("", "", period.total, found.total)


def compared(period: PeriodFigures, found: PeriodFound, *, public: bool) -> list[SideBySide]:
    """The agencies of which somebody was asked, the widest gap first (one query, if there are any).

    In public, those of which enough were asked, and nothing of sensitive cases.
    """
    by_agency = found.open_to_all if public else found.by_agency
    figures = period.open_to_all if public else period.by_agency
    shown = {
        pk: one
        for pk, one in by_agency.items()
        if pk is not None and (one.enough if public else one.reached)
    }
    if not shown:
        return []
    offices = Office.objects.only("names", "country", "code").in_bulk(shown)
    rows = [
        side_by_side(offices[pk].name, offices[pk].code, figures.get(pk, Figures()), one)
        for pk, one in shown.items()
        if pk in offices
    ]
    return sorted(rows, key=lambda row: (-(row.gap_points or -101), -row.reached, row.name))


@dataclass(frozen=True, slots=True)
class ByEnding:
    """Of the cases that ended so: how many were reached, and the share that is solved (or too few)."""

    ending: str
    reached: int
    solved: float | None


def by_ending(found: Found) -> list[ByEnding]:
    """What those say who confirmed, who said nothing, and whose appeal was dismissed."""
    rows = []
    for ending in BY_ENDING:
        reached = found.reached_by[ending]
        share = found.solved_by[ending] / reached if reached >= LEAST_CASES else None
        rows.append(ByEnding(ending, reached, share))
    return rows
