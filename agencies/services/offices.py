"""Offices are made, changed, moved, closed and opened again."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies.models import Calendar, Office, OfficeArea, OfficeType, Place
from agencies.models.offices import Body
from agencies.naming import normalise, search_text
from agencies.services.cleaning import (
    Mistakes,
    check_names,
    clean_aliases,
    clean_code,
    clean_names,
)
from agencies.services.posts import end_post
from agencies.services.recording import bump, lock, record, require_registrar

#: What `Office.path` holds.
LONGEST_PATH = 400


@transaction.atomic
def save_office(
    actor: Actor,
    *,
    type: OfficeType,
    names: Mapping[str, str],
    office: Office | None = None,
    country: str = "",
    code: str = "",
    parent: Office | None = None,
    short_name: str = "",
    aliases: Iterable[str] = (),
    email: str = "",
    phone: str = "",
    website: str = "",
    calendar: Calendar | None = None,
    places: Collection[Place] = (),
) -> Office:
    """Make an office (country and code given), or change one; offices below move with it.

    A code is for life. Raises PermissionDenied, and ValidationError by field.
    """
    require_registrar(actor)
    lock(office.country if office else country)
    if office is None:
        office, before = Office(country=country), None
    else:
        office = Office.objects.select_for_update().get(pk=office.pk)
        before = office_values(office)
    given = {"code": code, "parent": parent, "names": names, "aliases": (aliases := list(aliases))}
    check_office(given, office)
    office.code = office.code or clean_code(code)
    office.type, office.parent, office.calendar = type, parent, calendar
    office.names = clean_names(names)
    office.short_name = normalise(short_name)
    office.aliases = clean_aliases(aliases)
    office.email, office.phone, office.website = email.strip(), phone.strip(), website.strip()
    office.search_text = search_text(
        office.code, *office.names.values(), office.short_name, *office.aliases
    )
    _save_in_tree(office)
    _save_areas(office, places)
    _record(actor, office, before)
    return office


def check_office(given: Mapping[str, Any], office: Office) -> None:
    """Raise ValidationError for all that is wrong with those values of `save_office` that are given.

    `office` is as it was before; a new one has a country alone.
    """
    mistakes, code = Mistakes(), office.code
    if not office.pk and "code" in given:
        with mistakes.noted():
            code = _new_code(office.country, given["code"])
    if "parent" in given:
        with mistakes.noted():
            _check_parent(office, given["parent"])
            _check_depth(code, given["parent"])
    check_names(mistakes, given)
    if "aliases" in given:
        with mistakes.noted():
            clean_aliases(given["aliases"])
    mistakes.tell()


def _new_code(country: str, code: str) -> str:
    code = clean_code(code)
    if Office.objects.filter(country=country, code=code).exists():
        raise ValidationError({"code": _("Another office has this code.")})
    return code


def _check_parent(office: Office, parent: Office | None) -> None:
    if parent is None:
        return
    if parent.country != office.country:
        raise ValidationError({"parent": _("This office belongs to another country.")})
    if parent.closed_at is not None and parent.pk != office.parent_id:
        raise ValidationError({"parent": _("This office is closed.")})
    if office.pk and (parent.pk == office.pk or office.is_above(parent)):
        raise ValidationError({"parent": _("An office can’t lie below itself.")})


def _check_depth(code: str, parent: Office | None) -> None:
    if len(_path(code, parent)) > LONGEST_PATH:
        raise ValidationError({"parent": _("This office would lie too deep in the tree.")})


def _path(code: str, parent: Office | None) -> str:
    return f"{parent.path if parent else ''}{code}/"


def _save_in_tree(office: Office) -> None:
    """Save the office, and bring paths and agencies of all below it in line."""
    old_path = office.path
    # Read anew: another registrar may have moved the parent since the form was opened.
    parent = Office.objects.get(pk=office.parent_id) if office.parent_id else None
    _check_depth(office.code, parent)
    office.path = _path(office.code, parent)
    own_agency = Body(office.type.body).is_agency
    office.agency_id = parent.agency_id if parent else None
    office.save()
    if own_agency:
        office.agency = office
        office.save(update_fields=["agency"])
    if old_path:
        _bring_in_line(office, old_path)


def _bring_in_line(office: Office, old_path: str) -> None:
    below = (
        Office.objects.filter(country=office.country, path__startswith=old_path)
        .exclude(pk=office.pk)
        .select_related("type")
        .order_by(Length("path"))
    )
    agencies: dict[int | None, int | None] = {office.pk: office.agency_id}
    changed = []
    for row in below:
        was = (row.path, row.agency_id)
        row.path = office.path + row.path.removeprefix(old_path)
        own = Body(row.type.body).is_agency
        row.agency_id = row.pk if own else agencies[row.parent_id]
        agencies[row.pk] = row.agency_id
        if was != (row.path, row.agency_id):
            changed.append(row)
    Office.objects.bulk_update(changed, ["path", "agency"], batch_size=500)


def _save_areas(office: Office, places: Collection[Place]) -> None:
    wanted = {place.pk for place in places}
    present = set(office.areas.values_list("place_id", flat=True))
    office.areas.filter(place_id__in=present - wanted).delete()
    OfficeArea.objects.bulk_create(
        OfficeArea(office=office, place_id=pk) for pk in sorted(wanted - present)
    )


@transaction.atomic
def close_office(actor: Actor, office: Office) -> Office:
    """The office ends now, and every post held in it; what lies below it becomes an orphan.

    Its open cases fall to the next office above, whose posts then answer.
    """
    require_registrar(actor)
    lock(office.country)
    office = Office.objects.select_for_update().get(pk=office.pk)
    if office.closed_at is not None:
        raise ValidationError(_("This office is closed already."))
    before = office_values(office)
    office.closed_at = timezone.now()
    for post in office.posts.held_at(office.closed_at).select_related("office"):
        end_post(actor, post, at=office.closed_at)
    office.save(update_fields=["closed_at"])
    _record(actor, office, before)
    return office


@transaction.atomic
def reopen_office(actor: Actor, office: Office) -> Office:
    """A closed office exists again; its posts have to be filled anew."""
    require_registrar(actor)
    lock(office.country)
    office = Office.objects.select_for_update().get(pk=office.pk)
    if office.closed_at is None:
        raise ValidationError(_("This office is open."))
    before = office_values(office)
    office.closed_at = None
    office.save(update_fields=["closed_at"])
    _record(actor, office, before)
    return office


def office_values(office: Office) -> dict[str, Any]:
    """The office as it is recorded in the history of changes."""
    return {
        "type": office.type.code,
        "parent": office.parent.code if office.parent else None,
        "names": office.names,
        "short_name": office.short_name,
        "aliases": list(office.aliases),
        "email": office.email,
        "phone": office.phone,
        "website": office.website,
        "calendar": office.calendar.code if office.calendar else None,
        "places": sorted(office.areas.values_list("place__code", flat=True)),
        "closed_at": office.closed_at.isoformat() if office.closed_at else None,
    }


def _record(actor: Actor, office: Office, before: dict[str, Any] | None) -> None:
    after = office_values(office)
    if after == before:
        return
    record(actor, office, country=office.country, key=office.code, before=before, after=after)
    bump(office.country)
