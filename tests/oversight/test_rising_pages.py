"""What rises, from sums and from real cases; its pages, with their empty states and what is left out."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.models import Case, Respondent
from oversight.dashboards.trees import trees
from oversight.figures import days
from oversight.figures.asking import AGENCYS
from oversight.models import Tally
from oversight.rising import DAYS, WEEK
from oversight.surges import counting
from oversight.surges.lists import Lists
from tests.factories.agencies import make_category, make_officer
from tests.oversight.conftest import House
from tests.oversight.counted import made
from tests.oversight.sums import kept, quiet_others, received

pytestmark = pytest.mark.django_db


def roads_rise(house: House) -> None:
    """Three times as many about roads as ever: 30 a day, most of them in the district."""
    kept()
    cast = house.cast
    quiet_others(cast.electricity, cast.billing)
    received([10] * (DAYS - WEEK) + [30] * WEEK, cast.roads)
    received([2] * (DAYS - WEEK) + [22] * WEEK, cast.roads, district=cast.district)
    received([8] * DAYS, cast.roads, district=cast.other_district)


def text_of(html: str) -> str:
    """What is to be read on a page, pictures apart."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<svg.*?</svg>", "", main)).split())


class TestCounting:
    def test_what_rises_and_where(self, house: House) -> None:
        roads_rise(house)
        found = counting.rising_now()
        assert found is not None
        assert [key for key, _rise in counting.rises(found.subjects)] == [house.cast.roads.pk]
        first, second = found.where[house.cast.roads.pk].districts
        assert (first.key, first.now, first.usual) == (house.cast.district.pk, 154, 14)
        assert (second.now, second.excess) == (56, 0)

    def test_nothing_is_said_of_days_that_are_not_kept(self, house: House) -> None:
        assert counting.rising_now() is None
        kept(days_since=counting.span().first + timedelta(days=1))
        assert counting.rising_now() is None
        kept(days_since=counting.span().first)
        found = counting.rising_now()
        assert found is not None
        assert found.is_young

    def test_the_running_day_is_left_out(self, house: House) -> None:
        roads_rise(house)
        received([500], house.cast.electricity, end=counting.span().end + timedelta(days=1))
        found = counting.rising_now()
        assert found is not None
        assert found.subjects[house.cast.electricity.pk].found == 70

    def test_cases_without_a_subject_are_no_subject(self, house: House) -> None:
        roads_rise(house)
        keys = Tally.objects.filter(category=house.cast.roads.pk, district=-1)
        for row in keys:
            row.pk, row.category = None, 0
            row.save()
        found = counting.count()
        assert found is not None
        assert 0 not in found.subjects

    def test_it_is_counted_once_for_all_and_anew_by_the_task(self, house: House) -> None:
        roads_rise(house)
        counting.rising_now()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            counting.rising_now()
        assert len(asked) == 0
        received([0] * (DAYS - WEEK) + [90] * WEEK, make_category("water", "Water"))
        cache.set(counting._name(AGENCYS), counting.rising_now(), 60)
        found = counting.keep_rising()
        assert found is not None
        assert counting.rising_now() == found
        assert len(counting.rises(found.subjects)) == 2


def seven_of_the_department(house: House) -> None:
    """One case about bills five weeks ago, seven this week; figures counted."""
    house.forwarded(category=house.cast.billing.code)
    house.day(35)
    for _each in range(7):
        house.forwarded(category=house.cast.billing.code)
    house.day(36)
    house.count()


def judged_now(house: House) -> counting.Rise:
    series = days.by_category(counting.span().first, DAYS)
    return counting.judged(series, counting.span())[house.cast.billing.pk]


@pytest.mark.django_db(transaction=True)
class TestRealCases:
    def test_they_are_counted_by_day_district_and_agency(self, house: House) -> None:
        seven_of_the_department(house)
        rise = judged_now(house)
        assert (rise.found, sum(rise.weeks)) == (7, 8)
        where = counting.where_of(house.cast.billing.pk, rise, counting.span())
        assert [(part.key, part.now, part.usual) for part in where.agencies] == [
            (house.cast.department.pk, 7, 1 / 8)
        ]
        nodes = [house.cast.ministry.pk, house.cast.department.pk, house.cast.rival_ministry.pk]
        by_node = days.by_node(nodes, counting.span().first, DAYS)
        assert {key: sum(counts) for key, counts in by_node.items()} == {nodes[0]: 8, nodes[1]: 8}

    def test_of_very_many_cases_agencies_are_counted_for_the_week_alone(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(counting, "MOST_FACTS", 3)
        seven_of_the_department(house)
        rise = judged_now(house)
        where = counting.where_of(house.cast.billing.pk, rise, counting.span())
        assert [(part.now, part.usual) for part in where.agencies] == [(7, None)]

    def test_each_number_opens_its_cases(self, house: House) -> None:
        cast = house.cast
        for _number in range(3):
            house.forwarded(category="electricity", place=cast.upazila.code)
        house.forwarded(cast.rival_ministry, category="electricity")
        house.filed(category="electricity-billing")
        house.filed()
        house.day(1)
        made()
        lists = Lists(counting.span(), trees(), AGENCYS)
        urls = [
            (lists.place(cast.electricity, cast.district.pk), 3),
            (lists.place(cast.billing, 0), 1),
            (lists.week(cast.electricity), 4),
            (lists.week(cast.electricity, office=cast.department, own=1), 3),
            (lists.week(cast.electricity, office=cast.rival_ministry, own=1), 1),
            (lists.week(cast.billing, own=1), 1),
            (lists.week(district=cast.district.code), 3),
            (lists.week(office=cast.ministry), 3),
            (lists.week(office=cast.ministry, own=1), 0),
            (lists.weeks(cast.electricity, None)[-1], 4),
            (lists.weeks(cast.electricity, cast.department)[-1], 3),
            (lists.weeks(cast.electricity, None)[0], 0),
        ]
        for url, number in urls:
            html = house.page(url.removeprefix("/en"))
            assert len(re.findall(r'app-number" href="/en/office/cases/', html)) == number, url
            assert re.search(rf"<strong>{number} cases?</strong>", html), url
        # With subjects below it the list could not be without a place and without these.
        assert lists.place(cast.electricity, 0) == ""

    def test_whoever_is_barred_from_one_has_it_counted_without(self, house: House) -> None:
        seven_of_the_department(house)
        barred = house.forwarded(category=house.cast.billing.code)
        house.day(37)
        house.count()
        case, span = house.case(barred), counting.span()
        hidden = [case.pk]
        node = house.cast.department.pk
        for asked in (
            lambda **hid: days.by_category(span.first, DAYS, **hid)[house.cast.billing.pk],
            lambda **hid: days.by_category(span.first, DAYS, node=node, **hid)[case.category_id],
            lambda **hid: days.by_node([node], span.first, DAYS, **hid)[node],
            lambda **hid: days.by_district(span.first, DAYS, **hid)[0],
            lambda **hid: days.by_district(
                span.first, DAYS, categories=[house.cast.billing.pk], **hid
            )[0],
        ):
            assert (sum(asked()), sum(asked(hidden=hidden))) == (9, 8)
        rise = judged_now(house)
        where = counting.where_of(house.cast.billing.pk, rise, span, hidden=hidden)
        assert where.agencies[0].now == 7
        assert where.districts[0].now == 7
        Respondent.objects.create(
            case=case, user=house.cast.overseer, linked_at="2026-12-28T00:00:00Z"
        )
        theirs = text_of(house.page("/oversight/rising/electricity-billing/?span=all"))
        assert "7 cases in seven days" in theirs
        assert barred.number not in theirs
        watcher = make_officer("Watcher", "overseer", house.cast.rival_ministry)
        house.client.force_login(watcher)
        others = text_of(house.page("/oversight/rising/electricity-billing/?span=all"))
        assert "8 cases in seven days" in others
        assert barred.number in others


@pytest.fixture
def of_each_kind(house: House) -> House:
    """About bills in the last seven days: five plain cases, two sensitive ones, one of the overseer's own."""
    billing = house.cast.billing.code
    house.forwarded(category=billing)
    house.day(35)
    for _each in range(5):
        house.forwarded(category=billing)
    for _each in range(2):
        house.forwarded(category=billing, about_official=True)
    own = house.forwarded(category=billing)
    Case.objects.filter(number=own.number).update(owner=house.cast.overseer)
    house.day(36)
    house.count()
    return house


@pytest.mark.django_db(transaction=True)
class TestWhatIsCountedAndNotListed:
    PAGE = "/oversight/rising/electricity-billing/"

    def test_sensitive_ones_and_ones_own_are_said_apart(self, of_each_kind: House) -> None:
        html = of_each_kind.page(self.PAGE)
        said = text_of(html)
        assert "8 cases in seven days" in said
        assert html.count('name="number"') == 5
        assert "2 cases that are counted are sensitive and not listed here." in said
        assert "1 case is counted and not shown: it is your own, or not for you to read." in said

    @pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
    @pytest.mark.parametrize("span", ["", "?span=all"])
    def test_for_each_reader_what_is_listed_and_what_is_not_make_up_the_number(
        self, of_each_kind: House, who: str, span: str
    ) -> None:
        of_each_kind.sign_in(who)
        html = of_each_kind.page(self.PAGE + span)
        said, listed = text_of(html), html.count('app-number" href="/en/office/cases/')
        found = re.findall(
            r"(\d+) cases? (?:that (?:is|are) counted|(?:is|are) counted and not)", said
        )
        assert listed + sum(map(int, found)) == (9 if span else 8)
        (address,) = re.findall(
            r'<a class="govuk-link" href="/en([^"]+)">The list of what is counted', html
        )
        behind = of_each_kind.page(address.replace("&amp;", "&"))
        assert f"<strong>{9 if span else 8} cases</strong>" in behind

    def test_where_all_are_listed_nothing_is_said(self, house: House) -> None:
        seven_of_the_department(house)
        said = text_of(house.page(self.PAGE))
        assert "7 cases in seven days" in said
        assert "counted and not" not in said
        assert "sensitive and not" not in said

    def test_before_anything_can_be_said_sensitive_ones_are_named_alone(self, house: House) -> None:
        house.forwarded(category=house.cast.billing.code, about_official=True)
        house.day(1)
        said = text_of(house.page(self.PAGE))
        assert "not known yet" in said
        assert "1 case that is counted is sensitive and not listed here." in said
        assert "counted and not shown" not in said


class TestThePage:
    def test_what_rises_is_shown_with_its_weeks_and_places(self, house: House) -> None:
        roads_rise(house)
        html = house.page("/oversight/rising/")
        said = text_of(html)
        assert "from 15 November 2026 to 21 November 2026" in said
        assert "210 cases in seven days: 3 times the 70 that were to be expected." in said
        assert html.count('class="app-chart__wide"') == 1
        assert house.cast.district.name_in("en") in said
        assert 'href="/en/oversight/rising/roads/#cases"' in html
        assert 'href="/en/oversight/issues/pile/?subject=roads"' in html
        assert "Nothing rises" not in said

    def test_places_and_agencies_rise_too(self, house: House) -> None:
        roads_rise(house)
        for district, a_day in ((house.cast.district, 40), (house.cast.other_district, 10)):
            received([10] * (DAYS - WEEK) + [a_day] * WEEK, district=district)
        for agency in (house.cast.ministry, house.cast.rival_ministry):
            received([10] * DAYS, at=agency)
        received([10] * (DAYS - WEEK) + [40] * WEEK, at=house.cast.department)
        html = house.page("/oversight/rising/")
        places = html[html.index('id="districts"') :]
        assert house.cast.district.name_in("en") in places
        assert house.cast.other_district.name_in("en") not in places
        agencies = html[html.index('id="agencies"') :]
        assert 'href="/en/oversight/agency/grid/"' in agencies
        assert "agency/power/" not in agencies

    def test_what_there_is_not_is_said(self, house: House) -> None:
        assert "Not counted yet" in house.page("/oversight/rising/")
        kept()
        cache.clear()
        assert "Too early to say" in house.page("/oversight/rising/")
        quiet_others(house.cast.electricity, house.cast.roads)
        assert "Nothing rises" in house.page("/oversight/rising/")

    @pytest.mark.parametrize(("who", "status"), [("auditor", 200), ("desk", 200), ("head", 403)])
    def test_who_looks_on(self, house: House, who: str, status: int) -> None:
        roads_rise(house)
        house.sign_in(who)
        house.page("/oversight/rising/", status)
        house.page("/oversight/rising/roads/", status)

    def test_more_than_are_drawn_are_said_in_words(self, house: House) -> None:
        kept()
        quiet_others(*(make_category(f"quiet-{n}", f"Quiet {n}") for n in range(20)))
        for number in range(9):
            rises = make_category(f"rising-{number}", f"Rising {number}")
            received([5] * (DAYS - WEEK) + [20] * WEEK, rises)
        html = house.page("/oversight/rising/")
        assert html.count('class="app-chart__wide"') == 6
        assert text_of(html).count("140 cases in seven days: 4 times the 35") == 9

    def test_its_cost_does_not_grow_with_what_rises(self, house: House) -> None:
        roads_rise(house)
        house.page("/oversight/rising/")
        with CaptureQueriesContext(connection) as asked:
            house.page("/oversight/rising/")
        assert len(asked) <= 10, [query["sql"][:90] for query in asked]


class TestOneSubject:
    def test_whether_it_rises_and_how_many_it_would_take(self, house: House) -> None:
        roads_rise(house)
        said = text_of(house.page("/oversight/rising/roads/"))
        assert re.search(r"Rising In the seven days .* \d+ cases or more are called rising", said)
        assert "Cases a week" in said
        assert "Not rising" in text_of(house.page("/oversight/rising/electricity/"))

    def test_of_an_agency_alone(self, house: House) -> None:
        roads_rise(house)
        for category in (house.cast.electricity, house.cast.billing):
            received([10] * DAYS, category, at=house.cast.department)
        received([1] * (DAYS - WEEK) + [9] * WEEK, house.cast.roads, at=house.cast.department)
        said = text_of(house.page("/oversight/rising/roads/?agency=grid"))
        assert "Grid Department" in said
        assert "63 cases in seven days" in said
        # Neither an office below an agency nor one that there is not narrows it.
        for code in ("grid-district", "nothing", "%00"):
            assert "210 cases" in text_of(house.page(f"/oversight/rising/roads/?agency={code}"))

    def test_what_cannot_be_said_yet(self, house: House) -> None:
        assert "not known yet" in house.page("/oversight/rising/roads/")
        house.page("/oversight/rising/nothing-of-the-kind/", 404)

    def test_a_subject_without_cases_is_one_too(self, house: House) -> None:
        kept()
        quiet_others(house.cast.electricity, house.cast.billing)
        said = text_of(house.page("/oversight/rising/roads/"))
        assert "0 cases in seven days" in said
        assert "No case here that you may see" in said

    def test_its_cases_can_be_made_an_issue(self, house: House) -> None:
        early = house.forwarded(category="roads")
        house.day(8)
        yesterday = house.forwarded(category="roads")
        house.forwarded(category="electricity")
        house.forwarded(category="roads", about_official=True)
        house.day(9)
        today = house.forwarded(category="roads")
        html = house.page("/oversight/rising/roads/")
        assert re.findall(r'name="number" value="([^"]+)"', html) == [yesterday.number]
        assert 'action="/en/oversight/issues/new/"' in html
        html = house.page("/oversight/rising/roads/?span=all")
        listed = re.findall(r'name="number" value="([^"]+)"', html)
        assert listed == [yesterday.number, early.number]
        assert today.number not in html
        house.sign_in("auditor")
        html = house.page("/oversight/rising/roads/")
        assert f"/office/cases/{yesterday.number}/" in html
        assert "Make this an issue" not in html
