"""Whose case is it: return, rule, pass down. The citizen's clock goes on through all of it."""

from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from agencies.models import Post
from agencies.services import close_office
from agencies.services.recording import bump
from complaints.models import Clock
from complaints.selectors import CaseFile
from complaints.services import casework
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, end_of_day, refused
from tests.factories.agencies import make_office, make_officer, make_policy


def disputed(scene: Scene) -> Play:
    """Returned twice: by the department, then by the rival ministry."""
    play = Play(scene).forward().send_back().forward(to=scene.cast.rival_ministry)
    return play.send_back(by="rival_focal")


def test_the_first_return_goes_to_the_desk_with_one_day_to_forward(scene: Scene) -> None:
    play = Play(scene).forward().send_back()
    assert (play.state, play.holder, play.case.hops) == ("received", "", 1)
    assert play.clock("forward").due_at == end_of_day(1)
    assert play.clock("accept").stopped_how == "met"
    assert play.running == {"forward", "resolve"}


def test_a_return_is_told_to_the_citizen_and_the_head_of_the_desk(scene: Scene) -> None:
    play = Play(scene).forward().send_back()
    assert play.told("returned") == {"citizen"}
    assert play.told("returned_case") == {"Desk Head"}


def test_a_return_says_why_and_whose_it_is(scene: Scene) -> None:
    play = Play(scene).forward().send_back(whose=scene.cast.rival_ministry)
    assert play.last.data == {"from_office": "grid", "whose": "roads"}
    with refused("invalid"):
        casework.return_case(actor=play.actor("focal"), number=play.number, reason="  ", whose=None)


@pytest.mark.parametrize("by", ["case_officer", "desk", "rival_focal", "ministry_focal"])
def test_only_the_offices_focal_officer_or_head_returns(scene: Scene, by: str) -> None:
    play = Play(scene).forward()
    with pytest.raises(Exception, match=r"not_yours|no_such_case"):
        play.send_back(by=by)
    assert play.send_back(by="head").state == "received"


def test_what_is_accepted_cannot_be_returned(scene: Scene) -> None:
    with refused("wrong_state"):
        Play(scene).forward().accept().send_back()


def test_the_second_return_is_a_dispute_with_three_days_to_rule(scene: Scene) -> None:
    play = disputed(scene)
    assert (play.state, play.holder, play.case.hops) == ("disputed_owner", "", 2)
    assert play.clock("rule").due_at == end_of_day(3)
    assert play.running == {"rule", "resolve"}
    assert play.told("owner_disputed") == {"Overseer"}


def test_the_citizens_clock_goes_on_and_is_held_by_whoever_has_the_case(
    scene: Scene, clock: Any
) -> None:
    play = Play(scene).forward()
    first = play.clock("resolve")
    holders = [first.office]
    clock.move_to(day(1))
    holders.append(play.send_back().clock("resolve").office)
    clock.move_to(day(2))
    holders.append(play.forward(to=scene.cast.rival_ministry).clock("resolve").office)
    clock.move_to(day(3))
    holders.append(play.send_back(by="rival_focal").clock("resolve").office)
    clock.move_to(day(4))
    holders.append(play.rule().clock("resolve").office)
    cast = scene.cast
    assert holders == [cast.department, None, cast.rival_ministry, None, cast.department]
    resolve = play.clock("resolve")
    assert (resolve.pk, resolve.started_at, resolve.due_at) == (
        first.pk,
        first.started_at,
        first.due_at,
    )
    assert Clock.objects.filter(case=play.case, kind="resolve").count() == 1


def test_resolve_missed_on_the_way_is_missed_for_good(scene: Scene, clock: Any) -> None:
    play = Play(scene).forward()
    clock.move_to(end_of_day(10))
    play.sweep().send_back().forward(to=scene.cast.rival_ministry)
    assert play.clock("resolve").missed_at == end_of_day(10)
    play.accept(officer="rival_case_officer", by="rival_focal").answer(by="rival_focal")
    assert play.clock("resolve").missed_at == end_of_day(10)


def test_only_an_overseer_rules(scene: Scene) -> None:
    play = disputed(scene)
    for by in ("desk", "focal", "rival_focal", "desk_head"):
        with pytest.raises(Exception, match=r"not_yours|no_such_case"):
            play.rule(by=by)
    with refused("wrong_state"):
        play.forward()
    assert play.rule().state == "forwarded"


def test_a_ruling_meets_rule_and_starts_accept(scene: Scene) -> None:
    play = disputed(scene).rule(to=scene.cast.rival_ministry)
    assert (play.holder, play.running) == ("roads", {"accept", "resolve"})
    assert play.clock("rule").stopped_how == "met"
    assert play.told("new_case") == {"grid", "roads"}
    assert play.heard()[-1] == "forwarded"


def test_the_agency_cannot_return_what_was_ruled_to_be_its(scene: Scene) -> None:
    play = disputed(scene).rule()
    with refused("ruled"):
        play.send_back()
    assert "return" not in play.may("focal")


def test_an_office_below_may_give_back_what_was_ruled_to_the_one_that_passed_it(
    scene: Scene,
) -> None:
    play = disputed(scene).rule().pass_down().send_back(by="district_focal")
    assert (play.state, play.holder) == ("forwarded", "grid")
    with refused("ruled"):
        play.send_back()


def test_a_ruling_binds_the_office_it_was_about_and_no_later_one(scene: Scene) -> None:
    lead = Play(scene).forward()
    play = disputed(scene).rule().merge(lead).separate()
    play.forward(to=scene.cast.rival_ministry).send_back(by="rival_focal")
    assert play.state == "disputed_owner"


@pytest.mark.parametrize("accepted", [False, True])
def test_passing_down_starts_a_new_accept_and_resolve_goes_on(
    scene: Scene, clock: Any, accepted: bool
) -> None:
    play = Play(scene).forward()
    if accepted:
        play.accept()
    resolve = play.clock("resolve")
    clock.move_to(day(1))
    play.pass_down()
    assert (play.state, play.holder) == ("forwarded", "grid-district-3.47")
    assert play.clock("accept").due_at == end_of_day(3)
    assert play.clock("accept").office == scene.cast.district_office
    again = play.clock("resolve")
    assert (again.pk, again.due_at, again.office) == (
        resolve.pk,
        resolve.due_at,
        scene.cast.district_office,
    )
    assert play.case.assigned is None


def test_passing_down_tells_citizen_and_office(scene: Scene) -> None:
    play = Play(scene).forward().pass_down()
    assert play.heard() == ["received", "forwarded", "forwarded"]
    assert "grid-district-3.47" in play.told("new_case")


@pytest.mark.parametrize("where", ["ministry", "rival_ministry", "department", "cabinet"])
def test_a_case_is_passed_down_to_an_office_below_alone(scene: Scene, where: str) -> None:
    with refused("invalid"):
        Play(scene).forward().pass_down(to=getattr(scene.cast, where))


def at_the_lowest(scene: Scene) -> Play:
    """A case with the upazila's own focal officer, below whom nobody is."""
    make_officer("Upazila Focal", Role.FOCAL, scene.cast.upazila_office)
    return Play(scene).forward(to=scene.cast.upazila_office)


def test_where_no_office_lies_below_passing_down_is_not_offered(
    scene: Scene, client: Client
) -> None:
    play = at_the_lowest(scene)
    officer = Post.objects.get(office=scene.cast.upazila_office).user
    file = CaseFile(play.case, scene.actor(officer))
    assert "accept" in file.moves
    assert "pass_down" not in file.moves
    client.force_login(officer)
    assert "pass_down" not in client.get(f"/en/office/cases/{play.number}/").content.decode()
    told = client.get(f"/en/office/cases/{play.number}/pass_down/", follow=True).content.decode()
    assert "No office lies below yours" in told


def test_where_no_office_lies_below_passing_down_is_refused_whatever_office_is_named(
    scene: Scene, client: Client
) -> None:
    play = at_the_lowest(scene)
    client.force_login(Post.objects.get(office=scene.cast.upazila_office).user)
    url = f"/api/v1/cases/{play.number}/"
    assert "pass_down" not in client.get(url).json()["moves"]
    body = {"office": "grid-district-3.47", "reason": "Theirs"}
    answer = client.post(f"{url}moves/pass_down/", body, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_below")


def test_an_office_that_opens_below_makes_it_possible_at_once(scene: Scene) -> None:
    cast = scene.cast
    play = at_the_lowest(scene)
    below = make_office("grid-union", "Grid Union", parent=cast.upazila_office)
    bump("bd")
    officer = Post.objects.get(office=cast.upazila_office).user
    assert "pass_down" in CaseFile(play.case, scene.actor(officer)).moves
    close_office(scene.actor(cast.registrar), below)
    assert "pass_down" not in CaseFile(play.case, scene.actor(officer)).moves


def test_the_office_below_gives_it_back_to_the_one_that_passed_it(scene: Scene, clock: Any) -> None:
    play = Play(scene).forward().pass_down()
    clock.move_to(day(1))
    play.send_back(by="district_focal")
    assert (play.state, play.holder) == ("forwarded", "grid")
    assert play.clock("accept").due_at == end_of_day(3)
    assert play.clock("accept").office == scene.cast.department
    assert play.told("returned_case") == {"grid"}


def test_passed_down_twice_it_goes_back_step_by_step(scene: Scene) -> None:
    cast = scene.cast
    make_officer("Upazila Focal", Role.FOCAL, cast.upazila_office)
    play = Play(scene).forward().pass_down()
    play.pass_down(to=cast.upazila_office, by="district_focal")
    upazila = Post.objects.get(office=cast.upazila_office).user
    casework.return_case(
        actor=scene.actor(upazila), number=play.number, reason="Not ours", whose=None
    )
    assert play.holder == cast.district_office.code
    assert play.send_back(by="district_focal").holder == "grid"
    # It was not passed down to the department: from there it is an ordinary return.
    assert play.send_back().state == "disputed_owner"


def test_what_came_back_from_below_is_counted_as_a_hop(scene: Scene) -> None:
    assert Play(scene).forward().pass_down().send_back(by="district_focal").case.hops == 1


def test_the_accept_of_what_came_back_counts_by_the_numbers_of_the_passer(scene: Scene) -> None:
    make_policy("accept", 7, agency=scene.cast.rival_ministry)
    below = make_policy("accept", 5, agency=scene.cast.department)
    assert below.amount == 5
    play = (
        Play(scene)
        .forward(to=scene.cast.ministry)
        .pass_down(to=scene.cast.department, by="ministry_focal")
    )
    assert play.clock("accept").amount == 5
    assert play.send_back().clock("accept").amount == 2


def test_what_cannot_go_back_to_a_barred_passer_goes_to_the_office_above_it(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).forward().pass_down()
    play.about(user_id=cast.focal.pk)
    play.send_back(by="district_focal")
    assert play.holder == "power"
