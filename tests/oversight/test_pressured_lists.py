"""The figures of agencies that stand out open their cases, for overseers alone."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from complaints.models import Case, Respondent
from complaints.services import withdrawing
from complaints.services.escalation import sweep
from tests.complaints.play import Play
from tests.oversight.conftest import House

PAGE, LIST = "/oversight/pressured/", "/oversight/pressured/cases/"
LINK = re.compile(r'href="/en(/oversight/pressured/cases/[^"]*)">([^<]*)<')


@pytest.fixture
def closed(house: House) -> House:
    """Of the department: three withdrawn, one of which was pressed, and one confirmed."""
    first, *others = (Play(house.scene).forward() for _each in range(3))
    withdrawing.withdraw(
        actor=first.actor("withdrawing"), number=first.number, pressured=True, text="They came."
    )
    for each in others:
        each.withdraw()
    house.confirmed()
    house.clock.shift(timedelta(hours=72))
    sweep()
    return house


def links(house: House) -> dict[str, str]:
    return {unescape(url): words for url, words in LINK.findall(house.page(PAGE))}


def listed(html: str) -> list[str]:
    return re.findall(r'app-number" href="/en/office/cases/([\w-]+)/"', html)


def test_each_figure_has_its_cases(closed: House) -> None:
    found = links(closed)
    assert sorted(found.values()) == ["1", "4", "75%"]
    numbers = {}
    for url in found:
        html = closed.page(url)
        number = len(listed(html))
        assert re.search(rf"<strong>{number} cases?</strong>", html), url
        assert "Grid Department" in html
        assert "some cases have moved on" not in html
        numbers[url.rpartition("=")[2]] = number
    assert numbers == {"closed": 4, "pressed": 1, "withdrawn": 3}


def test_what_has_moved_on_since_is_said(closed: House) -> None:
    url = f"{LIST}?agency=grid&which=withdrawn"
    closed.page(PAGE)
    case = Case.objects.filter(ending="withdrawn", pressured=False).first()
    assert case is not None
    Case.objects.filter(pk=case.pk).update(status="in_progress", closed_at=None)
    html = closed.page(url)
    assert len(listed(html)) == 2
    assert "some cases have moved on" in html


@pytest.mark.parametrize(
    "query",
    ["", "?agency=grid", "?agency=grid&which=x", "?agency=roads&which=closed",
     "?agency=%00&which=closed", "?which=closed"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(closed: House, query: str) -> None:
    closed.page(LIST + query, 404)


def test_a_case_about_its_reader_is_in_none(closed: House) -> None:
    """Without the pressed one the agency does not stand out."""
    case = Case.objects.get(pressured=True)
    Respondent.objects.create(case=case, user=closed.cast.overseer, linked_at=timezone.now())
    assert links(closed) == {}
    closed.page(f"{LIST}?agency=grid&which=closed", 404)


@pytest.mark.parametrize("who", ["auditor", "desk", "head", "focal", "case_officer"])
def test_nobody_else_gets_in(closed: House, who: str) -> None:
    closed.sign_in(who)
    closed.page(f"{LIST}?agency=grid&which=closed", 403)
