"""How it goes with cities, for the pages of their offices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import Actor
from channels.models import Provider
from complaints.selectors.access import visible_to
from systems.cities.queue import REFUSED, SEALED, SENT, WAITING
from systems.cities.sending import breaker_of
from systems.models import City, Forwarding

#: Rows that are shown; nothing is counted any further than COUNTED.
SHOWN, COUNTED = 50, 1000
#: So many cities are listed: a country has fewer that speak Open311.
MOST = 200


@dataclass(frozen=True, slots=True)
class Doing:
    """How it goes with a city. Counts end at COUNTED."""

    provider: Provider | None
    waiting: int
    with_city: int
    #: The last ones that it did not take, which the officers work on.
    not_taken: Sequence[Forwarding]


def cities_among(offices: QuerySet[Any] | None) -> list[City]:
    """Cities in use of some offices (None: of all)."""
    rows = City.objects.filter(system__ended_at=None, system__office__country=settings.COUNTRY)
    if offices is not None:
        rows = rows.filter(system__office__in=offices)
    refused = Forwarding.objects.filter(city=OuterRef("pk"), state=REFUSED)
    rows = rows.select_related("system__office").annotate(has_refused=Exists(refused))
    return list(rows.order_by("system__office__path", "system__name", "pk")[:MOST])


def doing(city: City, actor: Actor) -> Doing:
    """How it goes with a city; of the cases only those that the actor may see."""
    rows = Forwarding.objects.filter(city=city)
    refused = rows.filter(state=REFUSED).order_by("-id").select_related("case")[: SHOWN * 2]
    ids = [row.case_id for row in refused]
    seen = set(visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    return Doing(
        provider=Provider.objects.filter(pk=breaker_of(city)).first(),
        waiting=rows.filter(state=WAITING)[:COUNTED].count(),
        with_city=rows.filter(state=SENT)[:COUNTED].count(),
        not_taken=[row for row in refused if row.case_id in seen][:SHOWN],
    )


def unopened(city: City) -> list[Forwarding]:
    """The last cases that are not handed over because who filed them cannot be opened here: those that
    are tried again, then those that the office's people work on by now.
    """
    rows = Forwarding.objects.filter(city=city, error=SEALED).select_related("case")
    tried = rows.filter(state=WAITING).order_by("next_at", "id")[:SHOWN]
    given_up = rows.filter(state=REFUSED).order_by("-id")[:SHOWN]
    return [*tried, *given_up][:SHOWN]
