"""The appeals of a case with all that happened in them, and the lists of those who decide them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.actors import SYSTEM, Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post
from complaints import moment
from complaints.models import (
    Appeal,
    Case,
    Event,
    Hearing,
    Investigation,
    Investigator,
    Recommendation,
    Respondent,
    ServedSummary,
)
from complaints.parties import Standing, deciding_overseers
from complaints.selectors.access import LEADING, overseers_under_head, visible_to
from complaints.selectors.casefile import CaseFile, Entry
from complaints.under_way import (
    AppealTold,
    for_systems,
    handling,
    investigated_by,
    recommended_to,
)
from complaints.workflow import Party, State

#: These see what is under way in all appeals.
OVERSEEING = (Role.OVERSEER, Role.AUDITOR)
#: So many appeals are judged for whether an overseer may decide; seconds for which their count is kept.
MOST_JUDGED, UNDECIDABLE_KEPT = 500, 300


@dataclass
class AppealShown:
    """One appeal with the entries of the timeline that belong to it, as its reader may see them."""

    told: AppealTold
    entries: list[Entry] = field(default_factory=list)

    @property
    def row(self) -> Appeal:
        return self.told.row

    def of(self, *moves: str) -> list[Entry]:
        """Those of certain moves, oldest first."""
        return [entry for entry in self.entries if entry.event.move in moves]

    def entry(self, event_id: int | None) -> Entry | None:
        """The one of an event, if this reader is told of it."""
        return next((e for e in self.entries if e.event.pk == event_id), None)


def had_appeal(file: CaseFile) -> bool:
    """Whether the case is, or ever was, in an appeal: by its timeline, without a query."""
    appealed = State.APPEALED.value
    return any(appealed in (e.event.from_status, e.event.to_status) for e in file.timeline)


def appeals_of(file: CaseFile) -> list[AppealShown]:
    """The appeals of a case, oldest first; no query for a case that had none."""
    if not had_appeal(file):
        return []
    shown = [AppealShown(told) for told in file.who.matter.appeals]
    for entry in file.timeline:
        begun = [one for one in shown if one.told.filed_seq <= entry.event.seq]
        if begun:
            begun[-1].entries.append(entry)
    return shown


def way_up(case: Case, office: Office | None) -> list[str]:
    """Codes of the offices from the case's holder up to the one that decides, nearest first."""
    if case.holder is None or office is None or not office.is_above(case.holder):
        return []
    codes = case.holder.path_codes[len(office.path_codes) - 1 :]
    return codes[::-1]


def to_decide(actor: Actor) -> QuerySet[Appeal]:
    """Open appeals that the actor's offices decide, oldest first; overseers and auditors: all.

    An office without a focal officer leaves its appeals to the one above. `handled`: the actor had a
    part in the case, so that somebody else decides.
    """
    mine = Event.objects.filter(case=OuterRef("case"), actor_id=actor.user_id)
    rows = Appeal.objects.filter(decided_at=None, case__in=_others_cases(actor))
    if not actor.has(*OVERSEEING):
        rows = rows.filter(_decided_by(actor))
    by_system = for_systems(OuterRef(OuterRef("case"))).filter(user_id=actor.user_id or 0)
    handled = Q(Exists(handling(mine))) | Q(Exists(by_system))
    rows = rows.select_related("case__holder", "office").annotate(handled=handled)
    return rows.order_by("filed_at", "id")


def without_overseers() -> list[tuple[Appeal, list[User]]]:
    """Open appeals of the overseers that none of them may decide, oldest first, each with who does instead:
    nobody in the list is left where that is empty. Read by those who look after it, not by every page: a
    few queries for each appeal in which an overseer is named or had a part, at most MOST_JUDGED of them.
    """
    posts = Post.objects.held_at().filter(role=Role.OVERSEER, office__country=settings.COUNTRY)
    overseers = set(posts.filter(user__is_active=True).values_list("user_id", flat=True))
    rows = Appeal.objects.filter(decided_at=None, office=None, case__country=settings.COUNTRY)
    if overseers:
        rows = rows.filter(_might_be_out(overseers))
    rows = rows.select_related("case__holder").order_by("filed_at", "id")
    found = []
    for row in rows[:MOST_JUDGED]:
        people = deciding_overseers(Standing(row.case, SYSTEM), row)
        if not overseers & {person.pk for person in people}:
            found.append((row, people))
    return found


def _might_be_out(overseers: Collection[int]) -> Q:
    """Appeals in whose case one of these may be barred, or had a part: not yet who, and of which."""
    case, held = OuterRef("case"), Post.objects.held_at()
    # Only who is at work where an overseer is, or a post there, can bar one (see `bars`).
    theirs = held.filter(user__in=overseers).values("office")
    beside = Q(user__in=held.filter(office__in=theirs).values("user")) | Q(office__in=theirs)
    named = Respondent.objects.standing().filter(beside, case=case)
    handled = handling(Event.objects.filter(case=case, actor_id__in=overseers))
    decided = Appeal.objects.filter(case=case, decided_by__in=overseers)
    on_team = Investigator.objects.filter(user__in=overseers, investigation__appeal__case=case)
    by_system = for_systems(OuterRef(OuterRef("case"))).filter(user__in=overseers)
    out = (named, handled, decided, on_team, by_system)
    might = Q(case__owner__in=overseers)
    for rows in out:
        might |= Q(Exists(rows))
    return might


def undecidable() -> int:
    """How many open appeals nobody at all may decide now; kept for some minutes."""
    name = f"undecidable:{settings.COUNTRY}"
    return cache.get_or_set(name, _count_undecidable, UNDECIDABLE_KEPT) or 0


def _count_undecidable() -> int:
    return sum(not people for _appeal, people in without_overseers())


def _others_cases(actor: Actor) -> Any:
    """What the actor may see as an officer: none of their own complaints."""
    return visible_to(actor).exclude(owner_id=actor.user_id).values("pk")


def _decided_by(actor: Actor) -> Q:
    own, below = Q(pk__in=_instead_of_overseers(actor)), Q(pk__in=[])
    for post in actor.posts:
        if post.role in LEADING:
            own |= Q(office_id=post.office_id)
            below |= Q(office__path__startswith=post.office_path)
    filled = Post.objects.held_at().filter(
        office=OuterRef("office"), role=Role.FOCAL, user__is_active=True
    )
    return own | (below & ~Q(Exists(filled)))


def _instead_of_overseers(actor: Actor) -> list[int]:
    """Ids of the overseers' appeals that fall to the actor, as none of them may decide."""
    if not actor.has(Role.HEAD) or not overseers_under_head(actor).exists():
        return []
    found = without_overseers()
    return [row.pk for row, people in found if actor.user_id in {one.pk for one in people}]


def hearings_to_come(actor: Actor) -> QuerySet[Hearing]:
    """Hearings that are set and not held, by their moment: those that are overdue come first."""
    rows = Hearing.objects.filter(held_at=None, called_off_at=None)
    rows = rows.filter(appeal__case__in=_others_cases(actor))
    if not actor.has(*OVERSEEING):
        offices = [post.office_id for post in actor.posts if post.role in LEADING]
        theirs = Q(appeal__office_id__in=offices) | Q(appeal__case__holder_id__in=offices)
        rows = rows.filter(theirs)
    return rows.select_related("appeal__case__holder", "appeal__office").order_by("at", "id")


def open_investigations(actor: Actor) -> QuerySet[Investigation]:
    """Open investigations that the actor's offices ordered, or of whose team they are; oldest first."""
    rows = Investigation.objects.filter(ended_at=None, appeal__case__in=_others_cases(actor))
    if not actor.has(*OVERSEEING):
        offices = [post.office_id for post in actor.posts if post.role in LEADING]
        on_team = Q(pk__in=investigated_by(actor).values("investigation_id"))
        rows = rows.filter(Q(appeal__office_id__in=offices) | on_team)
    rows = rows.select_related("appeal__case", "appeal__office")
    teams = Investigator.objects.filter(leads=True).select_related("user")
    return rows.prefetch_related(Prefetch("team", teams, "leads")).order_by("begun_at", "id")


def open_recommendations(actor: Actor) -> QuerySet[Recommendation]:
    """Recommendations that nobody has answered yet: of the actor's offices, or of those that they
    wrote them to; oldest first.
    """
    rows = Recommendation.objects.filter(followed="", case__in=_others_cases(actor))
    if not actor.has(*OVERSEEING):
        offices = [post.office_id for post in actor.posts if post.role in LEADING]
        rows = rows.filter(recommended_to(actor) | Q(appeal__office_id__in=offices))
    return rows.select_related("case", "office", "appeal__office").order_by("made_at", "id")


def is_overdue(hearing: Hearing) -> bool:
    """Whether its time has come and nobody has written what became of it."""
    open_one = hearing.held_at is None and hearing.called_off_at is None
    return open_one and hearing.at <= moment.now()


def hearing_through(summary: ServedSummary) -> Hearing | None:
    """The hearing to which a respondent is asked, by what was served on them; with its notice."""
    found = Hearing.objects.filter(
        appeal__case=summary.case_id,
        held_at=None,
        called_off_at=None,
        attendances__party=Party.RESPONDENT,
    )
    return found.select_related("set_event__statement").first()
