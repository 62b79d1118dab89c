"""The sweep on a crowded night: two at once do what one does, and many late cases cost few queries."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.models import Escalation, Notice, Outage, Respondent
from complaints.services import escalation, repairs, summaries
from complaints.services.escalation import sweep
from tests.complaints.conftest import Scene
from tests.complaints.play import Play


def test_an_outage_that_two_sweeps_mend_lengthens_the_window_for_appeals_once(
    scene: Scene, clock: time_machine.Traveller
) -> None:
    play = Play(scene).forward().accept().answer()
    until = play.case.appeal_until
    assert until is not None
    sweep()
    clock.shift(timedelta(days=3))
    repairs.note_outage()
    both_read = [Outage.objects.get(), Outage.objects.get()]
    for outage in both_read:
        repairs._finish(outage)
    assert play.case.appeal_until == until + timedelta(days=3)


@pytest.fixture
def late(scene: Scene, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Twenty cases that the desk did not forward in time; nobody was told of it yet."""
    for _case in range(20):
        scene.file()
    clock.shift(timedelta(days=4))
    with monkeypatch.context() as patch:
        patch.setattr(escalation, "tell_escalations", lambda: 0)
        sweep()
    assert Escalation.objects.filter(told_at=None).count() == 20
    return scene


def test_telling_of_many_late_cases_asks_as_little_as_of_one(late: Scene) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert summaries.tell_escalations() == 1
    assert len(asked) <= 12
    assert Notice.objects.get(template="escalated_many").values["count"] == 20


def test_who_is_barred_from_one_of_many_is_told_of_the_others(late: Scene) -> None:
    case = Escalation.objects.first().case  # type: ignore[union-attr]
    head = late.cast.desk_head
    Respondent.objects.create(case=case, user=head, linked_at=case.filed_at)
    summaries.tell_escalations()
    told = Notice.objects.get(template="escalated_many", user=head)
    assert told.values["count"] == 19
    assert case.number not in told.values["numbers"]
    assert not Notice.objects.filter(template="escalated", case=case, user=head).exists()
