"""The outbox's other end: which notices are due, to whom, in what words; and what became of them.

Each try is written down, with the time of the next one, *before* anything is sent. So a crash costs
at most one repeat and never a notice; two workers never send the same one at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from agencies.selectors import actor_for, answering_post
from complaints.bars import barred_users
from complaints.models import ContactProof, Notice
from complaints.notice_texts import (
    CITIZEN_FOOT,
    CLOCK_NAMES,
    FOR_OFFICERS,
    OFFICER_FOOT,
    TEXTS,
)
from complaints.selectors.access import visible_to
from complaints.services import sealing

#: Waiting times after each try; the one after the last of them is the last try.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
BANGLA_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
LONGEST_NAME_IN_SMS = 36


class Unreachable(Exception):
    """There is no way to the person, or no longer, or they must not be told."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a notice goes: `to` is an e-mail address or an E.164 telephone number.

    `language` is the reader's.
    """

    channel: str
    to: str
    language: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice in its reader's language. `sms` is empty where none is foreseen."""

    subject: str
    body: str
    sms: str
    language: str


# --- Trying -----------------------------------------------------------------------------------


def claim_due(limit: int, now: datetime) -> list[Notice]:
    """Take up to so many notices that are due, oldest first; others cannot take them meanwhile.

    The try and the time of the next one are committed when this returns. A notice whose last try
    was never reported is given up here.
    """
    with transaction.atomic():
        due = list(
            Notice.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("case", "contact", "user", "office")
            .filter(status=Notice.Status.PENDING, next_at__lte=now)
            .order_by("next_at", "id")[:limit]
        )
        for notice in due:
            if notice.attempts > len(BACKOFF):
                notice.status, notice.error = Notice.Status.FAILED, notice.error or "never_reported"
                continue
            notice.next_at = now + BACKOFF[min(notice.attempts, len(BACKOFF) - 1)]
            notice.attempts += 1
        Notice.objects.bulk_update(due, ["status", "error", "attempts", "next_at"])
    return [notice for notice in due if notice.status == Notice.Status.PENDING]


def mark_sent(notice: Notice, *, provider_id: str, now: datetime) -> None:
    """It is out: the provider has taken it. A second report changes nothing."""
    Notice.objects.filter(pk=notice.pk, status=Notice.Status.PENDING).update(
        status=Notice.Status.SENT, sent_at=now, provider_id=provider_id[:100], error=""
    )


def mark_failed(notice: Notice, *, error: str, for_good: bool = False) -> None:
    """This try failed. It is given up after the last one, or at once if no other can succeed.

    `error` is a kind of error, never what a server said: that may hold the address.
    """
    given_up = for_good or notice.attempts > len(BACKOFF)
    status = Notice.Status.FAILED if given_up else Notice.Status.PENDING
    Notice.objects.filter(pk=notice.pk, status=Notice.Status.PENDING).update(
        status=status, error=error[:200]
    )


def mark_unreachable(notice: Notice, *, reason: str) -> None:
    """There is nobody to send it to; it is not tried again."""
    Notice.objects.filter(pk=notice.pk, status=Notice.Status.PENDING).update(
        status=Notice.Status.UNREACHABLE, error=reason[:200]
    )


# --- To whom ----------------------------------------------------------------------------------


def address_of(notice: Notice) -> Address:
    """Where the notice goes, found out only here, just before sending.

    A sealed contact is opened; of an office it is whoever answers there now. Raises Unreachable
    where there is no address (any more) or an officer is barred from the case by now, and
    `sealing.CannotUnseal` without the right key.
    """
    if notice.contact is None:
        return _address_of_officer(notice)
    contact = notice.contact
    if contact.erased_at is not None or not contact.sealed:
        raise Unreachable("erased")
    details = sealing.unseal(contact.sealed)
    to = details.get("email" if notice.channel == "email" else "phone", "")
    if not to:
        raise Unreachable("no_address")
    return Address(notice.channel, to, notice.language)


def _address_of_officer(notice: Notice) -> Address:
    barred = barred_users(notice.case) if notice.case is not None else frozenset()
    user = notice.user
    if user is None and notice.office is not None:
        post = answering_post(notice.office, Role.FOCAL, barred)
        user = post.user if post is not None else None
    if user is None:
        raise Unreachable("nobody_answers")
    if not user.is_active:
        raise Unreachable("inactive")
    if user.pk in barred:
        raise Unreachable("barred")
    if notice.case is not None and not _may_see(user, [notice.case.number]):
        raise Unreachable("not_theirs")
    if _allowed(notice).get("numbers") == []:
        raise Unreachable("not_theirs")
    to = user.email if notice.channel == "email" else user.phone
    if not to:
        raise Unreachable("no_address")
    return Address(notice.channel, to, user.language)


# --- In what words ----------------------------------------------------------------------------


def render(notice: Notice, language: str = "") -> Rendered:
    """The notice in its reader's language, with dates in the country's zone and their script.

    Of a case that is sensitive by now, a citizen is told only that there is news. Raises Unreachable
    for a code that is no longer of use.
    """
    language = language or notice.language or settings.LANGUAGE_CODE
    template, is_officer = notice.template, notice.template in FOR_OFFICERS
    is_code = template == "code"
    if not (is_officer or is_code) and notice.case is not None and notice.case.sensitive:
        template = "news"
    text = TEXTS[template]
    with translation.override(language):
        link = _office_link(notice, language) if is_officer else _track_link(language)
        values = {**_values(notice, language, whole=True), "link": link}
        short = {**_values(notice, language, whole=False), "link": link}
        foot = (
            "" if is_code else f"\n\n{str(OFFICER_FOOT if is_officer else CITIZEN_FOOT) % values}"
        )
        return Rendered(
            subject=str(text.subject) % values,
            body=f"{str(text.body) % values}{foot}\n",
            sms=str(text.sms) % short,
            language=language,
        )


def _track_link(language: str) -> str:
    return f"{settings.PUBLIC_URL}/{language}/complaints/track/"


def _office_link(notice: Notice, language: str) -> str:
    """The case; of several, the inbox."""
    base = f"{settings.PUBLIC_URL}/{language}/office/"
    return f"{base}cases/{notice.case.number}/" if notice.case is not None else base


def _values(notice: Notice, language: str, *, whole: bool) -> dict[str, str]:
    """The values as people read them. For an SMS (not `whole`) names and dates are short."""
    return {
        name: _in_words(name, value, language, whole=whole)
        for name, value in _allowed(notice).items()
    }


def _allowed(notice: Notice) -> Mapping[str, Any]:
    """The values, without the numbers of cases that an officer may no longer see."""
    values: dict[str, Any] = notice.values
    if "proof" in values:
        return {"code": _code_of(values["proof"])}
    if notice.user is None or "numbers" not in values or notice.case_id is not None:
        return values
    seen = _may_see(notice.user, values["numbers"])
    numbers = [number for number in values["numbers"] if number in seen]
    gone = len(values["numbers"]) - len(numbers)
    return {**values, "numbers": numbers, "count": values["count"] - gone}


def _code_of(proof_id: int) -> str:
    """The code, made here and kept nowhere. Raises Unreachable once it proves nothing any more."""
    proof = ContactProof.objects.filter(pk=proof_id, used_at=None).first()
    if proof is None or proof.expires_at <= timezone.now():
        raise Unreachable("expired")
    return sealing.one_time_code(proof.pk, proof.nonce)


def _may_see(user: User, numbers: list[str]) -> set[str]:
    """Which of the cases an officer may see by the posts they hold now."""
    cases = visible_to(actor_for(user)).filter(number__in=numbers)
    return set(cases.values_list("number", flat=True))


def _in_words(name: str, value: Any, language: str, *, whole: bool) -> str:
    if name == "agency":
        return _name(value, language, whole=whole)
    if name == "due" or name.endswith("_due"):
        return _moment(value, language, whole=whole)
    if name == "clock":
        return str(CLOCK_NAMES[value])
    if name == "numbers":
        return "\n".join(value)
    return _digits(str(value), language) if isinstance(value, int) else str(value)


def _name(names: Mapping[str, str], language: str, *, whole: bool) -> str:
    """An agency's name in the reader's language, else in English, else in any."""
    name = names.get(language) or names.get("en") or next(iter(names.values()), "")
    if whole or len(name) <= LONGEST_NAME_IN_SMS:
        return name
    # Three dots: an ellipsis is no letter of the GSM alphabet and would double the price.
    return name[: LONGEST_NAME_IN_SMS - 3].rstrip() + "..."


def _moment(iso: str, language: str, *, whole: bool) -> str:
    """A due time: the last day on which it is in time, or day and hour where it is no midnight."""
    if not iso:
        return _("as soon as possible")
    zone = ZoneInfo(settings.TIME_ZONE)
    due = datetime.fromisoformat(iso).astimezone(zone)
    at_midnight = due.time() == time()
    day = (due - timedelta(microseconds=1)).date() if at_midnight else due.date()
    pattern = "EEEE, d MMMM y" if whole else "d MMM"
    words = format_date(day, pattern, locale=language)
    if not at_midnight:
        words = f"{words}, {due:%H:%M}" + (f" ({_zone(due)})" if whole else "")
    return _digits(words, language)


def _zone(moment: datetime) -> str:
    """WIB, or UTC+6 where the zone has no letters."""
    name = moment.tzname() or ""
    return name if name.isalpha() else f"UTC{moment:%z}"[:6].replace("+0", "+")


def _digits(text: str, language: str) -> str:
    return text.translate(BANGLA_DIGITS) if language == "bn" else text
