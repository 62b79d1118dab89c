"""What happened within a case's appeals against its events: hearings, investigations, what was served,
what was recommended.

Each row was left by an event, and says what that event and later ones say. Not asked, since no event
says it: when somebody was reminded of a hearing, when a summary was read, until when one may appeal
through it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from complaints.models import Event, Hearing, Investigation, Recommendation, ServedSummary
from complaints.workflow import State
from complaints.workflow_terms import HISTORY, IMPORT

#: Of a case that was brought from elsewhere in appeal, the last of these events stands for its filing.
BROUGHT = (IMPORT, HISTORY)
#: The seq of an event (0: none left the row) and the code of a fault.
Found = tuple[int, str]


@dataclass
class AppealRows:
    """The rows within the appeals of one case, with those that hang on them read."""

    hearings: list[Hearing] = field(default_factory=list)
    investigations: list[Investigation] = field(default_factory=list)
    summaries: list[ServedSummary] = field(default_factory=list)
    recommendations: list[Recommendation] = field(default_factory=list)

    def faults(self, events: Sequence[Event]) -> Iterator[Found]:
        """Rows that are not as the events (all of the case, in order) left them; missing ones too."""
        told = _Told(events)
        seqs = {event.pk: event.seq for event in events}
        for code, said, there in (
            ("hearing", told.hearings, _by_event(map(_hearing, self.hearings))),
            ("investigation", told.teams, _by_event(map(_investigation, self.investigations))),
            ("served", told.served, _by_event(map(_summary, self.summaries))),
            ("recommendation", told.recommended, _by_event(map(_made, self.recommendations))),
        ):
            for key in sorted(said.keys() | there.keys()):
                if there.get(key, []) != [said.get(key)]:
                    yield seqs.get(key, 0) if key in said else 0, code
        followed = Counter(_followed(row) for row in self.recommendations if _is_followed(row))
        if followed != Counter(told.followed):
            yield 0, "recommendation"


class _Told:
    """What the events say of these rows, by the event that left each."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.hearings: dict[int, dict[str, Any]] = {}
        self.teams: dict[int, dict[str, Any]] = {}
        self.served: dict[int, dict[str, Any]] = {}
        self.recommended: dict[int, dict[str, Any]] = {}
        self.followed: list[Hashable] = []
        #: The event that the appeal under way was filed by; its hearing to come, its investigation.
        self._appeal: int | None = None
        self._hearing: dict[str, Any] | None = None
        self._team: dict[str, Any] | None = None
        moves: dict[str, Callable[[Event], None]] = {
            "set_hearing": self._set_hearing,
            "move_hearing": self._move_hearing,
            "call_off_hearing": self._call_off,
            "hold_hearing": self._hold_hearing,
            "investigate": self._investigate,
            "report": partial(self._end, reported=True),
            "end_investigation": partial(self._end, reported=False),
            "serve": self._serve,
            "recommend": self._recommend,
            "follow": self._follow,
        }
        for event in events:
            self._follow_state(event)
            if of_move := moves.get(event.move):
                of_move(event)

    def _follow_state(self, event: Event) -> None:
        was, now = event.from_status == State.APPEALED, event.to_status == State.APPEALED
        if now and (not was or event.move in BROUGHT):
            self._appeal = event.pk
        elif was and not now:
            # With the appeal ends what was under way in it.
            self._call_off(event)
            self._end(event, reported=False)
            self._appeal = None

    def _set_hearing(self, event: Event) -> None:
        self._hearing = self.hearings[event.pk] = {
            "appeal": self._appeal,
            "at": event.data.get("at"),
            "held": None,
            "off": None,
            "asked": dict.fromkeys(event.data.get("invited", ())),
        }

    def _move_hearing(self, event: Event) -> None:
        self._call_off(event)
        self._set_hearing(event)

    def _call_off(self, event: Event) -> None:
        if self._hearing is not None:
            self._hearing["off"] = event.recorded_at
            self._hearing = None

    def _hold_hearing(self, event: Event) -> None:
        if self._hearing is not None:
            came, absent = event.data.get("came", ()), event.data.get("absent", ())
            self._hearing["held"] = (event.pk, event.recorded_at)
            self._hearing["asked"] = dict.fromkeys(came, True) | dict.fromkeys(absent, False)
            self._hearing = None

    def _investigate(self, event: Event) -> None:
        lead, case = event.data.get("lead"), event.case_id
        self._team = self.teams[event.pk] = {
            "appeal": self._appeal,
            "begun": event.recorded_at,
            "ended": None,
            "team": {(case, user, user == lead) for user in event.data.get("team", ())},
            "until": None,
        }

    def _end(self, event: Event, *, reported: bool) -> None:
        if self._team is not None:
            self._team["ended"] = (event.pk, event.recorded_at, reported)
            self._team["until"] = event.recorded_at
            self._team = None

    def _serve(self, event: Event) -> None:
        self.served[event.pk] = {
            "respondent": event.data.get("respondent"),
            "user": event.data.get("served"),
            "at": event.recorded_at,
        }

    def _recommend(self, event: Event) -> None:
        self.recommended[event.pk] = {
            "case": event.case_id,
            "appeal": self._appeal,
            "office": event.data.get("office"),
            "at": event.recorded_at,
        }

    def _follow(self, event: Event) -> None:
        office, how = event.data.get("office"), event.data.get("followed")
        self.followed.append((office, how, event.pk, event.recorded_at))


def _by_event(rows: Iterator[tuple[int, dict[str, Any]]]) -> Mapping[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for event, said in rows:
        found[event].append(said)
    return found


def _hearing(row: Hearing) -> tuple[int, dict[str, Any]]:
    return row.set_event_id, {
        "appeal": row.appeal.filed_event_id,
        "at": row.at.astimezone(UTC).isoformat(),
        "held": (row.held_event_id, row.held_at) if row.held_event_id or row.held_at else None,
        "off": row.called_off_at,
        "asked": {one.party: one.came for one in row.attendances.all()},
    }


def _investigation(row: Investigation) -> tuple[int, dict[str, Any]]:
    team = list(row.team.all())
    untils: set[datetime | None] = {one.until for one in team} or {row.ended_at}
    is_over = row.ended_event_id or row.ended_at or row.reported
    return row.begun_event_id, {
        "appeal": row.appeal.filed_event_id,
        "begun": row.begun_at,
        "ended": (row.ended_event_id, row.ended_at, row.reported) if is_over else None,
        "team": {(one.case_id, one.user_id, one.leads) for one in team},
        "until": untils.pop() if len(untils) == 1 else untils,
    }


def _summary(row: ServedSummary) -> tuple[int, dict[str, Any]]:
    return row.event_id, {
        "respondent": row.respondent_id,
        "user": row.user_id,
        "at": row.served_at,
    }


def _made(row: Recommendation) -> tuple[int, dict[str, Any]]:
    return row.made_event_id, {
        "case": row.case_id,
        "appeal": row.appeal.filed_event_id,
        "office": row.office.code,
        "at": row.made_at,
    }


def _is_followed(row: Recommendation) -> bool:
    return bool(row.followed or row.followed_at or row.followed_event_id)


def _followed(row: Recommendation) -> Hashable:
    return row.office.code, row.followed, row.followed_event_id, row.followed_at
