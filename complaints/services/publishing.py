"""What the public may read: released by the desk, only with the citizen's consent."""

from accounts.actors import Actor
from complaints.models import Case
from complaints.services.casework import words
from complaints.services.work import at_work


def publish(*, actor: Actor, number: str, public_text: str, seen: int | None = None) -> Case:
    """Show the case in public with this text, in which names, numbers, addresses are masked."""
    public_text = words("public_text", public_text, least=10)
    with at_work(actor, number, seen) as work:
        work.make("publish")
        case = work.case
        case.public_text, case.published_at = public_text, work.now
        work.outbox.tell_citizen("published")
    return work.case


def unpublish(*, actor: Actor, number: str) -> Case:
    """Take the case out of the public pages."""
    with at_work(actor, number) as work:
        work.make("unpublish")
        work.case.public_text, work.case.published_at = "", None
    return work.case
