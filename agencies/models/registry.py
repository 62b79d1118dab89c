"""The registry as a whole: its version, and who changed what."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

#: What a change is about, in the reader's words.
TABLE_NAMES = {
    "apikey": _("Key of a program"),
    "calendar": _("Calendar"),
    "category": _("Category"),
    "deadlinepolicy": _("Deadline"),
    "holiday": _("Day off"),
    "office": _("Office"),
    "post": _("Post"),
    "registryversion": _("Country pack"),
    "service": _("Service"),
    "system": _("System of an agency"),
}


class RegistryVersion(models.Model):
    """One row a country, raised by each change, so that processes know when to read again."""

    country = models.CharField(max_length=2, primary_key=True)
    version = models.PositiveBigIntegerField(default=1)
    #: New with each change: unlike the number, it is never met again after a rollback.
    stamp = models.UUIDField(default=uuid4)
    #: SHA-256 of the pack that was loaded last (`agencies.loading`), empty if none was.
    pack_hash = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.country} {self.version}"


class RegistryChange(models.Model):
    """What a registrar changed: kept for ever, shown on the row's page.

    `key` is the row's code (for a holiday, calendar and date), which outlives a deleted row: the
    loader of country packs leaves alone whatever is named here.
    """

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    country = models.CharField(max_length=2)
    table = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["table", "row_id", "-at"], name="registry_change_row_idx"),
            models.Index(fields=["country", "table", "key"], name="registry_change_key_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.key}"

    @property
    def what(self) -> str:
        """The changed table in the reader's words."""
        return str(TABLE_NAMES.get(self.table, self.table))
