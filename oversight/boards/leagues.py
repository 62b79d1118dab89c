"""What the league compares: agencies of one kind, by one figure, each with how sure it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.models import Office, OfficeType
from agencies.models.offices import Body
from oversight.boards.judging import (
    LEAST_RATING,
    LEAST_SHARE,
    Band,
    Interval,
    Judged,
    Measured,
    band_of,
    in_order,
)
from oversight.boards.keeping import Counted, counted, days_of
from oversight.figures import reading, standing
from oversight.figures.asking import Counts, Question
from oversight.figures.standing import Standing
from oversight.intervals import Z_STRICT, Z, of_mean, wilson
from oversight.measures import ASIDE
from oversight.metrics import LEAST_CASES, METRICS, STATES, Metric, State

#: What agencies can be compared by, the first one unless asked; by the codes of METRICS and STATES.
BY = (
    "answered_in_10_from_filing",
    "answered_in_10_from_forward",
    "confirmed_resolved",
    "satisfaction",
    "late_share",
)

#: Seconds for which it is kept who stands where, by what was counted a while ago.
JUDGED_KEPT = 240

# --- Kinds of agencies ------------------------------------------------------------------------

_BODIES = {
    Body.MINISTRY: _("Ministries"),
    Body.DIVISION: _("Divisions"),
    Body.DEPARTMENT: _("Departments"),
    Body.STATE_COMPANY: _("State companies"),
    Body.NGO: _("Non-governmental organisations"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Agencies that are alike. `code` is that of their body or, of local governments, of their type."""

    code: str
    number: int
    names: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str | Promise:
        """In the reader's language."""
        return OfficeType(names=self.names).name if self.names else _BODIES[Body(self.code)]


def groups(*, anew: bool = False) -> list[Group]:
    """The kinds of agencies of the country, ministries first; a city is compared with cities."""
    return counted("league-groups", _groups, anew=anew).value


def _agencies() -> QuerySet[Office]:
    return Office.objects.open().filter(country=settings.COUNTRY, agency=F("pk"))


def _groups() -> list[Group]:
    numbers = dict(_agencies().order_by().values_list("type").annotate(n=Count("*")))
    bodies: dict[str, int] = {}
    local: list[Group] = []
    for kind in OfficeType.objects.filter(pk__in=numbers):
        number = numbers[kind.pk]
        if kind.body == Body.LOCAL_GOVERNMENT:
            local.append(Group(kind.code, number, kind.names))
        else:
            bodies[kind.body] = bodies.get(kind.body, 0) + number
    found = [Group(str(body), bodies[body]) for body in _BODIES if body in bodies]
    return [*found, *sorted(local, key=lambda group: (-group.number, group.code))]


def _nodes(group: Group) -> list[int]:
    alike = {"type__code": group.code} if group.names else {"type__body": group.code}
    return list(_agencies().filter(**alike).order_by("pk").values_list("pk", flat=True))


def is_quick(group: Group, question: Question, most: int) -> bool:
    """Whether the figures of a kind are kept as sums, or of so few facts that they can be counted."""
    if reading.is_kept(question, nodes=_nodes(group)):
        return True
    return reading.facts_to_count(question) <= most


# --- What is counted ---------------------------------------------------------------------------


@dataclass(slots=True)
class Numbers:
    """Of a kind of agencies and of the country: counts of the period, what is aside, what is open."""

    country: Counts
    open_in_country: Standing
    counts: dict[int, Counts]
    aside: dict[int, int]
    open: dict[int, Standing]

    def of(self, by: Metric | State, node: int) -> Measured:
        """An agency's figure with its intervals."""
        counts = self.counts.get(node, Counts())
        if isinstance(by, State):
            now = self.open.get(node, Standing())
            made = _of_share(now.late_share, now.open)
        elif by.unit == "rating":
            made = _of_rating(by, counts)
        else:
            made = _of_share(by.of(counts), by.rests_on(counts))
        return Measured(node, *made, counts["received"], self.aside.get(node, 0))

    def of_country(self, by: Metric | State) -> float | None:
        """The country's figure: the line that all are held against."""
        return by.value(self.open_in_country) if isinstance(by, State) else by.of(self.country)


Made = tuple[float | None, int, Interval | None, Interval | None]


def _of_share(share: float | None, whole: int) -> Made:
    if share is None or whole < LEAST_CASES:
        return None, whole, None, None
    part = round(share * whole)
    return share, whole, wilson(part, whole), wilson(part, whole, Z_STRICT)


def _of_rating(by: Metric, counts: Counts) -> Made:
    value, number = by.of(counts), counts["rated"]
    if value is None or number < LEAST_CASES:
        return None, number, None, None
    sums = (counts["rating_sum"], counts["rating_squares"], number, 1, 5)
    return value, number, of_mean(*sums, Z), of_mean(*sums, Z_STRICT)


def numbers_of(
    group: Group, question: Question, *, hidden: Sequence[int] = (), anew: bool = False
) -> Counted[Numbers]:
    """What the league of a kind is made of, counted once for all readers of the question's sides; `hidden`
    cases left out. What is set aside is counted where the sides leave it out alone: whoever reads it among
    the others must not learn how much there is.
    """
    name = f"league:{group.code}:{_asked(question)}"
    found = counted(name, lambda: _count(_nodes(group), question), anew=anew)
    return found if not hidden else Counted(_without(found.value, question, hidden), found.at)


def _asked(question: Question) -> str:
    sides = ".".join(map(str, question.sides))
    return f"{days_of(question.period)}:{'.'.join(map(str, question.category))}:{sides}"


def _count(nodes: list[int], question: Question) -> Numbers:
    country = _whole(question)
    aside = reading.by_node(_aside(country), nodes, bands=False) if _leaves_out(country) else {}
    return Numbers(
        country=reading.totals(country, bands=False),
        open_in_country=standing.standing(country),
        counts=reading.by_node(country, nodes, bands=False),
        aside={node: counts["received"] for node, counts in aside.items()},
        open=standing.standing_by_node(country, nodes),
    )


def _whole(question: Question) -> Question:
    """Of the country, with the question's subject and sides alone."""
    return Question(question.period, category=question.category, sides=question.sides)


def _aside(country: Question) -> Question:
    return replace(country, sides=(ASIDE,))


def _leaves_out(question: Question) -> bool:
    return ASIDE not in question.sides


def _without(numbers: Numbers, question: Question, hidden: Sequence[int]) -> Numbers:
    """The same without some cases."""
    country = _whole(question)
    nodes = [*numbers.counts.keys() | numbers.open.keys() | numbers.aside.keys()]
    numbers.country.add(reading.totals(country, among=hidden, bands=False), -1)
    for node, counts in reading.by_node(country, nodes, among=hidden, bands=False).items():
        numbers.counts.setdefault(node, Counts()).add(counts, -1)
    for each in standing.by_stage(country, among=hidden).values():
        numbers.open_in_country.add(each, -1)
    for node, now in standing.standing_by_node(country, nodes, among=hidden).items():
        numbers.open.setdefault(node, Standing()).add(now, -1)
    if _leaves_out(country):
        aside = reading.by_node(_aside(country), nodes, among=hidden, bands=False)
        for node, counts in aside.items():
            numbers.aside[node] = numbers.aside.get(node, 0) - counts["received"]
    return numbers


# --- The league --------------------------------------------------------------------------------


#: An agency as it is kept: plain values, so that thousands are read back in no time.
Plain = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class League:
    """The agencies of a kind by where they stand, and the country's figure. `at`: when counted (UTC).

    There may be thousands; `rows` makes those that are to be shown.
    """

    country: float | None
    plain: list[Plain]
    at: datetime

    @property
    def numbers(self) -> Counter[Band]:
        """How many agencies stand where."""
        return Counter(row[-1] for row in self.plain)

    @property
    def aside(self) -> int:
        """How many cases of all of them are set aside."""
        return sum(row[-4] for row in self.plain)

    def rows(self, band: Band | None = None) -> Sequence[Plain]:
        """The agencies, or those of one band, in their order; `judged` reads one."""
        return [row for row in self.plain if band is None or row[-1] == band]


def judged(row: Plain) -> Judged:
    """An agency out of what is kept."""
    *measured, code, name, band = row
    return Judged(Measured(*measured), code, name, band)


def _plain(row: Judged) -> Plain:
    one = row.measured
    measured = (one.node, one.value, one.whole, one.interval, one.strict, one.received, one.aside)
    return (*measured, row.code, row.name, row.band)


def figure_of(code: str) -> Metric | State:
    """What to compare by; the first of `BY` for a code that is not in it."""
    code = code if code in BY else BY[0]
    return METRICS.get(code) or STATES[code]


def league_of(
    group: Group, by: Metric | State, question: Question, *, hidden: Sequence[int] = ()
) -> League:
    """All agencies of the kind that have cases, in their bands, judged against the country."""
    if hidden:
        return _judge(by, numbers_of(group, question, hidden=hidden))
    name = f"league:{group.code}:{by.code}:{get_language()}:{_asked(question)}"
    made = counted(name, lambda: _judge(by, numbers_of(group, question)), seconds=JUDGED_KEPT)
    return made.value


def _judge(by: Metric | State, found: Counted[Numbers]) -> League:
    numbers, country = found.value, found.value.of_country(by)
    nodes = numbers.counts.keys() | numbers.open.keys() | numbers.aside.keys()
    least = LEAST_RATING if by.unit == "rating" else LEAST_SHARE
    rows = []
    for office in Office.objects.filter(pk__in=nodes).only("code", "names"):
        one = numbers.of(by, office.pk)
        if not (one.whole or one.received or one.aside):
            continue
        band = band_of(one, country, better=by.better, least=least)
        rows.append(Judged(one, office.code, office.name, band))
    return League(country, [_plain(row) for row in in_order(rows)], found.at)
