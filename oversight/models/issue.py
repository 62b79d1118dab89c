"""Systemic issues: what many cases have in common, whose it is, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Issue(models.Model):
    """A cause behind many cases. In public it says "you said" and "we did", once it is published.

    `due` is a day (included) in the capital's zone. Recurrence is measured from `fixed_on` on, over
    cases of the same category, place and office.
    """

    class State(models.TextChoices):
        OPEN = "open"
        FIXED = "fixed"
        #: Cases came again after the fix.
        BACK = "back"
        DROPPED = "dropped"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    country = models.CharField(max_length=2)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    title = models.CharField(max_length=160)
    language = models.CharField(max_length=2)
    #: Internal: what lies behind it.
    cause = models.TextField(blank=True)
    you_said = models.TextField(blank=True)
    we_did = models.TextField(blank=True)
    #: The office that has to put it right, and what is measured: any of these may be empty.
    owner = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("agencies.Category", on_delete=models.PROTECT, null=True)
    place = models.ForeignKey("agencies.Place", on_delete=models.PROTECT, null=True)
    #: Measured over the cases of the owner's office and those below it alone.
    only_owners = models.BooleanField(default=True)
    due = models.DateField()
    fixed_on = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()
    #: When the owner was last reminded, and those above were told that it is late.
    reminded_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["country", "state", "due"], name="issue_state_idx"),
            models.Index(fields=["owner", "state"], name="issue_owner_idx"),
            models.Index(
                fields=["country", "-published_at"],
                condition=Q(published_at__isnull=False),
                name="issue_public_idx",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class IssueCase(models.Model):
    """A case linked to an issue. Sensitive cases are counted, never shown."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="links")
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="issues")
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "case"], name="issue_case_once")]


class IssueNote(models.Model):
    """What happened to an issue, appended and never edited: a step (code) and words."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    step = models.CharField(max_length=20)
    text = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["issue", "at"])]
