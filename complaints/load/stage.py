"""The stage on which a story is told: a case in memory, the offices it may be with, who acts, what is left.

Nothing here reads or writes the database. Ids, words and moments of a case's own are marks (`marks`).
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Model

from accounts.actors import Actor, HeldPost
from accounts.roles import Role
from agencies.models import Office
from agencies.snapshot import Registry
from complaints.load import life
from complaints.load.country import Shape
from complaints.load.marks import (
    CASE,
    CATEGORY,
    CLOCKS,
    CODE,
    DECIDING,
    DECIDING_CODE,
    DECIDING_TOLD,
    DECIDING_TOLD_CODE,
    DESK,
    DESK_OFFICE,
    EVENTS,
    FOCAL,
    FOCAL_OFFICE,
    ID,
    MOMENTS,
    MOST_EVENTS,
    MOST_MOMENTS,
    NUMBER,
    OPERATOR,
    OTHER_SECRET,
    OVERSEER,
    OVERSEER_OFFICE,
    PLACE,
    SEATS,
    SECRET,
    SWEPT,
    TEXT,
    TOLD,
    TOLD_CODE,
    as_id,
    as_moment,
    as_text,
)
from complaints.load.words import SAID
from complaints.models import (
    Appeal,
    Case,
    Clock,
    Escalation,
    Event,
    Feedback,
    Handling,
    RoutingRecord,
    Statement,
)
from complaints.parties import Standing
from complaints.services.work import Work
from complaints.under_way import RECOMMENDED
from complaints.workflow import Party, State


@dataclass(frozen=True, slots=True)
class Filing:
    """What all cases of a story share from their filing on. `day` is a date in the country's zone."""

    day: date
    hour: int
    channel: str = "web"
    kind: str = "complaint"
    language: str = "en"
    sensitive: bool = False
    anonymous: bool = False
    share_contact: bool = False
    publish_consent: bool = False
    merged_count: int = 0


@dataclass
class Rows:
    """Everything that a case left behind."""

    case: Case
    events: list[Event] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    #: By office: an office that gets a case again has one row.
    handlings: dict[int | None, Handling] = field(default_factory=dict)
    routings: list[RoutingRecord] = field(default_factory=list)
    appeals: list[Appeal] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    #: How many moments of people there were; and at how many the sweep came: in an hour's first minute.
    moments: int = 0
    sweeps: int = 0

    def by_table(self) -> dict[type[Model], Collection[Model]]:
        """The rows by table: the one list of tables that a load fills, in the order of writing.

        Rows of the first three bring their ids along (`NUMBERED`), for others refer to them.
        """
        return {
            Case: [self.case],
            Event: self.events,
            Clock: self.clocks,
            Statement: self.statements,
            Escalation: self.escalations,
            Handling: self.handlings.values(),
            RoutingRecord: self.routings,
            Appeal: self.appeals,
            Feedback: self.feedback,
        }


TABLES = tuple(Rows(Case()).by_table())
NUMBERED = TABLES[:3]


class TooLong(Exception):
    """The story has more events, clocks or moments than there are slots for them."""


class _Nobody:
    """The outbox of a story: nobody is told."""

    is_step = False


class Stage:
    """A case, its offices and people. `day` is the date (in the country's zone) of the last step."""

    def __init__(
        self, registry: Registry, shape: Shape, filing: Filing, now: datetime, rng: Random
    ) -> None:
        # Of the offices of a story only the one called so lies above another.
        above = frozenset({as_id(SEATS["above"] + ID)})
        self.registry = replace(registry, above_others=above)
        self.shape, self.filing = shape, filing
        self.now, self.rng = now, rng
        self.zone = registry.default_calendar.zone
        self.said = SAID.get(filing.language, SAID["en"])
        self.seats = {
            "holder": self._office("holder", shape, has_told=shape.has_told),
            "above": self._office("above", shape, has_told=shape.above_has_told),
            "wrong": self._office("wrong", None, has_told=True),
        }
        self.case = self._case()
        self.rows = Rows(self.case)
        self.day = filing.day

    def _case(self) -> Case:
        filing, by_operator = self.filing, self.filing.channel in life.OPERATOR
        case = Case(
            country=self.registry.country,
            number=as_text(NUMBER),
            kind=filing.kind,
            status=State.RECEIVED,
            language=filing.language,
            channel=filing.channel,
            text=as_text(TEXT),
            category_id=as_id(CATEGORY),
            place_id=as_id(PLACE),
            anonymous=filing.anonymous,
            filed_by_id=as_id(OPERATOR) if by_operator else None,
            share_contact=filing.share_contact and not filing.sensitive,
            sensitive=filing.sensitive,
            publish_consent=filing.publish_consent and not filing.sensitive,
            secret_hash=as_text(SECRET),
            withdrawal_hash=as_text(OTHER_SECRET),
            merged_count=filing.merged_count,
        )
        setattr(case, RECOMMENDED, False)
        return case

    def _office(self, seat: str, shape: Shape | None, *, has_told: bool) -> Office:
        """A marked office; whoever hears of level 2 stands as its parent, its agency for the numbers."""
        first = SEATS[seat]
        told = Office(pk=as_id(first + TOLD), code=as_text(first + TOLD_CODE))
        agency = shape.policies_of if shape else None
        return Office(
            pk=as_id(first + ID),
            code=as_text(first + CODE),
            country=self.registry.country,
            path=as_text(first + CODE) + "/",
            calendar_id=shape.calendar_id if shape else None,
            parent=told if has_told else None,
            agency=Office(pk=agency) if agency is not None else None,
        )

    def decides(self) -> Office | None:
        """The marked office that decides a first appeal on the case; None: an overseer does."""
        if self.case.holder is None or not self.shape.has_decider:
            return None
        first = self.seat()
        told = Office(pk=as_id(first + DECIDING_TOLD), code=as_text(first + DECIDING_TOLD_CODE))
        parent = told if self.shape.decider_has_told else None
        return Office(
            pk=as_id(first + DECIDING), code=as_text(first + DECIDING_CODE), parent=parent
        )

    # --- Moments ---------------------------------------------------------------------------------

    def mark(self, day: date, hour: int, *, by_sweep: bool = False) -> datetime:
        """A moment in that hour of that day. Raises TooLong."""
        if by_sweep:
            slot = SWEPT + self.rows.sweeps
            self.rows.sweeps += 1
        else:
            slot = MOMENTS + self.rows.moments
            self.rows.moments += 1
        if max(self.rows.moments, self.rows.sweeps) > MOST_MOMENTS:
            raise TooLong
        return as_moment(slot, day, hour, self.zone)

    def after(self, days: int, hour: int) -> datetime:
        """A moment so many days after the last step, and an hour at least after the last event."""
        day = self.day + timedelta(days=days)
        there = as_moment(0, day, hour, self.zone)
        last = self.rows.events[-1].recorded_at
        if there < last + timedelta(hours=1):
            day += timedelta(days=1)
        return self.mark(day, hour)

    # --- Who acts --------------------------------------------------------------------------------

    def seat(self) -> int:
        """The first slot of the seat of whoever has the case."""
        holder = self.case.holder
        return next(SEATS[name] for name, office in self.seats.items() if office is holder)

    def officer(self, user: int, office: int, role: Role) -> Actor:
        """Somebody with a post, by the slots of their id and of their office's."""
        return Actor("user", as_id(user), (HeldPost(0, role, as_id(office), ""),))

    def focal(self) -> Actor:
        """Who answers for the holder."""
        first = self.seat()
        return self.officer(first + FOCAL, first + FOCAL_OFFICE, Role.FOCAL)

    def desk(self) -> Actor:
        """An officer of the desk."""
        return self.officer(DESK, DESK_OFFICE, Role.DESK)

    def overseer(self) -> Actor:
        """An overseer."""
        return self.officer(OVERSEER, OVERSEER_OFFICE, Role.OVERSEER)

    def citizen(self) -> Actor:
        """Whoever filed, with both secrets."""
        return Actor("citizen", case_id=self.case.pk, withdrawal_proved=True)

    # --- Work ------------------------------------------------------------------------------------

    def work(self, actor: Actor, *parties: Party) -> Work:
        """A piece of work on the case at the moment that is pretended."""
        who = Standing(self.case, actor, parties=frozenset(parties))
        # Else it is read from the database where it is asked for; a story has no more than it tells.
        who.under_way = None
        work = Work(self.case, actor, self.registry, who)
        work.outbox = _Nobody()  # type: ignore[assignment]
        if self.case.pk is not None:
            work.clockwork.use(self.rows.clocks)
        return work

    def make(self, actor: Actor, party: Party, move: str, **parts: Any) -> Work:
        """A piece of work with one move made in it."""
        work = self.work(actor, party)
        work.make(move, **parts)
        return work

    def keep(self, work: Work) -> None:
        """Keep what `Work.flush` would write. Raises TooLong."""
        work.settle()
        rows, case = self.rows, self.case
        case.pk = as_id(CASE)
        for clock in work.clockwork.new:
            clock.pk, clock.case = as_id(CLOCKS + len(rows.clocks)), case
            rows.clocks.append(clock)
        for event in work.events:
            event.pk, event.case = as_id(EVENTS + len(rows.events)), case
            rows.events.append(event)
        if max(len(rows.events), len(rows.clocks)) > MOST_EVENTS:
            raise TooLong
        for statement in work.statements:
            statement.event, statement.case = statement.event, case
            rows.statements.append(statement)
        for handling in work.handlings:
            handling.case = case
            rows.handlings[handling.office_id] = handling
