"""What a call-back found out is erased with the words of its case; `complaints` calls this."""

from complaints.models import Case
from complaints.services.erasing import ROOMS
from oversight.models import Audit


def register() -> None:
    """Take part in erasing, from start-up on; twice is once."""
    for steps in (ROOMS.person, ROOMS.all_words):
        if erase_note not in steps:
            steps.append(erase_note)


def erase_note(case: Case) -> None:
    """What the caller wrote down, which may name people. The result, a code, stays."""
    Audit.objects.filter(case=case).exclude(sealed_note=None).update(sealed_note=None)
