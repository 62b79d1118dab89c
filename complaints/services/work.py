"""The one write path: one transaction, one locked case, one event a move, notices beside it.

Every service opens `at_work`, asks for a move with `Work.make`, changes the case, and says who is to
be told. Leaving the block writes everything together; an exception leaves nothing behind.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts import written
from accounts.actors import Actor
from accounts.prepared import prepared
from agencies import snapshot
from agencies.models import Office
from agencies.snapshot import Registry
from complaints import fixing, moment, workflow
from complaints.clockwork import Clockwork
from complaints.errors import MoveRefused, NoSuchCase, Stale
from complaints.models import Case, Event, Handling, Statement
from complaints.parties import Standing, standing
from complaints.selectors.access import is_hidden_from_offices, newest_step, sees
from complaints.services import files as uploads
from complaints.services.outbox import Outbox
from complaints.situations import situation_of
from complaints.under_way import with_recommendation
from complaints.workflow import Edge, Ending, Party, State
from record import chain

#: What a move may change on a case.
CASE_FIELDS = (
    "status",
    "ending",
    "outcome",
    "priority",
    "category",
    "place",
    "sensitive",
    "holder",
    "passed_by",
    "assigned",
    "waiting_from",
    "hops",
    "disputes",
    "ruled",
    "withdrawal_pending",
    "pressured",
    "pressure_noted_at",
    "lead",
    "merged_count",
    "appeal_level",
    "appeal_final",
    "tray",
    "unranked",
    "person_erased_at",
    "words_erased_at",
    "share_contact",
    "publish_consent",
    "public_text",
    "published_at",
    "public_at",
    "forwarded_at",
    "answered_at",
    "appeal_until",
    "closed_at",
    "next_due",
    "last_seq",
    "office_seq",
    "last_hash",
    "secret_hash",
    "withdrawal_hash",
)

#: The party that is written into the event when somebody is several at once.
PARTY_ORDER = tuple(Party)


TELL = """
    SELECT set_config('grs.actor', %s, true), version, stamp
    FROM (SELECT 1) AS one LEFT JOIN agencies_registryversion ON country = %s
"""


@dataclass(frozen=True, slots=True)
class Handover:
    """Who has a case from a move on: an office (None: the desk), perhaps passed down by one above."""

    office: Office | None
    passed_by: Office | None = None


def tell_database(actor: Actor) -> Registry:
    """Say in this transaction who acts, for row-level rules and the server's own log.

    The same statement reads the registry's version, so this is also where its numbers come from.
    """
    with connection.cursor() as cursor:
        cursor.execute(TELL, [actor.label, settings.COUNTRY])
        _told, version, stamp = cursor.fetchone()
    return snapshot.at_version(settings.COUNTRY, (version, stamp) if stamp else None)


class Work:
    """A case under its lock, what is being done to it, and by whom. Times are UTC."""

    def __init__(self, case: Case, actor: Actor, registry: Registry, who: Standing) -> None:
        self.case, self.actor, self.registry, self.who = case, actor, registry, who
        self.now: datetime = moment.now()
        #: Other cases under lock, by number.
        self.others: dict[str, Case] = {}
        #: Set by what is done about a restriction, which reads it under the case's lock.
        self.restriction = ""
        self.clockwork = Clockwork(case, registry, self.now)
        #: The case as the events so far have fixed it.
        self.told = fixing.case_values(case) if case.pk else fixing.NOTHING_YET
        self.outbox = Outbox(self)
        self.events: list[Event] = []
        self.statements: list[Statement] = []
        self.handlings: list[Handling] = []
        self.files: list[tuple[Iterable[str], Event, bool]] = []
        #: Called with this work once the event rows have ids.
        self.after: list[Any] = []

    def require(self, move: str, parties: frozenset[Party]) -> tuple[Edge, State]:
        """The row of the table that applies now, and the state after it. Raises MoveRefused for none."""
        situation = situation_of(self.case, self)
        try:
            edge = workflow.edge_for(move, parties, situation)
        except workflow.NotAllowed as refusal:
            raise MoveRefused(refusal.move, refusal.code) from refusal
        return edge, edge.target(situation)

    def make(
        self,
        move: str,
        *,
        data: Mapping[str, Any] | None = None,
        said: Mapping[str, str] | None = None,
        kind: str = Statement.Kind.MESSAGE,
        internal: bool = False,
        files: Iterable[str] = (),
        parties: frozenset[Party] | None = None,
        by: Actor | None = None,
        to: Handover | None = None,
    ) -> Event:
        """Make a move by the table: check it, change the state, turn the clocks, write the event.

        `data` holds codes and ids only; `said` the words by part (kept in a statement of `kind`,
        erasable). `to` says who has the case from this move on: its new clocks are counted by the
        policies and the calendar of that office. Raises MoveRefused when the table has no row for it.
        """
        case, parties = self.case, self.who.parties if parties is None else parties
        before, (edge, after) = case.status, self.require(move, parties)
        acting = self._acting_office(by or self.actor)
        if after == State.WAITING and before != State.WAITING:
            case.waiting_from = before
        case.status = after
        if to is not None:
            self.hold(to.office, passed_by=to.passed_by)
        self.clockwork.apply(edge.clocks)
        self.outbox.is_step = self.outbox.is_step or after != before
        if after == State.CLOSED and before != State.CLOSED:
            self._close(edge.ending)
        elif before == State.CLOSED and after != State.CLOSED:
            case.closed_at, case.ending = None, ""
        return self.write(
            move,
            party=_party(edge.who & parties),
            before="" if edge.source is None else before,
            data=data,
            said=said,
            kind=kind,
            internal=internal,
            files=files,
            by=by,
            acting=acting,
        )

    def write(
        self,
        move: str,
        *,
        party: str,
        before: str,
        data: Mapping[str, Any] | None = None,
        said: Mapping[str, str] | None = None,
        kind: str = Statement.Kind.MESSAGE,
        internal: bool = False,
        files: Iterable[str] = (),
        happened_at: datetime | None = None,
        by: Actor | None = None,
        acting: int | None = None,
    ) -> Event:
        """Append an event to the case's chain, with what was said; sealed and written by `flush`.

        `acting` is the office that the actor acts from, where the case has left it by this move.
        """
        case, actor = self.case, by or self.actor
        words = {part: text for part, text in (said or {}).items() if text}
        salt = chain.new_salt() if words else ""
        how: dict[str, Any] = {"by_operator": actor.by_operator} if actor.by_operator else {}
        if actor.forwarded and (words or files):
            how["forwarded"] = actor.forwarded
        case.last_seq += 1
        if not is_hidden_from_offices(move, data or {}):
            case.office_seq += 1
        event = Event(
            case=case,
            seq=case.last_seq,
            version=chain.VERSION,
            move=move,
            from_status=before,
            to_status=case.status,
            actor_kind=actor.kind if party != Party.CITIZEN else "citizen",
            # Of a citizen nothing is recorded, not even the office they happen to work in.
            actor_id=None if party == Party.CITIZEN else actor.user_id,
            party=party,
            office_id=None if party == Party.CITIZEN else acting or self._acting_office(actor),
            channel=actor.channel,
            data={**(data or {}), **how},
            commitment=chain.commitment(salt, words) if words else "",
            happened_at=happened_at or self.now,
            recorded_at=self.now,
        )
        if words or files:
            # There is something to be erased again, at the end of its time.
            case.words_erased_at = None
        self._fix(event)
        if words:
            event.fixed["said"] = {"kind": kind, "internal": internal}
            self._keep(event, words, salt, kind, internal)
        self.events.append(event)
        if files:
            keys = list(files)
            event.fixed["files"] = uploads.fingerprints(keys)
            self.files.append((keys, event, internal))
        return event

    def hold(self, office: Office | None, *, passed_by: Office | None = None) -> None:
        """Give the case to an office (None: back to the desk), and its clocks with it."""
        case = self.case
        case.holder, case.passed_by, case.assigned = office, passed_by, None
        if office is not None:
            self.handlings.append(
                Handling(case=case, office=office, passed_by=passed_by, since=self.now)
            )
        self.clockwork.hand_over()

    def judge_again(self) -> None:
        """Work out anew who the actor is to the case, and who is barred."""
        self.who = standing(self.case, self.actor)

    def flush(self) -> None:
        """Write everything: a new case first, so that the rest has something to hang on."""
        case, is_new = self.case, self.case.pk is None
        self.settle()
        if is_new:
            written.insert([case])
        self.clockwork.flush()
        written.insert(self.events)
        for statement in self.statements:
            statement.event_id = statement.event.pk
        written.insert(self.statements)
        if self.handlings:
            self._write_handlings()
        for keys, event, internal in self.files:
            uploads.take(keys, case=case, event=event, internal=internal)
        for step in self.after:
            step(self)
        self.outbox.flush()
        if not is_new:
            written.update(case, CASE_FIELDS)

    def settle(self) -> None:
        """What follows from all that was done, before anything is written: the events are sealed."""
        self.case.next_due = self.clockwork.next_due()
        self._note_public_news()
        self._seal()

    def _fix(self, event: Event) -> None:
        """Write into an event what has changed since the one before it."""
        now = fixing.case_values(self.case)
        fixing.add(event.fixed, fixing.changes(self.told, now), self.clockwork.turned())
        self.told = now

    def _seal(self) -> None:
        """Chain and hash the events, the last one with all that changed after it was made."""
        case = self.case
        if self.events:
            self._fix(self.events[-1])
        elif self.clockwork.turned() or fixing.case_values(case) != self.told:
            raise RuntimeError("a case and its clocks change only with an event")
        for event in self.events:
            event.prev_hash = case.last_hash
            seal_event(event)
            case.last_hash = event.hash

    def _note_public_news(self) -> None:
        """When the public last could learn something new; nothing of what is not published."""
        case = self.case
        if case.published_at is None:
            case.public_at = None
        elif any(event.move in workflow.PUBLIC_MOVES for event in self.events):
            case.public_at = self.now

    def _write_handlings(self) -> None:
        written.insert_or_change(
            self.handlings, unique=("case", "office"), change=("passed_by", "since")
        )

    def _keep(
        self, event: Event, words: dict[str, str], salt: str, kind: str, internal: bool
    ) -> None:
        """The words beside the event. A complaint's own text lies in the case, once."""
        if kind == Statement.Kind.COMPLAINT:
            self.case.text_salt = salt
            return
        self.statements.append(
            Statement(
                event=event, case=self.case, kind=kind, body=words, salt=salt, internal=internal
            )
        )

    def _close(self, ending: Ending | None) -> None:
        case = self.case
        case.ending, case.closed_at = ending or "", self.now
        case.withdrawal_pending = False
        self.clockwork.stop_all()

    def _acting_office(self, actor: Actor) -> int | None:
        """The office of the post that the actor acts from: the holder's, if they have one there."""
        offices = [post.office_id for post in actor.posts]
        if self.case.holder_id in offices:
            return self.case.holder_id
        return offices[0] if offices else None


def seal_event(event: Event) -> None:
    """Give an event its hash. In it the case is its number, which never changes."""
    event.hash = chain.event_hash(hashed_fields(event), event.prev_hash)


def hashed_fields(event: Event) -> dict[str, Any]:
    """The fields of an event that its hash covers."""
    names = chain.HASHED[event.version]
    return {name: getattr(event, name) for name in names if name != "case"} | {
        "case": event.case.number
    }


def _party(parties: Iterable[Party]) -> str:
    return min(parties, key=PARTY_ORDER.index)


def lock_cases(numbers: Iterable[str]) -> dict[str, Case]:
    """Cases under their row locks, by number, with their holders; always locked in order of id."""
    found = _locked(numbers=list(numbers))
    return {case.number: case for case in found}


@prepared
def _locked(*, numbers: Any) -> QuerySet[Case]:
    cases = Case.objects.select_for_update(of=("self",)).select_related("holder__agency")
    cases = with_recommendation(cases).filter(country=settings.COUNTRY, number__among=numbers)
    return cases.order_by("id")


@contextmanager
def at_work(
    actor: Actor, number: str, seen: int | None = None, *, also: Iterable[str] = ()
) -> Iterator[Work]:
    """Lock a case for one piece of work; on leaving, write all of it in the same transaction.

    `seen` is the last event that the actor's page showed; if there are newer ones, Stale is raised.
    `also` are other cases that have to be locked with it (`Work.others`). Raises NoSuchCase where
    the number is unknown or the case is not for this actor.
    """
    with transaction.atomic():
        registry = tell_database(actor)
        cases = lock_cases({number, *also})
        case = cases.pop(number, None)
        if case is None:
            raise NoSuchCase
        who = standing(case, actor)
        if not who.parties and not sees(actor, case):
            raise NoSuchCase
        if seen is not None and seen != newest_step(case, actor):
            raise Stale
        work = Work(case, actor, registry, who)
        work.others = cases
        yield work
        work.flush()
