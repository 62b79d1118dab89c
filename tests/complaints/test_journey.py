"""One complaint from filing to confirmation, through the services."""

from accounts.actors import Actor
from complaints.models import Event, Notice
from complaints.selectors import at_hand
from complaints.services import answering, casework
from complaints.submission import Whom
from tests.complaints.conftest import Scene
from tests.factories.routing import publish_rules


def test_a_complaint_is_filed_forwarded_accepted_answered_and_confirmed(scene: Scene) -> None:
    cast = scene.cast
    receipt = scene.file_named()
    assert receipt.status == "received"
    assert receipt.forward_due == "2026-11-25T18:00:00+00:00"
    number = receipt.number
    casework.forward(
        actor=scene.actor(cast.desk), number=number, office=cast.department, reason="Power meters"
    )
    casework.accept(actor=scene.actor(cast.focal), number=number, case_officer=cast.case_officer)
    answering.answer(
        actor=scene.actor(cast.case_officer),
        number=number,
        outcome="resolved",
        text="The meter was changed on Sunday.",
        evidence="Photo in the file.",
        cause="system",
    )
    answering.confirm(actor=scene.citizen(receipt), number=number, rating=5)
    case = scene.case(receipt)
    assert (case.status, case.ending, case.outcome) == ("closed", "confirmed", "resolved")
    moves = list(Event.objects.filter(case=case).order_by("seq").values_list("move", flat=True))
    assert moves == ["submit", "forward", "accept", "answer", "confirm"]


def test_a_citizen_without_proof_gets_no_case(scene: Scene) -> None:
    receipt = scene.file()
    assert Actor(kind="citizen") != scene.citizen(receipt)


def test_a_complaint_that_names_a_respondent_is_sensitive_and_never_routed(scene: Scene) -> None:
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    about = Whom(office_id=scene.cast.department.pk, role="focal")
    receipt = scene.file(respondents=(about,))
    case = scene.case(receipt)
    assert (case.sensitive, case.status, case.holder) == (True, "received", None)


def test_the_head_of_the_desk_has_what_the_desk_has_at_hand(scene: Scene) -> None:
    receipt = scene.file()
    cases = at_hand(scene.actor(scene.cast.desk_head))
    assert [case.number for case in cases] == [receipt.number]
    assert not at_hand(scene.actor(scene.cast.head)).exists()


def test_where_nobody_in_the_top_office_may_know_of_a_case_an_overseer_rules(scene: Scene) -> None:
    cast, receipt = scene.cast, scene.file()
    desk, number = scene.actor(cast.desk), receipt.number
    casework.forward(actor=desk, number=number, office=cast.ministry, reason="Theirs")
    head = Whom(office_id=cast.ministry.pk, role="head")
    answering.link_respondent(actor=desk, number=number, respondent=head)
    case = scene.case(receipt)
    assert (case.status, case.holder) == ("disputed_owner", None)
    assert Notice.objects.filter(template="owner_disputed", user=cast.overseer).exists()
    overseer = scene.actor(cast.overseer)
    casework.rule(actor=overseer, number=number, office=cast.rival_ministry, reason="They take it")
    assert scene.case(receipt).holder == cast.rival_ministry
