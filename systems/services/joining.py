"""A system joins, is changed, gets a new secret, leaves: by a registrar alone.

With a system comes an account that nobody signs in with (`System.user`: no password, switched off, an
address that no letter reaches). It holds one post, `Role.SYSTEM` in the agency's office, from which
follows all that the system may see and do (`complaints.selectors.access`, `complaints.parties`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.naming import normalise
from agencies.services.recording import lock, record, require_registrar
from systems.client_secrets import hashed, new_secret
from systems.models import System
from systems.models.system import STANDING, Way
from systems.networks import MOST, BadNetwork, read_networks
from systems.scopes import Scope
from systems.services.tokens import end_tokens

LONGEST_NAME = 120
#: For how long the secret before a new one may still be used, in days.
OVERLAP_DAYS, MOST_OVERLAP_DAYS = 7, 30
#: No letter ever gets there (RFC 2606).
DOMAIN = "@systems.invalid"


@dataclass(frozen=True, slots=True)
class Joined:
    """A system with its secret, which is kept nowhere: whoever made it sees it once."""

    system: System
    secret: str = field(repr=False)


@transaction.atomic
def join(
    actor: Actor,
    *,
    name: str,
    office: Office,
    scopes: Iterable[str],
    networks: Iterable[str] = (),
    way: Way = Way.API,
) -> Joined:
    """An agency's system joins for an office and all below it.

    Raises PermissionDenied for whoever is no registrar (nor the set-up), ValidationError by field:
    a closed office, no scope, a broken network, a name that another system of the office has (so that
    a form sent twice makes one).
    """
    require_registrar(actor)
    lock(office.country)
    office = Office.objects.get(pk=office.pk)
    if office.closed_at is not None:
        raise ValidationError({"office": _("This office is closed.")})
    secret = new_secret()
    system = System(
        office=office,
        way=way,
        client_type=System.CLIENT_CONFIDENTIAL,
        authorization_grant_type=System.GRANT_CLIENT_CREDENTIALS,
        client_secret=hashed(secret),
        hash_client_secret=False,
        made_by_id=actor.user_id,
    )
    _set(system, name=name, scopes=scopes, networks=networks)
    system.save()
    system.user = _account(system)
    system.save(update_fields=["user"])
    Post.objects.create(user=system.user, role=Role.SYSTEM, office=office, held_from=timezone.now())
    _record(actor, system, before=None)
    return Joined(system, secret)


@transaction.atomic
def change(
    actor: Actor,
    system: System,
    *,
    name: str,
    scopes: Iterable[str],
    networks: Iterable[str] = (),
) -> System:
    """Give it another name, other scopes, other networks. They count at once, for tokens given before
    too. Raises PermissionDenied and ValidationError as `join` does, or where the system has ended.
    """
    require_registrar(actor)
    system = _locked(system)
    before = _values(system)
    _set(system, name=name, scopes=scopes, networks=networks)
    after = _values(system)
    if after != before:
        system.save(update_fields=["name", "scopes", "networks", "updated"])
        User.objects.filter(pk=system.user_id).update(name=system.name)
        _record(actor, system, before=before)
    return system


@transaction.atomic
def rotate_secret(actor: Actor, system: System, *, days: int = OVERLAP_DAYS) -> Joined:
    """A new secret; the one until now stays good for so many days (0: it ends at once, with every
    token). One that was still good from before ends.

    Raises PermissionDenied; ValidationError for more than MOST_OVERLAP_DAYS, or where it has ended.
    """
    require_registrar(actor)
    if not 0 <= days <= MOST_OVERLAP_DAYS:
        sentence = _("Enter a number of days from 0 to %(most)s.") % {"most": MOST_OVERLAP_DAYS}
        raise ValidationError({"days": sentence})
    system = _locked(system)
    before, secret, now = _values(system), new_secret(), timezone.now()
    system.previous_secret = system.client_secret if days else ""
    system.previous_until = now + timedelta(days=days) if days else None
    system.client_secret, system.secret_made_at = hashed(secret), now
    system.save(update_fields=[*_OF_SECRETS, "updated"])
    if not days:
        end_tokens(system)
    _record(actor, system, before=before)
    return Joined(system, secret)


@transaction.atomic
def end_old_secret(actor: Actor, system: System) -> System:
    """The secret before the present one is good no more, nor is any token, whichever it came by.

    A second time changes nothing. Raises PermissionDenied, ValidationError where it has ended.
    """
    require_registrar(actor)
    system = _locked(system)
    if system.previous_secret:
        before = _values(system)
        system.previous_secret, system.previous_until = "", None
        system.save(update_fields=["previous_secret", "previous_until", "updated"])
        end_tokens(system)
        _record(actor, system, before=before)
    return system


@transaction.atomic
def end(actor: Actor, system: System) -> System:
    """The system leaves: secrets and tokens open nothing from now on, and its post ends. What it did
    stays in the record, under its name. A second time changes nothing. Raises PermissionDenied.
    """
    require_registrar(actor)
    system = _locked(system, ended_too=True)
    if system.ended_at is None:
        before, now = _values(system), timezone.now()
        system.ended_at = now
        system.previous_secret, system.previous_until = "", None
        system.save(update_fields=["ended_at", "previous_secret", "previous_until", "updated"])
        # A post ends after it began, also where both happen at one moment.
        later = Greatest(now, F("held_from") + timedelta(microseconds=1))
        Post.objects.held_at(now).filter(user_id=system.user_id).update(held_to=later)
        end_tokens(system)
        _record(actor, system, before=before)
    return system


_OF_SECRETS = ("client_secret", "secret_made_at", "previous_secret", "previous_until")


def _locked(system: System, *, ended_too: bool = False) -> System:
    """The system as it is now, locked, the registry first: in the order in which one joins."""
    lock(system.office.country)
    rows = System.objects.select_for_update(of=["self"]).select_related("office")
    found = rows.get(pk=system.pk)
    if found.ended_at is not None and not ended_too:
        raise ValidationError(_("This system has ended. Let it join anew."))
    return found


def _set(system: System, *, name: str, scopes: Iterable[str], networks: Iterable[str]) -> None:
    """Put what was typed into the row as it is kept. Raises ValidationError with every mistake."""
    system.name = normalise(name)
    if system.way != Way.API:
        # We call it, and it never calls us.
        scopes, networks = (), ()
    wanted = set(scopes)
    system.scopes = [scope.value for scope in Scope if scope.value in wanted]
    mistakes: dict[str, Any] = {}
    if not system.name or len(system.name) > LONGEST_NAME:
        sentence = _("Enter a name of no more than %(count)s letters.") % {"count": LONGEST_NAME}
        mistakes["name"] = sentence
    elif _is_taken(system):
        mistakes["name"] = _("Another system of this office has this name.")
    if wanted - set(Scope.values) or (system.way == Way.API and not wanted):
        mistakes["scopes"] = _("Choose what the system may do.")
    try:
        system.networks = read_networks(networks)
    except BadNetwork as error:
        sentence = _(
            "“%(line)s” is no network. Examples: 203.0.113.7, 203.0.113.0/24, 2001:db8::/48"
        )
        mistakes["networks"] = sentence % {"line": error.line[:50]}
    if len(system.networks) > MOST:
        mistakes["networks"] = _("Enter no more than %(count)s networks.") % {"count": MOST}
    if mistakes:
        raise ValidationError(mistakes)


def _is_taken(system: System) -> bool:
    others = System.objects.filter(STANDING, office=system.office, name__iexact=system.name)
    return others.exclude(pk=system.pk).exists()


def _account(system: System) -> User:
    """The account by which it acts. Whoever took its address first gains nothing and stops nothing."""
    email = f"system-{system.pk}{DOMAIN}"
    if User.objects.filter(email__iexact=email).exists():
        email = f"system-{system.pk}-{token_hex(4)}{DOMAIN}"
    return User.objects.create_user(email, None, name=system.name, is_active=False)


def _values(system: System) -> dict[str, Any]:
    """What the registry's log keeps of it: never a secret, nor its hash."""
    moments = {
        name: value.isoformat() if (value := getattr(system, name)) else None
        for name in ("secret_made_at", "previous_until", "ended_at")
    }
    return {
        "name": system.name,
        "office": system.office.code,
        "way": str(system.way),
        "scopes": list(system.scopes),
        "networks": list(system.networks),
        **moments,
    }


def _record(actor: Actor, system: System, *, before: dict[str, Any] | None) -> None:
    record(
        actor,
        system,
        country=system.office.country,
        key=f"{system.office.code}/{system.pk}",
        before=before,
        after=_values(system),
    )
