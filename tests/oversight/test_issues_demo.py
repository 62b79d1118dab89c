"""The demonstration's issues: told by the services, once, and only in a demonstration."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from complaints.redaction import masked
from oversight import demo
from oversight.demo import telling
from oversight.models import Issue
from tests.oversight.conftest import House

TOLD = {
    "title": "Bills",
    "language": "en",
    "owner": "grid",
    "category": "electricity",
    "days_ago": 20,
    "due": 14,
    "cause": "Old meters",
    "progress": "New ones are bought.",
}
FIXED = TOLD | {
    "you_said": "Bills are too high.",
    "we_did": "All meters were changed.",
    "fixed": 12,
}


def test_one_is_fixed_and_public_and_one_is_under_way(house: House) -> None:
    receipt = house.filed(category="electricity-billing")
    house.filed(category="electricity-billing", about_official=True)
    house.day(30)
    assert telling.tell([FIXED, TOLD]) == 2
    fixed, under_way = Issue.objects.order_by("id")
    assert (fixed.state, under_way.state) == ("fixed", "open")
    assert fixed.published_at is not None
    assert under_way.published_at is None
    assert list(fixed.links.values_list("case__number", flat=True)) == [receipt.number]
    assert fixed.notes.get(step="progress").by == house.cast.focal


def test_twice_is_once(house: House) -> None:
    assert telling.tell([TOLD]) == 1
    assert telling.tell([TOLD]) == 0
    assert Issue.objects.count() == 1


def test_without_people_none_are_told(db: None) -> None:
    assert telling.tell([TOLD]) == 0


def test_only_in_a_demonstration(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("load_oversight_demo")


def test_where_there_are_issues_the_command_adds_none(house: House, settings: Any) -> None:
    settings.DEMO = True
    telling.tell([TOLD])
    out = StringIO()
    call_command("load_oversight_demo", stdout=out)
    assert out.getvalue() == "0 demonstration issues, 0 calls\n"


@pytest.mark.parametrize("country", ["bd", "id"])
def test_what_is_public_names_nobody(country: str) -> None:
    data = json.loads((Path(demo.__file__).parent / f"{country}.json").read_text("utf-8"))
    for told in data["issues"]:
        for name in ("title", "you_said", "we_did"):
            text = told.get(name, "")
            assert masked(text, told["language"]) == text
