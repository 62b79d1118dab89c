"""Synthetic cases in bulk, for trying out how the portal does with many. Not real, not for figures.

Rows are written straight, past the services, since a million filings would take hours; they are such
as the services would have left: each case with its chain, clocks and holders, so that
`verify_record` and the sweep take them for what they look like.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from agencies.models import Category, Office, Place
from agencies.snapshot import Registry
from complaints import clocks, fixing, moment, tracking
from complaints.models import Case, Clock, Event, Handling
from complaints.services.work import seal_event
from complaints.workflow import Ending, Outcome, State
from record import chain

BATCH = 1000
YEARS = 2
#: How a synthetic case ends up, and how many of a hundred do.
FATES = {"received": 4, "forwarded": 6, "in_progress": 12, "answered": 8, "closed": 70}
TEXTS = (
    "The road in front of our house has been broken for weeks and nobody comes to mend it",
    "No water has come from the pipe for days although the bill is paid every month",
    "The electricity bill is three times as high as last month and the office does not explain it",
    "My application has been lying at the office for months and nobody tells me what is missing",
    "The street lamp is dark and there were two robberies in the lane this month",
    "The doctor does not come before noon although people wait from eight in the morning",
    "রাস্তাটি কয়েক মাস ধরে ভাঙা, কেউ মেরামত করতে আসে না",
    "বিদ্যুৎ বিল গত মাসের তিনগুণ এসেছে, অফিস কোনো উত্তর দেয় না",
    "আবেদন ছয় মাস ধরে অফিসে পড়ে আছে, কী কাগজ লাগবে কেউ বলে না",
    "Jalan di depan sekolah rusak parah dan belum ada perbaikan",
    "Air tidak mengalir sejak minggu lalu, mohon segera ditangani",
)


@dataclass
class Batch:
    """Rows to be written together."""

    cases: list[Case] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    handlings: list[Handling] = field(default_factory=list)

    def write(self) -> None:
        """All in one transaction."""
        with transaction.atomic():
            Case.objects.bulk_create(self.cases)
            Event.objects.bulk_create(self.events)
            Clock.objects.bulk_create(self.clocks)
            Handling.objects.bulk_create(self.handlings)


class Loader:
    """Makes cases by a seed: the same seed makes the same ones, but for their numbers."""

    def __init__(self, registry: Registry, seed: int) -> None:
        self.registry, self.random = registry, random.Random(seed)  # noqa: S311 - not for secrets
        country = registry.country
        offices = Office.objects.open().filter(country=country).order_by("pk")
        self.offices = list(offices.only("pk", "code", "agency_id")[:5000])
        self.places = list(
            Place.objects.filter(country=country).values_list("pk", flat=True)[:5000]
        )
        self.categories = list(
            Category.objects.filter(country=country).values_list("pk", flat=True)
        )
        self.now = moment.now()

    def make(self, number: int) -> Iterator[int]:
        """Write so many cases, in batches; yields how many there are so far."""
        done = 0
        while done < number:
            batch = Batch()
            for _each in range(min(BATCH, number - done)):
                self._add(batch)
            batch.write()
            done += len(batch.cases)
            yield done

    def _add(self, batch: Batch) -> None:
        choose = self.random
        fate = choose.choices(list(FATES), list(FATES.values()))[0]
        age = 3 + choose.random() * 25 if fate != "closed" else 30 + choose.random() * 365 * YEARS
        filed = self.now - timedelta(days=age)
        case = Case(
            country=self.registry.country,
            number=tracking.new_number(),
            status=State.RECEIVED,
            language=choose.choice(("bn", "en", "id")),
            channel=choose.choice(("web", "api", "hotline", "counter")),
            text=f"{choose.choice(TEXTS)} ({choose.randrange(10**6)})",
            text_salt=chain.new_salt(),
            category_id=choose.choice(self.categories) if self.categories else None,
            place_id=choose.choice(self.places) if self.places else None,
            anonymous=True,
            secret_hash="",
            withdrawal_hash="",
            filed_at=filed,
        )
        story = _Story(self, batch, case, filed)
        story.tell(fate)
        batch.cases.append(case)


class _Story:
    """One case as it goes on: each step an event, and the clocks it moves."""

    def __init__(self, loader: Loader, batch: Batch, case: Case, filed: datetime) -> None:
        self.loader, self.batch, self.case, self.at = loader, batch, case, filed
        self.events: list[Event] = []

    def tell(self, fate: str) -> None:
        """From filing to where the case ends up."""
        commitment = chain.commitment(self.case.text_salt, {"text": self.case.text})
        self._event("submit", "", State.RECEIVED, "citizen", commitment=commitment)
        self._clock("forward", running=fate == "received")
        steps = list(FATES).index(fate)
        for step in (self._forward, self._accept, self._answer, self._close)[:steps]:
            self.at += timedelta(hours=self.loader.random.uniform(1, 20))
            step(fate)
        self._seal()

    def _seal(self) -> None:
        """The last event fixes how case and clocks ended up; then each is chained to the one before."""
        case = self.case
        turned = [fixing.clock_values(c) for c in self.batch.clocks if c.case is case]
        changed = fixing.changes(fixing.NOTHING_YET, fixing.case_values(case))
        fixing.add(self.events[-1].fixed, changed, turned)
        for event in self.events:
            event.prev_hash = case.last_hash
            seal_event(event)
            case.last_hash = event.hash
        self.batch.events += self.events

    def _forward(self, fate: str) -> None:
        office = self.loader.random.choice(self.loader.offices)
        self.case.holder, self.case.forwarded_at = office, self.at
        self.batch.handlings.append(Handling(case=self.case, office=office, since=self.at))
        self._event("forward", State.RECEIVED, State.FORWARDED, "router")
        self._clock("accept", running=fate == "forwarded")
        self._clock("resolve", running=fate in ("forwarded", "in_progress"))

    def _accept(self, fate: str) -> None:
        self._event("accept", State.FORWARDED, State.IN_PROGRESS, "focal")

    def _answer(self, fate: str) -> None:
        self.case.outcome = self.loader.random.choice(list(Outcome))
        self.case.answered_at = self.at
        self._event("answer", State.IN_PROGRESS, State.ANSWERED, "focal")
        self._clock("confirm", running=fate == "answered")

    def _close(self, fate: str) -> None:
        confirmed = self.loader.random.random() < 0.5
        self.case.ending = Ending.CONFIRMED if confirmed else Ending.SILENT
        self.case.closed_at = self.at
        move, party = ("confirm", "citizen") if confirmed else ("lapse", "system")
        self._event(move, State.ANSWERED, State.CLOSED, party)

    def _event(self, move: str, before: str, after: str, party: str, commitment: str = "") -> None:
        case = self.case
        case.status, case.last_seq = after, case.last_seq + 1
        case.office_seq += 1
        event = Event(
            case=case,
            seq=case.last_seq,
            version=chain.VERSION,
            move=move,
            from_status=before,
            to_status=after,
            actor_kind="citizen" if party == "citizen" else "system",
            party=party,
            channel="synthetic",
            data={"synthetic": True},
            commitment=commitment,
            happened_at=self.at,
            recorded_at=self.at,
        )
        self.events.append(event)

    def _clock(self, kind: str, *, running: bool) -> None:
        calendar = self.loader.registry.calendar()
        policy = self.loader.registry.policy(kind, self.at)
        due = clocks.due_at(self.at, policy.amount, policy.unit, calendar)
        clock = Clock(
            case=self.case,
            kind=kind,
            amount=policy.amount,
            unit=policy.unit,
            zone=str(calendar.zone),
            office=self.case.holder if kind in ("accept", "resolve") else None,
            started_at=self.at,
            due_at=due,
            counted_at=self.at,
        )
        if running:
            self._run(clock)
        else:
            clock.stopped_at, clock.stopped_how = self.at + timedelta(hours=1), "met"
        self.batch.clocks.append(clock)

    def _run(self, clock: Clock) -> None:
        """An open clock, as a sweep just now would have left it."""
        clock.next_at = clock.due_at
        if clock.kind in clocks.LADDERED:
            earliest = min(filter(None, (self.case.next_due, clock.due_at)))
            self.case.next_due = earliest
        if clock.kind in clocks.LADDERED and clock.due_at <= self.loader.now:
            clock.missed_at, clock.level, clock.next_at = clock.due_at, 3, None
        elif clock.due_at <= self.loader.now:
            clock.next_at = clock.due_at = self.loader.now + timedelta(days=1)
