"""Files that came with words. Stored outside the web root, served only through the read rule."""

import uuid

from django.conf import settings
from django.db import models


class Attachment(models.Model):
    """One file, checked by its content; images are stored re-encoded, without what the camera added.

    Uploaded first (no case yet, found by `key` alone), then taken into a case by a move.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    event = models.ForeignKey(
        "complaints.Event", on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    file = models.FileField(upload_to="attachments/%Y/%m/")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    internal = models.BooleanField(default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["uploaded_at"],
                condition=models.Q(case=None),
                name="attachment_loose_idx",
            ),
        ]
