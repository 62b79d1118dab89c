"""What a system reads of those who worked on a case: offices and posts, no officer."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.conftest import Joined
from tests.systems.working import Works


@pytest.fixture
def works(joined: Joined) -> Works:
    return Works(joined)


def test_of_officers_a_system_reads_the_office_and_no_name_nor_number(
    scene: Scene, works: Works
) -> None:
    play = Play(scene).forward().accept().assign("case_officer").ask().reply().answer().appeal()
    play.set_hearing().testify().investigate().report().dismiss().reopen()
    body = works.case(play.number).json()
    told = str(body["timeline"])
    names = User.objects.exclude(pk=works.system.user_id).values_list("pk", "name", "email")
    for _pk, name, email in names:
        assert not name or name not in told
        assert email not in told
    people = {"case_officer", "team", "served", "typed_by", "by_operator"}
    assert all(not people & set(step["data"]) for step in body["timeline"])
    by_move = {step["move"]: step for step in body["timeline"]}
    assert by_move["accept"]["who"] == scene.cast.department.name
    assert by_move["accept"]["data"] == {}
    assert by_move["forward"]["data"]["office"] == scene.cast.department.code
    assert by_move["answer"]["data"] == {"outcome": "resolved", "cause": "system"}
    assert (by_move["submit"]["who"], by_move["reply"]["who"]) == ("", "")
    as_officer = APIClient()
    as_officer.force_authenticate(scene.cast.focal)
    read = as_officer.get(f"/api/v1/cases/{play.number}/").json()["timeline"]
    accepted = next(step for step in read if step["move"] == "accept")
    assert accepted["who"] not in ("", scene.cast.department.name)
    assert accepted["data"]["case_officer"] == scene.cast.case_officer.pk


def test_of_whom_a_statement_is_a_system_learns_nothing_while_it_is_kept_back(
    scene: Scene, works: Works
) -> None:
    play = Play(scene).forward().accept().answer().appeal().testify(by="case_officer")
    step = works.case(play.number).json()["timeline"][-1]
    assert (step["move"], step["party"], step["who"], step["data"]) == ("testify", "", "", {})


def test_a_long_case_costs_a_system_as_many_statements_as_a_short_one(
    scene: Scene, works: Works, django_assert_max_num_queries: Any
) -> None:
    play = Play(scene).forward().accept()
    for _time in range(6):
        play.message(by="focal")
    with django_assert_max_num_queries(14):
        assert works.case(play.number).status_code == 200
