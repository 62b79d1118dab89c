"""Looking for patterns goes in steps: each is kept, none waits for ever, a run may end between any two."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from agencies.models import Office
from complaints.services import intake
from complaints.submission import Submission
from fairplay.models import DayCount, Flag, Watermark
from fairplay.services import patterns
from fairplay.services.patterns import Found, look_for_patterns
from fairplay.services.watermarks import from_mark
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.complaints.test_together import at_once
from tests.complaints.test_together import together as together
from tests.factories.agencies import make_policy
from tests.factories.routing import publish_rules

Kind = Flag.Kind
DAY = timedelta(days=1)


class Watch:
    """Hours of a stopwatch: each look at it is ten seconds later."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 10
        return self.seconds


@pytest.fixture
def busy(scene: Scene) -> Scene:
    """Two patterns: the department's own people filed, and more than usual was filed with it."""
    fill(scene)
    return scene


def fill(scene: Scene) -> None:
    """Three filings of the department's own focal officer about meters, which are for it."""
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    make_policy("burst_least", 3, "count")
    make_policy("burst_spread", 1, "count")
    filer = Actor(kind="user", user_id=scene.cast.focal.pk)
    for number in range(3):
        text = f"The electricity meter {number} shows a wrong number."
        intake.submit(actor=filer, submission=Submission(text=text, language="en"))


def kinds() -> set[str]:
    return set(Flag.objects.values_list("kind", flat=True))


def looked() -> set[str]:
    names = Watermark.objects.filter(name__startswith="look ").values_list("name", flat=True)
    return {name.removeprefix("look ") for name in names}


def test_a_run_makes_every_look(busy: Scene) -> None:
    assert look_for_patterns() == 2
    assert kinds() == {Kind.MANY_FILED, Kind.SELF_FILED}
    assert looked() == set(patterns.LOOKS) == set(Kind.values)


def test_repeated_it_changes_nothing(busy: Scene) -> None:
    look_for_patterns()
    before = list(Flag.objects.order_by("id").values())
    look_for_patterns()
    assert list(Flag.objects.order_by("id").values()) == before
    assert [flag.cases.count() for flag in Flag.objects.all()] == [3, 3]


def test_where_the_time_is_over_the_next_run_begins_with_what_waited(
    busy: Scene, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_for_patterns()  # the days before are counted
    Watermark.objects.filter(name__startswith="look ").delete()
    monkeypatch.setattr(patterns, "monotonic", Watch())
    rounds = []
    for _each in range(3):
        before = looked()
        look_for_patterns(35)
        rounds.append(looked() - before)
        clock.shift(timedelta(hours=1))
    assert [len(made) for made in rounds] == [2, 2, 2]
    assert set().union(*rounds) == set(Kind.values)


def test_days_are_counted_one_by_one_and_go_on_where_the_time_was_over(
    busy: Scene, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _day in range(3):
        Play(busy, named=False)
        clock.shift(DAY)
    monkeypatch.setattr(patterns, "monotonic", Watch())
    assert look_for_patterns(265) == 0  # time for 26 of 29 days
    assert Watermark.objects.get().at == patterns.reading.end_of_day(date(2026, 11, 21))
    monkeypatch.undo()
    look_for_patterns()
    assert DayCount.objects.count() == 3


def test_a_day_that_is_counted_is_not_counted_again(busy: Scene, clock: Any) -> None:
    clock.shift(DAY)
    look_for_patterns()
    DayCount.objects.all().delete()
    look_for_patterns()
    assert not DayCount.objects.exists()
    clock.shift(DAY)
    Play(busy, named=False)
    clock.shift(DAY)
    look_for_patterns()
    assert DayCount.objects.get().day == (SUNDAY + 2 * DAY).date()


def test_no_look_is_made_with_days_that_are_not_counted(
    busy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterns, "monotonic", Watch())
    look_for_patterns(25)
    assert looked() == set()


def test_one_that_fails_keeps_no_other_from_its_turn_and_is_made_again(
    busy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(today: date) -> Iterator[Found]:
        yield Found(busy.cast.department.pk, today, {"count": 1}, [])
        raise RuntimeError("the database went away")

    monkeypatch.setitem(patterns.LOOKS, Kind.MANY_FILED, fail)
    look_for_patterns()
    assert kinds() == {Kind.SELF_FILED}
    monkeypatch.undo()
    look_for_patterns()
    assert kinds() == {Kind.MANY_FILED, Kind.SELF_FILED}


def test_what_was_found_is_kept_though_the_run_is_killed_after_it(
    busy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing that the portal catches."""

    def killed(_today: date) -> Iterator[Found]:
        raise Killed
        yield

    monkeypatch.setitem(patterns.LOOKS, Kind.SELF_FILED, killed)
    with pytest.raises(Killed):
        look_for_patterns()
    assert kinds() == {Kind.MANY_FILED}


def test_a_look_that_another_run_is_at_is_left_to_it(together: Scene) -> None:
    fill(together)
    with from_mark("look self_filed", SUNDAY):
        assert at_once(look_for_patterns) == [1]
    assert kinds() == {Kind.MANY_FILED}


def counted_statements() -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        look_for_patterns()
    return len(asked)


def test_it_asks_the_database_no_more_often_for_many_offices(busy: Scene) -> None:
    look_for_patterns()
    of_one = counted_statements()
    cast = busy.cast
    offices = (cast.rival_ministry, cast.district_office, cast.upazila_office)
    for office in offices:
        for _each in range(3):
            Play(busy, named=False, text="A road is broken near the school.").forward(to=office)
    look_for_patterns()
    assert Office.objects.filter(pk__in=Flag.objects.values("office")).count() == 4
    assert counted_statements() == of_one
