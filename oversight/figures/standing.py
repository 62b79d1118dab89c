"""How the open cases stand, read from what was counted some minutes ago (`backlog`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from complaints import clocks, moment
from oversight.figures.asking import Question
from oversight.figures.backlog import AGES, COUNT_COLUMNS, COUNT_NAMES, open_facts
from oversight.figures.tree import are_cut
from oversight.measures import ALL, ALL_CODES, CUTS, DIMENSIONS
from oversight.models import Kept

_NUMBERS = ("open", "late", "today", "level1", "level2", "level3", "waiting")


@dataclass(slots=True)
class Standing:
    """Open cases: how many, late ones, by the level they moved up to, by bands of age (`AGES`)."""

    open: int = 0
    late: int = 0
    today: int = 0
    level1: int = 0
    level2: int = 0
    level3: int = 0
    waiting: int = 0
    ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))
    late_ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))
    oldest_on: date | None = None

    @property
    def late_share(self) -> float | None:
        """Late ones of all open (0–1); None while none is open."""
        return self.late / self.open if self.open else None

    def add(self, other: "Standing", sign: int = 1) -> None:
        """Count another's cases too; with sign -1 leave them out (the oldest day stays)."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + sign * getattr(other, name))
        for name in ("ages", "late_ages"):
            pairs = zip(getattr(self, name), getattr(other, name), strict=True)
            setattr(self, name, [mine + sign * theirs for mine, theirs in pairs])
        if sign > 0 and other.oldest_on:
            self.oldest_on = min(self.oldest_on or other.oldest_on, other.oldest_on)


def counted_at() -> datetime | None:
    """When the open cases were last counted (UTC); None: never yet."""
    return Kept.objects.filter(pk=1).values_list("backlog_at", flat=True).first()


def standing(question: Question, *, hidden: Sequence[int] = ()) -> Standing:
    """All in one. The question's period does not matter: it is how they stand now."""
    total = Standing()
    for each in by_stage(question, hidden=hidden).values():
        total.add(each)
    return total


def by_stage(
    question: Question, *, hidden: Sequence[int] = (), among: Sequence[int] = ()
) -> dict[str, Standing]:
    """By the clock that is due next (`complaints.clocks.Kind`); "none": no officer's clock runs.

    `among`: of these cases alone (ids), late or not as of when all were last counted: they are taken out
    of that.
    """
    return _read(question, "stage", (), hidden, among)


def standing_by(
    question: Question, dimension: str, *, hidden: Sequence[int] = ()
) -> dict[Any, Standing]:
    """By category or district (ids, 0: none), channel or kind (codes)."""
    return _read(question, dimension, (), hidden)


def standing_by_node(
    question: Question,
    nodes: Sequence[int],
    *,
    hidden: Sequence[int] = (),
    among: Sequence[int] = (),
) -> dict[int, Standing]:
    """By these nodes, each with all below it."""
    return _read(question, "node", nodes, hidden, among) if nodes else {}


def _read(
    question: Question,
    group: str,
    nodes: Sequence[int],
    hidden: Sequence[int],
    among: Sequence[int] = (),
) -> dict[Any, Standing]:
    if among:
        return _counted(question, group, nodes, among=among)
    wanted = {*question.filtered, *({group} & set(DIMENSIONS))}
    dimensions = tuple(name for name in DIMENSIONS if name in wanted)
    found = (
        _kept(question, group, CUTS.index(dimensions), nodes)
        if _is_kept(question, dimensions, nodes)
        else _counted(question, group, nodes)
    )
    if hidden:
        _leave_out(found, question, group, nodes, hidden)
    return {key: each for key, each in found.items() if each.open > 0}


def _is_kept(question: Question, dimensions: tuple[str, ...], nodes: Sequence[int]) -> bool:
    """Whether there are sums: of pairs for the country alone."""
    if len(dimensions) == 2:
        return not (question.node or nodes)
    has_sums = are_cut(nodes) if nodes else question.is_cut
    return not dimensions or (len(dimensions) == 1 and has_sums)


def _leave_out(
    found: dict[Any, Standing],
    question: Question,
    group: str,
    nodes: Sequence[int],
    hidden: Sequence[int],
) -> None:
    """Take these cases out. The oldest day may be theirs: then it is looked for among the others."""
    oldest_is_theirs = False
    for key, theirs in _counted(question, group, nodes, among=hidden).items():
        mine = found.setdefault(key, Standing())
        mine.add(theirs, -1)
        oldest_is_theirs |= mine.open > 0 and mine.oldest_on == theirs.oldest_on
    if oldest_is_theirs:
        others = _counted(question, group, nodes, but=hidden)
        for key, mine in found.items():
            mine.oldest_on = others[key].oldest_on if key in others else None


def _values(question: Question, nodes: Sequence[int]) -> dict[str, Any]:
    filters = {name: getattr(question, name) for name in DIMENSIONS}
    as_lists = {n: [v] if isinstance(v, str) else list(v) for n, v in filters.items()}
    return {
        "nodes": list(nodes) or [question.node],
        "node": question.node,
        "sides": list(question.sides),
        **as_lists,
    }


_SUMS = ", ".join(
    [*(f"sum({name})" for name in _NUMBERS)]
    + [f"sum(ages[{band}])" for band in range(1, len(AGES) + 2)]
    + [f"sum(late_ages[{band}])" for band in range(1, len(AGES) + 2)]
    + ["min(oldest_on)"]
)


def _kept(question: Question, group: str, cut: int, nodes: Sequence[int]) -> dict[Any, Standing]:
    filters = [f"{name} = ANY(%({name})s)" for name in question.filtered]
    if group in DIMENSIONS and group not in question.filtered:
        whole = ALL if group in ("category", "district") else repr(ALL_CODES)
        filters.append(f"{group} <> {whole}")
    where = " AND ".join(
        ["node = ANY(%(nodes)s)", "cut = %(cut)s", "side = ANY(%(sides)s)", *filters]
    )
    sql = f"SELECT {group}, {_SUMS} FROM oversight_backlog WHERE {where} GROUP BY 1"
    return _fetch(sql, _values(question, nodes) | {"cut": cut})


def _counted(
    question: Question,
    group: str,
    nodes: Sequence[int],
    *,
    among: Sequence[int] = (),
    but: Sequence[int] = (),
) -> dict[Any, Standing]:
    """Counted from the open facts themselves as they stand at this moment: all, or all `but` some.

    Some alone (`among`) are late or not as of when all were last counted, out of which they are taken:
    one that became late since would show.
    """
    filters = [f"AND f.{name} = ANY(%({name})s)" for name in question.filtered]
    if question.node:
        filters.append(
            "AND f.office IN (SELECT office FROM oversight_branch WHERE node = %(node)s)"
        )
    if among:
        filters.append("AND f.case_id = ANY(%(among)s::bigint[])")
    if but:
        filters.append("AND f.case_id <> ALL(%(but)s::bigint[])")
    key, joined = {
        "stage": ("s.at_stage", ""),
        "node": (
            "b.node",
            "JOIN oversight_branch b ON b.office = s.office AND b.node = ANY(%(nodes)s)",
        ),
    }.get(group, (f"s.{group}", ""))
    counts = (
        f"SELECT {key} AS key, {COUNT_COLUMNS} FROM ({open_facts(' '.join(filters))}) s {joined}"
        " WHERE s.side = ANY(%(sides)s) GROUP BY 1"
    )
    assert COUNT_NAMES[: len(_NUMBERS)] == _NUMBERS  # noqa: S101 - the order that is read below
    zone = ZoneInfo(settings.TIME_ZONE)
    now = (counted_at() if among else None) or moment.now()
    day = clocks.day_of(now, zone)
    values = _values(question, nodes) | {
        "among": list(among),
        "but": list(but),
        "now": now,
        "midnight": datetime.combine(day + timedelta(days=1), time(), tzinfo=zone),
        "today": day,
    }
    return _fetch(f"SELECT key, {_SUMS} FROM ({counts}) counted GROUP BY 1", values)


def _fetch(sql: str, values: dict[str, Any]) -> dict[Any, Standing]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    width, found = len(AGES) + 1, {}
    for key, *numbers in rows:
        plain = dict(zip(_NUMBERS, map(int, numbers), strict=False))
        ages = [int(n) for n in numbers[len(_NUMBERS) : -1]]
        found[key] = Standing(
            **plain, ages=ages[:width], late_ages=ages[width:], oldest_on=numbers[-1]
        )
    return found
