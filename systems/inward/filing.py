"""An agency's system files a case for a citizen who came to the agency: once for each of its numbers.

The system gets no secrets. They go to the citizen by the contact that they gave, as from any channel
that is not our page; without a contact nobody can follow the case from outside.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from complaints.bars import barred_users
from complaints.errors import Invalid, Refused
from complaints.models import Event
from complaints.selectors.access import sees
from complaints.services import intake, repeating, router
from complaints.services.intake import Receipt
from complaints.services.work import Work
from complaints.submission import Submission
from systems.inward.references import known_as, source_of
from systems.models import Reference, System

#: As the record and the pages name the way in.
CHANNEL = "agency_system"


class OtherContent(Refused):
    """The agency filed something else under this number before."""

    code = "reference_used"
    sentence = _("Another case was filed under this number of your system before.")


class _CameTwice(OtherContent):
    """The number was taken while the case was being written."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What the system is told of a case that it filed. Dates are moments in UTC.

    `status` is None of a case that is not for the system to see because it is sealed, or about its office;
    `agency` (an office's code) is, too, while the desk has it.
    """

    number: str
    external_ref: str
    status: str | None
    agency: str | None
    forward_due: datetime
    answer_due: datetime
    #: Made just now; a repeat finds it.
    is_new: bool = False


def file_case(
    *, actor: Actor, system: System, submission: Submission, ref: str, take: bool = False
) -> Filed:
    """File a case under the number that it has in the system; the same again finds it.

    With `take` it goes to the system's own office at once, unless a person has to look at it first (it is
    sensitive, seems to be about misconduct, or waits in the desk's tray). `actor` is the system's.
    Raises Invalid by field, OtherContent.
    """
    fingerprint = repeating.body_hash(asdict(submission))
    if before := _found(actor, system, ref, fingerprint):
        return before
    circumstances = (("system", str(system.pk)), ("by_office", system.office.code))
    try:
        receipt = intake.submit(
            actor=Actor(kind="channel", channel=CHANNEL, language=actor.language),
            submission=replace(submission, circumstances=circumstances),
            taking=router.Taking(system.office, replace(actor, kind="system")) if take else None,
            then=_refers_to(system, ref, fingerprint),
        )
    except (_CameTwice, Invalid):
        # The same came at the same time: it has the number, and perhaps the files, by now.
        if before := _found(actor, system, ref, fingerprint):
            return before
        raise
    return _told(receipt, ref)


def find_filed(*, actor: Actor, system: System, ref: str) -> Filed | None:
    """What the agency has under a number, if this system filed it or may see it."""
    known = known_as(system, ref)
    if known is None or not (known.system_id == system.pk or sees(actor, known.case)):
        return None
    return _as_it_is(actor, known)


def _refers_to(system: System, ref: str, fingerprint: str) -> Callable[[Work], None]:
    """Writes the number with the case."""
    row = Reference(
        source=source_of(system), external_id=ref, system=system, fingerprint=fingerprint
    )

    def write(work: Work) -> None:
        row.case, row.made_at = work.case, work.now
        try:
            row.save(force_insert=True)
        except IntegrityError as error:
            raise _CameTwice from error

    return write


def _found(actor: Actor, system: System, ref: str, fingerprint: str) -> Filed | None:
    """The case that the agency filed under this number. Raises OtherContent where it was another one."""
    known = known_as(system, ref)
    if known is None:
        return None
    if known.fingerprint != fingerprint:
        raise OtherContent
    return _as_it_is(actor, known)


def _as_it_is(actor: Actor, known: Reference) -> Filed:
    """A case that was filed before, as it is by now."""
    case = known.case
    # Whoever files for a citizen may tell them where it is; of what is sealed, or about themselves, nothing.
    is_told = sees(actor, case) or not (case.sensitive or actor.user_id in barred_users(case))
    filing = Event.objects.only("fixed").get(case=case, seq=1)
    promised: Mapping[str, str] = filing.fixed["promised"]
    return Filed(
        number=case.number,
        external_ref=known.external_id,
        status=case.status if is_told else None,
        agency=case.holder.code if is_told and case.holder else None,
        forward_due=datetime.fromisoformat(promised["forward_due"]),
        answer_due=datetime.fromisoformat(promised["answer_due"]),
    )


def _told(receipt: Receipt, ref: str) -> Filed:
    return Filed(
        number=receipt.number,
        external_ref=ref,
        status=receipt.status,
        agency=receipt.agency,
        forward_due=datetime.fromisoformat(receipt.forward_due),
        answer_due=datetime.fromisoformat(receipt.answer_due),
        is_new=True,
    )
