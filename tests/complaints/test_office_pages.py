"""The officers' inbox, the page of a case and its moves: who gets in, what is shown, what is refused."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from complaints.models import Case, IdentityLook
from complaints.services import answering, appeals, casework
from complaints.services.intake import Receipt
from complaints.submission import Whom
from tests.complaints.conftest import Scene
from tests.factories.agencies import make_category, make_officer

READERS = ["focal", "case_officer", "head", "desk", "overseer", "auditor"]
OTHERS = ["operator", "registrar", "alice"]


class Office:
    """A scene with a browser: cases in the department's hands, and pages asked for in English."""

    def __init__(self, scene: Scene, client: Client) -> None:
        self.scene, self.cast, self.client = scene, scene.cast, client

    def forwarded(self, text: str = "The meter shows a wrong number.", **parts: Any) -> Receipt:
        """A case that the desk forwarded to the department."""
        receipt = self.scene.file_named(text=text, **parts)
        casework.forward(
            actor=self.scene.actor(self.cast.desk),
            number=receipt.number,
            office=self.cast.department,
            reason="Power meters",
        )
        return receipt

    def accepted(self, **parts: Any) -> Receipt:
        """A case on which the case officer works."""
        receipt = self.forwarded(**parts)
        casework.accept(
            actor=self.scene.actor(self.cast.focal),
            number=receipt.number,
            case_officer=self.cast.case_officer,
        )
        return receipt

    def answered(self, **parts: Any) -> Receipt:
        """A case that was answered."""
        receipt = self.accepted(**parts)
        answering.answer(
            actor=self.scene.actor(self.cast.case_officer),
            number=receipt.number,
            outcome="resolved",
            text="The meter was changed on Sunday.",
            evidence="Photo in the file.",
            cause="system",
        )
        return receipt

    def sign_in(self, name: str) -> Client:
        """The browser, with somebody of the cast signed in."""
        self.client.force_login(getattr(self.cast, name))
        return self.client

    def get(self, name: str, url: str, **query: str) -> Any:
        return self.sign_in(name).get(f"/en{url}", query)

    def page(self, name: str, receipt: Receipt) -> str:
        """The page of a case as somebody sees it."""
        answer = self.get(name, case_url(receipt))
        assert answer.status_code == 200
        return str(answer.content.decode())

    def post(self, name: str, receipt: Receipt, move: str, **data: Any) -> Any:
        """A move's form, sent with what the page showed last unless told otherwise."""
        data.setdefault("seen", self.scene.case(receipt).last_seq)
        return self.sign_in(name).post(f"/en{move_url(receipt, move)}", data)


def case_url(receipt: Receipt) -> str:
    return f"/office/cases/{receipt.number}/"


def move_url(receipt: Receipt, move: str) -> str:
    return f"/office/cases/{receipt.number}/{move}/"


@pytest.fixture
def office(scene: Scene, client: Client) -> Office:
    return Office(scene, client)


class TestAccess:
    def test_a_visitor_is_sent_to_sign_in(self, office: Office) -> None:
        receipt = office.forwarded()
        for url in ("/office/", case_url(receipt), move_url(receipt, "note"), "/home/"):
            answer = office.client.get(url)
            assert answer.status_code == 302
            assert answer["Location"].startswith(reverse("account_login"))

    @pytest.mark.parametrize("name", READERS)
    def test_officers_and_those_who_see_all_get_in(self, office: Office, name: str) -> None:
        assert office.get(name, "/office/").status_code == 200

    @pytest.mark.parametrize("name", OTHERS)
    def test_others_are_told_that_their_post_does_not_allow_it(
        self, office: Office, name: str
    ) -> None:
        receipt = office.forwarded()
        for url in ("/office/", case_url(receipt), move_url(receipt, "note")):
            answer = office.get(name, url)
            assert answer.status_code == 403
            assert "You can’t see this page" in answer.content.decode()

    @pytest.mark.parametrize("name", ["rival_focal", "rival_case_officer", "district_focal"])
    def test_a_case_of_others_is_not_there(self, office: Office, name: str) -> None:
        receipt = office.accepted()
        for url in (case_url(receipt), move_url(receipt, "note")):
            assert office.get(name, url).status_code == 404
        assert office.post(name, receipt, "note", text="Hello").status_code == 404
        assert receipt.number not in office.get(name, "/office/").content.decode()

    @pytest.mark.parametrize("number", ["0", "nothing", "4821-9530-7716-K", "%00"])
    def test_a_number_that_is_none_is_not_found(self, office: Office, number: str) -> None:
        assert office.get("desk", f"/office/cases/{number}/").status_code == 404

    def test_a_barred_officer_sees_nothing_of_the_case(self, office: Office) -> None:
        receipt = office.accepted()
        answering.link_respondent(
            actor=office.scene.actor(office.cast.desk),
            number=receipt.number,
            respondent=Whom(office_id=office.cast.department.pk, role=Role.FOCAL),
        )
        for name in ("focal", "case_officer"):
            assert office.get(name, case_url(receipt)).status_code == 404
            assert receipt.number not in office.get(name, "/office/").content.decode()
        assert "Focal officer, Grid Department" in office.page("ministry_focal", receipt)

    def test_nobody_works_on_their_own_complaint(self, office: Office) -> None:
        receipt = office.forwarded()
        Case.objects.filter(number=receipt.number).update(owner=office.cast.focal)
        assert office.get("focal", case_url(receipt)).status_code == 404
        assert receipt.number not in office.get("focal", "/office/").content.decode()
        assert office.get("head", case_url(receipt)).status_code == 200

    def test_nothing_is_kept_by_the_browser(self, office: Office) -> None:
        receipt = office.forwarded()
        answer = office.get("focal", case_url(receipt))
        assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("desk", "/en/desk/"),
        ("focal", "/en/office/"),
        ("case_officer", "/en/office/"),
        ("registrar", "/en/registry/"),
        ("alice", "/en/"),
    ],
)
def test_home_leads_to_where_somebody_works(office: Office, name: str, where: str) -> None:
    assert office.get(name, "/home/")["Location"] == where


class TestInbox:
    def test_a_row_says_what_is_needed(self, office: Office) -> None:
        receipt = office.accepted(place="3.47", category="electricity")
        page = office.get("focal", "/office/").content.decode()
        for words in (
            receipt.number,
            "The meter shows a wrong number.",
            "Gazipur",
            "Electricity",
            "In progress",
            "Grid Department",
            "Case Officer",
            "days left",
        ):
            assert words in page

    def test_the_most_urgent_comes_first(self, office: Office, clock: Any) -> None:
        first = office.accepted()
        clock.shift(86_400)
        second = office.forwarded()
        page = office.get("focal", "/office/").content.decode()
        assert page.index(second.number) < page.index(first.number)

    def test_counts_stand_by_what_is_due(self, office: Office, clock: Any) -> None:
        office.accepted()
        office.forwarded()
        clock.shift(3 * 86_400)
        context = office.get("focal", "/office/").context
        numbers = {row["title"]: row["number"] for row in context["counts"]}
        assert numbers["Open"] == 2
        assert numbers["Late"] == 1

    def test_filters_stay_in_the_address_and_narrow_the_list(self, office: Office) -> None:
        roads = office.forwarded(text="The road is broken everywhere.", category="roads")
        meter = office.accepted(category="electricity-billing")
        for query, number in (
            ({"status": "forwarded"}, roads.number),
            ({"category": "electricity"}, meter.number),
            ({"words": "broken ROAD"}, roads.number),
            ({"words": meter.number.replace("-", " ")}, meter.number),
        ):
            answer = office.get("focal", "/office/", **query)
            shown = [row["case"]["number"] for row in answer.context["rows"]]
            assert shown == [number], query
            assert "Show all" in answer.content.decode()

    def test_a_category_is_not_one_whose_code_ends_alike(self, office: Office) -> None:
        make_category("rural-roads", "Rural roads")
        other = office.forwarded(category="rural-roads")
        page = office.get("focal", "/office/", category="roads")
        assert other.number not in page.content.decode()

    def test_what_was_handed_on_is_not_in_the_way(self, office: Office) -> None:
        receipt = office.forwarded()
        casework.return_case(
            actor=office.scene.actor(office.cast.focal),
            number=receipt.number,
            reason="Not ours",
            whose=None,
        )
        assert office.get("focal", "/office/").context["rows"] == []
        past = office.get("focal", "/office/", scope="past").context["rows"]
        assert [row["case"]["number"] for row in past] == [receipt.number]
        assert office.get("focal", case_url(receipt)).status_code == 200

    def test_ours_and_below_are_told_apart(self, office: Office) -> None:
        receipt = office.forwarded()
        for scope, there in (("ours", 0), ("below", 1), ("", 1)):
            rows = office.get("ministry_focal", "/office/", scope=scope).context["rows"]
            assert len(rows) == there, scope
        ours = office.get("focal", "/office/", scope="ours").context["rows"]
        assert [row["case"]["number"] for row in ours] == [receipt.number]

    def test_an_overseer_finds_disputes_about_the_owner(self, office: Office) -> None:
        receipt = office.forwarded()
        focal = office.scene.actor(office.cast.focal)
        for _time in range(2):
            casework.return_case(actor=focal, number=receipt.number, reason="Not ours", whose=None)
            if office.scene.case(receipt).status == "received":
                casework.forward(
                    actor=office.scene.actor(office.cast.desk),
                    number=receipt.number,
                    office=office.cast.department,
                    reason="Yes it is",
                )
        answer = office.get("overseer", "/office/", status="disputed_owner")
        assert [row["case"]["number"] for row in answer.context["rows"]] == [receipt.number]
        assert "Rule whose case it is" in office.page("overseer", receipt)

    def test_filters_that_cannot_be_are_left_out(self, office: Office) -> None:
        receipt = office.forwarded()
        query = {"status": "nonsense", "page": "-3", "due": "x", "office": "'", "words": "\x00"}
        answer = office.get("focal", "/office/", **query)
        assert answer.status_code == 200
        assert receipt.number in answer.content.decode()

    def test_an_empty_inbox_says_so(self, office: Office) -> None:
        assert "Nothing waits for you" in office.get("focal", "/office/").content.decode()
        narrowed = office.get("focal", "/office/", status="closed").content.decode()
        assert "No case fits these filters" in narrowed

    @pytest.mark.parametrize("name", ["focal", "overseer"])
    def test_fifty_rows_cost_at_most_eight_queries(self, office: Office, name: str) -> None:
        for _time in range(52):
            office.forwarded(category="electricity", place="3.47")
        client = office.sign_in(name)
        client.get("/en/office/")
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/en/office/")
        assert len(answer.context["rows"]) == 50
        assert len(queries) <= 8, [q["sql"][:120] for q in queries]
        second = client.get("/en/office/", {"page": "2"})
        assert len(second.context["rows"]) == 2


class TestGiving:
    def test_marked_cases_are_accepted_and_given(self, office: Office) -> None:
        first, second = office.forwarded(), office.accepted()
        answer = office.sign_in("focal").post(
            "/en/office/give/",
            {"case": [first.number, second.number], "officer": office.cast.head.pk},
            follow=True,
        )
        assert "2 cases were given to Head" in answer.content.decode()
        for receipt in (first, second):
            case = office.scene.case(receipt)
            assert (case.status, case.assigned) == ("in_progress", office.cast.head)

    def test_of_each_case_that_could_not_be_given_it_says_why(self, office: Office) -> None:
        good, answered = office.forwarded(), office.answered()
        answer = office.sign_in("focal").post(
            "/en/office/give/",
            {
                "case": [good.number, answered.number, "4821-9530-7716-K"],
                "officer": office.cast.case_officer.pk,
            },
        )
        page = answer.content.decode()
        assert "Not all cases could be given" in page
        assert "1 case was given" in page
        assert "This step is not possible at this stage of the case." in page
        assert "There is no such case." in page
        assert office.scene.case(good).status == "in_progress"

    def test_nobody_from_elsewhere_can_be_chosen(self, office: Office) -> None:
        receipt = office.forwarded()
        data = {"case": [receipt.number], "officer": office.cast.rival_case_officer.pk}
        office.sign_in("focal").post("/en/office/give/", data)
        assert office.scene.case(receipt).assigned is None

    def test_a_rivals_case_cannot_be_given(self, office: Office) -> None:
        receipt = office.forwarded()
        data = {"case": [receipt.number], "officer": office.cast.rival_case_officer.pk}
        answer = office.sign_in("rival_focal").post("/en/office/give/", data)
        assert "There is no such case." in answer.content.decode()
        assert office.scene.case(receipt).assigned is None

    def test_without_marks_it_says_so(self, office: Office) -> None:
        data = {"officer": office.cast.head.pk}
        answer = office.sign_in("focal").post("/en/office/give/", data, follow=True)
        assert "Mark the cases first." in answer.content.decode()

    @pytest.mark.parametrize("name", ["case_officer", "auditor", "overseer", "alice"])
    def test_others_may_not_give(self, office: Office, name: str) -> None:
        assert office.sign_in(name).post("/en/office/give/", {}).status_code == 403


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
            for name in ("focal", "case_officer", "desk", "overseer", "auditor", "ministry_focal")
        }
        assert offered["case_officer"] == {"answer", "ask", "message", "note", "break_seal"}
        assert offered["focal"] == offered["case_officer"] | {"assign", "pass_down"}
        assert offered["desk"] == {"mark_sensitive", "link_respondent"}
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
        answering.withdraw(actor=citizen, number=receipt.number, pressured=True)
        told = "somebody put pressure on them"
        assert told in office.page("overseer", receipt)
        for name in ("focal", "case_officer", "desk", "auditor"):
            page = office.page(name, receipt)
            assert told not in page
            assert "The citizen asked to withdraw." in page

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

        from complaints.forms import MessageForm

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
