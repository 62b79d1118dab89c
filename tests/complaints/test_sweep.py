"""The sweep: what is late moves up, what has run its time ends; twice is once; nothing is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections

from agencies.models import CalendarChange
from complaints.models import Case, Clock, Escalation, Event, Heartbeat, Notice, Outage
from complaints.services import answering, casework, publishing, withdrawing
from complaints.services.escalation import sweep
from complaints.services.intake import Receipt
from tests.complaints.conftest import SUNDAY, Scene

FORWARD_DUE = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)


def with_department(scene: Scene) -> Receipt:
    receipt = scene.file_named()
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="Meters",
    )
    return receipt


def in_progress(scene: Scene) -> Receipt:
    receipt = with_department(scene)
    casework.accept(
        actor=scene.actor(scene.cast.focal),
        number=receipt.number,
        case_officer=scene.cast.case_officer,
    )
    return receipt


def answered(scene: Scene) -> Receipt:
    receipt = in_progress(scene)
    answering.answer(
        actor=scene.actor(scene.cast.case_officer),
        number=receipt.number,
        outcome="resolved",
        text="The meter was changed.",
        evidence="Photo",
        cause="system",
    )
    return receipt


def levels(receipt: Receipt, kind: str) -> list[int]:
    rows = Escalation.objects.filter(case__number=receipt.number, clock__kind=kind)
    return list(rows.order_by("level").values_list("level", flat=True))


def test_nothing_is_due_before_the_reminder(scene: Scene) -> None:
    scene.file()
    assert sweep().steps == {}


def test_the_holder_is_reminded_a_day_before(scene: Scene, clock: Any) -> None:
    with_department(scene)
    clock.move_to(datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    assert sweep().steps == {"accept reminder": 1}
    assert Notice.objects.get(template="reminder").office == scene.cast.department


@pytest.mark.parametrize(
    ("days", "expected"), [(0, [1]), (1, [1]), (2, [1, 2]), (3, [1, 2]), (4, [1, 2, 3])]
)
def test_a_missed_forward_climbs_the_ladder(
    scene: Scene, clock: Any, days: int, expected: list[int]
) -> None:
    receipt = scene.file()
    clock.move_to(FORWARD_DUE + timedelta(days=days))
    sweep()
    assert levels(receipt, "forward") == expected
    assert Clock.objects.get(kind="forward").missed_at == FORWARD_DUE


def test_a_microsecond_before_due_nothing_is_missed(scene: Scene, clock: Any) -> None:
    receipt = scene.file()
    clock.move_to(FORWARD_DUE - timedelta(microseconds=1))
    sweep()
    assert levels(receipt, "forward") == []
    assert Clock.objects.get(kind="forward").missed_at is None


def test_the_ladder_goes_to_head_then_parent_agency_then_overseer(scene: Scene, clock: Any) -> None:
    in_progress(scene)
    due = Clock.objects.get(kind="resolve").due_at
    told = []
    for days in (0, 2, 4):
        clock.move_to(due + timedelta(days=days))
        sweep()
        told.append(Notice.objects.filter(template="escalated").latest("id").user)
    assert told == [scene.cast.head, scene.cast.ministry_head, scene.cast.overseer]


def test_two_sweeps_equal_one(scene: Scene, clock: Any) -> None:
    scene.file()
    with_department(scene)
    clock.move_to(SUNDAY + timedelta(days=40))
    sweep()
    before = _picture()
    sweep()
    assert _picture() == before


def _picture() -> tuple[Any, ...]:
    return (
        list(Escalation.objects.order_by("id").values_list("clock_id", "level")),
        Event.objects.count(),
        Notice.objects.count(),
        list(Case.objects.order_by("id").values_list("status", "last_hash")),
    )


def test_a_move_after_due_records_the_miss_even_if_no_sweep_ran(scene: Scene, clock: Any) -> None:
    receipt = scene.file()
    clock.move_to(FORWARD_DUE)
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="Late",
    )
    forward = Clock.objects.get(kind="forward")
    assert (forward.missed_at, forward.stopped_how) == (FORWARD_DUE, "met")
    sweep()
    assert levels(receipt, "forward") == []


def test_a_move_just_before_due_meets_the_clock(scene: Scene, clock: Any) -> None:
    receipt = scene.file()
    clock.move_to(FORWARD_DUE - timedelta(microseconds=1))
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="In time",
    )
    assert Clock.objects.get(kind="forward").missed_at is None


def test_after_five_days_with_the_desk_the_citizen_is_told(scene: Scene, clock: Any) -> None:
    receipt = scene.file_named()
    clock.move_to(SUNDAY + timedelta(days=6))
    sweep()
    assert Notice.objects.filter(template="still_with_desk").count() == 1
    assert scene.case(receipt).status == "received"


def test_an_unanswered_question_goes_back_to_work(scene: Scene, clock: Any) -> None:
    receipt = in_progress(scene)
    resolve_due = Clock.objects.get(kind="resolve").due_at
    casework.ask(
        actor=scene.actor(scene.cast.case_officer), number=receipt.number, text="Which meter?"
    )
    assert scene.case(receipt).status == "waiting"
    clock.move_to(SUNDAY + timedelta(days=11))
    sweep()
    assert scene.case(receipt).status == "in_progress"
    assert Clock.objects.get(kind="resolve").due_at > resolve_due


def test_a_reply_on_the_same_day_changes_nothing(scene: Scene, clock: Any) -> None:
    receipt = in_progress(scene)
    due = Clock.objects.get(kind="resolve").due_at
    casework.ask(
        actor=scene.actor(scene.cast.case_officer), number=receipt.number, text="Which meter?"
    )
    clock.shift(timedelta(hours=3))
    answering.reply(actor=scene.citizen(receipt), number=receipt.number, text="The left one.")
    assert Clock.objects.get(kind="resolve").due_at == due


def test_silence_after_an_answer_closes_the_case_as_silent(scene: Scene, clock: Any) -> None:
    receipt = answered(scene)
    clock.move_to(SUNDAY + timedelta(days=11))
    sweep()
    case = scene.case(receipt)
    assert (case.status, case.ending) == ("closed", "silent")


def test_a_withdrawal_takes_effect_after_exactly_72_hours(scene: Scene, clock: Any) -> None:
    receipt = scene.file()
    withdrawing.withdraw(
        actor=scene.citizen(receipt, withdraws=True), number=receipt.number, pressured=True
    )
    clock.move_to(SUNDAY + timedelta(hours=72, microseconds=-1))
    sweep()
    assert scene.case(receipt).status == "received"
    clock.shift(timedelta(microseconds=1))
    sweep()
    assert scene.case(receipt).ending == "withdrawn"


def test_a_withdrawn_case_is_taken_out_of_the_public_pages(scene: Scene, clock: Any) -> None:
    receipt = scene.file(publish_consent=True)
    desk = scene.actor(scene.cast.desk)
    publishing.publish(actor=desk, number=receipt.number, public_text="The meter is wrong.")
    withdrawing.withdraw(actor=scene.citizen(receipt, withdraws=True), number=receipt.number)
    clock.shift(timedelta(hours=72))
    sweep()
    case = scene.case(receipt)
    assert (case.ending, case.public_text, case.published_at) == ("withdrawn", "", None)


def test_a_month_of_outage_is_caught_up_level_by_level_with_one_notice_a_person_and_level(
    scene: Scene, clock: Any
) -> None:
    receipts = [in_progress(scene) for _ in range(3)]
    sweep()
    due = Clock.objects.filter(kind="resolve").first().due_at  # type: ignore[union-attr]
    clock.move_to(due + timedelta(days=30))
    sweep()
    for receipt in receipts:
        assert levels(receipt, "resolve") == [1, 2, 3]
    rows = Escalation.objects.filter(case__number=receipts[0].number).order_by("level")
    assert [row.happened_at for row in rows] == [due + timedelta(days=d) for d in (0, 2, 4)]
    assert {row.recorded_at for row in rows} == {due + timedelta(days=30)}
    heads = Notice.objects.filter(template="escalated_many", user=scene.cast.head)
    assert [notice.values["count"] for notice in heads] == [3]


def test_an_outage_lengthens_what_would_end_by_itself(scene: Scene, clock: Any) -> None:
    receipt = answered(scene)
    sweep()
    confirm_due = Clock.objects.get(kind="confirm").due_at
    until = scene.case(receipt).appeal_until
    assert until is not None
    clock.shift(timedelta(days=30))
    sweep()
    case, confirm = scene.case(receipt), Clock.objects.get(kind="confirm")
    assert (case.status, confirm.due_at) == ("answered", confirm_due + timedelta(days=30))
    assert case.appeal_until == until + timedelta(days=30)
    sweep()
    assert Clock.objects.get(kind="confirm").due_at == confirm_due + timedelta(days=30)
    assert Outage.objects.count() == 1


def test_a_short_pause_of_the_sweep_is_no_outage(scene: Scene, clock: Any) -> None:
    answered(scene)
    sweep()
    due = Clock.objects.get(kind="confirm").due_at
    clock.shift(timedelta(minutes=59))
    sweep()
    assert Clock.objects.get(kind="confirm").due_at == due


def test_the_heartbeat_is_left_at_the_end(scene: Scene) -> None:
    sweep()
    assert Heartbeat.objects.get(name="sweep").beat_at == SUNDAY


def test_a_dry_run_says_what_is_due_and_does_nothing(scene: Scene, clock: Any) -> None:
    receipt = scene.file()
    done = sweep(at=FORWARD_DUE, dry_run=True)
    assert done.steps == {"forward level_1": 1}
    assert receipt.number in done.lines[0]
    assert not Escalation.objects.exists()


def test_officers_are_told_of_escalations_in_office_hours(scene: Scene, clock: Any) -> None:
    scene.file()
    clock.move_to(FORWARD_DUE)  # midnight of a Thursday in Dhaka
    sweep()
    notice = Notice.objects.get(template="escalated")
    # Thursday the 26th at nine in the morning there.
    assert notice.next_at == datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def test_a_new_holiday_moves_an_open_working_day_clock_once(scene: Scene, clock: Any) -> None:
    receipt = answered(scene)
    answering.dispute(actor=scene.citizen(receipt), number=receipt.number, reason="Not done")
    answering.answer(
        actor=scene.actor(scene.cast.focal),
        number=receipt.number,
        outcome="partly",
        text="We looked at it again.",
        evidence="Note",
        cause="system",
    )
    answering.dispute(actor=scene.citizen(receipt), number=receipt.number, reason="Still not")
    before = Clock.objects.get(kind="appeal").due_at
    clock.shift(timedelta(hours=1))
    from agencies.services.calendars import add_holiday

    add_holiday(
        actor=scene.actor(scene.cast.registrar),
        calendar=scene.cast.calendar,
        day=datetime(2026, 12, 1).date(),
        names={"en": "A new holiday"},
    )
    assert CalendarChange.objects.filter(applied_at=None).count() == 1
    clock.shift(timedelta(minutes=1))
    sweep()
    after = Clock.objects.get(kind="appeal").due_at
    assert after > before
    sweep()
    assert Clock.objects.get(kind="appeal").due_at == after
    assert Event.objects.filter(move="lengthen").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_case_that_somebody_holds_is_passed_over_not_waited_for(
    transactional_db: None,
) -> None:
    from tests.factories.agencies import make_registry

    with time_machine.travel(SUNDAY, tick=False) as clock:
        scene = Scene(make_registry())
        held, free = scene.file(), scene.file()
        clock.move_to(FORWARD_DUE)
        other = connections["default"].copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute(
                    "SELECT 1 FROM complaints_case WHERE number = %s FOR UPDATE", [held.number]
                )
                sweep()
                assert levels(held, "forward") == []
                assert levels(free, "forward") == [1]
                cursor.execute("ROLLBACK")
        finally:
            other.close()
        sweep()
        assert levels(held, "forward") == [1]
