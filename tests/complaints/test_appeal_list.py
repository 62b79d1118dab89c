"""The list of appeals: who finds which there, and what it costs."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints import moment
from tests.complaints.appealing import appealed, case_page, page
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day
from tests.factories.agencies import make_officer


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("ministry_focal", True),
        ("ministry_head", True),
        ("overseer", True),
        ("auditor", True),
        ("focal", False),
        ("head", False),
        ("rival_focal", False),
    ],
)
def test_an_appeal_stands_in_the_list_of_those_who_decide_it(
    scene: Scene, client: Client, who: str, sees: bool
) -> None:
    play = appealed(scene)
    shown = page(scene, client, who, "/office/appeals/")
    assert (play.number in shown) == sees
    assert ("No appeal waits for a decision." in shown) != sees


@pytest.mark.parametrize("who", ["case_officer", "desk", "operator", "registrar", "alice"])
def test_the_list_is_not_for_others(scene: Scene, client: Client, who: str) -> None:
    client.force_login(getattr(scene.cast, who))
    assert client.get("/en/office/appeals/").status_code == 403
    client.logout()
    assert client.get("/en/office/appeals/").status_code == 302


def test_it_is_in_the_navigation_of_those_it_is_for(scene: Scene, client: Client) -> None:
    assert 'href="/en/office/appeals/"' in page(scene, client, "head", "/office/")
    assert 'href="/en/office/appeals/"' not in page(scene, client, "case_officer", "/office/")


@pytest.mark.parametrize(
    ("show", "empty"),
    [
        ("decide", "No appeal waits for a decision."),
        ("hearings", "No hearing is set."),
        ("investigations", "Nothing is being investigated."),
        ("recommendations", "No recommendation waits for an answer."),
        ("nonsense", "No appeal waits for a decision."),
    ],
)
def test_an_empty_list_says_so(scene: Scene, client: Client, show: str, empty: str) -> None:
    assert empty in page(scene, client, "ministry_focal", f"/office/appeals/?show={show}")


def test_hearings_investigations_and_recommendations_have_lists_of_their_own(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene).set_hearing(day(7)).investigate().recommend()
    other = appealed(scene)
    for show in ("hearings", "investigations", "recommendations"):
        shown = page(scene, client, "ministry_focal", f"/office/appeals/?show={show}")
        assert play.number in shown, show
        assert other.number not in shown, show
    # The office concerned: where it is asked to come, and what it has to answer.
    assert play.number in page(scene, client, "head", "/office/appeals/?show=hearings")
    assert play.number in page(scene, client, "head", "/office/appeals/?show=recommendations")
    assert play.number not in page(scene, client, "head", "/office/appeals/?show=investigations")
    # Of the team: what they investigate.
    assert play.number in page(scene, client, "rival_focal", "/office/appeals/?show=investigations")


def test_what_is_over_stands_in_no_list(scene: Scene, client: Client, clock: Any) -> None:
    play = appealed(scene).set_hearing(day(7)).investigate().recommend()
    play.report().follow().dismiss()
    for show in ("decide", "hearings", "investigations", "recommendations"):
        shown = page(scene, client, "overseer", f"/office/appeals/?show={show}")
        assert play.number not in shown, show


def test_a_hearing_whose_minutes_are_missing_is_shown_as_such(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7))
    address = "/office/appeals/?show=hearings"
    assert "Minutes are missing" not in page(scene, client, "ministry_focal", address)
    clock.move_to(day(7, 11))
    assert "Minutes are missing" in page(scene, client, "ministry_focal", address)
    assert "Minutes are missing" in case_page(scene, client, "ministry_focal", play)


def test_the_list_shows_nothing_that_somebody_is_barred_from(scene: Scene, client: Client) -> None:
    play = appealed(scene).set_hearing().investigate().recommend()
    play.about(user_id=scene.cast.overseer.pk)
    for show in ("decide", "hearings", "investigations", "recommendations"):
        shown = page(scene, client, "overseer", f"/office/appeals/?show={show}")
        assert play.number not in shown, show
        assert play.number in page(scene, client, "ministry_focal", f"/office/appeals/?show={show}")


def test_ones_own_complaint_is_in_no_list_of_ones_office(scene: Scene, client: Client) -> None:
    play = appealed(scene)
    case = play.case
    case.owner = scene.cast.ministry_focal
    case.save(update_fields=["owner"])
    assert play.number not in page(scene, client, "ministry_focal", "/office/appeals/")


def test_an_office_without_a_focal_officer_leaves_its_appeals_to_the_one_above(
    scene: Scene, client: Client
) -> None:
    play = Play(scene).forward(to=scene.cast.district_office)
    play.accept(officer="district_focal", by="district_focal").answer(by="district_focal").appeal()
    assert play.number in page(scene, client, "focal", "/office/appeals/")
    assert play.number not in page(scene, client, "ministry_focal", "/office/appeals/")
    scene.cast.focal.posts.update(held_to=moment.now())
    assert play.number in page(scene, client, "ministry_focal", "/office/appeals/")


def test_whoever_handled_the_case_reads_that_somebody_else_decides(
    scene: Scene, client: Client
) -> None:
    play = (
        Play(scene)
        .forward(to=scene.cast.ministry)
        .pass_down(to=scene.cast.department, by="ministry_focal")
    )
    make_officer("Second Focal", "focal", scene.cast.ministry)
    play.accept().answer().appeal()
    shown = page(scene, client, "ministry_focal", "/office/appeals/")
    assert "You handled the case: somebody else decides" in shown


def test_the_list_costs_the_same_for_one_row_and_for_many(scene: Scene, client: Client) -> None:
    appealed(scene).set_hearing().investigate().recommend()
    client.force_login(scene.cast.ministry_focal)

    def cost(show: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/en/office/appeals/?show={show}").status_code == 200
        return len(captured)

    shows = ("decide", "hearings", "investigations", "recommendations")
    [cost(show) for show in shows]
    once = {show: cost(show) for show in shows}
    for _case in range(3):
        appealed(scene).set_hearing().investigate().recommend()
    assert {show: cost(show) for show in shows} == once
    assert max(once.values()) <= 12
