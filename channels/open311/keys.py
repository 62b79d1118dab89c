"""Keys with which programs file: made by a registrar, shown once, kept as a keyed hash.

A key is 160 random bits. It is found by the hash of what was sent, under a key that is not in the
database, so nothing about it can be learnt from how long that takes.
"""

import base64
import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from agencies.services.recording import lock, record, require_registrar
from channels.models import ApiKey
from channels.open311.problems import Problem
from complaints import limits
from complaints.services import sealing

BYTES = 20
#: What wrong keys are counted as, beside the address that they come from.
GUESSED = "open311"


def hash_of(key: str) -> str:
    """What is kept of a key."""
    return sealing.blind_index("api_key", key)


def opened(typed: str, address: str) -> ApiKey:
    """The key that was sent. Raises Problem: 403 without one that is in force, 429 after many wrong.

    A right key is never refused, whatever else comes from its address: filing goes on, and no number
    of guesses finds one of 160 bits. That many wrong ones get another answer stops broken programs.
    """
    if not typed:
        raise Problem(403, _("api_key is missing; it belongs in the body of the form."))
    key = ApiKey.objects.filter(key_hash=hash_of(typed), revoked_at=None).first()
    if key is None:
        if limits.guessed_too_often(address, GUESSED):
            raise Problem(429, _("Too many wrong keys. Wait an hour."), wait=limits.HOUR)
        limits.count_guess(address, GUESSED)
        raise Problem(403, _("api_key is unknown or no longer in force."))
    _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    """Keep the last day on which it was used, which costs one write a day."""
    today = timezone.localdate()
    if key.used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(used_on=today)


def all_keys() -> QuerySet[ApiKey]:
    """Those in force first, the newest first."""
    return ApiKey.objects.select_related("made_by").order_by("-revoked_at", "-made_at", "-id")


@transaction.atomic
def make(actor: Actor, name: str) -> tuple[ApiKey, str]:
    """A new key for a program of that name, and the key itself, which is kept nowhere.

    Raises PermissionDenied, and ValidationError where a key in force has the name: sending the form
    twice makes one key.
    """
    require_registrar(actor)
    if actor.user_id is None:
        raise PermissionDenied("A key is made by a person.")
    lock(settings.COUNTRY)
    name = " ".join(name.split())
    if ApiKey.objects.filter(name__iexact=name, revoked_at=None).exists():
        raise ValidationError({"name": _("Another key in force has this name.")})
    key = base64.b32encode(secrets.token_bytes(BYTES)).decode().lower()
    row = ApiKey.objects.create(
        name=name, key_hash=hash_of(key), made_by_id=actor.user_id, made_at=timezone.now()
    )
    _record(actor, row, before=None)
    return row, key


@transaction.atomic
def revoke(actor: Actor, pk: int) -> ApiKey | None:
    """Nobody files with it any more. A second time changes nothing; None if there is no such key."""
    require_registrar(actor)
    row = ApiKey.objects.select_for_update().filter(pk=pk).first()
    if row is not None and row.revoked_at is None:
        before = {"name": row.name, "revoked_at": None}
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        _record(actor, row, before=before)
    return row


def _record(actor: Actor, row: ApiKey, before: dict[str, str | None] | None) -> None:
    """Into the registry's log of changes: by whom and when, never the key."""
    revoked = row.revoked_at.isoformat() if row.revoked_at else None
    after = {"name": row.name, "revoked_at": revoked}
    record(actor, row, country=settings.COUNTRY, key=row.name, before=before, after=after)
