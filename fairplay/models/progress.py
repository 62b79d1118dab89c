"""How far regular work has come."""

from django.db import models


class Watermark(models.Model):
    """Up to which case some work has come; its row lock lets one at a time do it."""

    country = models.CharField(max_length=2)
    name = models.CharField(max_length=20)
    #: Filed at, and id, of the last case that was looked at (UTC).
    at = models.DateTimeField()
    case_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "name"], name="watermark_once"),
        ]
