"""Is the casework alive: for the health page and the alarms."""

from datetime import timedelta

from django.utils import timezone

from complaints.models import Heartbeat, Notice


def heartbeat_age(name: str = "sweep") -> timedelta | None:
    """How long ago a regular task last ran to its end; None if it never did."""
    beat = Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()
    return timezone.now() - beat if beat else None


def outbox_age() -> timedelta | None:
    """How long the oldest notice that should have left has been waiting; None if none is."""
    now = timezone.now()
    oldest = (
        Notice.objects.filter(status=Notice.Status.PENDING, next_at__lte=now, attempts=0)
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first()
    )
    return now - oldest if oldest else None
