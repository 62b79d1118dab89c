"""Which offices have a system of their own, kept where every page can ask without a statement."""

from django.core.cache import cache

from accounts.actors import Actor
from accounts.roles import Role
from systems.models import System
from systems.models.system import STANDING

KEPT, KEPT_FOR = "systems:paths", 3600


def keep() -> None:
    """Look which offices have one: with each run of the task that follows the log."""
    rows = System.objects.filter(STANDING)
    cache.set(KEPT, list(rows.values_list("office__path", flat=True).distinct()), timeout=KEPT_FOR)


def leads_a_system(actor: Actor) -> bool:
    """Whether an office that the actor leads, or one below, has a system; of auditors whether any has.

    May be some seconds old; no where nothing is known.
    """
    led = tuple(p.office_path for p in actor.posts if p.role in (Role.FOCAL, Role.HEAD))
    sees_all = actor.has(Role.AUDITOR)
    if not led and not sees_all:
        return False
    paths = cache.get(KEPT) or []
    return any(sees_all or path.startswith(led) for path in paths)
