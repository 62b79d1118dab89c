"""Clusters, restrictions and patterns in a real browser: on a phone and at a desk, in each language."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from complaints.services import restrictions
from complaints.submission import ContactDetails
from fairplay.models import Cluster, Flag, Flagged, Print
from fairplay.services.finding import find_clusters
from tests.browser.axe import look, read
from tests.browser.test_oversight_pages import cast as cast
from tests.browser.test_oversight_pages import scene as scene
from tests.browser.test_oversight_pages import sign_in as sign_in
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "The transformer behind the primary school has been broken for three weeks and nobody came."
WIDTHS = pytest.mark.parametrize("width", [360, 1280])


def cluster_of(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> tuple[Cluster, list[Play]]:
    """Three filings that are alike, one in other words."""
    monkeypatch.setattr("fairplay.services.finding.SETTLED", timedelta(0))
    texts = [TEXT, TEXT, TEXT.replace("three weeks", "four weeks")]
    contact = ContactDetails(phone="01712345678")
    plays = [Play(scene, named=False, text=text, contact=contact) for text in texts]
    find_clusters()
    assert Print.objects.exists()
    return Cluster.objects.get(), plays


def flag_of(scene: Scene) -> Flag:
    flag = Flag.objects.create(
        country="bd",
        office=scene.cast.department,
        kind=Flag.Kind.MANY_FILED,
        day=timezone.localdate(),
        numbers={"count": 12, "median": 1, "limit": 7},
        found_at=timezone.now(),
    )
    for _each in range(3):
        Flagged.objects.create(flag=flag, case=Play(scene).forward().case)
    return flag


def test_the_pages_can_be_read(
    scene: Scene, sign_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, plays = cluster_of(scene, monkeypatch)
    read(
        sign_in(scene.cast.desk),
        *("desk/clusters/", f"desk/clusters/{cluster.key}/", "desk/clusters/?show=joined"),
        f"office/cases/{plays[0].number}/restrict/",
    )
    flag = flag_of(scene)
    restrictions.restrict(
        actor=scene.actor(scene.cast.desk),
        number=plays[0].number,
        reason="The same words were sent forty times.",
        until=date.today() + timedelta(days=3),
    )
    read(
        sign_in(scene.cast.overseer),
        *("oversight/restrictions/", "oversight/restrictions/?show=open"),
        *("oversight/flags/", f"oversight/flags/{flag.key}/", "oversight/flags/?show=confirmed"),
    )


def test_the_desk_handles_a_cluster_as_one_by_keyboard(
    scene: Scene, sign_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, plays = cluster_of(scene, monkeypatch)
    page = sign_in(scene.cast.desk)
    page.goto("/en/desk/clusters/")
    page.get_by_role("link", name="The transformer behind").press("Enter")
    page.get_by_label(f"Join {plays[2].number}").press("Space")
    page.get_by_role("button", name="Handle as one").press("Enter")
    page.get_by_text("2 of 2 are together.").wait_for()
    look(page)
    assert [play.state for play in plays] == ["received", "closed: merged", "received"]
    assert cluster.members.filter(state="left_out").count() == 1


@WIDTHS
def test_a_restricted_person_reads_why_and_appeals(
    scene: Scene, sign_in: Callable[..., Any], width: int
) -> None:
    play = Play(scene)
    restrictions.restrict(
        actor=scene.actor(scene.cast.desk),
        number=play.number,
        reason="The same words were sent forty times.",
        until=date.today() + timedelta(days=3),
    )
    page = sign_in(None, width)
    page.goto(f"/en/complaints/track/?number={play.number}")
    page.get_by_label("Secret").fill(play.receipt.secret)
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_role("heading", name="You are restricted for a time").wait_for()
    look(page)
    page.get_by_label("Why the restriction is wrong").fill("It was my neighbour's telephone.")
    page.get_by_role("button", name="Appeal against the restriction").click()
    page.get_by_text("An overseer who did not impose the restriction decides").wait_for()
    look(page)
