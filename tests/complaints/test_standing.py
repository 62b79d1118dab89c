"""What somebody is to a case where posts alone do not say it: their own, and cases about others."""

from accounts.roles import Role
from agencies.selectors import actor_for
from complaints.models import Case
from complaints.parties import standing
from complaints.services import answering, casework
from complaints.submission import Whom
from complaints.workflow import Party
from tests.complaints.conftest import Scene


def test_to_their_own_complaint_an_officer_is_its_citizen_and_nothing_else(scene: Scene) -> None:
    receipt = scene.file()
    Case.objects.filter(number=receipt.number).update(owner=scene.cast.desk)
    who = standing(scene.case(receipt), actor_for(scene.cast.desk))
    assert who.parties == {Party.CITIZEN}


def test_who_is_barred_is_known_whoever_acts(scene: Scene) -> None:
    receipt = scene.file(respondents=(Whom(user_id=scene.cast.focal.pk),), about_official=True)
    case = scene.case(receipt)
    for actor in (scene.citizen(receipt), scene.actor(scene.cast.desk)):
        assert scene.cast.focal.pk in standing(case, actor).barred


def test_a_case_leaves_its_holder_when_its_citizen_names_them_by_the_secret(scene: Scene) -> None:
    cast, receipt = scene.cast, scene.file()
    casework.forward(
        actor=scene.actor(cast.desk), number=receipt.number, office=cast.department, reason="Grid"
    )
    answering.link_respondent(
        actor=scene.citizen(receipt),
        number=receipt.number,
        respondent=Whom(office_id=cast.department.pk, role=Role.HEAD),
    )
    assert scene.case(receipt).holder == cast.ministry
