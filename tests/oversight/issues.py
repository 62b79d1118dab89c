"""An issue, and the people around it, for the tests of systemic issues."""

from datetime import date, timedelta
from typing import Any

from complaints.services import answering, casework
from oversight.issues import services
from oversight.models import Issue
from tests.complaints.conftest import SUNDAY
from tests.oversight.conftest import House

#: The first day of the scene.
DAY_ZERO = SUNDAY.date()


def day(number: int) -> date:
    """So many days after the Sunday of the scene."""
    return DAY_ZERO + timedelta(days=number)


def begin(house: House, **parts: Any) -> Issue:
    """An issue of the department: wrong bills, to be put right in 20 days."""
    given: dict[str, Any] = {
        "title": "Bills that nobody can check",
        "language": "en",
        "owner": house.cast.department,
        "category": house.cast.electricity,
        "due": day(20),
        "cause": "The meters are read by guess.",
    }
    return services.begin(actor=house.scene.actor(house.cast.overseer), **(given | parts))


def as_overseer(house: House, issue: Issue) -> dict[str, Any]:
    return {"actor": house.scene.actor(house.cast.overseer), "key": issue.key}


def publish(house: House, issue: Issue, **parts: Any) -> Issue:
    """Shown to everybody."""
    given = {
        "title": "Bills that nobody can check",
        "language": "en",
        "you_said": "Bills are much higher than what was used.",
    }
    services.publish(**as_overseer(house, issue), **(given | parts))
    issue.refresh_from_db()
    return issue


def fix(house: House, issue: Issue, fixed_on: date | None = None) -> Issue:
    """Put right, on the day that it is."""
    services.fix(
        **as_overseer(house, issue),
        fixed_on=fixed_on or DAY_ZERO,
        we_did="All meters in the district were changed.",
    )
    issue.refresh_from_db()
    return issue


def file_many(house: House, number: int, **parts: Any) -> list[Any]:
    """So many complaints about bills, with the department."""
    category = parts.pop("category", house.cast.billing.code)
    return [house.forwarded(category=category, **parts) for _each in range(number)]


def answer(house: House, receipt: Any, **parts: Any) -> None:
    """Accepted and answered by the department: a technical cause, unless told otherwise."""
    cast, scene = house.cast, house.scene
    casework.accept(
        actor=scene.actor(cast.focal), number=receipt.number, case_officer=cast.case_officer
    )
    said = {
        "outcome": "resolved",
        "text": "The meter was changed.",
        "evidence": "Photo",
        "cause": "system",
    }
    officer = scene.actor(cast.case_officer)
    answering.answer(actor=officer, number=receipt.number, **(said | parts))
