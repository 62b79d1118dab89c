"""Appeal, uphold, dismiss, reopen: who decides, how often, and where it goes then."""

from typing import Any

import pytest

from accounts.roles import Role
from agencies.models import Office, Post
from complaints.models import Appeal, Event, Statement
from complaints.services import answering, appeals
from complaints.services.escalation import sweep
from complaints.services.withdrawing import note_pressure
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, end_of_day, refused
from tests.factories.agencies import make_officer, make_post


def answered(scene: Scene, to: Office | None = None) -> Play:
    return Play(scene).forward(to=to).accept().answer()


def appealed(scene: Scene) -> Play:
    return answered(scene).appeal()


def decider(play: Play) -> str:
    """The code of the office that decides; empty for an overseer."""
    office = Appeal.objects.get(case=play.case, decided_at=None).office
    return office.code if office else ""


def test_an_answer_can_be_appealed_at_once(scene: Scene) -> None:
    play = appealed(scene)
    assert play.state == "appealed"
    assert play.clock("confirm").stopped_how == "cancelled"
    assert play.running == {"appeal"}
    # Twenty working days, Friday and Saturday off, and 16 December.
    assert play.clock("appeal").due_at == end_of_day(29)
    assert play.told("appealed") == {"citizen"}


@pytest.mark.parametrize("ending", ["confirmed", "silent", "not_for_us"])
def test_a_closed_case_can_be_appealed(scene: Scene, clock: Any, ending: str) -> None:
    play = Play(scene).decline() if ending == "not_for_us" else answered(scene)
    if ending == "confirmed":
        play.confirm()
    elif ending == "silent":
        clock.move_to(end_of_day(10))
        sweep()
    assert play.state == f"closed: {ending}"
    assert play.appeal().state == "appealed"


def test_a_withdrawn_case_cannot(scene: Scene, clock: Any) -> None:
    play = answered(scene).withdraw()
    clock.move_to(day(3))
    sweep()
    assert play.state == "closed: withdrawn"
    with refused("appeal_closed"):
        play.appeal()


@pytest.mark.parametrize("after", ["answer", "decline"])
def test_an_appeal_is_possible_for_30_days_and_not_a_moment_longer(
    scene: Scene, clock: Any, after: str
) -> None:
    play = answered(scene) if after == "answer" else Play(scene).decline()
    clock.move_to(end_of_day(30))
    assert "appeal" not in play.may("citizen")
    with refused("appeal_closed"):
        play.appeal()
    clock.move_to(end_of_day(30).replace(hour=17, minute=59))
    assert play.appeal().state == "appealed"


def test_before_an_answer_there_is_nothing_to_appeal(scene: Scene) -> None:
    with refused("wrong_state"):
        Play(scene).forward().accept().appeal()


def test_an_appeal_needs_grounds_that_are_kept_beside_the_record(scene: Scene) -> None:
    play = answered(scene)
    with refused("invalid"):
        appeals.appeal(actor=play.actor("citizen"), number=play.number, grounds="No!")
    play.appeal()
    assert Statement.objects.get(kind="grounds").event == play.last


def test_the_next_higher_office_decides(scene: Scene) -> None:
    play = appealed(scene)
    assert decider(play) == "power"
    assert play.told("appeal_to_decide") == {"power"}
    assert play.clock("appeal").office == scene.cast.ministry
    assert {"uphold", "dismiss"} <= set(play.may("ministry_focal"))
    assert {"uphold", "dismiss"} <= set(play.may("ministry_head"))


@pytest.mark.parametrize("by", ["focal", "head", "case_officer", "desk", "overseer"])
def test_nobody_else_decides_it(scene: Scene, by: str) -> None:
    play = appealed(scene)
    assert not {"uphold", "dismiss"} & set(play.may(by))
    with refused("not_yours"):
        play.dismiss(by=by)


def test_it_skips_an_office_without_a_focal_officer(scene: Scene) -> None:
    upazila = scene.cast.upazila_office
    officer = make_officer("Upazila", Role.FOCAL, upazila)
    scene.cast.district_focal.posts.all().delete()
    play = Play(scene).forward(to=upazila)
    _answer_as(play, officer)
    assert decider(play.appeal()) == "grid"


def _answer_as(play: Play, officer: Any) -> None:
    from complaints.services import casework

    actor = play.scene.actor(officer)
    casework.accept(actor=actor, number=play.number, case_officer=officer)
    answering.answer(
        actor=actor,
        number=play.number,
        outcome="partly",
        text="We looked at it.",
        evidence="Note",
        cause="delay",
    )


def test_nobody_decides_on_a_case_that_they_handled(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).forward(to=cast.ministry).pass_down(to=cast.department, by="ministry_focal")
    play.accept().answer().appeal()
    # The ministry passed it down, and above it there is none.
    assert decider(play) == ""
    assert "uphold" not in play.may("ministry_focal")
    assert "uphold" in play.may("overseer")


def test_who_handled_it_elsewhere_does_not_decide_in_a_new_post(scene: Scene) -> None:
    """The post decides, but not with the same person in it: it falls to the next one up."""
    cast = scene.cast
    play = Play(scene).forward(to=cast.district_office)
    _answer_as(play, cast.district_focal)
    play.appeal()
    assert decider(play) == "grid"
    Post.objects.filter(user=cast.focal).delete()
    Post.objects.filter(user=cast.head).delete()
    make_post(cast.district_focal, Role.FOCAL, cast.department)
    assert "uphold" not in play.may("district_focal")
    assert "uphold" in play.may("ministry_focal")


def test_where_nobody_is_left_to_decide_it_falls_to_an_overseer(scene: Scene) -> None:
    play = appealed(scene)
    assert "uphold" not in play.may("overseer")
    Post.objects.filter(office=scene.cast.ministry).delete()
    assert "uphold" in play.may("overseer")


def test_an_overseer_who_handled_it_does_not_decide_another_does(scene: Scene) -> None:
    other = make_officer("Second Overseer", Role.OVERSEER, scene.cast.cabinet)
    play = Play(scene).forward(to=scene.cast.rival_ministry).send_back(by="rival_focal")
    play.forward().send_back().rule(to=scene.cast.rival_ministry)
    play.accept(officer="rival_case_officer", by="rival_focal").answer(by="rival_focal").appeal()
    assert decider(play) == ""
    with refused("not_yours"):
        play.dismiss(by="overseer")
    appeals.dismiss(
        actor=scene.actor(other), number=play.number, reason="The office did what it could."
    )
    assert play.state == "closed: appeal_dismissed"


def test_writing_during_an_appeal_does_not_take_the_decision_away(scene: Scene) -> None:
    play = appealed(scene).note(by="ministry_focal").message(by="ministry_focal")
    play.break_seal(by="ministry_focal")
    assert play.uphold().state == "in_progress"


def test_whoever_was_heard_as_a_party_does_not_decide_in_a_new_post(scene: Scene) -> None:
    play = appealed(scene).testify(by="head")
    make_post(scene.cast.head, Role.FOCAL, scene.cast.ministry)
    assert "dismiss" not in play.may("head")
    assert "dismiss" in play.may("ministry_focal")


def test_an_overseer_who_looked_into_pressure_can_still_decide(scene: Scene) -> None:
    play = answered(scene).withdraw(pressured=True)
    said = {"text": "They were visited at home and told to be quiet."}
    note_pressure(actor=play.actor("overseer"), number=play.number, **said)
    play.call_back().appeal().dismiss().appeal()
    assert "dismiss" in play.may("overseer")


def test_an_appeal_against_a_decline_goes_to_an_overseer_and_is_final(scene: Scene) -> None:
    play = Play(scene).decline().appeal()
    assert decider(play) == ""
    assert play.told("appeal_to_decide") == {"Overseer"}
    play.dismiss(by="overseer")
    assert play.case.appeal_final
    with refused("appeal_closed"):
        play.appeal()


def test_above_the_top_no_office_stands_so_an_overseer_decides(scene: Scene) -> None:
    play = Play(scene).forward(to=scene.cast.rival_ministry)
    play.accept(officer="rival_case_officer", by="rival_focal").answer(by="rival_focal").appeal()
    assert decider(play) == ""
    play.dismiss(by="overseer")
    with refused("appeal_closed"):
        play.appeal()


def test_a_dismissal_closes_with_reasons_and_keeps_the_outcome(scene: Scene) -> None:
    play = appealed(scene).dismiss()
    assert play.state == "closed: appeal_dismissed"
    assert play.case.outcome == "resolved"
    assert play.clock("appeal").stopped_how == "met"
    assert play.told("appeal_dismissed") == {"citizen"}
    assert Statement.objects.filter(case=play.case, kind="decision").count() == 1
    row = Appeal.objects.get(case=play.case)
    assert (row.upheld, row.decided_by) == (False, scene.cast.ministry_focal)


@pytest.mark.parametrize("move", ["uphold", "dismiss"])
def test_a_decision_needs_reasons(scene: Scene, move: str) -> None:
    play = appealed(scene)
    with refused("invalid"):
        getattr(appeals, move)(actor=play.actor("ministry_focal"), number=play.number, reason="No")


def test_after_a_dismissal_once_more_to_the_overseer_whose_decision_is_final(
    scene: Scene, clock: Any
) -> None:
    play = appealed(scene)
    clock.move_to(day(20))
    play.dismiss()
    # Thirty days from the dismissal.
    clock.move_to(day(50))
    play.appeal()
    assert decider(play) == ""
    assert "uphold" not in play.may("ministry_focal")
    play.dismiss(by="overseer")
    assert play.case.appeal_until is None
    with refused("appeal_closed"):
        play.appeal()


def test_upheld_it_goes_back_to_the_office_with_half_the_time(scene: Scene, clock: Any) -> None:
    play = appealed(scene)
    clock.move_to(day(3))
    play.uphold()
    assert (play.state, play.holder) == ("in_progress", "grid")
    assert (play.clock("resolve").amount, play.clock("resolve").due_at) == (5, end_of_day(8))
    assert play.running == {"resolve"}
    assert play.told("appeal_upheld") == {"citizen"}
    assert play.told("reopened") == {"Case Officer"}


def test_upheld_where_no_office_had_it_it_goes_to_the_desk(scene: Scene, clock: Any) -> None:
    play = Play(scene).decline().appeal()
    clock.move_to(day(2))
    play.uphold(by="overseer")
    assert play.state == "received"
    assert play.running == {"forward"}
    assert play.clock("forward").due_at == end_of_day(5)
    assert play.told("reopened") == {"Desk Head"}
    assert play.forward().state == "forwarded"


def test_after_it_was_upheld_the_new_answer_can_be_appealed(scene: Scene) -> None:
    play = appealed(scene).uphold().answer().appeal()
    assert decider(play) == "power"


def test_a_second_dispute_after_a_dismissal_goes_to_the_overseer(scene: Scene) -> None:
    play = answered(scene).dispute().answer().dispute().dismiss().appeal()
    play.uphold(by="overseer").answer().dispute()
    assert (play.state, decider(play)) == ("appealed", "")


def test_only_an_overseer_reopens_with_a_finding(scene: Scene) -> None:
    play = answered(scene).confirm()
    for by in ("desk", "focal", "citizen", "auditor", "registrar"):
        with pytest.raises(Exception, match=r"not_yours|no_such_case"):
            play.reopen(by=by)
    with refused("invalid"):
        appeals.reopen(actor=play.actor("overseer"), number=play.number, reason="Audit")
    assert play.reopen().state == "in_progress"


def test_reopened_where_an_office_had_it_resolve_begins_anew_in_full(
    scene: Scene, clock: Any
) -> None:
    play = answered(scene).confirm()
    clock.move_to(day(7))
    play.reopen()
    assert play.running == {"resolve"}
    assert (play.clock("resolve").amount, play.clock("resolve").due_at) == (10, end_of_day(17))
    assert (play.case.ending, play.case.closed_at) == ("", None)
    assert play.told("reopened_for_you") == {"citizen"}


def test_reopened_where_none_had_it_it_goes_to_the_desk(scene: Scene) -> None:
    play = Play(scene).decline().reopen()
    assert (play.state, play.running) == ("received", {"forward"})
    assert play.forward().running == {"accept", "resolve"}


@pytest.mark.parametrize("ending", ["confirmed", "withdrawn", "appeal_dismissed", "merged"])
def test_any_closed_case_can_be_reopened(scene: Scene, clock: Any, ending: str) -> None:
    play = answered(scene)
    if ending == "confirmed":
        play.confirm()
    elif ending == "withdrawn":
        play.withdraw()
        clock.move_to(day(3))
        sweep()
    elif ending == "appeal_dismissed":
        play.appeal().dismiss()
    else:
        play = Play(scene).merge(Play(scene))
    assert play.state == f"closed: {ending}"
    assert play.reopen().state == ("received" if ending == "merged" else "in_progress")


def test_against_the_answer_after_reopening_an_appeal_is_possible_again(scene: Scene) -> None:
    play = Play(scene).forward(to=scene.cast.rival_ministry)
    play.accept(officer="rival_case_officer", by="rival_focal").answer(by="rival_focal")
    play.appeal().dismiss(by="overseer").reopen()
    play.answer(by="rival_focal")
    assert play.appeal().state == "appealed"


def test_an_appeal_ends_with_a_withdrawal_and_another_is_possible_after_reopening(
    scene: Scene, clock: Any
) -> None:
    play = appealed(scene).withdraw()
    clock.move_to(day(3))
    sweep()
    assert play.state == "closed: withdrawn"
    play.reopen().answer().appeal()
    assert play.state == "appealed"


def test_the_reminder_of_an_overseers_appeal_goes_to_overseers(scene: Scene, clock: Any) -> None:
    play = Play(scene).decline().appeal()
    clock.move_to(play.clock("appeal").due_at.replace(day=20))
    sweep()
    assert play.told("reminder") == {"Overseer"}


def test_each_step_of_an_appeal_is_on_the_record(scene: Scene) -> None:
    play = appealed(scene).dismiss().appeal().uphold(by="overseer")
    appeal_moves = [m for m in play.moves if m in ("appeal", "uphold", "dismiss")]
    assert appeal_moves == ["appeal", "dismiss", "appeal", "uphold"]
    parties = Event.objects.filter(case=play.case, move__in=("uphold", "dismiss"))
    assert set(parties.values_list("party", flat=True)) == {"appeal_officer"}
