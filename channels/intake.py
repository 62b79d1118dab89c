"""Messages: stored as they come, taken by a worker, each once.

In the request a message is only stored. A worker then claims the oldest one of somebody that is due
(a lease, so that a killed worker's message comes back), fetches its files, and does what it asks for
in one transaction with the note that it is done. What nobody can read goes to the desk's tray.
"""

import time
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from agencies import snapshot
from channels import floods
from channels.conversation.taking import take, time_is_over
from channels.conversation.talk import Talk
from channels.forgetting import NAMELESS
from channels.inbound import CannotFetch, Envelope, File, Inbound, Incoming, NotUnderstood, Receipt
from channels.mistakes import mistake
from channels.models import Conversation, Message
from channels.registry import CHANNELS, INBOUND
from complaints.errors import Invalid
from complaints.models import Handle
from complaints.services import correspondence, files, notices, sealing
from complaints.services.correspondence import Sender
from complaints.services.work import tell_database

log = structlog.get_logger(__name__)
#: For so long nobody else takes a claimed message; after so many tries it goes to the desk.
LEASE = timedelta(seconds=60)
BACKOFF = (5, 30, 120, 600)
#: Receipts come before we have written down what they are about, or are about nothing of ours.
RECEIPT_TRIES = 3
#: What only somebody who listens could read: they are asked to write.
SPOKEN = frozenset({"audio", "video"})
LONGEST_RUN = 20.0
#: Messages erased in one statement.
AT_ONCE = 2000
#: An unfinished complaint that could not be filed is tried again after this.
PUT_OFF = timedelta(minutes=10)


def store(inbound: Inbound, envelopes: list[Envelope]) -> int:
    """Keep messages as they came, encrypted; says how many are new. A repeat changes nothing."""
    if not envelopes:
        return 0
    now, channel = timezone.now(), inbound.channel
    with transaction.atomic():
        tell_database(Actor(kind="channel", channel=channel))
        senders = {
            Sender(channel, envelope.sender, envelope.other)
            for envelope in envelopes
            if envelope.sender
        }
        handles = correspondence.handles_of(senders)
        rows = [
            Message(
                channel=channel,
                account=envelope.account.replace("\0", "")[:100],
                external_id=_id_of(envelope),
                kind=Message.Kind.RECEIPT if envelope.is_receipt else Message.Kind.WORDS,
                sealed=sealing.seal({"by": inbound.provider, "payload": envelope.payload}),
                handle=handles.get(Sender(channel, envelope.sender, envelope.other)),
                next_at=now,
                received_at=now,
            )
            for envelope in envelopes
        ]
        # Of rows that were there already the database gives back no id.
        before = Message.objects.filter(
            channel=channel, external_id__in=[row.external_id for row in rows]
        ).count()
        Message.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) - before


def _id_of(envelope: Envelope) -> str:
    """The provider's id without null characters, which no database keeps, or a keyed hash of one that
    is too long for the column.
    """
    found = envelope.external_id.replace("\0", "")
    return found if len(found) <= 200 else sealing.blind_index("external", found)


def store_unreadable(inbound: Inbound, raw: bytes, why: str) -> None:
    """Keep what a proven provider sent and nobody understands, for the desk."""
    now = timezone.now()
    Message.objects.bulk_create(
        [
            Message(
                channel=inbound.channel,
                external_id=sealing.blind_index("raw", raw.decode("latin-1")),
                sealed=sealing.seal(
                    {
                        "by": inbound.provider,
                        "raw": raw[:200_000].decode("utf-8", "backslashreplace"),
                    }
                ),
                state=Message.State.UNREADABLE,
                why=why[:40],
                next_at=now,
                received_at=now,
            )
        ],
        ignore_conflicts=True,
    )


# --- Taking -----------------------------------------------------------------------------------


def take_messages(*, seconds: float = LONGEST_RUN) -> int:
    """Take what is due, oldest first, and one after another of the same person; says how many."""
    taken, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        message = _claim()
        if message is None:
            break
        try:
            _take(message)
        except Exception as error:
            # Not even the note of what went wrong could be written: its lease brings it back.
            log.error("a message was left", message=str(message.key), **mistake(error))
        taken += 1
    _file_unfinished(until)
    return taken


def _claim() -> Message | None:
    """The oldest message that is due, none of whose sender's earlier ones is still to be taken."""
    now = timezone.now()
    earlier = Message.objects.filter(
        handle=OuterRef("handle"), state=Message.State.NEW, pk__lt=OuterRef("pk")
    )
    with transaction.atomic():
        due = Message.objects.select_for_update(skip_locked=True, of=("self",))
        message = (
            due.filter(~Exists(earlier), state=Message.State.NEW, next_at__lte=now)
            .order_by("next_at", "id")
            .first()
        )
        if message is not None:
            message.attempts += 1
            message.next_at = now + LEASE
            message.save(update_fields=["attempts", "next_at"])
    return message


def _take(message: Message) -> None:
    """Take one message; what goes wrong is written down, and it is tried again or goes to the desk."""
    if message.attempts > len(BACKOFF) + 1:
        # Whoever took it never came to an end, each time: somebody has to look at it.
        _to_desk(message, "never_finished")
        return
    try:
        inbound, payload = _opened(message)
        found = inbound.read(payload)
        if isinstance(found, Receipt):
            _take_receipt(message, found)
            return
        if found.nothing:
            _finish(message, Message.State.DONE, "nothing")
            return
        if floods.hold(message):
            return
        keys = _fetched(message, inbound, found.files)
        _take_words(message, found, keys)
    except NotUnderstood as error:
        _to_desk(message, error.why)
    except CannotFetch as error:
        _again(message, error.why)
    except Exception as error:
        # Whatever it is, the message is not lost: it comes again, and then the desk has it.
        log.error("a message could not be taken", message=str(message.key), **mistake(error))
        _again(message, type(error).__name__)


def _opened(message: Message) -> tuple[Inbound, dict[str, Any]]:
    if message.sealed is None:
        raise NotUnderstood("erased")
    opened = sealing.unseal(message.sealed)
    if opened["by"] not in INBOUND:
        raise NotUnderstood("no_reader")
    return INBOUND[opened["by"]], opened.get("payload", {})


def _take_receipt(message: Message, receipt: Receipt) -> None:
    known = notices.mark_delivery(
        channel=message.channel,
        provider_id=receipt.provider_id,
        delivery=receipt.delivery,
        error=receipt.error,
    )
    if known or message.attempts >= RECEIPT_TRIES:
        _finish(message, Message.State.DONE, "" if known else "not_ours")
    else:
        _again(message, "not_ours_yet")


def _take_words(message: Message, incoming: Incoming, keys: tuple[str, ...]) -> None:
    """All that a message does is one transaction with the note that it is done."""
    now = timezone.now()
    with transaction.atomic():
        registry = tell_database(Actor(kind="channel", channel=message.channel))
        row = Message.objects.select_for_update().get(pk=message.pk)
        if row.state != Message.State.NEW:
            return
        if row.handle_id is None:
            raise NotUnderstood("no_sender")
        handle = _handles().get(pk=row.handle_id)
        talk = Talk(
            CHANNELS[row.channel],
            handle,
            now,
            message=row,
            incoming=incoming,
            files=keys,
            registry=registry,
        )
        take(talk)
        if row.fetched.get("left"):
            talk.say("chat_files_left")
            talk.save()
        _mark_done(row)


def _handles(*, skip_locked: bool = False) -> QuerySet[Handle]:
    """Handles under their locks, each with the conversation that its lock guards."""
    rows = Handle.objects.select_for_update(of=("self",), skip_locked=skip_locked)
    return rows.select_related("conversation")


def _mark_done(row: Message) -> None:
    row.state, row.why, row.done_at = Message.State.DONE, "", timezone.now()
    row.save(update_fields=["state", "why", "done_at", "case"])


def _finish(message: Message, state: str, why: str = "") -> bool:
    """Write down that nobody has to take it any more; False if that is so already."""
    new = Message.objects.filter(pk=message.pk, state=Message.State.NEW)
    return bool(new.update(state=state, why=why[:40], done_at=timezone.now()))


def _to_desk(message: Message, why: str) -> None:
    """Into the tray of what nobody can read; whoever wrote it is told, where questions are asked."""
    if not _finish(message, Message.State.UNREADABLE, why):
        return
    handle = message.handle
    if handle is None or not CHANNELS[message.channel].talks:
        return
    with transaction.atomic():
        locked = _handles().get(pk=handle.pk)
        # They wrote, whatever it was: some providers let no word through to whoever did not.
        locked.last_in_at = message.received_at
        locked.save(update_fields=["last_in_at"])
        talk = Talk(CHANNELS[message.channel], locked, timezone.now())
        talk.say("chat_no_voice" if why in SPOKEN else "chat_not_read")
        talk.save()


def _again(message: Message, why: str) -> None:
    """Try it again later; after the last try the desk has it."""
    if message.attempts > len(BACKOFF):
        _to_desk(message, why)
        return
    again_at = timezone.now() + timedelta(seconds=BACKOFF[message.attempts - 1])
    Message.objects.filter(pk=message.pk, state=Message.State.NEW).update(
        next_at=again_at, why=why[:40]
    )


# --- Files ------------------------------------------------------------------------------------


def _fetched(message: Message, inbound: Inbound, wanted: tuple[File, ...]) -> tuple[str, ...]:
    """The keys of a message's files, each fetched and stored once, whatever goes wrong between.

    A file that cannot be kept is left out and noted; one that may come later stops the message, until
    its last try. Raises CannotFetch.
    """
    done: dict[str, Any] = {"keys": {}, "left": [], **message.fetched}
    if done.get("released"):
        # It waited for the desk, perhaps for longer than loose files are kept.
        there = files.still_loose(done["keys"].values())
        done["keys"] = {place: key for place, key in done["keys"].items() if key in there}
    for number, file in enumerate(wanted):
        place = str(number)
        if place in done["keys"] or place in done["left"]:
            continue
        try:
            name, content = inbound.fetch(file)
            upload = SimpleUploadedFile(name or file.name or "file", content)
            done["keys"][place] = str(files.store(actor=Actor(kind="citizen"), upload=upload).key)
        except CannotFetch as error:
            if not error.for_good and message.attempts <= len(BACKOFF):
                raise
            done["left"].append(place)
        except Invalid:
            done["left"].append(place)
        message.fetched = done
        Message.objects.filter(pk=message.pk).update(fetched=done)
    return tuple(done["keys"][place] for place in sorted(done["keys"], key=int))


# --- What stays unfinished, what is forgotten -------------------------------------------------


def _file_unfinished(until: float) -> int:
    """File complaints whose questions were not answered in time; says how many.

    One that cannot be filed holds up no other, and is tried again.
    """
    due, filed = Conversation.objects.filter(file_at__lte=timezone.now()).order_by("file_at"), 0
    for handle_id in list(due.values_list("handle_id", flat=True)[:200]):
        if time.monotonic() >= until:
            break
        try:
            filed += _file_one_unfinished(handle_id)
        except Exception as error:
            log.error("an unfinished complaint could not be filed", **mistake(error))
            put_off = Conversation.objects.filter(handle=handle_id, file_at__isnull=False)
            put_off.update(file_at=timezone.now() + PUT_OFF)
    return filed


def _file_one_unfinished(handle_id: int) -> bool:
    with transaction.atomic():
        # The handle first, as everywhere; whoever holds it is just writing.
        handle = _handles(skip_locked=True).filter(pk=handle_id).first()
        if handle is None:
            return False
        registry = tell_database(Actor(kind="channel", channel=handle.channel))
        now = timezone.now()
        talk = Talk(CHANNELS[handle.channel], handle, now, registry=registry)
        if talk.conversation.file_at is None or talk.conversation.file_at > now:
            return False
        time_is_over(talk)
    return True


def forget_messages(*, seconds: float = LONGEST_RUN) -> int:
    """Erase the words of messages after their days (policy `raw_message_kept`); says how many. With
    them go reports of what became of ours, and secrets in letters that never left.

    What waits in the tray is not erased: somebody has to read it first.
    """
    now, until, erased = timezone.now(), time.monotonic() + seconds, 0
    days = snapshot.current(settings.COUNTRY).policy("raw_message_kept", now).amount
    before = now - timedelta(days=days)
    notices.forget_sealed(before)
    old = Message.objects.filter(erased_at=None, received_at__lte=before)
    old = old.filter(state__in=[Message.State.DONE, Message.State.SET_ASIDE]).order_by(
        "received_at"
    )
    while time.monotonic() < until and (ids := list(old.values_list("pk", flat=True)[:AT_ONCE])):
        rows = Message.objects.filter(pk__in=ids)
        rows.filter(kind=Message.Kind.RECEIPT).delete()
        rows.update(sealed=None, fetched={}, external_id=NAMELESS, erased_at=now)
        erased += len(ids)
    return erased
