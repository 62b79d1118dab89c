"""How a city stands, and why it did not take a case, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.errors import Sentence
from systems.cities import queue, reading, sending
from systems.cities.asking import key_opens
from systems.models import City

#: The city's key does not open here. That is seen when it is looked at, not kept.
KEY = "key"
WHY: dict[str, Sentence] = {
    "timeout": gettext_lazy("It did not answer in time."),
    "unreachable": gettext_lazy("Nothing answers at this address."),
    "private_address": gettext_lazy("The address leads to a private network."),
    "bad_address": gettext_lazy("This is no address."),
    "tls": gettext_lazy("Its certificate is not valid."),
    "bad_answer": gettext_lazy("What it answers is not Open311 (GeoReport v2), in JSON or XML."),
    "too_large": gettext_lazy("It answers with more than can be read."),
    "too_many": gettext_lazy("It asks to be left alone for a while."),
    "no_services": gettext_lazy("It offers no service."),
    "http_401": gettext_lazy("It does not accept the key."),
    "http_403": gettext_lazy("It does not accept the key."),
    "http_404": gettext_lazy(
        "There is no Open311 at this address, or it has another jurisdiction."
    ),
    reading.NO_UPDATES: gettext_lazy(
        "It says how its requests stand, but its updates cannot be read."
    ),
    queue.FAULT: gettext_lazy("Something went wrong here. It is tried again by itself."),
    KEY: gettext_lazy(
        "The key of the city that is kept here cannot be opened, so nothing is sent to the city. A"
        " registrar can set the key anew, or the administrators put back the portal’s key"
        " (GRS_CONTACT_KEYS) with which it was sealed. What waits is sent then."
    ),
}
#: The city answers, but something of it could not be read.
IN_PART = frozenset({reading.NO_UPDATES, queue.FAULT})
NOT_TAKEN: dict[str, Sentence] = {
    sending.DOUBTFUL: gettext_lazy("Nobody knows whether the city has it."),
    sending.SAME_ID: gettext_lazy("The city holds it for another case."),
    queue.FAULT: gettext_lazy("It could not be handed over: something goes wrong here."),
    queue.SEALED: gettext_lazy(
        "Who filed it cannot be opened here, so nobody knows which names have to be masked. Tell the"
        " registrar: a key of the portal is missing."
    ),
    sending.NO_ID: gettext_lazy("The city took it, but has given no number for it for a week."),
}


def kind_of(city: City) -> str:
    """How the city stands, by its kind: its key that does not open before how it was reached last."""
    return city.error if key_opens(city) else KEY


def why(kind: str) -> Sentence:
    """How a city was reached last; empty where all is well. An unknown kind is told as it is."""
    if not kind:
        return ""
    return WHY.get(kind) or _("It answered with an error (%(kind)s).") % {"kind": kind}


def reach(kind: str) -> tuple[Sentence, str]:
    """How far a city was reached last, in a word, and the word's colour; empty where all is well."""
    if not kind:
        return "", ""
    if kind == KEY:
        return _("Key cannot be opened"), "red"
    return (_("In part"), "yellow") if kind in IN_PART else (_("Not reached"), "red")


def why_not_taken(error: str) -> Sentence:
    """Why a case waits for people."""
    if error in NOT_TAKEN:
        return NOT_TAKEN[error]
    return _("The city refused it (%(kind)s). Its words are in a note in the case.") % {
        "kind": error
    }
