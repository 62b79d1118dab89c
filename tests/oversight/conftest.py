"""A country with cases in every state, and somebody who looks on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import User
from accounts.roles import Role
from agencies.models import Office
from complaints.models import Case, Respondent
from complaints.services import answering, casework
from complaints.services.escalation import sweep
from complaints.services.intake import Receipt
from oversight.figures import keeping
from oversight.models import Kept
from record.services.writing import write
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.conftest import cast as cast
from tests.complaints.conftest import clock as clock
from tests.complaints.conftest import scene as scene
from tests.factories.agencies import make_officer


class House:
    """A scene whose clock goes on by days, with pages asked for in English."""

    def __init__(self, scene: Scene, clock: time_machine.Traveller, client: Client) -> None:
        self.scene, self.cast, self.clock, self.client = scene, scene.cast, clock, client
        self.who = ""
        self.other: User | None = None

    def day(self, number: float) -> None:
        """So many days after the first Sunday; what was counted before is forgotten."""
        self.clock.move_to(SUNDAY + timedelta(days=number))
        cache.clear()
        if self.who:
            # A session lasts half a day.
            self.sign_in(self.who)

    def filed(self, **parts: Any) -> Receipt:
        """A case at the desk."""
        return self.scene.file(**parts)

    def forwarded(self, office: Office | None = None, **parts: Any) -> Receipt:
        """A case with the department, or with another office."""
        receipt = self.filed(**parts)
        self.forward(receipt, office)
        return receipt

    def forward(self, receipt: Receipt, office: Office | None = None) -> None:
        casework.forward(
            actor=self.scene.actor(self.cast.desk),
            number=receipt.number,
            office=office or self.cast.department,
            reason="Power meters",
        )

    def answer(self, receipt: Receipt, outcome: str = "resolved") -> None:
        """The department accepts it, if it has not yet, and answers."""
        if self.case(receipt).status == "forwarded":
            casework.accept(
                actor=self.scene.actor(self.cast.focal),
                number=receipt.number,
                case_officer=self.cast.case_officer,
            )
        answering.answer(
            actor=self.scene.actor(self.cast.case_officer),
            number=receipt.number,
            outcome=outcome,
            text="The meter was changed.",
            evidence="Photo",
            cause="system",
        )

    def answered(self, outcome: str = "resolved", **parts: Any) -> Receipt:
        receipt = self.forwarded(**parts)
        self.answer(receipt, outcome)
        return receipt

    def confirmed(self, **parts: Any) -> Receipt:
        receipt = self.answered(**parts)
        answering.confirm(actor=self.scene.citizen(receipt), number=receipt.number, rating=5)
        return receipt

    def dispute(self, receipt: Receipt) -> None:
        answering.dispute(
            actor=self.scene.citizen(receipt), number=receipt.number, reason="It is still broken"
        )

    def case(self, receipt: Receipt) -> Case:
        return self.scene.case(receipt)

    def about_the_overseer(self) -> Receipt:
        """A case with the department about the overseer of the cast, and who may still see it."""
        receipt = self.forwarded(about_official=True)
        Respondent.objects.create(
            case=self.case(receipt), user=self.cast.overseer, linked_at=timezone.now()
        )
        self.other = make_officer("Other Overseer", Role.OVERSEER, self.cast.rival_ministry)
        return receipt

    def sweep(self) -> None:
        sweep()

    def statements(self, path: str, *, kept: bool = False) -> int:
        """How many statements a page asks of the database: with nothing in the cache, or as it is."""
        if not kept:
            cache.clear()
        with CaptureQueriesContext(connection) as captured:
            self.page(path)
        return len(captured)

    def count(self) -> None:
        """The figures brought up to now, as the workers do it: the log, then what follows it.

        The test has to be of committed transactions (`django_db(transaction=True)`).
        """
        write()
        keeping.keep()
        keeping.count_backlog_now(Kept.objects.get(pk=1))

    def sign_in(self, who: str) -> None:
        self.who = who
        user = self.other if who == "other" else getattr(self.cast, who)
        self.client.force_login(user)

    def page(self, path: str, status: int = 200) -> str:
        """A page in English."""
        answer = self.client.get(f"/en{path}")
        assert answer.status_code == status, answer.status_code
        return answer.content.decode()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Whatever language the page of another test was last asked for in."""
    with translation.override("en"):
        yield


@pytest.fixture
def house(scene: Scene, clock: time_machine.Traveller, client: Client) -> House:
    """The cast on a Sunday, the overseer signed in."""
    house = House(scene, clock, client)
    house.sign_in("overseer")
    return house


#: Midnight at the end of the tenth day after SUNDAY, in Dhaka.
TENTH_DAY_OVER = datetime(2026, 12, 2, 18, 0, tzinfo=UTC)
