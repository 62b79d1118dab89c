"""Who the citizen is: opened only with a ground, and the citizen sees who looked."""

from accounts.actors import Actor
from complaints.models import Case, Contact, IdentityLook, Statement
from complaints.services import sealing
from complaints.services.casework import words
from complaints.services.work import Work, at_work
from complaints.submission import ContactDetails


def break_seal(*, actor: Actor, number: str, reason: str = "") -> tuple[Case, ContactDetails]:
    """Show the handler who filed and how to reach them.

    Where the citizen allowed it, no reason is needed; else one is, and it is on the record. Raises
    Invalid without it.
    """
    with at_work(actor, number) as work:
        case = work.case
        shared = case.share_contact and not case.sensitive
        ground = "shared" if shared else "seal_broken"
        said = {} if shared and not reason else {"text": words("reason", reason, least=10)}
        event = work.make(
            "break_seal", data={"ground": ground}, said=said, kind=Statement.Kind.REASON
        )

        def keep(w: Work) -> None:
            if actor.user_id is None:
                raise ValueError("only an officer handles a case")
            IdentityLook.objects.create(
                case=case,
                user_id=actor.user_id,
                office_id=event.office_id,
                at=w.now,
                event=event,
                ground=ground,
            )

        work.after.append(keep)
        if not shared:
            work.outbox.tell_citizen("seal_broken")
        details = contact_of(case)
    return case, details


def contact_of(case: Case) -> ContactDetails:
    """The contact opened, empty for an anonymous case. Raises CannotUnseal."""
    contact = Contact.objects.filter(case=case, erased_at=None).first()
    return ContactDetails(**sealing.unseal(contact.sealed)) if contact else ContactDetails()
