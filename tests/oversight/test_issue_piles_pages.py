"""Where cases pile up, on its page: from a pile to an issue."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import Case, Respondent
from complaints.selectors import piles
from oversight import tasks
from oversight.models import Issue
from tests.oversight.conftest import House
from tests.oversight.issues import answer, day, file_many
from tests.oversight.test_issues_pages import send


class TestWherePilesAre:
    def test_nothing_piles_up(self, house: House) -> None:
        assert "Nothing piles up" in house.page("/oversight/issues/piles/")

    def test_more_than_before_and_than_elsewhere(self, house: House) -> None:
        file_many(house, 6, place=house.cast.union.code)
        file_many(house, 2, place=house.cast.other_upazila.code)
        found = piles.count_piles()
        (pile,) = found.piles
        assert (pile.now, pile.before, pile.elsewhere) == (6, 0, 2)
        assert pile.district == house.cast.district.path
        html = house.page("/oversight/issues/piles/")
        assert "Gazipur" in html
        assert "subject=electricity-billing&amp;place=3.47&amp;agency=grid" in html

    def test_what_was_there_before_is_compared(self, house: House) -> None:
        file_many(house, 5)
        house.day(91)
        file_many(house, 6)
        (pile,) = piles.count_piles().piles
        assert (pile.now, pile.before, pile.elsewhere) == (6, 5, None)
        assert pile.excess == 1

    def test_fewer_than_five_and_bursts_are_none(self, house: House) -> None:
        file_many(house, 4)
        assert piles.count_piles().piles == []
        file_many(house, 4)
        Case.objects.filter(pk__in=Case.objects.values("pk")[:4]).update(unranked="burst")
        assert piles.count_piles().piles == []

    def test_causes_and_suggestions_of_its_answers(self, house: House) -> None:
        receipts = file_many(house, 3)
        answer(house, receipts[0], suggestion="Read the meters by radio.")
        answer(house, receipts[1], cause="delay")
        html = house.page("/oversight/issues/pile/?subject=electricity-billing&agency=grid")
        assert "Read the meters by radio." in html
        assert "Delay or backlog" in html
        assert receipts[2].number in html
        assert "Technical system" in house.page("/oversight/issues/piles/")

    def test_of_an_answer_from_which_one_is_barred_no_cause_is_counted(self, house: House) -> None:
        (receipt,) = file_many(house, 1)
        answer(house, receipt, cause="delay")
        path = "/oversight/issues/pile/?agency=grid"
        assert "Delay or backlog" in house.page(path)
        Respondent.objects.create(
            case=house.case(receipt), user=house.cast.overseer, linked_at=timezone.now()
        )
        assert "Delay or backlog" not in house.page(path)

    def test_a_suggestion_of_a_sensitive_case_is_not_shown(self, house: House) -> None:
        (receipt,) = file_many(house, 1, about_official=True)
        answer(house, receipt, suggestion="Dismiss the man.")
        html = house.page("/oversight/issues/pile/?agency=grid")
        assert "Dismiss the man." not in html
        assert receipt.number not in html

    def test_it_becomes_an_issue_with_the_cases_marked(self, house: House) -> None:
        receipts = file_many(house, 5)
        query = "&".join(f"number={receipt.number}" for receipt in receipts)
        query += "&subject=electricity-billing&agency=grid"
        html = house.page(f"/oversight/issues/new/?{query}")
        assert "5 cases will be part of it" in html
        data = {
            "title": "Bills",
            "language": "en",
            "owner-chosen": "grid",
            "due": day(3).isoformat(),
            "number": [receipt.number for receipt in receipts],
        }
        send(house, "/oversight/issues/new/", data)
        assert Issue.objects.get().links.count() == 5

    @pytest.mark.parametrize("query", ["", "subject=%00&place=x&agency=%00", "subject=nothing"])
    def test_what_cannot_be_read_narrows_nothing(self, house: House, query: str) -> None:
        receipt = house.filed()
        assert receipt.number in house.page(f"/oversight/issues/pile/?{query}")

    def test_an_auditor_reads_it_and_makes_none(self, house: House) -> None:
        house.filed()
        house.sign_in("auditor")
        assert "Make this an issue" not in house.page("/oversight/issues/pile/")
        house.page("/oversight/issues/new/", 403)

    def test_readers_get_what_the_task_counted(self, house: House) -> None:
        file_many(house, 5)
        first = piles.piles()
        file_many(house, 1)
        assert piles.piles() == first
        tasks.count_piles()
        assert piles.piles().piles[0].now == 6

    def test_a_place_of_the_first_level_is_a_district_of_its_own(self, house: House) -> None:
        file_many(house, 5, place=house.cast.division.code)
        file_many(house, 5, place=house.cast.union.code)
        found = {pile.district: pile.elsewhere for pile in piles.count_piles().piles}
        assert found == {house.cast.division.path: 5, house.cast.district.path: 5}

    def test_offices_of_an_agency_and_unions_of_a_district_are_one_pile(self, house: House) -> None:
        cast = house.cast
        for office in (cast.department, cast.department, cast.district_office, cast.upazila_office):
            for place in (cast.union.code, cast.district.code):
                house.forwarded(office, category=cast.billing.code, place=place)
        (pile,) = piles.count_piles().piles
        assert (pile.district, pile.now) == (cast.district.path, 8)
        assert pile.agency == (cast.department.agency_id or cast.department.pk)

    def test_what_is_older_than_both_periods_is_not_counted(self, house: House) -> None:
        file_many(house, 6)
        house.day(181)
        file_many(house, 5)
        (pile,) = piles.count_piles().piles
        assert (pile.now, pile.before) == (5, 0)

    def test_a_district_that_had_cases_only_before_is_no_elsewhere(self, house: House) -> None:
        file_many(house, 3, place=house.cast.other_upazila.code)
        house.day(91)
        file_many(house, 5, place=house.cast.union.code)
        (pile,) = piles.count_piles().piles
        assert pile.elsewhere is None

    def test_they_are_counted_in_one_statement_however_many_there_are(self, house: House) -> None:
        file_many(house, 6, place=house.cast.union.code)
        with CaptureQueriesContext(connection) as asked:
            piles.count_piles()
        assert len(asked) == 2  # and one for the newest answers

    def test_the_index_by_day_of_filing_holds_all_that_is_counted(self, house: House) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'case_filed_idx'")
            (definition,) = cursor.fetchone()
        assert "(country, filed_at DESC, id DESC)" in definition
        assert "INCLUDE (category_id, place_id, holder_id, unranked)" in definition

    def test_cases_without_a_place_are_compared_with_none(self, house: House) -> None:
        file_many(house, 5)
        file_many(house, 1, place=house.cast.union.code)
        (pile,) = piles.count_piles().piles
        assert (pile.district, pile.elsewhere) == (None, None)

    def test_two_agencies_in_a_district_are_not_each_others_elsewhere(self, house: House) -> None:
        file_many(house, 5, place=house.cast.union.code)
        for _each in range(6):
            house.forwarded(
                house.cast.rival_ministry,
                category=house.cast.billing.code,
                place=house.cast.union.code,
            )
        assert {pile.elsewhere for pile in piles.count_piles().piles} == {None}
