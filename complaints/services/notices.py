"""The outbox's other end: which notices are due, to whom, in what words; and what became of them.

Each try is written down, with the time of the next one, *before* anything is sent. So a crash costs
at most one repeat and never a notice; two workers never send the same one at once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.roles import Role
from agencies.selectors import answering_post
from complaints.bars import barred_users
from complaints.models import Contact, Handle, Notice
from complaints.notice_texts import RECEIPTS, TO_RESPONDENTS
from complaints.services import contacts, links, sealing
from complaints.services.notice_words import Unreachable, allowed, may_see

#: Waiting times after each try; the one after the last of them is the last try.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
#: Channels whose address is among the contact details that people give.
DETAILS = {"email": "email", "sms": "phone"}
#: What is still said to somebody who wants no more messages: that they get none, and the secrets of what
#: they filed, which are given only once.
LAST_WORDS = frozenset({"chat_stopped", "chat_stopped_midway"}) | RECEIPTS
#: A provider lets free words through only for some time after somebody wrote: what it says when that
#: time is over, and in the values of a notice that it has to go in the registered words.
WINDOW_CLOSED = "window_closed"
#: For so long somebody may wait for what is said in a conversation; later it only confuses.
TALK_VALID = timedelta(hours=24)
#: What says a secret and nothing else.
FOR_WITHDRAWING = "receipt_withdrawal"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a notice goes: an e-mail address, an E.164 telephone number, a messenger's id of
    somebody; for "push" the id of the contact whose devices are meant.

    `language` is the reader's; `last_in_at` when they last wrote from there (UTC), None where that
    is long ago for the provider.
    """

    channel: str
    to: str
    language: str
    last_in_at: datetime | None = None


# --- Trying -----------------------------------------------------------------------------------


def channels_due(now: datetime) -> list[str]:
    """The channels that have something to send, the one that waits longest first."""
    due = Notice.objects.filter(status=Notice.Status.PENDING, next_at__lte=now)
    firsts = due.order_by("channel", "next_at").distinct("channel")
    rows = firsts.values_list("next_at", "channel")
    return [channel for _at, channel in sorted(rows)]


def claim_due(limit: int, now: datetime, channel: str | None = None) -> list[Notice]:
    """Take up to so many notices that are due (by one channel), oldest first; others cannot take
    them meanwhile.

    The try and the time of the next one are committed when this returns. A notice whose last try
    was never reported is given up here.
    """
    with transaction.atomic():
        due = list(
            Notice.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related(
                "case", "contact__handle", "contact__data_key", "user", "office", "handle"
            )
            .filter(status=Notice.Status.PENDING, next_at__lte=now)
            .filter(Q() if channel is None else Q(channel=channel))
            .order_by("next_at", "id")[:limit]
        )
        for notice in due:
            if notice.attempts > len(BACKOFF):
                notice.status, notice.error = Notice.Status.FAILED, notice.error or "never_reported"
                continue
            notice.next_at = now + BACKOFF[min(notice.attempts, len(BACKOFF) - 1)]
            # A kind of error stands there only between two tries: see `due_again`.
            notice.attempts, notice.error = notice.attempts + 1, ""
        Notice.objects.bulk_update(due, ["status", "error", "attempts", "next_at"])
    return [notice for notice in due if notice.status == Notice.Status.PENDING]


def due_again(channel: str, now: datetime) -> int:
    """What failed and waits for its next try is due now: the provider is back. Says how many.

    What somebody is just sending is not touched.
    """
    failed = Notice.objects.filter(channel=channel, status=Notice.Status.PENDING, next_at__gt=now)
    return failed.exclude(error="").update(next_at=now)


def mark_sent(notice: Notice, *, provider_id: str, now: datetime) -> None:
    """It is out: the provider has taken it. A second report changes nothing. Secrets in it are gone."""
    Notice.objects.filter(pk=notice.pk, status=Notice.Status.PENDING).update(
        status=Notice.Status.SENT,
        sent_at=now,
        provider_id=links.kept_id(notice.channel, provider_id),
        error="",
        sealed=None,
    )


def mark_failed(
    notice: Notice, *, error: str, for_good: bool = False, again_at: datetime | None = None
) -> None:
    """This try failed. It is given up after the last one, or at once if no other can succeed.

    `error` is a kind of error, never what a server said: that may hold the address. With `again_at`
    it was not the notice's fault (the provider is away or asks to wait): the try does not count.
    """
    pending = Notice.objects.filter(pk=notice.pk, status=Notice.Status.PENDING)
    if again_at is not None and not for_good:
        pending.update(error=error[:200], attempts=max(0, notice.attempts - 1), next_at=again_at)
        return
    given_up = for_good or notice.attempts > len(BACKOFF)
    status = Notice.Status.FAILED if given_up else Notice.Status.PENDING
    pending.update(status=status, error=error[:200])


def mark_unreachable(notice: Notice, *, reason: str) -> None:
    """There is nobody to send it to; it is not tried again."""
    Notice.objects.filter(pk=notice.pk, status=Notice.Status.PENDING).update(
        status=Notice.Status.UNREACHABLE, error=reason[:200], sealed=None
    )


def mark_delivery(*, channel: str, provider_id: str, delivery: str, error: str = "") -> bool:
    """What the provider reports of a message that left. False if no such message is known (yet).

    Reports come in any order and more than once: the furthest counts, and a failure ends. A message
    that failed after it left is a dead letter like one that never did; one that came too late for free
    words goes out once more without them.
    """
    order = list(Notice.Delivery.values)
    with transaction.atomic():
        known_as = links.kept_id(channel, provider_id)
        rows = Notice.objects.select_for_update().filter(channel=channel, provider_id=known_as)
        notice = rows.exclude(provider_id="").first()
        if notice is None:
            return False
        known = order.index(notice.delivery) if notice.delivery else -1
        if order.index(delivery) > known:
            notice.delivery = delivery
            if delivery == Notice.Delivery.FAILED:
                notice.status, notice.error = Notice.Status.FAILED, error[:200] or "undelivered"
            notice.save(update_fields=["delivery", "status", "error"])
            if delivery == Notice.Delivery.FAILED and error == WINDOW_CLOSED:
                _again_in_registered_words(notice)
    return True


def _again_in_registered_words(notice: Notice) -> None:
    """Once: the provider took it and found only then that it came too late. Those words name a case;
    what had a secret to say and nothing else has nothing to say in them.
    """
    if (
        notice.case_id is None
        or notice.template == FOR_WITHDRAWING
        or WINDOW_CLOSED in notice.values
    ):
        return
    Notice.objects.filter(pk=notice.pk).update(values={**notice.values, WINDOW_CLOSED: True})
    send_again([notice.pk], timezone.now())


def send_again(notice_ids: Collection[int], now: datetime) -> int:
    """Try dead letters again from the start, on somebody's word; says how many. Safe to repeat."""
    dead = Notice.objects.filter(pk__in=notice_ids, status=Notice.Status.FAILED)
    return dead.update(
        status=Notice.Status.PENDING, attempts=0, next_at=now, delivery="", provider_id=""
    )


def forget_sealed(before: datetime) -> int:
    """Erase what is sealed in letters that were given up before then; says how many. Safe to repeat.

    Until then somebody may have them tried again; after it a receipt says that there is news.
    """
    dead = Notice.objects.filter(status=Notice.Status.FAILED, created_at__lt=before)
    ids = list(dead.exclude(sealed=None).values_list("pk", flat=True)[:5000])
    return Notice.objects.filter(pk__in=ids).update(sealed=None)


# --- To whom ----------------------------------------------------------------------------------


def address_of(notice: Notice) -> Address:
    """Where the notice goes, found out only here, just before sending.

    A sealed contact is opened; of an office it is whoever answers there now. Raises Unreachable
    where there is no address (any more) or an officer is barred from the case by now, and
    `sealing.CannotUnseal` without the right key.
    """
    if notice.handle is not None:
        is_talk = notice.case_id is None and notice.template != "code"
        if is_talk and notice.created_at + TALK_VALID <= timezone.now():
            raise Unreachable("too_late")
        return _address_of_handle(notice.handle, notice)
    if notice.contact is None:
        return _address_of_officer(notice)
    return _address_of_contact(notice, notice.contact)


def _address_of_contact(notice: Notice, contact: Contact) -> Address:
    """The handle that they write from, or the contact that they gave; a code goes to the latter."""
    if contact.erased_at is not None or not contact.sealed:
        raise Unreachable("erased")
    if notice.channel == "push":
        return Address("push", str(contact.pk), notice.language)
    handle, is_code = contact.handle, notice.template == "code"
    if handle is not None and handle.channel == notice.channel and not is_code:
        return _address_of_handle(handle, notice)
    details = contacts.details_of(contact)
    to = details.get(DETAILS.get(notice.channel, ""), "")
    if not to:
        raise Unreachable("no_address")
    if not is_code and _wants_no_more(notice.channel, contact):
        raise Unreachable("stopped")
    return Address(notice.channel, to, notice.language)


def _wants_no_more(channel: str, contact: Contact) -> bool:
    """Whether a STOP came from the very number or address that was given."""
    index = contact.phone_index if channel == "sms" else contact.email_index
    handles = Handle.objects.filter(channel=channel, index=index, stopped_at__isnull=False)
    return handles.exclude(index="").exists()


def _address_of_handle(handle: Handle, notice: Notice) -> Address:
    if handle.stopped_at is not None and notice.template not in LAST_WORDS:
        raise Unreachable("stopped")
    to = str(sealing.unseal(handle.sealed).get("address", ""))
    if not to:
        raise Unreachable("erased")
    last_in_at = None if WINDOW_CLOSED in notice.values else handle.last_in_at
    return Address(handle.channel, to, notice.language or handle.language, last_in_at)


def _address_of_respondent(notice: Notice) -> Address:
    """Of whoever was served: they are barred from the case, and read the summary alone."""
    user = notice.user
    if user is None or not user.is_active:
        raise Unreachable("inactive")
    if not user.email:
        raise Unreachable("no_address")
    return Address(notice.channel, user.email, user.language)


def _address_of_officer(notice: Notice) -> Address:
    if notice.template in TO_RESPONDENTS:
        return _address_of_respondent(notice)
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
    if notice.case is not None and not may_see(user, [notice.case.number]):
        raise Unreachable("not_theirs")
    if allowed(notice).get("numbers") == []:
        raise Unreachable("not_theirs")
    to = user.email if notice.channel == "email" else user.phone
    if not to:
        raise Unreachable("no_address")
    return Address(notice.channel, to, user.language)
