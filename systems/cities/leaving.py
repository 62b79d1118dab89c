"""What of a case leaves for a city: what is safe for everybody to read, since GeoReport v2 has it so.

Never a contact, a name of whoever filed, a file, a secret; never a case that is sensitive or about
somebody. Where the city publishes what it is sent, only a text that the desk has released leaves, and the
place as exactly as a published case shows it; else the citizen's words, with all masked that tells who
filed it or looks as if it could, and the exact point.
"""

import base64
import textwrap

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from channels.open311.answers import LONGEST, position
from complaints.models import Case
from complaints.selectors.finding import described_places
from complaints.services import sealing
from complaints.services.served_summaries import suggestion
from systems.models import City


def service_for(city: City, case: Case) -> str:
    """The city's service for the case's subject, that of the subject above it, or that for all others;
    empty where there is none.
    """
    subject = case.category
    names = [] if subject is None else [subject.code, subject.parent.code if subject.parent else ""]
    codes = (city.services.get(name, "") for name in [*filter(None, names), ""])
    return next(filter(None, codes), "")


def what_leaves(city: City, case: Case) -> dict[str, str]:
    """The fields of the request, in the case's own language where words are ours."""
    with translation.override(case.language):
        latitude, longitude = _point(city, case)
        form = {
            "service_code": service_for(city, case),
            "description": _description(city, case),
            "address_string": _address(city, case),
        }
    if latitude is not None and longitude is not None:
        form |= {"lat": f"{latitude:.6f}", "long": f"{longitude:.6f}"}
    return form


def mark_of(city: City, case: Case) -> str:
    """By what a request of ours is found again at the city: in no other text our marks stand so.

    The number itself, unless everybody would read there of a case that is not published here: then letters
    from which nobody else can tell which case it is.
    """
    is_for_nobody = city.publishes and case.published_at is None
    return _keyed_marks(case.number)[0] if is_for_nobody else f"[{case.number}]"


def marks_of(number: str) -> list[str]:
    """All that may stand in a request of this case; it may have been published, or a key changed, since."""
    return [f"[{number}]", *_keyed_marks(number)]


def _keyed_marks(number: str) -> list[str]:
    made = sealing.macs(f"open311\x00{number}".encode())
    letters = [base64.b32encode(digest[:10]).decode() for digest in made]
    return [f"[{'-'.join(textwrap.wrap(of_one, 4))}]" for of_one in letters]


def _description(city: City, case: Case) -> str:
    mark = _("Complaint %(mark)s of %(portal)s") % {
        "mark": mark_of(city, case),
        "portal": settings.PUBLIC_URL,
    }
    words = _words(city, case)
    return f"{words[: LONGEST - len(mark) - 2].rstrip()}\n\n{mark}"


def _words(city: City, case: Case) -> str:
    if case.published_at is not None and case.public_text:
        return case.public_text
    if not city.publishes:
        return suggestion(case, case.text)
    subject = case.category.name if case.category else ""
    sentence = _("What was written is with %(office)s in the portal; it is not for publication.")
    office = case.holder.name if case.holder else ""
    return "\n\n".join(filter(None, [subject, sentence % {"office": office}]))


def _point(city: City, case: Case) -> tuple[float | None, float | None]:
    if city.publishes or case.latitude is None or case.longitude is None:
        return position(case)
    return case.latitude, case.longitude


def _address(city: City, case: Case) -> str:
    """The place by its names; the note beside it only where it stays with the city. Of a case without a
    place the office, so that the city is never left without one.
    """
    lines = [found.line for found in described_places([case.place])] if case.place else []
    if case.place_note and not city.publishes:
        lines.insert(0, suggestion(case, case.place_note))
    return ", ".join(lines) or (case.holder.name if case.holder else "")
