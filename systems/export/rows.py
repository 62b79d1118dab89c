"""Cases as rows of the portal's own format (`systems.past.columns`), as officers of an office read them.

The same for whoever orders it: what is between citizen and overseers, about whoever filed, or said within an
appeal that is not decided is in no row; nor is a contact, a secret, or who of an office did something.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from accounts.actors import Actor
from agencies.models import Office
from complaints.filetypes import ENDINGS, FORMATS
from complaints.models import Attachment, Case, Event, Statement
from complaints.parties import Standing
from complaints.selectors import appeal_words
from complaints.selectors.access import is_hidden_from_offices
from complaints.workflow import State
from complaints.workflow_terms import FILED, HISTORY
from record.chain import moment
from systems.export.choosing import Owned
from systems.past.columns import WRITTEN, Step
from systems.past.steps import codes_of

#: Codes of related rows, by the name under which a case carries them.
CODES = {
    "category": "category__code",
    "place": "place__code",
    "agency_named": "agency_named__code",
    "holder": "holder__code",
    "passed_by": "passed_by__code",
}
PLAIN = (
    *("number", "kind", "status", "waiting_from", "ending", "outcome", "priority", "language"),
    *("channel", "text", "place_note", "latitude", "longitude", "anonymous", "on_behalf"),
    "sensitive",
)
MOMENTS = ("filed_at", "forwarded_at", "answered_at", "closed_at", "words_erased_at")
#: Numbers that are no ids; any other number of a step is one of this database's rows.
NUMBERS = frozenset({"rating", "level"})
#: How a filing came in, by ids of this portal, or what stands in a column.
NOT_TOLD = frozenset({"kind", "source", "typed_by", "api_key", "system", "call"})
#: A reader without any part in a case but that it is with their office.
NOBODY = Actor("user")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of a case: its hash (SHA-256, hex), its kind, where its content is, and whose it is."""

    sha256: str
    content_type: str
    at: str
    #: The number of the case and what the file is called in its row.
    number: str
    name: str

    @property
    def path(self) -> str:
        """Its name in an archive: by its hash, so that it is there once."""
        return f"files/{self.sha256}{ENDINGS[self.content_type]}"


@dataclass(slots=True)
class Exported:
    """A row of JSON Lines, and the files that go with it."""

    row: dict[str, Any]
    files: list[Stored] = field(default_factory=list)


class Rows:
    """The rows of an office's cases, read in parts of some hundred."""

    def __init__(self, owned: Owned) -> None:
        self.owned = owned
        offices = Office.objects.filter(country=settings.COUNTRY)
        self.offices: Mapping[int, str] = dict(offices.values_list("pk", "code"))

    def __iter__(self) -> Iterator[Exported]:
        for _number, part in self.parts():
            yield from part

    def parts(self) -> Iterator[tuple[int, list[Exported]]]:
        """How many cases were looked at with it, and the rows of those that are for whoever ordered."""
        for ids in self.owned.parts():
            yield len(ids), self._part(ids)

    def _part(self, ids: Sequence[int]) -> list[Exported]:
        named = {f"{name}_code": F(path) for name, path in CODES.items()}
        chosen = self.owned.seen().filter(pk__in=ids).annotate(**named)
        cases = list(chosen.order_by("pk"))
        if not cases:
            return []
        pks = [case.pk for case in cases]
        events, files = _by_case(_events(pks)), _by_event(_files(pks))
        hidden = self._hidden_leads(events)
        return [self._exported(case, events[case.pk], files, hidden) for case in cases]

    def _hidden_leads(self, events: Mapping[int, Sequence[Event]]) -> frozenset[str]:
        """Numbers of cases with which one was joined and that are not for whoever ordered."""
        told = (event.data.get("lead") for some in events.values() for event in some)
        numbers = {number for number in told if isinstance(number, str) and number}
        if not numbers:
            return frozenset()
        here = Case.objects.filter(number__in=numbers).values_list("number", flat=True)
        seen = self.owned.seen().filter(number__in=numbers).values_list("number", flat=True)
        return frozenset(here) - frozenset(seen)

    def _exported(
        self,
        case: Case,
        events: Sequence[Event],
        files: Mapping[int, Sequence[Attachment]],
        hidden: frozenset[str],
    ) -> Exported:
        steps, found = list[Step](), list[tuple[int, Attachment]]()
        for event in _for_offices(case, events):
            came = files.get(event.pk, ())
            found += ((len(steps), file) for file in came)
            steps.append(self._step(case, event, hidden, came))
        row = _facts(case) | _mark(steps)
        row["history"] = [step.as_json() for step in steps]
        names = list(_names(file for _place, file in found))
        row["files"] = [
            {"name": name, "sha256": file.sha256, "step": place}
            for name, (place, file) in zip(names, found, strict=True)
        ]
        kept = {column.name: row.get(column.name) for column in WRITTEN}
        filled = {name: value for name, value in kept.items() if value not in (None, "", [])}
        stored = [
            Stored(file.sha256, file.content_type, str(file.file.name), case.number, name)
            for name, (_place, file) in zip(names, found, strict=True)
        ]
        return Exported(filled, stored)

    def _step(
        self, case: Case, event: Event, hidden: frozenset[str], files: Sequence[Attachment]
    ) -> Step:
        at, data = moment(event.happened_at), _codes(event.data, hidden)
        if event.move in FILED:
            return Step(at, "submit", party=event.party, erased=not case.text, data=data)
        statement: Statement | None = getattr(event, "statement", None)
        said = dict(statement.body) if statement is not None else {}
        had_words = statement is not None and (said or statement.erased_at is not None)
        return Step(
            at,
            str(event.data.get("as", "")) if event.move == HISTORY else event.move,
            before=event.from_status,
            to=event.to_status,
            office=self.offices.get(event.office_id or 0, ""),
            channel=event.channel,
            party=event.party,
            said=said,
            kind=statement.kind if statement is not None and had_words else "",
            internal=_is_internal(statement if had_words else None, files),
            erased=bool(had_words and not said),
            data=data,
        )


def _events(ids: Sequence[int]) -> QuerySet[Event]:
    events = Event.objects.filter(case__in=ids).select_related("statement")
    return events.defer("fixed", "prev_hash", "hash").order_by("case_id", "seq")


def _files(ids: Sequence[int]) -> QuerySet[Attachment]:
    return Attachment.objects.filter(case__in=ids, event__isnull=False).order_by("id")


def _by_case(events: QuerySet[Event]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        found[event.case_id].append(event)
    return found


def _by_event(files: QuerySet[Attachment]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = defaultdict(list)
    for file in files:
        found[file.event_id or 0].append(file)
    return found


def _for_offices(case: Case, events: Sequence[Event]) -> Iterator[Event]:
    """The steps that any officer of an office may read whole."""
    who = Standing(case, NOBODY)
    told = [event for event in events if not is_hidden_from_offices(event.move, event.data)]
    open_ones = appeal_words.opened(told)
    return (event for event in told if not appeal_words.is_kept_back(event, who, open_ones))


def _is_internal(statement: Statement | None, files: Sequence[Attachment]) -> bool:
    """Whether what was said, or came, is for officers only; both are, or neither."""
    return bool(statement and statement.internal) or any(file.internal for file in files)


def _names(files: Iterable[Attachment]) -> Iterator[str]:
    """Names that tell nothing: how people called a file may say who they are."""
    counted = Counter[str]()
    for file in files:
        kind = "photo" if file.content_type in FORMATS else "document"
        counted[kind] += 1
        yield f"{kind} {counted[kind]}{ENDINGS[file.content_type]}"


def _facts(case: Case) -> dict[str, Any]:
    row = {name: getattr(case, name) for name in PLAIN}
    row |= {name: getattr(case, f"{name}_code") for name in CODES}
    row |= {name: moment(at) for name in MOMENTS if (at := getattr(case, name)) is not None}
    row["external_id"] = case.number
    if case.status != State.WAITING:
        # It is kept for where the case goes back to, also when it has.
        row["waiting_from"] = ""
    row["publish_consent"] = case.publish_consent and not case.sensitive
    if case.published_at is not None:
        row |= {"public_text": case.public_text, "published_at": moment(case.published_at)}
    return row


def _mark(steps: Sequence[Step]) -> dict[str, Any]:
    """The citizen's last mark, and what they said with it."""
    marked = [step for step in steps if "rating" in step.data]
    if not marked:
        return {}
    last = marked[-1]
    comment = next(iter(last.said.values()), "") if last.kind == Statement.Kind.COMMENT else ""
    return {"rating": last.data["rating"], "rating_comment": comment}


def _codes(data: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    kept = {name: value for name, value in codes_of(data).items() if name not in NOT_TOLD}
    kept = {name: v for name, v in kept.items() if name in NUMBERS or not _is_number(v)}
    if kept.get("lead") in hidden:
        del kept["lead"]
    return kept


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
