"""import(export(x)) = x of cases with any history: each story of the synthetic load, and random walks."""

import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from complaints.load.life import STORIES
from complaints.load.stage import Filing
from tests.complaints.conftest import Scene
from tests.complaints.replaying import Load
from tests.complaints.test_walks import Walk, walk
from tests.systems.bringing import faults
from tests.systems.taking_out import not_the_same

#: About a quarter of a minute.
WALKS, STEPS = 12, 40


def test_each_story_comes_back_as_it_was(scene: Scene, settings: Any, tmp_path: Path) -> None:
    settings.DEMO = True
    load, department = Load.of(), scene.cast.district_office
    day = timezone.localdate() - timedelta(days=150)
    for story in STORIES:
        filing = Filing(day=day, hour=10, anonymous=True, publish_consent="publish" in story.moves)
        load.make(story, department, filing, number=2 if "merge" in story.moves else 1)

    for form in ("zip", "csv"):
        assert not_the_same(tmp_path, scene.cast.ministry, form, source=form) == []
    assert faults() == []


class Journey(Walk):
    """A walk at whose end all cases are taken out and brought in again."""

    folder: Path
    numbers = itertools.count()

    def check_invariants(self, *_args: Any) -> None:
        """What has to hold on the way is the other test's."""

    def teardown(self) -> None:
        try:
            found = list[Any]()
            for office in (self.scene.cast.ministry, self.scene.cast.rival_ministry):
                source = f"walk-{next(self.numbers)}"
                found += not_the_same(self.folder, office, "zip", source=source)
            assert found == []
            assert faults() == []
        finally:
            super().teardown()


def test_a_case_comes_back_whatever_was_done_with_it(
    scene: Scene, clock: Any, tmp_path: Path
) -> None:
    Walk.scene, Walk.clock, Journey.folder = scene, clock, tmp_path
    walk(Journey, WALKS, STEPS)
