"""Guidance to the office, departmental action recommended, and what became of it."""

from typing import Any

import pytest

from accounts.roles import Role
from complaints import moment
from complaints.errors import Refused
from complaints.models import Recommendation, Statement
from complaints.services import recommendations
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, refused
from tests.factories.agencies import make_officer
from tests.oversight.counted import counted


def appealed(scene: Scene, **filing: Any) -> Play:
    return Play(scene, **filing).forward().accept().answer().appeal()


def entry(play: Play, who: str, move: str) -> Any:
    found = [e for e in play.file_for(who).timeline if e.event.move == move]
    return found[-1] if found else None


# --- Guidance ---------------------------------------------------------------------------------


def test_guidance_is_read_by_the_office_and_overseers_and_never_by_the_citizen(
    scene: Scene,
) -> None:
    play = appealed(scene).guide()
    assert play.told("guidance") == {"grid"}
    for who in ("focal", "head", "ministry_focal", "overseer"):
        assert entry(play, who, "guide").said["text"].startswith("Read each meter"), who
    assert entry(play, "citizen", "guide") is None
    assert "guidance" not in play.heard()


def test_only_those_who_decide_write_it_and_with_words(scene: Scene) -> None:
    play = appealed(scene)
    for by in ("focal", "citizen", "desk", "overseer"):
        with refused("not_yours"):
            play.guide(by=by)
    with refused("invalid"):
        recommendations.guide(actor=play.actor("ministry_focal"), number=play.number, text="Hm")


def test_where_no_office_had_it_the_desk_is_told(scene: Scene) -> None:
    play = Play(scene).decline().appeal().guide(by="overseer")
    assert play.told("guidance") == {"Desk Head"}


# --- Recommending -----------------------------------------------------------------------------


def test_an_office_is_recommended_to_act_and_told(scene: Scene) -> None:
    play = appealed(scene).recommend()
    row = Recommendation.objects.get()
    assert (row.office, row.followed, row.made_event) == (scene.cast.department, "", play.last)
    assert play.told("recommended_to_act") == {"grid"}
    assert play.told("recommended") == {"citizen"}
    assert play.last.data == {"office": "grid"}
    assert Statement.objects.get(event=play.last).internal


def test_the_citizen_is_told_that_it_was_and_not_what(scene: Scene) -> None:
    play = appealed(scene).recommend()
    told = entry(play, "citizen", "recommend")
    assert told.said == {}


def test_only_offices_that_see_the_case_already_can_be_recommended_to(scene: Scene) -> None:
    play = appealed(scene)
    able = {office.code for office in recommendations.may_act(play.case)}
    assert able == {"grid", "power"}
    for office in (scene.cast.rival_ministry, scene.cast.district_office):
        with pytest.raises(Refused) as caught:
            play.recommend(to=office)
        assert list(caught.value.fields) == ["office"]
    assert not Recommendation.objects.exists()


def test_an_office_that_had_the_case_before_can_be(scene: Scene) -> None:
    play = Play(scene).forward(to=scene.cast.rival_ministry).send_back(by="rival_focal").forward()
    play.accept().answer().appeal()
    assert "roads" in {office.code for office in recommendations.may_act(play.case)}
    play.recommend(to=scene.cast.rival_ministry)
    assert "follow" in play.may("rival_focal")


def test_it_resolves_nothing(scene: Scene) -> None:
    play = appealed(scene)
    before = (play.case.outcome, play.case.ending, play.running, counted())
    play.recommend().follow()
    assert play.state == "appealed"
    assert (play.case.outcome, play.case.ending, play.running, counted()) == before


# --- Following --------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["focal", "head", "overseer"])
@pytest.mark.parametrize("followed", ["acted", "refused"])
def test_the_office_or_an_overseer_says_what_was_done(scene: Scene, by: str, followed: str) -> None:
    play = appealed(scene).recommend()
    assert "follow" in play.may(by)
    play.follow(by=by, followed=followed)
    row = Recommendation.objects.get()
    assert (row.followed, row.followed_event) == (followed, play.last)
    assert play.last.data == {"office": "grid", "followed": followed}
    assert play.told("recommendation_answered") == {"power"}
    assert play.told("recommendation_followed") == {"citizen"}
    with refused("nothing_recommended" if by == "overseer" else "not_yours"):
        play.follow(by=by)


@pytest.mark.parametrize("by", ["case_officer", "desk", "auditor", "ministry_focal", "citizen"])
def test_nobody_else_does(scene: Scene, by: str) -> None:
    play = appealed(scene).recommend()
    assert "follow" not in play.may(by)
    with refused("not_yours"):
        play.follow(by=by)


def test_it_is_answered_long_after_the_appeal_in_any_state(scene: Scene) -> None:
    play = appealed(scene).recommend().dismiss()
    assert play.state == "closed: appeal_dismissed"
    play.follow()
    assert play.state == "closed: appeal_dismissed"


def test_an_empty_post_is_answered_for_by_the_next_one_up(scene: Scene) -> None:
    play = appealed(scene).recommend()
    scene.cast.focal.posts.all().delete()
    assert "follow" in play.may("ministry_focal")
    play.follow(by="ministry_focal")


def test_of_several_the_one_that_is_meant_is_answered(scene: Scene) -> None:
    play = appealed(scene).recommend().recommend(to=scene.cast.ministry)
    theirs, other = Recommendation.objects.order_by("id")
    with refused("invalid"):
        play.follow(by="head", which=other.pk)
    play.follow(by="ministry_head", which=other.pk)
    theirs.refresh_from_db()
    assert theirs.followed == ""
    play.follow(by="head")
    theirs.refresh_from_db()
    assert theirs.followed == "acted"


@pytest.mark.parametrize(("followed", "text"), [("", "Well done it is"), ("acted", "Hm")])
def test_an_answer_needs_a_choice_and_words(scene: Scene, followed: str, text: str) -> None:
    play = appealed(scene).recommend()
    with refused("invalid"):
        recommendations.follow(
            actor=play.actor("head"),
            number=play.number,
            recommendation=None,
            followed=followed,
            text=text,
        )
    assert Recommendation.objects.get().followed == ""


def test_without_a_recommendation_there_is_nothing_to_answer(scene: Scene) -> None:
    play = appealed(scene)
    assert "follow" not in play.may("overseer")
    with refused("nothing_recommended"):
        play.follow(by="overseer")


def test_answering_one_is_no_handling_of_the_case(scene: Scene) -> None:
    play = Play(scene).forward(to=scene.cast.district_office)
    officer = make_officer("Worker", Role.CASE_OFFICER, scene.cast.district_office)
    object.__setattr__(scene.cast, "worker", officer)
    play.accept(officer="worker", by="district_focal").answer(by="worker").appeal()
    play.recommend(to=scene.cast.department, by="focal").uphold(by="focal")
    play.follow(by="focal").answer(by="worker").appeal()
    # The department's focal officer decided before, and may do so again: they only answered.
    assert "uphold" in play.may("focal")


def test_a_closed_office_cannot_be_recommended_to(scene: Scene) -> None:
    play = Play(scene).forward(to=scene.cast.rival_ministry).send_back(by="rival_focal").forward()
    play.accept().answer().appeal()
    scene.cast.rival_ministry.closed_at = moment.now()
    scene.cast.rival_ministry.save()
    assert "roads" not in {office.code for office in recommendations.may_act(play.case)}
