"""A case whose contact does not open holds up none of its city; registrar and office are told of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller as Clock

from channels.models import Provider
from complaints import moment
from complaints.models import Contact
from systems.cities import linking, sending
from systems.models import Forwarding
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.city import TheCity
from tests.systems.handing_over import TEXT, Linked, words_of

MISSING = "A key of the portal (GRS_CONTACT_KEYS) is missing"


@pytest.fixture
def lost(linked: Linked, scene: Scene) -> Play:
    """A case whose contact was sealed with a key that is gone."""
    play = Play(scene, text=TEXT).forward()
    Contact.objects.filter(case=play.case).update(sealed=b"sealed with another key")
    return play


def open_again(play: Play, sealed: bytes) -> None:
    Contact.objects.filter(case=play.case).update(sealed=sealed)


def row_of(play: Play) -> Forwarding:
    return Forwarding.objects.get(case=play.case)


def page(scene: Scene, linked: Linked) -> str:
    client = Client()
    client.force_login(scene.cast.registrar)
    return str(client.get(f"/en/registry/systems/{linked.system.pk}/city/").content.decode())


def test_the_next_case_goes_and_this_one_is_tried_later_and_later(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, lost: Play
) -> None:
    good = Play(scene, text=TEXT).forward()
    assert linked.send() == 1
    assert row_of(good).state == "sent"
    waits: list[timedelta] = []
    for _try in range(5):
        row = row_of(lost)
        assert (row.state, row.error) == ("waiting", "sealed")
        assert row.next_at is not None
        waits.append(row.next_at - moment.now())
        assert linked.send() == 0
        assert row_of(lost).tries == row.tries  # not before its time
        clock.move_to(row.next_at)
        linked.send()
    assert waits == sorted(set(waits))
    assert max(waits) == timedelta(hours=6)
    assert len(server.filed) == 1


def test_the_city_is_not_to_blame(linked: Linked, lost: Play) -> None:
    linked.send()
    assert linked.city.error == ""
    assert not Provider.objects.filter(name=sending.breaker_of(linked.city), failures__gt=0)


def test_it_goes_by_itself_once_its_contact_opens(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock
) -> None:
    play = Play(scene, text=TEXT).forward()
    sealed = bytes(Contact.objects.get(case=play.case).sealed)
    open_again(play, b"sealed with another key")
    linked.send()
    open_again(play, sealed)
    clock.shift(timedelta(minutes=2))
    assert linked.send() == 1
    row = row_of(play)
    assert (row.state, row.error) == ("sent", "")
    assert MISSING not in page(scene, linked)


def test_the_registrar_reads_its_number_and_what_to_do(
    linked: Linked, scene: Scene, lost: Play
) -> None:
    assert MISSING not in page(scene, linked)
    linked.send()
    shown = page(scene, linked)
    assert MISSING in shown
    assert lost.number in shown
    assert TEXT not in shown


def test_a_city_s_page_shows_its_own_cases_alone(
    linked: Linked, scene: Scene, server: TheCity, lost: Play
) -> None:
    linked.send()
    other = Linked(scene, server, name="Tongi City", office=scene.cast.rival_ministry)
    assert lost.number not in page(scene, other)


def test_after_some_days_the_office_works_on_it_and_can_send_it_again(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, lost: Play
) -> None:
    for _try in range(sending.GIVEN_UP + 1):
        linked.send()
        clock.shift(timedelta(hours=7))
    row = row_of(lost)
    assert (row.state, row.error, row.next_at) == ("refused", "sealed", None)
    (note,) = words_of(lost, "note")
    assert note.startswith("This case could not be handed to Kaliakair City: who filed it")
    assert lost.told("city_news") == {"grid"}
    shown = page(scene, linked)
    assert lost.number in shown
    assert "Not by itself any more" in shown
    client = Client()
    client.force_login(scene.cast.focal)
    office = f"/en/office/systems/{linked.system.pk}/city/"
    assert "Tell the registrar: a key of the portal is missing." in str(
        client.get(office).content.decode()
    )
    client.post(f"{office}again/", {"case": lost.number})
    assert row_of(lost).state == "waiting"
    assert server.filed == []


def test_one_that_may_have_left_before_stays_in_doubt(
    linked: Linked, scene: Scene, clock: Clock, monkeypatch: Any
) -> None:
    play = Play(scene, text=TEXT).forward()

    def shut(*_given: Any) -> Any:
        raise sending.CannotUnseal

    with monkeypatch.context() as patch:
        patch.setattr(sending, "take", shut)
        assert linked.send() == 0
    assert row_of(play).error == "unsure:sealed"
    clock.shift(timedelta(minutes=2))
    assert linked.send() == 1  # found in the city's list, sent no second time
    assert linking.city_of(linked.system) is not None
