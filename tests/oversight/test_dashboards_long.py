"""Long counts: left to a worker, one at a time, kept for everybody and shown to each as they may."""

from typing import Any

import pytest
from django.core.cache import cache
from kombu.exceptions import OperationalError

from accounts.roles import Role
from complaints.models import Respondent
from oversight.dashboards import counted as counting
from oversight.dashboards import waiting
from oversight.tasks import count_dashboard
from tests.factories.agencies import make_officer
from tests.oversight.conftest import House
from tests.oversight.dashboards import count_of, counted

#: Two filters at an agency: no sum is kept of both.
PATH = "/oversight/agency/grid/?category=electricity&district=3.47"


class Sent:
    """The tasks that were handed to the broker; `fail` says that there is none."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.fail = False

    def __call__(self, name: str, kwargs: dict[str, Any]) -> None:
        assert name == count_dashboard.name
        if self.fail:
            raise OperationalError("no broker")
        self.told.append(kwargs["told"])

    def work(self) -> None:
        """What the worker does with them."""
        while self.told:
            count_dashboard(self.told.pop())


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """No fact may be counted in a page; tasks are caught on their way to the broker."""
    sent = Sent()
    monkeypatch.setattr(counting, "MOST_FACTS", 0)
    monkeypatch.setattr(waiting.current_app, "send_task", sent)
    return sent


@pytest.fixture
def cases(house: House) -> House:
    house.forwarded(category="electricity", place="3.47.1")
    house.forwarded(category="roads", place="3.47.1")
    return counted(house)


def test_what_sums_answer_is_shown_at_once(cases: House, sent: Sent) -> None:
    for path in ("/oversight/", "/oversight/?category=electricity", "/oversight/agency/grid/"):
        assert "Being counted" not in cases.page(path)
    assert sent.told == []


def test_else_the_page_comes_at_once_and_says_that_it_is_counted(cases: House, sent: Sent) -> None:
    html = cases.page(PATH)
    assert "Being counted" in html
    assert 'http-equiv="refresh"' in html
    assert f'hx-get="/en{PATH.replace("&", "&amp;")}"' in html
    assert len(sent.told) == 1


def test_the_figures_are_there_when_the_worker_is_done(cases: House, sent: Sent) -> None:
    cases.page(PATH)
    sent.work()
    html = cases.page(PATH)
    assert "Being counted" not in html
    assert count_of(html, "Open in all") == 1


def test_a_question_is_counted_once_at_a_time(cases: House, sent: Sent) -> None:
    for _look in range(3):
        cases.page(PATH)
    cases.sign_in("auditor")
    cases.page(PATH)
    assert len(sent.told) == 1
    cases.page(PATH + "&kind=complaint")
    assert len(sent.told) == 2


def test_a_worker_that_gets_it_twice_counts_once(
    cases: House, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases.page(PATH)
    told, times = sent.told[0], list[object]()
    real = waiting.count_long
    monkeypatch.setattr(waiting, "count_long", lambda what: (times.append(what), real(what)))
    count_dashboard(told)
    count_dashboard(told)
    assert len(times) == 1


def test_a_count_that_died_is_begun_again_after_a_while(cases: House, sent: Sent) -> None:
    cases.page(PATH)
    sent.told.clear()
    cases.page(PATH)
    assert sent.told == []
    # As if the time were over.
    cache.clear()
    cases.page(PATH)
    assert len(sent.told) == 1


def test_without_a_broker_the_page_still_comes(cases: House, sent: Sent) -> None:
    sent.fail = True
    assert "Being counted" in cases.page(PATH)


def test_a_page_that_looks_again_is_told_only_when_there_is_news(cases: House, sent: Sent) -> None:
    headers = {"HX-Request": "true"}
    assert cases.client.get(f"/en{PATH}", headers=headers).status_code == 204
    sent.work()
    answer = cases.client.get(f"/en{PATH}", headers=headers)
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")


def test_whoever_is_barred_from_a_case_gets_the_same_count_without_it(
    cases: House, sent: Sent
) -> None:
    receipt = cases.forwarded(category="electricity", place="3.47.1")
    user = cases.cast.overseer
    Respondent.objects.create(case=cases.case(receipt), user=user, linked_at="2026-11-22T00:00Z")
    counted(cases)
    cases.page(PATH)
    sent.work()
    assert count_of(cases.page(PATH), "Open in all") == 1
    cases.other = make_officer("Other Overseer", Role.OVERSEER, cases.cast.rival_ministry)
    cases.sign_in("other")
    assert count_of(cases.page(PATH), "Open in all") == 2
    assert sent.told == []


def test_whoever_leads_an_office_is_told_of_theirs(cases: House, sent: Sent) -> None:
    cases.sign_in("head")
    cases.page(PATH)
    assert sent.told[0]["sides"] == [0, 1, 2, 3]
    sent.work()
    assert count_of(cases.page(PATH), "Open in all") == 1


def test_a_list_whose_figure_would_take_long_comes_without_it(
    cases: House, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oversight.dashboards.listing.MOST_FACTS", 0)
    html = cases.page(
        "/oversight/cases/?measure=received&office=grid&category=electricity&district=3.47"
    )
    assert html.count("data-key-open") == 1
    assert "1 case</strong>" not in html
