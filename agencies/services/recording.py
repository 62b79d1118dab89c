"""What each registry write does besides writing: it is allowed, raises the version, is recorded."""

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db.models import F, Model
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import RegistryChange, RegistryVersion

Values = dict[str, Any]


def require_registrar(actor: Actor) -> None:
    """Raise PermissionDenied unless the actor is a registrar, or the system (set-up, loader)."""
    if actor.kind != "system" and not actor.has(Role.REGISTRAR):
        raise PermissionDenied("Only a registrar changes the registry.")


def lock(country: str) -> RegistryVersion:
    """Lock the country's registry for writing, so that two registrars write one after the other.

    Reading goes on meanwhile. Call it within a transaction.
    """
    RegistryVersion.objects.get_or_create(country=country)
    return RegistryVersion.objects.select_for_update().get(country=country)


def bump(country: str) -> None:
    """Raise the version, so that every process reads the registry again (`agencies.snapshot`)."""
    RegistryVersion.objects.get_or_create(country=country)
    RegistryVersion.objects.filter(country=country).update(
        version=F("version") + 1, stamp=uuid4(), changed_at=timezone.now()
    )


def record(
    actor: Actor,
    row: Model,
    *,
    country: str,
    key: str,
    before: Values | None,
    after: Values | None,
) -> RegistryChange:
    """Keep who changed what. `before` is None for a new row, `after` for one that is gone."""
    return RegistryChange.objects.create(
        user_id=actor.user_id,
        country=country,
        table=row._meta.model_name or "",
        row_id=row.pk,
        key=key,
        before=before,
        after=after,
    )
