"""A log of its own making: hashes that wait, days that pass."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from record.models import Waiting
from record.selectors import end_of_day
from record.services import writing

#: 10:00 in Dhaka.
MORNING = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)


class LogScene:
    """Puts events into the queue as the trigger does, lets days go by, runs the writer."""

    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock, self.made = clock, 0

    def events(self, number: int, at: datetime | None = None) -> list[bytes]:
        """So many events are recorded, now or at another time; gives their hashes."""
        ids = range(self.made + 1, self.made + number + 1)
        self.made += number
        hashes = [hashlib.sha256(f"event {pk}".encode()).digest() for pk in ids]
        Waiting.objects.bulk_create(
            Waiting(event_id=pk, hash=value, recorded_at=at or timezone.now())
            for pk, value in zip(ids, hashes, strict=True)
        )
        return hashes

    def midnight(self, day: date = DAY, after: timedelta = writing.GRACE) -> None:
        """It is just after the end of a day, when its head is due."""
        self.clock.move_to(end_of_day(day) + after)

    def days(self, *numbers: int) -> None:
        """One day after the other, each with so many events, and their heads."""
        for passed, number in enumerate(numbers):
            day = DAY + timedelta(days=passed)
            self.clock.move_to(MORNING + timedelta(days=passed))
            self.events(number)
            writing.write()
            self.midnight(day)
            writing.write()


@pytest.fixture
def log(db: None) -> Iterator[LogScene]:
    """An empty log on a Sunday morning."""
    with time_machine.travel(MORNING, tick=False) as clock:
        yield LogScene(clock)
