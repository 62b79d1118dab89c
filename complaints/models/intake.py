"""What makes filing and moves safe to repeat."""

from django.db import models


class FilingKey(models.Model):
    """A filing, or a move, that may come again: the same key and words get the same answer for 24 hours.

    The key and the words are kept as keyed hashes; the answer, which may hold secrets, encrypted.
    A task erases the row after its time (`services.repeating`).
    """

    key_hash = models.CharField(max_length=64, primary_key=True)
    body_hash = models.CharField(max_length=64)
    sealed_receipt = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)
