"""An appeal by somebody whom the case is about: their hearing, their statement, and withdrawals."""

from typing import Any

import pytest
from django.test import Client

from complaints.errors import Refused
from complaints.models import Attendance, Notice, ServedSummary
from complaints.services import notice_words
from complaints.services.hearings import invitable, set_hearing
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, refused
from tests.complaints.test_served import appeal, served_case

ASKED = ("citizen", "respondent")


def appealed(scene: Scene) -> tuple[Play, ServedSummary]:
    play, summary = served_case(scene)
    appeal(play, summary)
    return play, summary


def served_page(scene: Scene, client: Client, summary: ServedSummary) -> str:
    client.force_login(scene.cast.case_officer)
    answer = client.get(f"/en/office/served/{summary.key}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_whoever_was_served_can_be_asked_to_a_hearing_and_is_told_without_the_number(
    scene: Scene,
) -> None:
    play, summary = appealed(scene)
    assert "respondent" in {party.value for party in invitable(play.case)}
    play.set_hearing(day(7), invited=ASKED)
    assert set(Attendance.objects.values_list("party", flat=True)) == set(ASKED)
    notice = Notice.objects.get(template="hearing_set_for_respondent")
    assert notice.user == scene.cast.case_officer
    written = notice_words.render(notice)
    assert play.number not in written.subject + written.body
    assert f"/office/served/{summary.key}/" in written.body
    assert "29 November 2026, 10:00" in written.body


def test_they_are_told_of_each_change_and_reminded(scene: Scene) -> None:
    play, _summary = appealed(scene)
    play.set_hearing(day(7), invited=ASKED).move_hearing(day(9)).call_off_hearing()
    play.set_hearing(day(10), invited=ASKED)
    told = Notice.objects.filter(user=scene.cast.case_officer, template__startswith="hearing")
    assert list(told.order_by("id").values_list("template", flat=True)) == [
        "hearing_set_for_respondent",
        "hearing_moved_for_respondent",
        "hearing_off_for_respondent",
        "hearing_set_for_respondent",
    ]


def test_they_read_when_and_where_and_nothing_of_the_case(scene: Scene, client: Client) -> None:
    play, summary = appealed(scene)
    assert "You are asked to a hearing" not in served_page(scene, client, summary)
    play.set_hearing(day(7), invited=ASKED)
    shown = served_page(scene, client, summary)
    assert "Room 12, Ministry of Power" in shown
    assert "Bring the bill, please." in shown
    assert play.number not in shown
    play.call_off_hearing().set_hearing(day(8), invited=("citizen",))
    assert "You are asked to a hearing" not in served_page(scene, client, summary)


@pytest.mark.parametrize("field", ["place", "text"])
def test_a_notice_for_them_may_not_tell_who_filed_the_case(scene: Scene, field: str) -> None:
    play, _summary = appealed(scene)
    said = {"place": "Room 12", "text": "Bring the bill, please."}
    said[field] = "At the house of Rahima"
    with pytest.raises(Refused) as caught:
        set_hearing(
            actor=play.actor("ministry_focal"),
            number=play.number,
            at=day(7),
            invited=ASKED,
            **said,
        )
    assert list(caught.value.fields) == [field]
    # Those who know who filed it may read it.
    set_hearing(
        actor=play.actor("ministry_focal"),
        number=play.number,
        at=day(7),
        invited=("citizen",),
        **said,
    )


def test_they_give_a_statement_that_the_office_reads_after_the_decision(
    scene: Scene, client: Client
) -> None:
    play, summary = appealed(scene)
    client.force_login(scene.cast.case_officer)
    data = {"move": "testify", "text": "I read that meter myself."}
    answer = client.post(f"/en/office/served/{summary.key}/", data)
    assert answer.status_code == 302
    assert (play.last.move, play.last.party) == ("testify", "respondent")

    def reads(who: str) -> bool:
        told: list[Any] = [e for e in play.file_for(who).timeline if e.event.move == "testify"]
        return bool(told and told[0].said)

    assert reads("ministry_focal")
    assert not reads("head")
    assert not reads("citizen")


def test_the_complaint_is_not_withdrawn_from_under_their_appeal(scene: Scene) -> None:
    play, _summary = appealed(scene)
    assert "withdraw" not in play.may("withdrawing")
    with refused("other_side_appeals"):
        play.withdraw()
    assert not play.case.withdrawal_pending


def test_they_do_not_appeal_while_a_withdrawal_is_pending(scene: Scene) -> None:
    play, summary = served_case(scene)
    play.withdraw()
    # They are not told why: that somebody wants to withdraw is none of their business.
    with refused("not_now"):
        appeal(play, summary)
    play.call_back()
    appeal(play, summary)
    assert play.state == "appealed"


def test_the_citizen_reads_that_the_other_side_has_appealed(scene: Scene, client: Client) -> None:
    play, _summary = appealed(scene)
    opened = {"number": play.number, "secret": play.receipt.secret}
    client.post("/en/complaints/track/", opened)
    shown = client.get(f"/en/complaints/track/{play.number}/").content.decode()
    assert "Somebody whom your complaint is about has appealed." in shown
