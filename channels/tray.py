"""What the desk does with messages that nobody could read, and with those of a flood.

Nothing is thrown away: a message is taken again, filed as a complaint in the words that the desk reads
in it, or set aside with a reason. Each is safe to repeat: what was dealt with stays so.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Role
from channels.inbound import Inbound, Incoming, NotUnderstood
from channels.models import Message
from channels.registry import INBOUND
from channels.selectors import IN_TRAY
from complaints.errors import Refused
from complaints.models import Case
from complaints.redaction import masked
from complaints.services import correspondence, intake, sealing
from complaints.services.work import tell_database
from complaints.submission import ContactDetails, Submission

log = structlog.get_logger(__name__)
#: Why a message is set aside: codes, whose words stand on the page.
REASONS = ("empty", "repeat", "spam", "test", "other")
LONGEST_SHOWN = 20_000
#: Bytes of a message that is opened for a list.
LARGEST_IN_LIST = 200_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A message as the desk reads it. `text` is empty where nobody can; `raw` has numbers masked."""

    message: Message
    text: str
    raw: str
    files: int


def opened_in_list(messages: Sequence[Message]) -> list[Opened]:
    """Rows of `selectors.tray` as a list shows them; what is large is opened on its own page only."""
    small = [row.pk for row in messages if 0 < (getattr(row, "size", 0) or 0) <= LARGEST_IN_LIST]
    sealed = dict(Message.objects.filter(pk__in=small).values_list("pk", "sealed"))
    for row in messages:
        row.sealed = sealed.get(row.pk)
    return [opened(row) for row in messages]


def opened(message: Message) -> Opened:
    """The words of a message, and what the provider sent of it; never who wrote it. Nothing where the
    key to it is lost.
    """
    nothing = Opened(message, "", "", 0)
    if message.sealed is None:
        return nothing
    try:
        kept = sealing.unseal(message.sealed)
    except sealing.CannotUnseal:
        log.error("a message cannot be opened: its key is missing", message=str(message.key))
        return nothing
    payload = kept.get("payload")
    way = INBOUND.get(kept["by"])
    if way is None or payload is None:
        raw = kept.get("raw") or json.dumps(payload, ensure_ascii=False, indent=1)
        return Opened(message, "", masked(raw[:LONGEST_SHOWN]), 0)
    found, raw = _read(way, payload)
    return Opened(
        message, found.text[:LONGEST_SHOWN], masked(raw[:LONGEST_SHOWN]), len(found.files)
    )


def _read(way: Inbound, payload: dict[str, Any]) -> tuple[Incoming, str]:
    """As much of a message as can be read, and what the provider sent."""
    raw = ""
    try:
        raw = way.shown(payload)
        found = way.read(payload)
    except NotUnderstood as error:
        return error.found or Incoming(), raw
    except (KeyError, TypeError, ValueError, AttributeError):
        return Incoming(), raw or json.dumps(payload, ensure_ascii=False, indent=1)
    return found if isinstance(found, Incoming) else Incoming(), raw


def take_again(*, actor: Actor, message: Message) -> bool:
    """Have the message taken once more from the start; False if it was dealt with meanwhile."""
    with transaction.atomic():
        row = _locked(actor, message)
        if row is None:
            return False
        row.state, row.why, row.attempts = Message.State.NEW, "", 0
        # What is held was one of too many: from now on it is the desk that wants it taken.
        row.next_at = timezone.now()
        row.fetched = {**row.fetched, "released": True}
        row.save(update_fields=["state", "why", "attempts", "next_at", "fetched"])
    return True


def set_aside(*, actor: Actor, message: Message, reason: str) -> bool:
    """Nothing is to be done with it, for a reason; False if it was dealt with meanwhile."""
    if reason not in REASONS:
        raise ValueError(reason)
    with transaction.atomic():
        row = _locked(actor, message)
        if row is None:
            return False
        _dealt_with(row, actor, Message.State.SET_ASIDE, reason)
    return True


def file(*, actor: Actor, message: Message, text: str, language: str) -> Case | None:
    """File what the desk reads in it as the sender's complaint; their receipt goes to them.

    None if it was dealt with meanwhile. Raises Invalid for words that are too few.
    """
    with transaction.atomic():
        row = _locked(actor, message)
        if row is None:
            return None
        handle = row.handle
        channel = Actor(kind="channel", channel=row.channel, language=language)
        submission = Submission(
            text=text,
            language=language,
            contact=correspondence.contact_of(handle) if handle else ContactDetails(),
            handle_id=row.handle_id,
            circumstances=(("typed_by", str(actor.user_id)),),
        )
        receipt = intake.submit(actor=channel, submission=submission)
        row.case = Case.objects.get(number=receipt.number)
        _dealt_with(row, actor, Message.State.DONE, "filed_by_desk")
    return row.case


def _locked(actor: Actor, message: Message) -> Message | None:
    """The message under its lock, if it still waits. Raises Refused for all but the desk."""
    if not actor.has(Role.DESK):
        raise Refused(code="not_yours")
    tell_database(actor)
    row = Message.objects.select_for_update().get(pk=message.pk)
    return row if row.state in IN_TRAY else None


def _dealt_with(row: Message, actor: Actor, state: str, why: str) -> None:
    row.state, row.why, row.done_at, row.done_by_id = state, why, timezone.now(), actor.user_id
    row.save(update_fields=["state", "why", "done_at", "done_by", "case"])
    log.info("message dealt with", message=str(row.key), state=state, why=why)
