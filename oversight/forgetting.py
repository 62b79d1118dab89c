"""What a call-back found out is erased with the words of its case, and what an officer keeps for
themselves with their account; `complaints` calls this.
"""

from complaints.models import Case
from complaints.services.erasing import ROOMS
from oversight.models import Audit, SavedView


def register() -> None:
    """Take part in erasing, from start-up on; twice is once."""
    for steps in (ROOMS.person, ROOMS.all_words):
        if erase_note not in steps:
            steps.append(erase_note)
    if erase_views not in ROOMS.officer:
        ROOMS.officer.append(erase_views)


def erase_note(case: Case) -> None:
    """What the caller wrote down, which may name people. The result, a code, stays."""
    Audit.objects.filter(case=case).exclude(sealed_note=None).update(sealed_note=None)


def erase_views(user_id: int) -> None:
    """Views that somebody kept by name. Files made for them are erased in days anyway."""
    SavedView.objects.filter(user=user_id).delete()
