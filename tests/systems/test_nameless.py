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


def test_a_system_reads_whether_a_case_is_its_own_and_of_no_officer_the_id(
    scene: Scene, works: Works
) -> None:
    play = Play(scene).forward()

    def told() -> list[Any]:
        one = works.case(play.number).json()
        (row,) = works.api.get("/api/v1/cases/").json()["results"]
        assert (row["assigned"], row["assigned_to"]) == (one["assigned"], one["assigned_to"])
        return [one["assigned"], one["assigned_to"]]

    assert told() == [None, "nobody"]
    accepted = works.accept(play.number, external_ref="GW-1").json()
    assert (accepted["assigned"], accepted["assigned_to"]) == (None, "you")
    assert told() == [None, "you"]
    play.assign("case_officer")
    assert told() == [None, "another"]
    taken = works.move(play.number, "assign", {}).json()
    assert (taken["assigned"], taken["assigned_to"]) == (None, "you")
    noted = works.move(play.number, "note", {"text": "Ours again."}).json()
    assert (noted["assigned"], noted["assigned_to"]) == (None, "you")


def test_an_officer_s_own_app_reads_the_id_that_it_names_in_a_move(
    scene: Scene, works: Works
) -> None:
    play = Play(scene).forward()
    app = APIClient()
    app.force_authenticate(scene.cast.focal)
    address = f"/api/v1/cases/{play.number}/"
    missing = app.post(f"{address}moves/accept/", {}, format="json")
    assert "case_officer" in missing.json()["errors"]
    officer = scene.cast.case_officer.pk
    moved = app.post(f"{address}moves/accept/", {"case_officer": officer}, format="json").json()
    assert (moved["assigned"], moved["assigned_to"]) == (officer, "another")
    (row,) = app.get("/api/v1/cases/").json()["results"]
    assert (row["assigned"], row["assigned_to"]) == (officer, "another")
    without = app.post(f"{address}moves/assign/", {}, format="json")
    assert (without.status_code, list(without.json()["errors"])) == (422, ["case_officer"])
    app.force_authenticate(scene.cast.case_officer)
    assert app.get(address).json()["assigned_to"] == "you"


def test_a_citizen_reads_neither(scene: Scene) -> None:
    play = Play(scene).forward().accept()
    path = f"/api/v1/complaints/{play.number}/moves/message/"
    said = {"secret": play.receipt.secret, "text": "It is dark again."}
    moved = APIClient().post(path, said, format="json")
    assert moved.status_code == 200, moved.content
    assert (moved.json()["assigned"], moved.json()["assigned_to"]) == (None, "")


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
