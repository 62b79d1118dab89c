"""Which nodes of the tree have sums by subject, place and way in."""

from collections.abc import Collection

from django.core.cache import cache

from oversight.models import Branch

#: Seconds for which the nodes are kept: a few hundred, and they change with the registry's tree alone.
KEPT = 60


def are_cut(nodes: Collection[int]) -> bool:
    """Whether all of these nodes have them."""
    found: frozenset[int] | None = cache.get_or_set("figures-cut-nodes", _cut_nodes, KEPT)
    return (found or _cut_nodes()).issuperset(nodes)


def _cut_nodes() -> frozenset[int]:
    cut = Branch.objects.filter(is_cut=True).order_by()
    return frozenset(cut.values_list("node", flat=True).distinct())
