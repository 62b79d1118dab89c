"""Calls: who may make them, one at a time, on the record."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.roles import Role
from complaints import moment
from complaints.errors import MoveRefused
from complaints.models import Contact, Event, Handle, IdentityLook, Respondent
from complaints.services import appeals, erasing, sealing
from complaints.services.intake import Receipt
from oversight.audits import calling, drawing, queue
from oversight.models import Audit
from tests.complaints.play import refused
from tests.factories.agencies import make_officer, make_post
from tests.oversight.audits import NO, YES, audit_for, confirm, named, take_and_end
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


class TestWhoCalls:
    def test_overseers_and_auditors_see_the_queue_and_overseers_call(
        self, house: House, audit: Audit
    ) -> None:
        assert due(house, "overseer") == [audit]
        assert due(house, "auditor") == [audit]
        assert calling.take(actor=actor(house, "overseer"), pk=audit.pk).caller_id
        with refused("no_such_audit"):
            calling.take(actor=actor(house, "auditor"), pk=audit.pk)

    @pytest.mark.parametrize("who", ["focal", "case_officer", "head", "operator", "registrar"])
    def test_nobody_else_does(self, house: House, audit: Audit, who: str) -> None:
        assert due(house, who) == []
        with refused("no_such_audit"):
            calling.take(actor=actor(house, who), pk=audit.pk)

    def test_not_the_desk_officer_who_forwarded_it(self, house: House, audit: Audit) -> None:
        assert due(house, "desk") == []

    def test_a_desk_officer_who_had_no_part_does(self, house: House, audit: Audit) -> None:
        other = make_officer("Other Desk", Role.DESK, house.cast.cabinet)
        assert list(queue.due_for(house.scene.actor(other))) == [audit]

    def test_not_an_overseer_who_decided_in_it(self, house: House) -> None:
        receipt = house.confirmed(**named())
        appeals.reopen(
            actor=actor(house, "overseer"),
            number=receipt.number,
            reason="It is still as dark as before.",
        )
        house.answer(receipt)
        confirm(house, receipt)
        audit_for(house.scene, receipt)
        assert due(house, "overseer") == []

    def test_nobody_with_a_post_in_an_office_that_had_it(self, house: House, audit: Audit) -> None:
        make_post(house.cast.overseer, Role.CASE_OFFICER, house.cast.department)
        assert due(house, "overseer") == []

    def test_nobody_who_leads_an_office_above_it(self, house: House, audit: Audit) -> None:
        make_post(house.cast.overseer, Role.HEAD, house.cast.ministry)
        assert due(house, "overseer") == []

    def test_nobody_on_their_own_complaint(self, house: House, audit: Audit) -> None:
        case = audit.case
        case.owner = house.cast.overseer
        case.save(update_fields=["owner"])
        assert due(house, "overseer") == []

    def test_nobody_who_is_barred(self, house: House, audit: Audit) -> None:
        Respondent.objects.create(case=audit.case, user=house.cast.overseer, linked_at=moment.now())
        assert due(house, "overseer") == []
        assert queue.audit_for(actor(house, "overseer"), audit.pk) is None
        with refused("no_such_audit"):
            calling.take(actor=actor(house, "overseer"), pk=audit.pk)

    def test_sensitive_ones_are_the_overseers(self, house: House) -> None:
        audit = audit_for(house.scene, house.confirmed(**named(about_official=True)))
        other = make_officer("Other Desk", Role.DESK, house.cast.cabinet)
        assert list(queue.due_for(house.scene.actor(other))) == []
        assert due(house, "overseer") == [audit]

    def test_a_desk_officer_reads_of_their_own_calls_alone(
        self, house: House, audit: Audit
    ) -> None:
        take_and_end(house, audit, NO)
        other = house.scene.actor(make_officer("Other Desk", Role.DESK, house.cast.cabinet))
        assert list(queue.done_for(other)) == []
        assert queue.audit_for(other, audit.pk) is None
        assert list(queue.done_for(actor(house, "auditor"))) == [audit]


class TestTheQueue:
    def test_what_is_due_longest_comes_first(self, house: House) -> None:
        now = moment.now()
        late = [
            audit_for(
                house.scene, house.confirmed(**named()), next_call_at=now - timedelta(hours=hours)
            )
            for hours in (1, 3, 2)
        ]
        assert due(house, "overseer") == [late[1], late[2], late[0]]

    def test_before_its_day_it_is_later(self, house: House, receipt: Receipt) -> None:
        then = moment.now() + timedelta(days=2)
        audit = audit_for(house.scene, receipt, next_call_at=then)
        assert due(house, "overseer") == []
        assert list(queue.later_for(actor(house, "overseer"))) == [audit]
        house.clock.move_to(then)
        assert due(house, "overseer") == [audit]

    def test_while_the_case_is_open_again_it_waits(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        second = make_officer("Second", Role.OVERSEER, house.cast.rival_ministry)
        appeals.appeal(
            actor=house.scene.citizen(receipt), number=receipt.number, grounds="It is dark again."
        )
        assert due(house, "overseer") == []
        with refused("no_such_audit"):
            calling.take(actor=actor(house, "overseer"), pk=audit.pk)
        appeals.uphold(
            actor=actor(house, "ministry_focal"), number=receipt.number, reason="They are right."
        )
        house.clock.shift(timedelta(hours=1))
        house.answer(receipt, "partly")
        confirm(house, receipt)
        taken = calling.take(actor=house.scene.actor(second), pk=audit.pk)
        assert taken.outcome == "partly"
        assert taken.closed_at == house.case(receipt).closed_at

    def test_it_costs_one_query(
        self, house: House, audit: Audit, django_assert_num_queries: Any
    ) -> None:
        overseer = actor(house, "overseer")
        with django_assert_num_queries(1):
            assert [a.case.number for a in queue.due_for(overseer)[:50]]

    def test_what_waits_is_counted(self, house: House, audit: Audit) -> None:
        assert queue.waiting() == 1
        take_and_end(house, audit, YES)
        assert queue.waiting() == 0


class TestTaking:
    def test_one_has_it_for_half_an_hour(self, house: House, audit: Audit) -> None:
        second = make_officer("Second", Role.OVERSEER, house.cast.rival_ministry)
        other = house.scene.actor(second)
        calling.take(actor=actor(house, "overseer"), pk=audit.pk)
        with refused("taken"):
            calling.take(actor=other, pk=audit.pk)
        assert list(queue.due_for(other)) == []
        house.clock.shift(timedelta(minutes=30))
        assert list(queue.due_for(other)) == [audit]
        calling.take(actor=other, pk=audit.pk)
        with refused("not_taken"):
            calling.answered(actor=actor(house, "overseer"), pk=audit.pk, answers=YES)

    def test_taken_again_by_the_same_it_goes_on(self, house: House, audit: Audit) -> None:
        first = calling.take(actor=actor(house, "overseer"), pk=audit.pk).taken_at
        house.clock.shift(timedelta(minutes=5))
        assert calling.take(actor=actor(house, "overseer"), pk=audit.pk).taken_at == first

    def test_it_can_be_given_back(self, house: House, audit: Audit) -> None:
        second = house.scene.actor(make_officer("Second", Role.OVERSEER, house.cast.rival_ministry))
        calling.take(actor=actor(house, "overseer"), pk=audit.pk)
        calling.give_back(actor=second, pk=audit.pk)
        audit.refresh_from_db()
        assert audit.caller == house.cast.overseer
        calling.give_back(actor=actor(house, "overseer"), pk=audit.pk)
        calling.give_back(actor=actor(house, "overseer"), pk=audit.pk)
        audit.refresh_from_db()
        assert (audit.caller, audit.taken_at) == (None, None)
        assert calling.take(actor=second, pk=audit.pk).caller_id == second.user_id


class TestLooking:
    def test_the_contact_is_shown_to_whoever_has_taken_it(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        overseer = actor(house, "overseer")
        with refused("not_taken"):
            calling.look(actor=overseer, pk=audit.pk)
        assert not IdentityLook.objects.exists()
        calling.take(actor=overseer, pk=audit.pk)
        contact = calling.look(actor=overseer, pk=audit.pk)
        assert (contact.name, contact.phone) == ("Rahima", "+8801712345678")
        look = IdentityLook.objects.get()
        assert (look.user, look.ground) == (house.cast.overseer, "audit")
        event = Event.objects.filter(case=audit.case).latest("seq")
        assert (event.move, event.party, event.pk) == ("audit_look", "overseer", look.event_id)

    def test_shown_again_in_the_same_call_it_is_one_look(self, house: House, audit: Audit) -> None:
        overseer = actor(house, "overseer")
        calling.take(actor=overseer, pk=audit.pk)
        for _time in range(3):
            calling.look(actor=overseer, pk=audit.pk)
        assert IdentityLook.objects.count() == 1
        calling.give_back(actor=overseer, pk=audit.pk)
        house.clock.shift(timedelta(minutes=1))
        calling.take(actor=overseer, pk=audit.pk)
        calling.look(actor=overseer, pk=audit.pk)
        assert IdentityLook.objects.count() == 2

    def test_the_citizen_reads_who_looked_and_why(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        overseer = actor(house, "overseer")
        calling.take(actor=overseer, pk=audit.pk)
        calling.look(actor=overseer, pk=audit.pk)
        house.client.logout()
        house.client.post(
            "/en/complaints/track/", {"number": receipt.number, "secret": receipt.secret}
        )
        html = house.page(f"/complaints/track/{receipt.number}/")
        assert "To ask you whether it was solved." in html
        assert "Somebody looked up how to reach you, to ask whether it was solved" in html

    def test_whoever_wrote_from_a_messenger_is_called_there(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        handle = Handle.objects.create(
            channel="whatsapp",
            index="i",
            sealed=sealing.seal({"address": "XX.1349", "other": "8801812345678"}),
            language="bn",
            created_at=moment.now(),
        )
        contact = Contact.objects.get(case=audit.case)
        contact.handle, contact.data_key, contact.sealed = handle, None, sealing.seal({})
        contact.save()
        overseer = actor(house, "overseer")
        calling.take(actor=overseer, pk=audit.pk)
        assert calling.look(actor=overseer, pk=audit.pk).phone == "8801812345678"

    def test_only_a_closed_case_is_looked_up(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        from complaints.services import identity

        appeals.appeal(
            actor=house.scene.citizen(receipt), number=receipt.number, grounds="It is dark again."
        )
        for who in ("overseer", "desk"):
            with pytest.raises(MoveRefused):
                identity.look_to_audit(
                    actor=actor(house, who), number=receipt.number, since=moment.now()
                )

    def test_officers_of_the_office_cannot_look_this_way(
        self, house: House, receipt: Receipt
    ) -> None:
        from complaints.services import identity

        for who in ("focal", "head", "case_officer"):
            with pytest.raises(MoveRefused):
                identity.look_to_audit(
                    actor=actor(house, who), number=receipt.number, since=moment.now()
                )
        assert not IdentityLook.objects.exists()


class TestEnding:
    @pytest.mark.parametrize(
        ("solved", "result"), [("yes", "solved"), ("partly", "partly"), ("no", "not_solved")]
    )
    def test_what_they_said_is_kept_apart(
        self, house: House, receipt: Receipt, audit: Audit, solved: str, result: str
    ) -> None:
        before = house.case(receipt)
        audit = take_and_end(house, audit, {**YES, "solved": solved})
        audit.refresh_from_db()
        assert (audit.result, audit.answers["solved"], audit.calls) == (result, solved, 1)
        assert audit.done_at == moment.now()
        after = house.case(receipt)
        assert (after.outcome, after.ending, after.status) == ("resolved", "confirmed", "closed")
        assert after.last_hash == before.last_hash

    def test_a_second_time_is_refused(self, house: House, audit: Audit) -> None:
        take_and_end(house, audit, YES)
        with refused("no_such_audit"):
            calling.answered(actor=actor(house, "overseer"), pk=audit.pk, answers=NO)
        audit.refresh_from_db()
        assert audit.result == "solved"

    def test_nobody_reached_is_tried_again_on_other_days_and_then_given_up(
        self, house: House, audit: Audit
    ) -> None:
        overseer = actor(house, "overseer")
        for calls in (1, 2, 3):
            calling.take(actor=overseer, pk=audit.pk)
            ended = calling.ended_without(
                actor=overseer, pk=audit.pk, how="not_reached", note=f"Try {calls}"
            )
            assert ended.calls == calls
            if calls < 3:
                assert (ended.result, ended.caller) == ("", None)
                assert ended.next_call_at == moment.now() + timedelta(days=1)
                assert due(house, "overseer") == []
                house.clock.shift(timedelta(days=1))
        assert (ended.result, ended.done_at) == ("not_reached", moment.now())
        assert calling.note_of(ended) == "Try 1\nTry 2\nTry 3"

    def test_what_nobody_called_in_time_is_ended_and_found_nothing(
        self, house: House, audit: Audit
    ) -> None:
        house.clock.shift(timedelta(days=59))
        assert drawing.end_uncalled() == 0
        house.clock.shift(timedelta(days=2))
        assert (drawing.end_uncalled(), drawing.end_uncalled()) == (1, 0)
        audit.refresh_from_db()
        assert (audit.result, audit.done_at) == ("not_called", moment.now())
        assert due(house, "overseer") == []

    @pytest.mark.parametrize(("how", "calls"), [("refused", 1), ("no_contact", 0)])
    def test_who_does_not_want_it_is_not_called_again(
        self, house: House, audit: Audit, how: str, calls: int
    ) -> None:
        calling.take(actor=actor(house, "overseer"), pk=audit.pk)
        ended = calling.ended_without(actor=actor(house, "overseer"), pk=audit.pk, how=how)
        assert (ended.result, ended.calls) == (how, calls)
        assert ended.done_at is not None

    def test_the_note_is_sealed_and_erased_with_the_words(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        overseer = actor(house, "overseer")
        calling.take(actor=overseer, pk=audit.pk)
        calling.answered(actor=overseer, pk=audit.pk, answers=NO, note="Karim of 3B came twice")
        audit.refresh_from_db()
        assert audit.sealed_note is not None
        assert b"Karim" not in bytes(audit.sealed_note)
        assert calling.note_of(audit) == "Karim of 3B came twice"
        for step in erasing.ROOMS.all_words:
            step(house.case(receipt))
        audit.refresh_from_db()
        assert (calling.note_of(audit), audit.result) == ("", "not_solved")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_gets_it(transactional_db: None, house: House) -> None:
    audit = audit_for(house.scene, house.confirmed(**named()))
    second = make_officer("Second", Role.OVERSEER, house.cast.rival_ministry)
    people = [actor(house, "overseer"), house.scene.actor(second)]

    def work(who: Any) -> str:
        try:
            with transaction.atomic():
                calling.take(actor=who, pk=audit.pk)
            return "taken"
        except calling.Taken:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, people)) == ["refused", "taken"]
