"""What an agency's own system may know of the data of a step: codes and dates, never people.

Pure. The timeline of the API, the feed and the webhooks keep to this one table; officers read all. What is
not named here is not told; a new move has to be decided (a test compares this with the table of moves and
with the steps that officers read).
"""

from collections.abc import Mapping
from typing import Any

from complaints.workflow_terms import HISTORY, IMPORT

NOTHING: frozenset[str] = frozenset()
OFFICE = frozenset({"office"})
HEARING = frozenset({"at", "invited"})

#: The moves that are told, and what of their data leaves. Of what is kept back until an appeal is
#: decided (statements, minutes, orders, reports) only that it happened; of whom a case is about nothing.
TOLD: dict[str, frozenset[str]] = {
    "submit": frozenset({"kind"}),
    "ask": NOTHING,
    "reply": NOTHING,
    "time_out": NOTHING,
    "forward": frozenset({"office", "ruleset", "version", "confidence"}),
    "decline": NOTHING,
    "merge": frozenset({"lead"}),
    "separate": NOTHING,
    "accept": NOTHING,
    "return": frozenset({"from_office", "whose"}),
    "rule": OFFICE,
    "pass_down": frozenset({"office", "from_office"}),
    "assign": NOTHING,
    "answer": frozenset({"outcome", "cause"}),
    "confirm": frozenset({"rating"}),
    "rate": frozenset({"rating"}),
    "dispute": NOTHING,
    "lapse": NOTHING,
    "appeal": NOTHING,
    "uphold": NOTHING,
    "dismiss": NOTHING,
    "set_hearing": HEARING,
    "move_hearing": HEARING,
    "call_off_hearing": NOTHING,
    "hold_hearing": NOTHING,
    "testify": NOTHING,
    "investigate": NOTHING,
    "report": NOTHING,
    "end_investigation": NOTHING,
    "guide": NOTHING,
    "recommend": OFFICE,
    "follow": frozenset({"office", "followed"}),
    "withdrawn": NOTHING,
    "reopen": NOTHING,
    "message": NOTHING,
    "note": NOTHING,
    "publish": NOTHING,
    "unpublish": NOTHING,
    "mark_sensitive": NOTHING,
    "clear_sensitive": NOTHING,
    "link_respondent": NOTHING,
    "unlink_respondent": NOTHING,
    "serve": NOTHING,
    "taken_off": NOTHING,
    "moved_up": OFFICE,
    "break_seal": frozenset({"ground"}),
    "escalate": frozenset({"clock", "level", "office", "due"}),
    "lengthen": frozenset({"clock", "due", "reason"}),
    "told": frozenset({"clock"}),
    "erase": frozenset({"what"}),
}
#: Steps that nobody is told of, but that stand in the timeline of a case that was brought from the past.
PAST = {IMPORT: frozenset({"kind", "source"}), HISTORY: frozenset({"as"})}


def data_for_systems(move: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What of a step's data an agency's system may know; of an old step as of the move that it was like."""
    names = TOLD.get(move, NOTHING) | PAST.get(move, NOTHING)
    if move == HISTORY:
        names |= TOLD.get(str(data.get("as", "")), NOTHING)
    return {name: value for name, value in data.items() if name in names}
