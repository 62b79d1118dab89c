"""Cases of the time before the portal: made into rows as a filing and its moves would, written in bulk.

Their old dates and steps stay as they were recorded elsewhere: each is an event (`import`, then `history`),
which is no move of the table. Nobody is told, and no clock is made for what was over. What is still open
gets the clocks of where it stands from now on, so that nobody forgets it. Moments are UTC.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.conf import settings

from accounts.actors import Actor
from agencies.models import Office
from agencies.snapshot import Registry
from complaints import tracking
from complaints.models import (
    Appeal,
    Case,
    Clock,
    Contact,
    DataKey,
    Event,
    Feedback,
    Handling,
    Statement,
)
from complaints.parties import Standing
from complaints.services import contacts, files, sealing
from complaints.services.casework import open_appeal_window
from complaints.services.copying import copy, take_ids
from complaints.services.intake import way_of
from complaints.services.work import Work
from complaints.submission import ContactDetails
from complaints.under_way import RECOMMENDED
from complaints.workflow import ClockEffect, Party, State
from complaints.workflow_terms import HISTORY, IMPORT, pause, start

#: The clocks of an open case, by where it stands. A case that waits does so from one of two places.
CLOCKS: Mapping[tuple[State, State | None], tuple[ClockEffect, ...]] = {
    (State.RECEIVED, None): (start("forward"),),
    (State.FORWARDED, None): (start("accept"), start("resolve")),
    (State.IN_PROGRESS, None): (start("resolve"),),
    (State.DISPUTED_OWNER, None): (start("resolve"), start("rule")),
    (State.ANSWERED, None): (start("confirm"),),
    (State.APPEALED, None): (start("appeal"),),
    (State.WAITING, State.RECEIVED): (start("forward"), pause("forward"), start("waiting")),
    (State.WAITING, State.IN_PROGRESS): (start("resolve"), pause("resolve"), start("waiting")),
    (State.CLOSED, None): (),
}
#: States in which no office has a case.
WITH_NOBODY = frozenset({State.RECEIVED, State.DISPUTED_OWNER})


@dataclass(frozen=True, slots=True)
class PastFile:
    """A file by its name and SHA-256 (hex); `key` is that of the loose file that was made of it here."""

    name: str
    sha256: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class PastStep:
    """A step as it was recorded elsewhere, and where the case stood after it.

    `move` is the one of ours that it was like, else "". `office` acted; `given_to` had the case from
    then on. `data` holds codes only, `said` the words by part.
    """

    at: datetime
    status: State
    move: str = ""
    office: Office | None = None
    given_to: Office | None = None
    party: Party = Party.SYSTEM
    channel: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    kind: str = Statement.Kind.MESSAGE
    internal: bool = False
    #: It had words, which were erased.
    erased: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[PastFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case to be made. `source` is the name of the import; ids are of the registry's rows."""

    source: str
    text: str
    filed_at: datetime
    status: State
    kind: str
    language: str
    channel: str
    ending: str = ""
    outcome: str = ""
    priority: str = "normal"
    waiting_from: State | None = None
    category_id: int | None = None
    place_id: int | None = None
    place_note: str = ""
    latitude: float | None = None
    longitude: float | None = None
    agency_named_id: int | None = None
    holder: Office | None = None
    passed_by: Office | None = None
    sensitive: bool = False
    on_behalf: bool = False
    #: Filed without a name, where that is known of a case whose contact is not brought along.
    anonymous: bool = True
    contact: ContactDetails | None = None
    #: Nobody is known, and the time for which that is kept is over.
    person_is_over: bool = False
    publish_consent: bool = False
    public_text: str = ""
    published_at: datetime | None = None
    forwarded_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    steps: tuple[PastStep, ...] = ()
    #: Who filed it, and the codes of the filing.
    filed_by: Party = Party.SYSTEM
    filed_with: Mapping[str, Any] = field(default_factory=dict)
    filed_files: tuple[PastFile, ...] = ()
    #: When all words of it were erased, those of offices too.
    words_erased_at: datetime | None = None


@dataclass(slots=True)
class Brought:
    """The rows of one case, not written yet."""

    case: Case
    events: list[Event]
    statements: list[Statement]
    clocks: list[Clock]
    handlings: list[Handling]
    feedback: list[Feedback] = field(default_factory=list)
    appeals: list[Appeal] = field(default_factory=list)
    contact: Contact | None = None
    #: Keys of loose files, with the event that they go with.
    files: list[tuple[Iterable[str], Event, bool]] = field(default_factory=list)


def free_numbers(count: int) -> list[str]:
    """So many numbers that no case has."""
    numbers = dict.fromkeys(tracking.new_number() for _ in range(count))
    taken = set(Case.objects.filter(number__in=numbers).values_list("number", flat=True))
    free = [number for number in numbers if number not in taken]
    return free if len(free) == count else free + free_numbers(count - len(free))


def bring(past: PastCase, number: str, registry: Registry) -> Brought:
    """The rows of a past case under a new number. Its secrets nobody knows.

    Whoever is known by their contact can prove that and get new ones, as after a loss.
    """
    case = _case(past, number)
    actor = Actor("system", channel=past.channel)
    work = Work(case, actor, registry, Standing(case, actor, parties=frozenset({Party.SYSTEM})))
    case.filed_at = past.filed_at
    case.status = State.RECEIVED if past.steps else past.status
    if not past.steps:
        _take_holder(work, past.holder, past.filed_at)
    work.write(
        IMPORT,
        party=past.filed_by,
        before="",
        data={**past.filed_with, "kind": past.kind, "source": past.source},
        said={"text": past.text},
        kind=Statement.Kind.COMPLAINT,
        files=_keys(past.filed_files),
        happened_at=past.filed_at,
    )
    brought = Brought(case, work.events, work.statements, work.clockwork.new, work.handlings)
    for step in past.steps:
        _take_step(work, step, brought)
    _stands(work, past)
    _keep_contact(brought, past, work.now)
    if past.status == State.APPEALED:
        brought.appeals.append(_open_appeal(work))
    work.settle()
    brought.files = work.files
    return brought


def _case(past: PastCase, number: str) -> Case:
    case = Case(
        country=settings.COUNTRY,
        number=number,
        imported_from=past.source,
        kind=past.kind,
        priority=past.priority,
        language=past.language,
        channel=past.channel,
        text=past.text,
        category_id=past.category_id,
        place_id=past.place_id,
        place_note=past.place_note[:200],
        latitude=past.latitude,
        longitude=past.longitude,
        agency_named_id=past.agency_named_id,
        sensitive=past.sensitive,
        anonymous=past.anonymous and not past.contact,
        on_behalf=past.on_behalf,
        # No secret has these hashes.
        secret_hash=token_hex(32),
        withdrawal_hash=token_hex(32),
        publish_consent=past.publish_consent and not past.sensitive,
    )
    setattr(case, RECOMMENDED, False)
    return case


def _take_step(work: Work, step: PastStep, brought: Brought) -> None:
    """One old step: who had the case from then on, the event, a mark that was given with it."""
    case, before = work.case, work.case.status
    case.status = step.status
    if step.status in WITH_NOBODY:
        case.holder = None
    elif step.given_to is not None:
        passed_by = step.office if step.move == "pass_down" else None
        _take_holder(work, step.given_to, step.at, passed_by)
    case.hops += step.move == "return"
    case.disputes += step.move == "dispute"
    case.appeal_level += step.move == "dismiss"
    case.ruled = case.ruled or step.move == "rule"
    event = work.write(
        HISTORY,
        party=step.party,
        before=before,
        data={**step.data, "as": step.move},
        said=step.said,
        kind=step.kind,
        internal=step.internal,
        files=_keys(step.files),
        happened_at=step.at,
        by=Actor("system", channel=step.channel or case.channel),
        acting=step.office.pk if step.office else None,
    )
    if step.erased:
        _keep_mark_of_words(work, event, step)
    if "rating" in step.data:
        mark = Feedback(case=case, event=event, rating=step.data["rating"], at=step.at)
        brought.feedback.append(mark)


def _keys(files: Iterable[PastFile]) -> list[str]:
    return [file.key for file in files if file.key]


def _keep_mark_of_words(work: Work, event: Event, step: PastStep) -> None:
    """That there were words, of which kind, and that they are erased: the event is committed to none."""
    event.fixed["said"] = {"kind": step.kind, "internal": step.internal}
    work.statements.append(
        Statement(
            event=event,
            case=work.case,
            kind=step.kind,
            body={},
            internal=step.internal,
            erased_at=work.now,
        )
    )


def _take_holder(
    work: Work, office: Office | None, since: datetime, passed_by: Office | None = None
) -> None:
    """The office has the case from then on; it may look back on it for good."""
    work.case.holder, known = office, [row.office for row in work.handlings]
    if office is not None and office not in known:
        row = Handling(case=work.case, office=office, passed_by=passed_by, since=since)
        work.handlings.append(row)


def _stands(work: Work, past: PastCase) -> None:
    """Where the case stands, with the dates of then, and its clocks from now on."""
    case = work.case
    if case.status != past.status:
        raise ValueError("the last step of a past case leaves it where it stands")
    holder = None if past.status in WITH_NOBODY else past.holder
    if case.holder != holder:
        _take_holder(work, holder, past.forwarded_at or past.filed_at)
    case.passed_by = past.passed_by
    case.ending, case.outcome = past.ending, past.outcome
    case.waiting_from = past.waiting_from or ""
    case.forwarded_at, case.answered_at = past.forwarded_at, past.answered_at
    case.closed_at = past.closed_at
    case.words_erased_at = past.words_erased_at
    if past.person_is_over and not past.contact:
        case.person_erased_at = work.now
    if case.publish_consent and past.public_text:
        case.public_text, case.published_at = past.public_text, past.published_at or work.now
    waits = past.waiting_from if past.status == State.WAITING else None
    work.clockwork.apply(CLOCKS[(past.status, waits)])
    if past.status == State.ANSWERED:
        open_appeal_window(work)


def _open_appeal(work: Work) -> Appeal:
    """An appeal that was under way elsewhere is the overseers': they see every case."""
    return Appeal(
        case=work.case,
        level=work.case.appeal_level + 1,
        filed_at=work.now,
        filed_event=work.events[-1],
    )


def _keep_contact(brought: Brought, past: PastCase, now: datetime) -> None:
    details = past.contact
    if not details:
        return
    brought.contact = Contact(
        case=brought.case,
        phone_index=sealing.blind_index("phone", details.phone),
        email_index=sealing.blind_index("email", details.email),
        has_phone=bool(details.phone),
        has_email=bool(details.email),
        way=way_of(details),
        language=brought.case.language,
        created_at=now,
    )
    contacts.seal_contact(brought.contact, details, now)


def write(brought: Sequence[Brought]) -> None:
    """Write the rows of many cases, table by table, in the transaction at hand."""
    _give_ids(brought)
    copy(Case, [one.case for one in brought])
    for table, rows in (
        (Clock, [row for one in brought for row in one.clocks]),
        (Event, [row for one in brought for row in one.events]),
        (Statement, [row for one in brought for row in one.statements]),
        (Handling, [row for one in brought for row in one.handlings]),
        (Feedback, [row for one in brought for row in one.feedback]),
    ):
        copy(table, rows)
    _all(Appeal, (one.appeals for one in brought))
    for one in brought:
        for keys, event, internal in one.files:
            files.take(keys, case=one.case, event=event, internal=internal)
    known = [one.contact for one in brought if one.contact is not None]
    _all(DataKey, ([one.data_key] for one in known if one.data_key is not None))
    _all(Contact, [known])


def _give_ids(brought: Sequence[Brought]) -> None:
    """Ids of cases and events, before they are written, and where others point to them."""
    cases = take_ids(Case, len(brought))
    events = iter(take_ids(Event, sum(len(one.events) for one in brought)))
    for one, case_id in zip(brought, cases, strict=True):
        one.case.pk = case_id
        for event in one.events:
            event.pk, event.case_id = next(events), case_id
        with_events: list[Any] = [*one.statements, *one.feedback]
        for row in with_events:
            row.event_id = row.event.pk
        of_case: list[Any] = [*with_events, *one.clocks, *one.handlings]
        for row in of_case:
            row.case_id = case_id


def _all(table: Any, rows: Iterable[Iterable[Any]]) -> None:
    table.objects.bulk_create([row for some in rows for row in some])
