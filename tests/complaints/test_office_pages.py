"""The officers' inbox: who gets in, what is shown, giving cases to somebody."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from complaints.models import Case
from complaints.services import answering, casework
from complaints.submission import Whom
from tests.complaints.conftest import Scene
from tests.complaints.officers import OTHERS, READERS, Office, case_url, move_url
from tests.factories.agencies import make_category


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
