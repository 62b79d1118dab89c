"""Figures by agency, as those read them who are barred from a case: it is in none of them."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.roles import Role
from complaints.selectors.figures import period_figures
from complaints.selectors.figures_seen import figures_for
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.factories.agencies import make_officer


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def filed_with(figures: Any, agency: Any) -> int:
    return figures.by_agency[agency.pk].filed if agency.pk in figures.by_agency else 0


def test_a_case_is_taken_out_of_the_figures_of_those_it_bars(scene: Scene) -> None:
    people = scene.cast
    Play(scene).forward(to=people.rival_ministry)
    Play(scene).about(user_id=people.desk_head.pk, by="citizen")
    bared = Play(scene).forward(to=people.ministry).about(user_id=people.overseer.pk)
    whole, theirs = period_figures(30), figures_for(scene.actor(people.overseer), 30)
    assert bared.holder == "power"
    assert filed_with(whole, people.ministry) == 1
    assert people.ministry.pk not in theirs.by_agency
    assert filed_with(theirs, people.rival_ministry) == 1
    assert (whole.total.filed, theirs.total.filed) == (3, 1)
    # What others read stays as it was.
    assert period_figures(30) == whole
    assert figures_for(scene.actor(people.rival_focal), 30) == whole


def test_answers_and_days_are_taken_out_too_and_nothing_falls_below_zero(
    scene: Scene,
) -> None:
    people = scene.cast
    play = Play(scene).forward().accept().answer()
    before = period_figures(30)
    play.confirm().about(user_id=people.overseer.pk)
    theirs = figures_for(scene.actor(people.overseer), 30)
    assert before.total.answered == 1
    assert (theirs.total.answered, theirs.total.confirmed) == (0, 0)
    assert not theirs.total.from_filing
    assert theirs.by_agency == {}


def test_the_dashboards_and_their_files_leave_it_out(
    scene: Scene,
    client: Client,
) -> None:
    people = scene.cast
    Play(scene).forward(to=people.ministry).about(user_id=people.overseer.pk)
    client.force_login(people.overseer)
    for url in ("/en/oversight/", "/en/oversight/?format=csv"):
        assert "Ministry of Power" not in client.get(url).content.decode(), url
    other = make_officer("Other Overseer", Role.OVERSEER, people.rival_ministry)
    client.force_login(other)
    assert "Ministry of Power" in client.get("/en/oversight/?format=csv").content.decode()
