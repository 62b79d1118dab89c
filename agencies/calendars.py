"""A working calendar as a value: which days count, in which zone. Pure."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off and the zone that days are counted in. Weekend days are ISO weekdays, Monday 1."""

    code: str
    zone: ZoneInfo
    weekend: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        return day.isoweekday() not in self.weekend and day not in self.holidays
