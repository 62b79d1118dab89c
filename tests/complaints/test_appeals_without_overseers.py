"""An appeal that no overseer may decide: the head above them does, or the registrars hear of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller as Clock

from accounts.models import User
from accounts.roles import Role
from agencies.selectors import actor_for
from complaints.errors import NoSuchCase, Refused
from complaints.models import Appeal, Notice
from complaints.selectors.access import case_for, visible_to
from complaints.selectors.appeals import to_decide, undecidable, without_overseers
from complaints.services import casework, escalation, summaries
from complaints.services.bar_changes import tell_of_undecided
from complaints.services.notice_words import render
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.factories.agencies import make_office, make_post, make_user


def second_appeal(scene: Scene, **about: Any) -> Play:
    """The second appeal is made; the case is about somebody from before it, if that is said."""
    play = Play(scene).forward().accept().answer().appeal().dismiss()
    if about:
        play.about(**about)
    return play.appeal()


def about_overseer(scene: Scene) -> Play:
    return second_appeal(scene, user_id=scene.cast.overseer.pk)


def about_the_head(scene: Scene) -> Play:
    """About the head of the Cabinet Division: all who work there are barred."""
    return second_appeal(scene, office_id=scene.cast.cabinet.pk, role=Role.HEAD)


def finds(user: User, play: Play) -> bool:
    """Whether somebody finds the case; the two ways to the rule have to agree."""
    actor = actor_for(user)
    found = visible_to(actor).filter(number=play.number).exists()
    assert (case_for(actor, play.number) is not None) == found
    return found


def in_list(user: User, play: Play) -> bool:
    return to_decide(actor_for(user)).filter(case__number=play.number).exists()


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


# --- The head above them decides --------------------------------------------------------------


def test_the_head_of_their_office_decides_where_every_overseer_is_barred(scene: Scene) -> None:
    head, play = scene.cast.desk_head, about_overseer(scene)
    assert play.told("appeal_to_decide") == {"power", "Desk Head"}
    assert finds(head, play)
    assert in_list(head, play)
    with pytest.raises((Refused, NoSuchCase)):
        play.dismiss(by="overseer")
    play.dismiss(by="desk_head")
    assert play.state == "closed: appeal_dismissed"
    assert play.case.appeal_final
    assert Appeal.objects.latest("id").decided_by == head
    assert not finds(head, play)


def test_and_where_every_overseer_had_a_part_in_it(scene: Scene) -> None:
    play = Play(scene).forward().accept().answer().confirm().reopen()
    play.answer().appeal().dismiss()
    play.appeal()
    assert in_list(scene.cast.desk_head, play)
    play.uphold(by="desk_head")
    assert play.state == "in_progress"


def test_while_one_of_them_may_decide_the_head_does_not(scene: Scene) -> None:
    second = make_post(make_user("second overseer"), Role.OVERSEER, scene.cast.cabinet).user
    play = about_overseer(scene)
    assert play.told("appeal_to_decide") == {"power", second.name}
    assert not in_list(scene.cast.desk_head, play)
    with pytest.raises(Refused) as refused:
        play.dismiss(by="desk_head")
    assert refused.value.code == "not_yours"
    assert without_overseers() == []


def test_a_case_about_somebody_elsewhere_is_not_looked_into(scene: Scene) -> None:
    play = second_appeal(scene, user_id=scene.cast.rival_focal.pk)
    with CaptureQueriesContext(connection) as none_named:
        assert without_overseers() == []
    play.about(office_id=scene.cast.cabinet.pk, role=Role.HEAD)
    with CaptureQueriesContext(connection) as one_named:
        assert [people for _appeal, people in without_overseers()] == [[]]
    assert len(none_named) == 2 < len(one_named)


def test_a_head_of_another_office_has_nothing_to_do_with_it(scene: Scene) -> None:
    play = about_overseer(scene)
    rival = make_post(make_user("rival head"), Role.HEAD, scene.cast.rival_ministry).user
    assert not finds(rival, play)
    assert not in_list(rival, play)


def test_the_head_above_decides_where_that_of_their_office_is_barred_too(scene: Scene) -> None:
    top = make_office("pmo", "Prime Minister's Office")
    cabinet = scene.cast.cabinet
    cabinet.parent, cabinet.path = top, f"{top.path}{cabinet.path}"
    cabinet.save()
    chief = make_post(make_user("chief"), Role.HEAD, top).user
    play = about_the_head(scene)
    assert play.told("appeal_to_decide") == {"power", "chief"}
    assert finds(chief, play)
    assert in_list(chief, play)


def test_what_the_citizen_writes_meanwhile_reaches_whoever_decides(scene: Scene) -> None:
    play = about_overseer(scene)
    casework.message(
        actor=scene.citizen(play.receipt), number=play.number, text="Is anybody there?"
    )
    assert play.told("citizen_wrote") == {"Desk Head"}


def test_the_page_offers_the_decision_to_them(scene: Scene, client: Client) -> None:
    play = about_overseer(scene)
    client.force_login(scene.cast.desk_head)
    shown = client.get(f"/en/office/cases/{play.number}/").content.decode()
    assert f"/en/office/cases/{play.number}/dismiss/" in shown
    assert play.number in client.get("/en/office/appeals/?show=decide").content.decode()


def test_who_decides_later_is_told_once(scene: Scene) -> None:
    play = second_appeal(scene)
    assert tell_of_undecided() == 0
    play.about(user_id=scene.cast.overseer.pk)
    assert tell_of_undecided() == 1
    assert "Desk Head" in play.told("appeal_to_decide")
    assert tell_of_undecided() == 0


def test_who_was_told_with_the_appeal_is_not_told_again(scene: Scene) -> None:
    about_overseer(scene)
    assert tell_of_undecided() == 0


# --- Nobody may -------------------------------------------------------------------------------


def health(scene: Scene) -> str:
    client = Client()
    client.force_login(scene.cast.registrar)
    return str(client.get("/en/registry/health/").content.decode())


def test_where_nobody_may_the_registrars_are_told_once_and_not_which_case_it_is(
    scene: Scene,
) -> None:
    assert "can be decided by nobody" not in health(scene)
    cache.clear()
    play = about_the_head(scene)
    assert [people for _appeal, people in without_overseers()] == [[]]
    assert tell_of_undecided() == 1
    assert tell_of_undecided() == 0
    told = Notice.objects.get(template="appeal_for_nobody")
    assert (told.user, told.case) == (scene.cast.registrar, None)
    words = render(told, "en")
    assert "Appoint an overseer in another office" in words.body
    assert "/registry/health/" in words.body
    assert play.number not in words.body
    shown = health(scene)
    assert "1 appeal can be decided by nobody" in shown
    assert play.number not in shown


def test_an_overseer_in_another_office_decides_then(scene: Scene) -> None:
    play = about_the_head(scene)
    assert undecidable() == 1
    cache.clear()
    make_post(scene.cast.rival_focal, Role.OVERSEER, scene.cast.rival_ministry)
    assert undecidable() == 0
    assert in_list(scene.cast.rival_focal, play)
    play.dismiss(by="rival_focal")
    assert play.case.appeal_final


def test_where_there_is_no_overseer_at_all_it_is_said_too(scene: Scene) -> None:
    second_appeal(scene)
    User.objects.filter(pk=scene.cast.overseer.pk).update(is_active=False)
    assert undecidable() == 1


def test_an_appeal_that_an_office_decides_is_none_of_these(scene: Scene) -> None:
    play = Play(scene).forward().accept().answer().about(user_id=scene.cast.overseer.pk).appeal()
    assert without_overseers() == []
    assert not finds(scene.cast.desk_head, play)


def test_when_it_is_late_the_head_above_hears_of_it(scene: Scene, clock: Clock) -> None:
    play = about_overseer(scene)
    clock.shift(timedelta(days=60))
    escalation.sweep()
    summaries.tell_escalations()
    assert play.levels("appeal") == [1, 2, 3]
    rows = Notice.objects.filter(template__startswith="escalated")
    assert {row.user.name for row in rows if row.user} == {"Desk Head"}
