"""What a request may cost: SQL statements without BEGIN and COMMIT, pinned."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from complaints.models import Case
from complaints.services import answering, casework, intake
from complaints.submission import ContactDetails, Submission
from tests.complaints.conftest import Scene
from tests.factories.routing import publish_rules

FILING, MOVE = 12, 14
NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def statements(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [q["sql"] for q in captured if not q["sql"].startswith(NOT_COUNTED)]


def test_filing_stays_in_its_budget(scene: Scene) -> None:
    scene.file()
    submission = Submission(
        text="The electricity meter shows a wrong number.",
        category=scene.cast.billing.code,
        place=scene.cast.upazila.code,
        contact=ContactDetails(name="Rahima", phone="01712345678"),
        language="en",
    )
    done = statements(
        lambda: intake.submit(actor=Actor(kind="citizen"), submission=submission, key="once")
    )
    assert len(done) <= FILING, "\n".join(sql[:160] for sql in done)


@pytest.mark.parametrize("move", ["forward", "accept", "ask", "answer", "confirm"])
def test_a_move_stays_in_its_budget(scene: Scene, move: str) -> None:
    cast, receipt = scene.cast, scene.file_named()
    number = receipt.number
    desk, focal = scene.actor(cast.desk), scene.actor(cast.focal)
    officer, citizen = scene.actor(cast.case_officer), scene.citizen(receipt)
    steps: dict[str, Callable[[], Any]] = {
        "forward": lambda: casework.forward(
            actor=desk, number=number, office=cast.department, reason="theirs"
        ),
        "accept": lambda: casework.accept(
            actor=focal, number=number, case_officer=cast.case_officer
        ),
        "ask": lambda: casework.ask(actor=officer, number=number, text="Which meter is it?"),
        "reply": lambda: answering.reply(actor=citizen, number=number, text="The left one."),
        "answer": lambda: answering.answer(
            actor=officer,
            number=number,
            outcome="resolved",
            text="The meter was changed.",
            evidence="Photo",
            cause="system",
        ),
        "confirm": lambda: answering.confirm(actor=citizen, number=number, rating=4),
    }
    for name, step in steps.items():
        if name == move:
            done = statements(step)
            assert len(done) <= MOVE, "\n".join(sql[:160] for sql in done)
            return
        step()


def test_filing_that_the_router_forwards_stays_in_its_budget(scene: Scene) -> None:
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    scene.file()
    submission = Submission(
        text="The electricity meter shows a wrong number.",
        category=scene.cast.billing.code,
        place=scene.cast.upazila.code,
        contact=ContactDetails(name="Rahima", phone="01712345678"),
        language="en",
    )
    actor = Actor(kind="citizen")
    done = statements(lambda: intake.submit(actor=actor, submission=submission, key="once"))
    assert Case.objects.latest("id").holder == scene.cast.department
    assert len(done) <= FILING, "\n".join(sql[:160] for sql in done)
