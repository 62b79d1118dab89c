"""The pages of issues: what officers see and do there, with their empty states and refusals."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.models import Case
from oversight.issues import services
from oversight.models import Issue
from tests.complaints.play import Play
from tests.oversight.conftest import House
from tests.oversight.dashboards import count_of
from tests.oversight.issues import begin, day, file_many, fix, publish

PUBLISHED = {
    "title": "Bills that nobody can check",
    "language": "en",
    "you_said": "Bills are much higher than what was used.",
    "we_did": "",
}


def path_of(issue: Issue, step: str = "") -> str:
    return f"/oversight/issues/{issue.key}/{step}{'/' if step else ''}"


def send(house: House, path: str, data: dict, status: int = 302) -> str:
    """What the page says after something was sent; where it leads, if it leads away."""
    sent = house.client.post(f"/en{path}", data)
    html = sent.content.decode()
    assert sent.status_code == status, re.findall(r"(?s)error-message.*?</p>", html)
    return sent["Location"] if status == 302 else html


class TestTheList:
    def test_nothing_yet_is_said(self, house: House) -> None:
        assert "Nothing is under way" in house.page("/oversight/issues/")
        house.sign_in("focal")
        assert "Nothing to put right" in house.page("/office/issues/")

    def test_by_state_with_counts(self, house: House) -> None:
        begin(house, title="One under way")
        begin(house, title="One that is late", due=day(1))
        fix(house, begin(house, title="One that is fixed"))
        house.day(3)
        html = house.page("/oversight/issues/")
        assert (count_of(html, "Under way"), count_of(html, "Late")) == (2, 1)
        assert count_of(html, "Fixed") == 1
        assert html.index("One that is late") < html.index("One under way")
        assert "One that is fixed" not in html
        assert "One that is fixed" in house.page("/oversight/issues/?state=fixed")
        late = house.page("/oversight/issues/?state=late")
        assert "One that is late" in late
        assert "One under way" not in late

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=bills", True),
            ("q=roads", False),
            ("category=electricity", True),
            ("category=roads", False),
            ("category=%00&q=%00&state=%00&page=x", True),
            ("state=nothing", True),
        ],
    )
    def test_filters_stay_in_the_address(self, house: House, query: str, found: bool) -> None:
        begin(house, category=house.cast.billing)
        html = house.page(f"/oversight/issues/?{query}")
        assert ("Bills that nobody can check" in html) is found

    def test_nothing_found_is_said(self, house: House) -> None:
        begin(house)
        assert "No issue fits" in house.page("/oversight/issues/?q=roads")
        assert "None in this state" in house.page("/oversight/issues/?state=dropped")

    def test_an_office_and_those_above_see_theirs(self, house: House) -> None:
        begin(house)
        for who, sees in (("focal", True), ("ministry_head", True), ("rival_focal", False)):
            house.sign_in(who)
            assert ("Bills that nobody" in house.page("/office/issues/")) is sees

    @pytest.mark.parametrize("who", ["case_officer", "operator", "registrar", "alice"])
    @pytest.mark.parametrize("path", ["/oversight/issues/", "/office/issues/"])
    def test_others_have_no_business_there(self, house: House, who: str, path: str) -> None:
        house.sign_in(who)
        house.page(path, 403)

    def test_it_costs_the_same_for_one_and_many(self, house: House) -> None:
        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                house.page("/oversight/issues/")
            return len(captured)

        begin(house)
        cost()
        of_one = cost()
        for number in range(5):
            begin(house, title=f"Issue {number}", numbers=[house.filed().number])
        assert cost() == of_one <= 8


class TestOneIssue:
    def test_it_shows_what_belongs_to_it(self, house: House) -> None:
        receipt = house.filed()
        issue = begin(house, numbers=[receipt.number])
        html = house.page(path_of(issue))
        for words in ("The meters are read by guess.", "Grid Department", receipt.number):
            assert words in html
        assert "1 case is part of it" in html

    def test_sensitive_cases_are_counted_and_never_listed(self, house: House) -> None:
        sealed, plain = house.filed(about_official=True), house.filed()
        issue = begin(house, numbers=[sealed.number, plain.number])
        html = house.page(path_of(issue))
        assert "2 cases are part of it" in html
        assert plain.number in html
        assert sealed.number not in html

    def test_whoever_is_barred_does_not_find_the_case(self, house: House) -> None:
        barred = house.about_the_overseer()
        Case.objects.filter(number=barred.number).update(sensitive=False)
        issue = begin(house)
        house.sign_in("other")
        send(house, path_of(issue, "cases"), {"typed": barred.number})
        assert barred.number in house.page(path_of(issue))
        house.sign_in("overseer")
        html = house.page(path_of(issue))
        assert barred.number not in html
        assert "1 case is part of it" in html

    def test_an_office_sees_only_cases_of_its_own(self, house: House) -> None:
        ours, theirs = house.forwarded(), house.forwarded(house.cast.rival_ministry)
        issue = begin(house, numbers=[ours.number, theirs.number])
        house.sign_in("focal")
        html = house.page(path_of(issue))
        assert ours.number in html
        assert theirs.number not in html

    def test_of_another_office_there_is_none(self, house: House) -> None:
        issue = begin(house)
        house.sign_in("rival_focal")
        house.page(path_of(issue), 404)

    def test_an_auditor_reads_and_is_told_so(self, house: House) -> None:
        issue = begin(house)
        house.sign_in("auditor")
        html = house.page(path_of(issue))
        assert "somebody else’s" in html
        house.page(path_of(issue, "drop"), 403)

    def test_recurrence_stands_as_picture_and_table(self, house: House) -> None:
        file_many(house, 4)
        house.day(1)
        issue = fix(house, begin(house), day(1))
        assert "too early to say" in house.page(path_of(issue))
        house.day(31)
        html = house.page(path_of(issue))
        assert "Before: 4 a month. Since: 0 a month." in html
        assert 'class="app-months"' in html
        assert html.count("app-piece--silence") == 2

    def test_where_nothing_comes_again_the_table_says_so(self, house: House) -> None:
        issue = fix(house, begin(house))
        house.day(40)
        assert "Before: 0 a month. Since: 0 a month." in house.page(path_of(issue))


class TestSteps:
    def test_making_one_with_an_office_that_is_searched_for(self, house: House) -> None:
        data = {
            "title": "Broken roads",
            "language": "en",
            "owner": "grid",
            "due": day(9).isoformat(),
            "category": "roads",
            "place": "gazipur",
        }
        html = send(house, "/oversight/issues/new/", data | {"search": "place"}, 200)
        assert 'value="3.47"' in html
        assert 'value="Broken roads"' in html
        data |= {"place-searched": "gazipur", "place-chosen": "3.47"}
        where = send(house, "/oversight/issues/new/", data)
        issue = Issue.objects.get()
        assert str(issue.key) in where
        assert (issue.owner, issue.place) == (house.cast.department, house.cast.district)
        assert issue.category == house.cast.roads
        assert issue.only_owners is False

    def test_what_is_missing_is_said(self, house: House) -> None:
        html = send(house, "/oversight/issues/new/", {"due": day(-1).isoformat()}, 422)
        assert html.count('class="govuk-error-message"') == 4
        assert "Choose a day that is not over." in html
        assert not Issue.objects.exists()

    @pytest.mark.parametrize("office", ["nothing", "\0", "grid-district"])
    def test_an_office_that_there_is_not(self, house: House, office: str) -> None:
        data = {"title": "Roads", "language": "en", "owner": office, "due": day(3).isoformat()}
        send(house, "/oversight/issues/new/", data, 422)

    def test_changing_it(self, house: House) -> None:
        issue = begin(house)
        assert 'value="2026-12-12"' in house.page(path_of(issue, "edit"))
        data = {
            "title": "Bills that grow",
            "owner-chosen": "power",
            "due": day(30).isoformat(),
            "cause": "Old meters",
        }
        send(house, path_of(issue, "edit"), data)
        issue.refresh_from_db()
        assert (issue.title, issue.owner, issue.due) == (
            "Bills that grow",
            house.cast.ministry,
            day(30),
        )

    def test_a_late_one_can_be_changed_without_a_new_day(self, house: House) -> None:
        issue = begin(house, due=day(1))
        house.day(5)
        data = {"title": "Bills", "owner-chosen": "grid", "due": day(1).isoformat()}
        send(house, path_of(issue, "edit"), data)

    def test_names_and_numbers_have_to_be_looked_at_before_everybody_reads_them(
        self, house: House
    ) -> None:
        issue = begin(house)
        said = "Mr. Karim Mia asks for money, call 01712345678."
        data = PUBLISHED | {"you_said": said}
        html = send(house, path_of(issue, "publish"), data, 422)
        assert re.search(r"It may point at a person: “Karim Mia” · “01712345678\.?”", html)
        assert "I have read these words" in html
        assert Issue.objects.get().published_at is None
        send(house, path_of(issue, "publish"), data | {"kept": "on"})
        assert Issue.objects.get().you_said == said

    def test_harmless_words_are_published_at_once(self, house: House) -> None:
        issue = begin(house)
        assert "I have read these words" not in house.page(path_of(issue, "publish"))
        send(house, path_of(issue, "publish"), PUBLISHED)
        assert Issue.objects.get().published_at is not None

    def test_the_words_of_the_fix_of_a_public_one_are_looked_through_too(
        self, house: House
    ) -> None:
        issue = publish(house, begin(house))
        data = {"fixed_on": day(0).isoformat(), "we_did": "Mr. Karim Mia was moved elsewhere."}
        send(house, path_of(issue, "fix"), data, 422)
        send(house, path_of(issue, "fix"), data | {"we_did": "The meters were changed."})
        assert Issue.objects.get().state == "fixed"

    def test_what_the_office_said_is_taken_over(self, house: House) -> None:
        issue = publish(house, begin(house))
        focal = house.scene.actor(house.cast.focal)
        services.did(actor=focal, key=issue.key, we_did="All meters were changed.")
        for step in ("fix", "publish"):
            assert "All meters were changed." in house.page(path_of(issue, step))

    def test_an_office_writes_what_it_does(self, house: House) -> None:
        issue = begin(house)
        house.sign_in("focal")
        send(house, path_of(issue, "progress"), {"text": "We read all meters anew."})
        assert "We read all meters anew." in house.page(path_of(issue))
        send(house, path_of(issue, "did"), {"we_did": "All meters were read anew."})

    def test_a_step_of_somebody_else_leads_back(self, house: House) -> None:
        issue = begin(house)
        house.sign_in("focal")
        answer_ = house.client.get(f"/en{path_of(issue, 'fix')}")
        assert answer_.status_code == 302
        data = {"fixed_on": day(0).isoformat(), "we_did": "All meters were changed."}
        send(house, path_of(issue, "fix"), data, 403)
        assert Issue.objects.get().state == "open"

    def test_an_outdated_page_says_so_and_can_be_sent_again(self, house: House) -> None:
        issue = begin(house)
        seen = issue.changed_at.isoformat()
        house.clock.shift(timedelta(minutes=1))
        publish(house, issue)
        data = PUBLISHED | {"seen": seen, "title": "Bills that grow"}
        html = send(house, path_of(issue, "publish"), data, 409)
        assert "Somebody else has changed this issue" in html
        (seen,) = re.findall(r'name="seen" value="([^"]+)"', html)
        send(house, path_of(issue, "publish"), data | {"seen": seen})

    @pytest.mark.parametrize("seen", ["", "x", "2026-13-99T99:99"])
    def test_a_moment_that_cannot_be_read_is_not_compared(self, house: House, seen: str) -> None:
        send(house, path_of(begin(house), "publish"), PUBLISHED | {"seen": seen})

    @pytest.mark.parametrize("step", ["nothing", "begin", "link"])
    def test_a_step_that_has_no_page(self, house: House, step: str) -> None:
        house.page(path_of(begin(house), step), 404)


class TestAddingCases:
    def test_cases_of_its_kind_are_found_marked_and_added(self, house: House) -> None:
        receipts = file_many(house, 2)
        other = house.forwarded(category="roads")
        issue = begin(house)
        html = house.page(path_of(issue, "cases"))
        assert all(receipt.number in html for receipt in receipts)
        assert other.number not in html
        assert other.number in house.page(path_of(issue, "cases") + "?everywhere=1")
        send(house, path_of(issue, "cases"), {"number": [r.number for r in receipts]})
        assert issue.links.count() == 2
        assert "No case fits" in house.page(path_of(issue, "cases"))

    def test_by_words_and_by_number(self, house: House) -> None:
        one = house.filed(text="The transformer hums all night long.")
        two = house.filed()
        issue = begin(house)
        html = house.page(path_of(issue, "cases") + "?everywhere=1&q=transformer")
        assert one.number in html
        assert two.number not in html
        send(house, path_of(issue, "cases"), {"typed": f"{one.number}, {two.number}"})
        assert issue.links.count() == 2

    def test_what_is_no_number_is_said_and_nothing_is_added(self, house: House) -> None:
        receipt = house.filed()
        issue = begin(house)
        html = send(house, path_of(issue, "cases"), {"typed": f"{receipt.number}\nsome words"}, 422)
        assert "This is no case number: some words" in html
        assert receipt.number in html
        assert issue.links.count() == 0

    def test_nothing_marked_is_said(self, house: House) -> None:
        issue = begin(house)
        assert "Mark a case" in send(house, path_of(issue, "cases"), {}, 422)

    def test_a_number_that_there_is_not_is_said(self, house: House) -> None:
        issue, gone = begin(house), house.filed().number
        Case.objects.filter(number=gone).update(country="id")
        send(house, path_of(issue, "cases"), {"typed": gone})
        assert f"There is no such case: {gone}" in house.page(path_of(issue))

    def test_sensitive_cases_are_added_by_number_alone(self, house: House) -> None:
        sealed = house.filed(about_official=True)
        issue = begin(house)
        assert sealed.number not in house.page(path_of(issue, "cases") + "?everywhere=1")
        send(house, path_of(issue, "cases"), {"typed": sealed.number})
        assert issue.links.count() == 1

    def test_taken_out_again(self, house: House) -> None:
        receipt = house.filed()
        issue = begin(house, numbers=[receipt.number])
        send(house, path_of(issue, "unlink"), {"number": receipt.number})
        assert issue.links.count() == 0
        house.sign_in("auditor")
        send(house, path_of(issue, "unlink"), {"number": receipt.number}, 403)

    def test_from_the_page_of_a_case(self, house: House) -> None:
        receipt = house.filed()
        issue = begin(house)
        house.sign_in("desk")
        assert "Add it to an issue" in house.page(f"/office/cases/{receipt.number}/")
        there = f"/oversight/issues/case/{receipt.number}/"
        assert "Choose an issue" in send(house, there, {}, 422)
        assert "Choose an issue" in send(house, there, {"issue": "x"}, 422)
        send(house, there, {"issue": str(issue.key)})
        assert issue.title in house.page(f"/office/cases/{receipt.number}/")
        assert "It is part of" in house.page(there)

    def test_without_an_issue_the_page_says_so(self, house: House) -> None:
        receipt = house.filed()
        assert "No issue fits" in house.page(f"/oversight/issues/case/{receipt.number}/")

    def test_whoever_is_barred_finds_no_such_case(self, house: House) -> None:
        barred = house.about_the_overseer()
        house.page(f"/oversight/issues/case/{barred.number}/", 404)

    def test_an_officer_of_the_case_sees_only_issues_that_they_may_read(self, house: House) -> None:
        receipt = house.forwarded()
        begin(house, numbers=[receipt.number], owner=house.cast.rival_ministry, title="Theirs")
        begin(house, numbers=[receipt.number], title="Our own")
        house.sign_in("focal")
        html = house.page(f"/office/cases/{receipt.number}/")
        assert "Our own" in html
        assert "Theirs" not in html
        assert "Add it to an issue" not in html


def test_the_case_page_costs_one_statement_more(house: House) -> None:
    play = Play(house.scene).forward().accept()

    def cost() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            house.page(f"/office/cases/{play.number}/")
        return [query["sql"] for query in captured if "oversight_issue" in query["sql"]]

    begin(house, numbers=[play.number])
    cost()
    assert len(cost()) == 1
