"""The numbers of the casework rules get new versions; no version is ever changed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies.models import DeadlinePolicy, Office
from agencies.models.policies import Unit
from agencies.policies import DEFAULTS
from agencies.services.cleaning import Mistakes
from agencies.services.recording import bump, lock, record, require_registrar

#: Longer than any government's patience; keeps a typing mistake from making a clock endless.
MOST = 3650
#: And of a thing that is counted.
MOST_COUNTED = 100_000_000
#: A form takes a while to fill in: "from now on" may be so much in the past.
TOLERANCE = timedelta(minutes=10)
MAY_BE_NOUGHT = {"ladder_reminder", "ladder_1", "ladder_2", "ladder_3", "max_asks", "max_paused"}


@transaction.atomic
def set_policy(
    actor: Actor,
    *,
    country: str,
    name: str,
    amount: int,
    unit: str,
    agency: Office | None = None,
    kind: str = "",
    priority: str = "",
    valid_from: datetime | None = None,
) -> DeadlinePolicy:
    """Add the next version of a number, in force from now or a later moment (UTC).

    Clocks that run keep the version that they were started under. Raises ValidationError by field:
    an unknown name, a unit that doesn't fit, an amount out of bounds, a beginning in the past.
    """
    require_registrar(actor)
    lock(country)
    valid_from = valid_from or timezone.now()
    given = {"amount": amount, "unit": unit, "agency": agency, "valid_from": valid_from}
    check_policy(name, given, country=country)
    earlier = DeadlinePolicy.objects.filter(
        country=country, name=name, agency=agency, kind=kind, priority=priority
    ).order_by("-version")
    latest = earlier.first()
    row = DeadlinePolicy.objects.create(
        country=country,
        name=name,
        amount=amount,
        unit=unit,
        agency=agency,
        kind=kind,
        priority=priority,
        version=latest.version + 1 if latest else 1,
        valid_from=valid_from,
    )
    record(
        actor,
        row,
        country=country,
        key="/".join((name, agency.code if agency else "", kind, priority)),
        before={"amount": latest.amount, "unit": latest.unit} if latest else None,
        after={"amount": amount, "unit": unit, "valid_from": valid_from.isoformat()},
    )
    bump(country)
    return row


def check_policy(name: str, given: Mapping[str, Any], *, country: str) -> None:
    """Raise ValidationError for all that is wrong with those values of `set_policy` that are given."""
    if name not in DEFAULTS:
        raise ValidationError({"name": _("There is no such number.")})
    mistakes, agency, begins = Mistakes(), given.get("agency"), given.get("valid_from")
    with mistakes.noted():
        if "unit" in given and given["unit"] not in units_of(name):
            raise ValidationError({"unit": _("This number isn’t counted in this unit.")})
    with mistakes.noted():
        _check_amount(name, given.get("amount"))
    with mistakes.noted():
        if begins is not None and begins < timezone.now() - TOLERANCE:
            raise ValidationError({"valid_from": _("A new version can’t begin in the past.")})
    with mistakes.noted():
        if agency is not None and (agency.country != country or agency.agency_id != agency.pk):
            raise ValidationError({"agency": _("Choose an agency, not an office of one.")})
    mistakes.tell()


def _check_amount(name: str, amount: int | None) -> None:
    least = 0 if name in MAY_BE_NOUGHT else 1
    most = MOST_COUNTED if DEFAULTS[name].unit == Unit.COUNT else MOST
    if amount is not None and not least <= amount <= most:
        words = _("Enter a number from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise ValidationError({"amount": words})


def units_of(name: str) -> tuple[Unit, ...]:
    """The units that a number may have: days of either kind, or the one it has by default."""
    default = DEFAULTS[name].unit
    if default in (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS):
        return (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS)
    return (Unit(default),)
