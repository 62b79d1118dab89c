"""What a filing consists of, and what makes its parts acceptable. Used by forms, API and channels.

Pure but for Django's validation errors. Text is kept as it was written: only null bytes and other
control characters, which no person types and no database keeps, are taken out.
"""

import unicodedata
from dataclasses import dataclass, field

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from agencies.naming import digits_to_ascii

MIN_LETTERS = 10
MAX_CHARACTERS = 20_000
REGIONS = {"bd": "BD", "id": "ID"}
#: How numbers are written there, for the sentence about one that is none.
PHONES = {"bd": "01712 345678 / +880 1712 345678", "id": "0812 3456 7890 / +62 812 3456 7890"}


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """Who filed and how to reach them. `for_name` is whom it is filed for, if not oneself."""

    name: str = ""
    phone: str = ""
    email: str = ""
    for_name: str = ""
    consent: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email or self.for_name)


@dataclass(frozen=True, slots=True)
class Whom:
    """A respondent the citizen chose: a person with an account, or a role in an office (ids)."""

    user_id: int | None = None
    office_id: int | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A complaint as it comes in, from whatever channel. Codes are the registry's."""

    text: str
    kind: str = "complaint"
    category: str = ""
    place: str = ""
    place_note: str = ""
    latitude: float | None = None
    longitude: float | None = None
    agency_named: str = ""
    language: str = ""
    about_official: bool = False
    respondents: tuple[Whom, ...] = ()
    contact: ContactDetails = field(default_factory=ContactDetails)
    on_behalf: bool = False
    share_contact: bool = False
    publish_consent: bool = False
    #: Keys of files that were uploaded before.
    files: tuple[str, ...] = ()
    #: Where the words came from, if a channel brought them: news of the case goes there (an id).
    handle_id: int | None = None
    #: Codes that a channel adds (call id, station, programme); never free text.
    circumstances: tuple[tuple[str, str], ...] = ()


def clean_text(
    text: str, *, least: int = MIN_LETTERS, most: int = MAX_CHARACTERS, digits: bool = False
) -> str:
    """The words without control characters. Raises ValidationError if too short or too long.

    With `digits` these count like letters: a reply may be nothing but the number that was asked for.
    """
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc").strip()
    letters = sum(c.isalpha() or (digits and c.isdecimal()) for c in kept)
    if letters < least:
        raise ValidationError(
            _("Write at least %(least)s letters, so that it can be understood."),
            code="too_short",
            params={"least": least},
        )
    if len(kept) > most:
        raise ValidationError(
            _("This is too long: %(length)s characters. At most %(most)s are possible."),
            code="too_long",
            params={"length": len(kept), "most": most},
        )
    return kept


def clean_phone(text: str, country: str) -> str:
    """A telephone number as E.164, from any script's digits; empty stays empty.

    Raises ValidationError for what cannot be a number.
    """
    typed = digits_to_ascii(text).strip()
    if not typed:
        return ""
    try:
        number = phonenumbers.parse(typed, REGIONS.get(country))
    except phonenumbers.NumberParseException as error:
        raise _not_a_phone(country) from error
    if not phonenumbers.is_valid_number(number):
        raise _not_a_phone(country)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _not_a_phone(country: str) -> ValidationError:
    return ValidationError(
        _("This is not a telephone number. Write it like this: %(example)s"),
        code="phone",
        params={"example": PHONES.get(country, PHONES["bd"])},
    )


def clean_email(text: str) -> str:
    """An e-mail address in lower case; empty stays empty. Raises ValidationError."""
    typed = text.strip().lower()
    if typed:
        validate_email(typed)
    return typed


def read_contact(text: str, country: str) -> tuple[str, str]:
    """Which way a contact is, "email" or "phone", and the contact as it is kept.

    Raises ValidationError for what is neither.
    """
    if "@" in text:
        return "email", clean_email(text)
    phone = clean_phone(text, country)
    if not phone:
        raise _not_a_phone(country)
    return "phone", phone
