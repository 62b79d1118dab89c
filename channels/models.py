"""What the channels keep: messages as they came, conversations, devices, how each provider is doing."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """Something that came in by a channel, stored before anything is done with it.

    `sealed` is a Fernet token over the provider's own JSON of it, erased after some days (policy
    `raw_message_kept`). A repeat has the same channel, account and external id, and is not stored.
    """

    class Kind(models.TextChoices):
        #: Words or files of a person.
        WORDS = "words"
        #: What became of a message of ours.
        RECEIPT = "receipt"

    class State(models.TextChoices):
        #: To be taken (again) at `next_at`.
        NEW = "new"
        DONE = "done"
        #: Nobody could read it: it waits for the desk.
        UNREADABLE = "unreadable"
        #: One of a flood: it waits for the desk.
        HELD = "held"
        #: The desk has read it, and nothing is to be done.
        SET_ASIDE = "set_aside"

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=10)
    #: The number, page or mailbox of ours that it came to.
    account = models.CharField(max_length=100, blank=True)
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WORDS)
    sealed = models.BinaryField(null=True)
    handle = models.ForeignKey(
        "complaints.Handle", on_delete=models.PROTECT, null=True, related_name="messages"
    )
    #: The case that it became, or went to.
    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    #: Why it is where it is: a code.
    why = models.CharField(max_length=40, blank=True)
    #: Keys of its files that are here already, and codes of those that could not be fetched.
    fetched = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    #: The desk officer who dealt with it.
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "account", "external_id"], name="message_once"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="new"), name="message_new_idx"),
            models.Index(
                fields=["handle", "id"], condition=Q(state="new"), name="message_queue_idx"
            ),
            models.Index(
                fields=["-received_at"],
                condition=Q(state__in=["unreadable", "held"]),
                name="message_tray_idx",
            ),
            models.Index(
                fields=["received_at"], condition=Q(erased_at=None), name="message_kept_idx"
            ),
            models.Index(fields=["channel", "-received_at"], name="message_channel_idx"),
        ]


class Conversation(models.Model):
    """Where the talk with somebody stands: the question that was asked last, and what they said.

    `sealed` is a Fernet token over JSON: the complaint being put together. At `file_at` it is filed
    as it is, if nothing more comes.
    """

    handle = models.OneToOneField(
        "complaints.Handle", on_delete=models.PROTECT, related_name="conversation"
    )
    step = models.CharField(max_length=20, blank=True)
    sealed = models.BinaryField(null=True)
    changed_at = models.DateTimeField()
    file_at = models.DateTimeField(null=True)
    #: Counts the messages to them, so that each is written once.
    said = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["file_at"],
                condition=Q(file_at__isnull=False),
                name="conversation_file_idx",
            ),
        ]


class Provider(models.Model):
    """How a provider does: its failures in a row, and until when it is left alone."""

    name = models.CharField(max_length=30, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=100, blank=True)
    failed_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)


class SmsSpending(models.Model):
    """Parts of SMS that left on a day of the country's zone; what is over the cap waits."""

    day = models.DateField(primary_key=True)
    parts = models.PositiveIntegerField(default=0)


class Device(models.Model):
    """A browser or app that gets the news of a case by web push; its address is encrypted."""

    contact = models.ForeignKey(
        "complaints.Contact", on_delete=models.CASCADE, related_name="devices"
    )
    index = models.CharField(max_length=64)
    sealed = models.BinaryField()
    language = models.CharField(max_length=2)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "index"], name="device_once"),
        ]
        indexes = [models.Index(fields=["index"], name="device_index_idx")]


class ApiKey(models.Model):
    """A key with which a program files by Open311; only its hash is kept."""

    name = models.CharField(max_length=120)
    key_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)


class PublicPost(models.Model):
    """A public step of a published case on the portal's account at X, posted once."""

    class Status(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        FAILED = "failed"

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="+")
    event = models.OneToOneField("complaints.Event", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    error = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(status="pending"), name="publicpost_due_idx"
            ),
            models.Index(fields=["case", "-id"], name="publicpost_case_idx"),
        ]


class Played(models.Model):
    """A message of the simulator, in a demonstration only: what a telephone there shows."""

    channel = models.CharField(max_length=10)
    #: Whose telephone or account it is.
    person = models.CharField(max_length=120)
    from_us = models.BooleanField()
    text = models.TextField()
    external_id = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField()
    #: The provider's own JSON or form, for whoever wants to see the protocol.
    raw = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["channel", "person", "id"], name="played_idx")]
