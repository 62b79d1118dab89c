"""The figures for everybody: the same honest ones, and nothing that points at a person."""

import re

import pytest
from django.core.cache import cache
from django.utils.translation import override

from oversight.figures.asking import Counts
from oversight.metrics import LEAST_CASES, METRICS
from oversight.open import sheet
from oversight.open.words import shown
from tests.oversight.conftest import House
from tests.oversight.counted import counted, lately, made

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def quick() -> None:
    """Nothing is kept from another test."""
    cache.clear()


@pytest.fixture
def visitor(house: House) -> House:
    """Nobody is signed in."""
    house.client.logout()
    return house


def page(house: House, path: str = "/performance/", status: int = 200) -> str:
    """A page, counted now; spaces are one."""
    made()
    cache.clear()
    return re.sub(r"\s+", " ", house.page(path, status))


def tile(html: str, name: str) -> str:
    """What stands beside a figure on top, without its marks."""
    found = re.search(rf"<dt>{re.escape(name)}</dt><dd>(.*?)</dd>", html)
    assert found, name
    return re.sub(r"<[^>]+>", " ", found[1]).strip()


class TestForEverybody:
    @pytest.mark.parametrize("language", ["en", "bn", "id"])
    @pytest.mark.parametrize(
        "path", ["performance/", "performance/method/", "performance/agency/grid/"]
    )
    def test_it_needs_no_sign_in(self, visitor: House, language: str, path: str) -> None:
        answer = visitor.client.get(f"/{language}/{path}")
        assert answer.status_code == 200
        assert answer["Content-Language"] == language

    def test_it_leads_to_the_reports(self, visitor: House) -> None:
        assert 'href="/en/performance/reports/"' in visitor.page("/performance/")

    def test_it_may_be_kept_for_ten_minutes(self, visitor: House) -> None:
        for _number in range(LEAST_CASES):
            visitor.confirmed()
        page(visitor)
        for path in ("/en/performance/", "/en/performance/agency/grid/"):
            kept = visitor.client.get(path)["Cache-Control"]
            assert "public" in kept
            assert "max-age=600" in kept

    def test_that_there_is_nothing_is_not_kept_for_long(self, visitor: House) -> None:
        for path in ("/en/performance/", "/en/performance/agency/grid/"):
            kept = visitor.client.get(path)["Cache-Control"]
            assert "public" in kept
            assert "max-age=30" in kept

    def test_a_page_with_somebodys_name_may_not(self, house: House) -> None:
        kept = house.client.get("/en/performance/")["Cache-Control"]
        assert "private" in kept
        assert "public" not in kept

    def test_every_figure_leads_to_how_it_is_counted(self, visitor: House) -> None:
        for _number in range(LEAST_CASES):
            visitor.confirmed()
        html = page(visitor)
        method = page(visitor, "/performance/method/")
        for code in METRICS:
            assert f'/en/performance/method/#{code}"' in html
            assert f'id="{code}"' in method
        assert "Only what the citizen confirmed counts as resolved" in method
        assert "Asia/Dhaka" in method

    def test_of_a_part_no_interval_tells_how_many_its_few_cases_are(self, visitor: House) -> None:
        for _number in range(LEAST_CASES):
            visitor.confirmed()
        assert "likely between" in tile(page(visitor), "Confirmed resolved")
        part = tile(page(visitor, "/performance/agency/grid/"), "Confirmed resolved")
        assert part == "100%"

    def test_no_cases_is_said(self, visitor: House) -> None:
        assert "No cases in this period" in page(visitor)

    def test_it_costs_little_and_nothing_while_it_is_kept(
        self, visitor: House, django_assert_max_num_queries: object
    ) -> None:
        visitor.confirmed()
        page(visitor)
        cache.clear()
        # One of them asks since when days are kept, once a minute for all pages.
        with django_assert_max_num_queries(16):  # type: ignore[operator]
            visitor.page("/performance/?period=90")
        with django_assert_max_num_queries(1):  # type: ignore[operator]
            visitor.page("/performance/?period=90")

    def test_what_is_kept_is_kept_for_each_language_and_period(self, visitor: House) -> None:
        for _number in range(LEAST_CASES):
            visitor.confirmed()
        assert tile(page(visitor), "Received").startswith("5")
        assert "Diterima" in visitor.client.get("/id/performance/").content.decode()
        assert "No cases in this period" in visitor.page("/performance/?period=2020")

    def test_an_address_that_cannot_be_read_shows_the_last_days(self, visitor: House) -> None:
        for asked in ("nonsense", "9999", "2026-13", "%00", "'"):
            assert "Last 30 days" in visitor.page(f"/performance/?period={asked}")


class TestThePeriod:
    def test_it_stands_beside_the_one_before(self, visitor: House) -> None:
        for _number in range(6):
            visitor.confirmed()
        visitor.day(35)
        for _number in range(5):
            visitor.confirmed()
        html = page(visitor)
        assert re.sub(r"\s+", " ", tile(html, "Received")) == "5 the period before: 6"

    def test_a_month_has_its_days_alone(self, visitor: House) -> None:
        for _number in range(6):
            visitor.confirmed()
        visitor.day(35)
        visitor.confirmed()
        html = page(visitor, "/performance/?period=2026-11")
        assert tile(html, "Received").startswith("6")
        assert "1 November 2026" in html
        assert "30 November 2026" in html
        assert "This period is not over yet" not in html

    def test_shares_have_their_interval(self, visitor: House) -> None:
        for _number in range(6):
            visitor.confirmed()
        assert "likely between 61–100%" in tile(page(visitor), "Confirmed resolved")


class TestTooFew:
    def test_an_agency_with_few_cases_has_no_row(self, visitor: House) -> None:
        for _number in range(LEAST_CASES - 1):
            visitor.confirmed()
        html = page(visitor)
        assert "Ministry of Power" not in html
        assert "1 agency had fewer than 5 cases" in html
        assert "Too few cases in this period" in page(visitor, "/performance/agency/power/")

    def test_with_enough_it_has_and_leads_to_its_page(self, visitor: House) -> None:
        for _number in range(LEAST_CASES):
            visitor.confirmed()
        html = page(visitor)
        assert 'href="/en/performance/agency/power/?period=30"' in html
        its_own = page(visitor, "/performance/agency/power/")
        assert "Grid Department" in its_own
        assert tile(its_own, "Confirmed resolved").startswith("100%")

    def test_sensitive_cases_do_not_bring_an_agency_over_the_line(self, visitor: House) -> None:
        for _number in range(LEAST_CASES - 1):
            visitor.confirmed()
        visitor.confirmed(about_official=True)
        html = page(visitor)
        assert "Ministry of Power" not in html
        assert tile(html, "Answered").startswith("5")
        assert "Too few cases" in page(visitor, "/performance/agency/grid/")

    def test_the_country_has_no_share_of_few_either(self, visitor: House) -> None:
        visitor.confirmed()
        html = page(visitor)
        assert tile(html, "Confirmed resolved") == "too few"
        assert tile(html, "Received").startswith("too few")
        assert "100%" not in html.split("</dl>")[0]

    def test_numbers_of_an_agency_are_to_the_nearest_five(self, visitor: House) -> None:
        for _number in range(8):
            visitor.confirmed()
        assert tile(page(visitor), "Received").startswith("8")
        assert tile(page(visitor, "/performance/agency/power/"), "Received").startswith("10")

    def test_days_with_few_cases_are_gaps(self, visitor: House) -> None:
        for _number in range(7):
            visitor.filed()
        visitor.day(2)
        visitor.filed()
        made()
        with override("en"):
            chart = sheet.lines(lately(), exact=True)
        numbers = [row.cells[0] for row in chart.table.rows]
        # The one is hidden, and the seven with it: else it were their sum less seven.
        assert set(numbers) == {"0", "–"}
        assert numbers.count("–") == 2

    def test_a_share_of_few_is_too_few(self, house: House) -> None:
        for _number in range(4):
            house.confirmed()
        with override("en"):
            told = shown(METRICS["confirmed_resolved"], counted())
            assert (told.few, told.words, told.between) == (True, "too few", "")
            house.confirmed()
            assert shown(METRICS["confirmed_resolved"], counted()).words == "100%"


class TestAgencies:
    def test_of_an_office_its_agency_is_shown(self, visitor: House) -> None:
        office = visitor.cast.district_office.code
        answer = visitor.client.get(f"/en/performance/agency/{office}/")
        assert answer["Location"] == "/en/performance/agency/grid/"

    @pytest.mark.parametrize("code", ["nothing", "%00", "x" * 300])
    def test_others_are_not_found(self, visitor: House, code: str) -> None:
        assert visitor.client.get(f"/en/performance/agency/{code}/").status_code == 404

    def test_it_leads_back_up(self, visitor: House) -> None:
        assert 'href="/en/performance/agency/power/?period=90"' in page(
            visitor, "/performance/agency/grid/?period=90"
        )
        assert 'href="/en/performance/?period=30"' in page(visitor, "/performance/agency/power/")


class TestWhatIsNeverSaid:
    def test_no_number_no_text_no_name(self, visitor: House) -> None:
        receipts = [visitor.confirmed() for _number in range(LEAST_CASES)]
        for path in ("/performance/", "/performance/agency/grid/"):
            html = page(visitor, path)
            assert not any(receipt.number in html for receipt in receipts)
            assert "meter" not in html
            assert "Rahima" not in html


class TestWhatBecameOfTheAnswers:
    def test_its_parts_are_all_answers(self) -> None:
        parts = {"confirmed": 10, "awaited": 5, "contested": 5}
        with override("en"):
            chart = sheet.became(Counts({"answered": 25, **parts}))
        assert chart is not None
        assert [row.cells[0] for row in chart.table.rows] == ["40%", "20%", "0%", "20%", "20%"]
        assert "40%" in chart.frame.finding

    @pytest.mark.parametrize("few", ["confirmed", "awaited", "silence", "contested", "other"])
    def test_with_a_part_of_few_there_is_none(self, house: House, few: str) -> None:
        parts = dict.fromkeys(("confirmed", "awaited", "silence", "contested", "other"), 20)
        assert sheet.became(Counts({"answered": 100, **parts})) is not None
        parts[few] = 4
        assert sheet.became(Counts({"answered": sum(parts.values()), **parts})) is None

    def test_the_page_has_none_then(self, visitor: House) -> None:
        for _number in range(5):
            visitor.confirmed()
        assert 'id="became"' in page(visitor)
        visitor.answered()
        html = page(visitor)
        assert 'id="became"' not in html
        assert "What became of the answers" not in html

    def test_of_few_answers_there_is_none(self, house: House) -> None:
        house.confirmed()
        assert sheet.became(counted()) is None
