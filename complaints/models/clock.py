"""Clocks as rows, what the sweep did for them, and its heartbeat."""

from django.db import models
from django.db.models import Q


class Clock(models.Model):
    """One deadline of a case. Moments in UTC; days are counted in `zone` (IANA name).

    `next_at` is when the sweep next has something to do for it: a reminder, its end, a level of the
    ladder; empty while paused, and once stopped or climbed to the top.
    """

    class Stopped(models.TextChoices):
        MET = "met"
        CANCELLED = "cancelled"
        #: It ran its time as it was meant to (waiting, confirm, withdrawal).
        ELAPSED = "elapsed"

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=20)
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    policy_version = models.PositiveIntegerField(default=0)
    calendar = models.ForeignKey("agencies.Calendar", on_delete=models.PROTECT, null=True)
    zone = models.CharField(max_length=60)
    #: The office that answers for it; empty for the desk, the overseer and the citizen.
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, null=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    missed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_how = models.CharField(max_length=10, choices=Stopped.choices, blank=True)
    paused_at = models.DateTimeField(null=True)
    days_left = models.PositiveIntegerField(null=True)
    asks = models.PositiveSmallIntegerField(default=0)
    paused_days = models.PositiveIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    level = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    #: When the count last went on after a pause; else it goes on since the start.
    resumed_at = models.DateTimeField(null=True)
    #: When due was last counted; a later change of the calendar is still to be applied.
    counted_at = models.DateTimeField()
    #: The end of the last outage by which this clock was lengthened.
    lengthened_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(stopped_at=None), name="clock_open_once"
            ),
            models.CheckConstraint(
                condition=Q(missed_at=None) | Q(missed_at=models.F("due_at")),
                name="clock_missed_at_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(stopped_at=None, next_at__isnull=False),
                name="clock_next_idx",
            ),
            models.Index(fields=["office", "kind", "missed_at"], name="clock_office_idx"),
            models.Index(
                fields=["kind", "due_at"], condition=Q(stopped_at=None), name="clock_open_idx"
            ),
        ]


class Escalation(models.Model):
    """A late clock moved up one level. Dated when it was due, recorded when it was done."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="escalations")
    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, related_name="escalations"
    )
    level = models.PositiveSmallIntegerField()
    #: Who is told: heads of this office; of no office, the desk's head or the overseers.
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, null=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    #: When the notices about it were written; one summary a person and level.
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "level"], name="escalation_once"),
        ]
        indexes = [
            models.Index(fields=["office", "-recorded_at"]),
            models.Index(
                fields=["recorded_at"], condition=Q(told_at=None), name="escalation_untold_idx"
            ),
        ]


class Outage(models.Model):
    """The sweep stood still for more than an hour: what ends by itself is lengthened first."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)


class Heartbeat(models.Model):
    """When a regular task last ran to its end (`sweep`, `notices`)."""

    name = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()
