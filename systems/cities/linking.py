"""How a city is asked: set by a registrar, recorded, its key sealed and never shown again."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies.models import Category
from agencies.naming import normalise
from agencies.services.recording import record, require_registrar
from complaints.errors import Invalid
from complaints.services import sealing
from systems.cities.asking import Asking, CannotAsk
from systems.models import City, Forwarding, Reference, System
from systems.models.system import Way
from systems.out.endpoints import checked

LONGEST_JURISDICTION, LONGEST_KEY, LONGEST_CODE, LONGEST_SOURCE = 100, 500, 100, 80
#: Services that a city offers, as it last said: kept so long (seconds), and at most so many.
KEPT, MOST = 24 * 3600, 1000


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the city offers it."""

    code: str
    name: str
    group: str = ""


def city_of(system: System) -> City | None:
    """How the city of a system is asked; None before that is set."""
    return City.objects.filter(system=system).first()


def source_of(city: City) -> str:
    """Within what the city's ids are unique: where it is asked, and as which jurisdiction. Two cities may
    call theirs the same; two offices may be served by one city.
    """
    parts = urlsplit(city.url)
    name = f"open311:{parts.netloc.lower()}{parts.path}{city.jurisdiction}"
    if len(name) <= LONGEST_SOURCE:
        return name
    return f"open311:{hashlib.sha256(name.encode()).hexdigest()}"


def named_by(city: City) -> QuerySet[Reference]:
    """The cases that the city has, with its ids."""
    return Reference.objects.filter(system=city.system_id, source__startswith="open311:")


@transaction.atomic
def set_city(
    actor: Actor,
    system: System,
    *,
    url: str,
    jurisdiction: str = "",
    key: str | None = None,
    publishes: bool = True,
) -> City:
    """Say where the city's Open311 is and how it is asked. Without a key the one that is set stays; an
    empty one takes it away. The same again changes nothing.

    Raises PermissionDenied for whoever is no registrar; ValidationError by field.
    """
    require_registrar(actor)
    _lock(system)
    city = city_of(system)
    before = _values(city)
    url, jurisdiction = _address(url), normalise(jurisdiction)
    if len(jurisdiction) > LONGEST_JURISDICTION:
        sentence = _("At most %(most)s letters.") % {"most": LONGEST_JURISDICTION}
        raise ValidationError({"jurisdiction": sentence})
    city = city or City(system=system)
    if city.pk and (city.url, city.jurisdiction) != (url, jurisdiction) and _is_used(city):
        # Its ids are known under the old name: what waits there would be asked for elsewhere.
        sentence = _("Cases are with this city already. Let another system join for a new address.")
        raise ValidationError({"url": sentence})
    city.url, city.jurisdiction, city.publishes = url, jurisdiction, publishes
    has_new_key = key is not None
    if key is not None:
        city.sealed_key = _sealed(key)
    city.error, city.next_read_at = "", city.next_read_at or timezone.now()
    city.save()
    after = _values(city) or {}
    if has_new_key:
        after["key_set_at"] = timezone.now().isoformat()
    _record(actor, city, before, after)
    return city


@transaction.atomic
def set_services(actor: Actor, system: System, services: Mapping[str, str]) -> City:
    """Which of the city's services each of our subjects is; "" is for every other one. Subjects that are
    not named are not handed over.

    Raises PermissionDenied, ValidationError.
    """
    require_registrar(actor)
    _lock(system)
    city = city_of(system)
    if city is None:
        raise ValidationError(_("Say first where the city’s Open311 is."))
    wanted = {subject: normalise(code) for subject, code in services.items() if normalise(code)}
    _check_services(city, wanted)
    before = _values(city)
    city.services = wanted
    city.save(update_fields=["services"])
    _record(actor, city, before, _values(city) or {})
    return city


def ask_now(city: City) -> list[Service]:
    """Ask the city what it offers, and keep that for a day. Raises CannotAsk."""
    with Asking(city) as asking:
        rows = asking.services()
    found = [
        Service(row["service_code"], row.get("service_name", ""), row.get("group", ""))
        for row in rows
        if len(row["service_code"]) <= LONGEST_CODE
    ][:MOST]
    if not found:
        raise CannotAsk("no_services")
    cache.set(_kept(city), found, timeout=KEPT)
    return found


def offered(city: City) -> list[Service]:
    """What the city offered when it was last asked, within a day; else nothing."""
    found: list[Service] = cache.get(_kept(city)) or []
    return found


def _kept(city: City) -> str:
    return f"systems:city:{city.pk}:{city.url}:services"


def _address(url: str) -> str:
    """The address with a slash at its end, without the document that somebody may have copied with it."""
    url = url.strip()
    for document in ("services", "requests", "discovery"):
        for form in ("json", "xml"):
            url = url.removesuffix(f"/{document}.{form}")
    try:
        url = checked(url if url.endswith("/") else f"{url}/")
    except Invalid as wrong:
        raise ValidationError({"url": [str(one) for one in wrong.fields["url"]]}) from None
    if urlsplit(url).query:
        raise ValidationError({"url": _("Enter an address without a “?”.")})
    return url


def _sealed(key: str) -> bytes | None:
    key = key.strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        sentence = _("A key has at most %(most)s letters, on one line.") % {"most": LONGEST_KEY}
        raise ValidationError({"key": sentence})
    return sealing.seal({"key": key}) if key else None


def _is_used(city: City) -> bool:
    waiting = Forwarding.objects.filter(city=city).exclude(state=Forwarding.State.OVER)
    return named_by(city).exists() or waiting.exists()


def _check_services(city: City, wanted: Mapping[str, str]) -> None:
    country = city.system.office.country
    subjects = set(filter(None, wanted))
    known = Category.objects.filter(country=country, code__in=subjects)
    if len(subjects) != known.count():
        raise ValidationError(_("There is no such subject."))
    codes = {service.code for service in offered(city)}
    missing = _missing(wanted.values(), codes)
    if missing:
        sentence = _("The city has no service “%(code)s”. Ask it anew, or choose one that it has.")
        raise ValidationError(sentence % {"code": missing[:LONGEST_CODE]})


def _missing(wanted: Iterable[str], codes: set[str]) -> str:
    """A code that cannot be one of the city's, empty for none. What it offers may be unknown."""
    return next((c for c in wanted if len(c) > LONGEST_CODE or (codes and c not in codes)), "")


def _lock(system: System) -> None:
    found = System.objects.select_for_update(of=("self",)).get(pk=system.pk)
    if found.ended_at is not None or found.way != Way.OPEN311:
        raise ValidationError(_("This system is not called by Open311, or it has ended."))


def _values(city: City | None) -> dict[str, Any] | None:
    """What the registry's log keeps: never the key."""
    if city is None:
        return None
    return {
        "url": city.url,
        "jurisdiction": city.jurisdiction,
        "publishes": city.publishes,
        "has_key": city.sealed_key is not None,
        "services": dict(city.services),
    }


def _record(actor: Actor, city: City, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    if before == after:
        return
    office = city.system.office
    key = f"{office.code}/{city.system_id}"
    record(actor, city, country=office.country, key=key, before=before, after=after)
