"""A notice in words: in its reader's language, dates in the country's zone, made only to be sent.

What a notice holds are codes, ids and times. A one-time code, a link and the digits of a confirmation
are made here and kept nowhere; what an office wrote is read here and not copied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from agencies.selectors import actor_for
from complaints.models import Case, ContactProof, Notice, Statement
from complaints.notice_texts import (
    ACT_BY_LINK,
    ACT_BY_MAIL,
    ACT_BY_REPLY,
    ACT_BY_SMS,
    CITIZEN_FOOT,
    CLOCK_NAMES,
    FOR_CITIZENS,
    FOR_OFFICERS,
    OFFICER_FOOT,
    RECEIPTS,
    STATE_WORDS,
    TEXTS,
    TO_RESPONDENTS,
    WORDED,
)
from complaints.selectors.access import visible_to
from complaints.services import links, sealing
from complaints.workflow import Party

BANGLA_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
LONGEST_NAME_IN_SMS = 36
#: How long a code is good for, and says that it is.
CODE_VALID = timedelta(minutes=15)
#: What a notice shows of the words that it is about, where it goes to whoever wrote from there.
SHOWS: dict[str, tuple[str, ...]] = {
    "asked": (Statement.Kind.QUESTION,),
    "answered": (Statement.Kind.ANSWER,),
    "hearing_set": (Statement.Kind.HEARING,),
    "hearing_moved": (Statement.Kind.HEARING,),
    "message": (Statement.Kind.MESSAGE,),
    "status": (Statement.Kind.QUESTION, Statement.Kind.ANSWER, Statement.Kind.MESSAGE),
    "status_closed": (Statement.Kind.ANSWER,),
}
#: Characters of it, and of an SMS in all: at most six parts in Bangla.
LONGEST_SAID, LONGEST_SMS = 2000, 390


class Unreachable(Exception):
    """There is no way to the person, or no longer, or they must not be told."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice in its reader's language.

    `sms` and `chat` (for messengers and devices) are empty where none is foreseen. `template`,
    `number` (the case's) and `link` are for a provider that wants parts instead of a text.
    """

    subject: str
    body: str
    sms: str
    language: str
    chat: str = ""
    template: str = ""
    number: str = ""
    link: str = ""


def render(notice: Notice, language: str = "") -> Rendered:
    """The notice in its reader's language, with dates in the country's zone and their script.

    Of a case that is sensitive by now, a citizen is told only that there is news. Raises Unreachable
    for a code that is no longer of use.
    """
    language = language or notice.language or settings.LANGUAGE_CODE
    template, is_officer = _template_of(notice), notice.template in FOR_OFFICERS
    text = TEXTS[template]
    with translation.override(language):
        act = _asked_for(notice, template, language)
        link = _office_link(notice, language) if is_officer else _track_link(language)
        values = {**_values(notice, language, whole=True), **act, "link": link}
        short = {**_values(notice, language, whole=False), **act, "link": act["act_link"] or link}
        said = _said(notice, template)
        return Rendered(
            subject=str(text.subject) % values,
            body=_paragraphs(str(text.body) % values, said, *_foot(template, values)) + "\n",
            sms=_sms(template, short, said),
            chat=_chat(template, values | {"link": short["link"]}, said),
            language=language,
            template=template,
            number=str(values.get("number", "")),
            link=short["link"],
        )


def _template_of(notice: Notice) -> str:
    """The words to use: of a sensitive case its citizen reads only that there is news; and so of a
    receipt that goes out once more, when its secrets are gone.
    """
    if notice.template in RECEIPTS and not notice.sealed:
        return "news"
    is_plain = notice.template in FOR_CITIZENS and notice.template != "code"
    is_sealed = notice.case is not None and _is_sealed(notice.case)
    return "news" if is_plain and is_sealed and notice.template not in RECEIPTS else notice.template


def _is_sealed(case: Case) -> bool:
    """Whether the case is sensitive, or the one that it was joined with, by now."""
    return case.sensitive or case.followed.sensitive


def _asked_for(notice: Notice, template: str, language: str) -> dict[str, str]:
    """What the notice asks the citizen to do by a certain day: which, a link to do it, the digits."""
    clock = links.asked_by(notice) if template == notice.template else None
    if clock is None:
        return {"act": "", "act_link": "", "act_code": ""}
    code = links.code_of(clock) if clock.kind in links.WITH_DIGITS else ""
    return {"act": clock.kind, "act_link": links.link_to(clock, language), "act_code": code}


def _said(notice: Notice, template: str) -> str:
    """What the office wrote, for whoever files and reads from there; nothing of a sensitive case.

    Of a case that theirs was joined with they read the answer alone: what is asked and said there is
    between the office and somebody else.
    """
    case, contact = notice.case, notice.contact
    writes_there = notice.handle_id is not None or (contact and contact.handle_id is not None)
    if case is None or not writes_there or template not in SHOWS or notice.channel == "push":
        return ""
    shown = case.followed
    if case.sensitive or shown.sensitive:
        return ""
    kinds = SHOWS[template] if shown.pk == case.pk else (Statement.Kind.ANSWER,)
    words = Statement.objects.filter(case=shown, kind__in=kinds, internal=False, erased_at=None)
    last = words.exclude(event__party=Party.CITIZEN).order_by("-event__seq").first()
    if last is None:
        return ""
    return "\n".join(filter(None, (last.body.get(part) for part in ("place", "text"))))[
        :LONGEST_SAID
    ]


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _foot(template: str, values: Mapping[str, str]) -> list[str]:
    """What stands below an e-mail: how to act on it, and where to read on."""
    if template in FOR_OFFICERS:
        return [str(OFFICER_FOOT) % values]
    if template == "code":
        return []
    act = str(ACT_BY_LINK[values["act"]]) % values if values["act"] else ""
    answer = str(ACT_BY_MAIL[values["act"]]) % values if "email" in settings.REPLIES_BY else ""
    if template not in FOR_CITIZENS:
        # What is said back in a conversation; at most with the question that is still open.
        return [act, answer] if act else []
    return [act, answer, str(CITIZEN_FOOT) % values]


def _sms(template: str, values: Mapping[str, str], said: str) -> str:
    """The short text; how to act by SMS, if they can be answered; then what fits of what was said."""
    text = str(TEXTS[template].sms) % values
    if text and values["act"] and "sms" in settings.REPLIES_BY:
        text = f"{text} {str(ACT_BY_SMS[values['act']]) % values}"
    room = LONGEST_SMS - len(text) - 2
    if text and said and room >= 40:
        text = f"{text}\n{said if len(said) <= room else said[: room - 3].rstrip() + '...'}"
    return text


def _chat(template: str, values: Mapping[str, str], said: str) -> str:
    """What a messenger shows: the short text, what was said, and how to act on it."""
    text = str(TEXTS[template].sms) % values
    act = str(ACT_BY_REPLY[values["act"]]) % values if values["act"] else ""
    return _paragraphs(text, said, act) if text else ""


def _track_link(language: str) -> str:
    return f"{settings.PUBLIC_URL}/{language}/complaints/track/"


def _office_link(notice: Notice, language: str) -> str:
    """The case; of several, the inbox; of what is no case, the page that the notice names."""
    base = f"{settings.PUBLIC_URL}/{language}/"
    if notice.template in TO_RESPONDENTS:
        return f"{base}office/served/{notice.values.get('served', '')}/"
    if notice.case is not None:
        return f"{base}office/cases/{notice.case.number}/"
    return f"{base}{notice.values.get('path', 'office/')}"


def _values(notice: Notice, language: str, *, whole: bool) -> dict[str, str]:
    """The values as people read them. For an SMS (not `whole`) names and dates are short."""
    return {
        name: _in_words(name, value, language, whole=whole)
        for name, value in allowed(notice).items()
    }


def allowed(notice: Notice) -> Mapping[str, Any]:
    """The values, without the numbers of cases that an officer may no longer see."""
    values: dict[str, Any] = notice.values
    if "proof" in values:
        return {"code": _code_of(values["proof"])}
    if notice.sealed:
        if notice.template == "code" and notice.created_at + CODE_VALID <= timezone.now():
            raise Unreachable("expired")
        return {**values, **sealing.unseal(notice.sealed)}
    if notice.user is None or "numbers" not in values or notice.case_id is not None:
        return values
    seen = may_see(notice.user, values["numbers"])
    numbers = [number for number in values["numbers"] if number in seen]
    gone = len(values["numbers"]) - len(numbers)
    return {**values, "numbers": numbers, "count": values["count"] - gone}


def _code_of(proof_id: int) -> str:
    """The code, made here and kept nowhere. Raises Unreachable once it proves nothing any more."""
    proof = ContactProof.objects.filter(pk=proof_id, used_at=None).first()
    if proof is None or proof.expires_at <= timezone.now():
        raise Unreachable("expired")
    return sealing.one_time_code(proof.pk, proof.nonce)


def may_see(user: User, numbers: list[str]) -> set[str]:
    """Which of the cases an officer may see by the posts they hold now."""
    cases = visible_to(actor_for(user)).filter(number__in=numbers)
    return set(cases.values_list("number", flat=True))


def _in_words(name: str, value: Any, language: str, *, whole: bool) -> str:
    if name in ("agency", "subject"):
        return _name(value, language, whole=whole)
    if name == "due" or name.endswith("_due"):
        return _moment(value, language, whole=whole)
    if name == "clock":
        return str(CLOCK_NAMES[value])
    if name == "state":
        word = str(STATE_WORDS[value["word"]])
        return word % {"agency": _name(value.get("agency", {}), language, whole=whole)}
    if name == "numbers":
        return "\n".join(value)
    if name in WORDED:
        return str(WORDED[name][value])
    return in_digits_of(str(value), language) if isinstance(value, int) else str(value)


def _name(names: Mapping[str, str], language: str, *, whole: bool) -> str:
    """The name of an agency or a subject in the reader's language, else in English, else in any."""
    name = names.get(language) or names.get("en") or next(iter(names.values()), "")
    if whole or len(name) <= LONGEST_NAME_IN_SMS:
        return name
    # Three dots: an ellipsis is no letter of the GSM alphabet and would double the price.
    return name[: LONGEST_NAME_IN_SMS - 3].rstrip() + "..."


def moment_in_words(iso: str, language: str) -> str:
    """A moment (ISO) with its day of the week, hour and zone, in the reader's words."""
    return _moment(iso, language, whole=True)


def _moment(iso: str, language: str, *, whole: bool) -> str:
    """A due time: the last day on which it is in time, or day and hour where it is no midnight."""
    if not iso:
        return _("as soon as possible")
    zone = ZoneInfo(settings.TIME_ZONE)
    due = datetime.fromisoformat(iso).astimezone(zone)
    at_midnight = due.time() == time()
    day = (due - timedelta(microseconds=1)).date() if at_midnight else due.date()
    # A Bangla month that is cut off takes no ending, and saves little.
    pattern = "EEEE, d MMMM y" if whole else "d MMMM" if language == "bn" else "d MMM"
    words = format_date(day, pattern, locale=language)
    if not at_midnight:
        hour = f"{due:%H.%M}" if language == "id" else f"{due:%H:%M}"
        words = f"{words}, {hour}" + (f" ({zone_letters(due)})" if whole else "")
    return in_digits_of(words, language)


def zone_letters(moment: datetime) -> str:
    """What the zone of a moment is called: WIB, or UTC+6 where it has no letters."""
    name = moment.tzname() or ""
    return name if name.isalpha() else f"UTC{moment:%z}"[:6].replace("+0", "+")


def in_digits_of(text: str, language: str) -> str:
    """The text with its digits as they are written in a language."""
    return text.translate(BANGLA_DIGITS) if language == "bn" else text
