"""The appeals of a case with what is under way in them, and who had a part in it: one query.

Read by the standing of people, by the conditions of the table, and by the pages. A page reads it with
its case (`with_matter`); a move reads it anew under the case's lock, for nothing that was read before
the lock can be relied on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.models import User
from accounts.prepared import prepared
from accounts.roles import Role
from agencies.models import Office, Post
from complaints.models import (
    Appeal,
    Attendance,
    Case,
    Event,
    Hearing,
    Investigation,
    Investigator,
    Recommendation,
)
from complaints.nested import as_json, from_json
from complaints.workflow import Party, State
from complaints.workflow_appeals import TAKERS

#: Those of these posts may be of a team that investigates; whoever holds none has left.
MAY_INVESTIGATE = (Role.FOCAL, Role.CASE_OFFICER, Role.HEAD, Role.DESK, Role.OVERSEER)
#: The name under which a case carries whether action was recommended (see `with_recommendation`).
RECOMMENDED = "is_recommended"
#: The names under which a case carries its appeals, and who had a part in it (see `with_matter`).
APPEALS, HANDLED = "appeals_told", "handled_by"
#: The same of those who answered for an agency's own system when it had a part in it.
BY_SYSTEM = "handled_by_system"
#: What is told of an office, and of a person.
OFFICE, PERSON = ("id", "country", "code", "path", "names"), ("id", "name", "email", "language")
#: Moves by which an officer has handled a case; who made one cannot decide an appeal on it.
NOT_HANDLING = (
    *("uphold", "dismiss", "break_seal", "audit_look", "publish", "unpublish", "submit"),
    *("serve", "unlink_respondent", "follow", "note_pressure"),
    *("restrict", "decide_restriction", "lift_restriction", "set_aside", "put_back"),
)


@dataclass
class HearingTold:
    """A hearing, and by party whether those who were asked came (None: not held)."""

    row: Hearing
    asked: dict[str, bool | None]

    @property
    def is_open(self) -> bool:
        """It is set, and neither held nor called off."""
        return self.row.held_at is None and self.row.called_off_at is None


@dataclass
class InvestigationTold:
    """An investigation with its team, whoever leads it first."""

    row: Investigation
    team: list[Investigator]


@dataclass
class AppealTold:
    """An appeal with all that is in it, each in its order. `filed_seq` is the step that began it."""

    row: Appeal
    filed_seq: int
    hearings: list[HearingTold]
    investigations: list[InvestigationTold]
    recommendations: list[Recommendation]


@dataclass
class Matter:
    """The appeals of a case, oldest first, and the ids of those officers who handled it."""

    appeals: list[AppealTold] = field(default_factory=list)
    handled: frozenset[int] = frozenset()

    @property
    def to_act(self) -> list[Recommendation]:
        """Action recommended of which nobody has said yet what was done; oldest first."""
        rows = [row for told in self.appeals for row in told.recommendations if not row.followed]
        return sorted(rows, key=lambda row: (row.made_at, row.pk))


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An appeal that is not decided. `hearing_at` is in UTC; ids are None where there is nothing."""

    appeal: Appeal
    hearing_id: int | None
    hearing_at: datetime | None
    #: Those asked to the hearing that is set.
    asked: frozenset[str]
    investigation_id: int | None
    #: Those who investigate, whoever leads them first.
    team: tuple[User, ...]
    #: Whether the actor it was read for is of the team that investigates.
    investigates: bool


def with_matter(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases that carry their appeals with all that is in them: for one page of one case."""
    handled = handling(Event.objects.filter(case=OuterRef("pk"), actor_id__isnull=False))
    by_system = for_systems(OuterRef(OuterRef("pk"))).values("user_id").distinct()
    told = {
        APPEALS: ArraySubquery(_appeals()),
        HANDLED: ArraySubquery(handled.order_by().values("actor_id").distinct()),
        BY_SYSTEM: ArraySubquery(by_system),
    }
    return cases.annotate(**told)


@prepared
def _matter(*, case: Any) -> QuerySet[Case, tuple[Any, ...]]:
    return with_matter(Case.objects.filter(pk=case)).values_list(APPEALS, HANDLED, BY_SYSTEM)


def matter_of(case: Case) -> Matter:
    """The appeals of a case and who handled it; one query, unless it was read with the case."""
    if case.pk is None:
        return Matter()
    if hasattr(case, APPEALS):
        appeals, handled, by_system = (
            getattr(case, name) for name in (APPEALS, HANDLED, BY_SYSTEM)
        )
    else:
        ((appeals, handled, by_system),) = _matter(case=case)
    return Matter([_appeal(told) for told in appeals], frozenset({*handled, *by_system}))


def _appeals() -> QuerySet[Any]:
    hearings = Hearing.objects.filter(appeal=OuterRef("pk")).order_by("at", "id")
    asked = Attendance.objects.filter(hearing=OuterRef("pk")).order_by("id")
    came = asked.values(told=as_json(Attendance, "party", "came"))
    investigations = Investigation.objects.filter(appeal=OuterRef("pk")).order_by("id")
    team = Investigator.objects.filter(investigation=OuterRef("pk")).order_by("-leads", "id")
    person = as_json(User, *PERSON, under="user")
    members = team.values(told=as_json(Investigator, user=person))
    recommended = Recommendation.objects.filter(appeal=OuterRef("pk")).order_by("id")
    office = as_json(Office, *OFFICE, under="office")
    inside: dict[str, QuerySet[Any, Any]] = {
        "hearings": hearings.values(told=as_json(Hearing, asked=ArraySubquery(came))),
        "investigations": investigations.values(
            told=as_json(Investigation, team=ArraySubquery(members))
        ),
        "recommendations": recommended.values(told=as_json(Recommendation, office=office)),
    }
    beside: dict[str, Any] = {name: ArraySubquery(rows) for name, rows in inside.items()}
    beside |= {"office": office, "filed_seq": "filed_event__seq"}
    told = as_json(Appeal, **beside)
    return Appeal.objects.filter(case=OuterRef("pk")).order_by("id").values(told=told)


def _appeal(told: Mapping[str, Any]) -> AppealTold:
    office = from_json(Office, told["office"]) if told["office_id"] is not None else None
    row = from_json(Appeal, told, office=office)
    return AppealTold(
        row,
        told["filed_seq"],
        [_hearing(one) for one in told["hearings"]],
        [_investigation(one) for one in told["investigations"]],
        [
            from_json(Recommendation, one, appeal=row, office=from_json(Office, one["office"]))
            for one in told["recommendations"]
        ],
    )


def _hearing(told: Mapping[str, Any]) -> HearingTold:
    return HearingTold(
        from_json(Hearing, told), {one["party"]: one["came"] for one in told["asked"]}
    )


def _investigation(told: Mapping[str, Any]) -> InvestigationTold:
    team = [from_json(Investigator, one, user=from_json(User, one["user"])) for one in told["team"]]
    return InvestigationTold(from_json(Investigation, told), team)


def open_appeal_in(matter: Matter, actor: Actor) -> UnderWay | None:
    """The appeal that is open, with its hearing and its investigation, for somebody."""
    told = next((one for one in matter.appeals if one.row.decided_at is None), None)
    if told is None:
        return None
    hearing = next((one for one in told.hearings if one.is_open), None)
    investigation = next((one for one in told.investigations if one.row.ended_at is None), None)
    members = investigation.team if investigation else []
    team = tuple(member.user for member in members if member.until is None)
    is_member = actor.user_id is not None and actor.user_id in {person.pk for person in team}
    return UnderWay(
        appeal=told.row,
        hearing_id=hearing.row.pk if hearing else None,
        hearing_at=hearing.row.at if hearing else None,
        asked=frozenset(hearing.asked) if hearing else frozenset(),
        investigation_id=investigation.row.pk if investigation else None,
        team=team,
        investigates=is_member and actor.has(*MAY_INVESTIGATE),
    )


def handling(events: QuerySet[Event]) -> QuerySet[Event]:
    """Of these events, those by which an officer had a part in a case.

    What is done within an appeal is none, but for a statement of one's own: who was heard is a party.
    """
    heard = Q(move="testify") & ~Q(party__in=TAKERS)
    moves = events.filter(~Q(from_status=State.APPEALED) | heard, actor_kind="user")
    return moves.exclude(move__in=NOT_HANDLING).exclude(party=Party.CITIZEN)


def investigated_by(actor: Actor) -> QuerySet[Investigator]:
    """The open investigations of whose teams the actor is; of none once they hold no such post."""
    if actor.user_id is None or not actor.has(*MAY_INVESTIGATE):
        return Investigator.objects.none()
    return Investigator.objects.filter(user_id=actor.user_id, until=None)


def with_recommendation(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases that carry whether action is recommended on them, so that nobody has to ask again."""
    open_ones = Recommendation.objects.filter(case=OuterRef("pk"), followed="")
    return cases.annotate(**{RECOMMENDED: Exists(open_ones)})


def is_recommended(case: Case) -> bool:
    """Whether action was recommended on the case and nobody has said yet what was done about it."""
    known = getattr(case, RECOMMENDED, None)
    if known is not None:
        return bool(known)
    return Recommendation.objects.filter(case=case, followed="").exists()


def recommended_to(actor: Actor) -> Q:
    """The condition on recommendations that are for an office which the actor leads."""
    return Q(office_id__in=[p.office_id for p in actor.posts if p.role in (Role.FOCAL, Role.HEAD)])


def for_systems(case: OuterRef) -> QuerySet[Post]:
    """Posts whose holders led an office when its own system had a part in a case: that was done for them.

    `case` is its id, seen from an event below the posts.
    """
    systems = Post.objects.filter(user_id=OuterRef("actor_id"), role=Role.SYSTEM)
    made = handling(Event.objects.filter(Exists(systems), case=case))
    then = made.filter(office_id=OuterRef("office_id"), happened_at__gte=OuterRef("held_from"))
    led = Q(Exists(then), held_to=None) | Q(
        Exists(then.filter(happened_at__lt=OuterRef("held_to")))
    )
    # Only offices of such events are looked at: of most cases none.
    posts = Post.objects.filter(office_id__in=made.values("office_id"))
    return posts.filter(led, role__in=(Role.FOCAL, Role.HEAD))
