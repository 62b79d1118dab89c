"""Respondents, and everybody below them in their office, know nothing of the case: by no way."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post
from complaints.bars import barred_users, newly_barred, not_barred
from complaints.models import Attachment, Case
from complaints.selectors import (
    InboxFilter,
    desk_counts,
    desk_tray,
    inbox,
    inbox_counts,
    similar_cases,
    visible_to,
)
from complaints.services import casework
from complaints.submission import Whom
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, refused
from tests.factories.agencies import make_officer, make_post

#: Whom the case is about → who is barred by it.
BARS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "the case officer, a person": ({"user": "case_officer"}, {"case_officer"}),
    "the focal officer, a person": ({"user": "focal"}, {"focal", "case_officer"}),
    "the head, a person": ({"user": "head"}, {"head", "focal", "case_officer"}),
    "the post of case officer": (
        {"office": "department", "role": Role.CASE_OFFICER},
        {"case_officer"},
    ),
    "the post of focal officer": (
        {"office": "department", "role": Role.FOCAL},
        {"focal", "case_officer"},
    ),
    "the post of head": (
        {"office": "department", "role": Role.HEAD},
        {"head", "focal", "case_officer"},
    ),
    "the ministry's head, a person": (
        {"user": "ministry_head"},
        {"ministry_head", "ministry_focal"},
    ),
    "a citizen with an account": ({"user": "alice"}, set()),
}


def whom(scene: Scene, about: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `Whom` for a line of BARS."""
    if "user" in about:
        return {"user_id": getattr(scene.cast, about["user"]).pk}
    return {"office_id": getattr(scene.cast, about["office"]).pk, "role": about["role"]}


def names(scene: Scene, people: set[str]) -> set[int]:
    return {getattr(scene.cast, name).pk for name in people}


# --- Who is barred ----------------------------------------------------------------------------


@pytest.mark.parametrize("line", BARS)
def test_each_respondent_and_all_below_them_in_the_same_office_are_barred(
    scene: Scene, line: str
) -> None:
    about, out = BARS[line]
    play = Play(scene).about(**whom(scene, about))
    expected = names(scene, out) | (
        {scene.cast.alice.pk} if about.get("user") == "alice" else set()
    )
    assert barred_users(play.case) == expected


@pytest.mark.parametrize("line", BARS)
def test_lists_bar_the_same_people_as_moves(scene: Scene, line: str) -> None:
    """One rule in two forms: the set for one case, and the condition for many."""
    play = Play(scene).about(**whom(scene, BARS[line][0]))
    by_list = {
        user.pk
        for user in User.objects.all()
        if not Case.objects.filter(not_barred(scene.actor(user)), pk=play.case.pk).exists()
    }
    assert by_list == barred_users(play.case)


@pytest.mark.parametrize("line", BARS)
def test_who_is_newly_barred_is_who_was_not_before(scene: Scene, line: str) -> None:
    before = timezone.now() - timedelta(minutes=1)
    play = Play(scene).about(**whom(scene, BARS[line][0]))
    after = timezone.now() + timedelta(minutes=1)
    actors = [scene.actor(user) for user in User.objects.all()]
    newly = {actor.user_id for actor in actors if newly_barred(actor, before)}
    assert newly == barred_users(play.case)
    assert not any(newly_barred(actor, after) for actor in actors)


def test_a_post_below_that_was_taken_since_bars_newly(scene: Scene) -> None:
    Play(scene).forward().about(office_id=scene.cast.department.pk, role=Role.HEAD)
    taken = timezone.now() + timedelta(hours=1)
    post = make_post(scene.cast.charlie, Role.FOCAL, scene.cast.department)
    Post.objects.filter(pk=post.pk).update(held_from=taken - timedelta(minutes=30))
    with time_machine.travel(taken, tick=False):
        charlie = scene.actor(scene.cast.charlie)
        assert newly_barred(charlie, taken - timedelta(minutes=45))
        assert not newly_barred(charlie, taken - timedelta(minutes=15))


def test_nobody_in_particular_is_never_newly_barred(scene: Scene) -> None:
    play = Play(scene).about(user_id=scene.cast.focal.pk)
    assert not newly_barred(scene.citizen(play.receipt), timezone.now() - timedelta(days=1))


def test_a_bar_follows_the_person_into_any_role(scene: Scene) -> None:
    play = Play(scene).about(user_id=scene.cast.desk.pk)
    make_post(scene.cast.desk, Role.OVERSEER, scene.cast.cabinet)
    make_post(scene.cast.desk, Role.AUDITOR, scene.cast.cabinet)
    assert not play.sees("desk")


def test_who_comes_into_a_post_below_later_is_barred_from_then_on(scene: Scene) -> None:
    play = Play(scene).forward().about(office_id=scene.cast.department.pk, role=Role.HEAD)
    new = make_officer("New", Role.FOCAL, scene.cast.department)
    assert new.pk in barred_users(play.case)
    assert not visible_to(scene.actor(new)).filter(pk=play.case.pk).exists()


def test_who_left_the_post_that_it_is_about_is_no_longer_barred_by_it(scene: Scene) -> None:
    play = Play(scene).about(office_id=scene.cast.department.pk, role=Role.HEAD)
    scene.cast.head.posts.all().delete()
    assert scene.cast.head.pk not in barred_users(play.case)
    play = Play(scene).about(user_id=scene.cast.focal.pk)
    scene.cast.focal.posts.all().delete()
    assert scene.cast.focal.pk in barred_users(play.case)


def test_another_office_is_not_barred_by_rank(scene: Scene) -> None:
    play = Play(scene).forward(to=scene.cast.rival_ministry).about(user_id=scene.cast.head.pk)
    assert play.sees("rival_focal")


# --- From seeing ------------------------------------------------------------------------------


def ways(scene: Scene, client: Client, play: Play, who: str) -> dict[str, bool]:
    """By which ways somebody gets to a case of the department."""
    user = getattr(scene.cast, who)
    actor, number, case = scene.actor(user), play.number, play.case
    key = Attachment.objects.get(case=case).key
    client.force_login(user)

    def opens(url: str) -> bool:
        response: Any = client.get(url)
        # Reading a file to its end closes it.
        return response.status_code == 200 and bool(response.getvalue())

    def shown(url: str) -> bool:
        return f"/office/cases/{number}/" in client.get(url).content.decode()

    alike = similar_cases(case.text, scene.cast.upazila, seen_by=actor)
    return {
        "inbox": case in inbox(actor, InboxFilter()),
        "search by words": case in inbox(actor, InboxFilter(words="meter")),
        "search by number": case in inbox(actor, InboxFilter(words=number)),
        "duplicates": case in alike,
        "counts": inbox_counts(actor)["open"] == 1,
        "page of the inbox": shown("/office/"),
        "page of the search": shown(f"/office/?words={number}"),
        "page of the case": opens(f"/office/cases/{number}/"),
        "form of a move": opens(f"/office/cases/{number}/note/"),
        "file": opens(f"/files/{key}/"),
        "API, one case": opens(f"/api/v1/cases/{number}/"),
        "API, list": number in str(client.get("/api/v1/cases/").json()),
    }


def with_the_department(scene: Scene) -> Play:
    play = Play(scene, place=scene.cast.upazila.code).forward().accept()
    casework.note(
        actor=play.actor("focal"), number=play.number, text="See", files=[play.photo("focal")]
    )
    return play


@pytest.mark.parametrize("who", ["head", "focal", "case_officer"])
def test_those_who_are_not_barred_get_there_by_every_way(
    scene: Scene, client: Client, who: str
) -> None:
    found = ways(scene, client, with_the_department(scene), who)
    assert all(found.values()), found


@pytest.mark.parametrize("line", [line for line in BARS if BARS[line][1]])
def test_the_barred_get_there_by_none(scene: Scene, client: Client, line: str) -> None:
    about, out = BARS[line]
    play = with_the_department(scene).about(**whom(scene, about))
    for who in sorted(out):
        found = ways(scene, client, play, who)
        assert not any(found.values()), (who, found)


@pytest.mark.parametrize("scope", ["", "ours", "below", "past"])
def test_no_corner_of_the_inbox_shows_it_to_the_barred(scene: Scene, scope: str) -> None:
    play = with_the_department(scene).about(user_id=scene.cast.head.pk)
    for who in ("head", "focal", "case_officer"):
        assert play.case not in inbox(play.actor(who), InboxFilter(scope=scope))


def test_a_barred_desk_officer_finds_it_neither_in_the_tray_nor_in_its_counts(
    scene: Scene,
) -> None:
    play = Play(scene)
    assert desk_counts(play.actor("desk"))["open"] == 1
    play.about(user_id=scene.cast.desk_head.pk)
    assert not desk_tray(play.actor("desk")).exists()
    assert desk_counts(play.actor("desk"))["open"] == 0
    assert not play.sees("desk")
    assert not play.sees("overseer")  # a post below the head's, in the same office
    assert not play.sees("auditor")


def test_to_the_barred_a_move_is_refused_as_if_there_were_no_such_case(scene: Scene) -> None:
    play = Play(scene).forward().about(user_id=scene.cast.focal.pk)
    with refused("no_such_case"):
        play.accept(by="focal")
    with refused("no_such_case"):
        play.note(by="case_officer")


def test_respondents_of_their_own_case_still_see_it_as_citizens(scene: Scene) -> None:
    play = Play(scene).about(user_id=scene.cast.alice.pk)
    assert play.sees("citizen")


# --- From receiving ---------------------------------------------------------------------------


def test_forwarded_it_goes_to_the_nearest_office_above_whose_focal_officer_is_not_barred(
    scene: Scene,
) -> None:
    play = Play(scene).about(user_id=scene.cast.focal.pk).forward()
    assert play.holder == "power"
    assert play.last.data == {"office": "power", "meant": "grid"}
    assert play.told("new_case") == {"power"}


def test_two_barred_in_a_row_are_both_passed_over(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).about(user_id=cast.focal.pk).about(user_id=cast.district_focal.pk)
    assert play.forward(to=cast.district_office).holder == "power"


def test_a_respondent_linked_later_moves_the_case_up_with_its_clocks(scene: Scene) -> None:
    play = Play(scene).forward().accept().about(user_id=scene.cast.head.pk)
    assert (play.state, play.holder, play.case.assigned) == ("in_progress", "power", None)
    assert play.moves[-2:] == ["link_respondent", "moved_up"]
    assert play.clock("resolve").office == scene.cast.ministry
    assert play.told("new_case") == {"grid", "power"}
    assert "answer" in play.may("ministry_focal")


def test_a_respondent_below_the_focal_officer_loses_the_case_and_the_office_keeps_it(
    scene: Scene,
) -> None:
    play = Play(scene).forward().accept().about(user_id=scene.cast.case_officer.pk)
    assert (play.holder, play.case.assigned) == ("grid", None)
    assert not play.sees("case_officer")


def test_a_barred_officer_is_given_no_case(scene: Scene) -> None:
    play = Play(scene).forward().about(user_id=scene.cast.case_officer.pk)
    with refused("invalid"):
        play.accept()
    assert play.accept(officer="focal").state == "in_progress"


def test_nobody_passes_it_down_to_the_barred(scene: Scene) -> None:
    play = Play(scene).forward().about(user_id=scene.cast.district_focal.pk)
    with refused("invalid"):
        play.pass_down()


def test_a_ruling_for_a_barred_office_goes_to_the_one_above(scene: Scene) -> None:
    play = Play(scene).forward().send_back().forward(to=scene.cast.rival_ministry)
    play.send_back(by="rival_focal").about(user_id=scene.cast.focal.pk)
    assert play.rule().holder == "power"


@pytest.mark.parametrize("by", ["citizen", "desk"])
def test_citizen_and_desk_say_whom_it_is_about(scene: Scene, by: str) -> None:
    play = Play(scene).about(user_id=scene.cast.focal.pk, by=by)
    assert play.case.respondents.get().user == scene.cast.focal


@pytest.mark.parametrize("by", ["focal", "head", "overseer", "case_officer"])
def test_nobody_else_does(scene: Scene, by: str) -> None:
    with refused("not_yours"):
        Play(scene).forward().accept().about(user_id=scene.cast.rival_focal.pk, by=by)


def test_the_record_holds_the_respondent_by_id_and_hides_it_from_the_citizens_page(
    scene: Scene,
) -> None:
    play = Play(scene).about(office_id=scene.cast.department.pk, role=Role.HEAD, by="citizen")
    assert play.last.data == {"office": scene.cast.department.pk, "role": "head", "user": None}
    assert "link_respondent" not in [e.event.move for e in play.file_for("citizen").timeline]


def test_naming_the_same_one_twice_is_once(scene: Scene) -> None:
    play = Play(scene)
    for _time in range(2):
        play.about(user_id=scene.cast.focal.pk)
    assert play.case.respondents.count() == 1


def test_a_respondents_whole_chain_can_be_named_at_filing(scene: Scene) -> None:
    cast = scene.cast
    office: Office = cast.department
    play = Play(
        scene,
        respondents=(
            Whom(office_id=office.pk, role=Role.HEAD),
            Whom(user_id=cast.ministry_focal.pk),
        ),
    )
    assert barred_users(play.case) == names(
        scene, {"head", "focal", "case_officer", "ministry_focal"}
    )
