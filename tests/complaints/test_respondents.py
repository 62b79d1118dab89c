"""Whom a case is about: named by the citizen or the desk, taken back, and what follows for who has it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from agencies.models import Post
from complaints import tasks
from complaints.bars import barred_from, barred_users
from complaints.forms.fields import POSTS
from complaints.forms.respondents import LinkRespondentForm
from complaints.models import Case, Notice
from complaints.services.bar_changes import move_all_from_barred, unlink_respondent
from tests.complaints.conftest import Scene
from tests.complaints.officers import Office, move_url
from tests.complaints.play import Play, refused
from tests.factories.agencies import LONG_AGO, make_officer, make_post


@pytest.fixture
def office(scene: Scene, client: Client) -> Office:
    return Office(scene, client)


def link(office: Office, receipt: Any, by: str = "desk", **data: str) -> Any:
    sent = {"office-chosen": "grid", "role": "head", **data}
    return office.post(by, receipt, "link_respondent", **sent)


def named(office: Office, receipt: Any) -> set[str]:
    """Whom the case is about: names of people, codes and roles of posts."""
    rows = office.scene.case(receipt).respondents.filter(ended_at=None)
    return {
        row.user.name if row.user else f"{row.office.code}:{row.role}"
        for row in rows.select_related("user", "office")
    }


# --- Naming them ------------------------------------------------------------------------------


def test_the_desk_names_a_post_whoever_holds_it(office: Office) -> None:
    receipt = office.scene.file_named()
    assert link(office, receipt).status_code == 302
    assert named(office, receipt) == {"grid:head"}


@pytest.mark.parametrize("typed", ["Case Officer", "officer  CASE", "case.officer@example.org"])
def test_or_a_person_who_is_there(office: Office, typed: str) -> None:
    receipt = office.scene.file_named()
    link(office, receipt, person=typed)
    assert named(office, receipt) == {"Case Officer"}


def test_or_one_who_held_a_post_there_and_is_elsewhere_by_now(office: Office) -> None:
    """Meant is who held it then: they are barred in their new post, their successor is not."""
    cast, receipt = office.cast, office.scene.file_named()
    Post.objects.filter(user=cast.focal).update(held_to=LONG_AGO + timedelta(days=365))
    make_post(cast.focal, Role.FOCAL, cast.rival_ministry)
    successor = make_officer("Successor", Role.FOCAL, cast.department)
    link(office, receipt, person="Focal")
    assert named(office, receipt) == {"Focal"}
    barred = barred_users(office.scene.case(receipt))
    assert cast.focal.pk in barred
    assert successor.pk not in barred


def test_two_of_one_name_are_told_apart_by_their_address(office: Office) -> None:
    receipt = office.scene.file_named()
    make_officer("Head", Role.CASE_OFFICER, office.cast.department, email="other@example.org")
    answer = link(office, receipt, person="Head")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Several fit" in page
    assert "other@example.org" in page
    assert link(office, receipt, person="other@example.org").status_code == 302
    assert office.scene.case(receipt).respondents.get().user.email == "other@example.org"


def test_a_stranger_is_not_found_but_those_of_the_office_are_shown(office: Office) -> None:
    receipt = office.scene.file_named()
    answer = link(office, receipt, person="Rival Focal")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nobody of that name is or was in this office" in page
    assert "Head (head@example.org), Head of office, 2020–" in page
    assert named(office, receipt) == set()


def test_in_an_office_without_people_there_is_nobody_to_name(office: Office) -> None:
    receipt = office.scene.file_named()
    answer = link(office, receipt, person="Anybody", **{"office-chosen": "grid-upazila-3.47.1"})
    assert "Nobody holds a post in this office" in answer.content.decode()


def test_the_desk_can_name_an_overseer_too(office: Office) -> None:
    receipt = office.scene.file_named()
    link(office, receipt, **{"office-chosen": "cabinet", "role": "overseer"})
    assert named(office, receipt) == {"cabinet:overseer"}
    assert office.get("overseer", f"/office/cases/{receipt.number}/").status_code == 404


def test_citizens_choose_among_posts_and_name_no_person(office: Office) -> None:
    """Nobody looks people up through the citizens' page, and no name is shown there."""
    scene, receipt = office.scene, office.scene.file_named()
    case, citizen = scene.case(receipt), scene.citizen(receipt)
    form = LinkRespondentForm(
        {"office": "grid", "role": "head", "person": "Focal"}, case=case, actor=citizen
    )
    assert "person" not in form.fields
    assert list(form.fields["role"].choices) == POSTS
    assert form.is_valid()
    form.perform()
    assert named(office, receipt) == {"grid:head"}


def test_an_officer_is_a_citizen_to_their_own_case(office: Office) -> None:
    case = office.scene.case(office.scene.file_named())
    Case.objects.filter(pk=case.pk).update(owner=office.cast.desk)
    case.refresh_from_db()
    form = LinkRespondentForm(case=case, actor=office.scene.actor(office.cast.desk))
    assert "person" not in form.fields


# --- Taking a name back -----------------------------------------------------------------------


def take_back(play: Play, by: str = "overseer", **more: Any) -> None:
    row = play.case.respondents.filter(ended_at=None).first()
    unlink_respondent(
        actor=play.actor(by),
        number=play.number,
        respondent=more.pop("respondent", row.pk if row else 0),
        reason=more.pop("reason", "It was another officer of that name"),
    )


def test_an_overseer_takes_a_wrong_name_back_with_a_reason(scene: Scene) -> None:
    play = Play(scene).forward().about(user_id=scene.cast.rival_focal.pk)
    take_back(play)
    assert barred_users(play.case) == frozenset()
    assert play.told("name_taken_back") == {"citizen"}
    entry = play.file_for("citizen").timeline[-1]
    assert entry.event.move == "unlink_respondent"
    assert entry.said == {"text": "It was another officer of that name"}
    assert play.last.data == {"office": None, "role": "", "user": scene.cast.rival_focal.pk}


@pytest.mark.parametrize("by", ["citizen", "desk", "focal", "head", "ministry_focal"])
def test_nobody_else_does(scene: Scene, by: str) -> None:
    play = Play(scene).forward().about(user_id=scene.cast.rival_focal.pk)
    with refused("not_yours"):
        take_back(play, by)


def test_nor_an_overseer_whom_it_is_about(scene: Scene) -> None:
    play = Play(scene).about(user_id=scene.cast.overseer.pk)
    with refused("no_such_case"):
        take_back(play)


def test_it_needs_a_reason_and_somebody_who_is_named(scene: Scene) -> None:
    play = Play(scene)
    with refused("about_nobody"):
        take_back(play)
    play.about(user_id=scene.cast.rival_focal.pk)
    with refused("invalid"):
        take_back(play, reason="No")
    with refused("invalid"):
        take_back(play, respondent=0)
    assert play.case.respondents.filter(ended_at=None).count() == 1


def test_twice_is_refused_and_the_same_can_be_named_again(scene: Scene) -> None:
    play = Play(scene).about(user_id=scene.cast.focal.pk)
    pk = play.case.respondents.get().pk
    take_back(play)
    with refused("about_nobody"):
        take_back(play, respondent=pk)
    play.about(user_id=scene.cast.focal.pk)
    assert scene.cast.focal.pk in barred_users(play.case)


def test_one_name_taken_back_leaves_the_others(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).about(user_id=cast.rival_focal.pk).about(user_id=cast.focal.pk)
    take_back(play, respondent=play.case.respondents.get(user=cast.rival_focal).pk)
    assert barred_users(play.case) == {cast.focal.pk, cast.case_officer.pk}


def test_its_form_names_them(office: Office) -> None:
    receipt = office.scene.file_named()
    link(office, receipt)
    page = office.get("overseer", move_url(receipt, "unlink_respondent")).content.decode()
    assert "Head of office, Grid Department" in page
    assert "Take back a wrong name" in page
    assert office.get("desk", move_url(receipt, "unlink_respondent")).status_code == 302


# --- Posts change hands -----------------------------------------------------------------------


def test_a_case_leaves_a_holder_who_is_barred_since_a_post_changed_hands(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).about(office_id=cast.district_office.pk, role=Role.HEAD).forward().accept()
    assert move_all_from_barred() == 0
    # Whom it is about is head of the district's office; now that is the department's focal officer.
    make_post(cast.focal, Role.HEAD, cast.district_office)
    assert move_all_from_barred() == 1
    assert play.holder == "power"
    assert (play.last.move, play.last.party) == ("moved_up", "system")
    assert play.told("new_case") == {"grid", "power"}
    assert move_all_from_barred() == 0


def test_the_citizen_is_told_who_has_it_then(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).about(office_id=cast.district_office.pk, role=Role.HEAD).forward()
    make_post(cast.focal, Role.HEAD, cast.district_office)
    move_all_from_barred()
    assert play.heard().count("forwarded") == 2
    assert "moved_up" in [entry.event.move for entry in play.file_for("citizen").timeline]


def test_a_case_officer_who_is_barred_by_now_loses_it_and_the_office_names_another(
    scene: Scene,
) -> None:
    cast = scene.cast
    play = Play(scene).about(office_id=cast.district_office.pk, role=Role.CASE_OFFICER)
    play.forward().accept()
    make_post(cast.case_officer, Role.CASE_OFFICER, cast.district_office)
    assert move_all_from_barred() == 1
    assert (play.holder, play.case.assigned) == ("grid", None)
    assert play.last.move == "taken_off"
    assert play.told("needs_officer") == {"grid"}
    assert play.assign("focal").state == "in_progress"


def test_where_nobody_above_is_left_the_overseers_rule(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).about(office_id=cast.cabinet.pk, role=Role.OPERATOR)
    play.forward(to=cast.rival_ministry)
    make_post(cast.rival_focal, Role.OPERATOR, cast.cabinet)
    assert move_all_from_barred() == 1
    assert (play.state, play.holder) == ("disputed_owner", "")
    assert move_all_from_barred() == 0


@pytest.mark.parametrize("state", ["answered", "appealed"])
def test_answered_and_appealed_ones_too(scene: Scene, state: str) -> None:
    cast = scene.cast
    play = Play(scene).about(office_id=cast.district_office.pk, role=Role.HEAD)
    play.forward().accept().answer()
    if state == "appealed":
        play.appeal()
    make_post(cast.focal, Role.HEAD, cast.district_office)
    assert move_all_from_barred() == 1
    assert (play.state, play.holder) == (state, "power")


def test_closed_cases_stay_where_they_were(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).about(office_id=cast.district_office.pk, role=Role.HEAD)
    play.forward().accept().answer().confirm()
    make_post(cast.focal, Role.HEAD, cast.district_office)
    assert move_all_from_barred() == 0
    assert play.holder == "grid"


def test_a_second_focal_officer_who_is_not_barred_keeps_it(scene: Scene) -> None:
    cast = scene.cast
    make_officer("Second Focal", Role.FOCAL, cast.department)
    play = Play(scene).about(office_id=cast.district_office.pk, role=Role.HEAD).forward()
    make_post(cast.focal, Role.HEAD, cast.district_office)
    assert move_all_from_barred() == 0
    assert play.holder == "grid"


def test_a_name_taken_back_moves_nothing(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).about(office_id=cast.district_office.pk, role=Role.HEAD).forward()
    take_back(play)
    make_post(cast.focal, Role.HEAD, cast.district_office)
    assert move_all_from_barred() == 0


def test_looking_costs_the_same_for_many_as_for_few(scene: Scene) -> None:
    cast = scene.cast

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            tasks.move_from_barred()
        return len(captured)

    for _case in range(2):
        Play(scene).about(office_id=cast.district_office.pk, role=Role.HEAD).forward()
    few = statements()
    for _case in range(6):
        Play(scene).about(office_id=cast.district_office.pk, role=Role.HEAD).forward()
    assert statements() == few


# --- The desk's own ---------------------------------------------------------------------------


def test_where_every_desk_officer_is_barred_their_head_acts(scene: Scene) -> None:
    play = Play(scene).about(user_id=scene.cast.desk.pk)
    assert not play.sees("desk")
    assert "forward" in play.may("desk_head")
    assert "forward" not in play.may("overseer")
    assert play.forward(by="desk_head").holder == "grid"


def test_and_where_the_head_is_too_an_overseer_elsewhere(scene: Scene) -> None:
    play = Play(scene).about(user_id=scene.cast.desk_head.pk)
    other = make_officer("Other Overseer", Role.OVERSEER, scene.cast.rival_ministry)
    object.__setattr__(scene.cast, "other", other)
    assert "forward" in play.may("other")
    assert play.forward(by="other").holder == "grid"


def test_while_one_desk_officer_is_left_nobody_stands_in(scene: Scene) -> None:
    make_officer("Second Desk", Role.DESK, scene.cast.cabinet)
    play = Play(scene).about(user_id=scene.cast.desk.pk)
    assert "forward" not in play.may("desk_head")
    assert "forward" not in play.may("overseer")


# --- Finding them again -----------------------------------------------------------------------


def test_the_cases_somebody_is_barred_from_are_those_that_bar_them(scene: Scene) -> None:
    cast = scene.cast
    plays = [
        Play(scene).about(user_id=cast.head.pk),
        Play(scene).about(office_id=cast.department.pk, role=Role.FOCAL),
        Play(scene).about(user_id=cast.desk_head.pk),
        Play(scene),
    ]
    taken_back = Play(scene).about(user_id=cast.focal.pk)
    take_back(taken_back)
    for user in User.objects.all():
        expected = {play.number for play in plays if user.pk in barred_users(play.case)}
        found = barred_from(scene.actor(user)).values_list("number", flat=True)
        assert set(found) == expected, user


def test_notices_of_the_name_taken_back_say_nothing_of_a_sensitive_case(scene: Scene) -> None:
    play = Play(scene, about_official=True).about(user_id=scene.cast.focal.pk)
    take_back(play)
    templates = Notice.objects.filter(contact__case=play.case).values_list("template", flat=True)
    assert "name_taken_back" not in templates


def test_of_all_cases_only_those_of_their_respondents_are_looked_at(scene: Scene) -> None:
    # A condition of two lists of ids is asked of each case in the table.
    assert "hashed SubPlan" not in barred_from(scene.actor(scene.cast.focal)).explain()
