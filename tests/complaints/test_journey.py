"""One complaint from filing to confirmation, through the services."""

from accounts.actors import Actor
from complaints.models import Event
from complaints.services import answering, casework
from tests.complaints.conftest import Scene


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
