"""The calls of the demonstration; and the record that holds after calls and marks."""

from accounts.roles import Role
from complaints.models import IdentityLook
from complaints.services import answering
from oversight.audits import calling
from oversight.demo import calls
from oversight.models import Audit
from tests.complaints.verifying import codes
from tests.factories.agencies import make_officer
from tests.oversight.audits import YES, audit_for, named
from tests.oversight.conftest import House


def test_some_wait_and_of_some_something_came(house: House) -> None:
    receipts = [house.confirmed(**named()) for _n in range(6)]
    house.day(1)
    assert calls.call() == 6
    assert Audit.objects.filter(done_at=None).count() == 2
    assert set(Audit.objects.exclude(result="").values_list("result", flat=True)) == {
        "solved", "not_solved", "partly",
    }  # fmt: skip
    assert IdentityLook.objects.filter(ground="audit").count() == 4
    assert {house.case(receipt).status for receipt in receipts} == {"closed"}


def test_repeated_it_does_nothing(house: House) -> None:
    house.confirmed(**named())
    calls.call()
    assert calls.call() == 0
    assert Audit.objects.count() == 1


def test_without_closed_cases_there_is_nothing_to_call(house: House) -> None:
    make_officer("Second", Role.OVERSEER, house.cast.rival_ministry)
    assert calls.call() == 0


def test_calls_and_marks_leave_a_record_that_holds(house: House) -> None:
    receipt = house.answered(**named())
    citizen = house.scene.citizen(receipt)
    answering.confirm(actor=citizen, number=receipt.number, rating=None)
    answering.rate(actor=citizen, number=receipt.number, rating=4)
    audit = audit_for(house.scene, receipt)
    overseer = house.scene.actor(house.cast.overseer)
    calling.take(actor=overseer, pk=audit.pk)
    calling.look(actor=overseer, pk=audit.pk)
    calling.answered(actor=overseer, pk=audit.pk, answers=YES)
    assert codes(receipt.number) == set()
    IdentityLook.objects.all().delete()
    assert codes(receipt.number) == {"look"}
