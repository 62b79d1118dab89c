"""What cases have in common: a subject, a place, an office, each with all that lies below it. Counted,
never listed: sensitive cases are among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from agencies.models import Category, Office, Place
from complaints.models import Case


@dataclass(frozen=True, slots=True)
class Scope:
    """Paths in the trees of the registry; an empty one does not narrow."""

    category: str = ""
    place: str = ""
    office: str = ""

    def narrow(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """Those of the cases that lie within."""
        trees = (
            ("category", self.category, Category),
            ("place", self.place, Place),
            ("holder", self.office, Office),
        )
        for field, path, model in trees:
            if path:
                below = model.objects.filter(country=settings.COUNTRY, path__startswith=path)
                cases = cases.filter(**{f"{field}__in": below})
        return cases


def scope_of(category: Category | None, place: Place | None, office: Office | None) -> Scope:
    """The scope of rows of the registry; None does not narrow."""
    rows = (category, place, office)
    return Scope(*(row.path if row is not None else "" for row in rows))


def counted_between(scope: Scope, edges: Sequence[datetime]) -> list[int]:
    """Cases filed from each moment (included) to the next one (excluded): one query over an index.

    Bursts, which are left out of rankings, are not counted. Empty for fewer than two edges.
    """
    spans = list(pairwise(edges))
    if not spans:
        return []
    cases = Case.objects.filter(country=settings.COUNTRY, unranked="")
    cases = cases.filter(filed_at__gte=edges[0], filed_at__lt=edges[-1])
    counts = {
        f"span{place}": Count("pk", filter=Q(filed_at__gte=start, filed_at__lt=end))
        for place, (start, end) in enumerate(spans)
    }
    counted = scope.narrow(cases).aggregate(**counts)
    return [counted[f"span{place}"] for place in range(len(spans))]
