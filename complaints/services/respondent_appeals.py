"""The appeal of somebody whom a case is about: through the summary that was served on them.

They name it by its key; the case's number is none of theirs, and nothing of the case is shown to them.
"""

from uuid import UUID

from accounts.actors import Actor
from complaints import moment
from complaints.errors import MoveRefused, NoSuchCase
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
    respondent = Actor(
        kind="user",
        user_id=actor.user_id,
        posts=actor.posts,
        channel=actor.channel,
        language=actor.language,
        served_id=served.pk,
    )
    return respondent, served


def respondent_appeal(*, actor: Actor, key: UUID | str, grounds: str) -> ServedSummary:
    """Appeal against what the summary tells. The grounds are read by whoever decides, never by the
    citizen.

    Raises MoveRefused with code `appeal_closed` once the time is over, else `not_now` and no more: how
    the case stands, or that its citizen is about to give it up, is not theirs to know.
    """
    grounds = words("grounds", grounds, least=10)
    actor, served = through(actor, key)
    try:
        with at_work(actor, served.case.number) as work:
            event = work.make(
                "appeal", said={"text": grounds}, kind=Statement.Kind.GROUNDS, internal=True
            )
            open_appeal(work, event)
    except (MoveRefused, NoSuchCase) as refusal:
        raise MoveRefused("appeal", "not_now" if in_time(served) else "appeal_closed") from refusal
    return served


def in_time(served: ServedSummary) -> bool:
    """Whether the days in which an appeal through the summary is possible are not over."""
    return served.appeal_until is not None and moment.now() < served.appeal_until


def note_reading(served: ServedSummary) -> None:
    """Write down when a summary was first opened by whom it was served on."""
    unread = ServedSummary.objects.filter(pk=served.pk, read_at=None)
    if served.read_at is None and unread.update(read_at=moment.now()):
        served.read_at = moment.now()
