"""After a call: nothing of it for the office, until an overseer opens the case again; calls by hand."""

from typing import Any

import pytest

from complaints import moment
from complaints.errors import Invalid, NoSuchCase, Refused
from complaints.models import IdentityLook, Notice, Respondent
from complaints.selectors import CaseFile, find_case
from complaints.services import appeals
from complaints.services.intake import Receipt
from oversight.audits import calling, queue
from oversight.models import Audit
from tests.complaints.play import refused
from tests.oversight.audits import NO, YES, audit_for, named, take_and_end
from tests.oversight.conftest import House


@pytest.fixture
def receipt(house: House) -> Receipt:
    return house.confirmed(**named())


@pytest.fixture
def audit(house: House, receipt: Receipt) -> Audit:
    """A call that is due."""
    return audit_for(house.scene, receipt)


def actor(house: House, who: str) -> Any:
    return house.scene.actor(getattr(house.cast, who))


def due(house: House, who: str) -> list[Audit]:
    return list(queue.due_for(actor(house, who)))


class TestTheOfficeLearnsNothing:
    @pytest.mark.parametrize("who", ["focal", "case_officer", "head", "desk"])
    def test_not_on_its_pages_and_not_by_the_api(
        self, house: House, receipt: Receipt, audit: Audit, who: str
    ) -> None:
        before = Notice.objects.count()
        overseer = actor(house, "overseer")
        calling.take(actor=overseer, pk=audit.pk)
        calling.look(actor=overseer, pk=audit.pk)
        calling.answered(actor=overseer, pk=audit.pk, answers=YES)
        assert Notice.objects.count() == before
        reader = actor(house, who)
        case = find_case(reader, receipt.number)
        assert case is not None
        assert "audit_look" not in [e.event.move for e in CaseFile(case, reader).timeline]
        house.sign_in(who)
        html = house.page(f"/office/cases/{receipt.number}/")
        # The desk has its calls in the navigation; of this case's nothing is said.
        assert "audit" not in html.split("<main")[1].lower()
        assert "Looked up the citizen" not in html
        assert "audit_look" not in house.client.get(f"/api/v1/cases/{receipt.number}/").text

    def test_an_overseer_reads_that_it_was_looked_up(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        overseer = actor(house, "overseer")
        calling.take(actor=overseer, pk=audit.pk)
        calling.look(actor=overseer, pk=audit.pk)
        assert "to ask whether it was solved" in house.page(f"/office/cases/{receipt.number}/")

    @pytest.mark.parametrize("who", ["overseer", "desk"])
    def test_the_case_offers_no_such_move(self, house: House, receipt: Receipt, who: str) -> None:
        reader = actor(house, who)
        case = find_case(reader, receipt.number)
        assert case is not None
        assert "audit_look" not in CaseFile(case, reader).moves
        house.sign_in(who)
        path = f"/office/cases/{receipt.number}/audit_look/"
        assert house.client.post(f"/en{path}").status_code == 404
        answer = house.client.post(f"/api/v1/cases/{receipt.number}/moves/audit_look/")
        assert answer.status_code == 404
        assert not IdentityLook.objects.exists()


class TestReopening:
    def test_an_overseer_opens_it_again_by_what_was_said(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        take_and_end(house, audit, NO)
        assert list(queue.to_reopen(actor(house, "overseer"))) == [audit]
        calling.reopen(actor=actor(house, "overseer"), pk=audit.pk, finding="It is still dark.")
        audit.refresh_from_db()
        assert audit.reopened_at == moment.now()
        assert (audit.result, audit.outcome, audit.ending) == (
            "not_solved", "resolved", "confirmed",
        )  # fmt: skip
        assert house.case(receipt).status == "in_progress"
        assert list(queue.to_reopen(actor(house, "overseer"))) == []
        with refused("no_such_audit"):
            calling.reopen(actor=actor(house, "overseer"), pk=audit.pk, finding="It is still dark.")

    @pytest.mark.parametrize("answers", [YES, {**NO, "reopen": "no"}, {**NO, "solved": "yes"}])
    def test_only_where_it_is_not_solved_and_wanted(
        self, house: House, audit: Audit, answers: dict[str, str]
    ) -> None:
        take_and_end(house, audit, answers)
        with refused("no_such_audit"):
            calling.reopen(actor=actor(house, "overseer"), pk=audit.pk, finding="It is still dark.")

    def test_not_by_the_desk_or_an_auditor(self, house: House, audit: Audit) -> None:
        take_and_end(house, audit, NO)
        for who in ("desk", "auditor", "head"):
            with refused("no_such_audit"):
                calling.reopen(actor=actor(house, who), pk=audit.pk, finding="It is still dark.")

    def test_a_finding_needs_words(self, house: House, audit: Audit) -> None:
        take_and_end(house, audit, NO)
        with pytest.raises(Invalid):
            calling.reopen(actor=actor(house, "overseer"), pk=audit.pk, finding="no")
        audit.refresh_from_db()
        assert audit.reopened_at is None

    def test_not_once_the_case_went_on_by_itself(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        take_and_end(house, audit, NO)
        appeals.appeal(
            actor=house.scene.citizen(receipt), number=receipt.number, grounds="It is dark again."
        )
        assert list(queue.to_reopen(actor(house, "overseer"))) == []


class TestPutInByHand:
    def test_it_is_due_at_once_and_said_to_be_chosen(self, house: House, receipt: Receipt) -> None:
        audit = calling.ask_about(actor=actor(house, "overseer"), number=receipt.number)
        assert (audit.why, audit.next_call_at) == ("asked", moment.now())
        again = calling.ask_about(actor=actor(house, "overseer"), number=receipt.number)
        assert again == audit

    def test_by_overseers_alone(self, house: House, receipt: Receipt) -> None:
        for who in ("desk", "auditor", "focal"):
            with pytest.raises(NoSuchCase):
                calling.ask_about(actor=actor(house, who), number=receipt.number)

    def test_not_about_an_open_case_or_an_unreachable_citizen(self, house: House) -> None:
        open_one, anonymous = house.answered(**named()), house.confirmed()
        for receipt, code in ((open_one, "not_closed"), (anonymous, "no_contact")):
            with pytest.raises(Refused) as caught:
                calling.ask_about(actor=actor(house, "overseer"), number=receipt.number)
            assert caught.value.code == code

    def test_not_by_whoever_is_barred(self, house: House, receipt: Receipt) -> None:
        Respondent.objects.create(
            case=house.case(receipt), user=house.cast.overseer, linked_at=moment.now()
        )
        with pytest.raises(NoSuchCase):
            calling.ask_about(actor=actor(house, "overseer"), number=receipt.number)
