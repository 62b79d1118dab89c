"""What the citizen thought of the answer."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Feedback(models.Model):
    """A rating from 1 (bad) to 5 (good), given with a confirmation; the comment is a statement."""

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="feedback")
    event = models.OneToOneField("complaints.Event", on_delete=models.PROTECT)
    rating = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    at = models.DateTimeField()
