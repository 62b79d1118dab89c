"""What the telephone system tells of a call: the caller's number, perhaps, and its own name for the call.

A number shown by a telephone can be forged. It fills in a field for the operator to ask about, and
opens nothing.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agencies.naming import digits_to_ascii
from complaints.errors import Sentence
from complaints.submission import clean_phone
from complaints.views.finding import asked

#: How telephone systems write that a caller shows no number (RFC 3323, Asterisk, FreeSWITCH, Genesys).
WITHHELD = {
    *("anonymous", "unknown", "private", "restricted", "withheld", "unavailable", "hidden"),
    *("blocked", "none", "null", "n/a", "na", "asserted", "no number", "number withheld"),
}
#: The user part of `"Name" <sip:+88017…@host;user=phone>` and of `tel:+88017…`.
URI = re.compile(r"(?:sips?|tel):([^@;>?\s]+)", re.IGNORECASE)
NONE, KNOWN, HIDDEN, UNREADABLE, OWN = "none", "known", "hidden", "unreadable", "own"

#: What the operator is told of the number.
TOLD: dict[str, Sentence] = {
    KNOWN: _("The telephone shows this number. Ask whether it is theirs: it can be forged."),
    HIDDEN: _("The caller shows no number. Ask for one, if they want news by phone."),
    UNREADABLE: _("The telephone sent no number that can be read. Ask for one, if they want news."),
    OWN: _("The telephone showed your own number. It is not taken as theirs."),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the state of its number (see `TOLD`), the number as E.164 if known, the call's id."""

    state: str = NONE
    phone: str = ""
    id: str = ""


def call_of(request: HttpRequest) -> Call:
    """The call of `?ani=…&call_id=…`."""
    state, phone = caller(asked(request, "ani"), own_phone(request))
    return Call(state, phone, call_id(asked(request, "call_id")))


def call_id(text: str) -> str:
    """The telephone system's own name for a call, without what is no code."""
    return re.sub(r"[^A-Za-z0-9._:@-]", "", text)[:64]


def caller(text: str, own: str = "") -> tuple[str, str]:
    """What a telephone shows of a caller: the state, and the number as E.164 where there is one.

    Digits of any script, `+880…`, `880…`, `00880…`, SIP and tel addresses. `own` is the operator's.
    """
    shown = digits_to_ascii(unquote(text[:200])).strip()
    if found := URI.search(shown):
        shown = found[1]
    shown = shown.strip(" \"'<>")
    if not shown:
        return NONE, ""
    if shown.lower() in WITHHELD:
        return HIDDEN, ""
    try:
        phone = clean_phone(re.sub(r"^00(?=[1-9])", "+", shown), settings.COUNTRY)
    except ValidationError:
        return UNREADABLE, ""
    return (OWN, "") if phone == own else (KNOWN, phone)


def own_phone(request: HttpRequest) -> str:
    """The operator's own number as E.164; empty if they have none that can be read."""
    try:
        return clean_phone(request.user.phone, settings.COUNTRY)  # type: ignore[union-attr]
    except ValidationError:
        return ""
