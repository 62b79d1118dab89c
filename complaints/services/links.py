"""Links in messages: signed, for one case and one purpose, valid until that clock ends.

A link holds the clock that it answers (confirm: say whether it is solved; waiting: reply; withdrawal:
keep the case, or say that somebody pressed) and a tag made
with a key outside the database; never a secret of the case. Opening it changes nothing: it shows a
page whose button acts. By SMS and e-mail, confirming and keeping need four digits
that were sent with the question.
"""

import base64
import hmac

from django.conf import settings

from complaints import clocks, moment
from complaints.models import Case, Clock, Notice
from complaints.services import sealing
from complaints.tracking import digits_only

#: What the end of each clock asks of the citizen.
ANSWERED_BY_LINK = (clocks.Kind.CONFIRM, clocks.Kind.WAITING, clocks.Kind.WITHDRAWAL)
#: Where a short answer needs digits, since anybody can pretend to be the sender.
WITH_DIGITS = (clocks.Kind.CONFIRM, clocks.Kind.WITHDRAWAL)
#: Notices that ask for one of them.
ASKING = {
    "answered": clocks.Kind.CONFIRM,
    "reminder_confirm": clocks.Kind.CONFIRM,
    "asked": clocks.Kind.WAITING,
    "reminder_waiting": clocks.Kind.WAITING,
    "withdrawal_pending": clocks.Kind.WITHDRAWAL,
}
TAG_LETTERS = 20
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _macs(*parts: object) -> list[bytes]:
    """Under each tracking key: what is made now is the first, what comes back may be any."""
    return sealing.macs("\x00".join(map(str, ("link", *parts))).encode())


def _tags(*parts: object) -> list[str]:
    return [base64.b32encode(mac).decode()[:TAG_LETTERS].lower() for mac in _macs(*parts)]


def _is_among(made: list[str], given: str) -> bool:
    """In constant time: all are compared, whichever fits."""
    fits = [hmac.compare_digest(one.encode(), given.encode()) for one in made]
    return any(fits)


def token_of(clock: Clock) -> str:
    """What stands in the link that answers this clock: its id in base 36, and the tag."""
    return f"{_written(clock.pk)}-{_tags(clock.kind, clock.pk)[0]}"


def link_to(clock: Clock, language: str) -> str:
    """The address of the page that answers this clock, in a language."""
    return f"{settings.PUBLIC_URL}/{language}/a/{token_of(clock)}/"


def clock_of(token: str) -> Clock | None:
    """The clock that a link answers; None for a forged link, or one whose time is over."""
    written, _dash, tag = token.partition("-")
    pk = _read(written)
    # Which of the two it is stands in the row; the tag is checked for both, found or not.
    fits = [kind for kind in ANSWERED_BY_LINK if _is_among(_tags(kind, pk), tag.lower())]
    clock = Clock.objects.select_related("case").filter(pk=pk, kind__in=fits).first()
    return clock if clock is not None and is_open(clock) else None


def is_open(clock: Clock) -> bool:
    """Whether the clock still runs: links and digits are good for no longer."""
    return clock.stopped_at is None and moment.now() < clock.due_at


def asked_by(notice: Notice) -> Clock | None:
    """The open clock that a notice asks the citizen to answer, if it asks for anything (one query)."""
    kind = ASKING.get(notice.template)
    if kind is None or notice.case_id is None:
        return None
    clock = Clock.objects.filter(case=notice.case_id, kind=kind, stopped_at=None).first()
    return clock if clock is not None and is_open(clock) else None


def code_of(clock: Clock) -> str:
    """The four digits that confirm or keep by a short answer: derived when needed, kept nowhere."""
    return _codes(clock)[0]


def _codes(clock: Clock) -> list[str]:
    return [f"{int.from_bytes(mac) % 10_000:04d}" for mac in _macs("code", clock.pk)]


def code_matches(clock: Clock, typed: str) -> bool:
    """Whether these are the digits of this clock, in constant time."""
    return _is_among(_codes(clock), digits_only(typed))


# --- What an e-mail brings back ---------------------------------------------------------------


def reply_token(case_id: int) -> str:
    """What an answer to an e-mail of ours brings back: it says which case, and that we sent it."""
    return f"{_written(case_id)}-{_tags('reply', case_id)[0]}"


def case_of_reply(token: str) -> Case | None:
    """The case of a token that an e-mail brought back; None for one that we never made.

    And where the person is erased: then nobody is known by their address any more.
    """
    pk = _read(token.partition("-")[0])
    fits = _is_among(_tags("reply", pk), token.partition("-")[2].lower())
    cases = Case.objects.filter(country=settings.COUNTRY, person_erased_at=None)
    return cases.filter(pk=pk).first() if fits and pk else None


def kept_id(channel: str, provider_id: str) -> str:
    """How a message of ours is known again: by the provider's id; a letter by a keyed hash of its own.

    A letter's Message-ID holds the token: read in a copy of the database, it would open the case's mail.
    """
    return sealing.blind_index("letter", provider_id) if channel == "email" else provider_id[:200]


def _written(number: int) -> str:
    """A number in base 36, which is short, and the same in upper and lower case."""
    written = ""
    while number:
        number, digit = divmod(number, 36)
        written = DIGITS[digit] + written
    return written


def _read(written: str) -> int:
    """The number again; 0 for what is none."""
    try:
        return int(written[:12], 36)
    except ValueError:
        return 0
