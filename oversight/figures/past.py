"""How many cases were brought from the time before the portal: by office and year of filing. Nothing else is
counted of them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Sum
from django.db.models.functions import ExtractYear

from oversight.figures.cube import MONTH
from oversight.measures import PAST
from oversight.models import Branch, Fact, Tally


def by_year(nodes: Sequence[int], *, hidden: Collection[int] = ()) -> dict[int, Counter[int]]:
    """Cases by node (0: the country; with all below it) and year of filing, from the sums by month.

    `hidden`: ids of cases of which the reader must know nothing.
    """
    found: dict[int, Counter[int]] = defaultdict(Counter)
    sums = Tally.objects.filter(
        node__in=nodes, cut=0, grain=MONTH, side=PAST, received__isnull=False
    )
    by = sums.annotate(year=ExtractYear("on")).values_list("node", "year")
    for node, year, cases in by.annotate(cases=Sum("received")).order_by():
        found[node][year] += cases
    if hidden:
        for node, year in _hidden(nodes, hidden):
            found[node][year] -= 1
    return {node: +years for node, years in found.items()}


def _hidden(nodes: Sequence[int], hidden: Collection[int]) -> list[tuple[int, int]]:
    facts = Fact.objects.filter(pk__in=hidden, side=PAST).values_list("office", "filed_on")
    years = [(office, filed_on.year) for office, filed_on in facts]
    above = defaultdict(list)
    offices = {office for office, _year in years}
    for office, node in Branch.objects.filter(office__in=offices, node__in=nodes).values_list(
        "office", "node"
    ):
        above[office].append(node)
    return [(node, year) for office, year in years for node in above[office]]
