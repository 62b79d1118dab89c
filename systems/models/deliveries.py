"""What a system is told: one row for each event it may see, which is feed and webhook alike."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Followed(models.Model):
    """How far the record's log has been followed: a single row."""

    log_seq = models.BigIntegerField(default=0)
    #: Deliveries up to here were erased by their age: the feed is complete from the next one on.
    forgotten = models.BigIntegerField(default=0)


class Reading(models.Model):
    """How far a system has read the feed, and when it asked last: kept to half a minute."""

    system = models.OneToOneField(
        "systems.System", on_delete=models.CASCADE, related_name="reading"
    )
    log_seq = models.BigIntegerField()
    at = models.DateTimeField()


class Endpoint(models.Model):
    """Where a system is called. Its secrets are sealed with the contact keys, and shown once."""

    system = models.OneToOneField(
        "systems.System", on_delete=models.CASCADE, related_name="endpoint"
    )
    url = models.URLField(max_length=500)
    sealed_secret = models.BinaryField()
    #: The secret before this one also signs, until then.
    sealed_previous = models.BinaryField(null=True)
    previous_until = models.DateTimeField(null=True)
    #: Why and since when it is called no more: it said 410, it failed for too long, somebody stopped it.
    off_at = models.DateTimeField(null=True)
    off_because = models.CharField(max_length=30, blank=True)
    set_at = models.DateTimeField()


class Delivery(models.Model):
    """An event as one system is told of it, numbered as in the record's log.

    The feed reads these rows; where there is an endpoint, a worker also calls it, within a case in
    order. `webhook-id` is made of `log_seq`, so it is the same at each try, and in the feed.
    """

    class State(models.TextChoices):
        FEED = "feed", _("In the feed")
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Delivered")
        FAILED = "failed", _("Given up")

    system = models.ForeignKey(
        "systems.System", on_delete=models.CASCADE, related_name="deliveries"
    )
    log_seq = models.BigIntegerField()
    event = models.ForeignKey("complaints.Event", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="+")
    #: The step's number as officers count (`complaints.selectors.access.newest_step`).
    case_seq = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.FEED)
    tries = models.PositiveSmallIntegerField(default=0)
    #: When the next try is due (UTC); set while it waits.
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    #: The last failure by its kind (timeout, http_500, redirect …), never an answer's words.
    error = models.CharField(max_length=40, blank=True)
    #: The last tries: [when (UTC), how it ended ("" is well), milliseconds].
    history = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "log_seq"], name="delivery_once"),
        ]
        indexes = [
            # What is due of a system; what waits longest; what goes before it within its case.
            models.Index(
                fields=["system", "next_at", "id"],
                condition=Q(state="waiting"),
                name="delivery_due_idx",
            ),
            models.Index(
                fields=["system", "log_seq"],
                condition=Q(state="waiting"),
                name="delivery_waiting_idx",
            ),
            models.Index(
                fields=["system", "case", "log_seq"],
                condition=Q(state="waiting"),
                name="delivery_order_idx",
            ),
            models.Index(
                fields=["system", "-log_seq"],
                condition=Q(state="failed"),
                name="delivery_failed_idx",
            ),
        ]
