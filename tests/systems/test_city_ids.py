"""How a city calls a case: tokens that become ids, ids of two cases and of two cities."""

from datetime import timedelta

import time_machine

from systems.cities import linking, sending
from systems.models import Forwarding, Reference
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.city import TheCity, a_city, failing, says
from tests.systems.handing_over import TEXT, Linked, words_of

Clock = time_machine.Traveller
OVER, REFUSED = Forwarding.State.OVER, Forwarding.State.REFUSED
SENT, WAITING = Forwarding.State.SENT, Forwarding.State.WAITING


def test_a_token_is_asked_for_until_it_has_become_an_id(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock
) -> None:
    server.gives_tokens = True
    play = Play(scene).forward()
    assert linked.send() == 1
    assert (linked.row.state, linked.row.token) == (WAITING, "tC-1")
    assert play.state == "forwarded"
    clock.shift(timedelta(minutes=2))
    assert linked.send() == 0
    server.tokens["tC-1"] = "C-1"
    clock.shift(timedelta(minutes=6))
    assert linked.send() == 1
    assert linked.row.state == SENT
    assert play.state == "in_progress"
    assert len(server.filed) == 1


def test_a_token_that_becomes_no_id_is_left_to_people_after_a_week(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock
) -> None:
    server.gives_tokens = True
    play = Play(scene).forward()
    assert linked.send() == 1
    began = last_at = play.last.happened_at
    while linked.row.state == WAITING:
        assert linked.row.next_at is not None
        clock.move_to(linked.row.next_at)
        assert linked.send() == 0
        last_at = linked.row.next_at or last_at
        assert last_at - began < timedelta(days=8)
    assert last_at - began > timedelta(days=6)
    assert (linked.row.state, linked.row.error) == (REFUSED, sending.NO_ID)
    [note] = words_of(play, "note")
    assert "for a week has given no number" in note
    assert "tC-1" in note
    assert play.told("city_news") == {"grid"}
    asked = len(server.asked)
    clock.shift(timedelta(days=1))
    linked.send()
    assert len(server.asked) == asked


def test_of_a_token_that_cannot_be_asked_for_it_is_known_that_the_city_has_it(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock
) -> None:
    server.gives_tokens = True
    Play(scene).forward()
    linked.send()
    server.instead = lambda _asked: (0, b"", {})
    tries = []
    for _try in range(3):
        clock.shift(timedelta(hours=7))
        linked.send()
        tries.append(linked.row.tries)
        assert linked.row.error == "unreachable"
    assert tries == [2, 3, 4]
    server.instead = failing()
    server.tokens["tC-1"] = "C-1"
    clock.shift(timedelta(hours=7))
    assert linked.send() == 1
    assert len(server.filed) == 1


def test_an_id_that_another_case_has_is_not_taken_for_this_one(
    linked: Linked, server: TheCity, scene: Scene
) -> None:
    linked.handed()
    server.instead = failing(says(200, [{"service_request_id": "C-1"}]))
    second = Play(scene).forward()
    assert linked.send() == 0
    row = Forwarding.objects.get(case=second.case)
    assert (row.state, row.error) == (REFUSED, sending.SAME_ID)
    assert second.state == "forwarded"
    assert Reference.objects.count() == 1


def test_cities_that_call_their_jurisdiction_the_same_are_two(
    linked: Linked, server: TheCity, scene: Scene
) -> None:
    mine = linked.handed()
    with a_city() as elsewhere:
        other = Linked(scene, elsewhere, name="Tongi City", office=scene.cast.rival_ministry)
        assert other.city.jurisdiction == linked.city.jurisdiction
        theirs = Play(scene, text=TEXT).forward(to=scene.cast.rival_ministry)
        assert linked.send() == 1
    found = Reference.objects.values_list("case__number", "external_id", "system__name")
    assert set(found) == {
        (mine.number, "C-1", "Kaliakair City"),
        (theirs.number, "C-1", "Tongi City"),
    }


def test_the_name_of_a_city_s_ids_fits_however_long_its_address_is(linked: Linked) -> None:
    city = linked.city
    city.url = f"https://city.example/{'x' * 450}/"
    longer = linking.source_of(city)
    city.url = f"https://city.example/{'x' * 451}/"
    assert longer != linking.source_of(city)
    assert longer.startswith("open311:")
    assert len(longer) <= 80
