"""What overseers set up for themselves: views kept by name, alerts, and files that take a while."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """A dashboard with its filters, kept under a name by whoever looks at it often."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    #: Where it is and what is asked there: a path of this portal without its language, and the query.
    path = models.CharField(max_length=200)
    query = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_name_once"),
        ]


class AlertRule(models.Model):
    """What an overseer wants to be told of. It is looked at every few minutes until it is ended."""

    class Kind(models.TextChoices):
        #: More of an office's (and all below it) open cases are late than `threshold` per cent.
        LATE_SHARE = "late_share"
        #: A category rises, there or in the whole country, by the rule of `oversight.rising`.
        SURGE = "surge"
        #: Nothing came in by a channel for `hours` although it usually does.
        SILENT_CHANNEL = "silent_channel"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: Of which office; none is the whole country.
    office = models.ForeignKey(
        "agencies.Office", on_delete=models.PROTECT, null=True, related_name="+"
    )
    category = models.ForeignKey(
        "agencies.Category", on_delete=models.PROTECT, null=True, related_name="+"
    )
    channel = models.CharField(max_length=20, blank=True)
    threshold = models.PositiveSmallIntegerField(null=True)
    #: Fewer cases than this alarm nobody.
    least = models.PositiveIntegerField(default=20)
    hours = models.PositiveSmallIntegerField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind"], condition=Q(ended_at=None), name="alert_rule_open_idx"),
        ]


class Alert(models.Model):
    """A rule was met: told once, until it is over and met again. `subject` says of what, by its code."""

    rule = models.ForeignKey(AlertRule, on_delete=models.PROTECT, related_name="alerts")
    subject = models.CharField(max_length=80)
    #: The figures at that moment.
    found = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: What is done about it, in the words of whoever acknowledged it.
    note = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["rule", "subject"], condition=Q(over_at=None), name="alert_open_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-raised_at"], name="alert_newest_idx"),
            models.Index(
                fields=["-raised_at"],
                condition=Q(acknowledged_at=None),
                name="alert_unacknowledged_idx",
            ),
        ]


class FileOrder(models.Model):
    """A file that takes a while to be made: asked for, made by a worker with progress, kept for a while.

    `what` is the kind of file (`oversight.orders`), `asked` its parameters. Asked for once more with the
    same parameters while it is there, it is the same file. Reports belong to nobody and are for all.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    what = models.CharField(max_length=30)
    asked = models.JSONField(default=dict)
    language = models.CharField(max_length=2)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    #: How much is done, of how much; 0 of 0 while that is not known.
    done = models.PositiveIntegerField(default=0)
    whole = models.PositiveIntegerField(default=0)
    #: Set by the worker that makes it, again and again; old while RUNNING: the worker died.
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    #: Why it cannot be made, however often it is tried: a code of its kind; "" where that is not known.
    why = models.CharField(max_length=40, blank=True, db_default="")
    #: Where it lies in the storage, and what it is called for whoever saves it.
    file = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(default=0)
    #: When it is erased; empty for what is kept.
    until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["asked_at"],
                condition=Q(status__in=["waiting", "running"]),
                name="file_order_open_idx",
            ),
            models.Index(fields=["asked_by", "-asked_at"], name="file_order_mine_idx"),
            models.Index(
                fields=["until"], condition=Q(until__isnull=False), name="file_order_until_idx"
            ),
            models.Index(fields=["what", "language", "-asked_at"], name="file_order_what_idx"),
        ]
