"""The re-audit queue: a random share of the closed cases, asked about once more by somebody else."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Draw(models.Model):
    """One draw of the lot: which closings it looked at, so that none is drawn from twice.

    Closings from `since` (included) to `until` (excluded), in UTC; `share` in per cent, by policy.
    """

    country = models.CharField(max_length=2)
    since = models.DateTimeField()
    until = models.DateTimeField()
    share = models.PositiveSmallIntegerField()
    closed = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "since"], name="draw_once"),
        ]


class Audit(models.Model):
    """A closed case to be asked about. What the caller finds is kept apart from the officer's outcome."""

    class Why(models.TextChoices):
        DRAWN = "drawn"
        ASKED = "asked"

    class Result(models.TextChoices):
        SOLVED = "solved"
        PARTLY = "partly"
        NOT_SOLVED = "not_solved"
        #: Nobody was reached after as many calls as the policy asks for.
        NOT_REACHED = "not_reached"
        #: There is nobody to call, or they did not want to be asked.
        NO_CONTACT = "no_contact"
        REFUSED = "refused"
        #: Nobody called before the matter was too long ago to be asked about.
        NOT_CALLED = "not_called"

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="audits")
    #: The office that answered, and its answer's outcome and the case's ending, as they were.
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, null=True)
    outcome = models.CharField(max_length=20, blank=True)
    ending = models.CharField(max_length=30, blank=True)
    closed_at = models.DateTimeField()
    why = models.CharField(max_length=10, choices=Why.choices)
    created_at = models.DateTimeField()
    #: Who has taken it to call, and since when; given back if nothing comes of it.
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    #: Not before this moment is it called again.
    next_call_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, choices=Result.choices, blank=True)
    #: The answers to the script's questions, as codes.
    answers = models.JSONField(default=dict)
    #: What the caller wrote down, sealed: it may name people.
    sealed_note = models.BinaryField(null=True)
    done_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(done_at=None), name="audit_open_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_call_at", "id"], condition=Q(done_at=None), name="audit_queue_idx"
            ),
            models.Index(fields=["office", "done_at"], name="audit_office_idx"),
            models.Index(
                fields=["done_at"], condition=Q(done_at__isnull=False), name="audit_done_idx"
            ),
        ]
