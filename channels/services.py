"""Carrying the outbox out: claim, render, send, and write down what became of it."""

import time
from contextlib import ExitStack

import structlog
from django.utils import timezone

from channels.outbound import CannotSend, Outbound
from channels.registry import CHANNELS
from complaints.models import Notice
from complaints.services import notices
from complaints.services.escalation import beat
from complaints.services.sealing import CannotUnseal

log = structlog.get_logger(__name__)
#: Claimed at once: few, so that a slow server never holds more than it can send before they are due
#: again, and a crash repeats few.
AT_ONCE = 2
#: Seconds after which a run leaves the rest to the next one.
LONGEST_RUN = 20.0


def deliver_notices(*, seconds: float = LONGEST_RUN) -> int:
    """Send what is due; says how many left. Safe to run several times at once."""
    sent, until = 0, time.monotonic() + seconds
    with ExitStack() as stack:
        ways: dict[str, Outbound] = {}
        while time.monotonic() < until:
            claimed = notices.claim_due(AT_ONCE, timezone.now())
            if not claimed:
                break
            for notice in claimed:
                if notice.channel not in ways and notice.channel in CHANNELS:
                    way = CHANNELS[notice.channel].outbound
                    if way is not None:
                        ways[notice.channel] = stack.enter_context(way())
                sent += _deliver(notice, ways.get(notice.channel))
    beat("notices")
    return sent


def _deliver(notice: Notice, way: Outbound | None) -> bool:
    """Send one notice; True if it left. Nothing that goes wrong with it stops the others."""
    try:
        if way is None:
            raise notices.Unreachable("no_channel")
        address = notices.address_of(notice)
        message = notices.render(notice, address.language)
        provider_id = way.send(address.to, message, str(notice.pk))
    except notices.Unreachable as nobody:
        notices.mark_unreachable(notice, reason=str(nobody))
        return False
    except CannotSend as failure:
        log.warning("notice not sent", notice=notice.pk, kind=failure.kind, try_=notice.attempts)
        notices.mark_failed(notice, error=failure.kind, for_good=failure.for_good)
        return False
    except (CannotUnseal, KeyError, TypeError, ValueError) as error:
        # A key or a text is missing: to be mended here, so it is tried again, and loudly.
        log.error("notice cannot be made", notice=notice.pk, kind=type(error).__name__)
        notices.mark_failed(notice, error=type(error).__name__)
        return False
    notices.mark_sent(notice, provider_id=provider_id, now=timezone.now())
    return True
