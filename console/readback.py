"""A filing as sentences to be read back before it is sent, in the citizen's language.

Each line names the field in which it is corrected, and the key that leads there.
"""

from dataclasses import dataclass
from typing import Any

import phonenumbers
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.models import Category, Place
from complaints.models.case import Kind
from complaints.selectors.finding import Why, described_places, name_of
from complaints.submission import REGIONS

KEYS = "1234567890abcdef"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence; `quoted` are the citizen's own words, `digits` a number in groups."""

    field: str
    say: str
    quoted: str = ""
    digits: str = ""
    key: str = ""


def lines(given: dict[str, Any]) -> list[Line]:
    """What is read back of a filing (a form's cleaned data), in the order of the form."""
    with translation.override(given["language"]):
        found = [*_radio(given), *_what(given), *_where(given), *_who(given), *_agreed(given)]
    return [
        Line(line.field, line.say, line.quoted, line.digits, key)
        for key, line in zip(KEYS, found, strict=False)
    ]


def _radio(given: dict[str, Any]) -> list[Line]:
    if given["channel"] != "radio":
        return []
    words = _("You said it on air: %(station)s, %(programme)s.")
    return [Line("station", words % {n: given[n] for n in ("station", "programme")})]


def _what(given: dict[str, Any]) -> list[Line]:
    kinds = {
        Kind.COMPLAINT: _("You complain about something."),
        Kind.INFORMATION: _("You ask for information."),
        Kind.SUGGESTION: _("You make a suggestion."),
    }
    is_about = given["about"] == "yes"
    subject = name_of(Category, given["category"])
    return [
        Line("text", _("You told me:"), quoted=given["text"]),
        Line(
            "about",
            _("It is about an official or about corruption.")
            if is_about
            else _("It is not about an official, and not about corruption."),
        ),
        Line("kind", kinds[given["kind"]]),
        Line(
            "category",
            _("The subject is: %(subject)s.") % {"subject": subject}
            if subject
            else _("You named no subject."),
        ),
    ]


def _where(given: dict[str, Any]) -> list[Line]:
    place = Place.objects.filter(country=settings.COUNTRY, code=given["place"]).first()
    if place is None:
        say = _("You named no place.")
    else:
        say = _("It happened here: %(place)s.") % {"place": described_places([place])[0].line}
    return [Line("q", say, quoted=given["note"])]


def _who(given: dict[str, Any]) -> list[Line]:
    name, phone = given["name"], given["phone"]
    return [
        Line(
            "name",
            _("Your name is: %(name)s.") % {"name": name} if name else _("You gave no name."),
        ),
        Line(
            "phone",
            _("Your number is:") if phone else _("You gave no number, so we can’t reach you."),
            digits=in_groups(phone),
        ),
    ]


def _agreed(given: dict[str, Any]) -> list[Line]:
    found = [_for_whom(given)]
    if given["about"] == "yes":
        sealed = _("Your name is sealed, and nothing is published.")
        return [Line("about", sealed), *found]
    if given["name"] or given["phone"]:
        shared = _("Officers may see your name and your number.")
        kept = _("Officers may not see who you are without giving a reason.")
        found.insert(0, Line("share", shared if given["share"] else kept))
    published = _("It may be published without names.")
    secret = _("It is not published.")
    found.insert(-1, Line("publish", published if given["publish"] else secret))
    return found


def _for_whom(given: dict[str, Any]) -> Line:
    if given["for_whom"] != "other":
        return Line("for_whom", _("It is for yourself."))
    agreed = {
        "spoken": _("It is for %(name)s, who agreed."),
        "written": _("It is for %(name)s, who agreed in writing."),
        "guardian": _("It is for %(name)s, whose guardian agreed."),
    }
    return Line("for_name", agreed[given["consent_for"]] % {"name": given["for_name"]})


def where_it_goes(reasons: Why, agency: str) -> str:
    """Who gets it and why, in one sentence of the language that is active."""
    if not agency:
        if reasons.desk_because:
            words = _("The central desk reads it first, because %(reason)s")
            return words % {"reason": reasons.desk_because}
        return _("The central desk reads it first and finds the office that is responsible.")
    if reasons.words:
        said = ", ".join(f"“{word}”" for word in reasons.words[:3])
        words = _("It goes to %(agency)s, because you said %(words)s.")
        return words % {"agency": agency, "words": said}
    if reasons.by_subject:
        return _("It goes to %(agency)s, because of the subject.") % {"agency": agency}
    if reasons.by_place:
        return _("It goes to %(agency)s, because of the place.") % {"agency": agency}
    return _("It goes to %(agency)s.") % {"agency": agency}


def in_groups(phone: str) -> str:
    """A number as it is dialled at home, in groups: "01712 345 678"; empty stays empty."""
    if not phone:
        return ""
    number = phonenumbers.parse(phone)
    is_ours = phonenumbers.region_code_for_number(number) == REGIONS[settings.COUNTRY]
    way = phonenumbers.PhoneNumberFormat
    text = phonenumbers.format_number(number, way.NATIONAL if is_ours else way.INTERNATIONAL)
    return _broken(text.replace("-", " "))


def _broken(text: str) -> str:
    """Runs of more than five digits in threes, as people say them."""
    parts = []
    for part in text.split():
        while len(part) > 5:
            parts.append(part[:3])
            part = part[3:]
        parts.append(part)
    return " ".join(parts)
