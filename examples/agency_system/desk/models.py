"""What the desk keeps: its tickets, what came from the portal, and what has to go there."""

import secrets
import uuid

from django.db import models
from django.utils import timezone

#: Our statuses, and what each means in the portal. `manage.py join` sends this table. "Waiting for
#: parts" means nothing there and is only kept, so that the portal's officers can see it.
TABLE = [
    {"status": "In work", "move": "accept"},
    {"status": "Waiting for parts", "move": ""},
    {"status": "Question", "move": "ask"},
    {"status": "Message", "move": "message"},
    {"status": "Solved", "move": "answer", "outcome": "resolved", "cause": "system"},
    {"status": "No fault", "move": "answer", "outcome": "not_upheld", "cause": "no_fault"},
    {"status": "Not ours", "move": "return"},
]
#: What our ticket is when the case is in one of the portal's states.
FOLLOWS = {
    "received": "Not with us",
    "forwarded": "New",
    "disputed_owner": "Not with us",
    "in_progress": "In work",
    "waiting": "Question",
    "answered": "Answered",
    "appealed": "Appealed",
    "closed": "Closed",
}
#: Nothing is left to do for us, unless the portal tells otherwise.
OVER = ("Closed", "Not with us", "Gone")


def _ref():
    """A number that nobody has yet, also if this database is made anew: it is unique for ever there."""
    return f"REB-{secrets.token_hex(4).upper()}"


class Desk(models.Model):
    """One row: how we stand with the portal."""

    name = models.CharField(max_length=200, blank=True)
    office = models.CharField(max_length=60, blank=True)
    #: Signs the webhooks. In a real system it lies where secrets lie.
    hook_secret = models.CharField(max_length=200, blank=True)
    #: The feed is taken in up to here.
    after = models.BigIntegerField(default=0)
    #: When the portal last answered, and since when it does not.
    answered_at = models.DateTimeField(null=True)
    away_since = models.DateTimeField(null=True)

    @classmethod
    def row(cls):
        """The row; made at the first use."""
        return cls.objects.get_or_create(pk=1)[0]


class Ticket(models.Model):
    """A complaint as our desk knows it. Who the citizen is we do not know: they are reached there."""

    ref = models.CharField(max_length=20, unique=True, default=_ref)
    #: The number of the case; null while a complaint of ours is not filed yet.
    case = models.CharField(max_length=40, unique=True, null=True)
    status = models.CharField(max_length=80, default="New")
    #: The case as it was read last: its state, its newest step, and when an answer is due.
    there = models.CharField(max_length=20, blank=True)
    seen = models.IntegerField(null=True)
    due = models.DateTimeField(null=True)
    text = models.TextField()
    opened_at = models.DateTimeField(default=timezone.now)

    @property
    def is_over(self):
        """Whether nothing is left to do."""
        return self.status in OVER


class Line(models.Model):
    """What was said in a case, as the portal has it: written anew with each reading, so that what is
    erased there is erased here.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="lines")
    seq = models.IntegerField()
    move = models.CharField(max_length=30)
    party = models.CharField(max_length=30, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["seq"]


class Event(models.Model):
    """An event as it came, by webhook or feed: once for each id."""

    id = models.CharField(max_length=60, primary_key=True)
    seq = models.BigIntegerField(null=True)
    case = models.CharField(max_length=40, blank=True)
    raw = models.TextField()
    came_by = models.CharField(max_length=10)
    came_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("seq", name="event_to_do", condition=models.Q(done_at=None)),
        ]


class Sending(models.Model):
    """Something for the portal. It is written down first, in the transaction of whoever wants it sent,
    and sent until it is known what became of it.
    """

    class What(models.TextChoices):
        FILE = "file"
        ACCEPT = "accept"
        REFERENCE = "reference"
        STATUS = "status"

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="sendings")
    what = models.CharField(max_length=10, choices=What)
    body = models.JSONField(default=dict)
    #: The step of the case that was the newest when somebody decided this: `If-Match`.
    seen = models.IntegerField(null=True)
    #: The step that it became.
    then = models.IntegerField(null=True)
    #: `Idempotency-Key`: the same at each try.
    key = models.UUIDField(default=uuid.uuid4)
    file_name = models.CharField(max_length=200, blank=True)
    file = models.BinaryField(default=bytes)
    #: What the portal calls the file once it has it.
    file_key = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.IntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(default=timezone.now)
    #: Why it was refused, or could not be sent so far.
    error = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index("id", name="sending_waiting", condition=models.Q(state="waiting")),
        ]
