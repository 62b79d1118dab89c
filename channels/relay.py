"""Carrying the outbox out: claim, render, send, and write down what became of it.

At least once: a try is written down before it is made, so a crash costs at most a repeat, which
carries the same reference. One channel after another gets its turn, so a slow one holds up no other.
"""

import time
from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.utils import timezone

from channels import breaker
from channels.mistakes import mistake
from channels.outbound import CannotSend, Letter, Outbound
from channels.registry import CHANNELS
from complaints.models import Notice
from complaints.services import notices
from complaints.services.escalation import beat
from complaints.services.notice_words import Unreachable, render

log = structlog.get_logger(__name__)
#: Claimed at once: few, so that a slow server never holds more than it can send before they are due
#: again, and a crash repeats few.
AT_ONCE = 2
#: Seconds after which a run leaves the rest to the next one; and what one channel has of it at most.
LONGEST_RUN, LONGEST_TURN = 20.0, 8.0


def deliver_notices(*, seconds: float = LONGEST_RUN) -> int:
    """Send what is due; says how many left. Safe to run several times at once."""
    sent, until = 0, time.monotonic() + seconds
    waiting = notices.channels_due(timezone.now())
    while waiting and time.monotonic() < until:
        turn = min(until, time.monotonic() + LONGEST_TURN)
        # A channel that has more than its turn holds comes again after the others.
        again = []
        for channel in waiting:
            left, more = _deliver_by(channel, turn)
            sent += left
            again += [channel] if more else []
        waiting = again
    beat("notices")
    return sent


def _deliver_by(channel: str, until: float) -> tuple[int, bool]:
    """Send what is due by one channel; says how many left, and whether there may be more."""
    made = CHANNELS[channel].outbound if channel in CHANNELS else None
    if made is None:
        _give_up(notices.claim_due(100, timezone.now(), channel))
        return 0, False
    way, sent = made(), 0
    if breaker.is_open(way.provider, timezone.now()):
        return 0, False
    with way:
        while True:
            at_once = 1 if breaker.is_on_trial(way.provider) else AT_ONCE
            claimed = notices.claim_due(at_once, timezone.now(), channel)
            if not claimed:
                return sent, False
            sent += sum([_deliver(notice, way) for notice in claimed])
            if breaker.is_open(way.provider, timezone.now()):
                return sent, False
            if time.monotonic() >= until:
                return sent, True


def _give_up(claimed: Iterable[Notice]) -> None:
    for notice in claimed:
        notices.mark_unreachable(notice, reason="no_channel")


def _deliver(notice: Notice, way: Outbound) -> bool:
    """Send one notice; True if it left. Nothing that goes wrong with it stops the others."""
    try:
        address = notices.address_of(notice)
        message = render(notice, address.language)
        letter = Letter(address, message, str(notice.pk), notice.case_id)
        provider_id = way.send(letter)
    except Unreachable as nobody:
        notices.mark_unreachable(notice, reason=str(nobody))
        return False
    except CannotSend as failure:
        if failure.until is None:
            log.warning(
                "notice not sent", notice=notice.pk, kind=failure.kind, try_=notice.attempts
            )
        _note_failure(notice, way.provider, failure)
        return False
    except Exception as error:
        # A key or a text is missing, or there is a mistake: to be mended here, so it is tried again.
        log.error("notice cannot be made", notice=notice.pk, **mistake(error))
        notices.mark_failed(notice, error=type(error).__name__)
        return False
    notices.mark_sent(notice, provider_id=provider_id, now=timezone.now())
    if breaker.worked(way.provider, timezone.now()):
        # It is back: what waits for its next try need not wait that long.
        notices.due_again(notice.channel, timezone.now())
    return True


def _note_failure(notice: Notice, provider: str, failure: CannotSend) -> None:
    """A provider that is away is counted, and its notices wait until it may be back."""
    now, again_at = timezone.now(), failure.until
    if failure.is_outage:
        open_until = breaker.failed(provider, failure.kind, now, failure.wait)
        again_at = open_until + timedelta(seconds=1) if open_until else None
    notices.mark_failed(notice, error=failure.kind, for_good=failure.for_good, again_at=again_at)
