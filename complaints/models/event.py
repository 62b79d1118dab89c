"""The record: events that nobody can change, and the words beside them that can be erased."""

from django.db import models


class Event(models.Model):
    """One move. Ids, codes and times only; what was said is a `Statement` (or the case's text).

    `hash` is SHA-256 over the event's canonical JSON, which holds the hash of the one before it.
    `happened_at` is when it counts, `recorded_at` when it was written (UTC, microseconds).
    The database refuses UPDATE, DELETE and TRUNCATE (migration 0002_record).
    """

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField(default=2)
    move = models.CharField(max_length=30)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    party = models.CharField(max_length=20)
    office_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=20)
    #: Codes and ids that belong to the move (outcome, new holder, clock, level ...).
    data = models.JSONField(default=dict)
    #: What the move left behind, so that it cannot be changed elsewhere (`complaints.fixing`).
    fixed = models.JSONField(default=dict)
    #: Salted SHA-256 of what was said, in hex; empty if nothing was said.
    commitment = models.CharField(max_length=64, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="event_seq_once")]
        indexes = [models.Index(fields=["actor_id", "-recorded_at"], name="event_actor_idx")]


class Statement(models.Model):
    """What was said with a move. Text and salt can be erased; the event's commitment stays."""

    class Kind(models.TextChoices):
        COMPLAINT = "complaint"
        QUESTION = "question"
        REPLY = "reply"
        MESSAGE = "message"
        NOTE = "note"
        ANSWER = "answer"
        REASON = "reason"
        GROUNDS = "grounds"
        DECISION = "decision"
        COMMENT = "comment"
        HEARING = "hearing"
        MINUTES = "minutes"
        TESTIMONY = "testimony"
        ORDER = "order"
        REPORT = "report"
        GUIDANCE = "guidance"
        RECOMMENDATION = "recommendation"
        SUMMARY = "summary"
        FINDING = "finding"

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="statement")
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: The words by part: {"text": …} or {"text": …, "cause": …}; empty once erased.
    body = models.JSONField(default=dict)
    salt = models.CharField(max_length=32, blank=True)
    #: Only officers read it.
    internal = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "kind"])]
