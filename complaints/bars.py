"""Who may know nothing of a case: its respondents, and every holder of a post below theirs.

One place for the rule. `barred_users` answers it for one case (moves, notices, escalations), and
`not_barred` as a condition for lists. Source: "Kinds, and what is sensitive" of the casework rules.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.roles import RANK, Role
from agencies.models import Post
from complaints.models import Case, Respondent


def barred_users(case: Case) -> frozenset[int]:
    """Ids of all users barred from the case now (one query if it has no respondent, else two)."""
    respondents = list(case.respondents.all())
    if not respondents:
        return frozenset()
    people: set[int | None] = {r.user_id for r in respondents if r.user_id}
    offices = {r.office_id for r in respondents if r.office_id}
    theirs = Post.objects.held_at().filter(user_id__in=[p for p in people if p]).values("office_id")
    posts = Post.objects.held_at().filter(Q(office_id__in=offices) | Q(office_id__in=theirs))
    held = list(posts.values_list("user_id", "office_id", "role"))
    limits = _limits(respondents, held, people)
    below = {user for user, office, role in held if RANK[Role(role)] < limits.get(office, 0)}
    themselves = {
        user for user, office, role in held if (office, role) in _posts_meant(respondents)
    }
    return frozenset(user for user in people | below | themselves if user)


def _posts_meant(respondents: list[Respondent]) -> set[tuple[int | None, str]]:
    return {(r.office_id, r.role) for r in respondents if r.role}


def _limits(
    respondents: list[Respondent], held: list[tuple[int, int, str]], people: set[int | None]
) -> dict[int, int]:
    """By office, the rank below which everybody is barred."""
    ranks: dict[int, int] = {}
    meant = [(r.office_id, r.rank) for r in respondents if r.role and r.office_id]
    meant += [(office, RANK[Role(role)]) for user, office, role in held if user in people]
    for office, rank in meant:
        ranks[office] = max(rank, ranks.get(office, 0))
    return ranks


def not_barred(actor: Actor) -> Q:
    """The condition on cases that leaves out those the actor is barred from."""
    if actor.user_id is None:
        return Q()
    here = Respondent.objects.filter(case=OuterRef("pk"))
    ways = Q(user_id=actor.user_id)
    for post in actor.posts:
        # The post itself is meant, or one above it in the same office.
        ways |= Q(office_id=post.office_id, role=post.role)
        ways |= Q(office_id=post.office_id, rank__gt=post.rank)
    condition = ~Q(Exists(here.filter(ways)))
    if actor.posts:
        condition &= ~Q(Exists(_above_in_my_office(actor)))
    return condition


def _above_in_my_office(actor: Actor) -> QuerySet[Respondent]:
    """Respondents who are persons and hold a post above one of the actor's, in the same office."""
    above = Q()
    for post in actor.posts:
        roles = [role for role, rank in RANK.items() if rank > post.rank]
        above |= Q(office_id=post.office_id, role__in=roles)
    posts = Post.objects.held_at().filter(above, user_id=OuterRef("user_id"))
    return Respondent.objects.filter(Exists(posts), case=OuterRef("pk"), user__isnull=False)
