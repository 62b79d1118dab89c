"""Registry writes, one file a thought. Each asks who acts, locks, writes, records, raises the
version (`recording`); keyword arguments, the actor first. A `check_…` makes the checks of a write on
those of its values that are known, and tells all mistakes at once: for forms and the write itself.
"""

from agencies.services.calendars import (
    add_holiday,
    check_calendar,
    check_holiday,
    remove_holiday,
    save_calendar,
)
from agencies.services.catalogue import (
    check_category,
    check_service,
    remove_service,
    restore_category,
    retire_category,
    save_category,
    save_service,
)
from agencies.services.offices import check_office, close_office, reopen_office, save_office
from agencies.services.policies import check_policy, set_policy
from agencies.services.posts import check_hold, end_post, hand_over, hold_post
from agencies.services.recording import bump

__all__ = [
    "add_holiday",
    "bump",
    "check_calendar",
    "check_category",
    "check_hold",
    "check_holiday",
    "check_office",
    "check_policy",
    "check_service",
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
