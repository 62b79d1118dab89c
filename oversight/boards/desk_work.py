"""What the verification desk has before it, and what it did; without cases that were brought from the time
before the portal, which are in no figure.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Post
from complaints.models import Case, Event, RoutingRecord
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
        # Names of their own: "sensitive" is a column too.
        counts = {f"n_{code}": Count("pk", filter=which) for code, which in REASONS.items()}
        found = _with_the_desk(actor).aggregate(**counts)
        known = {code: found[f"n_{code}"] for code in REASONS}
        cache.set(name, known, timeout=TRAY_KEPT)
    return known


def there_because(actor: Actor, code: str) -> QuerySet[Case]:
    """The cases of one of `REASONS`, those that are due first."""
    return _with_the_desk(actor).filter(REASONS[code]).order_by("next_due", "id")


def _with_the_desk(actor: Actor) -> QuerySet[Case]:
    statuses = (Status.RECEIVED, Status.WAITING, Status.DISPUTED_OWNER)
    return at_hand(actor).filter(status__in=statuses, imported_from="")


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


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest decisions by why the desk was asked, and the ids between which they are."""

    first: int
    last: int
    found: Counter[str]
    since: datetime | None

    @property
    def which(self) -> Q:
        return Q(pk__gte=self.first, pk__lte=self.last)


def decisions(hidden: Sequence[int] = ()) -> Decisions:
    """The router's newest decisions, without those about `hidden` cases (bounded, kept some minutes)."""
    newest = _newest_known().value
    found, since = newest.found, newest.since
    if hidden:
        found = found - _by_reason(newest.which & Q(case__in=hidden))
    sure = found[""]
    unsure = Counter({code: number for code, number in found.items() if code})
    return Decisions(found.total(), sure, unsure, since)


def decisions_of(code: str) -> QuerySet[RoutingRecord]:
    """Those of them for which the desk was asked because of that; "" for those that were sure."""
    return _asked_of_the_router(_newest_known().value.which).filter(desk_because=code)


def _newest_known() -> Counted[_Newest]:
    return counted("router:2", _newest)


def _newest() -> _Newest:
    newest = RoutingRecord.objects.order_by("-pk").values_list("pk", flat=True)
    first, last = newest[DECISIONS - 1 : DECISIONS].first() or 0, newest.first() or 0
    rows = _asked_of_the_router(Q(pk__gte=first, pk__lte=last)).order_by()
    # One pass for both: it looks up the events of each of these cases.
    found = list(rows.values_list("desk_because").annotate(n=Count("*"), at=Min("at")))
    reasons_found = Counter({code: number for code, number, _at in found})
    return _Newest(first, last, reasons_found, min((at for *_rest, at in found), default=None))


def _asked_of_the_router(which: Q) -> QuerySet[RoutingRecord]:
    """Decisions that said where a case goes: not of one that a system filed and took for its office."""
    taken = Event.objects.filter(case=OuterRef("case"), move="forward", data__has_key="taken_by")
    return RoutingRecord.objects.filter(which).exclude(Exists(taken))


def _by_reason(which: Q) -> Counter[str]:
    """Decisions by why the desk was asked; without a reason the router was sure."""
    rows = _asked_of_the_router(which).order_by()
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


@dataclass(frozen=True, slots=True)
class MovesUpTo:
    """Moves by officer and move; `last` is the id of the newest event that was there when they were counted
    (0: it was not kept, they are of this moment).
    """

    found: Moves
    last: int = 0


def is_counted(period: Period) -> bool:
    """Whether moves are counted for a period: for one in days, or a month; a year would take too long."""
    return not period.by_months


def work_of(actor: Actor, period: Period, hidden: Sequence[int] = ()) -> list[Work]:
    """What the officers of the desk did, who moved most first: their own of whoever is at the desk, all
    of them for who oversees. Those in post now are shown. Moves on `hidden` cases are left out.
    """
    people = officers_read_by(actor)
    found = moves_of(people, period, hidden).found
    rows = [_work(officer, found) for officer in people.values()]
    return sorted(rows, key=lambda row: (-row.all, str(row.officer)))


def officers_read_by(actor: Actor) -> dict[int, User]:
    """By id those at the desk now whose work somebody reads: all of them, or they themselves."""
    held = Post.objects.held_at().filter(role=Role.DESK, office__country=settings.COUNTRY)
    if not actor.has(Role.OVERSEER, Role.AUDITOR):
        held = held.filter(user_id=actor.user_id or 0)
    return User.objects.filter(pk__in=held.values("user_id")).in_bulk()


def _work(officer: User, found: Moves) -> Work:
    mine = {move: number for (pk, move), number in found.items() if pk == officer.pk}
    return Work(officer, tuple(mine.get(move, 0) for move in MOVES), sum(mine.values()))


def moves_of(people: Collection[int], period: Period, hidden: Sequence[int] = ()) -> MovesUpTo:
    """The moves of these officers, without those on `hidden` cases: of one alone those of this moment, of
    several as they are kept for all.
    """
    is_one = len(people) == 1
    made = MovesUpTo(_count(steps_of(people, period))) if is_one else moves_of_all(period).value
    if not hidden:
        return made
    found = Counter(made.found)
    found.subtract(_count(steps_of(people, period, made.last).filter(case__in=hidden)))
    return MovesUpTo(found, made.last)


def moves_of_all(period: Period, *, anew: bool = False) -> Counted[MovesUpTo]:
    """The moves of all officers at the desk; counted for all readers at once."""
    return counted(f"desk-moves:2:{days_of(period)}", lambda: _moves_of_all(period), anew=anew)


def _moves_of_all(period: Period) -> MovesUpTo:
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return MovesUpTo(_count(steps_of(_people_at_the_desk(), period, last)), last)


def _people_at_the_desk() -> set[int]:
    held = Post.objects.held_at().filter(role=Role.DESK, office__country=settings.COUNTRY)
    return set(held.values_list("user_id", flat=True))


def steps_of(people: Collection[int], period: Period, last: int = 0) -> QuerySet[Event]:
    """What these officers did as the desk's, by the index on who moved; perhaps up to an event."""
    zone = ZoneInfo(settings.TIME_ZONE)
    start, end = (
        datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        for day in (period.start, period.end)
    )
    steps = Event.objects.filter(
        actor_id__in=people, actor_kind="user", party=Party.DESK,
        recorded_at__gte=start, recorded_at__lt=end, case__imported_from="",
    )  # fmt: skip
    return (steps.filter(pk__lte=last) if last else steps).order_by()


def _count(rows: QuerySet[Event]) -> Moves:
    """By officer and move."""
    counts = rows.values_list("actor_id", "move").annotate(n=Count("*"))
    return Counter({(officer, move): number for officer, move, number in counts if officer})
