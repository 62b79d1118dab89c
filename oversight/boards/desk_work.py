"""What the verification desk has before it, and what it did."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min, Q, QuerySet

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Post
from complaints.models import Event, RoutingRecord
from complaints.models.case import Status
from complaints.selectors.access import at_hand
from complaints.workflow import Party
from oversight.boards.keeping import Counted, counted, days_of
from oversight.figures.periods import Period

#: So many of the newest decisions of the router are looked at.
DECISIONS = 10_000
#: Seconds for which a reader's counts of the tray are kept.
TRAY_KEPT = 60

# --- Why a case is there -----------------------------------------------------------------------

_HELD, _IS_RESTRICTED = ~Q(tray=""), Q(tray__startswith="restricted")
_RECEIVED = Q(status=Status.RECEIVED)
#: Each case is in one of them: what holds it there most comes first.
REASONS: dict[str, Q] = {
    "restricted": _RECEIVED & _IS_RESTRICTED,
    "held": _RECEIVED & _HELD & ~_IS_RESTRICTED,
    "returned": _RECEIVED & Q(tray="", hops__gt=0),
    "sensitive": _RECEIVED & Q(tray="", hops=0, sensitive=True),
    "new": _RECEIVED & Q(tray="", hops=0, sensitive=False),
    "asked": Q(status=Status.WAITING, waiting_from=Status.RECEIVED),
    "disputed": Q(status=Status.DISPUTED_OWNER),
}


def reasons(actor: Actor) -> dict[str, int]:
    """How many cases are with the desk, by why, of those that the actor may see (one query by an index,
    kept for a minute).
    """
    name = f"boards:desk:{settings.COUNTRY}:{actor.user_id}"
    known: dict[str, int] | None = cache.get(name)
    if known is None:
        cases = at_hand(actor).filter(
            status__in=(Status.RECEIVED, Status.WAITING, Status.DISPUTED_OWNER)
        )
        # Names of their own: "sensitive" is a column too.
        counts = {f"n_{code}": Count("pk", filter=which) for code, which in REASONS.items()}
        found = cases.aggregate(**counts)
        known = {code: found[f"n_{code}"] for code in REASONS}
        cache.set(name, known, timeout=TRAY_KEPT)
    return known


# --- What the router does by itself --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decisions:
    """The newest decisions of the router: how many, in how many it was sure of an office, and why not in
    the others (by code); `since` is the oldest of them (UTC).
    """

    number: int
    sure: int
    unsure: Counter[str]
    since: datetime | None


def decisions(hidden: Sequence[int] = ()) -> Decisions:
    """The router's newest decisions, without those about `hidden` cases (bounded, kept some minutes)."""
    first, found, since = counted("router", _decisions).value
    if hidden:
        found = found - _by_reason(Q(pk__gte=first, case__in=hidden))
    sure = found[""]
    unsure = Counter({code: number for code, number in found.items() if code})
    return Decisions(found.total(), sure, unsure, since)


def decisions_of(code: str) -> QuerySet[RoutingRecord]:
    """Those of them for which the desk was asked because of that; "" for those that were sure."""
    first = counted("router", _decisions).value[0]
    return RoutingRecord.objects.filter(pk__gte=first, desk_because=code)


def _decisions() -> tuple[int, Counter[str], datetime | None]:
    newest = RoutingRecord.objects.order_by("-pk").values_list("pk", flat=True)
    first = newest[DECISIONS - 1 : DECISIONS].first() or 0
    since = RoutingRecord.objects.filter(pk__gte=first).aggregate(at=Min("at"))["at"]
    return first, _by_reason(Q(pk__gte=first)), since


def _by_reason(which: Q) -> Counter[str]:
    """Decisions by why the desk was asked; without a reason the router was sure."""
    rows = RoutingRecord.objects.filter(which).order_by()
    return Counter(dict(rows.values_list("desk_because").annotate(n=Count("*"))))


# --- Who did what --------------------------------------------------------------------------------

#: Moves that have a column of their own; the others are put together.
MOVES = ("forward", "ask", "decline", "merge")


@dataclass(frozen=True, slots=True)
class Work:
    """A desk officer's moves of a period: those of `MOVES`, and all together."""

    officer: User
    moves: tuple[int, ...]
    all: int


Moves = Counter[tuple[int, str]]


def is_counted(period: Period) -> bool:
    """Whether moves are counted for a period: for one in days, or a month; a year would take too long."""
    return not period.by_months


def work_of(actor: Actor, period: Period, hidden: Sequence[int] = ()) -> list[Work]:
    """What the officers of the desk did, who moved most first: their own of whoever is at the desk, all
    of them for who oversees. Those in post now are shown. Moves on `hidden` cases are left out.
    """
    held = Post.objects.held_at().filter(role=Role.DESK, office__country=settings.COUNTRY)
    if not actor.has(Role.OVERSEER, Role.AUDITOR):
        held = held.filter(user_id=actor.user_id or 0)
    officers = User.objects.filter(pk__in=held.values("user_id"))
    people = {officer.pk: officer for officer in officers}
    found = _moves_of(people, period, hidden)
    rows = [_work(officer, found) for officer in people.values()]
    return sorted(rows, key=lambda row: (-row.all, str(row.officer)))


def _work(officer: User, found: Moves) -> Work:
    mine = {move: number for (pk, move), number in found.items() if pk == officer.pk}
    return Work(officer, tuple(mine.get(move, 0) for move in MOVES), sum(mine.values()))


def _moves_of(people: Collection[int], period: Period, hidden: Sequence[int]) -> Moves:
    found = _count(people, period) if len(people) == 1 else moves_of_all(period).value
    if hidden:
        found = Counter(found)
        found.subtract(_count(people, period, hidden))
    return found


def moves_of_all(period: Period, *, anew: bool = False) -> Counted[Moves]:
    """The moves of all officers at the desk; counted for all readers at once."""
    name = f"desk-moves:{days_of(period)}"
    return counted(name, lambda: _count(people_at_the_desk(), period), anew=anew)


def people_at_the_desk() -> set[int]:
    """Ids of those who hold a post at the desk now."""
    held = Post.objects.held_at().filter(role=Role.DESK, office__country=settings.COUNTRY)
    return set(held.values_list("user_id", flat=True))


def steps_of(people: Collection[int], period: Period) -> QuerySet[Event]:
    """What these officers did as the desk's, by the index on who moved."""
    zone = ZoneInfo(settings.TIME_ZONE)
    start, end = (
        datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        for day in (period.start, period.end)
    )
    return Event.objects.filter(
        actor_id__in=people, actor_kind="user", party=Party.DESK,
        recorded_at__gte=start, recorded_at__lt=end,
    ).order_by()  # fmt: skip


def _count(people: Collection[int], period: Period, cases: Sequence[int] | None = None) -> Moves:
    """By officer and move; perhaps on some cases alone."""
    rows = steps_of(people, period)
    if cases is not None:
        rows = rows.filter(case__in=cases)
    counts = rows.values_list("actor_id", "move").annotate(n=Count("*"))
    return Counter({(officer, move): number for officer, move, number in counts if officer})
