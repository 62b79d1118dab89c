"""What happened to a case elsewhere, as steps: by its history where there is one, else by its dates."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from agencies.models import Office
from complaints.models import Statement
from complaints.models.case import EndedAs
from complaints.selectors.access import FOR_OVERSEERS
from complaints.services.importing import PastFile, PastStep
from complaints.views.officer.wording import STEPS as KNOWN_STEPS
from complaints.workflow import ABOUT_THE_FILER, OF_RANKINGS, PRIVATE_MOVES, Party, State
from complaints.workflow_terms import HISTORY, IMPORT
from systems.past import cleaning
from systems.past.attached import Attached, attached
from systems.past.cells import Cells, Refused
from systems.past.columns import LONGEST_CODE, Step, is_plain, step_of
from systems.past.doubts import Doubt
from systems.past.finding import Found
from systems.past.mapping import Stands

#: The step that a closing was like, by how the case ended.
CLOSED_BY: Mapping[str, str] = {
    EndedAs.CONFIRMED: "confirm",
    EndedAs.DISPUTED_THEN_CONFIRMED: "confirm",
    EndedAs.SILENT: "lapse",
    EndedAs.APPEAL_DISMISSED: "dismiss",
    EndedAs.NOT_FOR_US: "decline",
    EndedAs.MERGED: "merge",
    EndedAs.WITHDRAWN: "withdrawn",
}
#: Steps by which an office gets a case; its code is in their data.
GIVES = frozenset({"forward", "rule", "pass_down", "moved_up"})
HIDDEN = PRIVATE_MOVES | ABOUT_THE_FILER | OF_RANKINGS
#: Codes that would name people by ids of another portal, or an answer's place in its rows.
NAMES_PEOPLE = frozenset(
    {"case_officer", "served", "user", "by_operator", "officer", "actor", "team"}
)
#: What the pages read as a moment, as a list, as a number.
MOMENTS, LISTS, NUMBERS = {"at", "due", "until"}, {"what", "invited", "came", "absent"}, {"level"}
#: Whole numbers beyond this are not the same to every reader of JSON; levels are counted in tens.
MOST_NUMBER, MOST_LEVEL = 2**53, 100
#: Between these a number is spelled the same by whoever wrote it and by the database.
FRACTIONS = (1e-4, 1e15)
#: Why a case waits for the desk here, or is with an agency: doubts; the first is a code of the step, too.
TO_DESK, TO_AGENCY = "goes_to_desk", "goes_to_agency"
MOST_CODES, MOST_LISTED, MOST_STEPS = 40, 100, 5_000
_CODE = re.compile(r"[a-z_]{1,40}\Z")


class Offices(Protocol):
    """What is looked up here."""

    def office(self, word: str, /) -> Found: ...


@dataclass(frozen=True, slots=True)
class Life:
    """The steps of a case, and its dates as far as they are known; who filed it, with which codes."""

    steps: tuple[PastStep, ...] = ()
    forwarded_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    filed_by: Party = Party.SYSTEM
    filed_with: Mapping[str, Any] = field(default_factory=dict)
    filed_files: tuple[PastFile, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether anything that was said or sent is left beside the complaint's own text."""
        said = any(step.files or any(step.said.values()) for step in self.steps)
        return bool(self.filed_files) or said


def life_of(
    cells: Cells,
    offices: Offices,
    filed_at: datetime,
    stands: Stands,
    holder: Office | None,
    *,
    with_files: bool = False,
) -> Life:
    """All that is known of what happened; `with_files`: also which files came. Raises Refused."""
    names = ("forwarded_at", "answered_at", "closed_at")
    dates = {name: cells.moment(name) for name in names}
    _note_order(cells, filed_at, dates)
    listed = cells.listed("history")
    files = attached(cells, len(listed)) if with_files else {}
    if not listed:
        told = _told_by_dates(cells, filed_at, stands, holder, dates)
        return replace(told, filed_files=tuple(files.get(0, ())))
    filing, known = _history(cells, offices, filed_at, listed, files)
    steps = _ending_there(cells, known, stands, filed_at)
    if stands.status == State.CLOSED and dates["closed_at"] is None:
        cells.note("no_closing_date", "closed_at")
        dates["closed_at"] = steps[-1].at if steps else filed_at
    if stands.status != State.CLOSED:
        dates["closed_at"] = None
    rating = cells.rating("rating")
    if rating is not None and not any("rating" in step.data for step in steps):
        steps = _rated(steps, rating, cells.text("rating_comment"), stands, filed_at)
    return Life(
        tuple(steps),
        **dates,
        filed_by=_party(filing),
        filed_with=codes_of(filing.data),
        filed_files=tuple(files.get(0, ())) if filing.move else (),
    )


def _note_order(cells: Cells, filed_at: datetime, dates: Mapping[str, datetime | None]) -> None:
    """Dates that cannot be true are kept and said: nobody here knows which of them is wrong."""
    latest = filed_at
    for name, at in dates.items():
        if at is None:
            continue
        if _is_before(cells, at, filed_at):
            cells.note("before_filing", name)
        elif _is_before(cells, at, latest):
            cells.note("out_of_order", name)
        latest = max(latest, at)


def _is_before(cells: Cells, at: datetime, other: datetime) -> bool:
    """Whether it was on an earlier day: often only the day is known, not the hour."""
    if at >= other:
        return False
    zone = cells.by.zone
    return at.astimezone(zone).date() < other.astimezone(zone).date()


# --- By dates --------------------------------------------------------------------------------------------


def _told_by_dates(
    cells: Cells,
    filed_at: datetime,
    stands: Stands,
    holder: Office | None,
    dates: Mapping[str, datetime | None],
) -> Life:
    """Forwarded, answered, closed: a step for each of which a date or words are known."""
    steps, forwarded_at = list[PastStep](), dates["forwarded_at"]
    if forwarded_at is not None and holder is not None:
        data = {"office": holder.code}
        step = PastStep(forwarded_at, State.FORWARDED, "forward", given_to=holder, data=data)
        steps.append(step)
    answered_at, answer = _answer(cells, filed_at, stands, holder, dates)
    if answer is not None:
        steps.append(answer)
    closed_at = _closed_at(cells, filed_at, stands, dates, steps)
    rating = cells.rating("rating")
    if stands.status == State.CLOSED and closed_at is not None:
        if steps or dates["closed_at"] is not None:
            move = CLOSED_BY.get(stands.ending, "")
            steps.append(PastStep(closed_at, State.CLOSED, move, given_to=holder))
    elif _waits_for_desk(cells) or (steps and steps[-1].status != stands.status):
        steps.append(_standing(cells, stands, steps[-1].at if steps else filed_at, holder))
    if rating is not None:
        steps = _rated(steps, rating, cells.text("rating_comment"), stands, closed_at or filed_at)
    return Life(tuple(steps), forwarded_at, answered_at, closed_at)


def _answer(
    cells: Cells,
    filed_at: datetime,
    stands: Stands,
    holder: Office | None,
    dates: Mapping[str, datetime | None],
) -> tuple[datetime | None, PastStep | None]:
    """The answer with its date; where it has none, the next one that is known."""
    words, at = cells.text("answer"), dates["answered_at"]
    if at is None and not words:
        return None, None
    if at is None:
        cells.note("no_answer_date", "answered_at")
        at = dates["closed_at"] or dates["forwarded_at"] or filed_at
    step = PastStep(
        at,
        State.ANSWERED,
        "answer",
        office=holder,
        given_to=holder,
        party=Party.SYSTEM if holder is None else Party.FOCAL,
        said={"text": words} if words else {},
        kind=Statement.Kind.ANSWER,
        data={"outcome": stands.outcome} if stands.outcome else {},
    )
    return at, step


def _closed_at(
    cells: Cells,
    filed_at: datetime,
    stands: Stands,
    dates: Mapping[str, datetime | None],
    steps: Sequence[PastStep],
) -> datetime | None:
    if stands.status != State.CLOSED:
        return None
    if dates["closed_at"] is None:
        cells.note("no_closing_date", "closed_at")
        return max([filed_at, *(step.at for step in steps)])
    return dates["closed_at"]


def _rated(
    steps: Sequence[PastStep], rating: int, comment: str, stands: Stands, at: datetime
) -> list[PastStep]:
    """The citizen's mark, with the last step or one of its own."""
    said = {"comment": comment} if comment else {}
    mark = PastStep(
        steps[-1].at if steps else at,
        stands.status,
        "rate",
        party=Party.CITIZEN,
        said=said,
        kind=Statement.Kind.COMMENT,
        data={"rating": rating},
    )
    return [*steps, mark]


# --- By a history ----------------------------------------------------------------------------------------


def _history(
    cells: Cells, offices: Offices, filed_at: datetime, listed: Sequence[Any], files: Attached
) -> tuple[Step, list[PastStep]]:
    """The filing, and the steps after it. Raises Refused."""
    filing, steps, status = Step(""), list[PastStep](), State.RECEIVED
    if len(listed) > MOST_STEPS:
        raise Refused("history_unread", "history", f"more than {MOST_STEPS:,} steps")
    for place, value in enumerate(listed):
        step, at = _read(cells, value)
        if place == 0 and step.move in ("submit", IMPORT):
            filing = step
            continue
        if step.move in HIDDEN or step.data.get("for") == FOR_OVERSEERS:
            cells.note("private_step", "history")
            continue
        if _is_before(cells, at, filed_at):
            cells.note("before_filing", "history")
        made = _step(cells, offices, step, at, status)
        if place in files:
            made = replace(made, files=tuple(files[place]))
        steps.append(made)
        status = made.status
    return filing, steps


def _read(cells: Cells, value: Any) -> tuple[Step, datetime]:
    """A step and its moment (UTC). Raises Refused."""
    try:
        step = step_of(value)
    except ValueError as error:
        raise Refused("history_unread", "history", str(error)) from error
    try:
        at = cleaning.read_moment(step.at, (cleaning.ISO,), cells.by.zone).at
    except (ValueError, OverflowError) as error:
        raise Refused("history_unread", "history", "at is no moment") from error
    if at > cells.now:
        raise Refused("history_unread", "history", "at is in the future")
    return step, at


def _step(cells: Cells, offices: Offices, step: Step, at: datetime, status: State) -> PastStep:
    data = codes_of(step.data)
    move = step.move if step.move in KNOWN_STEPS or step.move == "escalate" else ""
    if step.move == HISTORY:
        move = ""
    to = State(step.to) if step.to in tuple(State) else status
    if (step.move and not move and step.move != HISTORY) or (step.to and to != step.to):
        cells.note("step_unknown", "history")
    for name in step.data.keys() - data.keys() - NAMES_PEOPLE - {"as"}:
        cells.note("rating_unread" if name == "rating" else "code_unread", "history", name)
    office = _office(cells, offices, step.office)
    given = str(data.get("office", "")) if move in GIVES else ""
    return PastStep(
        at,
        to,
        move,
        office=office,
        given_to=_office(cells, offices, given),
        party=_party(step),
        channel=cells.channel(step.channel),
        said={part: words.replace("\0", "") for part, words in step.said.items()},
        kind=_kind(step.kind),
        internal=step.internal,
        erased=step.erased and not any(step.said.values()),
        data=data,
    )


def _party(step: Step) -> Party:
    return Party(step.party) if step.party in tuple(Party) else Party.SYSTEM


def _kind(name: str) -> str:
    """What kind of words these are; a complaint's own are its text, and nothing else."""
    known = name in Statement.Kind.values and name != Statement.Kind.COMPLAINT
    return name if known else Statement.Kind.MESSAGE


def _office(cells: Cells, offices: Offices, code: str) -> Office | None:
    if not code:
        return None
    found = offices.office(code)
    if found.doubt:
        cells.note(f"agency_{found.doubt}", "history", code)
    office: Office | None = found.row
    return office


def codes_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The codes of a step that may be kept: short plain values, of the kind that pages read them as."""
    kept = dict[str, Any]()
    for name, value in list(data.items())[:MOST_CODES]:
        if _CODE.match(name) and name not in NAMES_PEOPLE and _fits(name, value):
            kept[name] = value
    kept.pop("as", None)
    return kept


def _fits(name: str, value: Any) -> bool:
    if name == "rating":
        return type(value) is int and 1 <= value <= 5
    if name in NUMBERS:
        return type(value) is int and 0 <= value <= MOST_LEVEL
    if name in MOMENTS:
        return _is_short(value) and _is_moment(value)
    if name in LISTS:
        return isinstance(value, list) and len(value) <= MOST_LISTED and all(map(_is_short, value))
    return isinstance(value, bool) or _is_number(value) or _is_short(value)


def _is_number(value: Any) -> bool:
    """A number that comes back from the database as it went: the record's hash is over its spelling."""
    if isinstance(value, int):
        return abs(value) <= MOST_NUMBER
    return isinstance(value, float) and FRACTIONS[0] <= abs(value) < FRACTIONS[1]


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_CODE and is_plain(value)


def _is_moment(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _ending_there(
    cells: Cells, steps: list[PastStep], stands: Stands, filed_at: datetime
) -> list[PastStep]:
    """The steps, and one more where the last of them leaves the case elsewhere than its row says."""
    last = steps[-1].status if steps else State.RECEIVED
    # Of a case that was brought in without steps the portal's own format tells none, too.
    is_there = last == stands.status or (cells.by.is_ours and not steps)
    if is_there and not _waits_for_desk(cells):
        return steps
    if not {TO_DESK, TO_AGENCY} & {doubt.code for doubt in cells.doubts}:
        cells.note("history_ends_elsewhere", "history")
    return [*steps, _standing(cells, stands, steps[-1].at if steps else filed_at)]


def _standing(cells: Cells, stands: Stands, at: datetime, holder: Office | None = None) -> PastStep:
    """The step to where a case stands, where no other one leads there."""
    if _waits_for_desk(cells):
        return PastStep(cells.now, stands.status, data={"because": TO_DESK})
    return PastStep(at, stands.status, given_to=holder)


def _waits_for_desk(cells: Cells) -> bool:
    return Doubt(TO_DESK, "status") in cells.doubts
