"""Synthetic cases: such as the services would have left."""

import pytest
from django.core.management import CommandError, call_command

from complaints.clockwork import OF_OFFICERS
from complaints.models import Case, Clock, Event
from complaints.services.escalation import sweep
from complaints.services.work import hashed_fields
from record.chain import event_hash
from tests.complaints.conftest import Scene


@pytest.fixture(autouse=True)
def _demonstration(settings) -> None:
    settings.DEMO = True


def test_as_many_as_asked_for_with_true_chains(scene: Scene) -> None:
    call_command("make_cases", "60", "--seed", "7")
    assert Case.objects.count() == 60
    for event in Event.objects.select_related("case"):
        assert event_hash(hashed_fields(event), event.prev_hash) == event.hash
    for case in Case.objects.all():
        assert Event.objects.filter(case=case).count() == case.last_seq


def test_closed_cases_have_no_running_clock_and_open_ones_say_when_they_are_due(
    scene: Scene,
) -> None:
    call_command("make_cases", "60")
    running = Clock.objects.filter(stopped_at=None)
    assert not running.filter(case__status="closed").exists()
    for clock in running.filter(kind__in=OF_OFFICERS):
        assert clock.case.next_due is not None
        assert clock.case.next_due <= clock.due_at


def test_a_sweep_finds_nothing_to_do(scene: Scene) -> None:
    call_command("make_cases", "60")
    assert {name for name in sweep().steps if "level" in name} == set()


def test_never_on_a_real_installation(scene: Scene, settings) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="GRS_DEMO"):
        call_command("make_cases", "1")
