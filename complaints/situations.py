"""From a case to the values that the workflow's conditions look at."""

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from accounts.actors import Actor
from agencies.policies import Policy
from agencies.snapshot import Registry
from complaints.clocks import day_of, end_of
from complaints.models import Case
from complaints.workflow import Ending, Situation, State


class Clocks(Protocol):
    """What is asked of the clocks of a case (`services.clockwork.Clockwork`)."""

    def may_ask(self) -> bool: ...
    def policy(self, name: str) -> Policy: ...


class AtWork(Protocol):
    """A case at a moment, before an actor (`services.work.Work`)."""

    actor: Actor
    now: datetime

    @property
    def registry(self) -> Registry: ...
    @property
    def clockwork(self) -> Clocks: ...


def situation_of(case: Case, at: AtWork) -> Situation:
    """Everything the conditions of the table need. A case without a row yet has no state."""
    if case.pk is None:
        return Situation(state=State(case.status) if case.last_seq else None)
    return Situation(
        state=State(case.status),
        waiting_from=State(case.waiting_from or State.RECEIVED),
        ending=Ending(case.ending) if case.ending else None,
        hops=case.hops,
        disputes=case.disputes,
        ruled=case.ruled,
        passed_down=case.passed_by_id is not None,
        had_office=case.holder_id is not None,
        sensitive=case.sensitive,
        published=case.published_at is not None,
        publish_consent=case.publish_consent,
        withdrawal_pending=case.withdrawal_pending,
        withdrawal_proved=at.actor.withdrawal_proved,
        may_ask=case.status not in (State.RECEIVED, State.IN_PROGRESS) or at.clockwork.may_ask(),
        appeal_open=case.appeal_until is not None and at.now < case.appeal_until,
        appeal_final=case.appeal_final,
        separate_open=_separate_open(case, at),
    )


def window_end(since: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end (excluded, UTC) of a window of calendar days; the day of the event does not count."""
    return end_of(day_of(since, zone) + timedelta(days=days), zone)


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
