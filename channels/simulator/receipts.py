"""What becomes of the portal's messages, reported by the pretended providers a moment later.

A provider's API keeps what is to be reported with the message and asks for a worker; the worker brings
it to the webhook. So no request waits for another one of the same server.
"""

import structlog
from django.conf import settings
from django.utils import timezone

from channels.models import Played
from channels.simulator import played, wire
from channels.simulator.people import find, stranger
from channels.simulator.providers.base import Report
from channels.simulator.registry import PLAYED

log = structlog.get_logger(__name__)
#: Reported at once; the rest is left to the next run.
MOST = 50


def send_due() -> int:
    """Send the reports whose time has come; says how many. Each is sent once."""
    sent = 0
    while sent < MOST:
        found = played.take_due(timezone.now())
        if found is None:
            break
        _send(*found)
        sent += 1
    return sent


def _send(row: Played, kept: dict[str, str]) -> None:
    provider = PLAYED[row.channel]
    person = find(settings.COUNTRY, row.channel, row.person)
    report = Report(
        message_id=row.external_id,
        person=person or stranger(row.channel, row.person),
        status=kept["status"],
        error=kept["error"],
        callback=row.raw.get("callback", ""),
    )
    request = provider.report(report)
    if request is None:
        return
    try:
        answer = wire.send(request)
    except wire.NotHere:
        log.warning("a report is for another machine", provider=provider.name)
        return
    played.add(row, played.exchange(kept["status"], request, answer))
