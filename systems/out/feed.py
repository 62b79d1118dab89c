"""The feed: all that a system was told, in the order of the record's log, for as long as it is kept.

It is complete up to `head`. A reader asks again with `after=last` until `last` is `head`; what it is told
twice has the same id. What the read rule does not show it now is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from complaints.errors import Refused
from systems.models import Delivery, Followed, Reading, System
from systems.out.telling import leads_seen, readable, told, with_office

MOST = 1000
#: Seconds for which it is not written down again how far a system has read.
NOTED_FOR = 30


class Forgotten(Refused):
    """What comes next for the reader is not kept any longer; it is from the number `oldest` on."""

    status = 410
    code = "forgotten"

    def __init__(self, oldest: int) -> None:
        said = _(
            "What happened after this number is not kept any longer. Read the cases themselves, then go"
            " on with after=%(oldest)s."
        )
        super().__init__(said % {"oldest": oldest})
        self.members = {"oldest": oldest}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the feed. `last` is what to ask after next time; at `head` there is nothing more yet."""

    events: Sequence[dict[str, Any]]
    last: int
    head: int
    #: The feed is complete after this number.
    oldest: int


def read(system: System, actor: Actor, *, after: int, limit: int) -> Part:
    """What the system was told after a number, at most so many steps (at most five queries).

    After 0 it begins with the oldest that is kept. Raises Forgotten for a number before that one.
    """
    followed = Followed.objects.filter(pk=1).first() or Followed()
    if 0 < after < followed.forgotten:
        raise Forgotten(followed.forgotten)
    after = min(after, followed.log_seq)
    rows = list(
        with_office(
            Delivery.objects.filter(system=system, log_seq__gt=after, log_seq__lte=followed.log_seq)
        ).order_by("log_seq")[:limit]
    )
    last = rows[-1].log_seq if len(rows) == limit else followed.log_seq
    shown = readable(rows, actor)
    leads = leads_seen(shown, actor)
    _note(system, last)
    return Part([told(row, leads) for row in shown], last, followed.log_seq, followed.forgotten)


def _note(system: System, last: int) -> None:
    """Write down how far the system has read, for the page that shows its lag."""
    if cache.add(f"systems:fed:{system.pk}", 1, timeout=NOTED_FOR):
        Reading.objects.bulk_create(
            [Reading(system=system, log_seq=last, at=timezone.now())],
            update_conflicts=True,
            unique_fields=["system"],
            update_fields=["log_seq", "at"],
        )
