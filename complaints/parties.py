"""What somebody is to one case: the step from posts held to the parties of the workflow's table."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from accounts.actors import Actor, HeldPost
from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.selectors import answering_among, posts_up
from complaints.bars import barred_by, barred_users, respondents_of
from complaints.models import Appeal, Case, Respondent, ServedSummary
from complaints.under_way import Matter, UnderWay, is_recommended, matter_of, open_appeal_in
from complaints.workflow import Party, State


@dataclass
class Standing:
    """An actor before a case: the parties they are, and who is barred from it."""

    case: Case
    actor: Actor
    parties: frozenset[Party] = frozenset()
    #: Whom the case is about, where that was looked into.
    respondents: list[Respondent] = field(default_factory=list)
    #: The summary through which a respondent acts.
    through: ServedSummary | None = None

    @cached_property
    def barred(self) -> frozenset[int]:
        """Ids of those who may know nothing of the case, whoever is acting (read once, if asked)."""
        return barred_users(self.case) if self.case.pk else frozenset()

    @cached_property
    def matter(self) -> Matter:
        """The appeals of the case and who handled it (read once, if asked)."""
        return matter_of(self.case)

    @cached_property
    def under_way(self) -> UnderWay | None:
        """The appeal that is open on the case (read once, if asked; never for a case in none)."""
        if self.case.status != State.APPEALED or not self.case.pk:
            return None
        return open_appeal_in(self.matter, self.actor)

    @cached_property
    def focal_posts(self) -> list[Post]:
        """Focal officers of the offices that have to do with the case, and of those above them: of its
        holder, of who decides the appeal, of those that are to act (one query, if asked).
        """
        offices = [self.case.holder]
        if self.case.status == State.APPEALED or is_recommended(self.case):
            offices += [told.row.office for told in self.matter.appeals]
            offices += [row.office for row in self.matter.to_act]
        return posts_up([office for office in offices if office is not None])


def standing(case: Case, actor: Actor) -> Standing:
    """Work out what the actor is to the case. A barred officer is nothing to it.

    Costs one query for the respondents, and more only where an empty post, a barred holder or an
    appeal has to be looked into. `case.holder` should be loaded.
    """
    if actor.kind == "system":
        return Standing(case, actor, parties=frozenset({Party.SYSTEM, Party.ROUTER}))
    if actor.served_id is not None:
        return _through_summary(case, actor)
    found: set[Party] = set()
    if actor.case_id == case.pk or (actor.user_id is not None and case.owner_id == actor.user_id):
        found.add(Party.CITIZEN)
    if actor.kind != "user" or found:
        # Nobody works on their own complaint, whatever post they hold: to it they are its citizen.
        return Standing(case, actor, parties=frozenset(found))
    respondents = respondents_of(case)
    barred = barred_by(respondents)
    if actor.user_id in barred:
        return Standing(case, actor)
    who = Standing(case, actor, respondents=respondents)
    who.barred = barred
    found |= _office_parties(who)
    found |= _central_parties(case, actor)
    if barred and case.holder_id is None and Party.DESK not in found:
        found |= _for_the_desk(case, actor, barred)
    found |= _parties_of_appeals(who)
    if _handles(case, found):
        found.add(Party.HANDLER)
    who.parties = frozenset(found)
    return who


def _parties_of_appeals(who: Standing) -> set[Party]:
    """What the actor is by an appeal: one that is open, one that could come, one that is decided."""
    case = who.case
    found: set[Party] = set()
    if case.status == State.APPEALED:
        found = _appeal_parties(who)
    elif who.respondents and case.status in (State.ANSWERED, State.CLOSED):
        found = _serving_parties(who)
    if is_recommended(case) and any(leads(who, row.office) for row in who.matter.to_act):
        found.add(Party.ACTION_OFFICE)
    return found


def _held_in(actor: Actor, office_id: int | None, *roles: Role) -> list[HeldPost]:
    return [p for p in actor.posts if p.office_id == office_id and p.role in roles]


def _office_parties(who: Standing) -> set[Party]:
    case, actor, holder = who.case, who.actor, who.case.holder
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
    if any(p.role == Role.SYSTEM and holder.path.startswith(p.office_path) for p in actor.posts):
        # A system of the agency makes the moves of its focal officers; of these only what it is let
        # (`systems.scopes`). It decides no appeal and stands in for nobody.
        found.add(Party.FOCAL)
    if not found and stands_in(who, holder):
        found.add(Party.FOCAL)
    return found


def stands_in(who: Standing, office: Office) -> bool:
    """Whether the office's focal post is empty (or barred) and the actor's is the next one up.

    The office has to do with the case (see `Standing.focal_posts`).
    """
    above = [
        post
        for post in who.actor.posts
        if post.role in (Role.FOCAL, Role.HEAD)
        and office.path.startswith(post.office_path)
        and office.pk != post.office_id
    ]
    if not above:
        return False
    answering = answering_among(who.focal_posts, office, who.barred)
    return answering is not None and answering.office_id in {post.office_id for post in above}


def _central_parties(case: Case, actor: Actor) -> set[Party]:
    names = {Role.DESK: Party.DESK, Role.OVERSEER: Party.OVERSEER, Role.OPERATOR: Party.OPERATOR}
    return {party for role, party in names.items() if actor.has(role)}


def _through_summary(case: Case, actor: Actor) -> Standing:
    """Somebody who acts through a summary that was served on them is a respondent, and nothing else.

    Not any more where they were named by mistake: what they were served stays theirs to read.
    """
    served = ServedSummary.objects.filter(
        pk=actor.served_id or 0, case=case, user_id=actor.user_id or 0
    )
    through = served.filter(respondent__ended_at=None).first()
    if through is None:
        return Standing(case, actor)
    return Standing(case, actor, frozenset({Party.RESPONDENT}), through=through)


def _for_the_desk(case: Case, actor: Actor, barred: frozenset[int]) -> set[Party]:
    """Where every desk officer is barred, the head of their office acts for them, else an overseer."""
    if not actor.has(Role.HEAD, Role.OVERSEER):
        return set()
    posts = Post.objects.held_at().filter(office__country=case.country, user__is_active=True)
    desks = posts.filter(role=Role.DESK)
    if desks.exclude(user_id__in=barred).exists():
        return set()
    heads = posts.filter(role=Role.HEAD, office__in=desks.values("office")).exclude(
        user_id__in=barred
    )
    able = set(heads.values_list("user_id", flat=True))
    acts = actor.user_id in able if able else actor.has(Role.OVERSEER)
    return {Party.DESK} if acts else set()


def would_decide(who: Standing) -> Office | None:
    """The office that decides an appeal on a case: the nearest one above its holder whose focal
    officer is neither barred nor handled it. None: an overseer does.
    """
    holder, out = who.case.holder, who.barred | who.matter.handled
    if holder is None:
        return None
    above = [post for post in who.focal_posts if post.office.is_above(holder)]
    return next((post.office for post in above if post.user_id not in out), None)


def _serving_parties(who: Standing) -> set[Party]:
    """Of an answered or closed case: who would decide an appeal, and so serves its respondents."""
    actor = who.actor
    if not actor.has(Role.FOCAL, Role.HEAD, Role.OVERSEER):
        return set()
    if actor.user_id in who.matter.handled:
        return set()
    office = would_decide(who)
    serves = (
        actor.has(Role.OVERSEER)
        if office is None
        else bool(_held_in(actor, office.pk, Role.FOCAL, Role.HEAD))
    )
    return {Party.APPEAL_OFFICER} if serves else set()


def _appeal_parties(who: Standing) -> set[Party]:
    """Whether the actor decides the open appeal, or is of a team that investigates in it."""
    under_way = who.under_way
    if under_way is None:
        return set()
    found = {Party.INVESTIGATOR} if under_way.investigates else set[Party]()
    actor, appeal = who.actor, under_way.appeal
    out = out_of_deciding(who.matter, appeal)
    if actor.user_id in out:
        return found
    decides = actor.has(Role.OVERSEER)
    if appeal.office is not None:
        answering = answering_among(who.focal_posts, appeal.office, who.barred | out)
        if answering is not None:
            decides = _decides_in(actor, appeal.office, answering)
    elif not decides and actor.has(Role.HEAD):
        decides = actor.user_id in {person.pk for person in deciding_overseers(who, appeal)}
    return found | {Party.APPEAL_OFFICER} if decides else found


def out_of_deciding(matter: Matter, appeal: Appeal) -> frozenset[int]:
    """Ids of those who had a part in it: who handled the case; decided on it or investigated before."""
    out = set(matter.handled)
    if appeal.level > 1:
        # Nobody decides on their own decision.
        before = [told for told in matter.appeals if told.row.pk != appeal.pk]
        same_side = [one.row for one in before if one.row.by_respondent == appeal.by_respondent]
        out |= {row.decided_by_id for row in same_side if row.upheld is False and row.decided_by_id}
        teams = [each.team for one in before for each in one.investigations]
        out |= {member.user_id for team in teams for member in team}
    return frozenset(out)


def deciding_overseers(who: Standing, appeal: Appeal) -> list[User]:
    """Who decides an appeal that is the overseers': each who had no part in it and is not barred. Where none
    is left, the head of the office in which they work, or the next head above, as everywhere; empty where
    nobody is left there either (one query, a second where no overseer is left).
    """
    out = who.barred | out_of_deciding(who.matter, appeal) | {who.case.owner_id}
    return able_overseers(who.case.country, out)


def able_overseers(country: str, out: Collection[int | None]) -> list[User]:
    """The overseers who are not out of it (ids); where all are, the nearest heads above them who are not."""
    posts = Post.objects.held_at().filter(role=Role.OVERSEER, office__country=country)
    held = list(posts.filter(user__is_active=True).select_related("user", "office"))
    found = {post.user_id: post.user for post in held if post.user_id not in out}
    if not found:
        heads = posts_up([post.office for post in held], Role.HEAD)
        able = [post for post in heads if post.user_id not in out]
        above = (answering_among(able, post.office) for post in held)
        found = {post.user_id: post.user for post in above if post is not None}
    return list(found.values())


def leads(who: Standing, office: Office) -> bool:
    """Whether the actor is focal officer or head of the office, or stands in for an empty post."""
    held = _held_in(who.actor, office.pk, Role.FOCAL, Role.HEAD)
    return bool(held) or stands_in(who, office)


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
