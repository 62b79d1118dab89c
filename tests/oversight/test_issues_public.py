"""You said, we did: what everybody reads of issues, on pages and by the API."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oversight.issues import services
from oversight.issues.tending import tend
from oversight.models import Issue
from tests.complaints.play import Play
from tests.oversight.conftest import House
from tests.oversight.issues import as_overseer, begin, day, file_many, fix, publish

LIST = "/performance/issues/"
NOTHING = "00000000-0000-4000-8000-000000000000"
#: Statements of a public page, however cold everything is.
MOST = 5


@pytest.fixture
def visitor(house: House) -> House:
    """Nobody is signed in."""
    house.client.logout()
    house.who = ""
    return house


def public(house: House, cases: int = 5, **parts: Any) -> Issue:
    """A published issue with so many cases."""
    numbers = [house.filed().number for _each in range(cases)]
    return publish(house, begin(house, numbers=numbers), **parts)


def one(issue: Issue) -> str:
    return f"{LIST}{issue.key}/"


class TestTheList:
    @pytest.mark.parametrize("language", ["en", "bn", "id"])
    def test_nothing_yet_is_said(self, visitor: House, language: str) -> None:
        answer = visitor.client.get(f"/{language}{LIST}")
        assert answer.status_code == 200
        assert b"app-empty" in answer.content

    def test_what_is_published_stands_there_with_its_state_and_office(self, visitor: House) -> None:
        public(visitor)
        begin(visitor, title="Known to officers alone")
        html = visitor.page(LIST)
        for words in ("Bills that nobody can check", "Being put right", "Grid Department"):
            assert words in html
        assert "5 people told us" in html
        assert "Known to officers alone" not in html

    def test_few_people_are_some(self, visitor: House) -> None:
        issue = public(visitor, cases=4)
        for path in (LIST, one(issue)):
            html = visitor.page(path)
            assert "Some people told us" in html
            assert "4 people" not in html

    def test_the_title_keeps_its_language(self, visitor: House) -> None:
        public(visitor, title="বিল মেলে না", language="bn")
        assert re.search(r'<h2[^>]* lang="bn"><a[^>]*>বিল মেলে না', visitor.page(LIST))

    def test_the_figures_lead_there(self, visitor: House) -> None:
        assert f'href="/en{LIST}"' in visitor.page("/performance/")

    def test_visitors_share_a_page_for_some_minutes(self, visitor: House) -> None:
        kept = visitor.client.get(f"/en{LIST}")["Cache-Control"]
        assert "public" in kept
        assert "max-age=600" in kept

    def test_whoever_is_signed_in_does_not(self, house: House) -> None:
        assert "private" in house.client.get(f"/en{LIST}")["Cache-Control"]

    def test_whether_it_helped_stands_there_once_it_was_counted(self, visitor: House) -> None:
        file_many(visitor, 6)
        visitor.day(1)
        issue = begin(visitor)
        fix(visitor, publish(visitor, issue), day(1))
        visitor.day(31)
        assert "a month" not in visitor.page(LIST)
        tend()
        assert "Before: 6 a month. Since: 0 a month." in visitor.page(LIST)


class TestOneIssue:
    def test_you_said_we_did(self, visitor: House) -> None:
        issue = public(visitor)
        html = visitor.page(one(issue))
        assert "Bills are much higher than what was used." in html
        assert "The office is working on it" in html
        fix(visitor, issue)
        html = visitor.page(one(issue))
        assert "All meters in the district were changed." in html
        assert "Fixed since" in html

    def test_what_officers_write_is_never_there(self, visitor: House) -> None:
        issue = public(visitor)
        services.note(**as_overseer(visitor, issue), text="Ask the minister first")
        focal = visitor.scene.actor(visitor.cast.focal)
        services.progress(actor=focal, key=issue.key, text="We wait for the money")
        html = visitor.page(one(issue))
        for words in ("The meters are read by guess.", "minister", "money", "Overseer"):
            assert words not in html

    def test_no_case_is_named(self, visitor: House) -> None:
        play = Play(visitor.scene)
        issue = publish(visitor, begin(visitor, numbers=[play.number]))
        html = visitor.page(one(issue))
        assert play.number not in html
        assert "Rahima" not in html

    def test_whether_it_helped(self, visitor: House) -> None:
        file_many(visitor, 6)
        visitor.day(1)
        issue = fix(visitor, public(visitor, cases=0), day(1))
        visitor.day(30)
        assert "too early to say" in visitor.page(one(issue))
        visitor.day(31)
        html = visitor.page(one(issue))
        assert "Before: 6 a month. Since: 0 a month." in html
        assert 'class="app-months"' in html

    def test_too_few_before_say_nothing(self, visitor: House) -> None:
        file_many(visitor, 4)
        visitor.day(1)
        issue = fix(visitor, public(visitor, cases=0), day(1))
        visitor.day(31)
        assert "a month" not in visitor.page(one(issue))

    def test_one_that_came_back_says_so(self, visitor: House) -> None:
        issue = fix(visitor, public(visitor))
        services.reopen(**as_overseer(visitor, issue), due=day(9), reason="It goes on")
        html = visitor.page(one(issue))
        assert "It came back" in html
        assert "Fixed since" not in html

    def test_there_is_no_other(self, visitor: House) -> None:
        hidden = begin(visitor)
        dropped = public(visitor)
        services.drop(**as_overseer(visitor, dropped), reason="It is none")
        for path in (one(hidden), one(dropped), f"{LIST}{NOTHING}/"):
            visitor.page(path, 404)
        assert "Bills" not in visitor.page(LIST)

    def test_of_another_country_there_is_none(self, visitor: House) -> None:
        issue = public(visitor)
        Issue.objects.update(country="id")
        visitor.page(one(issue), 404)


class TestWhatItCosts:
    def test_the_pages_stay_in_their_budget(self, visitor: House) -> None:
        for _each in range(3):
            issue = fix(visitor, public(visitor, cases=1))
        visitor.day(40)
        for path in (LIST, one(issue)):
            with CaptureQueriesContext(connection) as captured:
                visitor.page(path)
            assert len(captured) <= MOST, [query["sql"][:200] for query in captured]

    def test_a_long_list_is_cut_into_pages(self, visitor: House, monkeypatch: Any) -> None:
        monkeypatch.setattr("complaints.views.officer.paging.PAGE_SIZE", 1)
        for number in range(2):
            publish(visitor, begin(visitor), title=f"Issue number {number}")
            visitor.clock.shift(timedelta(minutes=1))
        assert "Issue number 1" in visitor.page(LIST)
        assert "Issue number 0" in visitor.page(f"{LIST}?page=2")


class TestFromACase:
    def test_the_citizen_reads_how_many_they_are(self, visitor: House, client: Client) -> None:
        receipts = [visitor.filed() for _each in range(5)]
        issue = begin(visitor, numbers=[receipt.number for receipt in receipts])
        path = f"/en/complaints/track/{receipts[0].number}/"
        given = {"number": receipts[0].number, "secret": receipts[0].secret}
        client.post("/en/complaints/track/", given)
        assert "one of" not in client.get(path).content.decode()
        publish(visitor, issue)
        html = client.get(path).content.decode()
        assert "Your complaint is one of 5 about this" in html
        assert f"/en{one(issue)}" in html

    def test_a_published_case_leads_to_what_is_done(self, visitor: House) -> None:
        play = Play(visitor.scene, publish_consent=True).publish()
        issue = begin(visitor, numbers=[play.number])
        assert issue.title not in visitor.page(f"/cases/{play.number}/")
        publish(visitor, issue)
        html = visitor.page(f"/cases/{play.number}/")
        assert f"/en{one(issue)}" in html
        assert issue.title in html


class TestTheApi:
    def test_the_list_and_one(self, visitor: House) -> None:
        issue = public(visitor)
        begin(visitor)
        answer = visitor.client.get("/api/v1/issues/")
        (row,) = answer.json()["results"]
        assert row["key"] == str(issue.key)
        assert (row["people"], row["agency"], row["category"]) == (5, "grid", "electricity")
        assert (row["due"], row["fixed_on"], row["recurrence"]) == ("2026-12-12", None, None)
        assert "cause" not in row
        assert "max-age=600" in answer["Cache-Control"]
        assert visitor.client.get(f"/api/v1/issues/{issue.key}/").json() == row

    def test_few_people_are_not_counted_out(self, visitor: House) -> None:
        issue = public(visitor, cases=4)
        assert visitor.client.get(f"/api/v1/issues/{issue.key}/").json()["people"] is None

    def test_whether_it_helped(self, visitor: House) -> None:
        file_many(visitor, 6)
        visitor.day(1)
        issue = fix(visitor, public(visitor, cases=0), day(1))
        visitor.day(31)
        found = visitor.client.get(f"/api/v1/issues/{issue.key}/").json()["recurrence"]
        assert found == {"days": 30, "before": 6, "since": 0, "enough_days": True}

    def test_what_is_not_public_is_not_there(self, visitor: House) -> None:
        issue = begin(visitor)
        for key in (issue.key, NOTHING):
            answer = visitor.client.get(f"/api/v1/issues/{key}/")
            assert answer.status_code == 404
            assert answer["Content-Type"] == "application/problem+json"

    def test_it_is_only_read(self, visitor: House) -> None:
        assert visitor.client.post("/api/v1/issues/", {}).status_code == 405

    def test_it_is_described(self, visitor: House) -> None:
        schema = visitor.client.get("/api/v1/schema/?format=json").json()
        assert {"/api/v1/issues/", "/api/v1/issues/{key}/"} <= schema["paths"].keys()
        properties = schema["components"]["schemas"]["IssueOut"]["properties"]
        assert "days" in str(schema["components"]["schemas"]["RecurrenceOut"])
        assert properties["recurrence"]
