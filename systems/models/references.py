"""What a case is called elsewhere."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Reference(models.Model):
    """The id that a case has in another system. Safe to repeat: one source has an id once.

    `source` is `agency:<office code>` for an agency's systems, `open311:<city>` for a city's, and the
    name of the import for what was brought from the past.
    """

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="references")
    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=200)
    #: The system that works on it, where one does.
    system = models.ForeignKey(
        "systems.System", on_delete=models.PROTECT, null=True, related_name="references"
    )
    #: The last status that was sent of it from there, in that system's own word, and when (UTC).
    status = models.CharField(max_length=80, blank=True)
    status_at = models.DateTimeField(null=True)
    #: Of an imported row: what it held, as a keyed hash in hex, so that a changed one is noticed.
    fingerprint = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="reference_once"),
            models.UniqueConstraint(fields=["case", "source"], name="reference_case_once"),
        ]
        indexes = [
            # Officers look for a case by its number elsewhere, wherever that was.
            models.Index(fields=["external_id"], name="reference_external_idx"),
            models.Index(
                fields=["system", "-status_at"],
                condition=Q(status_at__isnull=False),
                name="reference_status_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
