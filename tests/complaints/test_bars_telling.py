"""Nobody barred is told; what is meant for them, or for an empty post, falls to the next one up."""

from typing import Any

import pytest

from accounts.models import User
from accounts.roles import RANK, Role
from complaints.models import Notice
from complaints.services import casework, notice_words, notices
from complaints.services.escalation import sweep
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, end_of_day, refused
from tests.factories.agencies import make_officer

# --- From being told --------------------------------------------------------------------------


def address(notice: Notice) -> str:
    """Who gets a notice that leaves now, or why nobody does."""
    try:
        return notices.address_of(Notice.objects.get(pk=notice.pk)).to
    except notice_words.Unreachable as nobody:
        return str(nobody)


def test_a_notice_to_an_office_goes_past_whoever_is_barred_when_it_leaves(scene: Scene) -> None:
    play = Play(scene).forward()
    notice = Notice.objects.get(case=play.case, template="new_case")
    assert address(notice) == scene.cast.focal.email
    play.about(user_id=scene.cast.focal.pk)
    assert address(notice) == scene.cast.ministry_focal.email


def test_a_notice_to_a_person_does_not_leave_once_they_are_barred(scene: Scene) -> None:
    play = Play(scene).forward().accept()
    notice = Notice.objects.get(case=play.case, template="assigned")
    play.about(user_id=scene.cast.focal.pk)
    assert address(notice) == "barred"


def test_a_notice_to_a_person_does_not_leave_once_they_left_their_post(scene: Scene) -> None:
    play = Play(scene).forward().accept()
    notice = Notice.objects.get(case=play.case, template="assigned")
    assert address(notice) == scene.cast.case_officer.email
    scene.cast.case_officer.posts.all().delete()
    assert address(notice) == "not_theirs"


def test_nobody_barred_is_ever_written_a_notice(scene: Scene, clock: Any) -> None:
    play = Play(scene).about(user_id=scene.cast.desk_head.pk)
    # The desk's head is barred, and with them desk, overseer and auditor; another desk carries on.
    other = make_officer("Other Overseer", Role.OVERSEER, scene.cast.rival_ministry)
    play.message()
    clock.move_to(end_of_day(3))
    sweep()
    told = set(Notice.objects.filter(case=play.case, user__isnull=False).values_list("user_id"))
    assert told == {(other.pk,)}


def test_a_barred_head_of_the_desk_leaves_it_to_the_overseers(scene: Scene) -> None:
    """A head of another office of the desk's is told; without one, the overseers are."""
    head = make_officer("Desk Head Two", Role.HEAD, scene.cast.rival_ministry)
    make_officer("Desk Two", Role.DESK, scene.cast.rival_ministry)
    play = Play(scene).about(user_id=head.pk).message()
    assert play.told("citizen_wrote") == {"Desk Head"}


# --- Escalations and appeals ------------------------------------------------------------------


def escalated(play: Play) -> dict[int, set[str]]:
    """By level, who was told."""
    rows = Notice.objects.filter(case=play.case, template="escalated").select_related("user")
    found: dict[int, set[str]] = {}
    for row in rows:
        assert row.user is not None
        found.setdefault(row.values["level"], set()).add(row.user.name)
    return found


def test_level_1_goes_past_a_barred_head_to_the_next_one_up(scene: Scene, clock: Any) -> None:
    # The head alone is about it; the focal officer's post is above nobody here.
    play = Play(scene).forward()
    scene.cast.focal.posts.all().delete()
    scene.cast.case_officer.posts.all().delete()
    play.about(user_id=scene.cast.head.pk)
    assert play.holder == "grid"
    clock.move_to(end_of_day(2))
    sweep()
    assert escalated(play) == {1: {"Ministry Head"}}


def test_an_empty_post_of_head_falls_to_the_next_one_up(scene: Scene, clock: Any) -> None:
    scene.cast.head.posts.all().delete()
    play = Play(scene).forward()
    clock.move_to(end_of_day(2))
    sweep()
    assert escalated(play) == {1: {"Ministry Head"}}


def test_where_nobody_is_left_on_the_way_up_overseers_hear_of_it(scene: Scene, clock: Any) -> None:
    cast = scene.cast
    for user in (cast.head, cast.focal, cast.ministry_head, cast.ministry_focal):
        user.posts.all().delete()
    play = Play(scene).forward()
    clock.move_to(end_of_day(2))
    sweep()
    assert escalated(play) == {1: {"Overseer"}}


def test_the_ladder_passes_over_everybody_who_is_barred(scene: Scene, clock: Any) -> None:
    play = Play(scene).forward().about(user_id=scene.cast.ministry_head.pk)
    clock.move_to(end_of_day(6))
    sweep()
    assert escalated(play) == {1: {"Head"}, 2: {"Overseer"}, 3: {"Overseer"}}


def test_an_appeal_goes_past_a_barred_focal_officer(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).forward(to=cast.district_office)
    casework.accept(
        actor=play.actor("district_focal"), number=play.number, case_officer=cast.district_focal
    )
    play.answer(by="district_focal").about(user_id=cast.focal.pk).appeal()
    assert play.told("appeal_to_decide") == {"power"}
    assert "uphold" in play.may("ministry_focal")


def test_who_decides_and_is_barred_later_leaves_it_to_the_next_one_up(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).forward(to=cast.district_office)
    casework.accept(
        actor=play.actor("district_focal"), number=play.number, case_officer=cast.district_focal
    )
    play.answer(by="district_focal").appeal()
    assert "uphold" in play.may("focal")
    play.about(user_id=cast.focal.pk)
    assert not play.sees("focal")
    assert "uphold" in play.may("ministry_focal")


# --- Empty posts ------------------------------------------------------------------------------


def test_an_empty_post_leaves_the_case_there_and_the_next_one_up_moves_it(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).forward(to=cast.upazila_office)
    assert play.holder == cast.upazila_office.code
    assert "accept" in play.may("district_focal")
    assert "accept" not in play.may("focal")
    casework.accept(
        actor=play.actor("district_focal"), number=play.number, case_officer=cast.district_focal
    )
    assert play.answer(by="district_focal").state == "answered"


def test_notices_for_an_empty_post_go_to_the_next_one_up(scene: Scene) -> None:
    play = Play(scene).forward(to=scene.cast.upazila_office)
    notice = Notice.objects.get(case=play.case, template="new_case")
    assert address(notice) == scene.cast.district_focal.email
    scene.cast.district_focal.posts.all().delete()
    assert address(notice) == scene.cast.focal.email


@pytest.mark.parametrize("why", ["empty", "inactive"])
def test_a_post_whose_holder_may_no_longer_sign_in_is_empty(scene: Scene, why: str) -> None:
    focal = scene.cast.focal
    if why == "empty":
        focal.posts.all().delete()
    else:
        User.objects.filter(pk=focal.pk).update(is_active=False)
    play = Play(scene).forward()
    assert play.holder == "grid"
    assert "accept" in play.may("ministry_focal")


def test_a_filled_post_leaves_nothing_to_the_one_above(scene: Scene) -> None:
    play = Play(scene).forward()
    with refused("not_yours"):
        play.accept(by="ministry_focal")


def test_ranks_say_who_stands_below_whom() -> None:
    assert RANK[Role.HEAD] > RANK[Role.FOCAL] > RANK[Role.CASE_OFFICER]
