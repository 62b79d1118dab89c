"""The rows of GeoReport v2, made from what may be shown. Names are in the reader's language.

What a reporter typed is never here: the description is the text that the desk released, the address
the names of the place. Coordinates are those of the place; of a case without one, its own to two
decimals (about a kilometre), since an exact point would give away the house that the text masks.
"""

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.models import Category, Office
from channels.open311.formats import Value, w3c
from channels.open311.selectors import Shown, Update
from complaints.in_hands import hands_of
from complaints.models import Case
from complaints.models.case import AnsweredWith, EndedAs, Status
from complaints.public_words import standing
from complaints.services import sealing

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
#: What a description holds at most, by the specification.
LONGEST = 4000
DECIMALS = 2
#: Of an update's id.
ID_LENGTH = 24
#: What closes a case, in words.
ENDINGS = {
    "confirm": EndedAs.CONFIRMED,
    "lapse": EndedAs.SILENT,
    "dismiss": EndedAs.APPEAL_DISMISSED,
    "decline": EndedAs.NOT_FOR_US,
    "merge": EndedAs.MERGED,
}


def service(category: Category) -> dict[str, Value]:
    """A subject as a service; its names in the other languages are its keywords."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    others = {name for code, name in category.names.items() if code != language} - {category.name}
    group = category.parent.name if category.parent else None
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": f"{group}: {category.name}" if group else category.name,
        "metadata": True,
        "type": "realtime",
        "keywords": ", ".join(sorted(name.replace(",", " ") for name in others)) or None,
        "group": group,
    }


def definition(category: Category) -> dict[str, Value]:
    """The two questions that every service has; neither has to be answered, and no answer is no."""
    return {
        "service_code": category.code,
        "attributes": [
            _question("about_official", 1, _("Is this about an official, or about corruption?")),
            _question(
                "publish",
                2,
                _("May we publish it, without names, numbers and addresses?"),
            ),
        ],
    }


def _question(code: str, order: int, words: str) -> dict[str, Value]:
    return {
        "variable": True,
        "code": code,
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": None,
        "order": order,
        "description": words,
        "values": [{"key": "true", "name": _("Yes")}, {"key": "false", "name": _("No")}],
    }


def request(shown: Shown) -> dict[str, Value]:
    """A published case as a service request."""
    case = shown.case
    latitude, longitude = position(case)
    return {
        "service_request_id": case.number,
        "status": status(case),
        "status_notes": status_notes(case),
        "service_name": case.category.name if case.category else None,
        "service_code": case.category.code if case.category else "",
        "description": case.public_text[:LONGEST],
        "agency_responsible": agency(case) or None,
        "service_notice": None,
        "requested_datetime": w3c(case.filed_at),
        "updated_datetime": w3c(case.closed_at or case.public_at),
        "expected_datetime": w3c(shown.expected),
        "address": shown.address or None,
        "address_id": case.place.code if case.place else None,
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": None,
    }


def status(case: Case) -> str:
    """open or closed: an answer that the citizen has not confirmed yet closes nothing."""
    return "closed" if case.status == Status.CLOSED else "open"


def status_notes(case: Case) -> str:
    """Where it stands, in public words; of an answer its outcome, of an ending how it ended."""
    if case.status == Status.CLOSED:
        ended = (case.get_outcome_display(), case.get_ending_display())
        return "; ".join(str(words) for words in ended if words)
    if case.status == Status.ANSWERED:
        return f"{case.get_status_display()}: {case.get_outcome_display()}"
    if case.status == Status.APPEALED:
        decider = hands_of(case).office
        return standing(case.status, decider.name if decider else "")
    return standing(case.status, agency(case))


def agency(case: Case) -> str:
    """The agency that answers for it: the holder's, or the holder itself where that has none."""
    return _agency_of(case.holder) if case.holder else ""


def _agency_of(office: Office) -> str:
    return (office.agency or office).name


def position(case: Case) -> tuple[float | None, float | None]:
    """Latitude and longitude as far as they are shown."""
    place = case.place
    if place is not None and place.latitude is not None and place.longitude is not None:
        return place.latitude, place.longitude
    if case.latitude is None or case.longitude is None:
        return None, None
    return round(case.latitude, DECIMALS), round(case.longitude, DECIMALS)


def update(shown: Update) -> dict[str, Value]:
    """A public step as an update. Its id never changes, and does not tell how many steps there are."""
    event = shown.event
    number, seq = event.case.number, event.seq
    return {
        "update_id": sealing.blind_index("update", f"{number}\x00{seq}")[:ID_LENGTH],
        "service_request_id": number,
        "status": "CLOSED" if event.to_status == Status.CLOSED else "OPEN",
        "updated_datetime": w3c(event.recorded_at),
        "description": _said(shown),
        "media_url": None,
    }


def _said(shown: Update) -> str:
    """What happened, in words for codes; nothing that anybody wrote, nor who did it."""
    event = shown.event
    if event.move == "answer":
        return f"{Status.ANSWERED.label}: {AnsweredWith(event.data['outcome']).label}"
    if event.move in ENDINGS:
        return str(ENDINGS[event.move].label)
    if shown.office is not None:
        return standing(event.to_status, _agency_of(shown.office))
    # Whose it is is disputed between offices: to the public it is being checked.
    state = Status.RECEIVED if event.to_status == Status.DISPUTED_OWNER else event.to_status
    return str(Status(state).label)


def discovery(changed: str | None) -> dict[str, Value]:
    """Where the endpoint is and who gives keys. `changed`: when the services changed last."""
    return {
        "changeset": changed,
        "contact": f"{settings.PUBLIC_URL}/help/",
        "key_service": _("Ask the registrar of this portal for a key: %(link)s")
        % {"link": f"{settings.PUBLIC_URL}/help/"},
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{settings.PUBLIC_URL}/open311/v2",
                "changeset": changed,
                "type": "test" if settings.DEMO else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
