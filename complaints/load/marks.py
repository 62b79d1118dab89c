"""Marks: values that stand in a story told once for what each case has of its own. Pure.

A mark is a number of a slot in the list of a case's values. As an id it is an integer, as text a short
word, as a moment the minutes and microseconds of a time; in a row or an event written out each is found
again by its look, and a `weaving.Yarn` puts the values there.
"""

import re
from datetime import date, datetime, time
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
OF_SEAT = DECIDING_TOLD_CODE + 1
CODES_OF_SEAT = (CODE, TOLD_CODE, DECIDING_CODE, DECIDING_TOLD_CODE)
#: Moments of people and of the sweep; then ids of events and clocks, and the hashes of events.
MOMENTS, SWEPT, EVENTS, CLOCKS, HASHES = 100, 200, 300, 400, 500
MOST_EVENTS, MOST_MOMENTS = 99, 100
#: Texts that a story puts together from a case's values, such as the JSON of an event.
FRAGMENTS, ALL = 600, 1000
#: Texts of these slots are so long, in bytes, whatever the case.
WIDTHS = {
    NUMBER: 16,
    LEAD_NUMBER: 16,
    SALT: 32,
    **dict.fromkeys((COMMITMENT, SECRET, OTHER_SECRET), 64),
    **dict.fromkeys(range(HASHES, HASHES + MOST_EVENTS + 1), 64),
}

#: And of these the length is known with the text.
MEASURED = frozenset(
    {TEXT, PLACE_CODE, CATEGORY_CODE}
    | {first + code for first in SEATS.values() for code in CODES_OF_SEAT}
)

#: What is the same for all cases of a story, or the slot of what is not.
Piece = bytes | int

_ID = 910_000_000_000_000
#: Second 7 and a microsecond that tells the slot: no other moment looks so.
_MINUTE, _SECOND, _MICRO = 30, 7, 970_000
_OF_ID, _OF_TEXT, _OF_MOMENT = str(_ID)[:12], "@@", f":{_SECOND:02d}.970"
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


def slot_of(value: object) -> int | None:
    """The slot whose mark an id is, if it is one."""
    return value - _ID if isinstance(value, int) and 0 <= value - _ID < ALL else None


def slot_at(value: datetime) -> int | None:
    """The slot whose mark a moment is, if it is one."""
    is_mark = value.second == _SECOND and _MICRO <= value.microsecond < _MICRO + ALL
    return value.microsecond - _MICRO if is_mark else None


def pieces(text: str) -> list[Piece]:
    """A text in UTF-8, cut where marks stand: what is the same for all cases, and slots."""
    found, end = list[Piece](), 0
    if _OF_ID not in text and _OF_TEXT not in text and _OF_MOMENT not in text:
        return [text.encode()] if text else found
    for mark in _LOOK.finditer(text):
        if mark.start() > end:
            found.append(text[end : mark.start()].encode())
        found.append(int(mark[1] or mark[2] or mark[3]))
        end = mark.end()
    if end < len(text):
        found.append(text[end:].encode())
    return found
