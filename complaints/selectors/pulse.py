"""Whether a case has changed since somebody's page showed it: asked often, so for one statement."""

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from accounts.actors import Actor
from accounts.prepared import prepared
from accounts.roles import Role
from complaints import moment
from complaints.models import Case
from complaints.selectors.access import newest_step, visible_to


def pulse_of(case: Case, actor: Actor) -> str:
    """A tag of what an officer sees of a case: another one after each step and joining.

    It changes with the day too (days left), when the next clock runs out, and with the language.
    """
    return _tag(newest_step(case, actor), case.merged_count, case.next_due)


def pulse(actor: Actor, number: str) -> str | None:
    """The same for a case by its number: one statement, in which the read rule is.

    None where the case is not for this officer; their own is followed as a citizen follows it.
    """
    found = _shown(actor=actor, number=number, now=timezone.now())
    for owner, last_seq, merged, next_due in found:
        return None if owner == actor.user_id else _tag(last_seq, merged, next_due)
    return None


@prepared
def _shown(*, actor: Any, number: Any, now: Any) -> QuerySet[Case, tuple[Any, ...]]:
    shown = "last_seq" if actor.has(Role.OVERSEER) else "office_seq"
    cases = visible_to(actor, now).filter(number=number)
    return cases.values_list("owner_id", shown, "merged_count", "next_due")


def _tag(last_seq: int, merged: int, next_due: datetime | None) -> str:
    is_over = next_due is not None and next_due <= moment.now()
    parts = (last_seq, merged, next_due, is_over, timezone.localdate(), get_language())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]
