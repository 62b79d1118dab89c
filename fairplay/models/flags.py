"""Patterns of an office that do not look right, with what shows them; and its usual days."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Flag(models.Model):
    """A pattern in the cases of an office, to be examined by an overseer.

    `numbers` holds what was counted (codes and numbers alone); the cases are `Flagged`. While it is
    open the office knows nothing of it.
    """

    class Kind(models.TextChoices):
        SELF_FILED = "self_filed", _("Filed by the office’s own people")
        MANY_FILED = "many_filed", _("Many more filings than usual")
        MANY_CONFIRMED = "many_confirmed", _("Many more confirmations than usual")
        QUICK_CONFIRMED = "quick_confirmed", _("Confirmed within minutes of the answer, in series")
        ONE_CONFIRMS = "one_confirms", _("One sender confirms many cases with the best mark")
        QUICK_ANSWERED = "quick_answered", _("Filed and answered within minutes, again and again")

    class State(models.TextChoices):
        OPEN = "open", _("To be examined")
        CONFIRMED = "confirmed", _("Confirmed")
        DISMISSED = "dismissed", _("Dismissed")

    #: These say something of who filed the cases: no sensitive one is among them.
    OF_SENDERS = (Kind.SELF_FILED, Kind.ONE_CONFIRMS)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    country = models.CharField(max_length=2)
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    #: The day (of the capital's zone) that it is about; of a pattern over weeks its first one.
    day = models.DateField()
    numbers = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "day"], name="flag_once"),
        ]
        indexes = [
            models.Index(fields=["country", "state", "-found_at", "-id"], name="flag_state_idx"),
        ]


class Flagged(models.Model):
    """A case of a flag, and since when it is left out of the rankings for it."""

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="+")
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flag", "case"], name="flagged_once"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(set_aside_at=None), name="flagged_waiting_idx"
            ),
        ]


class DayCount(models.Model):
    """How many cases of an office were filed, and confirmed, on a day that is over."""

    office = models.ForeignKey("agencies.Office", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    filed = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "day"], name="day_count_once"),
        ]
        indexes = [models.Index(fields=["day"], name="day_count_idx")]
