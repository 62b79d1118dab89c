"""How far regular work has come."""

from django.db import models


class Watermark(models.Model):
    """How far some work has come, or when it was last done; its row lock lets one at a time do it."""

    country = models.CharField(max_length=2)
    name = models.CharField(max_length=20)
    #: Filed at, and id, of the last case that was looked at (UTC); or up to when it is done, or when it
    #: was last done.
    at = models.DateTimeField()
    case_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "name"], name="watermark_once"),
        ]
