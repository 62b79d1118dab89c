"""The appeal of somebody whom a case is about: through the summary that was served on them.

They name it by its key; the case's number is none of theirs, and nothing of the case is shown to them.
"""

from dataclasses import replace
from uuid import UUID

from accounts.actors import Actor
from complaints.errors import NoSuchCase
from complaints.models import ServedSummary, Statement
from complaints.services.appeals import open_appeal
from complaints.services.casework import words
from complaints.services.work import at_work


def through(actor: Actor, key: UUID | str) -> tuple[Actor, ServedSummary]:
    """Somebody as the respondent that a summary was served on, with the summary.

    Raises NoSuchCase for a key that is not one of theirs.
    """
    rows = ServedSummary.objects.select_related("case__holder__agency", "event__statement")
    served = rows.filter(key=key, user_id=actor.user_id).first() if actor.user_id else None
    if served is None:
        raise NoSuchCase
    return replace(actor, served_id=served.pk), served


def respondent_appeal(*, actor: Actor, key: UUID | str, grounds: str) -> ServedSummary:
    """Appeal against what the summary tells. Raises MoveRefused where that is not (any more) possible.

    The grounds are read by whoever decides, never by the citizen.
    """
    grounds = words("grounds", grounds, least=10)
    actor, served = through(actor, key)
    with at_work(actor, served.case.number) as work:
        event = work.make(
            "appeal", said={"text": grounds}, kind=Statement.Kind.GROUNDS, internal=True
        )
        open_appeal(work, event)
    return served
