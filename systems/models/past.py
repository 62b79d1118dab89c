"""Cases brought from the past: how far an import has come, and what was doubtful in it."""

from django.db import models
from django.utils import timezone


class Import(models.Model):
    """One file being brought in. The same file with the same mapping goes on where it stopped."""

    source = models.CharField(max_length=80)
    file_name = models.CharField(max_length=200)
    #: SHA-256 of the file and of the mapping, in hex.
    file_hash = models.CharField(max_length=64)
    mapping_hash = models.CharField(max_length=64)
    #: Rows read and written for good; those before are not read again.
    rows = models.PositiveBigIntegerField(default=0)
    made = models.PositiveBigIntegerField(default=0)
    known = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    doubtful = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "file_hash", "mapping_hash"], name="import_once"
            ),
        ]


class Doubt(models.Model):
    """What was doubtful in a row, or why it was refused: codes and columns, never a citizen's words."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="doubts")
    row = models.PositiveBigIntegerField()
    external_id = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    column = models.CharField(max_length=80, blank=True)
    is_refusal = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "row", "code", "column"], name="doubt_once"),
        ]
