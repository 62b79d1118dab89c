"""What a request may cost: SQL statements without BEGIN and COMMIT, pinned."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from complaints.models import Case
from complaints.services import answering, casework, intake
from complaints.submission import ContactDetails, Submission
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day
from tests.factories.routing import publish_rules

FILING, MOVE, CASE_PAGE, TRACK_PAGE = 12, 14, 10, 5
#: Who may be of the team has to be asked of the posts, and it has a table of its own.
MORE = {"investigate": 1}
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


def whole_appeal(scene: Scene, clock: Any) -> Play:
    """A case in appeal with everything in it that there can be, about somebody who was served."""
    play = Play(scene, place=scene.cast.upazila.code).forward().accept().answer()
    play.about(user_id=scene.cast.rival_case_officer.pk)
    play.appeal().set_hearing(day(7)).testify(files=[play.photo("citizen")])
    play.testify(by="ministry_focal", witness="Karim the grocer").guide()
    clock.move_to(day(8))
    play.hold_hearing().investigate(team=("ministry_head",)).recommend()
    return play.recommend(to=scene.cast.ministry).set_hearing(day(20))


@pytest.mark.parametrize(
    "who",
    [
        *("ministry_focal", "ministry_head", "overseer", "auditor", "focal", "head"),
        *("case_officer", "rival_focal", "desk"),
    ],
)
def test_the_page_of_a_case_in_appeal_stays_in_its_budget(
    scene: Scene, client: Client, clock: Any, who: str
) -> None:
    play = whole_appeal(scene, clock)
    client.force_login(getattr(scene.cast, who))
    address = f"/en/office/cases/{play.number}/"
    assert 'id="appeal"' in client.get(address).content.decode()
    done = statements(lambda: client.get(address))
    assert len(done) <= CASE_PAGE, "\n".join(sql[:160] for sql in done)


def test_the_citizens_page_of_a_case_in_appeal_stays_in_its_budget(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = whole_appeal(scene, clock)
    opened = {"number": play.number, "secret": play.receipt.secret}
    assert client.post("/en/complaints/track/", opened).status_code == 302
    address = f"/en/complaints/track/{play.number}/"
    assert "Room 12" in client.get(address).content.decode()
    done = statements(lambda: client.get(address))
    assert len(done) <= TRACK_PAGE, "\n".join(sql[:160] for sql in done)


@pytest.mark.parametrize("level", [1, 2])
def test_what_is_done_in_an_appeal_stays_in_its_budget(
    scene: Scene, clock: Any, level: int
) -> None:
    play = Play(scene).forward().accept().answer()
    play.about(user_id=scene.cast.rival_case_officer.pk).appeal()
    by = "ministry_focal"
    if level == 2:
        play.dismiss().appeal()
        by = "overseer"
    deciding, office, team = play.actor(by), play.actor("head"), play.actor("rival_focal")
    steps: dict[str, Callable[[], Any]] = {
        "set_hearing": lambda: play.set_hearing(day(7), by=by),
        "move_hearing": lambda: play.move_hearing(day(8), by=by),
        "testify": lambda: play.testify(),
        "hold_hearing": lambda: (clock.move_to(day(8)), play.hold_hearing(by=by)),
        "investigate": lambda: play.investigate(by=by),
        "report": lambda: play.report(),
        "guide": lambda: play.guide(by=by),
        "recommend": lambda: play.recommend(by=by),
        "follow": lambda: play.follow(),
        "dismiss": lambda: play.dismiss(by=by),
    }
    actors = {by: deciding, "head": office, "rival_focal": team, "citizen": play.actor("citizen")}
    play.actor = actors.__getitem__  # type: ignore[method-assign, assignment]
    for name, step in steps.items():
        done = statements(step)
        most = MOVE + MORE.get(name, 0)
        assert len(done) <= most, name + "\n" + "\n".join(sql[:160] for sql in done)
