"""Lists of cases: an officer's inbox, the desk's tray, what is published, what looks alike."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.core.cache import cache
from django.db.models import Case as When
from django.db.models import Count, IntegerField, Q, QuerySet, Value
from django.db.models import When as Branch
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.actors import Actor
from accounts.prepared import prepared
from agencies.models import Place
from complaints import moment
from complaints.clocks import day_of, days_on, end_of
from complaints.in_hands import with_decider
from complaints.models import Case
from complaints.models.case import Status
from complaints.selectors.access import (
    LEADING,
    SEE_ALL,
    Reach,
    at_hand,
    reach_given,
    reach_of,
    visible_to,
)
from complaints.selectors.elsewhere import cases_called
from complaints.tracking import read_number

#: What a list row shows beside the case itself.
ROW = ("holder", "assigned", "category", "place")
#: All that an officer's list reads of these.
IN_A_ROW = (
    *ROW,
    *("number", "text", "language", "status", "place_note", "filed_at", "sensitive"),
    *("holder__names", "assigned__name", "assigned__email", "category__names", "place__names"),
)
#: Seconds for which counts over all cases are kept.
COUNTS_KEPT = 60
ALIKE_DAYS, ALIKE_LOOKED_AT, ALIKE_AT_LEAST = 90, 400, 0.25


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What an officer narrows the inbox to; it stays in the address. Empty means all."""

    status: str = ""
    due: str = ""  # late | today | week
    #: Of those who lead an office. Empty: with it or an office below; ours: with it; below: with
    #: one below; past: handed on to somebody else.
    scope: str = ""
    mine: bool = False
    kind: str = ""
    #: A category or an office (codes): with all that lies below it.
    category: str = ""
    office: str = ""
    words: str = ""


def inbox(
    actor: Actor, which: InboxFilter, reach: Reach | None = None, days: "Days | None" = None
) -> QuerySet[Case]:
    """Open cases at hand, most urgent first; closed ones if asked for, the newest first.

    Whoever asks for one case by its number, here or elsewhere, is not asked whether it is closed.
    """
    cases = with_decider(at_hand(actor, which.scope, reach).select_related(*ROW).only(*IN_A_ROW))
    name = named(which.words)
    cases = _in_state(cases, which.status, closed_too=name is not None)
    if which.mine:
        cases = cases.filter(assigned_id=actor.user_id)
    if which.kind:
        cases = cases.filter(kind=which.kind)
    if which.category:
        cases = cases.filter(below("category", which.category))
    if which.office:
        cases = cases.filter(below("holder", which.office))
    if which.words:
        cases = cases.filter(name) if name is not None else holding(cases, which.words)
    if which.due:
        cases = cases.filter(due_in(which.due, days))
    if which.status == Status.CLOSED:
        return cases.order_by("-closed_at", "-id")
    return cases.order_by("next_due", "id")


def _in_state(cases: QuerySet[Case], status: str, *, closed_too: bool) -> QuerySet[Case]:
    if status:
        return cases.filter(status=status)
    return cases if closed_too else cases.filter(~Q(status=Status.CLOSED))


def inbox_rows(
    actor: Actor, which: InboxFilter, reach: Reach, start: int, count: int
) -> list[Case]:
    """So many cases of the inbox from a place on (one query)."""
    if which != InboxFilter(due=which.due, scope=which.scope, mine=which.mine):
        return list(inbox(actor, which, reach)[start : start + count])
    part = (start, start + count)
    return _inbox(which, part, reach.shape, actor=actor, **reach.ids, **asdict(days_now()))


@prepared
def _inbox(
    which: InboxFilter, part: tuple[int, int], shape: Any, *, actor: Any, **given: Any
) -> QuerySet[Case]:
    cases = inbox(actor, which, reach_given(shape, given), days_given(given))
    return cases[slice(*part)]


def below(tree: str, code: str) -> Q:
    """The node of that code or one below it; a code that merely ends alike is another's."""
    path = f"{tree}__path"
    return Q(**{f"{path}__startswith": f"{code}/"}) | Q(**{f"{path}__contains": f"/{code}/"})


def with_words(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    """The case of that number, here or in another system, or those whose text holds each of the words."""
    name = named(words)
    return cases.filter(name) if name is not None else holding(cases, words)


def named(words: str) -> Q | None:
    """The condition for the case that has this number here, or this id in another system; None: none has."""
    number, called = read_number(words), cases_called(words)
    return Q(number=number or "") | Q(pk__in=called) if number or called else None


def holding(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Those whose text holds each of the words."""
    # LOWER(text), as the trigram index has it; Django's icontains would ask for UPPER.
    cases = cases.alias(lowered=Lower("text"))
    for word in words.lower().split()[:6]:
        cases = cases.filter(lowered__contains=word)
    return cases


@dataclass(frozen=True, slots=True)
class Days:
    """Now, and the ends of today and of a week from today, by the days of the capital."""

    now: datetime
    tonight: datetime
    in_a_week: datetime


def days_now() -> Days:
    """These, as it is."""
    now, zone = moment.now(), timezone.get_default_timezone()
    tonight = end_of(day_of(now, zone), zone)
    return Days(now, tonight, days_on(tonight, 6, zone))


def days_given(given: Mapping[str, Any]) -> Days:
    """The same, of what a question is asked with."""
    return Days(given["now"], given["tonight"], given["in_a_week"])


def due_in(when: str, days: Days | None = None) -> Q:
    """The condition for late, due today, or due within a week."""
    days = days or days_now()
    match when:
        case "late":
            return Q(next_due__lte=days.now)
        case "today":
            return Q(next_due__gt=days.now, next_due__lte=days.tonight)
        case "week":
            return Q(next_due__gt=days.now, next_due__lte=days.in_a_week)
    return Q()


#: What is counted above an inbox.
COUNTED = ("open", "late", "today", "week", "waiting", "mine", "disputed", "appealed")


def inbox_counts(actor: Actor, reach: Reach | None = None) -> dict[str, int]:
    """How many open cases are at hand, late, due today, due this week, waiting for the citizen.

    For those who see very many they are counted once a minute: there may be a million.
    """
    reach = reach or reach_of(actor)
    if not actor.has(*SEE_ALL) and (reach.few is not None or not actor.has(*LEADING)):
        return _inbox_counts(actor, reach)
    name = f"inbox-counts:{settings.COUNTRY}:{actor.user_id}"
    counted = cache.get_or_set(name, lambda: _inbox_counts(actor, reach), COUNTS_KEPT)
    return cast(dict[str, int], counted)


def _inbox_counts(actor: Actor, reach: Reach) -> dict[str, int]:
    (row,) = _counted(reach.shape, actor=actor, **reach.ids, **asdict(days_now()))
    return dict(zip(COUNTED, row, strict=True))


@prepared
def _counted(shape: Any, *, actor: Any, **given: Any) -> QuerySet[Case, tuple[int, ...]]:
    days = days_given(given)
    conditions = {
        "open": Q(),
        **{when: due_in(when, days) for when in ("late", "today", "week")},
        "waiting": Q(status=Status.WAITING),
        "mine": Q(assigned_id=actor.user_id),
        "disputed": Q(status=Status.DISPUTED_OWNER),
        "appealed": Q(status=Status.APPEALED),
    }
    cases = at_hand(actor, reach=reach_given(shape, given)).exclude(status=Status.CLOSED)
    counts = {name: Count("pk", filter=conditions[name]) for name in COUNTED}
    return cases.order_by().values(all=Value(1)).annotate(**counts).values_list(*COUNTED)


#: What the desk can narrow its tray to, besides what is due.
DESK_SHOWS = {
    "tray": ~Q(tray=""),
    "sensitive": Q(sensitive=True),
    "returned": Q(hops__gt=0),
}


def _for_the_desk(actor: Actor) -> QuerySet[Case]:
    """What the desk has: received cases, and those in which it waits for the citizen."""
    asked = Q(status=Status.WAITING, waiting_from=Status.RECEIVED)
    return at_hand(actor).filter(Q(status=Status.RECEIVED) | asked)


def desk_counts(actor: Actor) -> dict[str, int]:
    """How many cases the desk has to deal with, by what they are and when they are due."""
    received = Q(status=Status.RECEIVED)
    due = {when: due_in(when) for when in ("late", "today", "week")}
    counts = {
        name: Count("pk", filter=received & condition)
        for name, condition in (DESK_SHOWS | due).items()
    }
    waiting = Count("pk", filter=Q(status=Status.WAITING))
    cases = _for_the_desk(actor)
    return dict(cases.aggregate(open=Count("pk", filter=received), waiting=waiting, **counts))


def desk_tray(actor: Actor, show: str = "", words: str = "") -> QuerySet[Case]:
    """What waits for the desk: received cases, those in the tray and sensitive ones first, those of
    restricted people last.

    `show`: tray, sensitive, returned, late, today, week, or waiting (for the citizen).
    """
    urgency = When(
        # What a restricted person files waits behind everybody else's.
        Branch(tray="restricted", then=Value(3)),
        Branch(tray="restricted_more", then=Value(4)),
        Branch(~Q(tray=""), then=Value(0)),
        Branch(sensitive=True, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    status = Status.WAITING if show == "waiting" else Status.RECEIVED
    cases = _for_the_desk(actor).filter(DESK_SHOWS.get(show, due_in(show)), status=status)
    if words:
        cases = with_words(cases, words)
    cases = cases.select_related(*ROW).defer("public_text")
    return cases.annotate(urgency=urgency).order_by("urgency", "next_due", "id")


def public_cases() -> QuerySet[Case]:
    """What the desk released, newest first: never sensitive, only with consent, never the text."""
    released = Case.objects.filter(
        country=settings.COUNTRY,
        published_at__isnull=False,
        publish_consent=True,
        sensitive=False,
    )
    return (
        with_decider(released)
        .select_related("holder__agency", "category", "place")
        .defer("text", "text_salt", "secret_hash", "withdrawal_hash")
        .order_by("-published_at", "-id")
    )


def similar_cases(
    text: str, place: Place | None, *, seen_by: Actor | None, besides: int = 0, limit: int = 5
) -> list[Case]:
    """Cases of the last weeks from the same place whose words are alike, most alike first.

    Of those that somebody may see, or (None) of those that are published: of them the released text
    is compared. `besides` is the id of the case that they are like. Without a place nothing is
    compared: words alone join strangers' cases.
    """
    if place is None or len(text) < 20:
        return []
    values = {
        "text": text[:2000].lower(),
        "place": place,
        "since": moment.now() - timedelta(days=ALIKE_DAYS),
        "besides": besides,
    }
    if seen_by is None:
        return _alike_in_public(limit, **values)
    return _alike(limit, actor=seen_by, now=timezone.now(), **values)


@prepared
def _alike_in_public(
    limit: int, *, text: Any, place: Any, since: Any, besides: Any
) -> QuerySet[Case]:
    near = public_cases().filter(place=place, filed_at__gte=since).exclude(pk=besides)
    return _most_alike(near, "public_text", text, limit)


@prepared
def _alike(
    limit: int, *, text: Any, place: Any, since: Any, besides: Any, actor: Any, now: Any
) -> QuerySet[Case]:
    seen = visible_to(actor, now).select_related("holder", "place")
    near = seen.filter(place=place, filed_at__gte=since, sensitive=False).exclude(pk=besides)
    return _most_alike(near, "text", text, limit)


def _most_alike(near: QuerySet[Case], field: str, text: str, limit: int) -> QuerySet[Case]:
    newest = near.order_by("-filed_at").values("pk")[:ALIKE_LOOKED_AT]
    found = near.filter(pk__in=newest).annotate(alike=TrigramSimilarity(Lower(field), text))
    return found.filter(alike__gte=ALIKE_AT_LEAST).order_by("-alike", "-filed_at")[:limit]
