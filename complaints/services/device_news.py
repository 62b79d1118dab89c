"""News of a case on its citizen's own devices: whether it goes there. Which devices these are is the
channel's business.
"""

from dataclasses import dataclass

from accounts.actors import Actor
from complaints.errors import WHY_NOT, NoSuchCase, Refused
from complaints.models import Contact
from complaints.services import sealing
from complaints.services.work import Work, at_work
from complaints.workflow import Party


@dataclass(frozen=True, slots=True)
class OnDevices:
    """Whose devices are meant; whether news did not go to any before; the case's last event."""

    contact: Contact
    is_new: bool
    seq: int


def start(*, actor: Actor, number: str) -> OnDevices:
    """From now on news of the case goes to its citizen's devices too. Nothing changes a second time.

    Whoever gave no contact has an empty one from now on: there is nothing in it to be read. The case
    stays locked until the caller's transaction ends. Raises NoSuchCase if the actor is not its citizen,
    and Refused once the citizen had themselves erased.
    """
    with at_work(actor, number) as work:
        _check(work)
        case = work.case
        if case.person_erased_at is not None:
            raise Refused(WHY_NOT["person_erased"], code="person_erased")
        contact = Contact.objects.filter(case=case).first() or Contact(
            case=case, sealed=sealing.seal({}), language=actor.language, created_at=work.now
        )
        is_new = not contact.has_push
        if is_new:
            contact.has_push = True
            contact.save()
            work.write("news_here", party=Party.CITIZEN, before=case.status, data={"way": "push"})
    return OnDevices(contact, is_new, case.last_seq)


def stop(*, actor: Actor, number: str) -> int:
    """News of the case goes to no device any more; says the case's last event. Safe to repeat.

    Raises NoSuchCase if the actor is not its citizen.
    """
    with at_work(actor, number) as work:
        _check(work)
        case = work.case
        if Contact.objects.filter(case=case, has_push=True).update(has_push=False):
            work.write("no_news_here", party=Party.CITIZEN, before=case.status)
    return case.last_seq


def fall_silent(contact_id: int) -> None:
    """None of the devices is there any more: nothing is written for them from now on."""
    Contact.objects.filter(pk=contact_id).update(has_push=False)


def _check(work: Work) -> None:
    if Party.CITIZEN not in work.who.parties:
        raise NoSuchCase
