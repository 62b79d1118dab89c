"""Two at once, with real transactions: one of them wins, the other is told, nothing is torn."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts.actors import Actor
from complaints.errors import Invalid, MoveRefused, Refused, Stale
from complaints.models import Attachment, Case, Clock, Escalation, Event, FilingKey, Notice
from complaints.services import answering, casework, intake
from complaints.services.escalation import sweep
from complaints.services.verifying import Verification
from complaints.submission import ContactDetails, Submission
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play, end_of_day
from tests.factories.agencies import make_registry

TIMES = 4


@pytest.fixture
def together(transactional_db: None) -> Iterator[Scene]:
    """A scene whose rows other connections see; time stands still for all threads."""
    with time_machine.travel(SUNDAY, tick=False):
        yield Scene(make_registry())


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do it all at the same time, each on a connection of its own: results, or what was raised."""
    ready, done = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            ready.wait(timeout=10)
            done[index] = act()
        except BaseException as error:
            done[index] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads), "deadlock"
    return done


def refusals(done: list[Any]) -> list[Exception]:
    """What was refused; anything else that was raised is a fault."""
    raised = [one for one in done if isinstance(one, BaseException)]
    for error in raised:
        assert isinstance(error, Refused), repr(error)
    return raised


def assert_sound() -> None:
    """Every chain holds, and each case is where its last event left it."""
    assert list(Verification().faults()) == []
    for case in Case.objects.all():
        last = Event.objects.filter(case=case).latest("seq")
        assert (case.last_seq, case.status) == (last.seq, last.to_status)


@pytest.mark.parametrize("with_seen", [True, False], ids=["seen", "unseen"])
def test_of_two_officers_who_move_one_case_the_second_is_told(
    together: Scene, with_seen: bool
) -> None:
    for _time in range(TIMES):
        play = Play(together).forward()
        which = {"number": play.number, "seen": play.case.last_seq if with_seen else None}
        cast = together.cast
        focal, head = play.actor("focal"), play.actor("head")
        done = at_once(
            partial(casework.accept, actor=focal, case_officer=cast.case_officer, **which),
            partial(casework.return_case, actor=head, reason="Not ours", whose=None, **which),
        )
        (second,) = refusals(done)
        assert isinstance(second, Stale if with_seen else MoveRefused)
        assert play.state in ("in_progress", "received")
        assert play.case.last_seq == 3
    assert_sound()


def test_a_citizen_in_two_windows_confirms_or_disputes_but_not_both(together: Scene) -> None:
    for _time in range(TIMES):
        play = Play(together).forward().accept().answer()
        citizen, number = play.actor("citizen"), play.number
        done = at_once(
            partial(answering.confirm, actor=citizen, number=number, rating=5),
            partial(answering.dispute, actor=citizen, number=number, reason="Not solved"),
        )
        assert len(refusals(done)) == 1
        assert play.running <= {"resolve"}
    assert_sound()


def test_two_messages_at_once_are_both_kept_one_after_the_other(together: Scene) -> None:
    play = Play(together).forward().accept()
    citizen, officer, number = play.actor("citizen"), play.actor("case_officer"), play.number
    done = at_once(
        *[
            partial(casework.message, actor=who, number=number, text="Any news?")
            for who in (citizen, officer, citizen, officer)
        ]
    )
    assert refusals(done) == []
    assert play.case.last_seq == 7
    assert_sound()


def test_the_same_filing_sent_twice_at_once_is_one_case_with_one_receipt(together: Scene) -> None:
    submission = Submission(
        text="The electricity meter shows a wrong number.",
        contact=ContactDetails(name="Rahima", phone="01712345678"),
        language="en",
    )

    def send() -> Any:
        return intake.submit(actor=Actor(kind="citizen"), submission=submission, key="twice")

    first, *others = at_once(send, send, send)
    assert refusals([first, *others]) == []
    assert all(other == first for other in others)
    assert (Case.objects.count(), FilingKey.objects.count()) == (1, 1)
    assert Notice.objects.filter(template="received").count() == 1


def test_filings_with_different_keys_are_different_cases(together: Scene) -> None:
    def send(key: str) -> Any:
        submission = Submission(text="The electricity meter is wrong.", language="en")
        return intake.submit(actor=Actor(kind="citizen"), submission=submission, key=key)

    done = at_once(*[partial(send, key) for key in ("a", "b", "c", "d")])
    assert refusals(done) == []
    assert Case.objects.count() == 4
    assert_sound()


def test_two_cases_joined_with_each_other_at_once_do_not_lock_each_other_up(
    together: Scene,
) -> None:
    for _time in range(TIMES):
        one, two = Play(together), Play(together)
        desk = one.actor("desk")
        done = at_once(
            partial(casework.merge, actor=desk, number=one.number, lead=two.number),
            partial(casework.merge, actor=desk, number=two.number, lead=one.number),
        )
        (second,) = refusals(done)
        assert isinstance(second, MoveRefused | Invalid)
        assert sorted([one.state, two.state]) == ["closed: merged", "received"]
    assert_sound()


def test_a_file_goes_into_one_case_even_if_two_take_it_at_once(together: Scene) -> None:
    one, two = Play(together), Play(together)
    key = one.photo("citizen")
    acts = [
        partial(
            casework.message, actor=p.actor("citizen"), number=p.number, text="See", files=[key]
        )
        for p in (one, two)
    ]
    (second,) = refusals(at_once(*acts))
    assert isinstance(second, Invalid)
    assert Attachment.objects.get().case in (one.case, two.case)
    assert sorted([one.case.last_seq, two.case.last_seq]) == [1, 2]


def test_a_sweep_beside_a_move_tears_nothing(together: Scene) -> None:
    for _time in range(TIMES):
        play = Play(together)
        desk, cast = play.actor("desk"), together.cast
        with time_machine.travel(end_of_day(3), tick=False):
            done = at_once(
                sweep,
                partial(
                    casework.forward,
                    actor=desk,
                    number=play.number,
                    office=cast.department,
                    reason="Late",
                ),
            )
            assert refusals(done) == []
            sweep()
        forward = play.clock("forward")
        # Missed in either order; it climbed one level, or it was met before the sweep came.
        assert (forward.missed_at, forward.stopped_how) == (end_of_day(3), "met")
        assert play.levels("forward") in ([], [1])
        assert play.state == "forwarded"
    assert_sound()


def test_a_lapse_beside_a_dispute_ends_as_one_of_them(together: Scene) -> None:
    for _time in range(TIMES):
        play = Play(together).forward().accept().answer()
        citizen = play.actor("citizen")
        with time_machine.travel(end_of_day(10), tick=False):
            at_once(
                sweep,
                partial(answering.dispute, actor=citizen, number=play.number, reason="Not solved"),
            )
            sweep()
        assert play.state in ("closed: silent", "in_progress")
        assert play.running == (set() if play.state.startswith("closed") else {"resolve"})
    assert_sound()


def test_two_sweeps_at_once_equal_one(together: Scene) -> None:
    plays = [Play(together) for _case in range(3)] + [
        Play(together).forward().accept() for _case in range(3)
    ]
    with time_machine.travel(end_of_day(3) + timedelta(days=20), tick=False):
        done = at_once(sweep, sweep, sweep)
    assert refusals(done) == []
    assert [one.failed for one in done] == [[], [], []]
    for play in plays[:3]:
        assert play.levels("forward") == [1, 2, 3]
        assert play.moves.count("escalate") == 3
        assert play.moves.count("told") == 1
    for play in plays[3:]:
        assert play.levels("resolve") == [1, 2, 3]
    assert not Escalation.objects.filter(told_at=None).exists()
    # Whoever is told is told of each case once a level, in however many notices.
    for user, level in {(n.user_id, n.values["level"]) for n in escalations()}:
        numbers = [
            number
            for n in escalations()
            if (n.user_id, n.values["level"]) == (user, level)
            for number in n.values["numbers"]
        ]
        assert len(numbers) == len(set(numbers))
    assert_sound()
    before = picture()
    with time_machine.travel(end_of_day(3) + timedelta(days=20), tick=False):
        sweep()
    assert picture() == before


def escalations() -> list[Notice]:
    return list(Notice.objects.filter(template__startswith="escalated"))


def picture() -> tuple[Any, ...]:
    return (
        list(Case.objects.order_by("id").values_list("status", "last_hash")),
        list(Clock.objects.order_by("id").values_list("due_at", "missed_at", "level", "next_at")),
        Escalation.objects.count(),
        Notice.objects.count(),
    )
