"""Forward, decline, accept, assign: from the desk into an office."""

from typing import Any

import pytest

from accounts.roles import Role
from complaints.models import Clock, Event, RoutingRecord
from complaints.services import casework
from complaints.services.escalation import sweep
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, end_of_day, refused
from tests.factories.agencies import make_officer, make_policy, make_post, make_user
from tests.factories.routing import publish_rules


def test_a_complaint_starts_forward_and_tell(scene: Scene) -> None:
    play = Play(scene)
    assert play.running == {"forward", "tell"}
    assert play.clock("forward").due_at == end_of_day(3)
    assert play.clock("tell").due_at == end_of_day(5)


def test_the_receipt_promises_the_end_of_resolve_if_forwarded_on_the_last_day(scene: Scene) -> None:
    play = Play(scene)
    assert play.receipt.forward_due == end_of_day(3).isoformat()
    # The last day of forwarding is day 3; ten days from it.
    assert play.receipt.answer_due == end_of_day(13).isoformat()


@pytest.mark.parametrize(("number", "due"), [(0, 10), (1, 11), (3, 13)])
def test_forwarding_moves_the_promise_earlier_never_later(
    scene: Scene, clock: Any, number: int, due: int
) -> None:
    play = Play(scene)
    clock.move_to(day(number, 23))
    play.forward()
    assert play.clock("resolve").due_at == end_of_day(due)
    assert play.clock("resolve").due_at.isoformat() <= play.receipt.answer_due


def test_forward_meets_forward_and_tell_and_starts_accept_and_resolve(scene: Scene) -> None:
    play = Play(scene).forward()
    assert play.running == {"accept", "resolve"}
    assert play.clock("forward").stopped_how == play.clock("tell").stopped_how == "met"
    assert play.clock("accept").due_at == end_of_day(2)
    assert play.clock("accept").office == scene.cast.department


def test_forwarding_tells_the_citizen_who_has_it_and_the_office_that_it_has_it(
    scene: Scene,
) -> None:
    play = Play(scene).forward()
    assert play.told("forwarded") == {"citizen"}
    assert play.told("new_case") == {"grid"}
    assert play.file_for("citizen").citizen_word == "with_agency"


def test_a_second_forward_leaves_resolve_as_it_was(scene: Scene, clock: Any) -> None:
    play = Play(scene).forward()
    first = play.clock("resolve")
    clock.move_to(day(1))
    play.send_back().forward(to=scene.cast.rival_ministry)
    again = play.clock("resolve")
    assert (again.pk, again.due_at) == (first.pk, first.due_at)
    assert again.office == scene.cast.rival_ministry


def test_forwarding_late_meets_the_clock_and_keeps_the_miss(scene: Scene, clock: Any) -> None:
    play = Play(scene)
    clock.move_to(end_of_day(3))
    play.forward()
    forward = play.clock("forward")
    assert (forward.missed_at, forward.stopped_how) == (end_of_day(3), "met")


@pytest.mark.parametrize("by", ["focal", "head", "overseer", "auditor", "registrar", "operator"])
def test_only_the_desk_forwards_and_declines(scene: Scene, by: str) -> None:
    play = Play(scene)
    for move in (play.forward, play.decline):
        with pytest.raises(Exception, match=r"not_yours|no_such_case"):
            move(by=by)
    assert play.state == "received"


def test_an_office_that_no_longer_exists_gets_nothing(scene: Scene, clock: Any) -> None:
    office = scene.cast.department
    office.closed_at = day(0)
    office.save()
    with refused("invalid"):
        Play(scene).forward(to=office)


def test_the_routers_forward_is_the_check_by_rule_set_and_version(scene: Scene) -> None:
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    play = Play(scene)
    assert (play.state, play.receipt.agency) == ("forwarded", "grid")
    assert play.last.party == "router"
    record = RoutingRecord.objects.get(case=play.case)
    assert play.last.data["check"] == "clear_and_complete"
    assert (play.last.data["ruleset"], play.last.data["version"]) == (
        record.ruleset,
        record.version,
    )
    assert play.receipt.answer_due == end_of_day(10).isoformat()
    assert play.heard() == ["received_with"]


@pytest.mark.parametrize("filing", [{"about_official": True}, {"kind": "suggestion"}])
def test_the_router_never_forwards_a_sensitive_case(scene: Scene, filing: dict[str, Any]) -> None:
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    play = Play(scene, **filing)
    assert play.state == ("received" if "about_official" in filing else "forwarded")


def test_a_decline_says_where_to_go_and_can_be_appealed(scene: Scene, clock: Any) -> None:
    play = Play(scene).decline()
    assert play.state == "closed: not_for_us"
    assert play.running == set()
    assert play.clock("forward").stopped_how == play.clock("tell").stopped_how == "met"
    assert play.told("declined") == {"citizen"}
    said = play.file_for("citizen").timeline[-1].said
    assert said == {"text": "A matter for a court", "where_to": "The court"}
    assert play.case.appeal_until == end_of_day(30)


@pytest.mark.parametrize("missing", ["reason", "where_to"])
def test_a_decline_needs_reason_and_where_to_go(scene: Scene, missing: str) -> None:
    play = Play(scene)
    said = {"reason": "A matter for a court", "where_to": "The court", missing: " "}
    with refused("invalid"):
        casework.decline(actor=play.actor("desk"), number=play.number, **said)


@pytest.mark.parametrize("by", ["focal", "head"])
def test_the_focal_officer_or_head_accepts_and_says_who_works_on_it(scene: Scene, by: str) -> None:
    play = Play(scene).forward().accept(by=by)
    assert play.state == "in_progress"
    assert play.case.assigned == scene.cast.case_officer
    assert play.clock("accept").stopped_how == "met"
    assert play.told("accepted") == {"citizen"}
    assert play.told("assigned") == {"Case Officer"}


@pytest.mark.parametrize("by", ["case_officer", "desk", "rival_focal", "overseer"])
def test_nobody_else_accepts(scene: Scene, by: str) -> None:
    with pytest.raises(Exception, match=r"not_yours|no_such_case"):
        Play(scene).forward().accept(by=by)


@pytest.mark.parametrize(
    "officer", ["rival_case_officer", "rival_focal", "district_focal", "ministry_focal", "alice"]
)
def test_only_an_officer_of_the_office_gets_it(scene: Scene, officer: str) -> None:
    play = Play(scene).forward()
    with refused("invalid"):
        play.accept(officer=officer)
    play.accept()
    with refused("invalid"):
        play.assign(officer)


def test_who_left_the_office_or_may_not_sign_in_gets_no_case(scene: Scene, clock: Any) -> None:
    play = Play(scene).forward()
    left = make_officer("Left", Role.CASE_OFFICER, scene.cast.department)
    left.posts.update(held_to=day(0, 9))
    locked = make_officer("Locked", Role.CASE_OFFICER, scene.cast.department, is_active=False)
    for officer in (left, locked):
        with refused("invalid"):
            casework.accept(actor=play.actor("focal"), number=play.number, case_officer=officer)


def test_assigning_gives_it_to_another_without_a_new_clock(scene: Scene) -> None:
    play = Play(scene).forward().accept()
    before = Clock.objects.filter(case=play.case).count()
    other = make_officer("Other", Role.CASE_OFFICER, scene.cast.department)
    casework.assign(actor=play.actor("focal"), number=play.number, case_officer=other)
    assert (play.state, play.case.assigned) == ("in_progress", other)
    assert Clock.objects.filter(case=play.case).count() == before
    assert not play.sees("case_officer")


def test_numbers_of_the_agency_count_for_its_own_clocks(scene: Scene) -> None:
    make_policy("accept", 7, agency=scene.cast.rival_ministry)
    assert Play(scene).forward().clock("accept").amount == 2
    assert Play(scene).forward(to=scene.cast.rival_ministry).clock("accept").amount == 7


def test_the_desk_gets_its_time_by_the_country_not_by_the_office_that_returned(
    scene: Scene,
) -> None:
    make_policy("return_forward", 9, agency=scene.cast.department)
    assert Play(scene).forward().send_back().clock("forward").amount == 1


def test_at_the_end_of_tell_the_system_tells_that_the_desk_still_has_it(
    scene: Scene, clock: Any
) -> None:
    play = Play(scene)
    clock.move_to(end_of_day(5))
    sweep()
    assert play.told("still_with_desk") == {"citizen"}
    tell = play.clock("tell")
    assert (tell.missed_at, tell.stopped_how) == (end_of_day(5), "met")
    assert Event.objects.filter(case=play.case, move="told").count() == 1


def test_an_officer_of_two_offices_acts_from_the_one_that_has_the_case(scene: Scene) -> None:
    both = make_user("Both")
    make_post(both, Role.FOCAL, scene.cast.rival_ministry)
    make_post(both, Role.FOCAL, scene.cast.department)
    play = Play(scene).forward()
    actor = scene.actor(both)
    casework.pass_down(
        actor=actor, number=play.number, office=scene.cast.district_office, reason="Down there"
    )
    assert play.last.office_id == scene.cast.department.pk


def test_of_an_officers_own_complaint_the_record_holds_no_office(scene: Scene) -> None:
    from complaints.services import intake
    from complaints.submission import Submission

    receipt = intake.submit(
        actor=scene.actor(scene.cast.focal),
        submission=Submission(text="My own meter shows a wrong number.", language="en"),
    )
    event = Event.objects.get(case__number=receipt.number)
    assert (event.party, event.actor_id, event.office_id) == ("citizen", None, None)
