"""Who sends cases back to whom: hand-offs of a period, by pairs of agencies."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import permutations

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.actors import Actor
from complaints.selectors.access import visible_to
from oversight.boards.keeping import Counted, counted, days_of
from oversight.figures.periods import Period
from oversight.models import Handoff

#: The id that stands for the desk, or for nobody yet (as in `Handoff.to_agency`).
DESK = 0
#: All hand-offs from an agency to another (or to the desk), or those between offices of one.
BETWEEN, WITHIN = "between", "within"
#: So often in each direction is going to and fro; fewer are chance.
LEAST_BOTH_WAYS = 3

#: How often the first agency sent back a case that the second got next, by ids.
Pairs = Counter[tuple[int, int]]


def pairs_of(period: Period, *, hidden: Sequence[int] = (), anew: bool = False) -> Counted[Pairs]:
    """All pairs of a period with the hand-offs between them, also within an agency; and when that was
    counted. Hand-offs of cases in `hidden` are left out.

    One pass over an index, made for all readers at once.
    """
    found = counted(f"flow:{days_of(period)}", lambda: _count(_of(period)), anew=anew)
    if not hidden:
        return found
    left = Counter(found.value)
    left.subtract(_count(_of(period).filter(case__in=hidden)))
    return Counted(+left, found.at)


def _of(period: Period) -> QuerySet[Handoff]:
    return Handoff.objects.filter(on__gte=period.start, on__lt=period.end)


def _count(rows: QuerySet[Handoff]) -> Pairs:
    # Not of the primary key: that is not in the index.
    found = rows.order_by().values_list("from_agency", "to_agency").annotate(n=Count("*"))
    return Counter({(source, target): number for source, target, number in found})


@dataclass(slots=True)
class Exchange:
    """An agency's part in it: how often it sent back, got back from others, and within itself."""

    agency: int
    sent: int = 0
    to_desk: int = 0
    got: int = 0
    within: int = 0


class _Exchanges(dict[int, Exchange]):
    """By agency, one made when it is first asked for: in a country there are a hundred thousand pairs."""

    def __missing__(self, agency: int) -> Exchange:
        self[agency] = made = Exchange(agency)
        return made


def exchanges(pairs: Pairs) -> list[Exchange]:
    """By agency, who sends back most first."""
    found = _Exchanges()
    for (source, target), number in pairs.items():
        mine = found[source]
        if source == target:
            mine.within += number
            continue
        mine.sent += number
        if target == DESK:
            mine.to_desk += number
        else:
            found[target].got += number
    return sorted(found.values(), key=lambda row: (-row.sent, -row.got, -row.within, row.agency))


def among_busiest(pairs: Pairs, rows: Iterable[Exchange], most: int) -> Pairs:
    """The pairs among so many agencies (and the desk) with most hand-offs, both ways taken together; none
    within an agency. `rows` are the exchanges of the pairs.
    """
    rows = list(rows)
    busy = {row.agency: row.sent + row.got for row in rows}
    busy[DESK] = sum(row.to_desk for row in rows)
    chosen = nsmallest(most, busy, key=lambda agency: (-busy[agency], agency))
    found = {pair: pairs[pair] for pair in permutations(chosen, 2) if pair in pairs}
    return Counter(found)


@dataclass(frozen=True, slots=True)
class BothWays:
    """Two agencies that send cases back to each other."""

    one: int
    other: int
    there: int
    back: int


def both_ways(pairs: Pairs) -> list[BothWays]:
    """Pairs with hand-offs in both directions, the busiest first: a border that nobody knows.

    The desk sends nothing back, so it is in none.
    """
    found = []
    for (one, other), there in pairs.items():
        if there < LEAST_BOTH_WAYS:
            continue
        back = pairs.get((other, one), 0)
        # Each pair once, the agency that sends back more often first.
        is_first = (there, -one) > (back, -other)
        if one != other and is_first and back >= LEAST_BOTH_WAYS:
            found.append(BothWays(one, other, there, back))
    return sorted(found, key=lambda pair: (-min(pair.there, pair.back), -pair.there, pair.one))


#: Agencies in the picture: as many as can be told apart.
DRAWN = 12


@dataclass(frozen=True, slots=True)
class Flows:
    """What the page shows of pairs: few rows, where of pairs there can be a hundred thousand."""

    rows: list[Exchange]
    both: list[BothWays]
    drawn: Pairs


def flows(pairs: Pairs) -> Flows:
    """The exchanges by agency, what goes to and fro, and the pairs that are drawn."""
    rows = exchanges(pairs)
    return Flows(rows, both_ways(pairs), among_busiest(pairs, rows, DRAWN))


def flows_of(
    period: Period, *, agency: int | None = None, hidden: Sequence[int] = (), anew: bool = False
) -> Counted[Flows]:
    """The flows of a period, perhaps of one agency's part in them; and when they were counted.

    For whoever nothing is hidden from they are kept as they are shown, of all agencies.
    """
    if agency is None and not hidden:
        # What they are made of is counted at the same time, so that "when" is true.
        return counted(
            f"flows:{days_of(period)}", lambda: flows(pairs_of(period, anew=True).value), anew=anew
        )
    found = pairs_of(period, hidden=hidden)
    pairs = found.value if agency is None else only_of(found.value, agency)
    return Counted(flows(pairs), found.at)


def only_of(pairs: Pairs, agency: int) -> Pairs:
    """The pairs of which the agency is one."""
    return Counter({pair: number for pair, number in pairs.items() if agency in pair})


def ids_in(pairs: Iterable[tuple[int, int]]) -> set[int]:
    """The agencies in these pairs."""
    return {agency for pair in pairs for agency in pair if agency != DESK}


def handoffs_behind(
    actor: Actor, period: Period, source: int | None, target: int | None
) -> QuerySet[Handoff]:
    """The hand-offs behind a number, of cases that the actor may see, the newest first.

    From an agency, to an agency (`DESK`: to the desk), or both; None for any other.
    """
    rows = _of(period)
    # What an agency passes within itself is in neither of its sums.
    match source, target:
        case int(), int():
            rows = rows.filter(from_agency=source, to_agency=target)
        case int(), None:
            rows = rows.filter(from_agency=source).exclude(to_agency=source)
        case None, int():
            rows = rows.filter(to_agency=target).exclude(from_agency=target)
    return _seen(actor, rows)


def every_handoff(
    actor: Actor, period: Period, which: str, agency: int | None
) -> QuerySet[Handoff]:
    """All hand-offs between agencies (`BETWEEN`) or within one (`WITHIN`), perhaps of one agency's part
    in them, of cases that the actor may see, the newest first.
    """
    rows, is_within = _of(period), Q(from_agency=F("to_agency"))
    rows = rows.filter(is_within if which == WITHIN else ~is_within)
    if agency is not None:
        rows = rows.filter(Q(from_agency=agency) | Q(to_agency=agency))
    return _seen(actor, rows)


def number_behind(pairs: Pairs, source: int | None, target: int | None) -> int:
    """How many hand-offs `handoffs_behind` lists, as the pairs were counted."""
    return sum(
        number
        for (sender, got), number in pairs.items()
        if source in (None, sender)
        and target in (None, got)
        and (sender != got or None not in (source, target))
    )


def number_of_every(pairs: Pairs, which: str, agency: int | None) -> int:
    """The same of `every_handoff`."""
    own = pairs if agency is None else only_of(pairs, agency)
    return sum(n for (sender, got), n in own.items() if (sender == got) == (which == WITHIN))


def _seen(actor: Actor, rows: QuerySet[Handoff]) -> QuerySet[Handoff]:
    seen = Exists(visible_to(actor).filter(pk=OuterRef("case_id")))
    return rows.filter(seen).select_related("case__category").order_by("-on", "-id")
