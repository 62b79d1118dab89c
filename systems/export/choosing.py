"""Which cases an export of an office holds: what is or was with it or an office below, by the read rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.actors import Actor
from agencies.models import Office
from complaints.models import Attachment, Case, Handling
from complaints.selectors.access import visible_to

#: Cases that are read at a time.
AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Owned:
    """The cases of an office and all below it. `actor` is whoever ordered them, None: whoever runs the
    portal's commands, from whom nothing is kept.
    """

    office: Office
    actor: Actor | None = None

    def _offices(self) -> QuerySet[Any, Any]:
        below = Office.objects.filter(country=settings.COUNTRY, path__startswith=self.office.path)
        return below.values("pk")

    def _ids(self) -> QuerySet[Any, Any]:
        """Ids, each once, in their order: by the indexes of holder and of handlings."""
        offices = self._offices()
        held = Case.objects.filter(country=settings.COUNTRY, holder__in=offices)
        had = Handling.objects.filter(case__country=settings.COUNTRY, office__in=offices)
        ids = held.order_by().values_list("id").union(had.order_by().values_list("case_id"))
        return ids.order_by("id")

    def count(self) -> int:
        """How many there are, also those that are not for the actor: good for telling how far it is."""
        return self._ids().count()

    def count_files(self) -> int:
        """How many photos and documents there are in the cases that are for the actor, each once."""
        chosen = self.seen().filter(pk__in=self._ids()).order_by().values("pk")
        files = Attachment.objects.filter(case__in=chosen, event__isnull=False)
        return files.order_by().values("sha256").distinct().count()

    def is_empty(self) -> bool:
        """Whether none is for the actor. Others, of which they must not know, do not count."""
        seen, offices = self.seen(), self._offices()
        had = Handling.objects.filter(office__in=offices).values("case")
        return not (seen.filter(holder__in=offices).exists() or seen.filter(pk__in=had).exists())

    def parts(self) -> Iterator[Sequence[int]]:
        """Ids of at most AT_A_TIME cases at once, read through a cursor of the database."""
        ids = (row[0] for row in self._ids().iterator(chunk_size=AT_A_TIME))
        while part := list(islice(ids, AT_A_TIME)):
            yield part

    def seen(self) -> QuerySet[Case]:
        """The cases of the country that are for the actor, none of their own."""
        if self.actor is None:
            return Case.objects.filter(country=settings.COUNTRY)
        return visible_to(self.actor).exclude(owner_id=self.actor.user_id)
