"""Figures as those read them who are barred from a case: it is in none of them."""

import pytest
from django.core.cache import cache

from complaints.bars import barred_from
from oversight.figures import reading
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.oversight.counted import counted, lately, made


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def barred(scene: Scene, user: object) -> list[int]:
    return list(barred_from(scene.actor(user)).values_list("pk", flat=True))


def test_a_case_is_taken_out_of_the_figures_of_those_it_bars(scene: Scene) -> None:
    people = scene.cast
    Play(scene).forward(to=people.rival_ministry)
    Play(scene).about(user_id=people.desk_head.pk, by="citizen")
    bared = Play(scene).forward(to=people.ministry).about(user_id=people.overseer.pk)
    assert bared.holder == "power"
    made()
    nodes = [people.ministry.pk, people.rival_ministry.pk]
    hidden = barred(scene, people.overseer)
    whole, theirs = (reading.by_node(lately(), nodes, hidden=ids) for ids in ((), hidden))
    assert {pk: counts["received"] for pk, counts in whole.items()} == dict.fromkeys(nodes, 1)
    assert {pk: counts["received"] for pk, counts in theirs.items()} == {nodes[1]: 1}
    totals = [reading.totals(lately(), hidden=ids)["received"] for ids in ((), hidden)]
    assert totals == [3, 1]
    # What others read stays as it was.
    assert barred(scene, people.rival_focal) == []


def test_answers_and_days_are_taken_out_too_and_nothing_falls_below_zero(scene: Scene) -> None:
    people = scene.cast
    play = Play(scene).forward().accept().answer()
    assert counted()["answered"] == 1
    play.confirm().about(user_id=people.overseer.pk)
    theirs = counted(hidden=barred(scene, people.overseer))
    assert not theirs
    assert theirs.within("took", 0.5) is None
    assert min(theirs.numbers.values(), default=0) == 0
