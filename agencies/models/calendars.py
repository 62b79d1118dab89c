"""Working calendars: the weekend, the holidays, and changes that open clocks must hear of."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from agencies.models.naming import Named


class Calendar(Named):
    """A weekend (ISO weekdays, Monday 1), a time zone (IANA name) and holidays."""

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=40, unique=True)
    time_zone = models.CharField(max_length=60)
    weekend = ArrayField(models.PositiveSmallIntegerField(), default=list)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country"],
                condition=models.Q(is_default=True),
                name="calendar_one_default",
            ),
        ]


class Holiday(Named):
    """A day off in one calendar. `source` says whether the library or a registrar set it."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField()
    source = models.CharField(max_length=20, default="registrar")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date"], name="holiday_once"),
        ]


class CalendarChange(models.Model):
    """A day that became a holiday, or stopped being one. The sweep applies it to open clocks."""

    class Kind(models.TextChoices):
        ADDED = "added"
        REMOVED = "removed"

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="changes")
    date = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    recorded_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["recorded_at"],
                condition=models.Q(applied_at=None),
                name="calendar_change_open_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"
