"""The regular work: each task does what its service does, by itself and through a real worker."""

from datetime import timedelta
from typing import Any

import pytest

from complaints.models import Case
from fairplay.models import Cluster, Flag
from fairplay.services import joining
from fairplay.tasks import find_clusters, join_clusters, look_for_patterns, set_aside
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.conftest import eventually
from tests.factories.agencies import RegistryCast
from tests.factories.routing import publish_rules
from tests.fairplay.test_joining_clusters import filed, join

OLD = timedelta(minutes=10)


def test_clusters_are_found_and_joined(scene: Scene, clock: Any) -> None:
    lead, *others = filed(scene, 9)
    clock.shift(OLD)
    find_clusters()
    join(lead, Cluster.objects.get())
    join_clusters()
    assert {play.state for play in others} == {"closed: merged"}


def test_patterns_are_found_and_their_cases_set_aside(scene: Scene) -> None:
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    for _each in range(10):
        Play(scene, named=False)
    look_for_patterns()
    set_aside()
    assert Case.objects.exclude(unranked="").count() == Flag.objects.get().cases.count() == 10


@pytest.mark.slow
def test_a_worker_finds_joins_and_sets_aside(
    transactional_db: None, cast: RegistryCast, celery_worker: Any
) -> None:
    scene = Scene(cast)
    lead, *others = filed(scene, joining.AT_ONCE + 3)
    ids = [play.case.pk for play in (lead, *others)]
    for play in others[:3]:
        play.forward()
    Case.objects.filter(pk__in=ids).update(filed_at=lead.case.filed_at - OLD)
    find_clusters.delay()
    eventually(lambda: Cluster.objects.filter(size=len(ids)).exists())
    join(lead, Cluster.objects.get())
    join_clusters.delay()
    eventually(lambda: Case.objects.filter(lead=lead.case).count() == len(others))
    look_for_patterns.delay()
    set_aside.delay()
    eventually(lambda: not Case.objects.exclude(unranked="").exists())
