"""The log over all events, as rows. It knows events by their ids and hashes, and nothing else of them.

The database refuses to change, remove or empty entries, nodes, heads and keys (migration 0001).
"""

from django.db import models


class Waiting(models.Model):
    """An event that is written but not in the log yet. A trigger puts it here, with the event itself."""

    event_id = models.BigIntegerField(primary_key=True)
    #: The event's hash, 32 bytes.
    hash = models.BinaryField()
    recorded_at = models.DateTimeField()


class Entry(models.Model):
    """One leaf of the log: numbers without a gap from 1, in the order in which the writer saw events.

    The leaf's index in the tree of RFC 6962 is `log_seq` - 1.
    """

    log_seq = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    #: SHA-256 over a zero byte and the event's hash, 32 bytes.
    leaf_hash = models.BinaryField(unique=True)
    logged_at = models.DateTimeField()


class Node(models.Model):
    """The hash of a complete subtree of 256 leaves or more, so that no proof has to read them all.

    `position` is its place among all nodes of the tree read from left to right
    (`record.selectors.position`).
    """

    position = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField()


class SigningKey(models.Model):
    """A public key with which heads and receipts are or were signed. None is ever taken away."""

    #: The first 16 hexadecimal digits of the fingerprint, SHA-256 over `public`.
    id = models.CharField(max_length=16, primary_key=True)
    #: Ed25519, 32 bytes.
    public = models.BinaryField()
    since = models.DateTimeField()


class TreeHead(models.Model):
    """The log as it stood at the end of a day of the capital's zone: its size and root, signed."""

    day = models.DateField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField()
    #: The head of the day before; 0 and the root of the empty tree for the first.
    previous_size = models.BigIntegerField()
    previous_root = models.BinaryField()
    #: The proof of RFC 6962, 2.1.2, that the log only grew since the day before: hexadecimal hashes.
    consistency = models.JSONField()
    signed_at = models.DateTimeField()
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="heads")
    signature = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["size", "day"], name="head_size_idx")]

    @property
    def added(self) -> int:
        """How many leaves came in that day."""
        return self.size - self.previous_size
