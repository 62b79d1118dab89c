"""Cases received day by day, of many subjects, places or offices at once: for whatever asks what is
usual. Each question is bounded by its days, subjects and nodes.

`sides` says whose figures they are: for whoever may know what is left out of rankings, bursts among it do
not count (`AGENCYS`). Days before those that are kept
(`is_kept_since`) are nought.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from oversight.figures.asking import AGENCYS
from oversight.figures.cube import DAY
from oversight.measures import ALL, CUTS
from oversight.models import Branch, Fact, Kept, Tally

#: The numbers of the cuts that are read here.
_WHOLE, _BY_CATEGORY = CUTS.index(()), CUTS.index(("category",))
_BY_DISTRICT, _BY_BOTH = CUTS.index(("district",)), CUTS.index(("category", "district"))

Days = dict[int, list[int]]
Sides = tuple[int, ...]


def is_kept_since(first: date) -> bool:
    """Whether sums by the day are kept from that day on."""
    since = Kept.objects.filter(pk=1).values_list("days_since", flat=True).first()
    return since is not None and since <= first


def by_category(
    first: date,
    days: int,
    *,
    node: int = 0,
    sides: Sides = AGENCYS,
    hidden: Collection[int] = (),
) -> Days:
    """Cases of each subject (0: none given) on each of so many days; of the country or an agency.

    `hidden`: ids of cases from which the reader is barred; they are left out.
    """
    kept = _kept(first, days, _BY_CATEGORY, [node], sides).exclude(category=ALL)
    found = _laid_out(kept.values_list("category", "on"), first, days)
    theirs = _hidden(hidden, first, days, node, sides)
    for category, on in theirs.values_list("category", "filed_on"):
        _take(found[category], (on - first).days)
    return found


def by_node(
    nodes: Sequence[int],
    first: date,
    days: int,
    *,
    sides: Sides = AGENCYS,
    hidden: Collection[int] = (),
) -> Days:
    """All cases of each of these nodes, with all below it, on each of so many days."""
    kept = _kept(first, days, _WHOLE, nodes, sides)
    found = _laid_out(kept.values_list("node", "on"), first, days)
    theirs = list(_hidden(hidden, first, days, 0, sides).values_list("office", "filed_on"))
    if theirs:
        above = Branch.objects.filter(office__in={office for office, _on in theirs}, node__in=nodes)
        branches = list(above.values_list("office", "node"))
        for office, on in theirs:
            for node in (node for below, node in branches if below == office):
                _take(found[node], (on - first).days)
    return found


def by_district(
    first: date,
    days: int,
    *,
    categories: Sequence[int] = (),
    sides: Sides = AGENCYS,
    hidden: Collection[int] = (),
) -> Days:
    """Cases of each district (0: no place given) on each of so many days; perhaps of some subjects."""
    kept = _kept(first, days, _BY_BOTH if categories else _BY_DISTRICT, [0], sides)
    kept, theirs = kept.exclude(district=ALL), _hidden(hidden, first, days, 0, sides)
    if categories:
        kept = kept.filter(category__in=categories)
        theirs = theirs.filter(category__in=categories)
    found = _laid_out(kept.values_list("district", "on"), first, days)
    for district, on in theirs.values_list("district", "filed_on"):
        _take(found[district], (on - first).days)
    return found


def by_agency(
    categories: Sequence[int],
    first: date,
    since: date,
    end: date,
    *,
    sides: Sides = AGENCYS,
    hidden: Collection[int] = (),
) -> dict[int, tuple[int, int]]:
    """Cases of these subjects by the agency that has them (0: none yet): how many were filed in the
    days from `first` on before `since`, and how many from then on before `end`.

    Counted from the facts of these subjects: the caller knows how many there are.
    """
    facts = Fact.objects.filter(
        category__in=categories, last_on__gte=first, side__in=sides, filed_on__lt=end
    )
    counted = (
        facts.filter(filed_on__gte=first)
        .exclude(pk__in=hidden)
        .values("agency")
        .annotate(
            before=Count("pk", filter=Q(filed_on__lt=since)),
            now=Count("pk", filter=Q(filed_on__gte=since)),
        )
    )
    return {row["agency"]: (row["before"], row["now"]) for row in counted.order_by()}


def _kept(
    first: date, days: int, cut: int, nodes: Sequence[int], sides: Sides
) -> QuerySet[Tally, Any]:
    # Each day by its name: with all keys before it fixed, the index leads to what is asked for.
    named = [first + timedelta(days=number) for number in range(days)]
    return Tally.objects.filter(
        node__in=nodes, cut=cut, grain=DAY, on__in=named, side__in=sides, received__isnull=False
    )


def _laid_out(rows: Any, first: date, days: int) -> Days:
    found: Days = defaultdict(lambda: [0] * days)
    for key, on, count in rows.annotate(cases=Sum("received")).order_by():
        found[key][(on - first).days] = count
    return found


def _take(counts: list[int], place: int) -> None:
    """One case less on a day. The sums may be older than the fact: then there is none to take."""
    counts[place] = max(0, counts[place] - 1)


def _hidden(
    ids: Collection[int], first: date, days: int, node: int, sides: Sides
) -> QuerySet[Fact]:
    facts = Fact.objects.filter(
        pk__in=ids, filed_on__gte=first, filed_on__lt=first + timedelta(days=days), side__in=sides
    )
    if node:
        facts = facts.filter(office__in=Branch.objects.filter(node=node).values("office"))
    return facts
