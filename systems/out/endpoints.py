"""Where a system is called: set, changed and stopped by its office, or by the system itself.

The secret that signs is sealed with the contact keys (`complaints.services.rotation` renews it), and
shown once. A new one is used beside the one before it for a day, so that nothing is lost meanwhile.
"""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from agencies.selectors import holders
from agencies.services.recording import record
from channels import breaker
from channels.public_hosts import is_public
from complaints.errors import Invalid, Sentence
from complaints.services import sealing
from complaints.services.telling import tell_officers
from systems.models import Delivery, Endpoint, System
from systems.out import queue
from systems.out.refusals import NoEndpoint, NoSuchEndpoint

#: For so long the secret before a new one signs too.
OVERLAP = timedelta(hours=24)
LONGEST_URL = 500
SECRET_BYTES = 32
#: Why an address is called no more.
STOPPED, GONE, FAILING = "stopped", "gone", "failing"


@dataclass(frozen=True, slots=True)
class Set:
    """An address as it is now; `secret` where one was made, which is shown this once."""

    endpoint: Endpoint
    secret: str = field(default="", repr=False)
    #: There was none before.
    is_first: bool = False


def set_endpoint(actor: Actor, system: System, *, url: str | None, new_secret: bool = False) -> Set:
    """Call the system there from now on, also where it was called no more. Safe to repeat. Without an
    address the one that is set stays as it is, on or off, for a new secret.

    What waits goes to another address soon: how often it failed at the one before says nothing of this
    one. What is in the feed already is not sent. Raises Invalid (field `url`), NoSuchEndpoint without an
    address where none is set, NoEndpoint for a system that has ended.
    """
    url, now = checked(url) if url is not None else None, timezone.now()
    with transaction.atomic():
        _lock(system)
        endpoint = Endpoint.objects.filter(system=system).first()
        before = values_of(endpoint)
        if endpoint is None:
            if url is None:
                raise NoSuchEndpoint
            endpoint = Endpoint(system=system, set_at=now)
        made = _new_secret(endpoint, now) if new_secret or before is None else ""
        if url is not None:
            if endpoint.url != url or endpoint.off_at is not None:
                endpoint.set_at = now
                _begin_anew(system, now)
            endpoint.url, endpoint.off_at, endpoint.off_because = url, None, ""
        endpoint.save()
        _record(actor, system, before, endpoint, has_new_secret=bool(made))
    return Set(endpoint, made, is_first=before is None)


def endpoint_of(system: System) -> Endpoint:
    """The address of a system. Raises NoSuchEndpoint."""
    found = Endpoint.objects.filter(system=system).first()
    if found is None:
        raise NoSuchEndpoint
    return found


def stop(actor: Actor, system: System) -> Endpoint | None:
    """Call the system no more; what waits is given up, and stays in the feed. Safe to repeat."""
    with transaction.atomic():
        _lock(system, ended_too=True)
        endpoint = Endpoint.objects.filter(system=system).first()
        if endpoint is not None and endpoint.off_at is None:
            before = values_of(endpoint)
            turn_off(endpoint, STOPPED, timezone.now())
            _record(actor, system, before, endpoint)
    return endpoint


def turn_off(endpoint: Endpoint, because: str, now: datetime) -> bool:
    """Call an address no more, and give up what waits for it; False if it is off already, or another
    one was set meanwhile.
    """
    on = _as_read(endpoint)
    with transaction.atomic():
        if not on.update(off_at=now, off_because=because):
            return False
        waiting = Delivery.objects.filter(system=endpoint.system_id, state=Delivery.State.WAITING)
        waiting.update(state=Delivery.State.FAILED, next_at=None, error="off")
        endpoint.off_at, endpoint.off_because = now, because
        if because != STOPPED:
            _tell_office(endpoint.system, "webhook_off", f"{endpoint.pk}:{now.isoformat()}")
    return True


def is_called_still(endpoint: Endpoint) -> bool:
    """Whether the address that was read is the one that is set now."""
    return _as_read(endpoint).exists()


def breaker_of(system: System) -> str:
    """The name under which a system's failures in a row are counted."""
    return f"system:{system.pk}"


def tell_given_up(system: System, now: datetime) -> None:
    """Tell the office, once a day, that something could not be delivered."""
    _tell_office(system, "webhook_given_up", f"{system.pk}:{now.date().isoformat()}")


def secrets_of(endpoint: Endpoint, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first. Raises CannotUnseal."""
    found = [sealing.unseal(endpoint.sealed_secret)["secret"]]
    if endpoint.sealed_previous and endpoint.previous_until and endpoint.previous_until > now:
        found.append(sealing.unseal(endpoint.sealed_previous)["secret"])
    return found


def checked(url: str) -> str:
    """The address, if it may be called. Raises Invalid with a sentence for the field `url`.

    Where a name leads is looked at with each call (`channels.public_hosts`).
    """
    url = url.strip()
    if wrong := _what_is_wrong(url):
        raise Invalid(fields={"url": [wrong]})
    return url


def shown(url: str) -> str:
    """The address without what may be secret in it."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "…" if parts.query else "", ""))


def _what_is_wrong(url: str) -> Sentence:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return _("This is no address.")
    if len(url) > LONGEST_URL or not url.isascii() or any(char.isspace() for char in url):
        return _("Enter an address of at most 500 letters, digits and signs, without blanks.")
    schemes = ("https", "http") if settings.WEBHOOKS_TO_PRIVATE else ("https",)
    if parts.scheme not in schemes or not host:
        return _("Enter an address that begins with https://.")
    if "@" in parts.netloc or "\\" in url or parts.fragment:
        return _("Enter an address without a user, a password or a “#”.")
    if not settings.WEBHOOKS_TO_PRIVATE and not _may_be_public(host):
        return _("This address is not of the open internet.")
    return ""


def _may_be_public(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".localhost", ".local", ".internal"))


def _new_secret(endpoint: Endpoint, now: datetime) -> str:
    """A new secret, sealed into the row. The one until now signs for a day more; where one is in its day
    already, that one does: whoever asks for a new one again has not got the last one.
    """
    is_in_its_day = endpoint.previous_until is not None and endpoint.previous_until > now
    if endpoint.sealed_secret:
        if not is_in_its_day:
            endpoint.sealed_previous = endpoint.sealed_secret
        endpoint.previous_until = now + OVERLAP
    made = f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    endpoint.sealed_secret = sealing.seal({"secret": made})
    return made


def _as_read(endpoint: Endpoint) -> QuerySet[Endpoint]:
    read = {"url": endpoint.url, "set_at": endpoint.set_at}
    return Endpoint.objects.filter(pk=endpoint.pk, off_at=None, **read)


def _begin_anew(system: System, now: datetime) -> None:
    breaker.forget(breaker_of(system))
    queue.begin_anew(system, now)


def _lock(system: System, *, ended_too: bool = False) -> None:
    found = System.objects.select_for_update(of=("self",)).get(pk=system.pk)
    if found.ended_at is not None and not ended_too:
        raise NoEndpoint(_("This system has ended."))


def values_of(endpoint: Endpoint | None) -> dict[str, Any] | None:
    """What the registry's log keeps of an address: nothing that may be secret."""
    if endpoint is None:
        return None
    return {"url": shown(endpoint.url), "off": endpoint.off_because}


def _record(
    actor: Actor,
    system: System,
    before: dict[str, Any] | None,
    endpoint: Endpoint,
    *,
    has_new_secret: bool = False,
) -> None:
    after = values_of(endpoint) or {}
    if has_new_secret:
        after["secret_made_at"] = timezone.now().isoformat()
    if after == before:
        return
    key = f"{system.office.code}/{system.pk}"
    record(actor, endpoint, country=system.office.country, key=key, before=before, after=after)


def _tell_office(system: System, template: str, occasion: str) -> None:
    """Tell its head and whoever answers in the office."""
    tell_officers(
        template,
        key=f"{template}:{occasion}",
        values={"system": system.name, "path": f"office/systems/{system.pk}/deliveries/"},
        office=system.office,
        people=[post.user for post in holders(system.office_id, Role.HEAD)],
    )
