"""What an agency's own statuses mean here: a table that the agency keeps."""

from django.db import models


class Meaning(models.Model):
    """One status of a system, and the move that it stands for; an empty move: only kept, nothing is done.

    `fill` holds what the move's form needs beside the words that come with the status (outcome, cause).
    """

    system = models.ForeignKey("systems.System", on_delete=models.CASCADE, related_name="meanings")
    #: As the system writes it; compared without regard to case and outer blanks, in NFC.
    theirs = models.CharField(max_length=80)
    move = models.CharField(max_length=30, blank=True)
    fill = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "theirs"], name="meaning_once"),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.theirs} → {self.move}"
