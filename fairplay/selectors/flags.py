"""Flags as those who oversee read them."""

from django.conf import settings
from django.db.models import Count, QuerySet

from accounts.actors import Actor
from complaints.models import Case
from complaints.selectors import visible_to
from fairplay.models import Flag

SHOWS = {"": Flag.State.OPEN, "confirmed": Flag.State.CONFIRMED, "dismissed": Flag.State.DISMISSED}


def flags(show: str = "") -> QuerySet[Flag]:
    """Flags of a state, the newest first."""
    rows = Flag.objects.filter(country=settings.COUNTRY, state=SHOWS.get(show, Flag.State.OPEN))
    return rows.select_related("office__agency", "decided_by").order_by("-found_at", "-id")


def flag_counts() -> dict[str, int]:
    """How many there are of each state."""
    rows = Flag.objects.filter(country=settings.COUNTRY).order_by().values_list("state")
    counted = dict(rows.annotate(n=Count("pk")))
    return {show: counted.get(state, 0) for show, state in SHOWS.items()}


def flagged_cases(flag: Flag, actor: Actor) -> QuerySet[Case]:
    """The cases of a flag that the actor may see, the newest first.

    Not one that was sealed since, where the flag says something of who filed it.
    """
    cases = visible_to(actor).filter(pk__in=flag.cases.values("case"))
    if flag.kind in Flag.OF_SENDERS:
        cases = cases.filter(sensitive=False)
    return cases.select_related("holder", "category", "place").order_by("-filed_at", "-id")
