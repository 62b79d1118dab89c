"""Which requests and updates are given: windows, lists, limits; and what a list costs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.query import QuerySet
from django.test.utils import CaptureQueriesContext

from channels.open311 import asking, selectors
from complaints.services import answering
from tests.channels.open311 import Program, published
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play

ANY = Program()


def at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def ids(**query: str) -> list[str]:
    return [row["service_request_id"] for row in ANY.get("requests", **query)]


@pytest.fixture
def history(scene: Scene, clock: Any) -> list[Play]:
    """Published cases of today, and of 30, 89 and 91 days ago; the second one is closed."""
    plays = []
    for days in (91, 89, 30, 0):
        clock.move_to(SUNDAY - timedelta(days=days))
        plays.insert(0, published(scene))
    plays[1].forward().accept().answer()
    answering.confirm(actor=plays[1].actor("citizen"), number=plays[1].number, rating=4)
    return plays


def numbers(plays: list[Play]) -> list[str]:
    return [play.number for play in plays]


def test_without_dates_the_last_90_days_are_given_newest_first(history):
    assert ids() == numbers(history[:3])


def test_with_a_start_alone_90_days_from_it_with_an_end_alone_90_before_it(history):
    assert ids(start_date=at(SUNDAY - timedelta(days=91))) == numbers(history[1:])
    assert ids(end_date=at(SUNDAY - timedelta(days=30))) == numbers(history[1:])
    # Both ends belong to it.
    start, end = at(SUNDAY - timedelta(days=89)), at(SUNDAY - timedelta(days=30))
    assert ids(start_date=start, end_date=end) == numbers(history[1:3])


def test_days_without_a_time_are_whole_days_of_the_capital(history):
    day = f"{SUNDAY - timedelta(days=30):%Y-%m-%d}"
    assert ids(start_date=day, end_date=day) == numbers(history[1:2])


def test_more_than_90_days_are_refused(history):
    start, end = SUNDAY - timedelta(days=90, seconds=1), SUNDAY
    [row] = ANY.get("requests", expect=400, start_date=at(start), end_date=at(end))
    assert row["description"] == "start_date and end_date may not span more than 90 days."
    assert ids(start_date=at(start + timedelta(seconds=1)), end_date=at(end))


@pytest.mark.parametrize("what", ["requests", "servicerequestupdates"])
@pytest.mark.parametrize("name", ["start_date", "end_date"])
@pytest.mark.parametrize("given", ["soon", "2026-02-30", "2026-11-22T04:00:00", "1e9", "-1"])
def test_a_date_that_is_none_is_named(scene: Scene, what, name, given):
    [row] = ANY.get(what, expect=400, **{name: given})
    assert row["description"] == f"{name}: write it like 2026-01-31T00:00:00Z."


def test_an_end_before_the_start_is_refused(scene: Scene):
    query = {"start_date": "2026-11-22", "end_date": "2026-11-21"}
    [row] = ANY.get("requests", expect=400, **query)
    assert row["description"] == "start_date is later than end_date."


@pytest.mark.parametrize("query", [{"start_date": "1000-01-01"}, {"end_date": "2999-12-31"}])
def test_a_time_in_which_nothing_was_filed_gives_nothing(history, query):
    assert ids(**query) == []


def test_open_and_closed_are_told_apart(history):
    assert ids(status="closed") == numbers(history[1:2])
    assert ids(status="open") == numbers([history[0], history[2]])
    assert ids(status="open,closed") == ids(status="Closed, OPEN") == ids() == ids(status="")


def test_subjects_are_listed_with_commas(scene: Scene):
    roads = published(scene, category="roads")
    bill = published(scene)
    published(scene, category="")
    assert ids(service_code="roads") == [roads.number]
    assert ids(service_code="roads, electricity-billing,") == [bill.number, roads.number]
    # A subject above is another one.
    assert ids(service_code="electricity") == ids(service_code="unknown") == []


def test_numbers_override_everything_else(history):
    old, new = history[3].number, history[0].number
    asked = f"{old},{new.lower()},0000-0000-0000-T,rubbish"
    query = {"status": "closed", "start_date": "soon", "service_code": "roads"}
    assert ids(service_request_id=asked, **query) == [new, old]
    assert ids(service_request_id="rubbish") == []
    assert ids(service_request_id=" , ") == ids()


def test_no_list_is_longer_than_its_limit(history, monkeypatch):
    assert asking.MOST_ROWS == 1000
    monkeypatch.setattr(selectors, "MOST_ROWS", 2)
    assert ids() == numbers(history[:2])
    updates = ANY.get("servicerequestupdates")
    assert [row["service_request_id"] for row in updates] == [history[2].number, history[1].number]
    # From the last one on nothing is missed.
    later = ANY.get("servicerequestupdates", start_date=updates[-1]["updated_datetime"])
    assert updates[-1] in later


# --- What it costs --------------------------------------------------------------------------


def many(scene: Scene, count: int) -> None:
    """Published cases with places, subjects, holders and clocks of their own."""
    cast = scene.cast
    for n in range(count):
        place = (cast.upazila, cast.other_upazila)[n % 2].code
        office = (cast.department, cast.district_office)[n % 2]
        play = published(scene, place=place).forward(to=office)
        if n % 3 == 0:
            officer = "case_officer" if office == cast.department else "district_focal"
            play.accept(officer, by="focal" if office == cast.department else "district_focal")


def statements(what: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert ANY.raw(what).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize(
    ("what", "rows_a_case", "costs"), [("requests", 1, 3), ("servicerequestupdates", 2, 2)]
)
def test_a_list_costs_the_same_however_long_it_is(scene: Scene, what, rows_a_case, costs):
    many(scene, 1)
    assert len(statements(what)) == costs
    many(scene, 9)
    assert len(ANY.get(what)) == 10 * rows_a_case
    assert len(statements(what)) == costs


def test_services_cost_one_statement(scene: Scene):
    assert len(statements("services")) == 1


def plan(rows: "QuerySet[Any]") -> str:
    """How the database would find them if it had to read the whole table otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    return str(rows.explain())


def test_requests_are_found_by_an_index_on_the_day_of_filing(scene: Scene):
    """In order, so that a list ends with its thousandth row however many there are."""
    published(scene)
    which = asking.asked({})
    rows = selectors._narrowed(selectors.public_cases(), which).order_by("-filed_at", "-id")
    how = plan(rows[:1000])
    assert "case_filed_idx" in how
    assert "filed_at >=" in how
    assert "Sort" not in how


def test_updates_are_found_by_the_cases_with_news_and_their_events_by_number(scene: Scene):
    published(scene)
    with connection.cursor() as cursor:
        # Among so few rows every index is as good as this one.
        cursor.execute("DROP INDEX case_filed_idx")
    how = plan(selectors._public_events(asking.window({})))
    assert "case_public_news_idx" in how
    assert "event_seq_once" in how
