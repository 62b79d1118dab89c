"""Appeals: to the next higher office, then once more to an overseer."""

from django.conf import settings
from django.db import models


class Appeal(models.Model):
    """One appeal. `office` decides it; empty means an overseer does, and then it is final.

    Grounds and decision are statements of the events.
    """

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="appeals")
    level = models.PositiveSmallIntegerField()
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, null=True)
    by_respondent = models.BooleanField(default=False)
    filed_at = models.DateTimeField()
    filed_event = models.OneToOneField(
        "complaints.Event", on_delete=models.PROTECT, related_name="appeal_filed"
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    upheld = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(decided_at=None),
                name="appeal_open_once",
            ),
        ]
