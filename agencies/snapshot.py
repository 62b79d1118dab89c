"""The registry's numbers, its calendars and what lies below what as values, kept in the process while
nothing changes.

`current` costs one query by primary key when nothing has changed since it was last asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from agencies.calendars import WorkCalendar
from agencies.models import Calendar, DeadlinePolicy, Holiday, Office, RegistryVersion
from agencies.policies import DEFAULTS, Policy, Unit


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One version of one number, with what it is narrowed to and when it begins (UTC)."""

    agency_id: int | None
    kind: str
    priority: str
    valid_from: datetime
    policy: Policy

    @property
    def narrowness(self) -> tuple[bool, bool, bool]:
        """Agency before kind before priority."""
        return (self.agency_id is not None, self.kind != "", self.priority != "")


@dataclass(frozen=True, slots=True)
class Registry:
    """What the clocks need to know of a country's registry, at one version of it.

    `stamp` names this state for good; `version` counts the changes, for people.
    """

    country: str
    version: int
    stamp: UUID | None
    policies: Mapping[str, tuple[PolicyRow, ...]]
    calendars: Mapping[int, WorkCalendar]
    default_calendar: WorkCalendar
    #: Ids of the offices below which one lies that is open.
    above_others: frozenset[int]

    def has_below(self, office_id: int | None) -> bool:
        """Whether an open office lies below this one, however deep; below none lies nothing."""
        return office_id in self.above_others

    def policy(
        self,
        name: str,
        at: datetime,
        *,
        agency_id: int | None = None,
        kind: str = "",
        priority: str = "",
    ) -> Policy:
        """The narrowest row in force at a moment, else the default. KeyError: no such name."""
        rows = [
            row
            for row in self.policies.get(name, ())
            if row.valid_from <= at
            and row.agency_id in (None, agency_id)
            and row.kind in ("", kind)
            and row.priority in ("", priority)
        ]
        if not rows:
            return DEFAULTS[name]
        best = max(rows, key=lambda row: (row.narrowness, row.policy.version))
        return best.policy

    def calendar(self, calendar_id: int | None = None) -> WorkCalendar:
        """A calendar by its id; the country's default one for None or an unknown id."""
        if calendar_id is None:
            return self.default_calendar
        return self.calendars.get(calendar_id, self.default_calendar)


_CURRENT: dict[str, Registry] = {}


def current(country: str) -> Registry:
    """The registry as it is now; read again only when its version row has changed."""
    row = RegistryVersion.objects.filter(pk=country).values_list("version", "stamp").first()
    return at_version(country, row)


def at_version(country: str, row: tuple[int, UUID] | None) -> Registry:
    """The registry at a version and stamp that the caller has just read (None: no row yet)."""
    known = _CURRENT.get(country)
    if row is not None and known is not None and known.stamp == row[1]:
        return known
    version, stamp = row or (0, None)
    # The version was read before the rest: if a change slips in between, the next call reads again.
    registry = _read(country, version, stamp)
    _CURRENT[country] = registry
    return registry


def _read(country: str, version: int, stamp: UUID | None) -> Registry:
    rows = DeadlinePolicy.objects.filter(country=country).order_by("version")
    policies: dict[str, list[PolicyRow]] = {}
    for row in rows:
        policies.setdefault(row.name, []).append(_policy_row(row))
    calendars, default = _read_calendars(country)
    return Registry(
        country=country,
        version=version,
        stamp=stamp,
        policies={name: tuple(found) for name, found in policies.items()},
        calendars=calendars,
        default_calendar=default,
        above_others=_read_tree(country),
    )


def _read_tree(country: str) -> frozenset[int]:
    """Ids of all offices above an open one; a closed one between them does not part the two."""
    rows = Office.objects.filter(country=country).values_list("pk", "parent_id", "closed_at")
    parents: dict[int, int | None] = {}
    open_ones = []
    for pk, parent, closed_at in rows:
        parents[pk] = parent
        if closed_at is None:
            open_ones.append(pk)
    above: set[int] = set()
    for pk in open_ones:
        up = parents[pk]
        while up is not None and up not in above:
            above.add(up)
            up = parents[up]
    return frozenset(above)


def _policy_row(row: DeadlinePolicy) -> PolicyRow:
    unit: Unit = row.unit  # type: ignore[assignment]  # a choice of the column
    return PolicyRow(
        agency_id=row.agency_id,
        kind=row.kind,
        priority=row.priority,
        valid_from=row.valid_from.astimezone(UTC),
        policy=Policy(row.name, row.amount, unit, row.version),
    )


def _read_calendars(country: str) -> tuple[dict[int, WorkCalendar], WorkCalendar]:
    """All calendars of the country, and its default (an empty one in UTC if there is none)."""
    days: dict[int, list[date]] = {}
    found = Holiday.objects.filter(calendar__country=country).values_list("calendar_id", "date")
    for calendar_id, day in found:
        days.setdefault(calendar_id, []).append(day)
    calendars = {}
    default = WorkCalendar(code="", zone=ZoneInfo("UTC"))
    for row in Calendar.objects.filter(country=country):
        calendars[row.pk] = _work_calendar(row, days.get(row.pk, ()))
        if row.is_default:
            default = calendars[row.pk]
    return calendars, default


def _work_calendar(row: Calendar, holidays: Iterable[date]) -> WorkCalendar:
    return WorkCalendar(
        code=row.code,
        zone=ZoneInfo(row.time_zone),
        weekend=frozenset(row.weekend),
        holidays=frozenset(holidays),
    )
