"""Restrictions of people who misuse the portal: for a time, with a reason, open to appeal."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Restriction(models.Model):
    """What somebody files waits for the desk, until a moment (UTC). It never stops a safety report.

    Whom it is about is known by a keyed hash of what they file with (`kind`: phone, email, handle,
    account), never in clear. The reason is for the restricted person to read.
    """

    class Kind(models.TextChoices):
        PHONE = "phone"
        EMAIL = "email"
        HANDLE = "handle"
        ACCOUNT = "account"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    index = models.CharField(max_length=64)
    #: The case that gave the occasion: through it the person is told.
    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, related_name="restrictions"
    )
    reason = models.TextField()
    imposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    imposed_at = models.DateTimeField()
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The person's appeal, and what an overseer who did not impose it decided.
    grounds = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    upheld = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=models.F("imposed_at")), name="restriction_ends"
            ),
            models.UniqueConstraint(
                fields=["country", "kind", "index"],
                condition=Q(lifted_at=None),
                name="restriction_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["country", "-appealed_at"],
                condition=Q(appealed_at__isnull=False, decided_at=None),
                name="restriction_appealed_idx",
            ),
        ]
