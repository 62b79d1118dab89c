"""What is said within an appeal: statements, minutes, notes; who reads what, and when."""

from typing import Any

import pytest

from complaints.errors import Refused
from complaints.models import Appeal, Attachment, Event, Statement
from complaints.services import casework
from complaints.services.escalation import sweep
from tests.complaints.appealing import appealed, case_page, entry
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, refused

# --- Statements -------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["citizen", "focal", "head", "case_officer"])
def test_whoever_has_to_do_with_it_gives_a_statement(scene: Scene, by: str) -> None:
    play = appealed(scene).testify(by=by)
    assert play.last.data == {"of": "self"}
    assert play.told("statement_given") == {"power"}


@pytest.mark.parametrize("by", ["desk", "overseer", "auditor", "district_focal", "rival_focal"])
def test_nobody_else_does(scene: Scene, by: str) -> None:
    with pytest.raises(Refused, match=r"not_yours|no_such_case"):
        appealed(scene).testify(by=by)


def test_whoever_decides_takes_down_what_a_witness_says(scene: Scene) -> None:
    play = appealed(scene).testify(by="ministry_focal", witness="Karim the grocer")
    assert play.last.data == {"of": "witness"}
    assert Statement.objects.get(event=play.last).body["witness"] == "Karim the grocer"
    event = Event.objects.filter(pk=play.last.pk).values().get()
    assert "Karim" not in str(event)
    assert play.told("statement_given") == set()


def test_a_witness_has_a_name_and_only_those_who_hear_take_one_down(scene: Scene) -> None:
    play = appealed(scene)
    for by, witness in (("ministry_focal", ""), ("citizen", "Karim"), ("focal", "Karim")):
        with pytest.raises(Refused) as caught:
            play.testify(by=by, witness=witness)
        assert list(caught.value.fields) == ["witness"]


def test_nobody_gives_one_before_an_appeal_or_after_it(scene: Scene) -> None:
    play = Play(scene).forward().accept().answer()
    with refused("wrong_state"):
        play.testify()
    play.appeal().dismiss()
    with refused("wrong_state"):
        play.testify()


# --- Who reads what ---------------------------------------------------------------------------

READ_AT_ONCE = ("ministry_focal", "ministry_head", "overseer", "auditor")
READ_LATER = ("head", "case_officer", "desk")


def test_others_statements_are_read_by_those_who_decide_until_it_is_decided(scene: Scene) -> None:
    play = appealed(scene).testify(by="focal")
    for who in READ_AT_ONCE:
        assert entry(play, who, "testify").said["text"] == "I saw it myself.", who
        assert entry(play, who, "testify").who == "Focal"
    for who in READ_LATER:
        kept = entry(play, who, "testify")
        assert (kept.said, kept.who, kept.kept_back) == ({}, "", True), who
    assert entry(play, "focal", "testify").said["text"] == "I saw it myself."
    assert entry(play, "citizen", "testify") is None
    play.uphold()
    for who in (*READ_AT_ONCE, *READ_LATER):
        assert entry(play, who, "testify").said["text"] == "I saw it myself.", who
    assert entry(play, "citizen", "testify") is None


def test_the_office_does_not_read_the_citizens_statement_before_the_decision(scene: Scene) -> None:
    play = appealed(scene).testify()
    assert entry(play, "citizen", "testify").said["text"] == "I saw it myself."
    assert entry(play, "focal", "testify").said == {}
    assert entry(play, "ministry_focal", "testify").said["text"] == "I saw it myself."


def test_minutes_are_the_citizens_and_the_offices_once_it_is_decided(
    scene: Scene, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7))
    clock.move_to(day(7))
    play.hold_hearing()
    for who in ("citizen", "focal"):
        assert entry(play, who, "hold_hearing").said == {}, who
    play.dismiss()
    for who in ("citizen", "focal"):
        assert entry(play, who, "hold_hearing").said["text"].startswith("The citizen showed"), who


def test_of_a_withdrawn_appeal_nothing_is_opened_even_by_a_later_decision(
    scene: Scene, clock: Any
) -> None:
    play = appealed(scene).testify(by="head").withdraw()
    clock.move_to(day(3))
    sweep()
    assert entry(play, "focal", "testify").said == {}
    play.reopen().answer().appeal().dismiss()
    assert entry(play, "focal", "testify").said == {}
    assert Appeal.objects.filter(case=play.case, upheld=None).count() == 1


def test_a_file_is_read_by_whoever_reads_the_statement(scene: Scene, client: Any) -> None:
    play = appealed(scene)
    play.testify(by="focal", files=[play.photo("focal")])
    url = f"/files/{Attachment.objects.get(case=play.case).key}/"

    def status(who: str) -> int:
        client.force_login(getattr(scene.cast, who))
        response = client.get(url)
        if response.streaming:
            assert b"".join(response.streaming_content)
        return int(response.status_code)

    before = {who: status(who) for who in ("ministry_focal", "focal", "head", "overseer")}
    assert before == {"ministry_focal": 200, "focal": 200, "head": 404, "overseer": 200}
    play.uphold()
    assert status("head") == 200
    client.logout()
    assert client.get(url).status_code == 404


def test_the_api_keeps_back_the_same(scene: Scene, client: Any) -> None:
    play = appealed(scene).testify(by="case_officer")
    client.force_login(scene.cast.head)
    body = client.get(f"/api/v1/cases/{play.number}/").json()
    told = next(step for step in body["timeline"] if step["move"] == "testify")
    assert (told["said"], told["who"], told["party"], told["data"]) == ({}, "", "", {})


# --- Notes ------------------------------------------------------------------------------------


def test_what_those_who_decide_and_investigate_note_is_kept_from_the_office(scene: Scene) -> None:
    play = appealed(scene).investigate()
    for by in ("rival_focal", "ministry_focal"):
        play.note(by=by)
        assert entry(play, by, "note").said["text"] == "Ask the store first."
        assert entry(play, "overseer", "note").said["text"] == "Ask the store first."
        for who in READ_LATER:
            kept = entry(play, who, "note")
            assert (kept.said, kept.who, kept.kept_back) == ({}, "", True), who
    play.report().dismiss()
    assert entry(play, "head", "note").said["text"] == "Ask the store first."


def test_what_the_office_notes_is_read_by_its_officers_as_ever(scene: Scene) -> None:
    play = Play(scene).forward().accept().note(by="focal").answer()
    play.appeal()
    assert entry(play, "head", "note").said["text"] == "Ask the store first."
    play.note(by="head")
    assert entry(play, "case_officer", "note").who == "Head"
    assert entry(play, "citizen", "note") is None


def test_a_file_with_such_a_note_is_kept_back_too(scene: Scene, client: Any) -> None:
    play = appealed(scene)
    key = play.photo("ministry_focal")
    casework.note(
        actor=play.actor("ministry_focal"), number=play.number, text="Look at this.", files=[key]
    )
    client.force_login(scene.cast.head)
    assert client.get(f"/files/{key}/").status_code == 404
    play.dismiss()
    response = client.get(f"/files/{key}/")
    assert b"".join(response.streaming_content)


def test_from_which_office_a_team_comes_is_not_told_before_the_decision(
    scene: Scene, client: Any
) -> None:
    play = appealed(scene).investigate().note(by="rival_focal").report()
    shown = case_page(scene, client, "head", play)
    assert "Ministry of Roads" not in shown
    assert "Ministry of Roads" in case_page(scene, client, "ministry_focal", play)
