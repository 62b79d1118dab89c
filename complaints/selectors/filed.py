"""What an operator filed: numbers and times alone. Operators see no case without its secret."""

from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.utils import timezone

from accounts.actors import Actor
from complaints import moment
from complaints.models import Event
from complaints.workflow import Party

MOST = 200


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing: its number, and when (UTC)."""

    number: str
    at: datetime


def filed_today(actor: Actor) -> list[Filed]:
    """What this operator filed for citizens since midnight in the capital, the newest first."""
    if actor.user_id is None:
        return []
    zone = timezone.get_default_timezone()
    midnight = datetime.combine(moment.now().astimezone(zone).date(), time(), tzinfo=zone)
    events = Event.objects.filter(
        actor_id=actor.user_id,
        recorded_at__gte=midnight,
        move="submit",
        party=Party.OPERATOR,
        case__country=settings.COUNTRY,
    ).order_by("-recorded_at")
    return [Filed(*row) for row in events.values_list("case__number", "recorded_at")[:MOST]]
