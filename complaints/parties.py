"""What somebody is to one case: the step from posts held to the parties of the workflow's table."""

from dataclasses import dataclass
from functools import cached_property

from accounts.actors import Actor, HeldPost
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.selectors import answering_post
from complaints.bars import barred_users
from complaints.models import Appeal, Case, Event
from complaints.workflow import Party, State

#: Moves by which an officer has handled a case; who made one cannot decide an appeal on it.
NOT_HANDLING = ("uphold", "dismiss", "break_seal", "publish", "unpublish", "submit")


@dataclass
class Standing:
    """An actor before a case: the parties they are, and who is barred from it."""

    case: Case
    actor: Actor
    parties: frozenset[Party] = frozenset()

    @cached_property
    def barred(self) -> frozenset[int]:
        """Ids of those who may know nothing of the case, whoever is acting (read once, if asked)."""
        return barred_users(self.case) if self.case.pk else frozenset()


def standing(case: Case, actor: Actor) -> Standing:
    """Work out what the actor is to the case. A barred officer is nothing to it.

    Costs one query for the respondents, and more only where an empty post, a barred holder or an
    appeal has to be looked into. `case.holder` should be loaded.
    """
    if actor.kind == "system":
        return Standing(case, actor, parties=frozenset({Party.SYSTEM, Party.ROUTER}))
    found: set[Party] = set()
    if actor.case_id == case.pk or (actor.user_id is not None and case.owner_id == actor.user_id):
        found.add(Party.CITIZEN)
    if actor.kind != "user" or found:
        # Nobody works on their own complaint, whatever post they hold: to it they are its citizen.
        return Standing(case, actor, parties=frozenset(found))
    barred = barred_users(case)
    if actor.user_id in barred:
        return Standing(case, actor)
    found |= _office_parties(case, actor, barred)
    found |= _central_parties(case, actor)
    if case.status == State.APPEALED:
        found |= _appeal_parties(case, actor, barred)
    if _handles(case, found):
        found.add(Party.HANDLER)
    who = Standing(case, actor, frozenset(found))
    who.barred = barred
    return who


def _held_in(actor: Actor, office_id: int | None, *roles: Role) -> list[HeldPost]:
    return [p for p in actor.posts if p.office_id == office_id and p.role in roles]


def _office_parties(case: Case, actor: Actor, barred: frozenset[int]) -> set[Party]:
    holder = case.holder
    if holder is None:
        return set()
    found: set[Party] = set()
    if _held_in(actor, holder.pk, Role.FOCAL):
        found.add(Party.FOCAL)
    if _held_in(actor, holder.pk, Role.HEAD):
        found.add(Party.HEAD)
    works_there = _held_in(actor, holder.pk, Role.CASE_OFFICER, Role.FOCAL, Role.HEAD)
    if case.assigned_id == actor.user_id and works_there:
        found.add(Party.CASE_OFFICER)
    if not found and stands_in(holder, actor, barred):
        found.add(Party.FOCAL)
    return found


def stands_in(office: Office, actor: Actor, barred: frozenset[int]) -> bool:
    """Whether the office's focal post is empty (or barred) and the actor's is the next one up."""
    above = [
        post
        for post in actor.posts
        if post.role in (Role.FOCAL, Role.HEAD)
        and office.path.startswith(post.office_path)
        and office.pk != post.office_id
    ]
    if not above:
        return False
    answering = answering_post(office, Role.FOCAL, barred)
    return answering is not None and answering.office_id in {post.office_id for post in above}


def _central_parties(case: Case, actor: Actor) -> set[Party]:
    names = {Role.DESK: Party.DESK, Role.OVERSEER: Party.OVERSEER, Role.OPERATOR: Party.OPERATOR}
    return {party for role, party in names.items() if actor.has(role)}


def who_handled(case: Case) -> frozenset[int]:
    """Ids of those who made a move as officers on this case. What is done within an appeal is none."""
    moves = Event.objects.filter(case=case, actor_kind="user", actor_id__isnull=False)
    moves = moves.exclude(move__in=NOT_HANDLING).exclude(party=Party.CITIZEN)
    moves = moves.exclude(from_status=State.APPEALED)
    return frozenset(pk for pk in moves.values_list("actor_id", flat=True) if pk is not None)


def _appeal_parties(case: Case, actor: Actor, barred: frozenset[int]) -> set[Party]:
    appeal = Appeal.objects.select_related("office").filter(case=case, decided_at=None).first()
    if appeal is None:
        return set()
    handled = who_handled(case)
    if appeal.level > 1:
        # Nobody decides on their own decision.
        before = Appeal.objects.filter(case=case, upheld=False, decided_by__isnull=False)
        handled |= frozenset(before.values_list("decided_by_id", flat=True))
    if actor.user_id in handled:
        return set()
    decides = actor.has(Role.OVERSEER)
    if appeal.office is not None:
        answering = answering_post(appeal.office, Role.FOCAL, barred | handled)
        if answering is not None:
            decides = _decides_in(actor, appeal.office, answering)
    return {Party.APPEAL_OFFICER} if decides else set()


def _decides_in(actor: Actor, office: Office, answering: Post) -> bool:
    """In the office itself, or in the one above that answers for it; where none does: overseers."""
    offices = {office.pk, answering.office_id}
    return any(_held_in(actor, pk, Role.FOCAL, Role.HEAD) for pk in offices)


def _handles(case: Case, found: set[Party]) -> bool:
    """Whoever has the case now; of a closed one its last holder."""
    if case.status == State.DISPUTED_OWNER:
        return Party.OVERSEER in found
    if case.status == State.APPEALED and Party.APPEAL_OFFICER in found:
        return True
    if case.holder_id is None:
        return Party.DESK in found
    return bool(found & {Party.FOCAL, Party.HEAD, Party.CASE_OFFICER})
