"""One case against its events: the chain, the words, and every row that the events fix.

What is compared is what the events of a case say that its rows are: fields of the case, clocks with
their due dates, files, appeals and what happened within them (`verifying_appeals`), ratings, escalations,
who looked, whom it was said to be about. Events of the first format fix less; what they do not say is not
asked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from accounts.roles import RANK, Role
from complaints import fixing
from complaints.models import (
    Appeal,
    Attachment,
    Case,
    Clock,
    Escalation,
    Event,
    Feedback,
    IdentityLook,
    Respondent,
    Statement,
)
from complaints.selectors.access import is_hidden_from_offices
from complaints.services.erasing import ALL_WORDS, OWN_WORDS
from complaints.services.verifying_appeals import AppealRows
from complaints.services.work import hashed_fields
from complaints.workflow import Party, State
from complaints.workflow_terms import FILED, HISTORY, IMPORT
from record import chain, merkle

#: From this format on, events fix what their move left behind.
FIXING = 2
#: What a decision of an appeal leaves in its row.
UPHELD = {"uphold": True, "dismiss": False}
#: Moves that tell of pressure, and that an overseer looked into it.
PRESSED, NOTED = "say_pressured", "note_pressure"
#: Events of a case that was brought from elsewhere.
BROUGHT = (IMPORT, HISTORY)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a case's record: at which event (0: the case as a whole), and how.

    `code` is one of `WHAT` in the command `verify_record`; `what` names a field, clock or file.
    """

    number: str
    seq: int
    code: str
    what: str = ""


@dataclass
class Story:
    """A case with all that belongs to its record, read at one moment; events in their order."""

    case: Case
    events: list[Event] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    appeals: list[Appeal] = field(default_factory=list)
    ratings: list[Feedback] = field(default_factory=list)
    looks: list[IdentityLook] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    respondents: list[Respondent] = field(default_factory=list)
    within_appeals: AppealRows = field(default_factory=AppealRows)
    #: Event id → its leaf in the log; and the events that wait for it.
    leaves: dict[int, bytes] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)

    def faults(self) -> Iterator[Fault]:
        """Every fault, the chain first."""
        if not self.events:
            yield self._fault(0, "no_events")
            return
        before: Event | None = None
        for event in self.events:
            for code in (*_chained(event, before), *self._said(event), *self._logged(event)):
                yield self._fault(event.seq, code)
            before = event
        last = self.events[-1]
        if (self.case.last_seq, self.case.last_hash) != (last.seq, last.hash):
            yield self._fault(last.seq, "end")
        yield from self._fields(last)
        yield from self._clocks(last)
        yield from self._files()
        yield from self._appeals()
        for seq, code in self.within_appeals.faults(self.events):
            yield self._fault(seq, code)
        yield from self._rows()

    def _fault(self, seq: int, code: str, what: str = "") -> Fault:
        return Fault(self.case.number, seq, code, what)

    def _erased(self, event: Event) -> bool:
        """Whether the record itself says that the words or files of an event were erased."""
        erased = {
            what
            for later in self.events
            if later.move == "erase" and later.seq > event.seq
            for what in later.data.get("what", ())
        }
        own = event.party == Party.CITIZEN or event.move in FILED
        return ALL_WORDS in erased or (own and OWN_WORDS in erased)

    def _said(self, event: Event) -> Iterator[str]:
        """Whether the words are the ones that the event is committed to; erased ones are not asked."""
        statement: Statement | None = getattr(event, "statement", None)
        if event.move in FILED:
            salt, body = self.case.text_salt, {"text": self.case.text}
            gone = not salt and not self.case.text
        elif statement is None:
            if event.commitment:
                yield "words_missing"
            return
        else:
            salt, body = statement.salt, statement.body
            gone = statement.erased_at is not None
            told = event.fixed.get("said")
            row = {"kind": statement.kind, "internal": statement.internal}
            if event.version >= FIXING and told != row:
                yield "words_kind"
            if statement.case_id != event.case_id:
                yield "words_elsewhere"
        if gone:
            # Words that were erased before their case was brought in were never committed to here.
            if event.commitment and not self._erased(event):
                yield "words_missing"
        elif not _agrees(event, salt, body):
            yield "words"

    def _logged(self, event: Event) -> Iterator[str]:
        """Each event is in the log or waits for it, and its leaf is its hash's."""
        leaf = self.leaves.get(event.pk)
        if leaf is None:
            if event.pk not in self.waiting:
                yield "unlogged"
        elif leaf != _leaf(event.hash):
            yield "leaf"

    def _fields(self, last: Event) -> Iterator[Fault]:
        whole = self.events[0].version >= FIXING
        said: dict[str, Any] = dict(fixing.NOTHING_YET) if whole else {}
        for event in self.events:
            said.update(event.fixed.get("case", {}))
        said["status"] = last.to_status
        said.setdefault("filed_at", fixing.plain(self.events[0].happened_at))
        now = fixing.case_values(self.case)
        now, said = now | self._private_now(), said | self._private_said()
        for name, value in said.items():
            if now.get(name) != value:
                yield self._fault(last.seq, "field", name)

    def _private_now(self) -> dict[str, Any]:
        noted = fixing.plain(self.case.pressure_noted_at)
        return {
            "pressured": self.case.pressured,
            "pressure_noted_at": noted,
            "office_seq": self.case.office_seq,
        }

    def _private_said(self) -> dict[str, Any]:
        """What no event fixes, since only overseers may know it, and the moves tell all the same."""
        office = [e for e in self.events if not is_hidden_from_offices(e.move, e.data)]
        told: dict[str, Any] = {"office_seq": len(office)}
        about = [event for event in self.events if event.move in (PRESSED, NOTED)]
        if about or self.events[0].version >= FIXING:
            is_noted = bool(about) and about[-1].move == NOTED
            told["pressured"] = bool(about)
            told["pressure_noted_at"] = fixing.plain(about[-1].recorded_at) if is_noted else None
        return told

    def _clocks(self, last: Event) -> Iterator[Fault]:
        said: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for event in self.events:
            for values in event.fixed.get("clocks", ()):
                same = said[(values["kind"], values["started"])]
                if same and "stopped" not in same[-1]:
                    same[-1] = values
                else:
                    same.append(values)
        rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for clock in sorted(self.clocks, key=lambda row: row.pk):
            rows[(clock.kind, fixing.plain(clock.started_at))].append(fixing.clock_values(clock))
        before_events_fixed = self._fixing_since()
        for name in sorted(said.keys() | rows.keys()):
            if name not in said and name[1] < before_events_fixed:
                continue
            for told, there in zip_longest(said.get(name, ()), rows.get(name, ())):
                if told != there:
                    yield self._fault(last.seq, "clock", name[0])

    def _fixing_since(self) -> str:
        """From when on (as text) clocks can only have been started by events that say so."""
        if self.events[0].version >= FIXING:
            return ""
        fixing_ones = (event for event in self.events if event.version >= FIXING)
        first = next(fixing_ones, None)
        return fixing.plain(first.recorded_at) if first else "9"

    def _files(self) -> Iterator[Fault]:
        by_event: dict[int | None, list[str]] = defaultdict(list)
        shown: dict[int | None, set[bool]] = defaultdict(set)
        for file in self.files:
            by_event[file.event_id].append(file.sha256)
            shown[file.event_id].add(file.internal)
        for event in self.events:
            there = Counter(by_event.pop(event.pk, ()))
            if event.version < FIXING:
                continue
            said = Counter(event.fixed.get("files", ()))
            if "said" in event.fixed and shown[event.pk] - {event.fixed["said"]["internal"]}:
                yield self._fault(event.seq, "file_kind")
            if there - said:
                yield self._fault(event.seq, "file_extra")
            if said - there and not self._erased(event):
                yield self._fault(event.seq, "file_missing")
        if by_event:
            yield self._fault(0, "file_extra")

    def _appeals(self) -> Iterator[Fault]:
        rows = {appeal.filed_event_id: appeal for appeal in self.appeals}
        current: Appeal | None = None
        for event in self.events:
            was, now = event.from_status == State.APPEALED, event.to_status == State.APPEALED
            if event.move in BROUGHT:
                # Of an appeal elsewhere there is a row only while it is open, since its case was brought in.
                current = rows.pop(event.pk, None)
            elif now and not was:
                current = rows.pop(event.pk, None)
                if current is None or current.filed_at != event.recorded_at:
                    yield self._fault(event.seq, "appeal")
            elif was and not now and current is not None:
                decided = (event.recorded_at, UPHELD.get(event.move))
                if (current.decided_at, current.upheld) != decided:
                    yield self._fault(event.seq, "appeal")
                current = None
        if current is not None and current.decided_at is not None:
            yield self._fault(self.events[-1].seq, "appeal")
        if rows:
            yield self._fault(0, "appeal")

    def _rows(self) -> Iterator[Fault]:
        """Ratings, looks at the citizen's identity and escalations: one row each, and no other."""
        moves: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            moves[event.move].append(event)
        marks = (event for name in ("confirm", "rate", HISTORY) for event in moves[name])
        rated = [(event.pk, event.data["rating"]) for event in marks if "rating" in event.data]
        if Counter(rated) != Counter((row.event_id, row.rating) for row in self.ratings):
            yield self._fault(0, "rating")
        looked = [event.pk for name in ("break_seal", "audit_look") for event in moves[name]]
        if Counter(looked) != Counter(row.event_id for row in self.looks):
            yield self._fault(0, "look")
        climbed = [(event.data["level"], event.happened_at) for event in moves["escalate"]]
        if Counter(climbed) != Counter((row.level, row.happened_at) for row in self.escalations):
            yield self._fault(0, "escalation")
        yield from self._respondents()

    def _respondents(self) -> Iterator[Fault]:
        """Whoever was linked by a move, and not taken back, is barred still.

        Whom it is about by the filing itself, no event says: the receipt would tell it to its finder.
        """
        linked: dict[tuple[Any, ...], int] = {}
        for event in self.events:
            role = event.data.get("role") or ""
            rank = RANK[Role(role)] if role in RANK else 0
            whom = (event.data.get("office"), role, rank, event.data.get("user"))
            if event.move == "link_respondent":
                linked[whom] = event.seq
            elif event.move == "unlink_respondent":
                linked.pop(whom, None)
        standing = {
            (row.office_id, row.role, row.rank, row.user_id)
            for row in self.respondents
            if row.ended_at is None
        }
        for whom, seq in linked.items():
            if whom not in standing:
                yield self._fault(seq, "respondent")


def _chained(event: Event, before: Event | None) -> Iterator[str]:
    if event.seq != (before.seq + 1 if before else 1):
        yield "gap"
    if event.prev_hash != (before.hash if before else ""):
        yield "link"
    if event.version not in chain.HASHED:
        yield "version"
    elif event.hash != chain.event_hash(hashed_fields(event), event.prev_hash):
        yield "hash"


def _agrees(event: Event, salt: str, body: dict[str, Any]) -> bool:
    try:
        return bool(salt) and chain.commitment(salt, body) == event.commitment
    except ValueError:
        return False


def _leaf(event_hash: str) -> bytes:
    try:
        return merkle.leaf_hash(bytes.fromhex(event_hash))
    except ValueError:
        return b""
