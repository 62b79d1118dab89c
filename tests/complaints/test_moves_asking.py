"""Asking the citizen: who may, how often, what pauses, and how it goes on."""

from datetime import timedelta
from typing import Any

import pytest

from complaints.errors import Invalid
from complaints.models import Statement
from complaints.services import answering
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, end_of_day, refused
from tests.factories.agencies import make_policy


def at_desk(scene: Scene) -> Play:
    return Play(scene)


def in_progress(scene: Scene) -> Play:
    return Play(scene).forward().accept()


@pytest.mark.parametrize("by", ["focal", "case_officer", "overseer", "desk_head"])
def test_at_the_desk_only_the_desk_asks(scene: Scene, by: str) -> None:
    play = at_desk(scene)
    with pytest.raises(Exception, match=r"not_yours|no_such_case"):
        play.ask(by=by)
    assert play.ask(by="desk").state == "waiting"


@pytest.mark.parametrize("by", ["case_officer", "focal", "head"])
def test_in_progress_the_office_asks(scene: Scene, by: str) -> None:
    assert in_progress(scene).ask(by=by).state == "waiting"


def test_in_progress_the_desk_does_not_ask(scene: Scene) -> None:
    with refused("not_yours"):
        in_progress(scene).ask(by="desk")


@pytest.mark.parametrize("before_accepting", [True, False])
def test_nobody_asks_between_forwarding_and_accepting_nor_after_the_answer(
    scene: Scene, before_accepting: bool
) -> None:
    play = Play(scene).forward()
    if not before_accepting:
        play.accept().answer()
    with refused("wrong_state"):
        play.ask(by="focal")


def test_the_question_starts_ten_days_of_waiting_and_is_told(scene: Scene) -> None:
    play = in_progress(scene).ask()
    assert play.clock("waiting").due_at == end_of_day(10)
    assert play.told("asked") == {"citizen"}
    assert Statement.objects.get(kind="question").body == {"text": "Which meter is it?"}


def test_an_ask_at_the_desk_pauses_forward_and_leaves_tell_running(scene: Scene) -> None:
    play = at_desk(scene).ask(by="desk")
    assert play.clock("forward").paused_at is not None
    assert play.clock("tell").paused_at is None


def test_an_ask_of_the_office_pauses_resolve(scene: Scene) -> None:
    play = in_progress(scene).ask()
    resolve = play.clock("resolve")
    assert resolve.paused_at is not None
    # Forwarded on day 0: days 1 to 10 are left.
    assert resolve.days_left == 10


def test_a_reply_leads_back_to_where_it_was(scene: Scene) -> None:
    assert at_desk(scene).ask(by="desk").reply().state == "received"
    assert in_progress(scene).ask().reply().state == "in_progress"


def test_a_reply_stops_waiting_and_is_told_to_whoever_asked(scene: Scene) -> None:
    play = in_progress(scene).ask().reply()
    assert play.clock("waiting").stopped_how == "met"
    assert play.told("citizen_replied") == {"Case Officer"}
    assert at_desk(scene).ask(by="desk").reply().told("citizen_replied") == {"Desk Head"}


def test_after_a_reply_the_days_left_count_from_the_day_after_it(scene: Scene, clock: Any) -> None:
    play = in_progress(scene)
    clock.move_to(day(2))
    play.ask()
    assert play.clock("resolve").days_left == 8
    clock.move_to(day(6, 23))
    play.reply()
    assert play.clock("resolve").due_at == end_of_day(14)


def test_a_pause_in_working_days_counts_working_days(scene: Scene, clock: Any) -> None:
    make_policy("resolve", 5, "working_days")
    # Working days are Sunday to Thursday: days 1, 2, 3, 4, then 7.
    play = in_progress(scene)
    assert play.clock("resolve").due_at == end_of_day(7)
    clock.move_to(day(3))
    play.ask()
    assert play.clock("resolve").days_left == 2
    clock.move_to(day(5))  # a Friday: Sunday and Monday are left
    play.reply()
    assert play.clock("resolve").due_at == end_of_day(8)


@pytest.mark.parametrize("stage", ["desk", "office"])
def test_there_are_at_most_two_asks_a_stage(scene: Scene, stage: str) -> None:
    play, by = (at_desk(scene), "desk") if stage == "desk" else (in_progress(scene), "focal")
    play.ask(by=by).reply().ask(by=by).reply()
    with refused("asked_enough"):
        play.ask(by=by)


def test_each_stage_has_its_own_asks(scene: Scene) -> None:
    play = at_desk(scene).ask(by="desk").reply().ask(by="desk").reply()
    assert play.forward().accept().ask().state == "waiting"


def test_after_a_return_the_desk_is_limited_by_its_own_stage_while_resolve_goes_on(
    scene: Scene,
) -> None:
    play = Play(scene).forward().send_back()
    play.ask(by="desk").reply().ask(by="desk").reply()
    with refused("asked_enough"):
        play.ask(by="desk")


def test_the_offices_two_asks_leave_the_desk_its_own_after_a_return(scene: Scene) -> None:
    play = in_progress(scene).ask().reply().ask().reply()
    play.pass_down().send_back(by="district_focal").send_back()
    assert play.state == "disputed_owner"
    play.rule().accept()
    with refused("asked_enough"):  # the same stage: `resolve` never began anew
        play.ask()


def test_a_dispute_begins_a_stage_with_asks_of_its_own(scene: Scene) -> None:
    play = in_progress(scene).ask().reply().ask().reply().answer().dispute()
    assert play.ask().state == "waiting"


def test_there_are_at_most_ten_paused_days_a_stage(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).ask()
    clock.move_to(day(6))
    play.reply().ask()
    # Six days are used: the second question waits for the four that are left.
    assert play.clock("waiting").due_at == end_of_day(10)
    clock.move_to(day(10))
    play.reply()
    assert play.clock("resolve").paused_days == 10


def test_a_stage_without_a_paused_day_left_has_no_question(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).ask()
    clock.move_to(day(10, 23))
    play.reply()
    with refused("asked_enough"):
        play.ask()


def test_a_missed_clock_is_not_paused(scene: Scene, clock: Any) -> None:
    play = in_progress(scene)
    clock.move_to(end_of_day(10))
    play.ask()
    resolve = play.clock("resolve")
    assert (resolve.missed_at, resolve.paused_at) == (end_of_day(10), None)
    clock.move_to(day(12))
    play.sweep()
    assert play.levels("resolve") == [1]


def test_a_missed_clock_still_allows_no_more_than_two_asks(scene: Scene, clock: Any) -> None:
    play = in_progress(scene)
    clock.move_to(end_of_day(10))
    play.ask().reply().ask().reply()
    with refused("asked_enough"):
        play.ask()


def test_a_late_stage_that_used_all_its_paused_days_may_still_ask(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).ask()
    clock.move_to(day(10, 23))
    play.reply()
    clock.move_to(play.clock("resolve").due_at)  # nothing is left to pause
    assert play.ask().state == "waiting"


def test_silence_ends_at_the_end_of_waiting_and_not_before(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).ask()
    clock.move_to(end_of_day(10) - timedelta(minutes=1))
    play.sweep()
    assert play.state == "waiting"
    clock.move_to(end_of_day(10))
    play.sweep()
    assert play.state == "in_progress"
    assert (play.last.move, play.last.party) == ("time_out", "system")
    assert play.clock("waiting").stopped_how == "elapsed"
    assert play.clock("resolve").paused_at is None


def test_silence_at_the_desk_leads_back_to_the_desk(scene: Scene, clock: Any) -> None:
    play = at_desk(scene).ask(by="desk")
    clock.move_to(end_of_day(10))
    assert play.sweep().state == "received"
    assert play.clock("forward").paused_at is None


def test_silence_is_told_to_both_sides(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).ask()
    clock.move_to(end_of_day(10))
    play.sweep()
    assert play.told("no_reply_for_you") == {"citizen"}
    assert play.told("no_reply") == {"Case Officer"}


def test_the_citizen_is_reminded_a_day_before_waiting_ends(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).ask()
    clock.move_to(end_of_day(9))
    play.sweep().sweep()
    assert play.heard().count("reminder_waiting") == 1


def test_a_later_message_still_reaches_the_case(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).ask()
    clock.move_to(end_of_day(10))
    play.sweep()
    with refused("wrong_state"):
        play.reply()
    play.message()
    assert play.told("citizen_wrote") == {"Case Officer"}
    assert play.file_for("case_officer").timeline[-1].said == {"text": "Is there any news?"}


def test_a_message_is_no_reply(scene: Scene) -> None:
    assert in_progress(scene).ask().message().state == "waiting"


def test_waiting_has_no_ladder(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).ask()
    clock.move_to(end_of_day(10))
    play.sweep()
    assert play.levels("waiting") == []
    assert play.clock("waiting").missed_at is None


@pytest.mark.parametrize("text", ["4711", "৪৭১১", "3B", "7"])
def test_a_reply_may_be_nothing_but_the_number_that_was_asked_for(scene: Scene, text: str) -> None:
    play = Play(scene).forward().accept().ask()
    answering.reply(actor=play.actor("citizen"), number=play.number, text=text)
    assert play.state == "in_progress"


@pytest.mark.parametrize("text", ["", "  ", "?!", "\x00"])
def test_a_reply_of_nothing_is_none(scene: Scene, text: str) -> None:
    play = Play(scene).forward().accept().ask()
    with pytest.raises(Invalid):
        answering.reply(actor=play.actor("citizen"), number=play.number, text=text)
    assert play.state == "waiting"
