"""A call: taken by one person, made, and what came of it. The case's outcome and ending stay as they are."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from agencies import snapshot
from complaints import moment
from complaints.errors import NoSuchCase, Refused
from complaints.models.case import Status
from complaints.selectors import find_case
from complaints.services import appeals, identity, sealing
from complaints.services.work import lock_cases, tell_database
from complaints.submission import ContactDetails
from oversight.audits import queue
from oversight.audits.drawing import ASKED_ABOUT, audit_of, is_reachable, see_closing
from oversight.models import Audit

#: How a call can end before anything is answered.
NOT_REACHED, REFUSED, NO_CONTACT = "not_reached", "refused", "no_contact"
#: What was found, by the answer to whether the problem was solved.
FOUND = {
    "yes": Audit.Result.SOLVED,
    "partly": Audit.Result.PARTLY,
    "no": Audit.Result.NOT_SOLVED,
}


class NoSuchAudit(NoSuchCase):
    """There is none, or it is not for this person: one answer for both."""

    code = "no_such_audit"
    sentence = _("There is no such call, or it is not yours to make.")


class Taken(Refused):
    """Somebody else is calling."""

    code = "taken"
    sentence = _("Somebody else has taken this call.")


class NotYours(Refused):
    """It was not taken, or given back after half an hour."""

    code = "not_taken"
    sentence = _("Take the call first. What is not ended within half an hour is given back.")


@contextmanager
def _locked(actor: Actor, pk: int) -> Iterator[Audit]:
    """An open audit under its lock. Raises NoSuchAudit where it is not theirs to call."""
    if not actor.has(*queue.CALLERS):
        raise NoSuchAudit
    with transaction.atomic():
        tell_database(actor)
        number = queue.open_for(actor).filter(pk=pk).values_list("case__number", flat=True).first()
        # The case is locked before anything that hangs on it, as everywhere.
        lock_cases([number] if number else [])
        audit = queue.open_for(actor).select_for_update(of=("self",)).filter(pk=pk).first()
        if audit is None:
            raise NoSuchAudit
        yield audit


def take(*, actor: Actor, pk: int) -> Audit:
    """Take a call. It is about how the case stands now. Raises Taken, NoSuchAudit. Safe to repeat."""
    with _locked(actor, pk) as audit:
        now = moment.now()
        if queue.is_mine(audit, actor):
            return audit
        if queue.is_held(audit, now):
            raise Taken
        audit.caller_id, audit.taken_at = actor.user_id, now
        see_closing(audit, audit.case)
        audit.save(update_fields=["caller", "taken_at", "office", "outcome", "ending", "closed_at"])
    return audit


def give_back(*, actor: Actor, pk: int) -> None:
    """Somebody else may call. Safe to repeat."""
    with _locked(actor, pk) as audit:
        if audit.caller_id == actor.user_id:
            _let_go(audit)
            audit.save(update_fields=["caller", "taken_at"])


def look(*, actor: Actor, pk: int) -> ContactDetails:
    """Whom to call, for whoever has taken the call. The citizen reads that it was looked up."""
    with _locked(actor, pk) as audit:
        if not queue.is_mine(audit, actor) or audit.taken_at is None:
            raise NotYours
        return identity.look_to_audit(actor=actor, number=audit.case.number, since=audit.taken_at)


def answered(*, actor: Actor, pk: int, answers: Mapping[str, str], note: str = "") -> Audit:
    """What the citizen said. `answers` are codes by question; `solved` among them is the finding.

    Raises NotYours where the call was given back meanwhile.
    """
    with _mine(actor, pk) as audit:
        audit.calls += 1
        audit.answers = dict(answers)
        _end(audit, FOUND[answers["solved"]], note)
    return audit


def ended_without(*, actor: Actor, pk: int, how: str, note: str = "") -> Audit:
    """Nobody was reached (it is tried again on another day, so often), or nothing was answered."""
    with _mine(actor, pk) as audit:
        now, registry = moment.now(), snapshot.current(settings.COUNTRY)
        audit.calls += how != NO_CONTACT
        if how == NOT_REACHED and audit.calls < registry.policy("audit_calls", now).amount:
            pause = timedelta(days=registry.policy("audit_pause", now).amount)
            audit.next_call_at = now + pause
            _keep_note(audit, note)
            _let_go(audit)
        else:
            _end(audit, Audit.Result(how), note)
    return audit


@contextmanager
def _mine(actor: Actor, pk: int) -> Iterator[Audit]:
    with _locked(actor, pk) as audit:
        if not queue.is_mine(audit, actor):
            raise NotYours
        yield audit
        audit.save()


def _end(audit: Audit, result: str, note: str) -> None:
    audit.result, audit.done_at = result, moment.now()
    _keep_note(audit, note)


def _let_go(audit: Audit) -> None:
    audit.caller, audit.taken_at = None, None


def _keep_note(audit: Audit, note: str) -> None:
    """What was noted in this call below what was noted before."""
    if note.strip():
        audit.sealed_note = sealing.seal({"text": f"{note_of(audit)}\n{note}".strip()})


def note_of(audit: Audit) -> str:
    """What the callers wrote down; empty where it was erased."""
    return str(sealing.unseal(audit.sealed_note).get("text", "")) if audit.sealed_note else ""


def ask_about(*, actor: Actor, number: str) -> Audit:
    """An overseer puts a closed case into the queue by hand; it is not part of the figures.

    Raises NoSuchCase, and Refused where it is not closed, or there is nothing to ask or nobody.
    """
    if not actor.has(Role.OVERSEER):
        raise NoSuchCase
    with transaction.atomic():
        tell_database(actor)
        case = lock_cases([number]).get(number)
        if case is None or find_case(actor, number) is None or case.owner_id == actor.user_id:
            raise NoSuchCase
        if case.status != Status.CLOSED or case.ending not in ASKED_ABOUT:
            raise Refused(
                _("Only a case that was closed after an answer, or withdrawn, is asked about."),
                code="not_closed",
            )
        known = Audit.objects.filter(case=case, done_at=None).first()
        if known is not None:
            return known
        if not is_reachable(case):
            raise Refused(_("This citizen left no way to be asked."), code="no_contact")
        now, registry = moment.now(), snapshot.current(settings.COUNTRY)
        audit = audit_of(case, Audit.Why.ASKED, now, registry)
        audit.save(force_insert=True)
    return audit


def reopen(*, actor: Actor, pk: int, finding: str) -> Audit:
    """Open the case again by what the citizen said. Raises Refused where that is past.

    The finding is for the office and the citizen to read. A second time changes nothing.
    """
    with transaction.atomic():
        tell_database(actor)
        found = queue.to_reopen(actor).filter(pk=pk).first()
        if found is None or not actor.has(Role.OVERSEER):
            raise NoSuchAudit(_("There is nothing to open again here any more."))
        appeals.reopen(actor=actor, number=found.case.number, reason=finding)
        found.reopened_at = moment.now()
        found.save(update_fields=["reopened_at"])
    return found
