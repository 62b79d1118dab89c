"""What offices did in a reader's own complaint is counted in figures, and shown in no list behind them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.models import Case, Respondent, RoutingRecord
from complaints.services import casework
from complaints.services.escalation import sweep
from complaints.services.intake import Receipt
from oversight.models import Audit
from tests.complaints.play import Play
from tests.oversight.audits import audit_for, named
from tests.oversight.conftest import House
from tests.oversight.dashboards import counted
from tests.oversight.test_boards_desk import routed

UNSEEN = "is counted and not shown: it is your own"


def own(house: House, number: str) -> None:
    """Make it the overseer's complaint."""
    Case.objects.filter(number=number).update(owner=house.cast.overseer)


def listed(html: str) -> list[str]:
    return re.findall(r'app-number" href="/en/office/cases/([\w-]+)/"', html)


def figure(html: str) -> int:
    found = re.search(r"<strong>(\d+) (?:case|step|hand-off)s?</strong>", html)
    assert found
    return int(found[1])


def returned(house: House) -> Receipt:
    receipt = house.forwarded()
    casework.return_case(
        actor=house.scene.actor(house.cast.focal), number=receipt.number, reason="Not ours at all",
        whose=None,
    )  # fmt: skip
    return receipt


def lists(house: House) -> dict[str, str]:
    """By address the case of the overseer's that lies behind the figure, beside one of others."""
    officer = house.cast.desk.pk
    mine, _theirs = returned(house), returned(house)
    own(house, mine.number)
    RoutingRecord.objects.all().delete()
    asked = routed(house, 2, "no_rule")[0]
    own(house, asked.number)
    counted(house)
    return {
        f"/oversight/desk/cases/?officer={officer}": mine.number,
        "/oversight/desk/cases/?router=no_rule": asked.number,
        "/oversight/flow/cases/?from=grid": mine.number,
    }


def test_it_is_counted_and_not_shown(house: House) -> None:
    for url, number in lists(house).items():
        html = house.page(url)
        assert number not in listed(html), url
        assert (figure(html), len(listed(html))) == (2, 1), url
        assert f"1 case of this page {UNSEEN}" in html, url
        assert "some cases have moved on" not in html, url


def test_it_is_not_even_counted_for_whoever_is_barred_from_it(house: House) -> None:
    urls = lists(house)
    for case in Case.objects.filter(owner=house.cast.overseer):
        Respondent.objects.create(case=case, user=house.cast.overseer, linked_at=timezone.now())
    counted(house)
    for url, number in urls.items():
        html = house.page(url)
        assert number not in listed(html), url
        assert (figure(html), len(listed(html))) == (1, 1), url
        assert UNSEEN not in html, url
        assert "some cases have moved on" not in html, url


@pytest.mark.parametrize("barred", [False, True])
def test_closings_of_an_agency(house: House, barred: bool) -> None:
    for _each in range(2):
        Play(house.scene).forward().withdraw(pressured=True)
    house.clock.shift(timedelta(hours=72))
    sweep()
    mine = Case.objects.order_by("pk").first()
    assert mine is not None
    own(house, mine.number)
    if barred:
        Respondent.objects.create(case=mine, user=house.cast.overseer, linked_at=timezone.now())
    html = house.page("/oversight/pressured/cases/?agency=grid&which=withdrawn")
    assert (figure(html), len(listed(html))) == (1 if barred else 2, 1)
    assert mine.number not in html
    assert (UNSEEN in html) != barred
    assert "some cases have moved on" not in html


def test_calls(house: House) -> None:
    for _each in range(2):
        told = {"result": Audit.Result.SOLVED, "done_at": timezone.now(), "next_call_at": None}
        receipt = house.confirmed(**named())
        audit_for(house.scene, receipt, **told)
    own(house, receipt.number)
    html = counted(house).page("/oversight/audits/found/?ending=confirmed")
    assert figure(html) == 2
    assert receipt.number not in html
    assert UNSEEN in html
    assert "some cases have moved on" not in html


def test_cases_of_what_rises(house: House) -> None:
    mine, theirs = (house.forwarded(category="electricity-billing") for _each in range(2))
    own(house, mine.number)
    house.day(1)
    html = house.page("/oversight/rising/electricity-billing/")
    assert theirs.number in html
    assert mine.number not in html
