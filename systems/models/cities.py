"""Cities that speak Open311 GeoReport v2: where cases are handed to, and what comes back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class City(models.Model):
    """How a city's Open311 is asked. The key is sealed with the contact keys."""

    system = models.OneToOneField("systems.System", on_delete=models.CASCADE, related_name="city")
    #: The address that `services.json` and `requests.json` are appended to, with a slash at its end.
    url = models.URLField(max_length=500)
    jurisdiction = models.CharField(max_length=100, blank=True)
    sealed_key = models.BinaryField(null=True)
    #: Everybody may read there what it is sent, as GeoReport v2 has it: then less is sent.
    publishes = models.BooleanField(default=True)
    #: Our category codes to the city's service codes; "" is for every other category.
    services = models.JSONField(default=dict)
    #: Updates were read until then (UTC).
    read_until = models.DateTimeField(null=True)
    next_read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True)


class Forwarding(models.Model):
    """A case on its way to a city: written first, sent by a worker, never twice."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("With the city")
        REFUSED = "refused", _("Refused by the city")
        OVER = "over", _("Over: the case is closed")

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="+")
    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="forwardings")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    #: A token where the city gives no id at once.
    token = models.CharField(max_length=200, blank=True)
    #: The city's status as last read, and its own time of it.
    status = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField(null=True)
    #: Ids of updates that are taken already.
    taken = models.JSONField(default=list)
    tries = models.PositiveSmallIntegerField(default=0)
    #: When it is next to be sent, or to be asked for.
    next_at = models.DateTimeField(null=True)
    #: How the last try ended, by its kind; "sending" while one is under way.
    error = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "city"], name="forwarding_once"),
        ]
        indexes = [
            models.Index(
                fields=["city", "next_at", "id"],
                condition=Q(state__in=["waiting", "sent"]),
                name="forwarding_due_idx",
            ),
            models.Index(
                fields=["city", "-id"],
                condition=Q(state="refused"),
                name="forwarding_refused_idx",
            ),
        ]
