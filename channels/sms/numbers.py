"""Who sent an SMS: a telephone number in one form, or whatever stands in its place."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError

from complaints.submission import clean_phone

E164 = re.compile(r"\+[1-9]\d{6,14}")
#: As long a sender as any network lets through is kept.
LONGEST = 100


def sender_of(text: str) -> str:
    """A sender as E.164, where it is a telephone number, with or without plus, of any country.

    Short codes and names ("16222", "bKash") stay as they are: nobody can be answered there.
    """
    given = text.replace("\0", "").strip()[:LONGEST]
    # Gateways leave the plus away; a number of this country is the likelier reading.
    for tried in (given, f"+{given}"):
        try:
            return clean_phone(tried, settings.COUNTRY)
        except ValidationError:
            continue
    return given


def is_reachable(address: str) -> bool:
    """Whether an SMS can be sent there."""
    return E164.fullmatch(address) is not None
