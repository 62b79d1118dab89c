"""Walking the record: all faults in words, forgers, erased words, older formats, few queries."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.models import (
    Case,
    Event,
    Statement,
)
from complaints.services import casework, erasing, verifying
from complaints.services.verifying import Verification
from complaints.services.work import seal_event
from record.services import writing
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.test_verify_record import _update, case, of_case, play, remove_all
from tests.complaints.verifying import codes, verify
from tests.owner import owner

__all__ = ["case", "play"]


def test_all_faults_can_be_listed_in_words(case: Case) -> None:
    with owner():
        of_case(outcome="partly", ending="silent")(case)
    errors = StringIO()
    with pytest.raises(CommandError, match=r"not as its events left it \(field, ending\)"):
        call_command("verify_record", "--all", stderr=errors)
    assert "(field, outcome)" in errors.getvalue()


def test_a_case_without_events_is_found(case: Case) -> None:
    with owner(), connection.cursor() as cursor:
        for table in ("notice", "feedback", "attachment", "identitylook"):
            cursor.execute(f"DELETE FROM complaints_{table} WHERE event_id IS NOT NULL")  # noqa: S608
        remove_all(case)
    assert codes(case.number) == {"no_events"}


def test_an_event_recomputed_by_a_forger_breaks_the_next_one(case: Case) -> None:
    event = Event.objects.get(case=case, seq=3)
    event.move = "assign"
    seal_event(event)
    with owner():
        _update(Event.objects.filter(pk=event.pk), move="assign", hash=event.hash)
    fault = next(Verification().faults())
    assert (fault.seq, fault.code) == (4, "link")


def test_erased_words_leave_the_record_whole(play: Play, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(days=400))
    erasing.erase_by_system(play.number, erasing.PERSON, erasing.ALL_WORDS, because="time_is_over")
    assert Statement.objects.filter(case=play.case).exclude(body={}).count() == 0
    writing.write()
    assert "no fault" in verify()


def test_events_of_the_first_format_are_still_proved(
    case: Case, scene: Scene, clock: time_machine.Traveller
) -> None:
    before = ""
    with owner():
        for event in Event.objects.filter(case=case).order_by("seq").select_related("case"):
            event.version, event.fixed, event.prev_hash = 1, {}, before
            seal_event(event)
            before = event.hash
            Event.objects.filter(pk=event.pk).update(
                version=1, fixed={}, prev_hash=event.prev_hash, hash=event.hash
            )
        Case.objects.filter(pk=case.pk).update(last_hash=before)
    assert codes() == set()
    clock.shift(60)
    casework.message(
        actor=scene.actor(scene.cast.case_officer), number=case.number, text="Anything else?"
    )
    assert codes() == set()
    with owner():
        of_case(status="answered")(case)
    assert codes() == {"field"}


def queries_for_all() -> int:
    with CaptureQueriesContext(connection) as captured:
        assert not list(Verification().faults())
    return len(captured)


def test_it_reads_many_cases_with_as_few_queries(case: Case, scene: Scene) -> None:
    for_two = queries_for_all()
    for _each in range(5):
        scene.file()
    assert queries_for_all() == for_two <= 21


def test_in_parts_it_sees_every_case_once(
    case: Case, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _each in range(3):
        scene.file()
    monkeypatch.setattr(verifying, "BATCH", 2)
    verification = Verification()
    assert not list(verification.faults())
    assert (verification.cases, verification.events) == (5, Event.objects.count())
