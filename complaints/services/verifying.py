"""Proving the record: every event still says what it said, the rows beside it and the log agree with it."""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from complaints.models import (
    Appeal,
    Attachment,
    Case,
    Clock,
    Escalation,
    Event,
    Feedback,
    Hearing,
    IdentityLook,
    Investigation,
    Recommendation,
    Respondent,
    ServedSummary,
)
from complaints.services.verifying_case import Fault, Story
from record.models import Entry, Waiting
from record.selectors import waiting_age
from record.verifying import LogVerification

#: Cases that are read together.
BATCH = 500
#: Field of a story → the table that it comes from.
BESIDE: dict[str, type[Model]] = {
    "clocks": Clock,
    "files": Attachment,
    "appeals": Appeal,
    "ratings": Feedback,
    "looks": IdentityLook,
    "escalations": Escalation,
    "respondents": Respondent,
}
#: The same for what happened within appeals, each with what has to be read with it.
WITHIN: dict[str, QuerySet[Any]] = {
    "hearings": Hearing.objects.prefetch_related("attendances"),
    "investigations": Investigation.objects.prefetch_related("team"),
    "recommendations": Recommendation.objects.select_related("office"),
}


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read inside is of one moment: what is filed meanwhile is not half seen."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _together() -> AbstractContextManager[None]:
    """Inside a transaction of the caller's there is nothing to be set any more."""
    return nullcontext() if connection.in_atomic_block else _one_moment()


@dataclass
class Verification:
    """Walks all cases by their ids, then the log; counts what it saw. Memory stays the same.

    `faults` gives each fault as it is met; whoever wants only the first one stops there. With
    `patience`, events that have been waiting for the log for longer are a fault as well.
    """

    number: str = ""
    patience: timedelta | None = None
    cases: int = 0
    events: int = 0
    entries: int = 0

    def faults(self) -> Iterator[Fault]:
        """Every fault of one case (if a number is given), or of all cases and the log."""
        last = 0
        while stories := self._stories(last):
            for story in stories:
                self.cases += 1
                self.events += len(story.events)
                yield from story.faults()
            last = stories[-1].case.pk
        if not self.number:
            yield from self._log()

    def _stories(self, after: int) -> list[Story]:
        """The next cases with all that belongs to their records, whatever country they are said to be of."""
        found = Case.objects.filter(pk__gt=after).order_by("pk")
        if self.number:
            found = found.filter(number=self.number)
        with _together():
            stories = {case.pk: Story(case) for case in found.defer("public_text")[:BATCH]}
            if stories:
                _fill(stories)
        return list(stories.values())

    def _log(self) -> Iterator[Fault]:
        log = LogVerification(_there_are)
        for fault in log.faults():
            yield Fault("", fault.log_seq, fault.code, fault.day)
        self.entries = log.entries
        age = waiting_age()
        if self.patience is not None and age is not None and age > self.patience:
            yield Fault("", 0, "log_late", f"{age.total_seconds():.0f} s")


def _fill(stories: dict[int, Story]) -> None:
    events = Event.objects.filter(case__in=stories).select_related("statement")
    for event in events.order_by("case_id", "seq"):
        story = stories[event.case_id]
        event.case = story.case
        story.events.append(event)
    for name, model in BESIDE.items():
        rows: QuerySet[Model] = model._default_manager.filter(case__in=stories)
        for row in rows:
            getattr(stories[row.case_id], name).append(row)  # type: ignore[attr-defined]
    for name, within in WITHIN.items():
        for row in within.filter(appeal__case__in=stories).select_related("appeal"):
            getattr(stories[row.appeal.case_id].within_appeals, name).append(row)
    for served in ServedSummary.objects.filter(case__in=stories):
        stories[served.case_id].within_appeals.summaries.append(served)
    _look_up_in_log(stories)


def _look_up_in_log(stories: dict[int, Story]) -> None:
    whose = {event.pk: story for story in stories.values() for event in story.events}
    entries = Entry.objects.filter(event_id__in=whose).values_list("event_id", "leaf_hash")
    for event_id, leaf in entries:
        whose[event_id].leaves[event_id] = bytes(leaf)
    for event_id in Waiting.objects.filter(event_id__in=whose).values_list("event_id", flat=True):
        whose[event_id].waiting.add(event_id)


def _there_are(ids: Collection[int]) -> Collection[int]:
    """Those of the ids that are events'."""
    return set(Event.objects.filter(pk__in=ids).values_list("pk", flat=True))
