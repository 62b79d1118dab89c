"""One case read as a whole, with all that a page of it shows: one query."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.actors import Actor
from accounts.prepared import prepared
from agencies.models import RegistryVersion
from complaints import beside, moment
from complaints.bars import ABOUT, respondents_told
from complaints.models import Case, RoutingRecord
from complaints.selectors import restrictions
from complaints.selectors.access import sees
from complaints.under_way import with_matter, with_recommendation


def find_case(actor: Actor, number: str) -> Case | None:
    """One case by its number, if the actor may see it, with what a page of it shows."""
    case = _read_whole(number)
    return case if case is not None and sees(actor, case) else None


def find_own_case(number: str, prove: Callable[[Case], Actor | None]) -> tuple[Case, Actor] | None:
    """The same for its citizen, whom `prove` makes of the case, in one query: None if it does not."""
    case = _read_whole(number)
    actor = prove(case) if case is not None else None
    return (case, actor) if case is not None and actor is not None and sees(actor, case) else None


def _read_whole(number: str) -> Case | None:
    return _whole.one(number=number, now=moment.now(), held_at=timezone.now())


@prepared
def _whole(*, number: Any, now: Any, held_at: Any) -> QuerySet[Case]:
    """A case with what its page shows: whom it is about, the router's last decision, the registry's
    version, and whether its filer is restricted for it.
    """
    related = ("holder__agency", "assigned", "category", "place__parent__parent")
    routings = RoutingRecord.objects.filter(case=OuterRef("pk")).order_by("-at", "-id")
    registry = RegistryVersion.objects.filter(pk=OuterRef("country"))
    cases = Case.objects.filter(country=settings.COUNTRY, number=number).select_related(*related)
    return with_matter(with_recommendation(cases)).annotate(
        last_decision=Subquery(routings.values("decision")[:1]),
        registry_version=Subquery(registry.values("version")[:1]),
        registry_stamp=Subquery(registry.values("stamp")[:1]),
        restriction_state=restrictions.state_beside(now),
        **{ABOUT: respondents_told(held_at)},
        **beside.columns(),
    )
