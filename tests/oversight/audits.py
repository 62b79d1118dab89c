"""Short ways to a closed case that is asked about, and to the calls."""

from typing import Any

from complaints import moment
from complaints.services import answering, withdrawing
from complaints.services.intake import Receipt
from complaints.submission import ContactDetails
from oversight.audits import calling
from oversight.models import Audit
from tests.complaints.conftest import Scene
from tests.oversight.conftest import House

RAHIMA = ContactDetails(name="Rahima", phone="01712345678", email="rahima@example.org")
NO = {"solved": "no", "true": "no", "pressure": "no", "reopen": "yes"}
YES = {"solved": "yes", "true": "yes", "pressure": "no", "reopen": "unknown"}


class Always:
    """A lot that always (or never) draws."""

    def __init__(self, value: float) -> None:
        self.value = value

    def random(self) -> float:
        return self.value


def named(**parts: Any) -> dict[str, Any]:
    """A filing by somebody who can be called."""
    return {"contact": RAHIMA, **parts}


def withdrawn(house: House, *, days: float = 3.1) -> Receipt:
    """A case that its citizen withdrew, so many days before now."""
    receipt = house.forwarded(**named())
    actor = house.scene.citizen(receipt, withdraws=True)
    withdrawing.withdraw(actor=actor, number=receipt.number)
    return receipt


def audit_for(scene: Scene, receipt: Receipt, **parts: Any) -> Audit:
    """A call that is due now, about a closed case."""
    case, now = scene.case(receipt), moment.now()
    said = {
        "office_id": case.holder_id,
        "outcome": case.outcome,
        "ending": case.ending,
        "closed_at": case.closed_at,
        "why": Audit.Why.DRAWN,
        "created_at": now,
        "next_call_at": now,
    }
    return Audit.objects.create(case=case, **(said | parts))


def take_and_end(
    house: House, audit: Audit, answers: dict[str, str], by: str = "overseer"
) -> Audit:
    """A whole call: taken, answered."""
    actor = house.scene.actor(getattr(house.cast, by))
    calling.take(actor=actor, pk=audit.pk)
    return calling.answered(actor=actor, pk=audit.pk, answers=answers)


def confirm(house: House, receipt: Receipt) -> None:
    answering.confirm(actor=house.scene.citizen(receipt), number=receipt.number, rating=5)
