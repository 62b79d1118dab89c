"""Merge and separate: one lead for many complaints about the same thing."""

from typing import Any

import pytest

from complaints.models import Case, Notice
from complaints.services import casework
from complaints.services.escalation import sweep
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, end_of_day, refused


def joined(scene: Scene) -> tuple[Play, Play]:
    """A lead in progress in the department, and a case joined with it."""
    lead = Play(scene).forward().accept()
    return lead, Play(scene).merge(lead)


def test_the_desk_joins_a_received_case_with_an_open_lead(scene: Scene) -> None:
    lead, play = joined(scene)
    assert play.state == "closed: merged"
    assert play.running == set()
    assert play.told("merged") == {"citizen"}
    assert play.case.lead == lead.case


def test_a_lead_must_be_open(scene: Scene) -> None:
    lead = Play(scene).decline()
    with refused("invalid"):
        Play(scene).merge(lead)


@pytest.mark.parametrize("which", ["lead", "case"])
def test_neither_may_be_sensitive(scene: Scene, which: str) -> None:
    lead, play = Play(scene), Play(scene)
    (lead if which == "lead" else play).mark_sensitive()
    with refused("invalid" if which == "lead" else "sensitive"):
        play.merge(lead)


def test_a_case_is_not_joined_with_itself_nor_with_nothing(scene: Scene) -> None:
    play = Play(scene)
    with refused("invalid"):
        play.merge(play)
    with refused("invalid"):
        casework.merge(actor=play.actor("desk"), number=play.number, lead="0000-0000-0000-T")


@pytest.mark.parametrize("by", ["focal", "head"])
def test_an_office_joins_its_own_cases(scene: Scene, by: str) -> None:
    lead = Play(scene).forward()
    assert Play(scene).forward().merge(lead, by=by).state == "closed: merged"


@pytest.mark.parametrize("where", ["rival_ministry", "district_office"])
def test_an_office_joins_none_with_another_offices_case(scene: Scene, where: str) -> None:
    lead = Play(scene).forward(to=getattr(scene.cast, where))
    play = Play(scene).forward()
    with refused("invalid"):
        play.merge(lead, by="focal")


def test_what_is_in_progress_is_not_joined(scene: Scene) -> None:
    lead = Play(scene)
    with refused("wrong_state"):
        Play(scene).forward().accept().merge(lead)


def test_no_error_tells_of_a_lead_that_one_is_barred_from(scene: Scene) -> None:
    lead, play = Play(scene), Play(scene)
    lead.about(user_id=scene.cast.desk_head.pk)
    with pytest.raises(Exception, match="invalid") as hidden:
        play.merge(lead)
    with pytest.raises(Exception, match="invalid") as unknown:
        casework.merge(actor=play.actor("desk"), number=play.number, lead="0000-0000-0000-T")
    assert hidden.value.fields == unknown.value.fields  # type: ignore[attr-defined]


def test_the_citizen_sees_the_leads_stage_dates_and_answer(scene: Scene, clock: Any) -> None:
    lead, play = joined(scene)
    file = play.file_for("citizen")
    assert file.citizen_word == "with_agency"
    assert file.answer_due == lead.clock("resolve").due_at
    lead.answer()
    file = play.file_for("citizen")
    assert file.citizen_word == "answered"
    assert file.answer is not None
    assert file.answer.body["text"] == "The meter was changed."


def test_of_the_lead_the_citizen_sees_nothing_else(scene: Scene) -> None:
    lead, play = joined(scene)
    lead.message().note().ask()
    lead.break_seal()
    lead.withdraw()
    file = play.file_for("citizen")
    assert [entry.event.move for entry in file.timeline] == ["submit", "merge"]
    assert not {clock.kind for clock in file.clock_rows} & {"waiting", "confirm", "withdrawal"}
    assert file.looks == []
    said = str([entry.said for entry in file.timeline])
    assert "Which meter" not in said
    assert "Is there any news" not in said


def test_an_officer_sees_of_a_joined_case_its_own_and_not_the_leads(scene: Scene) -> None:
    """They may be barred from the lead, or it may be with another office by now."""
    lead = Play(scene).forward()
    play = Play(scene).forward().merge(lead, by="focal")
    lead.send_back().forward(to=scene.cast.rival_ministry)
    lead.accept(officer="rival_case_officer", by="rival_focal").answer(by="rival_focal")
    file = play.file_for("focal")
    assert file.answer is None
    assert file.shown_case.number == play.number


def test_the_citizen_is_told_of_each_step_of_the_lead(scene: Scene, clock: Any) -> None:
    lead = Play(scene)
    play = Play(scene).merge(lead)
    steps = [
        (lead.forward, "forwarded"),
        (lead.send_back, "returned"),
        (lead.forward, "forwarded"),
        (lead.accept, "accepted"),
        (lead.ask, "news"),
        (lead.reply, "news"),
        (lead.answer, "news"),
        (lead.dispute, "news"),
        (lead.answer, "news"),
        (lead.appeal, "appealed"),
        (lead.uphold, "appeal_upheld"),
        (lead.answer, "news"),
        (lead.confirm, "news"),
        (lead.reopen, "reopened_for_you"),
    ]
    expected = ["received", "merged"]
    for step, template in steps:
        step()
        expected.append(template)
        assert play.heard() == expected
    assert Notice.objects.filter(contact__case=play.case, case=play.case).count() == len(expected)


def test_what_is_between_the_lead_and_its_office_is_told_to_its_citizen_alone(
    scene: Scene, clock: Any
) -> None:
    lead, play = joined(scene)
    lead.message(by="case_officer").ask()
    clock.move_to(end_of_day(9))
    sweep()
    lead.reply().break_seal()
    lead.withdraw().call_back()
    lead.answer()
    own = {"message", "asked", "reminder_waiting", "seal_broken", "answered"}
    own |= {"withdrawal_pending", "withdrawal_called_back"}
    assert own <= set(lead.heard())
    assert not own & set(play.heard())


def test_a_joined_citizen_is_told_by_their_own_number(scene: Scene) -> None:
    lead, play = joined(scene)
    lead.answer()
    rows = Notice.objects.filter(contact__case=play.case)
    assert {row.values["number"] for row in rows if row.template != "merged"} == {play.number}


def test_when_a_lead_is_joined_with_another_all_follow_that_one(scene: Scene) -> None:
    first = Play(scene)
    play = Play(scene).merge(first)
    second = Play(scene)
    first.merge(second)
    second.forward()
    assert play.heard()[-1] == "forwarded"
    assert play.file_for("citizen").citizen_word == "with_agency"
    assert play.file_for("citizen").answer_due == second.clock("resolve").due_at


def test_one_marked_sensitive_since_is_told_only_that_there_is_news(scene: Scene) -> None:
    lead, play = Play(scene), Play(scene)
    play.merge(lead)
    play.mark_sensitive()
    lead.forward()
    last = Notice.objects.filter(contact__case=play.case).latest("id")
    assert (last.template, last.values) == ("news", {"number": play.number})


def test_separating_leads_to_the_desk_with_a_new_forward(scene: Scene, clock: Any) -> None:
    lead, play = joined(scene)
    clock.move_to(day(4))
    play.separate()
    assert (play.state, play.holder, play.case.lead) == ("received", "", None)
    assert play.running == {"forward"}
    assert play.clock("forward").due_at == end_of_day(7)
    assert play.told("separated") == {"citizen"}
    lead.answer()
    assert "answered" not in play.heard()
    assert play.file_for("citizen").citizen_word == "received"


@pytest.mark.parametrize("by", ["desk", "focal", "overseer"])
def test_only_its_citizen_separates(scene: Scene, by: str) -> None:
    from complaints.services import answering

    _lead, play = joined(scene)
    with pytest.raises(Exception, match=r"not_yours|no_such_case"):
        answering.separate(actor=play.actor(by), number=play.number)


def test_separating_is_possible_for_30_days_from_the_leads_answer(scene: Scene, clock: Any) -> None:
    lead, play = joined(scene)
    clock.move_to(day(5))
    lead.answer()
    clock.move_to(end_of_day(35))
    with refused("not_merged_or_too_late"):
        play.separate()
    clock.move_to(end_of_day(35).replace(hour=17, minute=59))
    assert play.separate().state == "received"


def test_until_the_lead_is_answered_separating_is_always_possible(scene: Scene, clock: Any) -> None:
    _lead, play = joined(scene)
    clock.move_to(day(100))
    assert play.separate().state == "received"


def test_what_was_never_joined_is_not_separated(scene: Scene) -> None:
    with refused("not_merged_or_too_late"):
        Play(scene).decline().separate()


def test_a_joined_case_cannot_be_appealed(scene: Scene) -> None:
    lead, play = joined(scene)
    lead.answer()
    with refused("appeal_closed"):
        play.appeal()


def test_a_joined_case_that_is_reopened_stands_on_its_own(scene: Scene) -> None:
    _lead, play = joined(scene)
    play.reopen()
    assert (play.state, play.case.lead) == ("received", None)
    assert play.file_for("citizen").citizen_word == "received"


def test_joining_counts_no_case_twice_when_it_is_separated_and_joined_again(scene: Scene) -> None:
    lead, play = joined(scene)
    play.separate().merge(lead)
    before = Notice.objects.filter(contact__case=play.case).count()
    lead.answer()
    assert Notice.objects.filter(contact__case=play.case).count() == before + 1
    assert Case.objects.filter(lead=lead.case).count() == 1
