"""Proving the record: every event still says what it said, in its order, and so do the words beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from complaints.models import Case, Event, Statement
from complaints.services.work import hashed_fields
from record import chain


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a case's record: at which event (0: the case as a whole), and how.

    `code` is one of gap, link, hash, version, words, words_missing, end, no_events.
    """

    number: str
    seq: int
    code: str


@dataclass
class Verification:
    """Walks the chains in the order of cases and events; counts what it saw. Memory stays the same.

    `faults` gives each fault as it is met; whoever wants only the first one stops there.
    """

    number: str = ""
    cases: int = 0
    events: int = 0

    def faults(self) -> Iterator[Fault]:
        """Every fault of one case (if a number is given) or of all cases of this country."""
        last: Event | None = None
        for event in self._events():
            if last is not None and event.case_id != last.case_id:
                yield from _end(last)
                last = None
            if last is None:
                self.cases += 1
            self.events += 1
            yield from _event(event, last)
            last = event
        if last is not None:
            yield from _end(last)
        for number in self._cases().filter(events=None).values_list("number", flat=True):
            yield Fault(number, 0, "no_events")

    def _cases(self) -> QuerySet[Case]:
        found = Case.objects.filter(country=settings.COUNTRY)
        return found.filter(number=self.number) if self.number else found

    def _events(self) -> Iterator[Event]:
        # One statement, so one moment: what is filed meanwhile is not half seen.
        events = Event.objects.filter(case__country=settings.COUNTRY)
        if self.number:
            events = events.filter(case__number=self.number)
        events = events.select_related("case", "statement").order_by("case_id", "seq")
        return events.defer("case__public_text").iterator(chunk_size=500)


def _event(event: Event, before: Event | None) -> Iterator[Fault]:
    number = event.case.number
    if event.seq != (before.seq + 1 if before else 1):
        yield Fault(number, event.seq, "gap")
    if event.prev_hash != (before.hash if before else ""):
        yield Fault(number, event.seq, "link")
    if event.version != chain.VERSION:
        yield Fault(number, event.seq, "version")
    elif event.hash != chain.event_hash(hashed_fields(event), event.prev_hash):
        yield Fault(number, event.seq, "hash")
    code = _words(event)
    if code:
        yield Fault(number, event.seq, code)


def _words(event: Event) -> str:
    """Whether the words are the ones that the event is committed to; erased ones are not asked."""
    if event.move == "submit":
        salt, body = event.case.text_salt, {"text": event.case.text}
        if not salt and not event.case.text:
            return ""
    else:
        statement: Statement | None = getattr(event, "statement", None)
        if statement is None:
            return "words_missing" if event.commitment else ""
        if statement.erased_at is not None:
            return ""
        salt, body = statement.salt, statement.body
    try:
        agrees = bool(salt) and chain.commitment(salt, body) == event.commitment
    except ValueError:
        agrees = False
    return "" if agrees else "words"


def _end(last: Event) -> Iterator[Fault]:
    """The case has to name the last event that is there: else some were cut off."""
    case = last.case
    if (case.last_seq, case.last_hash) != (last.seq, last.hash):
        yield Fault(case.number, last.seq, "end")
