"""The officers' page of a case, and its moves: what is shown, what is refused."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from complaints.models import IdentityLook
from complaints.services import answering, appeals, casework, withdrawing
from tests.complaints.conftest import Scene
from tests.complaints.officers import Office, case_url, move_url
from tests.factories.agencies import make_officer


@pytest.fixture
def office(scene: Scene, client: Client) -> Office:
    return Office(scene, client)


class TestCasePage:
    def test_it_holds_all_there_is(self, office: Office) -> None:
        receipt = office.answered(place="3.47.1", category="electricity", language="en")
        page = office.page("focal", receipt)
        for words in (
            "The meter shows a wrong number.",
            "Kaliakair, Gazipur, Dhaka",
            "Forwarded to Grid Department",
            "Accepted; Case Officer works on it",
            "Answered: Resolved",
            "What shows it: Photo in the file.",
            "Cause: Technical system",
            "Day 1:",
            "Sealed. Messages reach the citizen through the portal.",
            "Why it is here",
        ):
            assert words in page, words
        assert page.count("<h1") == 1
        assert " style=" not in page

    def test_the_contact_is_never_on_it(self, office: Office) -> None:
        receipt = office.accepted(share_contact=True)
        page = office.page("case_officer", receipt)
        for part in ("Rahima", "01712345678", "8801712345678", "rahima@example.org"):
            assert part not in page
        assert "The citizen lets those who work on it see name and contact." in page

    def test_only_the_moves_of_the_table_are_offered(self, office: Office) -> None:
        receipt = office.accepted()
        offered = {
            name: set(re.findall(rf"{receipt.number}/([a-z_]+)/", office.page(name, receipt)))
            - {"live"}
            for name in ("focal", "case_officer", "desk", "overseer", "auditor", "ministry_focal")
        }
        assert offered["case_officer"] == {"answer", "ask", "message", "note", "break_seal"}
        assert offered["focal"] == offered["case_officer"] | {"assign", "pass_down"}
        assert offered["desk"] == {"mark_sensitive", "link_respondent", "restrict"}
        assert offered["overseer"] == offered["auditor"] == offered["ministry_focal"] == set()

    def test_a_reader_without_a_move_is_told_so(self, office: Office) -> None:
        assert "You can read this case." in office.page("auditor", office.accepted())

    def test_notes_are_marked_as_internal(self, office: Office) -> None:
        receipt = office.accepted()
        office.post("case_officer", receipt, "note", text="Look at the transformer")
        page = office.page("focal", receipt)
        assert "Look at the transformer" in page
        assert "Officers only" in page

    def test_likely_duplicates_come_with_the_way_to_join_them(self, office: Office) -> None:
        text = "The transformer in our lane burnt out and nobody came for a week."
        other = office.forwarded(text=text, place="3.47")
        receipt = office.forwarded(text=text, place="3.47")
        page = office.page("focal", receipt)
        assert f"merge/?lead={other.number}" in page
        form = office.get("focal", move_url(receipt, "merge"), lead=other.number)
        assert f'value="{other.number}"' in form.content.decode()

    def test_duplicates_are_looked_for_among_what_the_officer_may_see(self, office: Office) -> None:
        text = "The transformer in our lane burnt out and nobody came for a week."
        hidden = office.scene.file(text=text, place="3.47")
        receipt = office.forwarded(text=text, place="3.47")
        assert hidden.number not in office.page("focal", receipt)
        assert hidden.number in office.page("desk", receipt)

    def test_pressure_is_told_to_overseers_alone(self, office: Office) -> None:
        receipt = office.accepted()
        citizen = office.scene.citizen(receipt, withdraws=True)
        withdrawing.withdraw(actor=citizen, number=receipt.number, pressured=True)
        told = "somebody put pressure on them"
        assert told in office.page("overseer", receipt)
        for name in ("focal", "case_officer", "desk", "auditor"):
            page = office.page(name, receipt)
            assert told not in page
            # Nor that it was asked for: whoever pressed must not be able to look.
            assert "withdraw" not in page.lower()

    @pytest.mark.parametrize("name", ["focal", "case_officer", "desk", "overseer"])
    def test_it_costs_at_most_ten_queries(self, office: Office, name: str) -> None:
        text = "The transformer in our lane burnt out and nobody came for a week."
        office.forwarded(text=text, place="3.47.1")
        receipt = office.accepted(text=text, place="3.47.1", category="electricity")
        client = office.sign_in(name)
        client.get(f"/en{case_url(receipt)}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/en{case_url(receipt)}")
        assert len(queries) <= 10, [q["sql"][:160] for q in queries]

    @pytest.mark.parametrize("language", ["en", "bn", "id"])
    def test_it_is_served_in_each_language(self, office: Office, language: str) -> None:
        receipt = office.accepted()
        answer = office.sign_in("focal").get(f"/{language}{case_url(receipt)}")
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.content.decode()


class TestMoves:
    def test_every_offered_move_has_a_page(self, office: Office) -> None:
        seen = set()
        for receipt in (
            office.scene.file_named(publish_consent=True),
            office.forwarded(),
            office.accepted(),
            office.answered(),
        ):
            for name in ("desk", "focal", "case_officer", "overseer"):
                answer = office.get(name, case_url(receipt))
                if answer.status_code == 404:
                    continue
                found = re.findall(rf"{receipt.number}/([a-z_]+)/", answer.content.decode())
                for move in set(found):
                    form = office.get(name, move_url(receipt, move))
                    assert form.status_code == 200, (name, move)
                    assert form.content.decode().count("<h1") == 1
                    seen.add(move)
        assert seen >= {"forward", "decline", "publish", "accept", "return", "answer", "ask"}

    def test_a_move_that_is_not_theirs_is_explained(self, office: Office) -> None:
        receipt = office.accepted()
        answer = office.sign_in("focal").get(f"/en{move_url(receipt, 'forward')}", follow=True)
        assert "This step is not possible at this stage of the case." in answer.content.decode()
        posted = office.post("focal", receipt, "forward", office="roads", reason="Because")
        assert posted.status_code == 409

    @pytest.mark.parametrize("move", ["submit", "confirm", "lapse", "nonsense"])
    def test_moves_of_others_have_no_page(self, office: Office, move: str) -> None:
        receipt = office.answered()
        assert office.get("focal", move_url(receipt, move)).status_code == 404

    def test_an_office_accepts_answers_and_the_case_says_so(self, office: Office) -> None:
        receipt = office.forwarded()
        officer = office.cast.case_officer.pk
        answer = office.post("focal", receipt, "accept", case_officer=officer)
        assert answer["Location"] == f"/en{case_url(receipt)}"
        office.post(
            "case_officer",
            receipt,
            "answer",
            outcome="resolved",
            text="The meter was changed on Sunday.",
            evidence="Photo",
            cause="system",
        )
        assert office.scene.case(receipt).status == "answered"

    def test_a_mistake_is_said_and_nothing_typed_is_lost(self, office: Office) -> None:
        receipt = office.accepted()
        answer = office.post(
            "case_officer",
            receipt,
            "answer",
            outcome="resolved",
            cause="system",
            text="We did it all",
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Please correct this" in page
        assert "Add a file that shows what was done, or say how it can be seen." in page
        assert "We did it all" in page

    def test_an_outdated_page_is_told_what_changed_and_keeps_the_words(
        self, office: Office
    ) -> None:
        receipt = office.accepted()
        seen = office.scene.case(receipt).last_seq
        citizen = office.scene.citizen(receipt)
        casework.message(actor=citizen, number=receipt.number, text="It smokes since today")
        data = {"text": "Which meter is it?", "seen": seen}
        answer = office.post("case_officer", receipt, "ask", **data)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "What changed meanwhile" in page
        assert "It smokes since today" in page
        assert "Which meter is it?" in page
        again = re.search(r'name="seen" value="(\d+)"', page)
        assert again
        office.post("case_officer", receipt, "ask", text="Which meter is it?", seen=again[1])
        assert office.scene.case(receipt).status == "waiting"

    def test_of_two_officers_at_once_the_second_is_told(self, office: Office) -> None:
        receipt = office.forwarded()
        seen = office.scene.case(receipt).last_seq
        officer = office.cast.case_officer.pk
        office.post("focal", receipt, "accept", case_officer=officer, seen=seen)
        second = office.post("head", receipt, "return", reason="It is not ours", seen=seen)
        page = second.content.decode()
        assert second.status_code == 409
        assert "Someone else has changed this case since you opened it." in page
        assert "This step is no longer possible." in page
        assert "Accepted; Case Officer works on it" in page
        assert "It is not ours" in page
        assert office.scene.case(receipt).status == "in_progress"

    def test_words_typed_into_a_case_that_was_taken_away_are_given_back(
        self, office: Office
    ) -> None:
        receipt = office.accepted()
        url = f"/en{move_url(receipt, 'message')}"
        client = office.sign_in("case_officer")
        other = make_officer("Other", Role.CASE_OFFICER, office.cast.department)

        def take_away(*_args: Any, **_kwargs: Any) -> Any:
            casework.assign(
                actor=office.scene.actor(office.cast.focal),
                number=receipt.number,
                case_officer=other,
            )
            return casework.message(*_args, **_kwargs)

        from complaints.forms.casework import MessageForm

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(MessageForm, "service", take_away)
            answer = client.post(url, {"text": "We will come on Monday"})
        assert answer.status_code == 404
        assert "We will come on Monday" in answer.content.decode()

    def test_a_case_that_left_the_officer_leads_back_to_the_list(self, office: Office) -> None:
        receipt = office.forwarded()
        answer = office.post(
            "focal",
            receipt,
            "pass_down",
            **{"office-chosen": office.cast.district_office.code, "reason": "Yours"},
        )
        assert answer["Location"] == f"/en{case_url(receipt)}"
        assert office.scene.case(receipt).holder == office.cast.district_office

    def test_an_answer_begins_in_the_citizens_language(self, office: Office) -> None:
        receipt = office.accepted(language="en")
        page = office.get("case_officer", move_url(receipt, "answer"), template="done")
        assert "We looked into it and put it right on [date]" in page.content.decode()
        unknown = office.get("case_officer", move_url(receipt, "answer"), template="nonsense")
        assert unknown.status_code == 200

    def test_an_appeal_is_decided_with_answer_and_grounds_in_view(self, office: Office) -> None:
        receipt = office.answered()
        appeals.appeal(
            actor=office.scene.citizen(receipt),
            number=receipt.number,
            grounds="Nobody ever came to the house.",
        )
        assert "uphold" not in office.page("focal", receipt)
        page = office.get("ministry_focal", move_url(receipt, "uphold")).content.decode()
        assert "Nobody ever came to the house." in page
        assert "The meter was changed on Sunday." in page
        office.post("ministry_focal", receipt, "uphold", reason="The office did not look.")
        assert office.scene.case(receipt).status == "in_progress"

    def test_an_overseer_reopens_and_lifts_the_mark(self, office: Office) -> None:
        receipt = office.answered()
        answering.confirm(actor=office.scene.citizen(receipt), number=receipt.number, rating=1)
        office.post("overseer", receipt, "reopen", reason="The audit found no work.")
        assert office.scene.case(receipt).status == "in_progress"
        office.post("desk", receipt, "mark_sensitive")
        assert office.scene.case(receipt).sensitive
        office.post("overseer", receipt, "clear_sensitive", reason="No official is meant")
        assert not office.scene.case(receipt).sensitive


class TestContact:
    def test_it_is_shown_once_on_the_page_after_the_reason(self, office: Office) -> None:
        receipt = office.accepted()
        ask = office.get("case_officer", move_url(receipt, "break_seal")).content.decode()
        assert "did not agree to be known" in ask
        answer = office.post(
            "case_officer", receipt, "break_seal", reason="We must visit the house"
        )
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Rahima" in page
        assert answer["Cache-Control"] == "private, no-store"
        look = IdentityLook.objects.get(case__number=receipt.number)
        assert (look.user, look.ground) == (office.cast.case_officer, "seal_broken")
        assert "Rahima" not in office.page("case_officer", receipt)

    def test_without_a_reason_it_stays_sealed(self, office: Office) -> None:
        receipt = office.accepted()
        answer = office.post("case_officer", receipt, "break_seal", reason="")
        assert answer.status_code == 422
        assert "Rahima" not in answer.content.decode()
        assert not IdentityLook.objects.exists()

    def test_it_is_not_offered_where_there_is_none(self, office: Office) -> None:
        receipt = office.scene.file()
        page = office.page("desk", receipt)
        assert "Somebody who gave no name." in page
        assert "break_seal" not in page


class TestChoosingAnOffice:
    def test_a_name_typed_leads_to_offices_to_choose_from(self, office: Office) -> None:
        receipt = office.scene.file()
        answer = office.post("desk", receipt, "forward", office="grid office", reason="Meters")
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Choose an office from the list." in page
        assert 'value="grid-district-3.47"' in page
        assert "Meters" in page
        office.post(
            "desk",
            receipt,
            "forward",
            **{
                "office": "grid office",
                "office-searched": "grid office",
                "office-chosen": "grid-district-3.47",
                "reason": "Meters",
            },
        )
        assert office.scene.case(receipt).holder == office.cast.district_office

    def test_searching_makes_no_move_and_shows_no_mistake(self, office: Office) -> None:
        receipt = office.scene.file()
        answer = office.post("desk", receipt, "forward", office="roads", search="office", reason="")
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Please correct this" not in page
        assert "Ministry of Roads" in page

    def test_what_is_typed_anew_counts_more_than_the_old_choice(self, office: Office) -> None:
        receipt = office.scene.file()
        data = {"office": "Ministry of Roads", "office-chosen": "grid", "reason": "Potholes"}
        office.post("desk", receipt, "forward", **data)
        assert office.scene.case(receipt).holder == office.cast.rival_ministry

    def test_offices_below_alone_are_offered_for_passing_down(self, office: Office) -> None:
        receipt = office.forwarded()
        page = office.get("focal", move_url(receipt, "pass_down")).content.decode()
        assert "Grid Office Gazipur" in page
        assert "Ministry of Roads" not in page
        part = office.get(
            "focal", "/office/offices/office/", office="o", below=receipt.number
        ).content.decode()
        assert "Grid Office Kaliakair" in part
        assert "Roads" not in part

    def test_matches_are_found_while_typing(self, office: Office) -> None:
        part = office.get("desk", "/office/offices/whose/", whose="Roads").content.decode()
        assert 'name="whose-chosen" value="roads"' in part
        nothing = office.get("desk", "/office/offices/office/", office="zzz").content.decode()
        assert "No office fits “zzz”." in nothing

    def test_nothing_chosen_is_a_mistake_where_an_office_is_needed(self, office: Office) -> None:
        receipt = office.scene.file()
        answer = office.post("desk", receipt, "forward", office="", reason="Because of it")
        assert answer.status_code == 422
        assert office.scene.case(receipt).status == "received"


def test_a_user_without_a_name_is_shown_by_their_address(office: Office) -> None:
    User.objects.filter(pk=office.cast.focal.pk).update(name="")
    receipt = office.accepted()
    assert "focal@example.org" in office.page("head", receipt)
