"""What a case is called in an agency's own system, and what the pages of the case say of that.

One number is one case within an agency, whichever of its systems gave it. A system that takes a case
over without a number of its own knows it by ours.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, transaction
from django.db.models import OuterRef
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from agencies.naming import normalise
from complaints import moment
from complaints.beside import Elsewhere
from complaints.errors import Invalid, MoveRefused, Refused
from complaints.models import Case
from complaints.services.work import at_work
from complaints.workflow import Party
from systems.models import Reference, System

LONGEST = 200
COLUMN = "references_told"


class Taken(Refused):
    """Another case of the agency has this number in its system."""

    code = "reference_taken"
    sentence = _("Another case has this number in your system already.")


def clean_ref(given: Any) -> str:
    """A number of another system as it is kept: NFC, without blanks around it. Raises Invalid."""
    ref = normalise(given) if isinstance(given, str) else ""
    if not ref or len(ref) > LONGEST or not ref.isprintable():
        sentence = _("Give the number that the case has in your system: at most 200 characters.")
        raise Invalid(fields={"external_ref": [sentence]})
    return ref


def source_of(system: System) -> str:
    """Within what a number of the system is unique: its agency. `system.office.agency` should be read."""
    agency = system.office.agency or system.office
    return f"agency:{agency.code}"


def known_as(system: System, ref: str) -> Reference | None:
    """What the agency called so, with its case."""
    found = Reference.objects.filter(source=source_of(system), external_id=ref)
    return found.select_related("case__holder__agency").first()


def link(case: Case, system: System, ref: str) -> None:
    """The case is worked on in this system under this number, in a transaction that has it locked.

    The same again changes nothing. Raises Taken where another case has the number.
    """
    source, now = source_of(system), moment.now()
    try:
        with transaction.atomic():
            Reference.objects.update_or_create(
                case=case,
                source=source,
                defaults={"external_id": ref, "system": system},
                create_defaults={"external_id": ref, "system": system, "made_at": now},
            )
    except IntegrityError as error:
        raise Taken from error


def take_over(case: Case, system: System, ref: str) -> None:
    """The system has accepted the case: under this number, the one that it gave before, or ours."""
    if ref:
        link(case, system, ref)
        return
    source = source_of(system)
    if not Reference.objects.filter(case=case, source=source).update(system=system):
        link(case, system, case.number)


def refer(*, actor: Actor, system: System, number: str, ref: str) -> Case:
    """Say, or say anew, what the case is called in the system; only of a case that its agency has.

    Raises NoSuchCase, MoveRefused (`not_yours`), Taken.
    """
    with at_work(actor, number) as work:
        if Party.FOCAL not in work.who.parties:
            raise MoveRefused("reference", "not_yours")
        link(work.case, system, ref)
    return work.case


# --- On the pages of a case -------------------------------------------------------------------


def told_beside() -> ArraySubquery:
    """The systems in which a case is known, then the imports that brought it; read with the case."""
    rows = Reference.objects.filter(case=OuterRef("pk"))
    told = JSONObject(
        name=Coalesce("system__name", "source"),
        number="external_id",
        system="system_id",
        account="system__user_id",
        status="status",
    )
    return ArraySubquery(rows.order_by("system__name", "id").values(told=told))


def elsewhere(case: Case) -> list[Elsewhere]:
    """The same as the pages want it. It is worked on there while that system's account has it."""
    return [
        Elsewhere(
            name=told["name"],
            number="" if told["number"] == case.number else told["number"],
            is_worked=_is_worked(case, told["account"]),
            status=told["status"],
            is_past=told["system"] is None,
        )
        for told in getattr(case, COLUMN, None) or ()
    ]


def _is_worked(case: Case, account: int | None) -> bool:
    """An import has no account, as a case may be assigned to nobody."""
    return case.is_open and account is not None and case.assigned_id == account
