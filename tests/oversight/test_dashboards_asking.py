"""The question in an address: read, said in words, written again, kept on the way down the tree."""

import re

import pytest
from django.utils import timezone

from oversight.dashboards.asking import period_choices, read
from oversight.figures.periods import period_of
from tests.factories.agencies import bump
from tests.oversight.conftest import House
from tests.oversight.dashboards import count_of, counted, row_of, tile


class TestPeriods:
    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("", "Last 30 days"),
            ("30", "Last 30 days"),
            ("90", "Last 90 days"),
            ("12m", "Twelve months"),
            ("2026-10", "October 2026"),
            ("2025", "2025"),
            ("2019-03", "March 2019"),
        ],
    )
    def test_what_is_asked_is_shown(self, house: House, code: str, name: str) -> None:
        html = house.page(f"/oversight/?period={code}")
        assert f"<strong>{name}</strong>" in html
        assert "There is no period" not in html

    @pytest.mark.parametrize("code", ["7", "x", "-1", "2026-13", "2099", "20261", "<b>"])
    def test_one_that_there_is_not_is_said_and_the_usual_is_shown(
        self, house: House, code: str
    ) -> None:
        html = house.page(f"/oversight/?period={code}")
        assert "There is no period" in html
        assert "<strong>Last 30 days</strong>" in html
        assert "<b>" not in html

    def test_the_one_asked_for_is_always_among_those_offered(self, house: House) -> None:
        for code in ("30", "12m", "2026-11", "2019-03"):
            choices = period_choices(period_of(code))
            assert [choice.value for choice in choices if choice.chosen] == [code]
            assert len({choice.value for choice in choices}) == len(choices)


class TestFilters:
    @pytest.fixture
    def cases(self, house: House) -> House:
        """One about a wrong bill in Gazipur, one about roads in Tangail, one by SMS about nothing."""
        house.forwarded(category="electricity-billing", place="3.47.1.1")
        house.forwarded(house.cast.rival_ministry, category="roads", place="3.48")
        house.filed(kind="suggestion")
        return counted(house)

    @pytest.mark.parametrize(
        ("query", "number"),
        [
            ("", 3),
            ("category=electricity-billing", 1),
            ("category=electricity", 1),
            ("category=roads", 1),
            ("district=3.47", 1),
            ("district=3.48", 1),
            ("district=3", 2),
            ("kind=suggestion", 1),
            ("kind=complaint", 2),
            ("channel=web", 3),
            ("channel=radio", 0),
            ("category=roads&district=3.47", 0),
            ("category=electricity&district=3.47", 1),
            ("category=electricity&district=3.47&kind=complaint", 1),
        ],
    )
    def test_they_narrow_the_state_and_the_period(
        self, cases: House, query: str, number: int
    ) -> None:
        html = cases.page(f"/oversight/?{query}")
        assert count_of(html, "Open in all") == number
        if number:
            assert tile(html, "Received").startswith(str(number))

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("category=nothing", "There is no subject “nothing”."),
            ("district=9.99", "There is no place “9.99”."),
            ("district=3.47.1", "There is no place “3.47.1”."),
            ("channel=pigeon", "There is no way in “pigeon”."),
            ("kind=%3Cscript%3E", "There is no kind “&lt;script&gt;”."),
        ],
    )
    def test_what_cannot_be_read_is_left_out_and_said(
        self, cases: House, query: str, words: str
    ) -> None:
        html = cases.page(f"/oversight/?{query}&period=90")
        assert words in html
        assert count_of(html, "Open in all") == 3
        assert "<strong>Last 90 days</strong>" in html

    def test_each_is_a_chip_that_takes_it_away(self, cases: House) -> None:
        html = cases.page("/oversight/?category=electricity&district=3&period=90")
        assert re.search(r'href="\?period=90&amp;district=3">Electricity', html)
        assert re.search(r'href="\?period=90&amp;category=electricity">Dhaka', html)

    def test_they_stay_on_the_way_down_the_tree(self, cases: House) -> None:
        html = cases.page("/oversight/?category=electricity&period=90")
        assert "/en/oversight/agency/power/?period=90&amp;category=electricity" in html
        html = cases.page("/oversight/agency/power/?category=electricity")
        assert "/en/oversight/agency/grid/?category=electricity" in html
        assert row_of(html, "Grid Department")[1] == "1"

    def test_the_form_has_what_is_asked_chosen(self, cases: House) -> None:
        html = cases.page("/oversight/?category=electricity&district=3.47&kind=complaint")
        chosen = re.findall(r'<option value="([^"]*)" selected>', html)
        assert chosen == ["30", "electricity", "3.47", "complaint"]

    def test_a_retired_subject_is_offered_only_while_it_is_asked_for(self, cases: House) -> None:
        cases.cast.roads.retired_at = timezone.now()
        cases.cast.roads.save()
        bump("bd")
        assert 'value="roads"' not in cases.page("/oversight/")
        assert 'value="roads" selected' in cases.page("/oversight/?category=roads")

    def test_a_table_leads_to_this_screen_narrowed(self, cases: House) -> None:
        html = cases.page("/oversight/?period=90")
        assert 'href="?period=90&amp;category=electricity-billing">Wrong bill</a>' in html
        assert row_of(html, "Gazipur")[0] == "1"
        assert 'href="?period=90&amp;district=3.47">Gazipur</a>' in html


class TestAddresses:
    def test_what_was_read_is_written_again(self, house: House) -> None:
        values = {"period": "2026-10", "category": "roads", "district": "3", "channel": "sms"}
        asked = read(values)
        assert asked.values == values
        assert read({"period": "30"}).query == ""
        assert asked.with_(category=None, period=None) == "?district=3&channel=sms"

    def test_the_subject_comes_with_all_below_it(self, house: House) -> None:
        asked = read({"category": "electricity"})
        assert set(asked.question().category) == {
            house.cast.electricity.pk,
            house.cast.billing.pk,
        }
