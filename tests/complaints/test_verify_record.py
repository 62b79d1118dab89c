"""The record proves itself: whatever is changed, taken out or put in is found."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from complaints.models import Case, Event, Statement
from complaints.services import answering, casework
from complaints.services.verifying import Verification
from tests.complaints.conftest import Scene
from tests.owner import owner


@pytest.fixture
def case(scene: Scene) -> Case:
    """A case with seven events, words with most of them; and another one beside it."""
    scene.file()
    receipt = scene.file_named()
    cast, number = scene.cast, receipt.number
    desk, focal, officer = (scene.actor(u) for u in (cast.desk, cast.focal, cast.case_officer))
    casework.forward(actor=desk, number=number, office=cast.department, reason="Meters")
    casework.accept(actor=focal, number=number, case_officer=cast.case_officer)
    casework.note(actor=officer, number=number, text="Look at the meter.")
    answering.answer(
        actor=officer,
        number=number,
        outcome="resolved",
        text="The meter was changed.",
        evidence="Photo",
        cause="system",
    )
    answering.confirm(actor=scene.citizen(receipt), number=number, rating=4, comment="Good.")
    return scene.case(receipt)


def verify(*options: str) -> str:
    out = StringIO()
    call_command("verify_record", *options, stdout=out)
    return out.getvalue()


def test_an_untouched_record_has_no_fault(case: Case) -> None:
    events = Event.objects.count()
    assert verify() == f"{events} events of 2 cases: no fault\n"
    assert verify("--case", case.number.lower()) == f"{case.last_seq} events of 1 cases: no fault\n"


def test_an_unknown_case_is_an_error(case: Case) -> None:
    for number in ("0000-0000-0000-T", "not a number"):
        with pytest.raises(CommandError, match="case"):
            verify("--case", number)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE complaints_event SET move = 'accept'",
        "DELETE FROM complaints_event",
        "TRUNCATE complaints_event CASCADE",
    ],
)
def test_the_database_refuses_to_change_the_record(case: Case, sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            cursor.execute(sql)


def change(**fields: Any) -> Callable[[Case], None]:
    """The third event, changed."""
    return lambda case: _update(Event.objects.filter(case=case, seq=3), **fields)


def _update(rows: Any, **fields: Any) -> None:
    assert rows.update(**fields) == 1


def say(**fields: Any) -> Callable[[Case], None]:
    """The note's words, changed."""
    return lambda case: _update(Statement.objects.filter(case=case, kind="note"), **fields)


def remove(seq: int) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        Statement.objects.filter(event__case=case, event__seq=seq).delete()
        Event.objects.filter(case=case, seq=seq)._raw_delete("default")

    return change


def remove_all(case: Case) -> None:
    for seq in range(1, case.last_seq + 1):
        remove(seq)(case)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (change(move="assign"), "hash"),
        (change(actor_id=1), "hash"),
        (change(actor_id=None), "hash"),
        (change(data={"case_officer": 0}), "hash"),
        (change(happened_at=timezone.now()), "hash"),
        (change(version=99), "version"),
        (change(hash="0" * 64), "hash"),
        (change(prev_hash="0" * 64), "link"),
        (change(seq=99), "gap"),
        (change(commitment="0" * 64), "hash"),
        (say(body={"text": "Look away."}), "words"),
        (say(salt="00" * 16), "words"),
        (say(salt=""), "words"),
        (say(salt="no hex"), "words"),
        (lambda case: Statement.objects.filter(case=case, kind="note").delete(), "words_missing"),
        (lambda case: Case.objects.filter(pk=case.pk).update(text="Another text."), "words"),
        (lambda case: Case.objects.filter(pk=case.pk).update(text=""), "words"),
        (lambda case: Case.objects.filter(pk=case.pk).update(last_seq=1), "end"),
        (lambda case: Case.objects.filter(pk=case.pk).update(last_hash="0" * 64), "end"),
        (remove(3), "gap"),
        (remove(1), "gap"),
    ],
)
def test_a_change_is_found(case: Case, change: Callable[[Case], None], code: str) -> None:
    with owner():
        change(case)
    faults = list(Verification(number=case.number).faults())
    assert faults[0].number == case.number
    assert code in {fault.code for fault in faults}
    with pytest.raises(CommandError, match=f"then a fault: case {case.number}"):
        verify()


def test_a_case_without_events_is_found(case: Case) -> None:
    with owner(), connection.cursor() as cursor:
        for table in ("notice", "feedback", "attachment", "identitylook"):
            cursor.execute(f"DELETE FROM complaints_{table} WHERE event_id IS NOT NULL")  # noqa: S608
        remove_all(case)
    assert [fault.code for fault in Verification(number=case.number).faults()] == ["no_events"]


def test_an_event_at_the_end_that_was_cut_off_is_found(case: Case) -> None:
    with owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM complaints_feedback")
        remove(case.last_seq)(case)
    assert [fault.code for fault in Verification(number=case.number).faults()] == ["end"]


def test_an_event_recomputed_by_a_forger_breaks_the_next_one(case: Case) -> None:
    from complaints.services.work import seal_event

    event = Event.objects.get(case=case, seq=3)
    event.move = "assign"
    seal_event(event)
    with owner():
        _update(Event.objects.filter(pk=event.pk), move="assign", hash=event.hash)
    fault = next(Verification(number=case.number).faults())
    assert (fault.seq, fault.code) == (4, "link")


def test_erased_words_leave_the_record_whole(case: Case) -> None:
    Statement.objects.filter(case=case).update(body={}, salt="", erased_at=timezone.now())
    Case.objects.filter(pk=case.pk).update(text="", text_salt="")
    assert "no fault" in verify()


def test_it_reads_as_many_cases_with_as_few_queries(
    case: Case, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        assert not list(Verification().faults())
