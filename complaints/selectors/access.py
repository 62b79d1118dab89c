"""Who may see which case. `visible_to` is the one rule; every way to a case uses it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office, Post
from complaints.bars import barred_users, not_barred
from complaints.models import Appeal, Case, Handling
from complaints.models.case import Status
from complaints.under_way import (
    investigated_by,
    matter_of,
    open_appeal_in,
    with_recommendation,
)
from complaints.workflow import ABOUT_THE_FILER, OF_RANKINGS, PRIVATE_MOVES

#: What marks an event (in its data, under "for") that is between the citizen and the overseers.
FOR_OVERSEERS = "overseers"
#: These see every case from which they are not barred.
SEE_ALL = (Role.DESK, Role.OVERSEER, Role.AUDITOR)
#: So many offices are named in a list's query; more are looked up. Seconds for which ids are kept.
FEW, LED_KEPT = 300, 60
#: These see what is with their office and below it.
LEADING = (Role.FOCAL, Role.HEAD, Role.SYSTEM)


def visible_to(actor: Actor, now: datetime | None = None) -> QuerySet[Case]:
    """The cases that an actor may see (now): all columns, any state. Bars come before everything.

    - A citizen: the one case that they proved by its secret, and those filed from their account.
    - Desk, overseer, auditor: all.
    - Focal officer, head and an agency's system: what is, or was, with their office or one below it;
      the head of the office in which the desk works: what the desk has; the head of the one in which
      overseers work, or of one above it: what the overseers decide in appeal.
    - Case officer: what is assigned to them.
    - Whoever is of a team that investigates in an appeal: that case, while they do.
    - Operator and registrar: none.
    """
    cases = Case.objects.filter(country=settings.COUNTRY)
    own = Q(pk=actor.case_id) if actor.case_id else Q(pk__in=[])
    if actor.user_id is None:
        return cases.filter(own)
    own |= Q(owner_id=actor.user_id)
    return cases.filter(own | (_by_posts(actor, now) & not_barred(actor, now)))


@dataclass(frozen=True, slots=True)
class Reach:
    """What is looked up before somebody's cases are listed, so that an index serves: it only narrows
    what the rule says, and may be a minute old. All are lists of ids.
    """

    #: The offices that they lead, if they are few; None if they are many.
    few: list[int] | None = None
    #: Offices in which they are case officer, and which they do not lead.
    besides: list[int] = field(default_factory=list)
    #: Cases that they investigate.
    investigated: list[int] = field(default_factory=list)
    #: Desk officers work in an office that they head.
    heads_desk: bool = False
    now: datetime | None = None

    @property
    def shape(self) -> tuple[bool, ...]:
        """What a question over it depends on besides the ids."""
        few, others = self.few is not None, map(bool, (self.besides, self.investigated))
        return few, *others, self.heads_desk

    @property
    def ids(self) -> dict[str, Any]:
        """What it is asked with."""
        few = {"few": self.few} if self.few is not None else {}
        return few | {"besides": self.besides, "investigated": self.investigated, "held": self.now}


def reach_given(shape: tuple[bool, ...], ids: Mapping[str, Any]) -> Reach:
    """A reach of that shape, within a question that is asked with its ids."""
    _few, besides, investigated, heads_desk = shape
    return Reach(
        few=ids.get("few"),
        besides=ids["besides"] if besides else [],
        investigated=ids["investigated"] if investigated else [],
        heads_desk=heads_desk,
        now=ids["held"],
    )


def reach_of(actor: Actor) -> Reach:
    """The actor's reach now (a query for heads; the rest is kept for a minute)."""
    now = timezone.now()
    if actor.user_id is None or actor.has(*SEE_ALL):
        return Reach(now=now)
    works_in = [post for post in actor.posts if post.role == Role.CASE_OFFICER]
    investigated = _few_investigated(actor)
    if not actor.has(*LEADING):
        return Reach(None, [post.office_id for post in works_in], investigated, now=now)
    led = tuple(post.office_path for post in actor.posts if post.role in LEADING)
    besides = [post.office_id for post in works_in if not post.office_path.startswith(led)]
    heads_desk = actor.has(Role.HEAD) and _desks_under_head(actor).exists()
    return Reach(few_led(actor), besides, investigated, heads_desk, now)


def at_hand(actor: Actor, scope: str = "", reach: Reach | None = None) -> QuerySet[Case]:
    """Cases that are the actor's business now, of those that they may see, none of their own.

    For desk, overseer and auditor all of them; for others what is with their office, below it, or
    assigned to them. `scope` for who leads an office: ours (with it), below, past (handed on). The
    conditions are such that a list needs no more than an index, however many cases there are.
    """
    reach = reach or reach_of(actor)
    if scope == "past":
        return _handed_on(actor, reach.now)
    cases = Case.objects.filter(not_barred(actor, reach.now), country=settings.COUNTRY)
    if actor.user_id is None:
        return cases.none()
    cases = cases.exclude(owner_id=actor.user_id)
    if actor.has(*SEE_ALL):
        return cases
    own = [post.office_id for post in actor.posts if post.role in LEADING]
    match scope:
        case "ours":
            return cases.filter(holder_id__among=own)
        case "below":
            return cases.filter(_with_led(actor, reach)).exclude(holder_id__among=own)
    at_hand_now = _with_whom(actor, reach)
    if reach.investigated:
        # Named, so that an index serves; what was kept a minute ago only narrows the rule.
        still = investigated_by(actor).filter(case=OuterRef("pk"))
        at_hand_now |= Q(Exists(still), pk__among=reach.investigated, status=Status.APPEALED)
    return cases.filter(at_hand_now)


def _with_whom(actor: Actor, reach: Reach) -> Q:
    """What an officer has: of those who lead, all with their offices; else what is assigned."""
    assigned = Q(assigned_id=actor.user_id, holder_id__among=reach.besides)
    if not actor.has(*LEADING):
        return assigned
    led = _with_led(actor, reach)
    if reach.heads_desk:
        led |= Q(holder=None)
    return led | assigned if reach.besides else led


def _with_led(actor: Actor, reach: Reach) -> Q:
    """With an office that the actor leads. A few are named too, so that an index on them serves."""
    led = Q(holder__in=offices_led(actor))
    return led & Q(holder_id__among=reach.few) if reach.few is not None else led


def few_led(actor: Actor) -> list[int] | None:
    """Ids of the offices that the actor leads, if they are few; None if they are many.

    Kept for a minute, so only good for narrowing what `offices_led` decides.
    """
    paths = "|".join(sorted(post.office_path for post in actor.posts if post.role in LEADING))
    name = "led:" + hashlib.sha256(f"{settings.COUNTRY}|{paths}".encode()).hexdigest()
    ids = cache.get_or_set(
        name, lambda: list(offices_led(actor).values_list("pk", flat=True)[: FEW + 1]), LED_KEPT
    )
    return ids if ids is not None and len(ids) <= FEW else None


def _few_investigated(actor: Actor) -> list[int]:
    """Ids of cases that the actor investigates, kept for a minute: almost always none."""
    name = investigated_name(actor.user_id or 0)
    ids = cache.get_or_set(
        name, lambda: list(investigated_by(actor).values_list("case_id", flat=True)[:FEW]), LED_KEPT
    )
    return ids or []


def investigated_name(user_id: int) -> str:
    """The name under which that is kept; whoever names a team has it read anew."""
    return f"investigated:{settings.COUNTRY}:{user_id}"


def _handed_on(actor: Actor, now: datetime | None) -> QuerySet[Case]:
    """What an office led by the actor had once, and has no more."""
    handled = Handling.objects.filter(office__in=offices_led(actor)).values("case")
    cases = visible_to(actor, now).filter(pk__in=handled).exclude(owner_id=actor.user_id)
    return cases.exclude(holder__in=offices_led(actor), holder__isnull=False)


def reads_private(actor: Actor, case: Case) -> bool:
    """Whether what is between the citizen and the overseers is for the actor to know."""
    is_citizen = actor.case_id == case.pk or (
        actor.user_id is not None and case.owner_id == actor.user_id
    )
    return is_citizen or actor.user_id is None or actor.has(Role.OVERSEER)


def is_private(move: str, data: Mapping[str, Any]) -> bool:
    """Whether a step is between the citizen and the overseers."""
    return move in PRIVATE_MOVES or data.get("for") == FOR_OVERSEERS


def is_hidden_from_offices(move: str, data: Mapping[str, Any]) -> bool:
    """Whether no officer of an office knows of a step: no page of theirs says that there is news."""
    return is_private(move, data) or move in ABOUT_THE_FILER | OF_RANKINGS


def newest_step(case: Case, actor: Actor) -> int:
    """The last step of the case that the actor may know of: what a page shows as seen.

    For officers steps are counted without those that are between the citizen and the overseers.
    """
    return case.last_seq if reads_private(actor, case) else case.office_seq


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
    cases = with_recommendation(Case.objects.filter(country=settings.COUNTRY, number=number))
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
    if case.status == Status.APPEALED:
        on = open_appeal_in(matter_of(case), actor)
        if on is not None and on.investigates:
            return True
        if on is not None and on.appeal.office_id is None and overseers_under_head(actor).exists():
            return True
    if not actor.has(*LEADING):
        return False
    if holder is None and _desks_under_head(actor).exists():
        return True
    return Handling.objects.filter(case=case, office__in=offices_led(actor)).exists()


def _by_posts(actor: Actor, now: datetime | None) -> Q:
    if actor.kind == "system" or actor.has(*SEE_ALL):
        return Q()
    seen = Q(pk__in=[])
    if actor.has(*LEADING):
        offices = offices_led(actor)
        handled = Handling.objects.filter(case=OuterRef("pk"), office__in=offices)
        seen |= Q(holder__in=offices) | Q(Exists(handled))
        seen |= Q(holder=None) & Q(Exists(_desks_under_head(actor, now)))
    if actor.has(Role.HEAD):
        theirs = Appeal.objects.filter(case=OuterRef("pk"), decided_at=None, office=None)
        over = Q(Exists(overseers_under_head(actor, now)))
        seen |= Q(status=Status.APPEALED) & over & Q(Exists(theirs))
    if actor.has(Role.CASE_OFFICER):
        mine = [p.office_id for p in actor.posts if p.role == Role.CASE_OFFICER]
        seen |= Q(assigned_id=actor.user_id, holder_id__among=mine)
    investigated = investigated_by(actor).values("case_id")
    return seen | Q(status=Status.APPEALED, pk__in=investigated)


def _desks_under_head(actor: Actor, now: datetime | None = None) -> QuerySet[Post]:
    """Desk officers in the offices that the actor heads."""
    headed = [post.office_id for post in actor.posts if post.role == Role.HEAD]
    return Post.objects.held_at(now).filter(role=Role.DESK, office_id__among=headed)


def overseers_under_head(actor: Actor, now: datetime | None = None) -> QuerySet[Post]:
    """Overseers in the offices that the actor heads, and below them: for them a head may have to decide
    (`parties.deciding_overseers`).
    """
    under = Q(pk__in=[])
    for post in actor.posts:
        if post.role == Role.HEAD:
            under |= Q(office__path__startswith=post.office_path)
    posts = Post.objects.held_at(now).filter(under, office__country=settings.COUNTRY)
    return posts.filter(role=Role.OVERSEER)


def offices_led(actor: Actor) -> QuerySet[Office]:
    """The offices in which the actor is focal officer or head, and all below them."""
    under = Q(pk__in=[])
    for post in actor.posts:
        if post.role in LEADING:
            under |= Q(path__startswith=post.office_path)
    return Office.objects.filter(under, country=settings.COUNTRY)
