"""Calendars and their days off. Each change is noted for the clocks that are running."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies.models import Calendar, CalendarChange, Holiday
from agencies.services.cleaning import Mistakes, check_names, clean_code, clean_names
from agencies.services.recording import bump, lock, record, require_registrar

LONGEST_CODE = 40


@transaction.atomic
def save_calendar(
    actor: Actor,
    *,
    names: Mapping[str, str],
    time_zone: str,
    weekend: Collection[int],
    calendar: Calendar | None = None,
    country: str = "",
    code: str = "",
) -> Calendar:
    """Make a calendar (country and code given), or change its names, zone (IANA) or weekend.

    A new weekend or zone counts for clocks started from now on: running ones keep what they were
    started under, only days off are applied to them. Raises ValidationError by field.
    """
    require_registrar(actor)
    lock(calendar.country if calendar else country)
    if calendar is None:
        calendar, before = Calendar(country=country), None
        calendar.is_default = not Calendar.objects.filter(country=country, is_default=True).exists()
    else:
        calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
        before = _calendar_values(calendar)
    given = {"code": code, "names": names, "time_zone": time_zone, "weekend": weekend}
    check_calendar(given, calendar)
    calendar.code = calendar.code or clean_code(code, LONGEST_CODE)
    calendar.names = clean_names(names)
    calendar.time_zone = _clean_zone(time_zone)
    calendar.weekend = _clean_weekend(weekend)
    calendar.save()
    after = _calendar_values(calendar)
    record(actor, calendar, country=calendar.country, key=calendar.code, before=before, after=after)
    bump(calendar.country)
    return calendar


def check_calendar(given: Mapping[str, Any], calendar: Calendar) -> None:
    """Raise ValidationError for all that is wrong with those values of `save_calendar` that are given.

    `calendar` is as it was before; a new one has a country alone.
    """
    mistakes = Mistakes()
    if not calendar.pk and "code" in given:
        with mistakes.noted():
            _new_code(given["code"])
    check_names(mistakes, given)
    if "time_zone" in given:
        with mistakes.noted():
            _clean_zone(given["time_zone"])
    if "weekend" in given:
        with mistakes.noted():
            _clean_weekend(given["weekend"])
    mistakes.tell()


def _new_code(code: str) -> str:
    code = clean_code(code, LONGEST_CODE)
    if Calendar.objects.filter(code=code).exists():
        raise ValidationError({"code": _("Another calendar has this code.")})
    return code


def _clean_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError({"time_zone": _("There is no such time zone.")}) from error


def _clean_weekend(days: Collection[int]) -> list[int]:
    weekend = sorted(set(days))
    if not set(weekend) <= set(range(1, 8)) or len(weekend) > 6:
        raise ValidationError({"weekend": _("Leave one working day a week at least.")})
    return weekend


@transaction.atomic
def add_holiday(
    actor: Actor, *, calendar: Calendar, day: date, names: Mapping[str, str]
) -> Holiday:
    """A day off, noted for the running clocks. Raises ValidationError if it is one already."""
    require_registrar(actor)
    lock(calendar.country)
    check_holiday({"day": day, "names": names}, calendar)
    holiday = Holiday.objects.create(calendar=calendar, date=day, names=clean_names(names))
    _record_day(actor, holiday, before=None, after=_holiday_values(holiday))
    _note(calendar, day, CalendarChange.Kind.ADDED)
    return holiday


def check_holiday(given: Mapping[str, Any], calendar: Calendar) -> None:
    """Raise ValidationError for all that is wrong with those values of `add_holiday` that are given."""
    mistakes, day = Mistakes(), given.get("day")
    with mistakes.noted():
        if day is not None and Holiday.objects.filter(calendar=calendar, date=day).exists():
            raise ValidationError({"day": _("This day is a holiday already.")})
    check_names(mistakes, given)
    mistakes.tell()


@transaction.atomic
def remove_holiday(actor: Actor, holiday: Holiday) -> None:
    """The day is a working day again, also after the next load of the country pack."""
    require_registrar(actor)
    calendar = holiday.calendar
    lock(calendar.country)
    if not Holiday.objects.select_for_update().filter(pk=holiday.pk).exists():
        raise ValidationError(_("This day is no holiday any more."))
    _record_day(actor, holiday, before=_holiday_values(holiday), after=None)
    _note(calendar, holiday.date, CalendarChange.Kind.REMOVED)
    holiday.delete()


def _note(calendar: Calendar, day: date, kind: CalendarChange.Kind) -> None:
    CalendarChange.objects.create(calendar=calendar, date=day, kind=kind)
    bump(calendar.country)


def _record_day(
    actor: Actor,
    holiday: Holiday,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    calendar = holiday.calendar
    key = f"{calendar.code}/{holiday.date.isoformat()}"
    record(actor, holiday, country=calendar.country, key=key, before=before, after=after)


def _calendar_values(calendar: Calendar) -> dict[str, Any]:
    return {
        "names": calendar.names,
        "time_zone": calendar.time_zone,
        "weekend": list(calendar.weekend),
    }


def _holiday_values(holiday: Holiday) -> dict[str, Any]:
    return {"names": holiday.names, "date": holiday.date.isoformat(), "source": holiday.source}
