"""The lot: which closed cases are asked about once more."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agencies.models import DeadlinePolicy
from complaints import moment
from complaints.models import Case, Event, Notice
from complaints.models.case import EndedAs
from oversight.audits import drawing
from oversight.audits.drawing import SETTLED, draw_audits
from oversight.models import Audit, Draw
from oversight.tasks import draw_audits as task
from tests.complaints.conftest import SUNDAY
from tests.oversight.audits import Always, named, withdrawn
from tests.oversight.conftest import House

Lot = Callable[[float], None]


@pytest.fixture
def lot(monkeypatch: pytest.MonkeyPatch) -> Lot:
    """A function that says what the lot comes to from then on (0: drawn, 1: not)."""

    def comes_to(value: float) -> None:
        monkeypatch.setattr(drawing.secrets, "SystemRandom", lambda: Always(value))

    comes_to(0.0)
    return comes_to


def drawn() -> set[str]:
    return set(Audit.objects.values_list("case__number", flat=True))


def silent(house: House, **parts: object) -> str:
    receipt = house.answered(**named(**parts))
    due = house.case(receipt).clocks.get(kind="confirm").due_at
    house.clock.move_to(due)
    house.sweep()
    return receipt.number


def test_a_confirmed_case_can_be_drawn_and_keeps_what_it_was(house: House, lot: Lot) -> None:
    receipt = house.confirmed(**named())
    house.day(0.1)
    draw = draw_audits()
    assert draw is not None
    assert (draw.closed, draw.drawn, draw.share) == (1, 1, 5)
    audit = Audit.objects.get()
    case = house.case(receipt)
    assert (audit.case, audit.office, audit.why) == (case, house.cast.department, "drawn")
    assert (audit.outcome, audit.ending) == ("resolved", "confirmed")
    assert audit.closed_at == case.closed_at
    assert audit.result == ""


def test_it_is_called_some_days_after_the_closing(house: House, lot: Lot) -> None:
    house.confirmed(**named())
    house.day(0.1)
    draw_audits()
    assert Audit.objects.get().next_call_at == SUNDAY + timedelta(days=2)


def test_a_closing_seen_late_is_called_at_once(house: House, lot: Lot) -> None:
    house.confirmed(**named())
    house.day(9)
    draw_audits()
    assert Audit.objects.get().next_call_at == moment.now()


def test_silence_is_asked_about_too(house: House, lot: Lot) -> None:
    number = silent(house)
    house.clock.shift(timedelta(hours=2))
    draw_audits()
    assert drawn() == {number}
    assert Audit.objects.get().ending == EndedAs.SILENT


def test_what_was_not_answered_or_went_on_elsewhere_is_never_drawn(house: House, lot: Lot) -> None:
    from tests.complaints.play import Play

    Play(house.scene).decline()
    lead = Play(house.scene)
    Play(house.scene).merge(lead)
    house.answered(**named())
    house.day(0.1)
    draw = draw_audits()
    assert draw is not None
    assert (draw.closed, drawn()) == (0, set())


def test_a_dismissed_appeal_against_a_decline_has_no_answer_to_ask_about(
    house: House, lot: Lot
) -> None:
    from tests.complaints.play import Play

    Play(house.scene).decline().appeal().dismiss(by="overseer")
    house.day(0.1)
    draw_audits()
    assert drawn() == set()


def test_the_chance_is_the_policys(house: House, lot: Lot) -> None:
    house.confirmed(**named())
    house.day(0.1)
    lot(0.05)
    draw_audits()
    assert drawn() == set()
    house.confirmed(**named())
    house.day(0.2)
    lot(0.0499)
    draw_audits()
    assert len(drawn()) == 1


def test_who_withdrew_is_asked_more_often(house: House, lot: Lot) -> None:
    receipt = withdrawn(house)
    house.day(3.1)
    house.sweep()
    assert house.case(receipt).ending == "withdrawn"
    house.day(3.3)
    lot(0.19)
    draw_audits()
    assert drawn() == {receipt.number}


def test_a_government_may_set_another_share(house: House, lot: Lot) -> None:
    DeadlinePolicy.objects.create(
        country="bd", name="audit_share", amount=50, unit="count", version=1, valid_from=SUNDAY
    )
    house.confirmed(**named())
    house.day(0.1)
    lot(0.4)
    draw = draw_audits()
    assert draw is not None
    assert (draw.share, draw.drawn) == (50, 1)


def test_no_share_draws_nobody(house: House, lot: Lot) -> None:
    DeadlinePolicy.objects.create(
        country="bd", name="audit_share", amount=0, unit="count", version=1, valid_from=SUNDAY
    )
    house.confirmed(**named())
    house.day(0.1)
    draw_audits()
    assert drawn() == set()


def test_a_sensitive_case_is_drawn_like_others(house: House, lot: Lot) -> None:
    receipt = house.confirmed(**named(about_official=True))
    house.day(0.1)
    draw_audits()
    assert drawn() == {receipt.number}


def test_whom_nobody_can_reach_is_done_with_at_once(house: House, lot: Lot) -> None:
    house.confirmed()
    house.day(0.1)
    draw_audits()
    audit = Audit.objects.get()
    assert (audit.result, audit.done_at) == ("no_contact", moment.now())
    assert audit.next_call_at is None


class TestWindows:
    def test_an_hour_is_drawn_from_once(self, house: House, lot: Lot) -> None:
        house.confirmed(**named())
        house.day(0.1)
        assert draw_audits() is not None
        assert draw_audits() is None
        assert (Draw.objects.count(), Audit.objects.count()) == (1, 1)

    def test_they_follow_each_other_without_a_gap(self, house: House, lot: Lot) -> None:
        for hours in (1, 2, 30, 31):
            house.day(hours / 24)
            draw_audits()
        windows = list(Draw.objects.order_by("since").values_list("since", "until"))
        assert len(windows) == 4
        assert all(one[1] == other[0] for one, other in pairwise(windows))

    def test_after_an_outage_all_of_it_is_caught_up(self, house: House, lot: Lot) -> None:
        house.day(0.1)
        draw_audits()
        receipts = []
        for day in (1, 4, 9):
            house.day(day)
            receipts.append(house.confirmed(**named()).number)
        house.day(12)
        draw_audits()
        assert drawn() == set(receipts)

    def test_what_is_being_committed_is_the_next_windows(self, house: House, lot: Lot) -> None:
        house.confirmed(**named())
        house.clock.move_to(SUNDAY + SETTLED)
        draw_audits()
        assert drawn() == set()
        house.clock.move_to(SUNDAY + timedelta(hours=1) + SETTLED)
        draw_audits()
        assert len(drawn()) == 1

    def test_the_first_one_looks_back_a_month(self, house: House, lot: Lot) -> None:
        house.confirmed(**named())
        house.day(31)
        recent = house.confirmed(**named())
        house.day(31.1)
        draw_audits()
        assert drawn() == {recent.number}

    def test_two_of_the_same_window_cannot_be_written(self, house: House, lot: Lot) -> None:
        house.day(0.1)
        draw = draw_audits()
        assert draw is not None
        with pytest.raises(IntegrityError), transaction.atomic():
            Draw.objects.create(
                country="bd", since=draw.since, until=draw.until, share=5, closed=0, drawn=0,
                drawn_at=draw.drawn_at,
            )  # fmt: skip

    def test_the_task_draws(self, house: House, lot: Lot) -> None:
        house.confirmed(**named())
        house.day(0.1)
        task()
        assert len(drawn()) == 1


def test_a_case_that_waits_to_be_asked_about_is_not_drawn_again(house: House, lot: Lot) -> None:
    from complaints.services import appeals

    receipt = house.confirmed(**named())
    house.day(0.1)
    draw_audits()
    appeals.reopen(
        actor=house.scene.actor(house.cast.overseer), number=receipt.number, reason="Found unsolved"
    )
    house.answer(receipt)
    from tests.oversight.audits import confirm

    confirm(house, receipt)
    house.day(0.3)
    draw_audits()
    assert Audit.objects.count() == 1


def test_nobody_is_told_and_the_case_does_not_change(house: House, lot: Lot) -> None:
    receipt = house.confirmed(**named())
    before = (Event.objects.count(), Notice.objects.count(), house.case(receipt).last_hash)
    house.day(0.1)
    draw_audits()
    assert len(drawn()) == 1
    assert before == (Event.objects.count(), Notice.objects.count(), house.case(receipt).last_hash)


def test_the_lot_is_the_systems_and_fair(house: House) -> None:
    """With the real lot: of 400 closings about 20 are drawn; beyond 45 or none is a broken lot."""
    case = house.case(house.confirmed(**named()))
    rows = [
        Case(
            **{
                field.attname: getattr(case, field.attname)
                for field in Case._meta.concrete_fields
                if field.attname not in ("id", "number")
            },
            number=f"{n:04d}-0000-0000-X",
        )
        for n in range(400)
    ]
    Case.objects.bulk_create(rows)
    house.day(0.1)
    draw = draw_audits()
    assert draw is not None
    assert draw.closed == 401
    assert 1 <= draw.drawn <= 45
    assert Audit.objects.count() == draw.drawn


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_draw_once(transactional_db: None) -> None:
    def work() -> Draw | None:
        try:
            return draw_audits()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _n: work(), range(2)))
    assert sorted(draw is None for draw in made) == [False, True]
    assert Draw.objects.count() == 1
    assert Draw.objects.get().until <= timezone.now()
