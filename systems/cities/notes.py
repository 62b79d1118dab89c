"""What is written into a case about its city: notes for officers, in the office's language, and that the
office is told of them.
"""

from typing import Any

import structlog
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies.selectors import actor_for
from complaints.errors import Refused
from complaints.models import Case, Statement
from complaints.services.work import at_work
from systems.models import City, Forwarding

log = structlog.get_logger(__name__)
CHANNEL = "open311"
#: What a city writes is cut there.
LONGEST = 4000


def acting_for(city: City) -> Actor:
    """The account by which a city acts here."""
    account: Any = city.system.user
    return actor_for(account, channel=CHANNEL, language=settings.LANGUAGE_CODE)


def write(city: City, number: str, text: str) -> bool:
    """A note from the city's account, and the office hears that there is one; False where the case is
    not the city's to write on (any more).
    """
    try:
        with at_work(acting_for(city), number) as work:
            said = {"text": text[:LONGEST]}
            work.make("note", said=said, kind=Statement.Kind.NOTE, internal=True)
            work.outbox.tell_office(work.case.holder, "city_news", city=city.system.name)
    except Refused as refusal:
        log.info("a city's note is not written", case=number, why=refusal.code)
        return False
    return True


def write_not_taken(row: Forwarding, error: str, words: str) -> None:
    """The city did not take the case, or nobody knows whether it did: the office's people work on it."""
    city = City.objects.select_related("system__office", "system__user").get(pk=row.city_id)
    number = Case.objects.values_list("number", flat=True).get(pk=row.case_id)
    with translation.override(settings.LANGUAGE_CODE):
        write(city, number, _not_taken(city.system.name, error, words))


def write_open_again(city: City, number: str, external_id: str) -> bool:
    """A case that was closed is open again, which nobody can tell the city; False as `write` says."""
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _(
            "This case is open again. %(city)s was not told: Open311 has no way to. What it says of the"
            " request %(id)s still comes here. Write to the city yourselves, or work on the case here."
        )
        return write(city, number, sentence % {"city": city.system.name, "id": external_id})


def _not_taken(name: str, error: str, words: str) -> str:
    if error == "doubtful":
        return _(
            "It is not known whether %(city)s has this case: its answer was lost, and it does not list"
            " the case. Ask there. The case was not sent again, and is worked on here."
        ) % {"city": name}
    if error == "same_id":
        return _(
            "%(city)s holds this case for one that it has already (%(id)s). Answer it here."
        ) % {"city": name, "id": words}
    if error == "fault":
        return _("This case could not be handed to %(city)s. It is worked on here.") % {
            "city": name
        }
    if error == "sealed":
        return _(
            "This case could not be handed to %(city)s: who filed it cannot be opened here, so nobody knows"
            " which names have to be masked. It is worked on here."
        ) % {"city": name}
    if error == "no_id":
        return _(
            "%(city)s took this case, but for a week has given no number for it, only “%(token)s”. Ask there;"
            " the case is worked on here."
        ) % {"city": name, "token": words}
    told = f"\n\n{name}: {words}" if words else ""
    return (
        _("%(city)s did not take this case (%(kind)s). It is worked on here.")
        % {"city": name, "kind": error}
        + told
    )
