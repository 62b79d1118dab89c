"""Writes a pack's calendar with its holidays, and the deadlines in which a country differs."""

from datetime import UTC, date, datetime

from django.utils import timezone

from agencies.loading.rows import CountryInfo, DeadlineRow, HolidayRow
from agencies.loading.tables import Outcome, Table
from agencies.models import Calendar, CalendarChange, DeadlinePolicy, Holiday

#: The first version of a pack's number has always been in force.
FROM_THE_START = datetime(2000, 1, 1, tzinfo=UTC)
CALENDAR_NAMES = {
    "en": "Government offices",
    "bn": "সরকারি দপ্তর",
    "id": "Kantor pemerintah",
}


def load_calendar(info: CountryInfo, left: set[str]) -> tuple[Calendar, bool]:
    """The country's default calendar, made or brought to the pack; and whether it is new."""
    given = {"time_zone": info.time_zone, "weekend": list(info.weekend)}
    calendar, made = Calendar.objects.get_or_create(
        code=info.code,
        defaults={"country": info.code, "names": CALENDAR_NAMES, "is_default": True, **given},
    )
    if not made and calendar.code not in left:
        Calendar.objects.filter(pk=calendar.pk).update(**given)
    return calendar, made


def load_holidays(
    calendar: Calendar, rows: list[HolidayRow], years: range, left: set[str], *, is_new: bool
) -> Outcome:
    """Bring the days off of some years to what the library and the pack say (the pack on top).

    Days that a registrar added, renamed or removed stay as they are. In a calendar in use each day
    that comes or goes is noted for the open clocks (`CalendarChange`).
    """
    wanted = {row.date: row for row in rows if row.date.year in years}
    mine = {day: row for day, row in wanted.items() if holiday_key(calendar, day) not in left}
    present = {row.date: row for row in calendar.holidays.filter(date__year__in=list(years))}
    new = [
        Holiday(calendar=calendar, date=day, names=row.names, source=row.source)
        for day, row in mine.items()
        if day not in present
    ]
    gone = [
        row
        for day, row in present.items()
        if day not in wanted
        and row.source != "registrar"
        and holiday_key(calendar, day) not in left
    ]
    renamed = [day for day in mine.keys() & present.keys() if _differs(present[day], mine[day])]
    for day in renamed:
        present[day].names, present[day].source = mine[day].names, mine[day].source
    Holiday.objects.bulk_create(new)
    Holiday.objects.bulk_update([present[day] for day in renamed], ["names", "source"])
    Holiday.objects.filter(pk__in=[row.pk for row in gone]).delete()
    if not is_new:
        _note_changes(calendar, [row.date for row in new], [row.date for row in gone])
    return Outcome(
        added=len(new),
        changed=len(renamed),
        same=len(mine) - len(new) - len(renamed),
        left=len(wanted) - len(mine),
        gone=len(gone),
    )


def holiday_key(calendar: Calendar, day: date) -> str:
    """How a change of a holiday is recorded: calendar and date."""
    return f"{calendar.code}/{day.isoformat()}"


def _differs(row: Holiday, given: HolidayRow) -> bool:
    return row.source != "registrar" and (row.names, row.source) != (given.names, given.source)


def _note_changes(calendar: Calendar, added: list[date], removed: list[date]) -> None:
    kinds = CalendarChange.Kind
    CalendarChange.objects.bulk_create(
        CalendarChange(calendar=calendar, date=day, kind=kind)
        for kind, days in ((kinds.ADDED, added), (kinds.REMOVED, removed))
        for day in days
    )


def load_policies(country: str, rows: list[DeadlineRow], offices: Table, left: set[str]) -> Outcome:
    """Bring the numbers to what the pack says: a number that differs becomes a new version."""
    latest: dict[tuple[str, int | None, str, str], DeadlinePolicy] = {
        (row.name, row.agency_id, row.kind, row.priority): row
        for row in DeadlinePolicy.objects.filter(country=country).order_by("version")
    }
    outcome = Outcome(left=sum(row.key in left for row in rows))
    new = []
    for row in rows:
        agency = offices.ids.get(row.agency)
        known = latest.get((row.name, agency, row.kind, row.priority))
        if row.key in left:
            continue
        if known and (known.amount, known.unit) == (row.amount, row.unit):
            outcome.same += 1
            continue
        new.append(
            DeadlinePolicy(
                country=country,
                name=row.name,
                amount=row.amount,
                unit=row.unit,
                agency_id=agency,
                kind=row.kind,
                priority=row.priority,
                version=known.version + 1 if known else 1,
                valid_from=timezone.now() if known else FROM_THE_START,
            )
        )
        if known:
            outcome.changed += 1
        else:
            outcome.added += 1
    DeadlinePolicy.objects.bulk_create(new)
    return outcome
