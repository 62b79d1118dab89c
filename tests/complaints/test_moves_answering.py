"""Answer, confirm, dispute, lapse; messages and notes."""

from typing import Any

import pytest

from complaints.errors import Invalid
from complaints.models import Attachment, Feedback, Statement
from complaints.models.case import AnsweredWith
from complaints.services.answering import Cause
from complaints.services.escalation import sweep
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, end_of_day, refused
from tests.factories.agencies import make_policy


def in_progress(scene: Scene) -> Play:
    return Play(scene).forward().accept()


@pytest.mark.parametrize("by", ["case_officer", "focal", "head"])
def test_the_office_answers(scene: Scene, by: str) -> None:
    assert in_progress(scene).answer(by=by).state == "answered"


@pytest.mark.parametrize("by", ["desk", "overseer", "rival_focal", "district_focal"])
def test_nobody_else_answers(scene: Scene, by: str) -> None:
    with pytest.raises(Exception, match=r"not_yours|no_such_case"):
        in_progress(scene).answer(by=by)


def test_an_answer_meets_resolve_and_starts_ten_days_to_confirm(scene: Scene, clock: Any) -> None:
    play = in_progress(scene)
    clock.move_to(day(4))
    play.answer()
    assert play.running == {"confirm"}
    assert play.clock("resolve").stopped_how == "met"
    assert play.clock("confirm").due_at == end_of_day(14)
    assert play.told("answered") == {"citizen"}
    assert play.case.appeal_until == end_of_day(34)


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"outcome": "solved"}, "outcome"),
        ({"outcome": ""}, "outcome"),
        ({"cause": "because"}, "cause"),
        ({"cause": ""}, "cause"),
        ({"evidence": "  "}, "evidence"),
        ({"text": "Done."}, "text"),
    ],
)
def test_an_answer_needs_outcome_words_evidence_and_cause(
    scene: Scene, parts: dict[str, str], field: str
) -> None:
    play = in_progress(scene)
    with pytest.raises(Invalid) as refusal:
        play.answer(**parts)
    assert list(refusal.value.fields) == [field]
    assert play.state == "in_progress"


def test_a_file_is_evidence_enough(scene: Scene) -> None:
    play = in_progress(scene)
    play.answer(evidence="", files=[play.photo("case_officer")])
    assert Attachment.objects.get().event == play.last


@pytest.mark.parametrize("outcome", AnsweredWith.values)
def test_each_outcome_can_be_given_and_is_kept(scene: Scene, outcome: str) -> None:
    play = in_progress(scene).answer(outcome=outcome).confirm()
    assert (play.case.outcome, play.case.ending) == (outcome, "confirmed")


@pytest.mark.parametrize("cause", Cause.values)
def test_the_record_keeps_the_cause_by_its_code(scene: Scene, cause: str) -> None:
    assert in_progress(scene).answer(cause=cause).last.data["cause"] == cause


def test_an_answer_may_suggest_how_to_prevent_it(scene: Scene) -> None:
    in_progress(scene).answer(suggestion="Check meters yearly")
    assert Statement.objects.get(kind="answer").body["suggestion"] == "Check meters yearly"


def test_the_citizen_confirms_with_a_rating(scene: Scene) -> None:
    play = in_progress(scene).answer().confirm(rating=4)
    assert play.state == "closed: confirmed"
    assert play.running == set()
    assert play.clock("confirm").stopped_how == "met"
    assert Feedback.objects.get(case=play.case).rating == 4
    assert play.told("confirmed") == {"Case Officer"}


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_is_1_to_5(scene: Scene, rating: int) -> None:
    with refused("invalid"):
        in_progress(scene).answer().confirm(rating=rating)


def test_a_comment_is_optional_and_kept_out_of_the_record(scene: Scene) -> None:
    from complaints.services import answering

    play = in_progress(scene).answer()
    answering.confirm(
        actor=play.actor("citizen"), number=play.number, rating=5, comment="Karim came himself"
    )
    assert Statement.objects.get(kind="comment").body == {"text": "Karim came himself"}
    assert "Karim" not in str(play.last.__dict__)


def test_the_first_dispute_gives_the_office_half_the_time(scene: Scene, clock: Any) -> None:
    play = in_progress(scene)
    clock.move_to(day(2))
    play.answer()
    clock.move_to(day(3))
    play.dispute()
    assert (play.state, play.holder) == ("in_progress", "grid")
    assert play.clock("confirm").stopped_how == "cancelled"
    assert (play.clock("resolve").amount, play.clock("resolve").due_at) == (5, end_of_day(8))
    assert play.told("disputed") == {"Case Officer"}


@pytest.mark.parametrize(("days", "half"), [(7, 4), (1, 1), (10, 5)])
def test_half_is_rounded_up(scene: Scene, days: int, half: int) -> None:
    make_policy("resolve", days)
    assert in_progress(scene).answer().dispute().clock("resolve").amount == half


def test_the_second_dispute_is_an_appeal(scene: Scene) -> None:
    play = in_progress(scene).answer().dispute().answer().dispute()
    assert play.state == "appealed"
    assert play.running == {"appeal"}
    assert play.case.disputes == 2
    assert play.told("appeal_to_decide") == {"power"}


def test_a_confirmation_after_a_dispute_says_so(scene: Scene) -> None:
    play = in_progress(scene).answer().dispute().answer().confirm()
    assert play.state == "closed: disputed_then_confirmed"


def test_a_dispute_needs_a_reason(scene: Scene) -> None:
    from complaints.services import answering

    play = in_progress(scene).answer()
    with refused("invalid"):
        answering.dispute(actor=play.actor("citizen"), number=play.number, reason=" ")


@pytest.mark.parametrize("by", ["case_officer", "desk", "overseer"])
def test_nobody_confirms_or_disputes_for_the_citizen(scene: Scene, by: str) -> None:
    play = in_progress(scene).answer()
    assert not {"confirm", "dispute"} & set(play.may(by))


def test_silence_closes_it_as_silent_at_the_end_of_confirm(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).answer()
    clock.move_to(end_of_day(10))
    sweep()
    assert play.state == "closed: silent"
    assert (play.last.move, play.last.party) == ("lapse", "system")
    assert play.clock("confirm").stopped_how == "elapsed"
    assert play.clock("confirm").missed_at is None
    assert play.told("lapsed") == {"citizen"}


def test_silence_keeps_the_outcome_and_can_be_appealed(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).answer(outcome="partly")
    clock.move_to(end_of_day(10))
    sweep()
    assert play.case.outcome == "partly"
    assert play.appeal().state == "appealed"


def test_the_citizen_is_reminded_a_day_before_confirm_ends(scene: Scene, clock: Any) -> None:
    play = in_progress(scene).answer()
    clock.move_to(end_of_day(9))
    sweep()
    sweep()
    assert play.heard().count("reminder_confirm") == 1


@pytest.mark.parametrize("state", ["received", "waiting", "forwarded", "answered", "closed"])
def test_citizen_and_handler_write_in_any_state(scene: Scene, state: str) -> None:
    play = Play(scene)
    steps = {
        "received": [],
        "waiting": [lambda: play.ask(by="desk")],
        "forwarded": [play.forward],
        "answered": [play.forward, play.accept, play.answer],
        "closed": [play.forward, play.accept, play.answer, play.confirm],
    }
    for step in steps[state]:
        step()
    handler = "desk" if state in ("received", "waiting") else "focal"
    before = play.state
    play.message().message(by=handler)
    assert play.state == before
    assert play.told("message") == {"citizen"}


def test_what_a_citizen_writes_goes_to_whoever_has_the_case(scene: Scene) -> None:
    play = Play(scene).message()
    assert play.told("citizen_wrote") == {"Desk Head"}
    play.forward().message()
    assert play.told("citizen_wrote") == {"Desk Head", "grid"}
    play.accept().message()
    assert play.told("citizen_wrote") == {"Desk Head", "grid", "Case Officer"}


def test_in_a_dispute_of_offices_it_goes_to_the_overseer(scene: Scene) -> None:
    play = Play(scene).forward().send_back().forward().send_back().message()
    assert play.told("citizen_wrote") == {"Overseer"}


def test_in_an_appeal_it_goes_to_whoever_decides(scene: Scene) -> None:
    assert in_progress(scene).answer().appeal().message().told("citizen_wrote") == {"power"}
    assert Play(scene).decline().appeal().message().told("citizen_wrote") == {"Overseer"}


def test_on_a_closed_case_it_goes_to_the_last_holder(scene: Scene) -> None:
    play = in_progress(scene).answer().confirm().message()
    assert play.told("citizen_wrote") == {"Case Officer"}
    assert Play(scene).decline().message().told("citizen_wrote") == {"Desk Head"}


def test_a_case_officer_who_left_is_not_told_the_office_is(scene: Scene, clock: Any) -> None:
    play = in_progress(scene)
    scene.cast.case_officer.posts.update(held_to=day(0, 9))
    play.message()
    assert play.told("citizen_wrote") == {"grid"}


def test_a_note_is_the_handlers_and_internal(scene: Scene) -> None:
    play = in_progress(scene).note()
    assert play.file_for("focal").timeline[-1].said == {"text": "Ask the store first."}
    assert "note" not in [e.event.move for e in play.file_for("citizen").timeline]
    assert play.heard() == ["received", "forwarded", "accepted"]
    for by in ("desk", "overseer", "auditor", "citizen"):
        with refused("not_yours"):
            play.note(by=by)


def test_an_outcome_is_shown_only_while_the_answer_stands(scene: Scene) -> None:
    play = Play(scene).forward().accept().answer()
    assert play.case.outcome_now
    play.dispute()
    assert not play.case.outcome_now
    play.answer()
    assert play.case.outcome_now
