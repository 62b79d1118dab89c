"""Who may see which case. `visible_to` is the one rule; every way to a case uses it."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office, Post
from complaints.bars import barred_users, not_barred
from complaints.models import Case, Handling

#: These see every case from which they are not barred.
SEE_ALL = (Role.DESK, Role.OVERSEER, Role.AUDITOR)
#: These see what is with their office and below it.
LEADING = (Role.FOCAL, Role.HEAD)


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases that an actor may see: all columns, any state. Bars come before everything.

    - A citizen: the one case that they proved by its secret, and those filed from their account.
    - Desk, overseer, auditor: all.
    - Focal officer and head: what is, or was, with their office or one below it; the head of the
      office in which the desk works: what the desk has.
    - Case officer: what is assigned to them.
    - Operator and registrar: none.
    """
    cases = Case.objects.filter(country=settings.COUNTRY)
    own = Q(pk=actor.case_id) if actor.case_id else Q(pk__in=[])
    if actor.user_id is None:
        return cases.filter(own)
    own |= Q(owner_id=actor.user_id)
    return cases.filter(own | (_by_posts(actor) & not_barred(actor)))


def sees(actor: Actor, case: Case) -> bool:
    """The same rule for one case that is at hand (with its holder): quicker than a set of one.

    A test walks actors and cases to hold the two together.
    """
    if case.country != settings.COUNTRY:
        return False
    is_own = actor.case_id == case.pk or (
        actor.user_id is not None and case.owner_id == actor.user_id
    )
    if is_own or actor.user_id is None:
        return is_own
    return _sees_by_posts(actor, case) and actor.user_id not in barred_users(case)


def case_for(actor: Actor, number: str) -> Case | None:
    """A case with its holder, if the actor may see it: enough to move it (see also `find_case`)."""
    cases = Case.objects.filter(country=settings.COUNTRY, number=number)
    case = cases.select_related("holder__agency").first()
    return case if case is not None and sees(actor, case) else None


def _sees_by_posts(actor: Actor, case: Case) -> bool:
    if actor.kind == "system" or actor.has(*SEE_ALL):
        return True
    holder = case.holder
    for post in actor.posts:
        if post.role in LEADING and holder and holder.path.startswith(post.office_path):
            return True
        is_mine = case.assigned_id == actor.user_id and case.holder_id == post.office_id
        if post.role == Role.CASE_OFFICER and is_mine:
            return True
    if not actor.has(*LEADING):
        return False
    if holder is None and _desks_under_head(actor).exists():
        return True
    return Handling.objects.filter(case=case, office__in=offices_led(actor)).exists()


def _by_posts(actor: Actor) -> Q:
    if actor.kind == "system" or actor.has(*SEE_ALL):
        return Q()
    seen = Q(pk__in=[])
    if actor.has(*LEADING):
        offices = offices_led(actor)
        handled = Handling.objects.filter(case=OuterRef("pk"), office__in=offices)
        seen |= Q(holder__in=offices) | Q(Exists(handled))
        seen |= Q(holder=None) & Q(Exists(_desks_under_head(actor)))
    if actor.has(Role.CASE_OFFICER):
        mine = [p.office_id for p in actor.posts if p.role == Role.CASE_OFFICER]
        seen |= Q(assigned_id=actor.user_id, holder_id__in=mine)
    return seen


def _desks_under_head(actor: Actor) -> QuerySet[Post]:
    """Desk officers in the offices that the actor heads."""
    headed = [post.office_id for post in actor.posts if post.role == Role.HEAD]
    return Post.objects.held_at().filter(role=Role.DESK, office__in=headed)


def offices_led(actor: Actor) -> QuerySet[Office]:
    """The offices in which the actor is focal officer or head, and all below them."""
    under = Q(pk__in=[])
    for post in actor.posts:
        if post.role in LEADING:
            under |= Q(path__startswith=post.office_path)
    return Office.objects.filter(under, country=settings.COUNTRY)
