"""The appeal of somebody whom a case is about, through what was served on them, and its decision."""

from typing import Any

import pytest
from django.test import Client

from complaints.errors import Invalid, MoveRefused, NoSuchCase
from complaints.models import Appeal, Notice, ServedSummary
from complaints.selectors import visible_to
from complaints.services import appeals
from complaints.services.bar_changes import unlink_respondent
from complaints.services.escalation import sweep
from complaints.services.respondent_appeals import respondent_appeal
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, end_of_day, refused
from tests.complaints.test_served import about_the_officer, appeal, serve, served_case

# --- Their appeal -----------------------------------------------------------------------------


def test_through_it_they_appeal_and_see_no_more_of_the_case_than_before(scene: Scene) -> None:
    play, summary = served_case(scene)
    appeal(play, summary)
    row = Appeal.objects.get(case=play.case)
    assert (row.by_respondent, row.through, row.level) == (True, summary, 1)
    assert row.office == scene.cast.ministry
    assert (play.state, play.last.party) == ("appealed", "respondent")
    assert play.told("appealed") == {"citizen"}
    assert play.told("appeal_to_decide") == {"power"}
    assert not play.sees("case_officer")
    assert not visible_to(play.actor("case_officer")).exists()


def test_the_citizen_does_not_read_their_grounds(scene: Scene) -> None:
    play, summary = served_case(scene)
    appeal(play, summary)
    entry = play.file_for("citizen").timeline[-1]
    assert (entry.event.move, entry.said) == ("appeal", {})
    assert "second" in play.file_for("ministry_focal").timeline[-1].said["text"]


@pytest.mark.parametrize("who", ["focal", "rival_focal", "overseer", "alice", "citizen"])
def test_nobody_appeals_through_a_summary_of_somebody_else(scene: Scene, who: str) -> None:
    play, summary = served_case(scene)
    with pytest.raises(NoSuchCase):
        appeal(play, summary, who)


def test_by_the_number_of_the_case_there_is_no_way_in_for_them(scene: Scene) -> None:
    play, _summary = served_case(scene)
    with refused("no_such_case"):
        play.appeal(by="case_officer")
    with refused("no_such_case"):
        play.note(by="case_officer")


def test_whoever_turns_out_to_be_named_by_mistake_still_gets_the_decision(scene: Scene) -> None:
    play, summary = served_case(scene)
    appeal(play, summary)
    unlink_respondent(
        actor=play.actor("overseer"),
        number=play.number,
        respondent=summary.respondent_id,
        reason="Another person was meant.",
    )
    words = "It was another officer; nothing of it stays with you."
    appeals.uphold(
        actor=play.actor("ministry_focal"),
        number=play.number,
        reason="Somebody else was meant.",
        for_respondent=words,
    )
    assert play.state == "in_progress"
    decision = ServedSummary.objects.get(case=play.case, appeal_until=None)
    assert (decision.user, decision.event.statement.body["text"]) == (summary.user, words)


@pytest.mark.parametrize("words", ["", "No!", "12345 67890"])
def test_an_appeal_needs_grounds(scene: Scene, words: str) -> None:
    play, summary = served_case(scene)
    with refused("invalid"):
        respondent_appeal(actor=play.actor("case_officer"), key=summary.key, grounds=words)


def test_for_thirty_days_from_the_service_and_not_a_moment_longer(scene: Scene, clock: Any) -> None:
    play, summary = served_case(scene)
    play.confirm()
    clock.move_to(end_of_day(30))
    with refused("appeal_closed"):
        appeal(play, summary)
    clock.move_to(end_of_day(30).replace(hour=17, minute=59))
    appeal(play, summary)
    assert play.state == "appealed"


def test_their_time_counts_from_the_service_not_from_the_answer(scene: Scene, clock: Any) -> None:
    play = about_the_officer(scene)
    play.confirm()
    clock.move_to(day(28))
    summary = serve(play)
    clock.move_to(day(40))
    appeal(play, summary)
    assert play.state == "appealed"


@pytest.mark.parametrize("how", ["withdrawing", "appealed", "working"])
def test_why_it_is_not_possible_now_is_not_told(scene: Scene, how: str) -> None:
    """That its citizen gives it up, or appeals, is nothing for those whom it is about."""
    play, summary = served_case(scene)
    if how == "withdrawing":
        play.withdraw()
    elif how == "appealed":
        play.appeal()
    else:
        play.dispute()
    with refused("not_now"):
        appeal(play, summary)


def test_twice_is_once(scene: Scene) -> None:
    play, summary = served_case(scene)
    appeal(play, summary)
    with refused("not_now"):
        appeal(play, summary)
    assert Appeal.objects.count() == 1


def test_whoever_was_named_by_mistake_appeals_no_more_but_keeps_what_was_served(
    scene: Scene, client: Client
) -> None:
    play, summary = served_case(scene)
    unlink_respondent(
        actor=play.actor("overseer"),
        number=play.number,
        respondent=summary.respondent_id,
        reason="Another officer of that name was meant",
    )
    with pytest.raises(MoveRefused):
        appeal(play, summary)
    client.force_login(scene.cast.case_officer)
    assert client.get(f"/en/office/served/{summary.key}/").status_code == 200


def test_an_outage_of_the_portal_lengthens_their_time(scene: Scene, clock: Any) -> None:
    play, summary = served_case(scene)
    play.confirm()
    sweep()
    clock.move_to(day(2))
    # The sweep stood still for two days.
    sweep()
    summary.refresh_from_db()
    assert summary.appeal_until == end_of_day(32)


def test_in_their_appeal_they_give_a_statement_on_the_same_page(
    scene: Scene, client: Client
) -> None:
    play, summary = served_case(scene)
    appeal(play, summary)
    client.force_login(scene.cast.case_officer)
    url = f"/en/office/served/{summary.key}/"
    assert "Give a statement" in client.get(url).content.decode()
    said = {"move": "testify", "text": "On the second I was at the house, and read it aloud."}
    page = client.post(url, said, follow=True).content.decode()
    assert "It is with whoever decides now." in page
    assert (play.last.move, play.last.party) == ("testify", "respondent")
    assert play.number not in page


# --- Its decision -----------------------------------------------------------------------------


def decide(play: Play, move: str, by: str = "ministry_focal", **more: Any) -> None:
    more.setdefault("for_respondent", "The reading was looked at again. It was wrong all the same.")
    getattr(appeals, move)(
        actor=play.actor(by), number=play.number, reason="The office did what it could.", **more
    )


@pytest.mark.parametrize("move", ["uphold", "dismiss"])
def test_the_decision_is_served_on_them_in_words_of_their_own(scene: Scene, move: str) -> None:
    play, summary = served_case(scene)
    appeal(play, summary)
    decide(play, move)
    decision = ServedSummary.objects.latest("id")
    assert decision.user == summary.user
    assert "all the same" in decision.event.statement.body["text"]
    assert decision.event.data["decision"] == {"uphold": "upheld", "dismiss": "dismissed"}[move]
    assert (decision.appeal_until is not None) is (move == "dismiss")
    assert Notice.objects.filter(template="served_decision", user=summary.user).count() == 1
    citizens = [e.said for e in play.file_for("citizen").timeline if e.event.move == move]
    assert citizens == [{"text": "The office did what it could."}]


@pytest.mark.parametrize("move", ["uphold", "dismiss"])
def test_it_is_not_decided_without_words_for_them(scene: Scene, move: str) -> None:
    play, summary = served_case(scene)
    appeal(play, summary)
    for words in ("", "Rahima was right about the meter all along."):
        with pytest.raises(Invalid) as caught:
            decide(play, move, for_respondent=words)
        assert list(caught.value.fields) == ["for_respondent"]
    assert play.state == "appealed"


def test_a_citizens_appeal_asks_for_no_such_words(scene: Scene) -> None:
    play, _summary = served_case(scene)
    play.appeal().dismiss()
    assert play.state == "closed: appeal_dismissed"
    assert ServedSummary.objects.count() == 1


def test_dismissed_they_appeal_once_more_to_the_overseer_whose_word_is_final(scene: Scene) -> None:
    play, summary = served_case(scene)
    appeal(play, summary)
    decide(play, "dismiss")
    second = ServedSummary.objects.latest("id")
    appeal(play, second)
    row = Appeal.objects.get(case=play.case, decided_at=None)
    assert (row.level, row.office) == (2, None)
    decide(play, "dismiss", by="overseer")
    last = ServedSummary.objects.latest("id")
    assert last.appeal_until is None
    for through in (last, second):
        with pytest.raises(MoveRefused):
            appeal(play, through)


def test_they_do_not_use_up_the_citizens_appeals(scene: Scene, clock: Any) -> None:
    play, summary = served_case(scene)
    clock.move_to(day(20))
    appeal(play, summary)
    clock.move_to(day(45))
    decide(play, "dismiss")
    # The citizen's thirty days had begun before; what the other side took of them is given back.
    clock.move_to(day(70))
    play.appeal()
    row = Appeal.objects.get(case=play.case, decided_at=None)
    assert (row.level, row.office, row.by_respondent) == (1, scene.cast.ministry, False)


def test_nor_does_the_citizen_theirs(scene: Scene) -> None:
    play, summary = served_case(scene)
    play.appeal().dismiss().appeal().dismiss(by="overseer")
    appeal(play, summary)
    assert Appeal.objects.get(case=play.case, decided_at=None).level == 1


def test_against_a_new_answer_they_appeal_anew(scene: Scene, clock: Any) -> None:
    play, summary = served_case(scene)
    appeal(play, summary)
    decide(play, "dismiss")
    clock.move_to(day(1))
    play.appeal().uphold().assign("focal").answer(by="focal")
    appeal(play, serve(play))
    assert Appeal.objects.get(case=play.case, decided_at=None).level == 1
