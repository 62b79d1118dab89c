"""From a case to the values that the workflow's conditions look at."""

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from accounts.actors import Actor
from accounts.roles import Role
from agencies.policies import Policy
from agencies.snapshot import Registry
from complaints.clocks import day_of, end_of
from complaints.models import Case, Respondent, ServedSummary
from complaints.under_way import UnderWay, is_recommended
from complaints.workflow import Ending, Situation, State


class Clocks(Protocol):
    """What is asked of the clocks of a case (`services.clockwork.Clockwork`)."""

    def may_ask(self) -> bool: ...
    def policy(self, name: str) -> Policy: ...


class Stands(Protocol):
    """Who the actor is to the case (`parties.Standing`)."""

    respondents: list[Respondent]
    through: ServedSummary | None

    @property
    def under_way(self) -> UnderWay | None: ...


class AtWork(Protocol):
    """A case at a moment, before an actor (`services.work.Work`)."""

    actor: Actor
    now: datetime

    @property
    def restriction(self) -> str:
        """Of a restriction that the case gave the occasion for: see `workflow_terms.Situation`."""
        ...

    @property
    def who(self) -> Stands: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def clockwork(self) -> Clocks: ...


def situation_of(case: Case, at: AtWork) -> Situation:
    """Everything the conditions of the table need. A case without a row yet has no state."""
    if case.pk is None:
        return Situation(state=State(case.status) if case.last_seq else None)
    under_way = at.who.under_way
    hearing_at = under_way.hearing_at if under_way else None
    return Situation(
        state=State(case.status),
        waiting_from=State(case.waiting_from or State.RECEIVED),
        ending=Ending(case.ending) if case.ending else None,
        hops=case.hops,
        disputes=case.disputes,
        ruled=case.ruled,
        passed_down=case.passed_by_id is not None,
        had_office=case.holder_id is not None,
        office_below=at.registry.has_below(case.holder_id),
        sensitive=case.sensitive,
        published=case.published_at is not None,
        publish_consent=case.publish_consent,
        withdrawal_pending=case.withdrawal_pending,
        withdrawal_proved=at.actor.withdrawal_proved,
        pressured=case.pressured,
        may_ask=case.status not in (State.RECEIVED, State.IN_PROGRESS) or at.clockwork.may_ask(),
        appeal_open=case.appeal_until is not None and at.now < case.appeal_until,
        appeal_final=case.appeal_final,
        separate_open=_separate_open(case, at),
        hearing_set=hearing_at is not None,
        hearing_begun=hearing_at is not None and hearing_at <= at.now,
        investigating=under_way is not None and under_way.investigation_id is not None,
        other_side_appeals=under_way is not None and under_way.appeal.by_respondent,
        recommended=at.actor.kind == "user" and is_recommended(case),
        about_somebody=bool(at.who.respondents),
        service_open=_service_open(at),
        known=not case.anonymous or case.owner_id is not None,
        restriction=at.restriction,
        unranked=bool(case.unranked),
        by_machine=at.actor.has(Role.SYSTEM),
    )


def window_end(since: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end (excluded, UTC) of a window of calendar days; the day of the event does not count."""
    return end_of(day_of(since, zone) + timedelta(days=days), zone)


def _service_open(at: AtWork) -> bool:
    """Within the days of the policy from the service; a final decision leaves no appeal."""
    through = at.who.through
    if through is None or through.appeal_until is None:
        return False
    return at.now < through.appeal_until


def _separate_open(case: Case, at: AtWork) -> bool:
    """Within 30 days of the lead's answer; a lead that has no answer yet keeps the way open."""
    if case.lead is None:
        return False
    answered_at = case.followed.answered_at
    if answered_at is None:
        return True
    days = at.clockwork.policy("separate_window").amount
    zone = at.registry.default_calendar.zone
    return at.now < window_end(answered_at, days, zone)
