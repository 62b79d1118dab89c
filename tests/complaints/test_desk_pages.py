"""The verification desk: what waits there and why, where the rules would send it, what the desk does."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Case, RoutingRecord
from complaints.services import casework
from complaints.services.intake import Receipt
from routing.facts import Decision, Reason
from tests.complaints.conftest import Scene
from tests.complaints.officers import Office, case_url, move_url

LONG = "The transformer in our lane burnt out and nobody came for a week."


@pytest.fixture
def office(scene: Scene, client: Client) -> Office:
    return Office(scene, client)


def suggest(office: Office, receipt: Receipt, **parts: Any) -> None:
    """The router left a case to the desk, with a suggestion."""
    case = office.scene.case(receipt)
    decision = Decision(
        suggested=parts.pop("suggested", office.cast.department.code),
        confidence=0.62,
        reasons=(
            Reason("meters", "Meters are the grid's", 60, ("meter",), ("category:electricity",)),
        ),
        runners_up=(("roads", 0.2),),
        desk_because="below_threshold",
        ruleset="test",
        version=3,
    )
    RoutingRecord.objects.create(
        case=case,
        at=case.filed_at,
        ruleset="test",
        version=3,
        facts={},
        decision=decision.to_json(),
        suggested=decision.suggested,
        confidence=0.62,
        desk_because="below_threshold",
    )


class TestAccess:
    def test_a_visitor_is_sent_to_sign_in(self, office: Office) -> None:
        answer = office.client.get("/desk/")
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))

    @pytest.mark.parametrize("name", ["desk", "overseer", "auditor"])
    def test_the_desk_and_those_who_see_all_get_in(self, office: Office, name: str) -> None:
        assert office.get(name, "/desk/").status_code == 200

    @pytest.mark.parametrize(
        "name", ["focal", "case_officer", "head", "operator", "registrar", "alice", "rival_focal"]
    )
    def test_others_are_told_that_their_post_does_not_allow_it(
        self, office: Office, name: str
    ) -> None:
        assert office.get(name, "/desk/").status_code == 403


class TestTray:
    def test_it_says_why_the_desk_has_a_case_and_what_the_rules_suggest(
        self, office: Office
    ) -> None:
        receipt = office.scene.file(place="3.47", category="electricity")
        suggest(office, receipt)
        page = office.get("desk", "/desk/").content.decode()
        for words in (
            receipt.number,
            "The rules are not sure enough.",
            "Grid Department",
            "62%",
            "Gazipur",
            f"/en{move_url(receipt, 'forward')}?office=grid",
        ):
            assert words in page, words

    def test_a_reader_gets_no_way_to_forward(self, office: Office) -> None:
        receipt = office.scene.file()
        suggest(office, receipt)
        page = office.get("auditor", "/desk/").content.decode()
        assert "Grid Department" in page
        assert "Forward as suggested" not in page

    def test_held_back_comes_first_then_sensitive_then_by_what_is_due(
        self, office: Office, clock: Any
    ) -> None:
        oldest = office.scene.file()
        clock.shift(60)
        sensitive = office.scene.file(about_official=True)
        clock.shift(60)
        held = office.scene.file()
        Case.objects.filter(number=held.number).update(tray="too_many")
        rows = office.get("desk", "/desk/").context["rows"]
        shown = [row["case"]["number"] for row in rows]
        assert shown == [held.number, sensitive.number, oldest.number]
        assert "Many from one source" in office.get("desk", "/desk/").content.decode()

    def test_counts_and_filters_go_together(self, office: Office) -> None:
        sensitive, plain, asked = (
            office.scene.file(about_official=x) for x in (True, False, False)
        )
        casework.ask(
            actor=office.scene.actor(office.cast.desk), number=asked.number, text="Which street?"
        )
        returned = office.forwarded()
        casework.return_case(
            actor=office.scene.actor(office.cast.focal),
            number=returned.number,
            reason="Not ours",
            whose=office.cast.rival_ministry,
        )
        expected = {
            "": {sensitive.number, plain.number, returned.number},
            "sensitive": {sensitive.number},
            "waiting": {asked.number},
            "returned": {returned.number},
            "late": set(),
        }
        answer = office.get("desk", "/desk/")
        numbers = {row["url"]: row["number"] for row in answer.context["counts"]}
        for show, cases in expected.items():
            rows = office.get("desk", "/desk/", **({"show": show} if show else {})).context["rows"]
            assert {row["case"]["number"] for row in rows} == cases, show
            assert numbers[f"?show={show}" if show else "/en/desk/"] == len(cases), show

    def test_who_returned_a_case_is_not_suggested_again_but_whom_they_named(
        self, office: Office
    ) -> None:
        receipt = office.forwarded()
        suggest(office, receipt)
        casework.return_case(
            actor=office.scene.actor(office.cast.focal),
            number=receipt.number,
            reason="Not ours",
            whose=office.cast.rival_ministry,
        )
        page = office.get("desk", "/desk/").content.decode()
        assert "Returned by an office" in page
        assert "Forward as suggested" not in page
        form = office.get("desk", move_url(receipt, "forward")).content.decode()
        assert 'value="roads" id="office-1" checked' in form
        assert 'value="grid"' not in form

    def test_a_case_is_found_by_number_or_words(self, office: Office) -> None:
        roads = office.scene.file(text="The road is broken everywhere.")
        office.scene.file()
        for words in ("broken", roads.number.replace("-", "")):
            rows = office.get("desk", "/desk/", words=words).context["rows"]
            assert [row["case"]["number"] for row in rows] == [roads.number]

    def test_an_empty_tray_says_so(self, office: Office) -> None:
        assert "The tray is empty" in office.get("desk", "/desk/").content.decode()
        narrowed = office.get("desk", "/desk/", show="late").content.decode()
        assert "No case fits these filters" in narrowed

    def test_fifty_rows_cost_at_most_eight_queries(self, office: Office) -> None:
        for _time in range(52):
            receipt = office.scene.file(category="electricity", place="3.47")
            suggest(office, receipt)
        client = office.sign_in("desk")
        client.get("/en/desk/")
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/en/desk/")
        assert len(answer.context["rows"]) == 50
        assert len(queries) <= 8, [q["sql"][:120] for q in queries]


class TestTheDesksMoves:
    def test_a_suggestion_is_forwarded_in_one_step_with_its_reasons(self, office: Office) -> None:
        receipt = office.scene.file()
        suggest(office, receipt)
        page = office.get("desk", move_url(receipt, "forward"), office="grid").content.decode()
        assert "Meters are the grid&#x27;s" in page
        assert 'value="grid" id="office-1" checked' in page
        assert 'value="roads"' in page
        answer = office.post(
            "desk", receipt, "forward", **{"office-chosen": "grid", "reason": "Meters are theirs"}
        )
        assert answer["Location"] == "/en/desk/"
        assert office.scene.case(receipt).holder == office.cast.department

    def test_a_case_says_why_it_is_here(self, office: Office) -> None:
        receipt = office.scene.file()
        suggest(office, receipt)
        page = office.page("desk", receipt)
        for words in (
            "The rules suggest Grid Department, and left it to the desk.",
            "The rules are not sure enough.",
            "How sure: 62%",
            "<mark>meter</mark>",
            "subject: electricity",
            "Ministry of Roads",
            "Rule meters, strength 60",
        ):
            assert words in page, words

    def test_it_asks_declines_and_joins(self, office: Office) -> None:
        lead, asked, declined, joined = (
            office.scene.file(text=LONG, place="3.47") for _time in range(4)
        )
        office.post("desk", asked, "ask", text="Which street is it?")
        office.post(
            "desk", declined, "decline", reason="A private matter", where_to="The village court"
        )
        assert f"merge/?lead={lead.number}" in office.page("desk", joined)
        office.post("desk", joined, "merge", lead=lead.number)
        states = [office.scene.case(r) for r in (asked, declined, joined)]
        assert [(c.status, c.ending) for c in states] == [
            ("waiting", ""),
            ("closed", "not_for_us"),
            ("closed", "merged"),
        ]
        assert f"Joined with {lead.number}" in office.page("desk", joined)

    def test_what_is_published_is_masked_first(self, office: Office) -> None:
        text = "My name is Rahima Begum. Call me at 01712345678. The meter is broken."
        receipt = office.scene.file_named(text=text, publish_consent=True)
        page = office.get("desk", move_url(receipt, "publish")).content.decode()
        form = page[page.index("<textarea") : page.index("</textarea>")]
        assert "The meter is broken." in form
        assert "01712345678" not in form
        office.post("desk", receipt, "publish", public_text="The meter is broken.")
        assert office.scene.case(receipt).public_text == "The meter is broken."
        office.post("desk", receipt, "unpublish")
        assert office.scene.case(receipt).published_at is None

    def test_a_sensitive_case_is_neither_joined_nor_published(self, office: Office) -> None:
        office.scene.file(text=LONG, place="3.47")
        receipt = office.scene.file(text=LONG, place="3.47", about_official=True)
        page = office.page("desk", receipt)
        assert "Likely duplicates" not in page
        for move in ("merge", "publish"):
            assert move_url(receipt, move) not in page

    def test_the_desk_says_whom_a_case_is_about(self, office: Office) -> None:
        receipt = office.accepted()
        office.post(
            "desk", receipt, "link_respondent", **{"office-chosen": "grid", "role": "case_officer"}
        )
        assert "Case officer, Grid Department" in office.page("desk", receipt)
        assert office.get("case_officer", case_url(receipt)).status_code == 404

    def test_no_post_is_named_that_the_desk_did_not_choose(self, office: Office) -> None:
        receipt = office.accepted()
        page = office.get("desk", move_url(receipt, "link_respondent")).content.decode()
        offered = page[page.index('name="role"') :]
        first = re.search(r'<option value="([^"]*)"', offered)
        assert first
        assert first[1] == ""
        blank = {"office-chosen": "grid", "role": ""}
        answer = office.post("desk", receipt, "link_respondent", **blank)
        assert "This field is required." in answer.content.decode()
        assert not office.scene.case(receipt).respondents.exists()

    def test_where_a_person_is_named_no_post_has_to_be_chosen(self, office: Office) -> None:
        receipt = office.accepted()
        whom = {"office-chosen": "grid", "role": "", "person": office.cast.case_officer.email}
        office.post("desk", receipt, "link_respondent", **whom)
        [respondent] = office.scene.case(receipt).respondents.all()
        assert (respondent.user, respondent.role) == (office.cast.case_officer, "")
