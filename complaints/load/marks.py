"""Marks: values that stand in a story told once for what each case has of its own. Pure.

A mark is a number of a slot in the list of a case's values. As an id it is an integer, as text a short
word, as a moment the minutes and microseconds of a time; in a row or an event written out each is found
again by its look, and a `Stamp` puts the values there.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from operator import itemgetter
from zoneinfo import ZoneInfo

#: Slots of a case's values. The first are of the case, then those of the offices it may be with.
CASE, NUMBER, TEXT, SALT, COMMITMENT, SECRET, OTHER_SECRET = range(7)
PLACE, PLACE_CODE, CATEGORY, CATEGORY_CODE, LEAD, LEAD_NUMBER = range(7, 13)
DESK, DESK_OFFICE, OVERSEER, OVERSEER_OFFICE, OPERATOR, OPERATOR_OFFICE = range(13, 19)
#: Each seat (an office with its people) has these, from its first slot on.
SEATS = {"holder": 20, "wrong": 40, "above": 60}
ID, CODE, FOCAL, FOCAL_OFFICE, OFFICER, TOLD, TOLD_CODE = range(7)
#: Who decides appeals from there: person, office, and the office whose heads hear when they are late.
DECIDER, DECIDING, DECIDING_CODE, DECIDING_TOLD, DECIDING_TOLD_CODE = range(7, 12)
LAST_OF_SEAT = DECIDING_TOLD_CODE
#: Moments of people and of the sweep; then ids of events and clocks, and the hashes of events.
MOMENTS, SWEPT, EVENTS, CLOCKS, HASHES, ALL = 100, 200, 300, 400, 500, 600
MOST_EVENTS, MOST_MOMENTS = 99, 100

_ID = 910_000_000_000_000
#: Second 7 and a microsecond that tells the slot: no other moment looks so.
_MINUTE, _SECOND, _MICRO = 30, 7, 970_000
_LOOK = re.compile(r"\b910000000000(\d{3})\b|@@(\d{3})@@|\b\d\d:07\.970(\d{3})(?=Z)")


def as_id(slot: int) -> int:
    """The mark of a slot where an id belongs."""
    return _ID + slot


def as_text(slot: int) -> str:
    """The mark of a slot within words, codes and hashes."""
    return f"@@{slot:03d}@@"


def as_moment(slot: int, day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The mark of a slot where a moment belongs: some time of that hour of that day (in the zone)."""
    at = time(hour, _MINUTE, _SECOND, _MICRO + slot, tzinfo=zone)
    return datetime.combine(day, at)


class Stamp:
    """A text with marks, made ready to be filled in again and again."""

    def __init__(self, text: str) -> None:
        slots: list[int] = []

        def hole(found: "re.Match[str]") -> str:
            slots.append(int(found[1] or found[2] or found[3]))
            return "%s"

        # As bytes: those are filled in twice as fast as text.
        self._text = _LOOK.sub(hole, text.replace("%", "%%")).encode()
        self.slots = tuple(slots)
        self._pick = _picker(slots)

    def has(self, first: int, last: int) -> bool:
        """Whether any slot from the first to the last is in it."""
        return any(first <= slot <= last for slot in self.slots)

    def filled(self, values: Sequence[bytes]) -> bytes:
        """The text with a case's values, in UTF-8."""
        return self._text % self._pick(values)


def _picker(slots: Iterable[int]) -> Callable[[Sequence[bytes]], tuple[bytes, ...]]:
    """What reads the values of slots as a tuple: `itemgetter` gives one for two and more."""
    wanted = list(slots)
    if len(wanted) > 1:
        return itemgetter(*wanted)
    if wanted:
        only = wanted[0]
        return lambda values: (values[only],)
    return lambda _values: ()
