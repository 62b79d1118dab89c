"""The outbox: what people are to be told, written with the move, sent later by a worker."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """One message to one person by one way. It holds ids and template values, never an address."""

    class Status(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        FAILED = "failed"
        #: There is no way to reach the person (any more).
        UNREACHABLE = "unreachable"

    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, null=True, related_name="notices"
    )
    event = models.ForeignKey("complaints.Event", on_delete=models.PROTECT, null=True)
    template = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    language = models.CharField(max_length=2, blank=True)
    contact = models.ForeignKey("complaints.Contact", on_delete=models.PROTECT, null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    #: To whoever answers in this office when the notice leaves; empty posts fall to the next one up.
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, null=True)
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    #: Makes a notice once: the same key is never written twice.
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, user=None, office=None)
                | Q(contact=None, user__isnull=False, office=None)
                | Q(contact=None, user=None, office__isnull=False),
                name="notice_to_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(status="pending"), name="notice_pending_idx"
            ),
            models.Index(fields=["case", "created_at"]),
        ]
