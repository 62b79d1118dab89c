"""The section of a case that shows its appeals, and what citizens read of them."""

from typing import Any

from django.test import Client

from tests.complaints.appealing import appealed, case_page, follow_page
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day


def test_it_says_who_decides_and_the_way_up_to_them(scene: Scene, client: Client) -> None:
    shown = case_page(scene, client, "ministry_focal", appealed(scene))
    assert "Grid Department → Ministry of Power" in shown
    assert "Nobody came to look at it at all." in shown
    assert "First appeal" in shown


def test_a_case_without_an_appeal_has_no_such_section(scene: Scene, client: Client) -> None:
    play = Play(scene).forward().accept()
    assert 'id="appeal"' not in case_page(scene, client, "focal", play)


def test_moves_are_offered_to_whoever_may_make_them_and_lead_to_their_forms(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene)
    offered = {"set_hearing", "testify", "investigate", "guide", "recommend"}
    shown = case_page(scene, client, "ministry_focal", play)
    for move in offered:
        assert f"/office/cases/{play.number}/{move}/" in shown
        answer = client.get(f"/en/office/cases/{play.number}/{move}/")
        assert answer.status_code == 200, move
    by_office = case_page(scene, client, "focal", play)
    assert f"/{play.number}/testify/" in by_office
    assert f"/{play.number}/set_hearing/" not in by_office


def test_everything_that_happened_in_it_stands_there(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7)).testify().testify(by="focal")
    play.testify(by="ministry_focal", witness="Karim the grocer").investigate().guide().recommend()
    clock.move_to(day(8))
    play.hold_hearing().report().follow().uphold()
    shown = case_page(scene, client, "ministry_focal", play)
    for words in (
        "Room 12, Ministry of Power",
        "The citizen showed both bills.",
        "did not come",
        "Statement of: Karim the grocer",
        "Rival Focal",
        "Nobody read the meter in May.",
        "The complaint is true",
        "Read each meter before you bill it.",
        "Proceed against the reader.",
        "Proceedings have been opened.",
        "The office has to look at it again.",
    ):
        assert words in shown, words


def test_until_the_decision_the_office_reads_that_there_is_more_and_not_what(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7)).testify()
    play.testify(by="ministry_focal", witness="Karim the grocer").investigate()
    clock.move_to(day(8))
    play.hold_hearing().report()
    shown = case_page(scene, client, "head", play)
    for words in (
        "I saw it myself.",
        "Karim",
        "both bills",
        "Nobody read the meter",
        "Rival Focal",
    ):
        assert words not in shown, words
    assert "It can be read once the appeal is decided." in shown
    assert "The minutes can be read once the appeal is decided." in shown
    live = client.get(f"/en/office/cases/{play.number}/live/").content.decode()
    assert "Karim" not in live
    play.dismiss()
    assert "both bills" in case_page(scene, client, "head", play)


def test_the_citizen_reads_how_it_stands_and_gives_a_statement(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene).set_hearing(day(7))
    shown = follow_page(play, client)
    for words in ("Ministry of Power", "You are asked to a hearing", "Room 12", "Bring the bill"):
        assert words in shown, words
    assert "hearing.ics" in shown
    assert "Whose statement it is" not in shown
    data = {"text": "The bill is of another house.", "witness": "Not asked for"}
    answer = client.post(f"/en/complaints/track/{play.number}/testify/", data)
    assert answer.status_code == 302
    shown = client.get(f"/en/complaints/track/{play.number}/").content.decode()
    assert "Your statement is with those who decide." in shown
    assert "You gave a statement" in shown
    assert "The bill is of another house." in shown


def test_the_citizen_reads_nothing_of_what_others_said(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7)).testify(by="focal").guide().recommend()
    play.testify(by="ministry_focal", witness="Karim the grocer").investigate()
    clock.move_to(day(8))
    play.hold_hearing().report().follow()
    for decided in (False, True):
        shown = follow_page(play, client)
        for words in ("I saw it myself.", "Karim", "Nobody read the meter", "Read each meter"):
            assert words not in shown, words
        assert "Rival Focal" not in shown
        assert "Proceed" not in shown
        assert ("both bills" in shown) == decided
        if not decided:
            play.dismiss()
    assert "The office did what it could do." in shown


def test_after_a_dismissal_it_is_said_until_when_once_more_is_possible(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene).dismiss()
    shown = follow_page(play, client)
    assert "You can appeal once more" in shown
    assert "22 Dec 2026" in shown
    play.appeal()
    assert "The overseers of the government" in follow_page(play, client)
    play.dismiss(by="overseer")
    shown = follow_page(play, client)
    assert "This decision is final." in shown
    assert "You can appeal once more" not in shown


def test_the_citizen_of_a_joined_case_reads_nothing_of_the_leads_appeal(
    scene: Scene, client: Client
) -> None:
    lead = Play(scene)
    other = Play(scene).merge(lead)
    lead.forward().accept().answer().appeal().set_hearing()
    assert "Room 12" not in follow_page(other, client)


def test_an_operator_types_the_statement_of_whoever_calls(scene: Scene) -> None:
    play = appealed(scene)
    assert "testify" in play.may("citizen")
    play.testify(by="citizen")
    assert play.last.party == "citizen"
