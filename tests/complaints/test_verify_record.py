"""The record proves itself: whatever is changed, taken out or put in straight in the database is found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from complaints.models import (
    Appeal,
    Attachment,
    Case,
    Clock,
    Escalation,
    Event,
    Feedback,
    IdentityLook,
    Respondent,
    Statement,
)
from complaints.services import answering, casework, identity, withdrawing
from complaints.services.escalation import sweep
from complaints.services.verifying import Verification
from complaints.services.work import seal_event
from complaints.submission import Whom
from record.services import writing
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.verifying import codes, verify
from tests.owner import owner


@pytest.fixture
def play(scene: Scene) -> Play:
    """A case with words and a file, looked into, answered and rated; and another one beside it."""
    scene.file()
    play = Play(scene).forward().accept()
    casework.note(
        actor=play.actor("case_officer"),
        number=play.number,
        text="Look at the meter.",
        files=[play.photo("case_officer")],
    )
    identity.break_seal(
        actor=play.actor("case_officer"), number=play.number, reason="To find the meter"
    )
    return play.answer().confirm()


@pytest.fixture
def case(play: Play) -> Case:
    return play.case


@pytest.fixture
def appealed(scene: Scene) -> Case:
    """A case whose answer was disputed twice and whose appeal was dismissed."""
    play = Play(scene).forward().accept().answer().dispute().answer().dispute()
    return play.dismiss().case


def test_an_untouched_record_has_no_fault(case: Case) -> None:
    writing.write()
    events = Event.objects.count()
    said = f"{events} events of 2 cases, {events} entries of the log: no fault\n"
    assert verify() == said
    assert verify("--case", case.number.lower()) == f"{case.last_seq} events of 1 cases: no fault\n"


def test_the_rows_that_moves_left_agree_with_their_events(
    scene: Scene, clock: time_machine.Traveller
) -> None:
    Play(scene).forward().accept().answer().dispute().answer().dispute().dismiss().appeal()
    Play(scene).withdraw()
    Play(scene).decline().appeal()
    Play(scene).forward().accept().ask().reply()
    Play(scene).forward()
    for days in (1, 9, 40, 90):
        clock.shift(timedelta(days=days))
        sweep()
    assert codes() == set()
    assert Escalation.objects.exists()


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


def of_case(**fields: Any) -> Callable[[Case], None]:
    """The case's own row, changed."""
    return lambda case: _update(Case.objects.filter(pk=case.pk), **fields)


def of_row(model: Any, **fields: Any) -> Callable[[Case], None]:
    """One row beside the case, changed."""

    def change(case: Case) -> None:
        row = model.objects.filter(case=case).order_by("pk")[0]
        _update(model.objects.filter(pk=row.pk), **fields)

    return change


def without(model: Any) -> Callable[[Case], None]:
    """One row beside the case, taken out."""
    return lambda case: model.objects.filter(case=case).order_by("pk")[0].delete()


def again(model: Any, **fields: Any) -> Callable[[Case], None]:
    """One row beside the case, put in once more, a little different."""

    def change(case: Case) -> None:
        row = model.objects.filter(case=case).order_by("pk")[0]
        row.pk = None
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    return change


def sooner(case: Case) -> None:
    """A clock that was due, and missed, earlier than it was."""
    clock = Clock.objects.get(case=case, kind="resolve")
    earlier = clock.due_at - timedelta(days=2)
    _update(Clock.objects.filter(pk=clock.pk), due_at=earlier, missed_at=earlier)


def put_in(case: Case) -> None:
    """One event more at the end, forged well: the chain is whole."""
    event = Event.objects.get(case=case, seq=case.last_seq)
    event.pk, event.seq, event.prev_hash = None, event.seq + 1, event.hash
    event.data, event.fixed, event.commitment = {"rating": 5}, {}, ""
    event.move = "message"
    seal_event(event)
    event.save(force_insert=True)
    _update(Case.objects.filter(pk=case.pk), last_seq=event.seq, last_hash=event.hash)


def remove_all(case: Case) -> None:
    for seq in range(1, case.last_seq + 1):
        remove(seq)(case)


CHANGES = [
    (change(move="assign"), "hash"),
    (change(actor_id=1), "hash"),
    (change(actor_id=None), "hash"),
    (change(data={"case_officer": 0}), "hash"),
    (change(fixed={}), "hash"),
    (change(happened_at=timezone.now()), "hash"),
    (change(version=1), "hash"),
    (change(version=99), "version"),
    (change(hash="0" * 64), "hash"),
    (change(hash="no hash"), "leaf"),
    (change(prev_hash="0" * 64), "link"),
    (change(seq=99), "gap"),
    (change(commitment="0" * 64), "hash"),
    (remove(3), "gap"),
    (remove(1), "gap"),
    (put_in, "unlogged"),
    # What was said
    (say(body={"text": "Look away."}), "words"),
    (say(salt="00" * 16), "words"),
    (say(salt=""), "words"),
    (say(salt="no hex"), "words"),
    (say(internal=False), "words_kind"),
    (say(kind="message"), "words_kind"),
    (say(body={}, salt="", erased_at=timezone.now()), "words_missing"),
    (lambda case: Statement.objects.filter(case=case, kind="note").delete(), "words_missing"),
    (of_case(text="Another text."), "words"),
    (of_case(text=""), "words"),
    (of_case(text="", text_salt=""), "words_missing"),
    # Where the case stands
    (of_case(number="1111-2222-3333-X"), "hash"),
    (of_case(last_seq=1), "end"),
    (of_case(last_hash="0" * 64), "end"),
    (of_case(status="in_progress"), "field"),
    (of_case(ending="silent"), "field"),
    (of_case(outcome="partly"), "field"),
    (of_case(holder=None), "field"),
    (of_case(assigned=None), "field"),
    (of_case(sensitive=True), "field"),
    (of_case(disputes=3), "field"),
    (of_case(filed_at=timezone.now()), "field"),
    (of_case(answered_at=timezone.now()), "field"),
    (of_case(closed_at=timezone.now()), "field"),
    (of_case(published_at=timezone.now()), "field"),
    # Clocks
    (of_row(Clock, due_at=timezone.now()), "clock"),
    (of_row(Clock, stopped_how="cancelled"), "clock"),
    (of_row(Clock, stopped_at=None), "clock"),
    (sooner, "clock"),
    (without(Clock), "clock"),
    (again(Clock, kind="rule"), "clock"),
    (again(Clock), "clock"),
    (of_case(country="xx"), "field"),
    (of_case(pressured=True), "field"),
    (of_case(office_seq=1), "field"),
    # Files, ratings, looks
    (of_row(Attachment, internal=False), "file_kind"),
    (of_row(Attachment, sha256="0" * 64), "file_missing"),
    (of_row(Attachment, sha256="0" * 64), "file_extra"),
    (without(Attachment), "file_missing"),
    (of_row(Attachment, event=None), "file_missing"),
    (again(Attachment, key="00000000-0000-4000-8000-000000000000"), "file_extra"),
    (of_row(Feedback, rating=1), "rating"),
    (without(Feedback), "rating"),
    (without(IdentityLook), "look"),
    (of_row(IdentityLook, event=None), "look"),
]


@pytest.mark.parametrize(("change", "code"), CHANGES)
def test_a_change_is_found(case: Case, change: Callable[[Case], None], code: str) -> None:
    writing.write()
    with owner():
        change(case)
    faults = list(Verification().faults())
    assert code in {fault.code for fault in faults}
    with pytest.raises(CommandError, match=r"then a fault: case "):
        verify()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (of_row(Appeal, upheld=True), "appeal"),
        (of_row(Appeal, decided_at=None), "appeal"),
        (of_row(Appeal, filed_at=timezone.now()), "appeal"),
        (without(Appeal), "appeal"),
        (of_case(appeal_level=0), "field"),
        (of_case(disputes=0), "field"),
    ],
)
def test_a_change_to_an_appeal_is_found(
    appealed: Case, change: Callable[[Case], None], code: str
) -> None:
    assert codes() == set()
    with owner():
        change(appealed)
    assert codes(appealed.number) == {code}


def test_words_put_into_another_case_are_found(play: Play, case: Case) -> None:
    other = Case.objects.exclude(pk=case.pk).get()
    with owner():
        say(case=other)(case)
    assert codes() == {"words_elsewhere"}


@pytest.mark.parametrize(
    "change", [of_case(pressured=False), of_case(pressure_noted_at=timezone.now())]
)
def test_pressure_that_was_told_of_is_not_hidden(
    scene: Scene, change: Callable[[Case], None]
) -> None:
    play = Play(scene).forward().accept()
    withdrawing.say_pressured(actor=play.actor("citizen"), number=play.number)
    withdrawing.note_pressure(
        actor=play.actor("overseer"), number=play.number, text="We spoke with them."
    )
    withdrawing.say_pressured(actor=play.actor("citizen"), number=play.number)
    assert codes() == set()
    with owner():
        change(play.case)
    assert codes() == {"field"}


@pytest.mark.parametrize(
    "change",
    [
        without(Respondent),
        of_row(Respondent, ended_at=timezone.now()),
        of_row(Respondent, rank=0),
        of_row(Respondent, role="case_officer"),
    ],
)
def test_a_bar_that_was_lifted_is_found(scene: Scene, change: Callable[[Case], None]) -> None:
    play = Play(scene)
    whom = Whom(office_id=play.cast.department.pk, role="focal")
    answering.link_respondent(actor=play.actor("citizen"), number=play.number, respondent=whom)
    assert codes() == set()
    with owner():
        change(play.case)
    assert codes() == {"respondent"}


@pytest.mark.parametrize("change", [of_row(Escalation, level=9), without(Escalation)])
def test_an_escalation_that_was_taken_back_is_found(
    scene: Scene, clock: time_machine.Traveller, change: Callable[[Case], None]
) -> None:
    play = Play(scene).forward()
    clock.shift(timedelta(days=30))
    sweep()
    assert codes() == set()
    with owner():
        change(play.case)
    assert codes(play.number) == {"escalation"}
