"""The cast, a frozen clock and short ways to a case in any state, for all tests of casework."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from accounts.actors import Actor
from accounts.models import User
from agencies.selectors import actor_for
from complaints.models import Case
from complaints.services import intake
from complaints.services.intake import Receipt
from complaints.submission import ContactDetails, Submission
from tests.factories.agencies import RegistryCast, make_registry

#: A Sunday, 10:00 in Dhaka: the moment of the rules' own example.
SUNDAY = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> RegistryCast:
    """The tiny country with its people."""
    return make_registry()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still at SUNDAY; `clock.move_to` moves it."""
    with time_machine.travel(SUNDAY, tick=False) as coordinates:
        yield coordinates


class Scene:
    """A registry, and verbs to put a case where a test needs it."""

    def __init__(self, cast: RegistryCast) -> None:
        self.cast = cast

    def actor(self, user: User) -> Actor:
        """A person with the posts they hold now."""
        return actor_for(user)

    def file(self, text: str = "The electricity meter shows a wrong number.", **parts) -> Receipt:
        """File a complaint as an anonymous visitor, or with what is given."""
        submission = Submission(text=text, language=parts.pop("language", "en"), **parts)
        return intake.submit(actor=Actor(kind="citizen"), submission=submission)

    def file_named(self, **parts) -> Receipt:
        """File with a name, a phone and an e-mail address."""
        contact = ContactDetails(name="Rahima", phone="01712345678", email="rahima@example.org")
        return self.file(contact=contact, **parts)

    def citizen(self, receipt: Receipt, *, withdraws: bool = False) -> Actor:
        """Whoever proved the case by its secret."""
        case = self.case(receipt)
        return Actor(kind="citizen", case_id=case.pk, withdrawal_proved=withdraws)

    def case(self, receipt: Receipt) -> Case:
        """The case as it is in the database now."""
        return Case.objects.get(number=receipt.number)


@pytest.fixture
def scene(cast: RegistryCast, clock: time_machine.Traveller) -> Scene:
    """The cast on a Sunday morning."""
    return Scene(cast)
