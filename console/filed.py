"""What an operator filed: numbers, times and where it went. Operators see no case without its secret."""

from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actors import Actor
from agencies.models import Office
from complaints import moment
from complaints.models import Event
from complaints.workflow import Party

MOST = 200


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing: its number, when (UTC), how it came, the call if there was one.

    `agency` is the office that the receipt named; empty if the desk had to find it.
    """

    number: str
    at: datetime
    channel: str
    call: str = ""
    agency: str = ""


def filed_today(actor: Actor) -> list[Filed]:
    """What this operator filed for citizens since midnight in the capital, the newest first.

    Three statements, however many there are.
    """
    events = list(
        filings_today(actor)
        .order_by("-recorded_at")
        .values_list("case_id", "case__number", "recorded_at", "channel", "data__call")[:MOST]
    )
    agencies = _agencies([case_id for case_id, *_rest in events])
    return [
        Filed(number, at, channel, call or "", agencies.get(case_id, ""))
        for case_id, number, at, channel, call in events
    ]


def filed_with(actor: Actor, call: str) -> Filed | None:
    """What this operator filed last today with a call (the telephone system's id of it)."""
    if not call:
        return None
    events = filings_today(actor).filter(data__call=call).order_by("-recorded_at")
    rows = events.values_list("case__number", "recorded_at", "channel")[:1]
    return next((Filed(*row, call=call) for row in rows), None)


def filings_today(actor: Actor) -> QuerySet[Event]:
    """The record's entries of what this operator filed since midnight in the capital."""
    zone = timezone.get_default_timezone()
    midnight = datetime.combine(moment.now().astimezone(zone).date(), time(), tzinfo=zone)
    return Event.objects.filter(
        actor_id=actor.user_id or 0,
        recorded_at__gte=midnight,
        move="submit",
        party=Party.OPERATOR,
        case__country=settings.COUNTRY,
    )


def _agencies(cases: list[int]) -> dict[int, str]:
    """By case, the office to which the router sent it as it was filed.

    What became of it later is told to nobody who does not bring the secret.
    """
    if not cases:
        return {}
    routed = Event.objects.filter(case__in=cases, move="forward", party=Party.ROUTER)
    codes = dict(routed.order_by("-seq").values_list("case_id", "data__office"))
    offices = Office.objects.filter(country=settings.COUNTRY, code__in=set(codes.values()))
    names = {office.code: office.name for office in offices}
    return {case: names.get(code, "") for case, code in codes.items()}
