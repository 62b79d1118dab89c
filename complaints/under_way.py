"""What is under way on a case beside its state: the open appeal, and action recommended in one.

Read by the standing of people and by the conditions of the table. One query for a case in appeal,
none for another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.actors import Actor
from accounts.roles import Role
from complaints.models import Appeal, Case, Hearing, Investigation, Investigator, Recommendation

#: Those of these posts may be of a team that investigates; whoever holds none has left.
MAY_INVESTIGATE = (Role.FOCAL, Role.CASE_OFFICER, Role.HEAD, Role.DESK, Role.OVERSEER)
#: The name under which a case carries whether action was recommended (see `with_recommendation`).
RECOMMENDED = "is_recommended"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An appeal that is not decided. `hearing_at` is in UTC; ids are None where there is nothing."""

    appeal: Appeal
    hearing_id: int | None
    hearing_at: datetime | None
    investigation_id: int | None
    #: Whether the actor it was read for is of the team that investigates.
    investigates: bool


def open_appeal_of(case: Case, actor: Actor) -> UnderWay | None:
    """The appeal that is open on the case, with its hearing and its investigation (one query)."""
    hearings = Hearing.objects.filter(appeal=OuterRef("pk"), held_at=None, called_off_at=None)
    open_ones = Investigation.objects.filter(appeal=OuterRef("pk"), ended_at=None)
    team = Investigator.objects.filter(
        investigation__appeal=OuterRef("pk"), until=None, user_id=actor.user_id or 0
    )
    found: Any = (
        Appeal.objects.filter(case=case, decided_at=None)
        .select_related("office")
        .annotate(
            hearing=Subquery(hearings.values("pk")[:1]),
            hearing_at=Subquery(hearings.values("at")[:1]),
            investigation=Subquery(open_ones.values("pk")[:1]),
            investigates=Exists(team),
        )
        .first()
    )
    if found is None:
        return None
    investigates = found.investigates and actor.has(*MAY_INVESTIGATE)
    return UnderWay(found, found.hearing, found.hearing_at, found.investigation, investigates)


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


def offices_to_act(case: Case) -> list[Recommendation]:
    """The open recommendations on a case, oldest first, each with its office."""
    found = Recommendation.objects.filter(case=case, followed="").select_related("office")
    return list(found.order_by("made_at", "id"))


def recommended_to(actor: Actor) -> Q:
    """The condition on recommendations that are for an office which the actor leads."""
    return Q(office_id__in=[p.office_id for p in actor.posts if p.role in (Role.FOCAL, Role.HEAD)])
