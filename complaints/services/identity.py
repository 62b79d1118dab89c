"""Who the citizen is: opened only with a ground, and the citizen sees who looked; and new secrets for
whoever proved to be the citizen by the contact."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.actors import Actor
from complaints import tracking
from complaints.errors import MoveRefused, NoSuchCase, WrongCode
from complaints.models import Case, Contact, ContactProof, IdentityLook, Statement
from complaints.selectors.access import FOR_OVERSEERS
from complaints.services import contacts, sealing
from complaints.services.casework import words
from complaints.services.work import Work, at_work
from complaints.submission import ContactDetails
from complaints.workflow import Party, State


@dataclass(frozen=True, slots=True)
class NewSecrets:
    """What replaces the secrets of a case, given once."""

    number: str
    secret: str
    withdrawal_secret: str


def break_seal(*, actor: Actor, number: str, reason: str = "") -> tuple[Case, ContactDetails]:
    """Show the handler who filed and how to reach them.

    Where the citizen allowed it, no reason is needed; else one is, and it is on the record. Raises
    Invalid without it, and MoveRefused once the person is erased.
    """
    with at_work(actor, number) as work:
        case = work.case
        if case.person_erased_at is not None:
            raise MoveRefused("break_seal", "person_erased")
        shared = case.share_contact and not case.sensitive
        ground = "shared" if shared else "seal_broken"
        # Who looks because of pressure does not tell those who may have pressed.
        private = {} if Party.HANDLER in work.who.parties else {"for": FOR_OVERSEERS}
        said = {} if shared and not reason else {"text": words("reason", reason, least=10)}
        event = work.make(
            "break_seal", data={"ground": ground, **private}, said=said, kind=Statement.Kind.REASON
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


#: Messengers whose accounts are telephone numbers.
WITH_NUMBERS = ("sms", "whatsapp")
A_NUMBER = re.compile(r"\+?[0-9]{8,15}")


def look_to_audit(*, actor: Actor, number: str, since: datetime) -> ContactDetails:
    """How to reach the citizen of a closed case, to ask them whether it was solved.

    It is on the record and the citizen reads it; officers of the office do not. Safe to repeat: what
    the same person looks up again after `since` (when they took the call) is one look.
    """
    with at_work(actor, number) as work:
        case = work.case
        if actor.user_id is None:
            raise NoSuchCase
        mine = IdentityLook.objects.filter(case=case, user_id=actor.user_id, ground="audit")
        if not mine.filter(at__gte=since).exists():
            event = work.make("audit_look")
            look = IdentityLook(
                case=case,
                user_id=actor.user_id,
                office_id=event.office_id,
                at=work.now,
                event=event,
                ground="audit",
            )
            work.after.append(lambda _work: look.save(force_insert=True))
        elif case.status != State.CLOSED:
            raise MoveRefused("audit_look", "wrong_state")
        return _reached(case)


def _reached(case: Case) -> ContactDetails:
    """The contact, with the number of the messenger that they write from where they gave no other."""
    details = contact_of(case)
    contact = Contact.objects.filter(case=case, erased_at=None).select_related("handle").first()
    handle = contact.handle if contact else None
    if details.phone or handle is None or handle.channel not in WITH_NUMBERS:
        return details
    names = sealing.unseal(handle.sealed)
    known = (str(names.get(part) or "") for part in ("address", "other"))
    number = next((name for name in known if A_NUMBER.fullmatch(name)), "")
    return replace(details, phone=number)


def contact_of(case: Case) -> ContactDetails:
    """The contact opened, empty for an anonymous case. Raises CannotUnseal."""
    found = Contact.objects.filter(case=case, erased_at=None).select_related("data_key")
    contact = found.first()
    return ContactDetails(**contacts.details_of(contact)) if contact else ContactDetails()


def renew_secrets(*, actor: Actor, number: str, proof: ContactProof) -> NewSecrets:
    """New secrets for the citizen of a case, for one proof of its contact; the old ones die.

    So do the other codes of the case, and news on devices, which the old secret may have asked for.
    Raises WrongCode for a proof that was used meanwhile.
    """
    secret, withdrawal_secret = tracking.new_secret(), tracking.new_secret()
    with at_work(actor, number) as work:
        case = work.case
        if Party.CITIZEN not in work.who.parties or proof.case_id != case.pk:
            raise NoSuchCase
        unused = ContactProof.objects.filter(case=case, used_at=None)
        if not unused.filter(pk=proof.pk).update(used_at=work.now):
            raise WrongCode
        unused.update(used_at=work.now)
        case.secret_hash = sealing.secret_hash(number, secret)
        case.withdrawal_hash = sealing.secret_hash(number, withdrawal_secret)
        Contact.objects.filter(case=case, has_push=True).update(has_push=False)
        work.write("new_secrets", party=Party.CITIZEN, before=case.status)
        work.outbox.tell_citizen("secrets_renewed")
    return NewSecrets(number, secret, withdrawal_secret)
