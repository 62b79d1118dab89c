"""A system of an agency that has joined: its client, its scopes, where it may call from."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication


class Way(models.TextChoices):
    """How a system and the portal talk."""

    API = "api", _("It calls our API")
    OPEN311 = "open311", _("We call it: Open311 GeoReport v2")


class System(AbstractApplication):
    """An agency's own system. It acts by an account of its own (`user`) that nobody signs in with and
    that holds one post, `Role.SYSTEM`, in the agency's office: the read rule, the table of moves and the
    bars apply to it as to anybody.

    `client_secret` is kept hashed; while it is changed the one before is good until `previous_until`.
    """

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], name="system_account_once"),
        ]
        indexes = [models.Index(fields=["office", "id"], name="system_office_idx")]

    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, related_name="systems")
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.API)
    #: What its tokens may be used for (`systems.scopes`).
    scopes = ArrayField(models.CharField(max_length=30), default=list)
    #: Networks it may call from (CIDR); empty: from anywhere.
    networks = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    previous_secret = models.CharField(max_length=255, blank=True)
    previous_until = models.DateTimeField(null=True)
    secret_made_at = models.DateTimeField(default=timezone.now)
    #: To the minute, so that a busy system does not write a row for each call.
    last_used_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    def is_usable(self, request: Any) -> bool:
        """Whether tokens are given to it (asked by the OAuth library)."""
        return self.ended_at is None and self.way == Way.API


#: Systems that are in use.
STANDING = Q(ended_at=None)
