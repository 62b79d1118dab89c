"""What an agency's engineer plays in a sandbox: the citizen of a case, the desk, and time that passes.

Everything goes through the services by which real citizens move their cases, so that what a system
meets here is what it will meet there. What is played happens now, or right after the newest step of
the case where that has been played into the future.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.selectors import actor_for, office_by_code
from complaints import moment
from complaints.errors import Invalid, NoSuchCase, Refused
from complaints.models import Case, Event
from complaints.selectors.access import case_for
from complaints.services import answering, casework, escalation, intake, withdrawing
from complaints.submission import ContactDetails, Submission
from complaints.tracking import read_number
from systems.models import System

MOST_DAYS = 120
#: Who files here. The number is of a range that is given to nobody; the address reaches nobody.
CITIZEN = ContactDetails(name="Rahima Begum", email="citizen@sandbox.example")
WORDS = {
    "file": "The new electricity meter in our house counts while everything is switched off.",
    "reply": "It is the meter with the number 4711, on the ground floor.",
    "message": "Is there any news? It has become worse since last week.",
    "dispute": "Nobody came to look at it, and nothing has changed.",
}


class WentElsewhere(Refused):
    """The rules sent what was filed to somebody else; it was not kept."""

    status = 409
    code = "went_elsewhere"
    sentence = _(
        "The routing rules of this installation send these words to another agency. Leave category"
        " and place out, or write other words."
    )


class NoDesk(Refused):
    """There is nobody who could forward a case."""

    status = 409
    code = "no_desk"
    sentence = _("No desk officer works here. Load the demonstration first: manage.py load_demo")


@dataclass(frozen=True, slots=True)
class Filing:
    """What is filed; what is empty has a usual value."""

    text: str = ""
    category: str = ""
    place: str = ""
    office: str = ""
    anonymous: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Played:
    """How the case stands, and what time passing did to it."""

    case: Case
    steps: list[str] = field(default_factory=list)


@transaction.atomic
def file(system: System, given: Filing) -> Played:
    """A citizen files, and the desk forwards the case to the system's office (or one below it).

    Raises Invalid, WentElsewhere (and nothing is kept), NoDesk.
    """
    office = _office(system, given.office)
    receipt = intake.submit(
        actor=Actor(kind="citizen", language=given.language),
        submission=Submission(
            text=given.text or WORDS["file"],
            category=given.category,
            place=given.place,
            language=given.language,
            contact=ContactDetails() if given.anonymous else CITIZEN,
        ),
    )
    case = _read(receipt.number)
    if case.holder is None:
        reason = "Forwarded in the sandbox."
        casework.forward(actor=_desk(), number=case.number, office=office, reason=reason)
    elif not case.holder.path.startswith(system.office.path):
        raise WentElsewhere
    return Played(_read(receipt.number))


def reply(system: System, number: str, text: str = "") -> Played:
    """The citizen answers a question."""
    return _as_citizen(
        system,
        number,
        lambda actor, its: answering.reply(actor=actor, number=its, text=text or WORDS["reply"]),
    )


def message(system: System, number: str, text: str = "") -> Played:
    """The citizen writes to the office."""
    return _as_citizen(
        system,
        number,
        lambda actor, its: casework.message(actor=actor, number=its, text=text or WORDS["message"]),
    )


def confirm(system: System, number: str, rating: int = 5) -> Played:
    """The citizen agrees with the answer."""
    return _as_citizen(
        system,
        number,
        lambda actor, its: answering.confirm(actor=actor, number=its, rating=rating),
    )


def dispute(system: System, number: str, text: str = "") -> Played:
    """The citizen does not agree with the answer."""
    return _as_citizen(
        system,
        number,
        lambda actor, its: answering.dispute(
            actor=actor, number=its, reason=text or WORDS["dispute"]
        ),
    )


def withdraw(system: System, number: str, text: str = "") -> Played:
    """The citizen withdraws the complaint."""
    return _as_citizen(
        system,
        number,
        lambda actor, its: withdrawing.withdraw(actor=actor, number=its, text=text),
    )


def pass_time(system: System, number: str, days: int) -> Played:
    """So many days pass for the case, and what is due by then is done, as by `sweep --at`.

    Of this case alone: others try their systems here too.
    """
    case = _case(system, number)
    until = _moment_for(case) + timedelta(days=days)
    swept = escalation.sweep_case(case.pk, at=until)
    return Played(_read(case.number), swept.lines)


def _as_citizen(system: System, number: str, move: Callable[[Actor, str], object]) -> Played:
    case = _case(system, number)
    actor = Actor(kind="citizen", case_id=case.pk, withdrawal_proved=True)
    with _at(_moment_for(case)):
        move(actor, case.number)
    return Played(_read(case.number))


@contextmanager
def _at(when: datetime | None) -> Iterator[None]:
    """As if it were then; now, where that is not in the future."""
    if when is None or when <= moment.now():
        yield
        return
    with moment.as_if(when):
        yield


def _moment_for(case: Case) -> datetime:
    """Now, or right after the newest step."""
    newest = Event.objects.filter(case=case).order_by("-seq").values_list("happened_at", flat=True)
    return max(moment.now(), newest[0] + timedelta(seconds=1))


def _case(system: System, number: str) -> Case:
    """A case that the system may see. Raises NoSuchCase."""
    found = case_for(actor_for(system.user, channel="api"), read_number(number) or "")
    if found is None:
        raise NoSuchCase
    return found


def _read(number: str) -> Case:
    return Case.objects.select_related("holder__agency").get(number=number)


def _office(system: System, code: str) -> Office:
    """The system's office, or the one of that code below it. Raises Invalid."""
    if not code:
        return system.office
    found = office_by_code(settings.COUNTRY, code)
    if found is None or found.closed_at or not found.path.startswith(system.office.path):
        raise Invalid(fields={"office": [_("No open office of this agency has this code.")]})
    return found


def _desk() -> Actor:
    """A desk officer who works here. Raises NoDesk."""
    posts = Post.objects.held_at().filter(
        role=Role.DESK, office__country=settings.COUNTRY, user__is_active=True
    )
    post = posts.select_related("user").order_by("id").first()
    if post is None:
        raise NoDesk
    return actor_for(post.user)
