"""Synthetic cases hold what the services would have written: each story is played again through them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from complaints.load.life import STORIES, Manner, Story
from complaints.load.stage import Filing
from complaints.models import Event
from complaints.services.forgetting import by_retention
from tests.complaints.conftest import Scene
from tests.complaints.replaying import Load, Replay, rows_of
from tests.complaints.verifying import codes
from tests.factories.routing import publish_rules


@pytest.fixture(autouse=True)
def _demonstration(settings) -> None:
    settings.DEMO = True


@pytest.fixture
def words(scene: Scene) -> dict[str, str]:
    """A word for each office by which the router knows it."""
    cast = scene.cast
    offices = (cast.department, cast.district_office, cast.upazila_office)
    known = {office.code: f"zz{place}word" for place, office in enumerate(offices)}
    rules: list[dict[str, object]] = [{"words": w, "target": code} for code, w in known.items()]
    publish_rules(*rules)
    return known


def filed(**parts) -> Filing:
    """Filed some months ago, anonymously."""
    day = timezone.localdate() - timedelta(days=150)
    return Filing(**{"day": day, "hour": 10, "anonymous": True, **parts})


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_leaves_what_the_services_leave(
    scene: Scene, words: dict[str, str], story: Story
) -> None:
    load = Load.of()
    filing = filed(publish_consent="publish" in story.moves)
    number = 2 if "merge" in story.moves else 1
    made = load.make(story, scene.cast.district_office, filing, number=number)
    assert codes(made.number) == set()
    assert rows_of(Replay(made, words).play()) == rows_of(made)
    assert Event.objects.filter(case=made).count() == made.last_seq


@pytest.mark.parametrize("name", ["confirmed", "returned", "two appeals", "passed down", "merged"])
def test_so_does_a_late_one_where_another_office_stands_in(
    scene: Scene, words: dict[str, str], name: str
) -> None:
    story = next(story for story in STORIES if story.name == name)
    late = Manner("late", 1, accepts_late=1.0, answers_late=1.0)
    made = Load.of().make(story, scene.cast.upazila_office, filed(), number=2, seed=5, manner=late)
    assert codes(made.number) == set()
    assert rows_of(Replay(made, words).play()) == rows_of(made)
    assert made.escalations.exists() or name == "merged"


@pytest.mark.parametrize(
    "parts", [{"channel": "hotline"}, {"sensitive": True}, {"kind": "suggestion"}]
)
def test_so_does_one_that_came_by_another_way_or_is_of_another_kind(
    scene: Scene, words: dict[str, str], parts: dict[str, Any]
) -> None:
    made = Load.of().make(STORIES[0], scene.cast.department, filed(**parts))
    assert codes(made.number) == set()
    assert rows_of(Replay(made, words).play()) == rows_of(made)


def test_who_filed_is_forgotten_when_it_is_time(scene: Scene) -> None:
    old = filed(day=timezone.localdate() - timedelta(days=1000))
    made = Load.of().make(STORIES[0], scene.cast.department, old)
    assert made.person_erased_at is not None
    assert by_retention()["contact"] == 0
