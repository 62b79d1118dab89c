"""What makes filing safe to repeat."""

from django.db import models


class FilingKey(models.Model):
    """A filing that may come again: the same key and words get the same receipt for 24 hours.

    The key and the words are kept as keyed hashes; the receipt, which holds the secrets, encrypted.
    A task erases the row after its time.
    """

    key_hash = models.CharField(max_length=64, primary_key=True)
    body_hash = models.CharField(max_length=64)
    sealed_receipt = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)
