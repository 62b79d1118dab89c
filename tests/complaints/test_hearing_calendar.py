"""A hearing as an entry for somebody's calendar."""

from django.test import Client

from tests.complaints.appealing import appealed, follow_page
from tests.complaints.conftest import Scene
from tests.complaints.play import day


def test_a_hearing_is_an_entry_for_the_calendar(scene: Scene, client: Client) -> None:
    play = appealed(scene).set_hearing(day(7))
    client.force_login(scene.cast.ministry_focal)
    answer = client.get(f"/en/office/cases/{play.number}/hearing.ics")
    lines = answer.content.decode().split("\r\n")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "DTSTART:20261129T040000Z" in lines
    assert "LOCATION:Room 12\\, Ministry of Power" in lines
    assert all(len(line.encode()) <= 75 for line in lines)


def test_the_citizen_has_it_too_unless_the_case_is_sensitive(scene: Scene, client: Client) -> None:
    play, sealed = appealed(scene).set_hearing(), appealed(scene, about_official=True).set_hearing()
    follow_page(play, client)
    assert client.get(f"/en/complaints/track/{play.number}/hearing.ics").status_code == 200
    assert "hearing.ics" not in follow_page(sealed, client)
    assert client.get(f"/en/complaints/track/{sealed.number}/hearing.ics").status_code == 404


def test_no_calendar_without_a_hearing_or_for_a_stranger(scene: Scene, client: Client) -> None:
    play = appealed(scene)
    client.force_login(scene.cast.ministry_focal)
    assert client.get(f"/en/office/cases/{play.number}/hearing.ics").status_code == 404
    play.set_hearing(invited=("office",))
    client.force_login(scene.cast.rival_focal)
    assert client.get(f"/en/office/cases/{play.number}/hearing.ics").status_code == 404
    assert client.get(f"/en/complaints/track/{play.number}/hearing.ics").status_code == 404
    follow_page(play, client)
    assert client.get(f"/en/complaints/track/{play.number}/hearing.ics").status_code == 404
