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

    class Delivery(models.TextChoices):
        """In the order in which they come true; reports come in any order."""

        SENT = "sent"
        DELIVERED = "delivered"
        READ = "read"
        FAILED = "failed"

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
    #: To whoever writes from there, in a conversation that is not about one case (yet).
    handle = models.ForeignKey("complaints.Handle", on_delete=models.PROTECT, null=True)
    #: Values that must not lie in clear (the secrets of a receipt): encrypted, erased once it is out.
    sealed = models.BinaryField(null=True)
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    #: Makes a notice once: the same key is never written twice.
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)
    #: What the provider said became of it: the furthest of sent, delivered, read; or failed.
    delivery = models.CharField(max_length=10, choices=Delivery.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, user=None, office=None, handle=None)
                | Q(contact=None, user__isnull=False, office=None, handle=None)
                | Q(contact=None, user=None, office__isnull=False, handle=None)
                | Q(contact=None, user=None, office=None, handle__isnull=False),
                name="notice_to_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(status="pending"), name="notice_pending_idx"
            ),
            models.Index(
                fields=["channel", "next_at"],
                condition=Q(status="pending"),
                name="notice_channel_idx",
            ),
            models.Index(
                fields=["-created_at"], condition=Q(status="failed"), name="notice_failed_idx"
            ),
            models.Index(
                fields=["channel", "provider_id"],
                condition=~Q(provider_id=""),
                name="notice_provider_idx",
            ),
            models.Index(fields=["case", "created_at"]),
        ]
