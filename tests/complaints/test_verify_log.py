"""The log proves itself, and what the cases alone cannot tell: an end that was cut off, a chain rewritten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError
from django.utils import timezone

from complaints.models import Case, Clock, Event, Feedback, Statement
from complaints.services.work import seal_event
from record import chain, merkle, signing
from record.documents import head_body
from record.models import Entry, Node, SigningKey, TreeHead, Waiting
from record.selectors import end_of_day
from record.services import writing
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.verifying import codes, verify
from tests.owner import owner


@pytest.fixture
def case(scene: Scene) -> Case:
    """A case that was answered and rated; and another one beside it."""
    scene.file()
    return Play(scene).forward().accept().answer().confirm().case


def cut_off(case: Case) -> None:
    """The confirmation never was: no event, and the case as it stood before it."""
    Feedback.objects.filter(case=case).delete()
    last = Event.objects.get(case=case, seq=case.last_seq)
    Statement.objects.filter(event=last).delete()
    before = Event.objects.get(case=case, seq=case.last_seq - 1)
    running = [clock for clock in last.fixed["clocks"] if clock["kind"] == "confirm"]
    assert running
    Clock.objects.filter(case=case, kind="confirm").update(stopped_at=None, stopped_how="")
    Case.objects.filter(pk=case.pk).update(
        status="answered",
        ending="",
        closed_at=None,
        last_seq=before.seq,
        office_seq=before.seq,
        last_hash=before.hash,
    )
    Event.objects.filter(pk=last.pk)._raw_delete("default")
    Waiting.objects.filter(event_id=last.pk).delete()


def test_an_event_cut_off_with_all_that_it_left_is_found_by_the_log(case: Case) -> None:
    writing.write()
    with owner():
        cut_off(case)
    assert codes(case.number) == set(), "the case by itself looks well"
    assert codes() == {"log_event"}


def test_cut_off_together_with_its_entry_it_is_found_by_the_signed_head(
    case: Case, clock: time_machine.Traveller
) -> None:
    writing.write()
    today = timezone.localdate()
    clock.move_to(end_of_day(today) + writing.GRACE)
    writing.write()
    assert TreeHead.objects.count() == 1
    with owner():
        cut_off(case)
        Entry.objects.filter(log_seq=Entry.objects.count()).delete()
    assert codes() == {"log_cut"}
    with pytest.raises(CommandError, match="fewer than the head of a day signed"):
        verify()


@pytest.fixture
def log(scene: Scene, clock: time_machine.Traveller) -> None:
    """Two signed days, the second with more than a block of leaves."""
    for number in (1, 300):
        for each in range(number):
            Waiting.objects.create(
                event_id=10_000 + 1000 * number + each,
                hash=merkle.leaf_hash(f"{number} {each}".encode()),
                recorded_at=timezone.now(),
            )
        scene.file()
        writing.write()
        clock.move_to(end_of_day(timezone.localdate()) + writing.GRACE)
        writing.write()
    assert TreeHead.objects.count() == 2


def first_day(**fields: Any) -> Callable[[], object]:
    return lambda: TreeHead.objects.filter(previous_size=0).update(**fields)


def last_day(**fields: Any) -> Callable[[], object]:
    return lambda: TreeHead.objects.filter(previous_size__gt=0).update(**fields)


def another_key() -> None:
    SigningKey.objects.update(public=b"x" * 32)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: Entry.objects.filter(log_seq=2).delete(), "log_gap"),
        (lambda: Entry.objects.filter(log_seq__gt=300).delete(), "log_cut"),
        (lambda: Entry.objects.filter(log_seq=9).update(leaf_hash=b"x" * 32), "head_root"),
        (lambda: Entry.objects.filter(log_seq=9).update(leaf_hash=b"x" * 32), "log_node"),
        (lambda: Node.objects.update(hash=b"x" * 32), "log_node"),
        (lambda: Node.objects.all().delete(), "log_node"),
        (lambda: Node.objects.create(position=9999, hash=b"x" * 32), "log_node"),
        (first_day(root=b"x" * 32), "head_root"),
        (first_day(size=1), "head_root"),
        (first_day(signature=b"x" * 64), "head_signature"),
        (first_day(signed_at=timezone.now()), "head_signature"),
        (last_day(previous_root=b"x" * 32), "head_link"),
        (last_day(consistency=[]), "head_proof"),
        (last_day(day="2026-12-01"), "head_day"),
        (lambda: TreeHead.objects.filter(previous_size=0).delete(), "head_link"),
        (another_key, "head_key"),
    ],
)
def test_a_change_to_the_log_is_found(log: None, change: Callable[[], object], code: str) -> None:
    before = codes()
    assert before == {"log_event"}, "the made-up leaves have no events, and that is all"
    with owner():
        change()
    assert code in codes() - before


def test_a_head_signed_by_somebody_else_is_found(log: None, settings: Any) -> None:
    settings.RECORD_KEY = b"another key of thirty-two bytes!"
    with owner():
        last_day(signature=signing.sign(b"whatever"))()
    assert "head_signature" in codes()


def test_a_log_signed_anew_with_a_key_put_into_the_database_is_found(
    log: None, settings: Any
) -> None:
    """All of it fits together, but the key is none that is known outside the database."""
    ours, settings.RECORD_KEY = settings.RECORD_KEY, b"another key of thirty-two bytes!"
    with owner():
        for head in TreeHead.objects.all():
            head.key = writing.key_in_use()
            head.signature = signing.sign(chain.canonical(head_body(head)))
            head.save()
    settings.RECORD_KEY = ours
    assert codes() == {"log_event", "head_stranger"}


def test_heads_of_a_former_key_are_no_fault_where_it_is_said_to_be_one(
    log: None, settings: Any
) -> None:
    former = signing.fingerprint(signing.public_key())
    settings.RECORD_KEY = b"another key of thirty-two bytes!"
    assert "head_stranger" in codes()
    # As a gazette prints it.
    settings.RECORD_FORMER_KEYS = [former.upper()[:32] + " " + former[32:]]
    assert codes() == {"log_event"}


def test_a_writer_that_stands_still_is_an_error(case: Case, clock: time_machine.Traveller) -> None:
    assert "no fault" in verify()
    clock.shift(timedelta(minutes=6))
    with pytest.raises(CommandError, match=r"wait for the log for too long \(log_late, 360 s\)"):
        verify()


def test_a_chain_recomputed_to_its_end_is_found_by_the_log(case: Case) -> None:
    writing.write()
    before = ""
    with owner():
        for event in Event.objects.filter(case=case).order_by("seq").select_related("case"):
            if event.move == "answer":
                event.data |= {"outcome": "partly"}
                event.fixed["case"]["outcome"] = "partly"
            event.prev_hash = before
            seal_event(event)
            before = event.hash
            Event.objects.filter(pk=event.pk).update(
                data=event.data, fixed=event.fixed, prev_hash=event.prev_hash, hash=event.hash
            )
        Case.objects.filter(pk=case.pk).update(outcome="partly", last_hash=before)
    assert codes() == {"leaf"}
