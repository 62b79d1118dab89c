"""Reading cases: who may see which, lists, one case as a whole, signs of life."""

from complaints.selectors.access import at_hand, offices_led, visible_to
from complaints.selectors.casefile import CaseFile, moves_open_to
from complaints.selectors.health import heartbeat_age, outbox_age
from complaints.selectors.lists import (
    InboxFilter,
    desk_counts,
    desk_tray,
    inbox,
    inbox_counts,
    inbox_rows,
    public_cases,
    similar_cases,
)
from complaints.selectors.rows import Suggestion, offices_named, row_clocks, suggestions
from complaints.selectors.whole import find_case, find_own_case

__all__ = [
    "CaseFile",
    "InboxFilter",
    "Suggestion",
    "at_hand",
    "desk_counts",
    "desk_tray",
    "find_case",
    "find_own_case",
    "heartbeat_age",
    "inbox",
    "inbox_counts",
    "inbox_rows",
    "moves_open_to",
    "offices_led",
    "offices_named",
    "outbox_age",
    "public_cases",
    "row_clocks",
    "similar_cases",
    "suggestions",
    "visible_to",
]
