"""Every number of the casework rules that a government may set: rows with versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Unit(models.TextChoices):
    CALENDAR_DAYS = "calendar_days", _("calendar days")
    WORKING_DAYS = "working_days", _("working days")
    HOURS = "hours", _("hours")
    COUNT = "count", _("times")


class DeadlinePolicy(models.Model):
    """One number, for a country or narrower (agency, kind of case, priority), from a moment on.

    `name` is one of `agencies.policies.DEFAULTS`. The narrowest row that is in force wins: agency
    before kind before priority. Rows are never changed: a new version is a new row, and the clock
    keeps the version that it was started under.
    """

    country = models.CharField(max_length=2)
    name = models.CharField(max_length=40)
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=20, choices=Unit.choices)
    agency = models.ForeignKey(
        "agencies.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="policies"
    )
    kind = models.CharField(max_length=20, blank=True)
    priority = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "name", "agency", "kind", "priority", "version"],
                nulls_distinct=False,
                name="policy_version_once",
            ),
        ]
        verbose_name_plural = "deadline policies"

    def __str__(self) -> str:
        return f"{self.name} v{self.version}: {self.amount} {self.unit}"
