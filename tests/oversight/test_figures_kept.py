"""Figures that are kept are what the cases say: in any order of steps, at once or one by one."""

import pytest
from django.core.cache import cache

from oversight.figures import cube, keeping, reading, standing
from oversight.figures.asking import Question
from oversight.figures.periods import days_period, today
from oversight.models import Kept, Tally
from record.services.writing import write
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def sums() -> set[tuple[object, ...]]:
    """All sums that hold anything."""
    names = [each.name for each in Tally._meta.fields if each.name != "id"]
    keys = {"grain", "on", *cube.KEYS}
    found = set()
    for row in Tally.objects.values(*names):
        plain = {name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}
        counted = {n: v if not isinstance(v, tuple) or any(v) else None for n, v in plain.items()}
        if any(value for name, value in counted.items() if name not in keys):
            found.add(tuple(counted[name] for name in names))
    return found


def count() -> None:
    """As the workers do it: the log, then the figures."""
    write()
    keeping.keep()


def test_steps_counted_one_by_one_give_what_counting_all_gives(house: House) -> None:
    count()
    first = house.forwarded()
    house.filed()
    count()
    house.day(3)
    house.answer(first)
    count()
    one_by_one = sums()
    keeping.rebuild()
    assert sums() == one_by_one


def test_what_no_sum_is_kept_for_is_counted_from_facts_alike(house: House) -> None:
    first = house.forwarded()
    house.filed()
    house.day(3)
    house.answer(first)
    count()
    asked = Question(days_period(30))
    kept = reading.totals(asked)
    assert (kept["received"], kept["answered"], kept["awaited"]) == (2, 1, 1)
    assert kept.within("took", 0.5) == 3
    assert reading.is_kept(asked)
    Kept.objects.update(days_since=today())
    cache.clear()
    assert not reading.is_kept(asked)
    assert reading.totals(asked) == kept


def test_how_open_cases_stand_for_two_filters_is_kept_for_the_country(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.forwarded()
    house.filed(kind="suggestion")
    house.answered()
    house.count()
    asked = Question(days_period(30), channel="web", kind="complaint")
    alone = Question(days_period(30), channel="web")
    kept = (standing.by_stage(asked), standing.standing_by(alone, "kind"))
    assert {kind: each.open for kind, each in kept[1].items()} == {"complaint": 2, "suggestion": 1}
    monkeypatch.setattr(standing, "_is_kept", lambda *_asked: False)
    assert (standing.by_stage(asked), standing.standing_by(alone, "kind")) == kept
