"""The pages of the calls: the queue, one call from taking to writing down, opening a case again."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.roles import Role
from complaints import moment
from complaints.models import IdentityLook
from complaints.services.intake import Receipt
from oversight.audits import calling
from oversight.models import Audit
from tests.factories.agencies import make_officer
from tests.oversight.audits import NO, audit_for, named, take_and_end
from tests.oversight.conftest import House

QUEUE = "/oversight/audits/"


@pytest.fixture
def receipt(house: House) -> Receipt:
    return house.confirmed(**named())


@pytest.fixture
def audit(house: House, receipt: Receipt) -> Audit:
    return audit_for(house.scene, receipt)


def path_of(audit: Audit, step: str = "") -> str:
    return f"{QUEUE}{audit.pk}/{step + '/' if step else ''}"


def post(house: House, audit: Audit, step: str, **data: str):
    return house.client.post(f"/en{path_of(audit, step)}", data)


SAID = {"call": "answered", "solved": "no", "true": "no", "pressure": "yes", "reopen": "yes"}


class TestTheQueue:
    def test_it_shows_what_is_to_call(self, house: House, audit: Audit) -> None:
        html = house.page(QUEUE)
        assert audit.case.number in html
        assert "Grid Department" in html
        assert re.search(r"<strong>1</strong>To call", html)

    def test_empty_lists_say_what_would_be_there(self, house: House) -> None:
        for show, words in (
            ("due", "Nobody is to be called now"),
            ("mine", "You have taken no call"),
            ("later", "Nothing here"),
            ("done", "Nothing here"),
            ("reopen", "Nothing is to be opened again"),
            ("pressed", "Nobody said that they were pressed"),
            ("nonsense", "Nobody is to be called now"),
        ):
            assert words in house.page(f"{QUEUE}?show={show}"), show

    def test_the_agency_stays_in_the_address(self, house: House, audit: Audit) -> None:
        html = house.page(f"{QUEUE}?agency=grid")
        assert audit.case.number in html
        assert "agency=grid&amp;show=done" in html
        rival = house.page(f"{QUEUE}?agency={house.cast.rival_ministry.code}")
        assert audit.case.number not in rival
        assert re.search(r"<strong>0</strong>To call", rival)

    def test_the_desk_has_no_lists_of_what_others_heard(self, house: House) -> None:
        house.sign_in("desk")
        html = house.page(f"{QUEUE}?show=pressed")
        assert '<a href="?show=pressed"' not in html
        assert '<a href="?show=done"' in html
        assert "Have another case asked about" not in html

    def test_it_costs_the_same_for_many(self, house: House, django_assert_max_num_queries) -> None:
        for _n in range(4):
            audit_for(house.scene, house.confirmed(**named()))
        with django_assert_max_num_queries(10):
            house.page(QUEUE)

    def test_the_dashboard_leads_there(self, house: House, audit: Audit) -> None:
        html = house.page("/oversight/")
        assert re.search(r'href="/en/oversight/audits/"[^>]*><strong>1</strong>To ask', html)


class TestACall:
    def test_from_taking_to_writing_down(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        before = house.page(path_of(audit))
        assert "Take this call" in before
        assert "The electricity meter" not in before
        assert "Rahima" not in before
        assert post(house, audit, "take").status_code == 302
        html = house.page(path_of(audit))
        assert "The electricity meter shows a wrong number." in html
        assert "The meter was changed." in html
        assert "You need not answer any of them." in html
        assert "I will not ask you for a secret" in html
        assert "Rahima" not in html
        assert not IdentityLook.objects.exists()
        shown = post(house, audit, "contact")
        assert shown.status_code == 200
        assert "no-store" in shown["Cache-Control"]
        words = shown.content.decode()
        assert "Do I speak to Rahima?" in words
        assert 'href="tel:+8801712345678"' in words
        assert IdentityLook.objects.count() == 1
        done = post(house, audit, "end", **SAID, note="The lamp of 3B")
        assert done["Location"] == f"/en{path_of(audit)}"
        audit.refresh_from_db()
        assert audit.answers == {k: v for k, v in SAID.items() if k != "call"}
        html = house.page(path_of(audit))
        assert "Not solved" in html
        assert "The lamp of 3B" in html
        assert "Open it again" in html
        assert house.page(f"{QUEUE}?show=pressed").count(receipt.number)

    def test_the_script_is_in_the_citizens_language(self, house: House) -> None:
        audit = audit_for(house.scene, house.confirmed(**named(language="bn")))
        post(house, audit, "take")
        html = house.page(path_of(audit))
        assert '<div lang="bn">' in html

    def test_of_a_withdrawn_case_no_answer_is_read(self, house: House, receipt: Receipt) -> None:
        case = house.case(receipt)
        case.ending = "withdrawn"
        case.save(update_fields=["ending"])
        audit = audit_for(house.scene, receipt)
        post(house, audit, "take")
        html = house.page(path_of(audit))
        assert "Did you withdraw it of your own will" in html
        assert "Is what the office answered true?" not in html
        said = {k: v for k, v in SAID.items() if k != "true"}
        assert post(house, audit, "end", **said).status_code == 302

    def test_what_is_missing_is_said_and_nothing_is_lost(self, house: House, audit: Audit) -> None:
        post(house, audit, "take")
        answer = post(house, audit, "end", call="answered", solved="no", note="They were kind")
        html = answer.content.decode()
        assert answer.status_code == 422
        assert html.count("Choose what they said.") >= 3
        assert "They were kind</textarea>" in html
        audit.refresh_from_db()
        assert audit.result == ""

    def test_answers_of_nobody_are_asked_about(self, house: House, audit: Audit) -> None:
        post(house, audit, "take")
        answer = post(house, audit, "end", call="not_reached", solved="no")
        assert answer.status_code == 422
        assert "There are answers below. Did they answer?" in answer.content.decode()

    def test_too_late_it_is_said_with_what_was_typed(self, house: House, audit: Audit) -> None:
        post(house, audit, "take")
        house.clock.shift(timedelta(minutes=31))
        answer = post(house, audit, "end", **SAID, note="They were kind")
        assert answer.status_code == 409
        audit.refresh_from_db()
        assert audit.result == ""

    def test_without_taking_it_nobody_is_shown(self, house: House, audit: Audit) -> None:
        answer = post(house, audit, "contact")
        assert answer.status_code == 302
        assert not IdentityLook.objects.exists()

    def test_what_somebody_else_has_is_said(self, house: House, audit: Audit) -> None:
        second = make_officer("Second", Role.OVERSEER, house.cast.rival_ministry)
        calling.take(actor=house.scene.actor(second), pk=audit.pk)
        assert "Second has taken this call" in house.page(path_of(audit))
        answer = house.client.post(f"/en{path_of(audit, 'take')}", follow=True)
        assert "Somebody else has taken this call." in answer.content.decode()

    def test_given_back_it_is_free(self, house: House, audit: Audit) -> None:
        post(house, audit, "take")
        assert post(house, audit, "back")["Location"] == f"/en{QUEUE}"
        assert "Take this call" in house.page(path_of(audit))

    def test_an_auditor_reads_and_takes_nothing(self, house: House, audit: Audit) -> None:
        house.sign_in("auditor")
        assert "Take this call" not in house.page(path_of(audit))
        assert post(house, audit, "take").status_code == 403

    def test_the_note_is_for_overseers_and_the_caller(self, house: House, audit: Audit) -> None:
        overseer = house.scene.actor(house.cast.overseer)
        calling.take(actor=overseer, pk=audit.pk)
        calling.answered(actor=overseer, pk=audit.pk, answers=NO, note="The lamp of 3B")
        assert "The lamp of 3B" in house.page(path_of(audit))
        house.sign_in("auditor")
        assert "The lamp of 3B" not in house.page(path_of(audit))

    def test_who_was_pressed_is_for_overseers_and_the_caller(
        self, house: House, audit: Audit
    ) -> None:
        asked = "Did anybody ask them to say that it is solved"
        overseer = house.scene.actor(house.cast.overseer)
        calling.take(actor=overseer, pk=audit.pk)
        calling.answered(actor=overseer, pk=audit.pk, answers=NO | {"pressure": "yes"})
        assert asked in house.page(path_of(audit))
        assert audit.case.number in house.page(f"{QUEUE}?show=pressed")
        house.sign_in("auditor")
        assert asked not in house.page(path_of(audit))
        assert "show=pressed" not in house.page(QUEUE)
        assert "Is it solved?" in house.page(path_of(audit))

    @pytest.mark.parametrize("who", ["focal", "head", "desk"])
    def test_to_the_office_and_its_desk_there_is_none(
        self, house: House, audit: Audit, who: str
    ) -> None:
        house.sign_in(who)
        assert house.client.get(f"/en{path_of(audit)}").status_code in (403, 404)


class TestOpeningAgain:
    def test_the_finding_is_there_to_be_changed(
        self, house: House, receipt: Receipt, audit: Audit
    ) -> None:
        take_and_end(house, audit, NO)
        html = house.page(path_of(audit))
        assert "We asked the citizen once more. The problem is not solved.</textarea>" in html
        answer = post(house, audit, "reopen", finding="It is as dark as before the answer.")
        assert answer.status_code == 302
        assert house.case(receipt).status == "in_progress"
        assert "The case was opened again" in house.page(path_of(audit))

    def test_too_short_a_finding_is_refused(self, house: House, audit: Audit) -> None:
        take_and_end(house, audit, NO)
        answer = post(house, audit, "reopen", finding="no")
        assert answer.status_code == 422
        assert "Write at least" in answer.content.decode()

    def test_the_desk_cannot(self, house: House, audit: Audit) -> None:
        take_and_end(house, audit, NO)
        house.sign_in("desk")
        assert post(house, audit, "reopen", finding="It is as dark.").status_code == 403


class TestByHand:
    def test_a_number_puts_it_in(self, house: House, receipt: Receipt) -> None:
        answer = house.client.post(f"/en{QUEUE}ask/", {"number": receipt.number}, follow=True)
        assert "The case is in the queue." in answer.content.decode()
        assert "Put in by hand" in house.page(QUEUE)

    @pytest.mark.parametrize("number", ["", "nonsense", "0000-0000-0000-A"])
    def test_a_wrong_one_is_said(self, house: House, number: str) -> None:
        answer = house.client.post(f"/en{QUEUE}ask/", {"number": number})
        assert answer.status_code in (404, 422)
        assert "Please correct this" in answer.content.decode()
        assert not Audit.objects.exists()


def test_what_waits_is_among_the_metrics(house: House, audit: Audit) -> None:
    text = Client().get("/metrics").content.decode()
    assert "grs_audits_waiting 1\n" in text
    take_and_end(house, audit, NO)
    assert "grs_audits_waiting 0\n" in Client().get("/metrics").content.decode()
    assert moment.now() == Audit.objects.get().done_at
