"""Leaving a case out of the rankings of offices while a pattern is examined, and counting it again.

The country's sums keep it. The event says by which code; what was found lies with whoever found it.
"""

from accounts.actors import SYSTEM, Actor
from agencies.models import Office
from complaints.errors import MoveRefused
from complaints.models import Case, Statement
from complaints.services.casework import words
from complaints.services.work import at_work


def set_aside(*, number: str, why: str) -> bool:
    """Leave a case out; says whether it was counted until now. `why` is a code. Safe to repeat."""
    try:
        with at_work(SYSTEM, number) as work:
            work.make("set_aside", data={"why": why})
            work.case.unranked = why
    except MoveRefused as refusal:
        if refusal.code == "set_aside_already":
            return False
        raise
    return True


def count_again(*, number: str) -> bool:
    """Count a case again whose pattern was none; says whether it was left out. Safe to repeat."""
    try:
        with at_work(SYSTEM, number) as work:
            work.make("put_back", data={"why": "dismissed"})
            work.case.unranked = ""
    except MoveRefused as refusal:
        if refusal.code == "not_set_aside":
            return False
        raise
    return True


def tell_office(*, actor: Actor, number: str, office: Office, count: int) -> None:
    """Tell an office that so many of its cases, this one among them, are left out for good."""
    with at_work(actor, number) as work:
        work.outbox.tell_office(office, "left_out", count=count)


def put_back(*, actor: Actor, number: str, reason: str, seen: int | None = None) -> Case:
    """An overseer has a case counted again, with the reason."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        work.make("put_back", said={"text": reason}, kind=Statement.Kind.REASON, internal=True)
        work.case.unranked = ""
    return work.case
