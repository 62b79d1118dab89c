"""Registry writes, one file a thought. Each asks who acts, locks, writes, records, raises the
version (`recording`); keyword arguments, the actor first.
"""

from agencies.services.calendars import add_holiday, remove_holiday, save_calendar
from agencies.services.catalogue import (
    remove_service,
    restore_category,
    retire_category,
    save_category,
    save_service,
)
from agencies.services.offices import close_office, reopen_office, save_office
from agencies.services.policies import set_policy
from agencies.services.posts import end_post, hand_over, hold_post
from agencies.services.recording import bump

__all__ = [
    "add_holiday",
    "bump",
    "close_office",
    "end_post",
    "hand_over",
    "hold_post",
    "remove_holiday",
    "remove_service",
    "reopen_office",
    "restore_category",
    "retire_category",
    "save_calendar",
    "save_category",
    "save_office",
    "save_service",
    "set_policy",
]
