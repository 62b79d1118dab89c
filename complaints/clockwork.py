"""What moves do to clocks: from the table's effects to rows. The arithmetic is in `clocks`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts import written
from accounts.prepared import prepared
from agencies.models import Office
from agencies.policies import Policy, Unit
from agencies.snapshot import Registry
from complaints import clocks
from complaints.fixing import clock_values
from complaints.models import Case, Clock
from complaints.workflow import ClockEffect, State

#: Clocks that the case's holder answers for; the others are the desk's, the citizen's, or of those who
#: decide an appeal.
OF_OFFICE = frozenset({clocks.Kind.ACCEPT, clocks.Kind.RESOLVE})
#: Clocks that an officer answers for: the inbox sorts by the earliest.
OF_OFFICERS = clocks.LADDERED

CHANGED_FIELDS = (
    "due_at",
    "missed_at",
    "stopped_at",
    "stopped_how",
    "paused_at",
    "days_left",
    "asks",
    "paused_days",
    "office",
    "next_at",
    "reminded_at",
    "level",
    "counted_at",
    "resumed_at",
    "lengthened_to",
)


class Clockwork:
    """The open clocks of one case, changed in memory and written together by `flush`."""

    def __init__(self, case: Case, registry: Registry, now: datetime) -> None:
        self.case, self.registry, self.now = case, registry, now
        self.new: list[Clock] = []
        #: Every clock that was read or started, and what the events say of it so far.
        self.seen: list[tuple[Clock, dict[str, Any]]] = []
        self.changed: dict[int, Clock] = {}
        self._open: dict[str, Clock] | None = None if case.pk else {}

    @property
    def open(self) -> dict[str, Clock]:
        """Open clocks by kind (read once)."""
        if self._open is None:
            self.use(_open_clocks(case=self.case))
        return cast(dict[str, Clock], self._open)

    def use(self, rows: Iterable[Clock]) -> None:
        """Take clocks that were read already instead of reading them again."""
        self._open = {clock.kind: clock for clock in rows if clock.stopped_at is None}
        self.seen = [(clock, clock_values(clock)) for clock in self._open.values()]

    def turned(self) -> list[dict[str, Any]]:
        """The clocks that changed since this was last asked, as events fix them."""
        now = [(clock, clock_values(clock)) for clock, _told in self.seen]
        pairs = zip(self.seen, now, strict=True)
        changed = [values for (_same, told), (_clock, values) in pairs if values != told]
        self.seen = now
        return changed

    def by_id(self, pk: int) -> Clock | None:
        """One of the open clocks by its row."""
        return next((clock for clock in self.open.values() if clock.pk == pk), None)

    def apply(self, effects: Iterable[ClockEffect]) -> None:
        """Do what a row of the workflow says, in its order."""
        for effect in effects:
            clock = self.open.get(effect.clock)
            match effect.op:
                case "start":
                    self.start(effect.clock, effect.policy, half=effect.half)
                case "start_if_none" if clock is None:
                    self.start(effect.clock, effect.policy)
                case "meet" if clock:
                    self.stop(clock, Clock.Stopped.MET)
                case "cancel" if clock:
                    self.stop(clock, Clock.Stopped.CANCELLED)
                case "elapse" if clock:
                    self.stop(clock, Clock.Stopped.ELAPSED)
                case "pause" if clock:
                    self.pause(clock)
                case "resume" if clock:
                    self.resume(clock)

    def start(self, kind: str, policy_name: str = "", *, half: bool = False) -> Clock:
        """Start a clock by the policy in force for this case and its holder."""
        if running := self.open.get(kind):
            self.stop(running, Clock.Stopped.CANCELLED)
        office = self.case.holder if kind in OF_OFFICE else None
        policy = self.policy(policy_name or kind)
        amount = clocks.halved(policy.amount) if half else policy.amount
        if kind == clocks.Kind.WAITING:
            amount = self._waiting_amount(amount)
        calendar = self.registry.calendar(_calendar_id(office))
        clock = Clock(
            case=self.case,
            kind=kind,
            amount=amount,
            unit=policy.unit,
            policy_version=policy.version,
            calendar_id=_calendar_id(office),
            zone=str(calendar.zone),
            office=office,
            started_at=self.now,
            due_at=clocks.due_at(self.now, amount, policy.unit, calendar),
            counted_at=self.now,
        )
        self.wind(clock)
        self.open[kind] = clock
        self.new.append(clock)
        self.seen.append((clock, {}))
        return clock

    def stop(self, clock: Clock, how: str) -> None:
        """Stop a clock now. At or after due, the miss is recorded first and never undone."""
        self.record_miss(clock)
        clock.stopped_at, clock.stopped_how, clock.next_at = self.now, how, None
        self.touch(clock)
        self.open.pop(clock.kind, None)

    def stop_all(self) -> None:
        """Nothing counts any more."""
        for clock in list(self.open.values()):
            self.stop(clock, Clock.Stopped.CANCELLED)

    def record_miss(self, clock: Clock) -> bool:
        """Write down that the clock is missed, if it is. A clock that ends by design is not."""
        ends_by_design = clock.kind in clocks.LENGTHENED_BY_OUTAGE
        if clock.missed_at or clock.paused_at or ends_by_design or self.now < clock.due_at:
            return clock.missed_at is not None
        clock.missed_at = clock.due_at
        self.touch(clock)
        return True

    def pause(self, clock: Clock) -> None:
        """Stop counting, unless missed. One ask more is counted either way."""
        clock.asks += 1
        self.touch(clock)
        if self.record_miss(clock):
            return
        calendar = self.registry.calendar(clock.calendar_id)
        clock.paused_at = self.now
        clock.days_left = clocks.days_left(self.now, clock.due_at, unit_of(clock), calendar)
        clock.next_at = None

    def resume(self, clock: Clock) -> None:
        """Count on after a pause; the due date is never earlier than before it."""
        if clock.paused_at is None:
            return
        calendar = self.registry.calendar(clock.calendar_id)
        clock.due_at = clocks.due_after_pause(
            self.now, clock.days_left or 0, clock.due_at, unit_of(clock), calendar
        )
        clock.paused_days += clocks.paused_days(clock.paused_at, self.now, calendar.zone)
        clock.paused_at = clock.days_left = None
        clock.counted_at = clock.resumed_at = self.now
        self.wind(clock)
        self.touch(clock)

    def hand_over(self) -> None:
        """The case has another holder: clocks that an office answers for are theirs now."""
        for kind in OF_OFFICE:
            clock = self.open.get(kind)
            if clock and clock.office_id != self.case.holder_id:
                clock.office = self.case.holder
                self.touch(clock)

    def may_ask(self) -> bool:
        """Whether the stage has an ask and a paused day left. A missed clock is not paused."""
        clock = self._stage()
        if clock is None:
            return True
        if clock.asks >= self.policy("max_asks").amount:
            return False
        missed = clock.missed_at is not None or clock.due_at <= self.now
        return missed or self._paused_days_left(clock) > 0

    def wind(self, clock: Clock) -> None:
        """Set when the sweep next has to look at the clock."""
        step = clocks.next_step(self.steps(clock), steps_done(clock))
        clock.next_at = step.at if step and clock.paused_at is None else None

    def steps(self, clock: Clock) -> list[clocks.Step]:
        """All that the sweep has to do for a clock, by the ladder in force."""
        return clocks.steps(
            clock.kind, clock.started_at, clock.due_at, ZoneInfo(clock.zone), self.ladder()
        )

    def ladder(self) -> clocks.Ladder:
        """The ladder in force for this case."""
        return clocks.Ladder(
            self.policy("ladder_reminder").amount,
            tuple(self.policy(f"ladder_{level}").amount for level in (1, 2, 3)),
        )

    def policy(self, name: str) -> Policy:
        """A number in force for this case and its holder, now."""
        holder = self.case.holder
        agency = (holder.agency_id or holder.pk) if holder else None
        return self.registry.policy(
            name, self.now, agency_id=agency, kind=self.case.kind, priority=self.case.priority
        )

    def next_due(self) -> datetime | None:
        """When the earliest counting clock of an officer is due."""
        dues = [
            clock.due_at
            for clock in self.open.values()
            if clock.kind in OF_OFFICERS and clock.paused_at is None
        ]
        return min(dues, default=None)

    def flush(self) -> None:
        """Write what changed: old rows first, so that only one clock of a kind is ever open."""
        if self.changed:
            written.insert_or_change(
                [*self.changed.values()], unique=("id",), change=CHANGED_FIELDS
            )
        written.insert(self.new)
        self.changed, self.new = {}, []

    def touch(self, clock: Clock) -> None:
        """The clock's row is to be written."""
        if clock.pk:
            self.changed[clock.pk] = clock

    def _paused_days_left(self, clock: Clock) -> int:
        return self.policy("max_paused").amount - clock.paused_days

    def _stage(self) -> Clock | None:
        """The clock that an ask pauses: `forward` at the desk (even if `resolve` goes on), else `resolve`."""
        case = self.case
        stage = case.waiting_from if case.status == State.WAITING else case.status
        return self.open.get(
            clocks.Kind.FORWARD if stage == State.RECEIVED else clocks.Kind.RESOLVE
        )

    def _waiting_amount(self, amount: int) -> int:
        stage = self._stage()
        if stage is None or stage.missed_at:
            return amount
        return max(1, min(amount, self._paused_days_left(stage)))


@prepared
def _open_clocks(*, case: Any) -> QuerySet[Clock]:
    return Clock.objects.filter(case=case, stopped_at=None)


def unit_of(clock: Clock) -> Unit:
    """What the clock counts; a row holds nothing but the units there are."""
    return cast(Unit, clock.unit)


def steps_done(clock: Clock) -> set[str]:
    """Names of the steps that the sweep did for a clock; a missed one needs no reminder."""
    done = {f"level_{level}" for level in range(1, clock.level + 1)}
    if clock.reminded_at or clock.missed_at:
        done.add(clocks.REMINDER)
    return done


def _calendar_id(office: Office | None) -> int | None:
    """The office's calendar, else its agency's; None is the country's."""
    if office is None:
        return None
    return office.calendar_id or (office.agency.calendar_id if office.agency else None)
