"""What happened within an appeal proves itself: hearings, teams, what was served, what was recommended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model, QuerySet
from django.utils import timezone

from complaints.models import (
    Appeal,
    Attendance,
    Event,
    Hearing,
    Investigation,
    Investigator,
    Recommendation,
    ServedSummary,
)
from complaints.services.escalation import sweep
from complaints.services.verifying import Verification
from tests.complaints.appealing import appealed
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day
from tests.complaints.test_served import serve, served_case
from tests.complaints.verifying import codes
from tests.owner import owner

LATER = timezone.now() + timedelta(days=400)


@pytest.fixture
def heard(scene: Scene, clock: Any) -> Play:
    """An appeal with a hearing put off and held, an investigation, and action recommended and taken."""
    play = appealed(scene)
    play.investigate(lead="rival_focal", team=("rival_case_officer",))
    play.set_hearing(day(7)).move_hearing(day(9))
    clock.shift(timedelta(days=9, hours=12))
    play.hold_hearing(came=("citizen",)).report()
    return play.recommend().follow().dismiss()


def rows(model: type[Model], **which: Any) -> QuerySet[Any]:
    return model._default_manager.filter(**which)


def set_to(model: type[Model], which: dict[str, Any] | None = None, **fields: Any) -> Callable:
    """One row, changed straight in the database."""

    def change() -> None:
        row = rows(model, **(which or {})).order_by("pk")[0]
        assert rows(model, pk=row.pk).update(**fields) == 1

    return change


def without(model: type[Model], **which: Any) -> Callable:
    """One row, taken out."""

    def change() -> None:
        row = rows(model, **which).order_by("pk")[0]
        assert rows(model, pk=row.pk)._raw_delete("default") == 1

    return change


def without_all(*models: type[Model]) -> Callable:
    """All rows of some tables, those first that refer to others."""

    def change() -> None:
        for model in models:
            model._default_manager.all()._raw_delete("default")

    return change


def test_what_was_done_within_an_appeal_has_no_fault(heard: Play) -> None:
    assert Hearing.objects.count() == 2
    assert Investigation.objects.get().reported
    assert codes() == set()


HELD, OFF = {"held_at__isnull": False}, {"called_off_at__isnull": False}
CHANGES = [
    (set_to(Hearing, at=LATER), "hearing"),
    (set_to(Hearing, HELD, held_at=LATER), "hearing"),
    (set_to(Hearing, HELD, held_at=None, held_event=None), "hearing"),
    (set_to(Hearing, HELD, held_at=None, held_event=None, called_off_at=LATER), "hearing"),
    (set_to(Hearing, OFF, called_off_at=LATER), "hearing"),
    (set_to(Hearing, OFF, called_off_at=None), "hearing"),
    (set_to(Attendance, {"party": "office", "came": False}, came=True), "hearing"),
    (set_to(Attendance, {"party": "citizen"}, party="other"), "hearing"),
    (without(Attendance, party="office"), "hearing"),
    (without_all(Attendance, Hearing), "hearing"),
    (set_to(Investigation, begun_at=LATER), "investigation"),
    (set_to(Investigation, ended_at=LATER), "investigation"),
    (set_to(Investigation, reported=False), "investigation"),
    (set_to(Investigation, ended_at=None, ended_event=None, reported=False), "investigation"),
    (set_to(Investigator, leads=False), "investigation"),
    (set_to(Investigator, until=None), "investigation"),
    (set_to(Investigator, until=LATER), "investigation"),
    (without(Investigator), "investigation"),
    (without_all(Investigator, Investigation), "investigation"),
    (set_to(Recommendation, made_at=LATER), "recommendation"),
    (set_to(Recommendation, followed="refused"), "recommendation"),
    (set_to(Recommendation, followed_at=LATER), "recommendation"),
    (set_to(Recommendation, followed="", followed_at=None, followed_event=None), "recommendation"),
    (without(Recommendation), "recommendation"),
]


@pytest.mark.parametrize(("change", "code"), CHANGES)
def test_a_change_straight_in_the_database_is_found(
    heard: Play, change: Callable[[], None], code: str
) -> None:
    with owner():
        change()
    assert codes(heard.number) == {code}


def test_another_officer_on_the_team_is_found(heard: Play) -> None:
    with owner():
        set_to(Investigator, {"leads": True}, user=heard.cast.focal)()
    (fault,) = Verification(number=heard.number).faults()
    ordered = Event.objects.get(case=heard.case, move="investigate")
    assert (fault.code, fault.seq) == ("investigation", ordered.seq)


def test_action_recommended_to_another_office_is_found(heard: Play) -> None:
    with owner():
        set_to(Recommendation, office=heard.cast.rival_ministry)()
    assert codes() == {"recommendation"}


def test_a_row_that_no_event_left_is_found(heard: Play) -> None:
    with owner():
        row = Recommendation.objects.get()
        row.pk, row.followed, row.followed_at, row.followed_event = None, "", None, None
        row.made_event = Event.objects.get(case=heard.case, move="accept")
        row.save(force_insert=True)
    (fault,) = Verification(number=heard.number).faults()
    assert (fault.code, fault.seq) == ("recommendation", 0)


def test_a_hearing_put_into_another_cases_appeal_is_found_in_both(
    scene: Scene, heard: Play
) -> None:
    other = appealed(scene)
    with owner():
        appeal = Appeal.objects.get(case=other.case)
        set_to(Hearing, HELD, appeal=appeal)()
    assert codes(heard.number) == codes(other.number) == {"hearing"}


def test_what_ends_with_an_appeal_ends_by_the_record_too(scene: Scene, clock: Any) -> None:
    decided = appealed(scene).set_hearing().uphold()
    given_up = appealed(scene).set_hearing().investigate().withdraw()
    called_off = appealed(scene).set_hearing().call_off_hearing().investigate().end_investigation()
    again = appealed(scene).set_hearing().call_off_hearing().set_hearing().investigate()
    clock.shift(timedelta(days=4))
    sweep()
    assert given_up.state == "closed: withdrawn"
    assert not Hearing.objects.filter(
        appeal__case__in=[decided.case, given_up.case, called_off.case], called_off_at=None
    ).exists()
    assert Investigation.objects.get(appeal__case=again.case).ended_at is None
    assert codes() == set()


def test_several_recommendations_to_one_office_are_told_apart_by_what_was_done(
    scene: Scene,
) -> None:
    play = appealed(scene).recommend().recommend().recommend()
    last = Recommendation.objects.latest("id")
    play.follow(which=last.pk, followed="refused").follow()
    assert codes() == set()
    with owner():
        rows(Recommendation, pk=last.pk).update(followed="acted")
    assert codes() == {"recommendation"}


# --- Served ------------------------------------------------------------------------------------


def test_a_summary_that_was_served_and_read_has_no_fault(scene: Scene) -> None:
    play, summary = served_case(scene)
    ServedSummary.objects.filter(pk=summary.pk).update(read_at=timezone.now())
    serve(play)
    assert ServedSummary.objects.count() == 2
    assert codes() == set()


def test_one_served_on_somebody_else_at_another_time_or_not_at_all_is_found(scene: Scene) -> None:
    play, summary = served_case(scene)
    row = rows(ServedSummary, pk=summary.pk)
    before = {"user": summary.user, "served_at": summary.served_at}
    with owner():
        for change in ({"user": play.cast.head}, {"served_at": LATER}):
            row.update(**change)
            assert codes(play.number) == {"served"}, change
            row.update(**before)
        assert codes(play.number) == set()
        row._raw_delete("default")
    assert codes(play.number) == {"served"}
