"""Clusters are found among what was filed in the last days, and nothing else is taken for one."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.services import erasing
from complaints.services.escalation import sweep
from complaints.submission import ContactDetails
from fairplay.models import Band, Cluster, Member, Print, Watermark
from fairplay.selectors.clusters import clusters
from fairplay.services import finding
from fairplay.services.finding import find_clusters
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.complaints.test_together import at_once
from tests.complaints.test_together import together as together
from tests.factories.agencies import make_policy
from tests.fairplay.test_prints import ALIKE, LONG

OTHER = "Somebody parks a bus on the footpath near the market every evening until midnight."


def look(clock: Any, minutes: float = 5) -> int:
    """A run some minutes later."""
    clock.shift(timedelta(minutes=minutes))
    return find_clusters()


def file_many(scene: Scene, *texts: str, **parts: Any) -> list[Play]:
    return [Play(scene, named=False, text=text, **parts) for text in texts]


def sizes() -> list[int]:
    return sorted(Cluster.objects.values_list("size", flat=True))


def test_words_that_are_erased_leave_no_print(scene: Scene, clock: Any) -> None:
    erased, other = Play(scene, text=LONG), Play(scene, text=OTHER)
    look(clock)
    assert Print.objects.count() == 2
    erased.withdraw()
    clock.shift(timedelta(hours=72))
    sweep()
    assert erased.state == "closed: withdrawn"
    erasing.erase(actor=erased.actor("citizen"), number=erased.number, words=True)
    assert [kept.case for kept in Print.objects.all()] == [other.case]
    assert Band.objects.exclude(print__case=other.case).count() == 0


def test_three_in_the_same_words_are_a_cluster(scene: Scene, clock: Any) -> None:
    plays = file_many(scene, LONG, LONG.upper(), f"{LONG}!")
    assert look(clock) == 3
    cluster = clusters(scene.actor(scene.cast.desk)).get()
    assert (cluster.size, cluster.seed) == (3, plays[0].case)
    assert list(Member.objects.values_list("exact", flat=True)) == [True] * 3
    assert cluster.first_at == cluster.last_at == SUNDAY


def test_nearly_the_same_words_are_enough(scene: Scene, clock: Any) -> None:
    file_many(scene, LONG, ALIKE, OTHER, LONG)
    look(clock)
    assert sizes() == [3]
    assert list(Member.objects.order_by("id").values_list("exact", flat=True)) == [
        True,
        False,
        True,
    ]


def test_two_are_none_yet_and_the_third_makes_it_one(scene: Scene, clock: Any) -> None:
    file_many(scene, LONG, LONG)
    look(clock)
    assert not clusters(scene.actor(scene.cast.desk)).exists()
    file_many(scene, LONG)
    look(clock)
    assert clusters(scene.actor(scene.cast.desk)).get().size == 3


def test_how_many_are_one_is_a_number_of_the_government(scene: Scene, clock: Any) -> None:
    make_policy("cluster_least", 2, "count")
    file_many(scene, LONG, LONG)
    look(clock)
    assert clusters(scene.actor(scene.cast.desk)).count() == 1


def test_what_is_alike_by_chance_of_a_few_words_is_none(scene: Scene, clock: Any) -> None:
    file_many(scene, "No water today", "No water today", LONG, OTHER)
    look(clock)
    assert sizes() == []


def test_other_places_have_their_own(scene: Scene, clock: Any) -> None:
    cast = scene.cast
    for place in (cast.upazila, cast.union, cast.district, cast.other_upazila):
        Play(scene, named=False, text=LONG, place=place.code)
    look(clock)
    assert sizes() == [3]
    assert not Member.objects.filter(case__place=cast.other_upazila).exists()


def test_without_a_place_it_goes_with_any(scene: Scene, clock: Any) -> None:
    Play(scene, named=False, text=LONG, place=scene.cast.upazila.code)
    file_many(scene, LONG, LONG)
    look(clock)
    assert sizes() == [3]


@pytest.mark.parametrize("which", ["seed", "later"])
def test_a_sensitive_filing_takes_no_part(scene: Scene, clock: Any, which: str) -> None:
    if which == "seed":
        Play(scene, named=False, text=LONG, about_official=True)
        file_many(scene, LONG, LONG)
    else:
        file_many(scene, LONG, LONG)
        Play(scene, named=False, text=LONG, about_official=True)
    look(clock)
    assert sizes() == [2]
    assert not Member.objects.filter(case__sensitive=True).exists()


def test_one_that_became_sensitive_begins_none(scene: Scene, clock: Any) -> None:
    (play,) = file_many(scene, LONG)
    look(clock)
    play.mark_sensitive()
    file_many(scene, LONG)
    look(clock)
    assert sizes() == []


def test_a_closed_one_begins_none_but_stays_where_it_was(scene: Scene, clock: Any) -> None:
    (alone,) = file_many(scene, OTHER)
    first, *_rest = file_many(scene, LONG, LONG)
    look(clock)
    for play in (alone, first):
        play.decline()
    file_many(scene, OTHER, LONG)
    look(clock)
    assert sizes() == [3]


def test_after_the_window_it_is_another_matter(scene: Scene, clock: Any) -> None:
    file_many(scene, LONG, LONG)
    look(clock)
    clock.shift(timedelta(days=8))
    file_many(scene, LONG)
    look(clock)
    assert sizes() == [2]
    assert Print.objects.count() == 1


def test_one_that_goes_on_stays_one(scene: Scene, clock: Any) -> None:
    for _day in range(4):
        file_many(scene, LONG)
        look(clock)
        clock.shift(timedelta(days=3))
    assert sizes() == [4]


def test_a_run_goes_on_where_the_last_one_stopped(
    scene: Scene, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "AT_ONCE", 2)
    file_many(scene, LONG, OTHER, LONG, LONG, OTHER)
    assert [look(clock) for _run in range(4)] == [2, 2, 1, 0]
    assert sizes() == [2, 3]


def test_a_repeated_run_finds_nothing_new(scene: Scene, clock: Any) -> None:
    file_many(scene, LONG, LONG, LONG)
    look(clock)
    Watermark.objects.update(at=SUNDAY - timedelta(days=1), case_id=0)
    look(clock)
    assert sizes() == [3]
    assert Member.objects.count() == 3


def test_two_runs_at_once_equal_one(together: Scene) -> None:
    import time_machine

    file_many(together, LONG, LONG, LONG)
    with time_machine.travel(SUNDAY + timedelta(minutes=5), tick=False):
        done = at_once(find_clusters, find_clusters, find_clusters)
    assert sum(done) == 3
    assert sizes() == [3]


def test_what_was_filed_just_now_is_looked_at_in_the_next_run(scene: Scene, clock: Any) -> None:
    file_many(scene, LONG)
    assert look(clock, minutes=1) == 0
    assert look(clock, minutes=2) == 1


def test_senders_are_counted_and_named_by_nobody(scene: Scene, clock: Any) -> None:
    same = ContactDetails(phone="01712345678")
    for contact in (same, same, ContactDetails(email="a@example.org"), ContactDetails()):
        Play(scene, named=False, text=LONG, contact=contact)
    look(clock)
    cluster = clusters(scene.actor(scene.cast.desk)).get()
    assert (cluster.senders, cluster.most_from_one) == (2, 2)
    assert cluster.channels == {"web": 4}
    kept = str(Cluster.objects.values().get()) + str(list(Print.objects.values()))
    assert "1712345678" not in kept
    assert "transformer" not in kept


def test_a_filing_costs_a_bounded_number_of_statements(scene: Scene, clock: Any) -> None:
    file_many(scene, LONG, *[LONG] * 3)
    look(clock)
    file_many(scene, *[LONG] * 10)
    clock.shift(timedelta(minutes=5))
    with CaptureQueriesContext(connection) as few:
        find_clusters()
    assert len(few) <= 12 + 10 * 8, len(few)
