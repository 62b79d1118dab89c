"""Reports on pages: overseers have them made, everybody reads them and takes them along."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from oversight.figures import reading
from oversight.figures.asking import COUNTRYS_IN_PUBLIC, Question
from oversight.figures.periods import period_of
from oversight.metrics import METRICS
from oversight.models import FileOrder
from oversight.orders.making import claim, make_next
from oversight.reports import editions
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)
LIST, PUBLIC = "/oversight/reports/", "/performance/reports/"


@pytest.fixture
def november(house: House) -> House:
    """Seven cases of November, six of them confirmed, on the 14th of December."""
    for _number in range(6):
        house.confirmed()
    house.forwarded()
    house.day(22)
    house.count()
    return house


def make(house: House, code: str = "2026-11", **more: str) -> str:
    """The report is ordered on the page; says what the page then says."""
    sent = house.client.post(f"/en{LIST}make/", {"period": code, **more})
    assert sent.status_code == 302, sent.status_code
    return house.page(LIST)


def made(house: House, code: str = "2026-11") -> None:
    editions.order(code)
    while make_next():
        pass


def visit(path: str, status: int = 200, language: str = "en") -> str:
    answer = Client().get(f"/{language}{path}")
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def report_of(page: str) -> str:
    """What the page says, without the frame around it."""
    return page[page.index("<article") : page.index("</article>")]


class TestForOverseers:
    def test_without_cases_there_is_nothing_to_report_on(self, house: House) -> None:
        house.count()
        assert "there is something to report on" in house.page(LIST)

    def test_the_years_and_months_there_are(self, november: House) -> None:
        html = november.page(LIST)
        assert "Not made" in html
        assert "November 2026" in html
        assert "December 2026" in html
        assert "October 2026" not in html
        assert html.count("So far</strong>") == 2

    def test_made_with_progress_then_to_read_and_to_keep(self, november: House) -> None:
        html = make(november)
        assert "being made" in html
        assert 'hx-trigger="every 3s"' in html
        assert "Waiting" in html
        claim()
        FileOrder.objects.filter(status="running").update(done=3, whole=12)
        assert re.search(r"Being made</strong>\s*25%", november.page(LIST))
        FileOrder.objects.update(status="waiting", tries=0)
        while make_next():
            pass
        html = november.page(LIST)
        assert "hx-trigger" not in html
        assert f'href="/en{PUBLIC}2026-11/"' in html
        for language in ("en", "bn", "id"):
            assert f'href="/en{PUBLIC}2026-11/{language}.pdf"' in html
        assert "New edition" in html

    def test_the_part_that_changes_comes_alone(self, november: House) -> None:
        make(november)
        part = november.client.get(f"/en{LIST}", headers={"HX-Request": "true"}).content.decode()
        assert part.strip().startswith('<div id="reports"')
        assert "<h1" not in part

    def test_what_failed_is_tried_again(self, november: House) -> None:
        made(november)
        FileOrder.objects.filter(language="bn").update(status="failed", tries=3)
        html = november.page(LIST)
        assert "Failed" in html
        assert "Try once more" in html
        make(november)
        assert FileOrder.objects.get(language="bn").status == "waiting"

    def test_a_period_without_cases_is_refused_in_words(self, november: House) -> None:
        assert "There are no cases to report on" in make(november, "2024-01")
        assert "There are no cases to report on" in make(november, "nonsense")

    def test_one_so_far_is_made_once_a_day(self, november: House) -> None:
        made(november, "2026-12")
        assert "Tomorrow it can be made anew" in make(november, "2026-12", new="1")

    @pytest.mark.parametrize("who", ["auditor", "desk"])
    def test_who_looks_on_reads_and_does_not_make(self, november: House, who: str) -> None:
        november.sign_in(who)
        assert "oversight/reports/make/" not in november.page(LIST)
        sent = november.client.post(f"/en{LIST}make/", {"period": "2026-11"})
        assert sent.status_code == 403
        assert not FileOrder.objects.exists()

    def test_offices_have_no_such_page(self, november: House) -> None:
        november.sign_in("focal")
        november.page(LIST, status=403)


class TestForEverybody:
    def test_before_there_is_one_it_says_when(self, november: House) -> None:
        assert "No report is published yet" in visit(PUBLIC)
        for path in ("2026-11/", "2026-11/en.pdf", "nonsense/", "2026-13/"):
            visit(PUBLIC + path, status=404)

    def test_the_list_and_the_page(self, november: House) -> None:
        made(november)
        html = visit(PUBLIC)
        assert "November 2026" in html
        assert "14 December 2026" in html
        page = visit(f"{PUBLIC}2026-11/")
        assert "<h1" in page
        assert "Monthly report, November 2026" in page
        assert "From 1 November 2026 to 30 November 2026" in page

    def test_its_figures_are_those_of_the_metrics(self, november: House) -> None:
        made(november)
        page = visit(f"{PUBLIC}2026-11/")
        counts = reading.totals(Question(period_of("2026-11"), sides=COUNTRYS_IN_PUBLIC))
        found = re.findall(r'<th scope="row"[^>]*>([^<]+)</th><td[^>]*>([^<]+)</td>', page)
        # The first table that names it is the one of the key figures.
        rows = {unescape(name): value for name, value in reversed(found)}
        with translation.override("en"):
            for code in ("received", "closed", "answered"):
                assert rows[str(METRICS[code].name)] == str(METRICS[code].of(counts)), code
            for code in ("confirmed_resolved", "answered_in_10_from_filing"):
                share = METRICS[code].of(counts)
                assert share is not None
                assert rows[str(METRICS[code].name)] == f"{round(100 * share)}%", code

    def test_each_number_stands_behind_the_head_of_its_column(self, november: House) -> None:
        made(november)
        page = visit(f"{PUBLIC}2026-11/")
        tables = re.findall(r'(?s)<table class="govuk-table app-report__table">.*?</table>', page)
        assert tables
        for table in tables:
            heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', table)[1:]
            for row in re.findall(r"(?s)<tbody>(.*)</tbody>", table)[0].split("</tr>")[:-1]:
                assert re.findall(r'data-label="([^"]*)"', row) == heads

    @pytest.mark.parametrize(("language", "digits"), [("bn", "২০২৬"), ("id", "2026")])
    def test_in_the_language_of_the_reader(
        self, november: House, language: str, digits: str
    ) -> None:
        made(november)
        assert digits in visit(f"{PUBLIC}2026-11/", language=language)

    def test_the_pdf_is_saved_under_its_name(self, november: House) -> None:
        made(november)
        sent = Client().get(f"/en{PUBLIC}2026-11/bn.pdf")
        content = b"".join(sent.streaming_content)  # type: ignore[attr-defined]
        sent.close()
        assert content.startswith(b"%PDF-")
        assert sent["Content-Type"] == "application/pdf"
        assert 'filename="report-2026-11-edition-1-bn.pdf"' in sent["Content-Disposition"]
        visit(f"{PUBLIC}2026-11/fr.pdf", status=404)

    def test_it_stays_as_it_was_and_older_editions_are_there(self, november: House) -> None:
        made(november)
        first = report_of(visit(f"{PUBLIC}2026-11/"))
        november.filed()
        november.count()
        assert report_of(visit(f"{PUBLIC}2026-11/")) == first
        november.day(30)
        editions.order("2026-11", new=True)
        while make_next():
            pass
        newest = visit(f"{PUBLIC}2026-11/")
        assert "Other editions" in newest
        assert "Made on 22 December 2026" in newest
        older = visit(f"{PUBLIC}2026-11/?edition=1")
        assert "There is a newer edition" in older
        assert "Made on 14 December 2026" in older
        visit(f"{PUBLIC}2026-11/?edition=7", status=404)

    def test_a_report_whose_file_is_lost_is_not_there(self, november: House) -> None:
        made(november)
        FileOrder.objects.update(file="orders/lost")
        visit(f"{PUBLIC}2026-11/", status=404)
        visit(f"{PUBLIC}2026-11/en.pdf", status=404)

    def test_what_people_wrote_is_escaped(self, november: House) -> None:
        department = november.cast.department
        department.names = {"en": "<script>Office</script>"}
        department.save()
        made(november)
        page = visit(f"{PUBLIC}2026-11/")
        assert "&lt;script&gt;Office" in page
        assert "<script>Office" not in page

    def test_visitors_and_proxies_may_keep_it_for_minutes(self, november: House) -> None:
        made(november)
        assert "max-age=600" in Client().get(f"/en{PUBLIC}2026-11/")["Cache-Control"]
        own = november.client.get(f"/en{PUBLIC}2026-11/")["Cache-Control"]
        assert "private" in own
