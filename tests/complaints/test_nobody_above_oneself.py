"""Where the people run out: nobody decides on their own decision, no case goes where nobody may see it."""

import pytest

from accounts.roles import Role
from complaints.errors import Invalid, MoveRefused
from complaints.models import Case
from complaints.services import appeals, casework
from complaints.services.answering import link_respondent
from complaints.submission import Whom
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.factories.agencies import make_post

WHY = "The meter still shows the wrong number"


def test_who_dismissed_the_first_appeal_does_not_decide_the_second(scene: Scene) -> None:
    cast = scene.cast
    make_post(cast.ministry_focal, Role.OVERSEER, cast.cabinet)
    play = Play(scene).forward().accept().answer()
    citizen = scene.citizen(play.receipt)
    appeals.appeal(actor=citizen, number=play.number, grounds=WHY)
    both = scene.actor(cast.ministry_focal)
    appeals.dismiss(actor=both, number=play.number, reason="The answer was right.")
    appeals.appeal(actor=citizen, number=play.number, grounds=WHY)
    with pytest.raises(MoveRefused) as refused:
        appeals.dismiss(actor=both, number=play.number, reason="The answer was right.")
    assert refused.value.code == "not_yours"
    appeals.dismiss(
        actor=scene.actor(cast.overseer), number=play.number, reason="The answer was right."
    )
    assert Case.objects.get().appeal_final


@pytest.fixture
def about_the_minister(scene: Scene) -> str:
    """A case about the head of the ministry: all who work there are barred from it."""
    ministry = scene.cast.ministry
    return scene.file(respondents=(Whom(office_id=ministry.pk, role=Role.HEAD),)).number


def test_a_case_is_not_forwarded_to_where_nobody_may_see_it(
    scene: Scene, about_the_minister: str
) -> None:
    desk, cast = scene.actor(scene.cast.desk), scene.cast
    with pytest.raises(Invalid) as refused:
        casework.forward(
            actor=desk, number=about_the_minister, office=cast.ministry, reason="Theirs"
        )
    assert "office" in refused.value.fields
    casework.forward(
        actor=desk, number=about_the_minister, office=cast.rival_ministry, reason="Not theirs"
    )
    assert Case.objects.get().holder == cast.rival_ministry


def test_below_that_office_there_are_people_who_may_have_it(
    scene: Scene, about_the_minister: str
) -> None:
    cast = scene.cast
    casework.forward(
        actor=scene.actor(cast.desk),
        number=about_the_minister,
        office=cast.department,
        reason="Theirs",
    )
    assert Case.objects.get().holder == cast.department


def test_a_post_that_is_merely_empty_stands_in_nobodys_way(scene: Scene) -> None:
    cast, receipt = scene.cast, scene.file()
    desk = scene.actor(cast.desk)
    link_respondent(
        actor=desk,
        number=receipt.number,
        respondent=Whom(office_id=cast.department.pk, role=Role.CASE_OFFICER),
    )
    casework.forward(actor=desk, number=receipt.number, office=cast.upazila_office, reason="Theirs")
    assert Case.objects.get().holder == cast.upazila_office
