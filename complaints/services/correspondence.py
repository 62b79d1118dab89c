"""People who write from outside the pages: their handles, and which cases are theirs.

A case is a handle's own when it was filed from there, or when whoever writes from there proved it by
its secret. A telephone number that somebody typed on a page is not enough: it may be somebody else's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Post
from complaints import moment
from complaints.models import Case, Contact, Handle, Notice
from complaints.models.case import Status
from complaints.services import links, sealing
from complaints.services.work import at_work
from complaints.submission import ContactDetails, clean_phone
from complaints.workflow import Party

#: Channels whose addresses are contacts that people type too; their indexes are the contacts' own.
TYPED = {"sms": "phone", "email": "email"}
#: Channels whose addresses are those of telephones.
TELEPHONES = ("sms", "whatsapp")
MOST_CASES = 20
#: What stands in the place of a secret.
LEFT_OUT = "[…]"
#: The digits of a secret, wherever they begin, in any script; a mail program may have broken the line.
_SIXTEEN_DIGITS = re.compile(r"(?=(\d(?:[\s>-]{0,4}\d){15}))")


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody as a channel names them: the address to answer to, and a second name if it has one."""

    channel: str
    address: str
    other: str = ""


def index_of(channel: str, address: str) -> str:
    """The blind index of an address of a channel."""
    return sealing.blind_index(TYPED.get(channel, channel), address)


def handles_of(senders: Iterable[Sender]) -> dict[Sender, Handle]:
    """The handle of each sender, made where it is new: one query, two more for new ones.

    A sender with two names is found by either; a name learnt later is added to the handle. But who
    has another first name is somebody else: a second name (a number) is given on to others.
    """
    wanted = {s: (index_of(s.channel, s.address), index_of(s.channel, s.other)) for s in senders}
    if not wanted:
        return {}
    found = _found(wanted)
    # Always in one order: two batches with the same new people must not wait for each other.
    if new := sorted((s for s in wanted if s not in found), key=lambda sender: wanted[sender]):
        Handle.objects.bulk_create(
            [
                Handle(
                    channel=sender.channel,
                    index=wanted[sender][0],
                    other_index=wanted[sender][1],
                    sealed=sealing.seal({"address": sender.address, "other": sender.other}),
                    language="",
                    created_at=moment.now(),
                )
                for sender in new
            ],
            ignore_conflicts=True,
        )
        found |= _found({sender: wanted[sender] for sender in new})
    for sender, handle in sorted(found.items(), key=lambda pair: pair[1].pk):
        if handle.other_index != wanted[sender][1] and sender.other:
            _rename(handle, sender, *wanted[sender])
    return found


def _found(wanted: dict[Sender, tuple[str, str]]) -> dict[Sender, Handle]:
    indexes = [index for pair in wanted.values() for index in pair if index]
    channels = {sender.channel for sender in wanted}
    rows = Handle.objects.filter(Q(index__in=indexes) | Q(other_index__in=indexes))
    first: dict[tuple[str, str], Handle] = {}
    second: dict[tuple[str, str], Handle] = {}
    for row in rows.filter(channel__in=channels).order_by("id"):
        first[row.channel, row.index] = row
        # A number that was given on belongs to whoever came with it last.
        second[row.channel, row.other_index] = row
    found = {}
    for sender, (index, other) in wanted.items():
        known = first.get((sender.channel, index)) or first.get((sender.channel, other))
        if known is None and not other:
            known = second.get((sender.channel, index))
        if known is not None:
            found[sender] = known
    return found


def _rename(handle: Handle, sender: Sender, index: str, other: str) -> None:
    """The same account under the name that it goes by now; the number beside it may be new."""
    if (
        not Handle.objects.filter(channel=sender.channel, index=index)
        .exclude(pk=handle.pk)
        .exists()
    ):
        handle.index = index
    handle.other_index = other
    handle.sealed = sealing.seal({"address": sender.address, "other": sender.other})
    handle.save(update_fields=["index", "other_index", "sealed"])


def names_of(handle: Handle) -> tuple[str, str]:
    """Where the channel reaches somebody, and their second name there. Raises CannotUnseal."""
    opened = sealing.unseal(handle.sealed)
    return str(opened.get("address", "")), str(opened.get("other", ""))


def contact_of(handle: Handle) -> ContactDetails:
    """The telephone number or the e-mail address that a handle is, or has beside it."""
    address, other = names_of(handle)
    if handle.channel == "email":
        return ContactDetails(email=address)
    for name in (other, address) if handle.channel in TELEPHONES else ():
        try:
            if phone := clean_phone(f"+{name.lstrip('+')}", settings.COUNTRY):
                return ContactDetails(phone=phone)
        except ValidationError:
            continue
    return ContactDetails()


def own_cases(handle: Handle) -> QuerySet[Case]:
    """The cases that are this handle's own, the newest first."""
    cases = Case.objects.filter(country=settings.COUNTRY, contact__handle=handle)
    return cases.select_related("holder__agency").order_by("-filed_at", "-id")


def open_cases(handle: Handle) -> list[Case]:
    """Its own cases that are not closed, the newest first."""
    return list(own_cases(handle).exclude(status=Status.CLOSED)[:MOST_CASES])


def cases_with_this_contact(handle: Handle) -> list[Case]:
    """Open cases in which somebody typed this very number or address, the newest first.

    They are asked about, never taken for granted; and none for an operator's own telephone, from
    which the cases of many people are filed.
    """
    kind = TYPED.get(handle.channel)
    if kind is None or is_operators(handle):
        return []
    typed = Contact.objects.filter(**{f"{kind}_index": handle.index}, handle=None, erased_at=None)
    cases = Case.objects.filter(country=settings.COUNTRY, pk__in=typed.values("case"))
    return list(cases.exclude(status=Status.CLOSED).order_by("-filed_at", "-id")[:MOST_CASES])


def belongs(handle: Handle, case: Case) -> bool:
    """Whether a case whose number somebody wrote is theirs: their own, or with their contact."""
    contact = Contact.objects.filter(case=case, erased_at=None).first()
    if contact is None:
        return False
    kind = TYPED.get(handle.channel)
    typed = getattr(contact, f"{kind}_index") if kind else ""
    return contact.handle_id == handle.pk or (typed == handle.index and not is_operators(handle))


def is_operators(handle: Handle) -> bool:
    """Whether it is a telephone (its SMS, its WhatsApp) from which an operator files for many people."""
    if handle.channel not in TELEPHONES:
        return False
    operators = Post.objects.held_at().filter(role=Role.OPERATOR).values("user")
    # WhatsApp leaves the plus away.
    phones = [f"+{name.removeprefix('+')}" for name in names_of(handle) if name]
    return User.objects.filter(pk__in=operators, phone__in=phones).exists()


def case_of_message(handle: Handle, provider_id: str) -> Case | None:
    """The case that a message which we sent to this handle was about."""
    known_as = links.kept_id(handle.channel, provider_id)
    sent = Notice.objects.filter(channel=handle.channel, provider_id=known_as)
    notice = sent.exclude(provider_id="").select_related("case").first()
    if notice is None or notice.case is None:
        return None
    return notice.case if belongs(handle, notice.case) else None


def secret_like(text: str) -> str:
    """The first sixteen digits that stand together in a text, as somebody writes a secret; or none."""
    found = _SIXTEEN_DIGITS.search(text)
    return found[1] if found else ""


def without_secrets(case: Case, text: str) -> str:
    """Words for a case without its own secrets: officers read them, and whoever answers a receipt
    often sends it along.
    """
    kept, done = "", 0
    for found in _SIXTEEN_DIGITS.finditer(text):
        start, end = found.span(1)
        stored = (case.secret_hash, case.withdrawal_hash)
        is_one = [sealing.secret_matches(case.number, found[1], secret) for secret in stored]
        if start >= done and any(is_one):
            kept, done = f"{kept}{text[done:start]}{LEFT_OUT}", end
    return kept + text[done:]


def citizen(handle: Handle, case: Case, language: str) -> Actor:
    """The citizen of a case, who writes from this handle. Withdrawing needs its own secret."""
    return Actor(kind="citizen", case_id=case.pk, channel=handle.channel, language=language)


def join(*, handle: Handle, actor: Actor, number: str) -> Case:
    """From now on news of the case goes to this handle; whoever writes from there proved the case.

    Whoever was told until now is told so, for the last time: the secret may be in wrong hands. Nothing
    changes where it is so already. Raises NoSuchCase if the actor is not its citizen.
    """
    with at_work(actor, number) as work:
        case = work.case
        contact = Contact.objects.select_related("handle").filter(case=case).first()
        if Party.CITIZEN not in work.who.parties or (contact and contact.handle_id == handle.pk):
            return case
        if case.person_erased_at is not None:
            # Whoever had themselves erased is not to be known again by answering once.
            return case
        contact = contact or Contact(
            case=case, sealed=sealing.seal({}), language=case.language, created_at=work.now
        )
        work.write("news_here", party=Party.CITIZEN, before=case.status)
        work.outbox.tell_for_the_last_time(contact, template="news_elsewhere")
        contact.handle, contact.way = handle, handle.channel
        contact.save()
    return case
