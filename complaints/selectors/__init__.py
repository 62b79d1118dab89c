"""Reading cases: who may see which, lists, one case as a whole, signs of life."""

from complaints.selectors.access import offices_led, visible_to
from complaints.selectors.casefile import CaseFile, find_case, moves_open_to
from complaints.selectors.health import heartbeat_age, outbox_age
from complaints.selectors.lists import (
    InboxFilter,
    desk_tray,
    inbox,
    inbox_counts,
    public_cases,
    similar_cases,
)

__all__ = [
    "CaseFile",
    "InboxFilter",
    "desk_tray",
    "find_case",
    "heartbeat_age",
    "inbox",
    "inbox_counts",
    "moves_open_to",
    "offices_led",
    "outbox_age",
    "public_cases",
    "similar_cases",
    "visible_to",
]
