"""Who may look at which dashboard: overseers, auditors and the desk at all; heads and focal officers at
their own office and whatever lies below it.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from agencies.selectors import office_by_code
from complaints.bars import barred_from
from oversight.figures.asking import AGENCYS, COUNTRYS

#: Those who see the whole country, and those who see what they lead.
LOOK_ON = (Role.OVERSEER, Role.AUDITOR, Role.DESK)
LEAD = (Role.FOCAL, Role.HEAD)
#: Who may know which cases are left out of rankings while they are examined (`workflow.OF_RANKINGS`).
KNOW_EXAMINED = (Role.OVERSEER, Role.AUDITOR)


def sees_country(actor: Actor) -> bool:
    """Whether all of the country is for them to see."""
    return actor.has(*LOOK_ON)


def paths_led(actor: Actor) -> list[str]:
    """The paths of the offices that somebody leads, the highest first."""
    paths = {post.office_path for post in actor.posts if post.role in LEAD}
    return sorted(paths, key=lambda path: (path.count("/"), path))


def may_look_at(actor: Actor, office: Office | None) -> bool:
    """Whether an office (None: the country) is for them to see."""
    if sees_country(actor):
        return True
    return office is not None and office.path.startswith(tuple(paths_led(actor)))


def office_asked(actor: Actor, code: str) -> Office:
    """The office of that code. Http404 if there is none; PermissionDenied if it is not theirs to see."""
    office = office_by_code(settings.COUNTRY, code.replace("\0", "")[:60])
    if office is None:
        raise Http404
    if not may_look_at(actor, office):
        raise PermissionDenied
    return office


def own_offices(actor: Actor) -> list[Office]:
    """The offices that somebody leads and none of which lies below another, the highest first."""
    highest: list[str] = []
    for path in paths_led(actor):
        if not path.startswith(tuple(highest)):
            highest.append(path)
    found = Office.objects.filter(country=settings.COUNTRY, path__in=highest)
    return sorted(found, key=lambda office: (office.path.count("/"), office.path))


def sides_for(actor: Actor, office: Office | None) -> tuple[int, ...]:
    """Whose figures somebody reads: of an office those under examination are left out, as they are in
    public. Not for who leads it, nor for the desk: they may not know which cases are examined.
    """
    return AGENCYS if office is not None and actor.has(*KNOW_EXAMINED) else COUNTRYS


def sides_below(actor: Actor, office: Office | None) -> tuple[int, ...]:
    """The same of the offices right below one, or below the country: as each one's own screen has it."""
    return AGENCYS if actor.has(*KNOW_EXAMINED) else sides_for(actor, office)


def hidden_from(actor: Actor) -> list[int]:
    """Ids of the cases that somebody must know nothing of; no figure of theirs holds them."""
    return list(barred_from(actor).values_list("pk", flat=True))
