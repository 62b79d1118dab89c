"""What the portal's account says of a case: codes in words, in the country's first language.

Nothing that anybody wrote is ever in it, and no person's name: the case's number, what happened, the
office that has it, and the address of the public page.
"""

from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from agencies.selectors import office_by_code
from complaints.in_hands import hands_of
from complaints.models import Case, Event
from complaints.models.case import AnsweredWith, EndedAs, Status
from complaints.notice_texts import Words
from complaints.public_words import standing
from complaints.services.notice_words import BANGLA_DIGITS

#: A post's length as X counts it; letters outside these ranges count twice
#: (docs.x.com, "Counting characters").
LONGEST = 280
SINGLE = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))

SAID: dict[str, Words] = {
    "publish": _("Published: case %(number)s. Now: %(state)s."),
    "forward": _("Case %(number)s was sent to %(office)s."),
    "rule": _("Case %(number)s was sent to %(office)s."),
    "pass_down": _("Case %(number)s was passed on to %(office)s."),
    "answer": _("Case %(number)s is answered. Outcome: %(outcome)s."),
    "dispute": _("Case %(number)s: the citizen says that it is not solved. The work goes on."),
    "appeal": _("Case %(number)s: there is an appeal. A higher office decides it."),
    "uphold": _("Case %(number)s: the appeal was right. The work begins again."),
    "reopen": _("Case %(number)s was opened again after an audit."),
    "separate": _("Case %(number)s is on its own again and is checked anew."),
    "closed": _("Case %(number)s is closed. %(ending)s."),
}
#: How a move that closes ends the case.
ENDINGS: dict[str, EndedAs] = {
    "confirm": EndedAs.CONFIRMED,
    "lapse": EndedAs.SILENT,
    "dismiss": EndedAs.APPEAL_DISMISSED,
    "decline": EndedAs.NOT_FOR_US,
    "merge": EndedAs.MERGED,
}


def text_of(event: Event, case: Case) -> str:
    """The post about an event of a published case (with its holder), at most 280 characters."""
    with translation.override(settings.LANGUAGE_CODE):
        office = _office(event, case)
        text = _written(event, case, office)
        over = length(text) - LONGEST
        if over > 0:
            # Only an office's name can be so long.
            text = _written(event, case, f"{office[: max(0, len(office) - over - 3)].rstrip()}...")
    return text


def length(text: str) -> int:
    """How long a post is. A link counts as long as it is, though X would count 23."""
    return sum(1 if any(a <= ord(letter) <= b for a, b in SINGLE) else 2 for letter in text)


def _written(event: Event, case: Case, office: str) -> str:
    values = {
        "number": case.number,
        "office": office or _("an office"),
        "state": standing(event.to_status, _has_it(event, case, office)),
        "outcome": _label(AnsweredWith, event.data.get("outcome", "")),
        "ending": _label(EndedAs, _ending(event, case)),
    }
    said = str(SAID[_kind(event)]) % values
    link = f"{settings.PUBLIC_URL}/{settings.LANGUAGE_CODE}/cases/{case.number}/"
    return f"{said} ({_day(event)})\n{link}"


def _kind(event: Event) -> str:
    if event.move in ENDINGS:
        return "closed"
    is_appeal = event.to_status == Status.APPEALED != event.from_status
    return "appeal" if is_appeal else event.move


def _office(event: Event, case: Case) -> str:
    """The office that an event is about: the one that got the case, else the one that has it."""
    code = event.data.get("office", "")
    office = office_by_code(case.country, code) if code else case.holder
    return office.name if office else ""


def _has_it(event: Event, case: Case, office: str) -> str:
    """The name of the office that has it; in an appeal of the one that decides, if one does."""
    if not (event.to_status == case.status == Status.APPEALED):
        return office
    decider = hands_of(case).office
    return decider.name if decider else ""


def _ending(event: Event, case: Case) -> str:
    if event.move == "confirm" and case.disputes:
        return EndedAs.DISPUTED_THEN_CONFIRMED
    return ENDINGS.get(event.move, "")


def _label(choices: type[AnsweredWith] | type[EndedAs], code: str) -> str:
    return str(dict(choices.choices).get(code, ""))


def _day(event: Event) -> str:
    """The day on which it happened, in the country's zone and letters."""
    language = settings.LANGUAGE_CODE
    day = event.happened_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    words = format_date(day, "d MMM y", locale=language)
    return words.translate(BANGLA_DIGITS) if language == "bn" else words
