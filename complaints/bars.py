"""Who may know nothing of a case: its respondents, and every holder of a post below theirs.

One place for the rule. `barred_users` answers it for one case (moves, notices, escalations), and
`not_barred` as a condition for lists. Source: "Kinds, and what is sensitive" of the casework rules.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONArray
from django.utils import timezone

from accounts.actors import Actor, HeldPost
from accounts.models import User
from accounts.prepared import prepared
from accounts.roles import RANK, Role
from agencies.models import Office, Post
from complaints.models import Case, Respondent
from complaints.nested import as_json, from_json
from complaints.under_way import OFFICE, PERSON

#: The name under which a respondent carries the posts around them (see `_with_posts_around`), and a
#: case its respondents (see `respondents_told`).
AROUND, ABOUT = "posts_told", "respondents_told"


def respondents_of(case: Case) -> list[Respondent]:
    """Whom the case is about, links taken back left out (one query, unless read with the case)."""
    if "respondents" in getattr(case, "_prefetched_objects_cache", {}):
        return [row for row in case.respondents.all() if row.ended_at is None]
    if hasattr(case, ABOUT):
        rows = [_respondent(told) for told in getattr(case, ABOUT)]
    else:
        rows = _standing_of(case=case, now=timezone.now())
    for row in rows:
        row.case = case
    return rows


@prepared
def _standing_of(*, case: Any, now: Any) -> QuerySet[Respondent]:
    return _with_posts_around(Respondent.objects.standing().filter(case=case), now)


def barred_users(case: Case) -> frozenset[int]:
    """Ids of all users barred from the case now (one query, unless its respondents were read)."""
    return barred_by(respondents_of(case))


def barred_by(respondents: Collection[Respondent]) -> frozenset[int]:
    """The same for the respondents of one case, read with the posts around them, else one query."""
    around = [getattr(row, AROUND, None) for row in respondents]
    if any(told is None for told in around):
        return barred_among(respondents, posts_around(respondents))
    return barred_among(respondents, {Held(*post) for told in around for post in told or ()})


def _with_posts_around(respondents: QuerySet[Respondent], now: datetime) -> QuerySet[Respondent]:
    """Respondents who carry the posts around them (see `posts_around`)."""
    return respondents.annotate(**{AROUND: _posts_beside(now)})


def _posts_beside(now: datetime) -> ArraySubquery:
    held = Post.objects.held_at(now)
    theirs = held.filter(user=OuterRef(OuterRef("user"))).values("office_id")
    posts = held.filter(Q(office=OuterRef("office")) | Q(office__in=theirs))
    return ArraySubquery(posts.values(told=JSONArray("user_id", "office_id", "role")))


def respondents_told(now: datetime) -> ArraySubquery:
    """Whom a case is about, read beside it under the name `ABOUT`, with the posts around them then."""
    office = as_json(Office, *OFFICE, under="office")
    person = as_json(User, *PERSON, under="user")
    rows = Respondent.objects.standing().filter(case=OuterRef("pk")).order_by("id")
    beside: dict[str, Any] = {"office": office, "user": person, AROUND: _posts_beside(now)}
    told = as_json(Respondent, **beside)
    return ArraySubquery(rows.values(told=told))


def _respondent(told: dict[str, Any]) -> Respondent:
    office = from_json(Office, told["office"]) if told["office_id"] is not None else None
    user = from_json(User, told["user"]) if told["user_id"] is not None else None
    return from_json(Respondent, told, office=office, user=user, **{AROUND: told[AROUND]})


@dataclass(frozen=True, slots=True)
class Held:
    """A post that somebody holds now."""

    user_id: int
    office_id: int
    role: str


def posts_around(respondents: Iterable[Respondent]) -> list[Held]:
    """Posts held now in the offices of the respondents, and in those in which they are at work."""
    rows = list(respondents)
    people = [row.user_id for row in rows if row.user_id]
    offices = [row.office_id for row in rows if row.office_id]
    theirs = Post.objects.held_at().filter(user_id__in=people).values("office_id")
    posts = Post.objects.held_at().filter(Q(office_id__in=offices) | Q(office_id__in=theirs))
    return [Held(*row) for row in posts.values_list("user_id", "office_id", "role")]


def barred_among(respondents: Collection[Respondent], held: Collection[Held]) -> frozenset[int]:
    """Who is barred by the respondents of one case, of those who hold these posts. No query."""
    people = {row.user_id for row in respondents if row.user_id}
    posts_meant = {(row.office_id, row.role) for row in respondents if row.role}
    limits = _limits(respondents, held, people)
    below = {post.user_id for post in held if RANK[Role(post.role)] < limits.get(post.office_id, 0)}
    themselves = {post.user_id for post in held if (post.office_id, post.role) in posts_meant}
    return frozenset(people | below | themselves)


def _limits(
    respondents: Iterable[Respondent], held: Iterable[Held], people: Collection[int]
) -> dict[int, int]:
    """By office, the rank below which everybody is barred."""
    meant = [(row.office_id, row.rank) for row in respondents if row.role and row.office_id]
    meant += [(post.office_id, RANK[Role(post.role)]) for post in held if post.user_id in people]
    ranks: dict[int, int] = {}
    for office, rank in meant:
        ranks[office] = max(rank, ranks.get(office, 0))
    return ranks


def not_barred(actor: Actor, now: datetime | None = None) -> Q:
    """The condition on cases that leaves out those the actor is barred from."""
    if actor.user_id is None:
        return Q()
    condition = ~Q(Exists(_that_mean(actor).filter(case=OuterRef("pk"))))
    if actor.posts:
        condition &= ~Q(Exists(_above_in_my_office(actor, now).filter(case=OuterRef("pk"))))
    return condition


def barred_from(actor: Actor) -> QuerySet[Case]:
    """The cases that the actor is barred from: found from their respondents, however many there are."""
    if actor.user_id is None:
        return Case.objects.none()
    those = _that_mean(actor).values("case")
    if actor.posts:
        # As one list of ids: with an "or" of two, each case there is would be looked at.
        those = those.union(_above_in_my_office(actor).values("case"))
    return Case.objects.filter(pk__in=those, country=settings.COUNTRY)


def newly_barred(actor: Actor, since: datetime) -> bool:
    """Whether the actor is barred from a case from which they were not at that moment: somebody was
    linked to it since, or a post changed hands (at most five queries).
    """
    if actor.user_id is None:
        return False
    barred = set(barred_from(actor).values_list("pk", flat=True))
    if not barred:
        return False
    held = Post.objects.held_at(since).filter(user_id=actor.user_id).select_related("office")
    posts = tuple(
        HeldPost(post.pk, Role(post.role), post.office_id, post.office.path) for post in held
    )
    then = Actor(kind=actor.kind, user_id=actor.user_id, posts=posts)
    known = set(_that_mean(then).filter(linked_at__lte=since).values_list("case", flat=True))
    if posts and barred - known:
        above = _above_in_my_office(then, since).filter(linked_at__lte=since)
        known |= set(above.values_list("case", flat=True))
    return bool(barred - known)


def _that_mean(actor: Actor) -> QuerySet[Respondent]:
    """Respondents that are the actor, a post of theirs, or one above it in the same office."""
    ways = Q(user_id=actor.user_id)
    for post in actor.posts:
        ways |= Q(office_id=post.office_id, role=post.role)
        ways |= Q(office_id=post.office_id, rank__gt=post.rank)
    return Respondent.objects.standing().filter(ways)


def _above_in_my_office(actor: Actor, now: datetime | None = None) -> QuerySet[Respondent]:
    """Respondents who are persons and hold a post above one of the actor's, in the same office."""
    above = Q()
    for post in actor.posts:
        roles = [role for role, rank in RANK.items() if rank > post.rank]
        above |= Q(office_id=post.office_id, role__in=roles)
    posts = Post.objects.held_at(now).filter(above, user_id=OuterRef("user_id"))
    return Respondent.objects.standing().filter(Exists(posts), user__isnull=False)
