"""Files that people add: checked, cleaned, kept outside the web root, and erased if nobody used them.

A file is stored first, loose, and found by its key alone; a move then takes it into a case.
"""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from complaints import filetypes, limits
from complaints.errors import Invalid, Sentence, TooMany
from complaints.models import Attachment, Case, Event

log = structlog.get_logger(__name__)
#: How long a file that no move took is kept.
LOOSE_FOR = timedelta(hours=24)

WHY_NOT: dict[str, Sentence] = {
    "large": _("“%(name)s” is larger than %(most)s MB. Add a smaller file."),
    "empty": _("“%(name)s” is empty. Add photos (JPEG, PNG, WebP) or a PDF."),
    "type": _("“%(name)s” is not a photo (JPEG, PNG, WebP) or a PDF. Only these can be added."),
    "damaged": _("“%(name)s” cannot be read. Add it again, as a photo (JPEG, PNG, WebP) or a PDF."),
    "pixels": _("“%(name)s” has too many pixels. Add a smaller photo."),
    "active": _(
        "“%(name)s” has a password, or a script or another file inside. Add a plain PDF, or photos"
        " of its pages."
    ),
}


def store(*, actor: Actor, upload: UploadedFile, address: str = "") -> Attachment:
    """Check an upload and keep it, loose. Raises Invalid with a sentence that names the file.

    `address` is the network address of a visitor who has proved no case: counted, kept nowhere;
    TooMany is raised after a flood from it, which would fill the disk.
    """
    given = str(upload.name or "")
    if limits.files_from_address(address) > limits.FILES_AN_HOUR_FROM_ADDRESS:
        raise TooMany
    if (upload.size or 0) > settings.FILES_MAX_BYTES:
        raise _refused("large", given)
    try:
        kept = filetypes.kept(upload.read())
    except filetypes.NotKept as refusal:
        raise _refused(refusal.why, given) from refusal
    return keep(kept, given, user_id=actor.user_id)


def keep(kept: filetypes.Kept, name: str, *, user_id: int | None = None) -> Attachment:
    """Keep a file that was checked, loose.

    The row is written before the file, so that no file is ever there without a row to erase it by.
    """
    now = timezone.now()
    stored_as = f"attachments/{now:%Y/%m}/{uuid.uuid4().hex}{filetypes.ENDINGS[kept.content_type]}"
    attachment = Attachment.objects.create(
        file=stored_as,
        name=filetypes.clean_name(name, kept.content_type),
        content_type=kept.content_type,
        size=len(kept.content),
        sha256=hashlib.sha256(kept.content).hexdigest(),
        uploaded_by_id=user_id,
        uploaded_at=now,
    )
    default_storage.save(stored_as, ContentFile(kept.content))
    return attachment


def kept_again(content: bytes) -> filetypes.Kept:
    """What is kept of a file that a portal like this one had kept before. Raises filetypes.NotKept.

    A photo that is nothing but pixels may be larger than an upload: it was written anew before.
    """
    kept = filetypes.kept_again(content)
    is_as_before = kept.content == content and kept.content_type in filetypes.FORMATS
    if len(content) > settings.FILES_MAX_BYTES and not is_as_before:
        raise filetypes.NotKept("large")
    return kept


def _refused(why: str, name: str) -> Invalid:
    shown = filetypes.name_given(name)
    most = settings.FILES_MAX_BYTES // (1024 * 1024)
    return Invalid(fields={"files": [str(WHY_NOT[why]) % {"name": shown, "most": most}]})


def check_number(files: Iterable[Any]) -> None:
    """Refuse more files than one move may bring. Raises Invalid."""
    if len(list(files)) > settings.FILES_A_MOVE:
        sentence = str(_("At most %(most)s files can be added at once."))
        raise Invalid(fields={"files": [sentence % {"most": settings.FILES_A_MOVE}]})


def still_loose(keys: Iterable[str]) -> list[str]:
    """Those of these keys whose file still lies loose, in their order (no query for none)."""
    wanted = list(keys)
    rows = Attachment.objects.filter(key__in=wanted, case=None) if wanted else []
    there = {str(row.key) for row in rows}
    return [key for key in wanted if key in there]


def fingerprints(keys: Iterable[str]) -> list[str]:
    """SHA-256 of loose files as they are kept, sorted; those that are not there are missing."""
    try:
        ids = {uuid.UUID(str(key)) for key in keys}
    except ValueError:
        # `take` says so to whoever sent it.
        return []
    found = Attachment.objects.filter(key__in=ids, case=None)
    return sorted(found.values_list("sha256", flat=True))


def take(keys: Iterable[str], *, case: Case, event: Event, internal: bool) -> None:
    """Take loose files into a case with an event. Raises Invalid if one is not there (any more).

    Runs in the transaction of the move: either all of them go with it, or nothing happens.
    """
    wanted = list(dict.fromkeys(keys))
    check_number(wanted)
    try:
        ids = [uuid.UUID(str(key)) for key in wanted]
    except ValueError as error:
        raise _gone() from error
    taken = Attachment.objects.filter(key__in=ids, case=None).update(
        case=case, event=event, internal=internal
    )
    if taken != len(ids):
        raise _gone()


def _gone() -> Invalid:
    return Invalid(fields={"files": [_("A file is no longer there. Add it again.")]})


def cut_off(attachments: QuerySet[Attachment]) -> int:
    """Take files out of their case for good: they are loose, nameless and out of date at once."""
    return attachments.update(
        case=None, event=None, name="", uploaded_by=None, uploaded_at=timezone.now() - LOOSE_FOR
    )


def erase_loose(ids: Iterable[int] = ()) -> int:
    """Erase what was uploaded a day ago and never used; says how many. Safe to repeat.

    With `ids` those alone. One file a transaction, its row locked: a move that takes it meanwhile
    goes first, and the file is only ever gone together with its row.
    """
    before, erased, wanted = timezone.now() - LOOSE_FOR, 0, list(ids)
    old = Attachment.objects.filter(case=None, uploaded_at__lte=before)
    if wanted:
        old = old.filter(pk__in=wanted)
    for pk in list(old.values_list("pk", flat=True)[:1000]):
        with transaction.atomic():
            row = old.select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is None:
                continue
            default_storage.delete(str(row.file.name))
            row.delete()
            erased += 1
    if erased:
        log.info("loose files erased", count=erased)
    return erased
