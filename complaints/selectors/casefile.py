"""One case as a whole: its timeline, its clocks with the sum behind them, the moves open now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from accounts.actors import Actor
from accounts.models import User
from accounts.prepared import prepared
from accounts.roles import Role
from agencies import snapshot
from agencies.models import Post
from agencies.snapshot import Registry
from complaints import clocks, moment, workflow
from complaints.clockwork import Clockwork
from complaints.in_hands import Hands, hands_of, hands_over
from complaints.models import (
    Attachment,
    Case,
    Clock,
    Event,
    IdentityLook,
    RoutingRecord,
    Statement,
)
from complaints.models.case import Status
from complaints.nested import as_json, from_json
from complaints.parties import Standing, standing
from complaints.selectors import appeal_words, restrictions
from complaints.selectors.access import (
    FOR_OVERSEERS,
    SEE_ALL,
    is_hidden_from_offices,
    newest_step,
    reads_private,
    sees,
    visible_to,
)
from complaints.situations import situation_of
from complaints.workflow import Party, State
from complaints.workflow_terms import HISTORY
from routing.facts import Decision

#: Moves that are no part of a case's own pages: the audits have pages of their own.
MADE_ELSEWHERE = frozenset({"audit_look"})
#: Events by which somebody saw who the citizen is.
LOOKS = frozenset({"break_seal", "audit_look"})
#: Of pressure nothing stands on the citizen's own page: whoever presses may be looking at it.
PRESSURE = ("say_pressured", "note_pressure")
#: Events that only officers see in a timeline.
INTERNAL_MOVES = (
    *PRESSURE,
    "note",
    "clear_sensitive",
    "assign",
    "rule",
    "link_respondent",
    "taken_off",
)

#: Old steps, by what they were like, that no citizen reads.
ONLY_OFFICERS_ELSEWHERE = frozenset((*INTERNAL_MOVES, *appeal_words.KEPT_BACK, "guide"))


@dataclass
class Entry:
    """A line of the timeline. `said` maps parts to words, empty where there are none or erased."""

    event: Event
    statement: Statement | None
    said: dict[str, str]
    files: list[Attachment]
    who: str
    by_citizen: bool
    #: Its place among the steps that are shown, from 1: what is left out leaves no gap.
    number: int = 0
    #: Its number as `seen` counts (`access.newest_step`).
    step: int = 0
    #: The officer to whom the move gave the case.
    given_to: str = ""
    #: What was said is not (yet) for this reader.
    kept_back: bool = False

    @property
    def like(self) -> str:
        """The move that it was, or was like where the case was brought from."""
        return _like(self.event)


def _like(event: Event) -> str:
    return str(event.data.get("as", "")) if event.move == HISTORY else event.move


def _is_internal_elsewhere(event: Event) -> bool:
    hidden = event.party != Party.CITIZEN and _like(event) in ONLY_OFFICERS_ELSEWHERE
    return event.move == HISTORY and hidden


def _name_of(user_id: Any) -> Subquery:
    """A person's name, read beside the row that holds their id."""
    name = Coalesce(NullIf("name", Value("")), "email", output_field=TextField())
    return Subquery(User.objects.filter(pk=user_id).values(shown=name))


@prepared
def _events_for(readers: str, *, case: Any) -> QuerySet[Event]:
    """The events of a case for its citizen, for officers who read what is private, or for all others;
    each with what was said and the files that came with it.
    """
    events = Event.objects.filter(case=case).select_related("statement").order_by("seq")
    files = Attachment.objects.filter(event=OuterRef("pk"))
    if readers == "citizen":
        events = events.exclude(move__in=(*INTERNAL_MOVES, *workflow.OF_RANKINGS))
        events = events.exclude(appeal_words.NOT_FOR_CITIZENS)
        files = files.filter(Q(internal=False) | Q(event__move="hold_hearing"))
    else:
        # Officers' names, for officers only: a citizen is answered by an office.
        given_to = Coalesce(OuterRef("data__case_officer"), OuterRef("data__served"))
        events = events.annotate(
            who=_name_of(OuterRef("actor_id")), given_to=_name_of(Cast(given_to, BigIntegerField()))
        )
    if readers == "office":
        events = events.exclude(move__in=workflow.PRIVATE_MOVES)
        events = events.exclude(data__contains={"for": FOR_OVERSEERS})
    told = files.order_by("id").values(told=as_json(Attachment))
    return events.annotate(files_told=ArraySubquery(told))


@prepared
def _clocks_of(*, case: Any) -> QuerySet[Clock]:
    return Clock.objects.filter(case=case).order_by("started_at", "id")


def _role_in_a_look() -> Subquery:
    """The role that who looked held in their office when they did."""
    held = Q(held_to=None) | Q(held_to__gt=OuterRef("at"))
    posts = Post.objects.filter(held, user=OuterRef("user"), office=OuterRef("office"))
    return Subquery(posts.filter(held_from__lte=OuterRef("at")).order_by("pk").values("role")[:1])


@dataclass(frozen=True)
class ClockLine:
    """A clock with the days that were counted, for "how this was counted"."""

    clock: Clock
    days: list[clocks.CountedDay]


class CaseFile:
    """A case as one actor may see it. Everything is read once, when first asked for."""

    def __init__(self, case: Case, actor: Actor) -> None:
        self.case, self.actor, self.now = case, actor, moment.now()

    @cached_property
    def who(self) -> Standing:
        return standing(self.case, self.actor)

    @property
    def restriction(self) -> str:
        """How a restriction that this case gave the occasion for stands; empty where none is in force."""
        if hasattr(self.case, "restriction_state"):
            # It was read with the case.
            return self.case.restriction_state or ""
        return restrictions.state_of(self.case, self.now)

    @property
    def reads_private(self) -> bool:
        """Whether what is between the citizen and the overseers is for the actor to read."""
        return reads_private(self.actor, self.case)

    @property
    def seen(self) -> int:
        """The last step that this reader may know of."""
        return newest_step(self.case, self.actor)

    @property
    def is_citizen(self) -> bool:
        """The actor reads it as its citizen, not as an officer."""
        return self.who.parties <= {Party.CITIZEN} and bool(self.who.parties)

    @cached_property
    def registry(self) -> Registry:
        stamp = getattr(self.case, "registry_stamp", None)
        if stamp is None:
            return snapshot.current(self.case.country)
        # It was read with the case.
        version: Any = self.case
        return snapshot.at_version(self.case.country, (version.registry_version, stamp))

    @cached_property
    def clockwork(self) -> Clockwork:
        work = Clockwork(self.case, self.registry, self.now)
        work.use(self.clock_rows)
        return work

    @cached_property
    def clock_rows(self) -> list[Clock]:
        rows = _clocks_of(case=self.shown_case)
        hidden: set[str] = set()
        if self.shown_case is not self.case:
            # What the lead's own citizen is to do, or withdraws, is nobody else's business.
            hidden |= clocks.LENGTHENED_BY_OUTAGE
        if not self.reads_private:
            hidden.add(clocks.Kind.WITHDRAWAL)
        return [clock for clock in rows if clock.kind not in hidden]

    @cached_property
    def shown_case(self) -> Case:
        """A merged case's citizen sees the stage, dates and answer of its lead; an officer does not.

        An officer may see one of the two and be barred from the other.
        """
        return self.case.followed if self.is_citizen else self.case

    @cached_property
    def hands(self) -> Hands:
        """Who has it now; of a merged case its lead."""
        return hands_of(self.shown_case)

    @property
    def in_hands_since(self) -> datetime | None:
        """Since when they have it; None of a lead that no office has, or that somebody decides on."""
        if self.shown_case is not self.case:
            hands = self.hands  # Of a lead's steps its forwarding alone is known here.
            return self.shown_case.forwarded_at if hands.office and not hands.decides else None
        handed = (
            e.event.happened_at for e in reversed(self.timeline) if hands_over(e.event, e.like)
        )
        return next(handed, self.case.filed_at)

    @cached_property
    def moves(self) -> list[str]:
        """The moves that this actor may make now, in the table's order."""
        open_now = workflow.moves_for(self.who.parties, situation_of(self.case, self))
        return [move for move in open_now if move not in MADE_ELSEWHERE]

    @cached_property
    def timeline(self) -> list[Entry]:
        """All that happened and was said, oldest first; a citizen sees nothing internal."""
        readers = "citizen" if self.is_citizen else "private" if self.reads_private else "office"
        steps = self._counted(_events_for(readers, case=self.case))
        told = self._without_hidden_leads([event for _step, event in steps])
        open_ones = appeal_words.opened(told)
        entries = [self._entry(event, open_ones) for event in told]
        for number, (entry, (step, _event)) in enumerate(zip(entries, steps, strict=True), start=1):
            entry.number, entry.step = number, step
        return entries

    def _counted(self, events: list[Event]) -> list[tuple[int, Event]]:
        """The steps that are for this reader, each with its number as `seen` counts them."""
        counted, step = [], 0
        for event in events:
            # What no office knows of has no number of its own: none of theirs is left out for it.
            step += not is_hidden_from_offices(event.move, event.data)
            counted.append((event.seq if self.reads_private else step, event))
        hidden = frozenset[str]()
        if not self.is_citizen and not self.actor.has(*SEE_ALL):
            hidden |= workflow.ABOUT_THE_FILER
        if not self.is_citizen and not self.actor.has(Role.OVERSEER, Role.AUDITOR):
            hidden |= workflow.OF_RANKINGS
        if self.is_citizen:
            # What only officers read of our own steps, they alone read of old ones too.
            counted = [pair for pair in counted if not _is_internal_elsewhere(pair[1])]
        return [(step, event) for step, event in counted if event.move not in hidden]

    def _without_hidden_leads(self, events: list[Event]) -> list[Event]:
        """Not the number of a case with which this one was joined, if it is not for this officer."""
        joined = [event for event in events if event.move == "merge"]
        if not joined or self.is_citizen:
            return events
        numbers = [event.data.get("lead", "") for event in joined]
        leads = visible_to(self.actor).filter(number__in=numbers)
        seen = set(leads.values_list("number", flat=True))
        for event in joined:
            if event.data.get("lead") not in seen:
                event.data = {**event.data, "lead": ""}
        return events

    @cached_property
    def lead(self) -> Case | None:
        """The case that this one was joined with, unless it is not for this officer."""
        lead = self.case.lead
        return lead if lead is not None and sees(self.actor, lead) else None

    def _entry(self, event: Event, open_ones: frozenset[int]) -> Entry:
        files = [from_json(Attachment, told) for told in getattr(event, "files_told", ())]
        statement: Statement | None = getattr(event, "statement", None)
        kept_back = appeal_words.is_kept_back(event, self.who, open_ones)
        is_internal = statement is not None and statement.internal and self.is_citizen
        # Minutes are the officers' words until the appeal is decided; then they are the citizen's too.
        shown = None if kept_back or (is_internal and event.pk not in open_ones) else statement
        by_citizen = event.party == Party.CITIZEN
        return Entry(
            event=event,
            statement=shown,
            said=dict(shown.body) if shown else {},
            files=[] if kept_back else files,
            who="" if by_citizen or kept_back else getattr(event, "who", None) or "",
            by_citizen=by_citizen,
            given_to=getattr(event, "given_to", None) or "",
            kept_back=kept_back,
        )

    @cached_property
    def clock_lines(self) -> list[ClockLine]:
        """The open clocks, each with its sum."""
        return [self.line(c) for c in self.clock_rows if c.stopped_at is None]

    def line(self, clock: Clock) -> ClockLine:
        """A clock with its sum; a clock of hours has none."""
        if clock.unit == "hours":
            return ClockLine(clock, [])
        calendar = self.registry.calendar(clock.calendar_id)
        unit: Any = clock.unit
        return ClockLine(clock, clocks.counted_days(clock.started_at, clock.due_at, unit, calendar))

    def clock(self, kind: str) -> Clock | None:
        """The newest clock of a kind, open or stopped."""
        return next((c for c in reversed(self.clock_rows) if c.kind == kind), None)

    @cached_property
    def answer_due(self) -> datetime | None:
        """By when an answer is due at the latest, while there is none."""
        if self.shown_case.status in (Status.ANSWERED, Status.CLOSED):
            return None
        if resolve := self.clock(clocks.Kind.RESOLVE):
            return resolve.due_at
        if self.case.imported_from:
            # It was filed before anything was promised here.
            return None
        policy = self.clockwork.policy
        return clocks.latest_answer_due(
            self.case.filed_at,
            policy("forward"),
            policy("resolve"),
            self.registry.default_calendar,
        )

    @property
    def citizen_word(self) -> str:
        """One of the five words: received, with_agency, asked, answered, closed."""
        return workflow.CITIZEN_WORDS[State(self.shown_case.status)]

    @cached_property
    def answer(self) -> Statement | None:
        """The last answer, of the lead if the case was merged."""
        if self.shown_case is self.case:
            told = (e.statement for e in reversed(self.timeline) if e.like == "answer")
            return next(told, None)
        answers = Statement.objects.filter(
            case=self.shown_case, kind=Statement.Kind.ANSWER
        ).select_related("event")
        return answers.order_by("-id").first()

    @cached_property
    def routing(self) -> RoutingRecord | None:
        """The router's last decision."""
        return RoutingRecord.objects.filter(case=self.case).order_by("-at", "-id").first()

    @cached_property
    def decision(self) -> Decision | None:
        """The same as a value: rules, words found, runners-up, confidence."""
        if hasattr(self.case, "last_decision"):
            made = self.case.last_decision
        else:
            made = self.routing.decision if self.routing else None
        return Decision.from_json(made) if made else None

    @cached_property
    def looks(self) -> list[IdentityLook]:
        """Who saw the citizen's identity, when and on which ground; `role` is what they held there then.

        Each look is an event as well.
        """
        if not any(entry.event.move in LOOKS for entry in self.timeline):
            return []
        looks = IdentityLook.objects.filter(case=self.case).select_related("office")
        return list(looks.annotate(role=_role_in_a_look()).order_by("-at"))


def moves_open_to(case: Case, actor: Actor) -> list[str]:
    """The moves that an actor may make on a case now."""
    return CaseFile(case, actor).moves
