"""Answers to questions, from the sums that are kept; where none are, counted from the facts.

A question about a node and at most one filter is answered from sums, however many cases there are; for
the whole country two filters are. What else is asked is counted from facts: `facts_to_count` says how
many that may be, so that a page can leave a long count to a worker.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection

from oversight.figures import cube
from oversight.figures.asking import Counts, Question
from oversight.figures.cube import DAY, EACH_DAY, band_of, measure_sums
from oversight.figures.periods import Period, Segment, today
from oversight.figures.tree import are_cut
from oversight.measures import (
    ALL,
    ALL_CODES,
    BANDS,
    BY_NAME,
    CUTS,
    DIMENSIONS,
    DUE,
    DUE_TO_FORWARD,
    FORWARD_DAYS,
    HISTOGRAMS,
    NAMES,
)
from oversight.models import Kept

#: Seconds for which the first day that is kept by the day is remembered: it changes once a day.
SINCE_KEPT = 60
_DUE_NAMES = (*(f"due_{name}" for name in DUE), DUE_TO_FORWARD)


def totals(
    question: Question,
    *,
    hidden: Sequence[int] = (),
    among: Sequence[int] = (),
    bands: bool = True,
) -> Counts:
    """Everything in one. `hidden`: ids of cases that the reader is barred from; they are left out.

    `among`, here and below: of these cases alone (ids; for taking them out of what was kept).
    """
    return _read(question, "", hidden, among=among, bands=bands).get("", Counts())


def by(
    question: Question,
    dimension: str,
    *,
    hidden: Sequence[int] = (),
    among: Sequence[int] = (),
    bands: bool = True,
) -> dict[Any, Counts]:
    """By category or district (ids, 0: none), channel or kind (codes)."""
    return _read(question, dimension, hidden, among=among, bands=bands)


def by_node(
    question: Question,
    nodes: Sequence[int],
    *,
    hidden: Sequence[int] = (),
    among: Sequence[int] = (),
    bands: bool = True,
) -> dict[int, Counts]:
    """By these nodes, each with all below it: offices under an office, or agencies.

    Without `bands` there are no days to an answer in it, and it is quicker for very many nodes.
    """
    if not nodes:
        return {}
    return _read(question, "node", hidden, nodes=nodes, among=among, bands=bands)


def trend(
    question: Question,
    *,
    hidden: Sequence[int] = (),
    among: Sequence[int] = (),
    bands: bool = False,
) -> dict[date, Counts]:
    """By day, or by the first day of each month where the period is a long one; nothing is left out."""
    group = "month" if question.period.by_months else "day"
    found = _read(question, group, hidden, among=among, bands=bands)
    at, steps = question.period.start, {}
    while at < question.period.end:
        steps[at] = found.get(at, Counts())
        at = cube.next_month(at) if question.period.by_months else at + timedelta(days=1)
    return steps


def trend_by(
    question: Question, dimension: str, *, hidden: Sequence[int] = ()
) -> dict[Any, dict[date, Counts]]:
    """The trend of each category or district (ids), channel or kind (codes) that has any; in it only
    the days (or months) that have.
    """
    step = "month" if question.period.by_months else "day"
    found: dict[Any, dict[date, Counts]] = {}
    for key, counts in _read(question, f"{dimension} {step}", hidden, bands=False).items():
        value, at = key.rsplit(" ", 1)
        which = value if dimension in ("channel", "kind") else int(value)
        found.setdefault(which, {})[date.fromisoformat(at)] = counts
    return found


def is_kept(question: Question, dimension: str = "", nodes: Sequence[int] = ()) -> bool:
    """Whether sums are kept that answer the question, cut by that dimension, of it or of these nodes.

    For a trend the dimension is "day" or "month".
    """
    cut = _cut(question, dimension)
    has_cuts = are_cut(nodes) if nodes else question.is_cut
    if cut is None or not _days_are_kept(_parts(question, dimension), has_cuts):
        return False
    is_country = not (question.node or nodes)
    return not CUTS[cut] or is_country or (has_cuts and len(CUTS[cut]) == 1)


def facts_to_count(question: Question) -> int:
    """At most so many facts lie behind the question: the smallest sum that holds all of them.

    Of whole months: of days long ago no sums are kept, and counting them would be what is asked about.
    """
    period = question.period
    end = cube.next_month(period.end - timedelta(days=1))
    months = Period("", period.start.replace(day=1), end)
    asked: dict[str, Any] = {"period": months, "office": question.office}
    found = [totals(Question(**asked), bands=False)]
    if question.is_cut:
        found += [
            totals(Question(**asked, **{name: getattr(question, name)}), bands=False)
            for name in question.filtered
        ]
    return min(counts["received"] + counts["answered"] for counts in found)


def _cut(question: Question, dimension: str) -> int | None:
    asked = {*question.filtered, dimension.split(" ")[0]}
    wanted = tuple(name for name in DIMENSIONS if name in asked)
    return CUTS.index(wanted) if wanted in CUTS else None


def _parts(question: Question, group: str) -> list[Segment]:
    """How the period is read for what is counted together: day by day where each is shown, a whole month
    at once where that is the same.
    """
    if group.split(" ")[-1] == "day":
        return [Segment(DAY, question.period.start, question.period.end)]
    return list(question.period.segments())


def _days_are_kept(parts: Sequence[Segment], has_cuts: bool) -> bool:
    since = cache.get_or_set("figures-days-since", _days_since, SINCE_KEPT)
    if since is None:
        return False
    first = since if has_cuts else cube.recent_since(since)
    days = [part.start for part in parts if part.grain == DAY]
    return all(day >= first for day in days)


def _days_since() -> date | None:
    return Kept.objects.filter(pk=1).values_list("days_since", flat=True).first()


def _read(
    question: Question,
    group: str,
    hidden: Sequence[int],
    *,
    nodes: Sequence[int] = (),
    among: Sequence[int] = (),
    bands: bool,
) -> dict[Any, Counts]:
    if among:
        return _from_facts(question, group, nodes, among, bands)
    kept = is_kept(question, group, nodes)
    read = _from_sums if kept else _from_facts
    found = read(question, group, nodes, (), bands)
    if hidden:
        for key, counts in _from_facts(question, group, nodes, hidden, bands).items():
            found.setdefault(key, Counts()).add(counts, -1)
        found = {key: counts for key, counts in found.items() if counts}
    return found


# --- From the sums ------------------------------------------------------------------------------


def _due_before(days: int) -> date:
    return today() - timedelta(days=days)


def _values(question: Question, nodes: Sequence[int]) -> dict[str, Any]:
    return {
        "nodes": list(nodes) or [question.node],
        "sides": list(question.sides),
        "start": question.period.start,
        "end": question.period.end,
        "due": _due_before(DUE["received"]),
        "due_forward": _due_before(FORWARD_DAYS),
        **{name: _as_list(getattr(question, name)) for name in DIMENSIONS},
    }


def _as_list(value: tuple[int, ...] | str) -> list[int] | list[str]:
    return [value] if isinstance(value, str) else list(value)


def _cutoff(days: int) -> str:
    return "%(due_forward)s" if days == FORWARD_DAYS else "%(due)s"


_BAND_NUMBERS = range(1, len(BANDS) + 2)
_GROUPS = {"": "''", "node": "node", "month": "date_trunc('month', {day})::date", "day": "{day}"}


def _key(group: str, day: str) -> str:
    """What is counted together: "", a dimension, "node", "day", "month", or "channel day" and such."""
    dimension, _space, step = group.partition(" ")
    key = _GROUPS.get(dimension, dimension).format(day=day)
    return (
        f"concat({key}, ' ', to_char({_GROUPS[step].format(day=day)}, 'YYYY-MM-DD'))"
        if step
        else key
    )


def _from_sums(
    question: Question, group: str, nodes: Sequence[int], _hidden: Sequence[int], bands: bool
) -> dict[Any, Counts]:
    cut = _cut(question, group)
    sums = [f"sum({name})" for name in NAMES]
    sums += [f'sum({name}) FILTER (WHERE "on" < {_cutoff(days)})' for name, days in DUE.items()]
    sums += [f'sum(received) FILTER (WHERE "on" < {_cutoff(FORWARD_DAYS)})']
    if bands:
        sums += [f"sum({h.name}[{band}])" for h in HISTOGRAMS for band in _BAND_NUMBERS]
    key = _key(group, '"on"')
    filters = [f"{name} = ANY(%({name})s)" for name in question.filtered]
    dimension = group.split(" ")[0]
    if dimension in DIMENSIONS and dimension not in question.filtered:
        filters.append(
            f"{dimension} <> {ALL if dimension in ('category', 'district') else repr(ALL_CODES)}"
        )
    segments, values = _segments(_parts(question, group))
    where = " AND ".join(
        [
            "node = ANY(%(nodes)s)",
            "cut = %(cut)s",
            "side = ANY(%(sides)s)",
            f"({segments})",
            *filters,
        ]
    )
    values |= _values(question, nodes) | {"cut": cut}
    return _fetch(
        f"SELECT {key}, {', '.join(sums)} FROM oversight_tally WHERE {where} GROUP BY 1",
        values,
        bands,
    )


def _segments(parts: list[Segment]) -> tuple[str, dict[str, Any]]:
    """The condition for these parts; neighbours of the same grain are one."""
    joined: list[Segment] = []
    for part in parts:
        if joined and joined[-1].grain == part.grain:
            joined[-1] = Segment(part.grain, joined[-1].start, part.end)
        else:
            joined.append(part)
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for number, part in enumerate(joined):
        conditions.append(
            f'(grain = \'{part.grain}\' AND "on" >= %(from{number})s AND "on" < %(to{number})s)'
        )
        values |= {f"from{number}": part.start, f"to{number}": part.end}
    return " OR ".join(conditions), values


# --- From the facts -----------------------------------------------------------------------------


def _from_facts(
    question: Question, group: str, nodes: Sequence[int], hidden: Sequence[int], bands: bool
) -> dict[Any, Counts]:
    sums = [measure_sums()]
    sums += [_due_of_facts(name, days) for name, days in DUE.items()]
    sums += [_due_of_facts("received", FORWARD_DAYS)]
    if bands:
        sums += [
            f"count(*) FILTER (WHERE answered_on = d.day AND {band_of(h.column)} = {band})"
            for h in HISTOGRAMS
            for band in _BAND_NUMBERS
        ]
    key = _key(group, "d.day")
    filters = [f"f.{name} = ANY(%({name})s)" for name in question.filtered]
    joined = ""
    if group == "node":
        joined = "JOIN oversight_branch b ON b.office = f.office AND b.node = ANY(%(nodes)s)"
    if question.node:
        filters.append("f.office IN (SELECT office FROM oversight_branch WHERE node = %(node)s)")
    if hidden:
        filters.append("f.case_id = ANY(%(hidden)s::bigint[])")
    where = " AND ".join(
        [
            *("f.last_on >= %(start)s", "f.filed_on < %(end)s"),
            *("d.day >= %(start)s", "d.day < %(end)s", "f.side = ANY(%(sides)s)"),
            *filters,
        ]
    )
    values = _values(question, nodes) | {"node": question.node, "hidden": list(hidden)}
    return _fetch(
        f"SELECT {key}, {', '.join(sums)} FROM {EACH_DAY} {joined} WHERE {where} GROUP BY 1",
        values,
        bands,
    )


def _due_of_facts(name: str, days: int) -> str:
    measure = BY_NAME[name]
    return (
        f"sum({measure.amount}) FILTER (WHERE {measure.on} = d.day AND d.day < {_cutoff(days)}"
        f" AND ({measure.condition}))"
    )


def _fetch(sql: str, values: dict[str, Any], bands: bool) -> dict[Any, Counts]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    names = (*NAMES, *_DUE_NAMES)
    found = {}
    for key, *numbers in rows:
        counts = Counts({name: int(n) for name, n in zip(names, numbers, strict=False) if n})
        if bands:
            at = len(names)
            for histogram in HISTOGRAMS:
                counts.bands[histogram.name] = [
                    int(n or 0) for n in numbers[at : at + len(_BAND_NUMBERS)]
                ]
                at += len(_BAND_NUMBERS)
        if counts:
            found[key] = counts
    return found
