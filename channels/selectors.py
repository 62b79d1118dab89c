"""How the channels are doing, the messages that wait for the desk, and the letters that never left."""

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.functional import Promise

from accounts.actors import Actor
from channels.models import Message, Provider
from channels.registry import CHANNELS, INBOUND
from complaints.channel_signs import ChannelSign
from complaints.models import Notice
from complaints.selectors import visible_to

IN_TRAY = (Message.State.UNREADABLE, Message.State.HELD)
#: How far back letters that never left are shown and counted.
SHOWN_DAYS = 90


@dataclass(slots=True)
class Health:
    """One channel now. Times are UTC; counts of messages are those since midnight of the capital."""

    code: str
    name: str | Promise
    goes_in: bool = False
    goes_out: bool = False
    came_in: int = 0
    last_in: datetime | None = None
    to_take: int = 0
    to_take_since: datetime | None = None
    in_tray: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None
    failed: int = 0
    providers: list[Provider] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Nothing waits for long, and no provider is left alone."""
        now = timezone.now()
        is_late = self.waiting_since is not None and self.waiting_since < now - timedelta(
            minutes=15
        )
        return not is_late and not any(p.open_until and p.open_until > now for p in self.providers)

    @property
    def has_trouble(self) -> bool:
        """The last try with one of its providers failed; whether it stands still is not sure yet."""
        return any(provider.failures for provider in self.providers)


def health() -> list[Health]:
    """Every channel (five queries, each on an index, however many messages there are)."""
    rows = {code: Health(code, channel.name) for code, channel in CHANNELS.items()}
    for row in rows.values():
        row.goes_out = CHANNELS[row.code].outbound is not None and (
            row.code != "sms" or settings.SMS_GATEWAY != "log"
        )
        row.goes_in = any(w.is_configured() for w in INBOUND.values() if w.channel == row.code)
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    _fill(rows, _came_in(midnight))
    waiting = Message.objects.filter(state=Message.State.NEW).values("channel")
    _fill(rows, waiting.annotate(to_take=Count("pk"), to_take_since=Min("received_at")))
    tray = Message.objects.filter(state__in=IN_TRAY).values("channel")
    _fill(rows, tray.annotate(in_tray=Count("pk")))
    # What was tried in vain waits too, though its next try is later; what is meant for later does not.
    waits = Q(next_at__lte=now) | Q(attempts__gt=0) | ~Q(error="")
    due = Notice.objects.filter(waits, status=Notice.Status.PENDING).values("channel")
    _fill(rows, due.annotate(waiting=Count("pk"), waiting_since=Min("created_at")))
    dead = Notice.objects.filter(
        status=Notice.Status.FAILED, created_at__gt=now - timedelta(days=SHOWN_DAYS)
    ).values("channel")
    _fill(rows, dead.annotate(failed=Count("pk")))
    _with_providers(rows)
    return list(rows.values())


def signs() -> list[ChannelSign]:
    """The same for rooms that cannot look here (`complaints.channel_signs`)."""
    names = [part.name for part in fields(ChannelSign)]
    return [ChannelSign(**{name: getattr(row, name) for name in names}) for row in health()]


def _came_in(midnight: datetime) -> list[dict[str, Any]]:
    """What came in today, by channel; of one that was silent, when it last spoke."""
    today = Message.objects.filter(received_at__gte=midnight, kind=Message.Kind.WORDS)
    found: dict[str, dict[str, Any]] = {
        row["channel"]: dict(row)
        for row in today.values("channel").annotate(came_in=Count("pk"), last_in=Max("received_at"))
    }
    for code in CHANNELS.keys() - found.keys():
        last = Message.objects.filter(channel=code, kind=Message.Kind.WORDS)
        at = last.order_by("-received_at").values_list("received_at", flat=True).first()
        found[code] = {"channel": code, "last_in": at}
    return list(found.values())


def _fill(rows: dict[str, Health], counted: Any) -> None:
    for found in counted:
        row = rows.get(found["channel"])
        for name, value in found.items():
            if row is not None and name != "channel":
                setattr(row, name, value)


def _with_providers(rows: dict[str, Health]) -> None:
    known = {provider.name: provider for provider in Provider.objects.all()}
    by_channel: dict[str, set[str]] = {way.channel: set() for way in INBOUND.values()}
    for way in INBOUND.values():
        by_channel[way.channel].add(way.provider)
    for code, row in rows.items():
        names = by_channel.get(code, set()) | {code}
        if code == "sms":
            names = {settings.SMS_GATEWAY}
        if code == "email":
            names |= {"mail", "mailbox"}
        row.providers = [known[name] for name in sorted(names & known.keys())]


def dead_letters(actor: Actor, channel: str = "") -> QuerySet[Notice]:
    """Notices that were given up, the newest first; none about a case that the actor may not see."""
    since = timezone.now() - timedelta(days=SHOWN_DAYS)
    rows = Notice.objects.filter(status=Notice.Status.FAILED, created_at__gt=since)
    if channel:
        rows = rows.filter(channel=channel)
    rows = rows.filter(Q(case=None) | _may_see(actor))
    return rows.select_related("case", "office").order_by("-created_at", "-id")


def _may_see(actor: Actor) -> Exists:
    """Whether the actor may see a row's case: looked up row by row, however many cases there are."""
    return Exists(visible_to(actor).filter(pk=OuterRef("case")))


def tray(state: str = "") -> QuerySet[Message]:
    """Messages that wait for the desk, the newest first, without what is sealed in them: a list of
    large letters would fill the memory. `size` is how much that is (bytes), None for none.
    """
    states = [state] if state in IN_TRAY else IN_TRAY
    rows = Message.objects.filter(state__in=states).order_by("-received_at", "-id")
    return rows.defer("sealed").annotate(size=Length("sealed"))


def shown_messages(actor: Actor) -> QuerySet[Message]:
    """Messages that the desk may open: those that wait for it, and those that it dealt with, but none
    that went to a case which the actor may not see.
    """
    came_here = Q(state__in=IN_TRAY) | Q(done_by__isnull=False)
    return Message.objects.filter(came_here, Q(case=None) | _may_see(actor))


def tray_counts() -> dict[str, int]:
    """How many wait for the desk, by state."""
    rows = Message.objects.filter(state__in=IN_TRAY).values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}
