"""Handing cases to a city that is away, gone, or not to be asked."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller as Clock

from agencies.models import Office
from agencies.services.offices import close_office, reopen_office
from channels.models import Provider
from complaints.models import Case, Event
from complaints.models.case import Status
from complaints.services import rotation, sealing
from systems.cities import asking, linking, queue, sending
from systems.inward import leaving
from systems.models import City, Forwarding
from systems.services import joining
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.city import TheCity, says
from tests.systems.handing_over import KEY, Linked


def test_a_city_that_is_away_is_left_alone_and_the_clocks_go_on(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock
) -> None:
    plays = [Play(scene).forward() for _case in range(3)]
    server.instead = lambda _asked: says(503)
    for _run in range(8):
        linked.send()
        clock.shift(timedelta(minutes=2))
    provider = Provider.objects.get(pk=sending.breaker_of(linked.city))
    assert provider.failures >= 5
    tried = len(server.asked)
    linked.send()
    assert len(server.asked) == tried
    clock.shift(timedelta(days=9))
    plays[0].sweep()
    assert Event.objects.filter(move="escalate").exists()
    assert {play.state for play in plays} == {"forwarded"}


def test_two_workers_send_it_once(linked: Linked, server: TheCity, scene: Scene) -> None:
    now = Play(scene).forward().last.happened_at
    assert (queue.find(linked.city, now), queue.find(linked.city, now)) == (1, 0)
    first = queue.claim(linked.city, now)
    assert first is not None
    assert queue.claim(linked.city, now) is None
    later = queue.claim(linked.city, now + queue.LEASE)
    assert later is not None
    assert queue.mark_sending(later)
    assert not queue.mark_sending(first)


def test_without_the_key_nothing_is_sent_and_nothing_is_marked(
    linked: Linked, server: TheCity, scene: Scene, settings: Any
) -> None:
    Play(scene).forward()
    settings.CONTACT_KEYS = ["b3RoZXItZmVybmV0LWtleS0zMi1ieXRlcy1sb25nISE="]
    assert linked.send() == 0
    assert server.asked == []
    assert not Forwarding.objects.exclude(error="").exists()


def test_the_key_lies_sealed_and_is_rotated_with_the_others(linked: Linked) -> None:
    kept = bytes(linked.city.sealed_key or b"")
    assert KEY.encode() not in kept
    assert sealing.unseal(kept) == {"key": KEY}
    assert "systems.city.sealed_key" in {column.name for column in rotation.columns()}


def test_a_private_address_is_not_asked(
    linked: Linked, server: TheCity, scene: Scene, settings: Any
) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False
    City.objects.update(url=server.url.replace("http:", "https:"))
    Play(scene).forward()
    linked.send()
    assert linked.row.error == "private_address"
    assert server.asked == []


def test_a_city_that_has_ended_gets_nothing_and_its_cases_come_back(
    linked: Linked, server: TheCity, scene: Scene
) -> None:
    play = linked.handed()
    joining.end(linked.registrar, linked.system)
    Play(scene).forward()
    assert linked.send() == linked.read() == 0
    assert leaving.give_back() == 1
    assert play.case.assigned is None
    assert play.case.status == Status.IN_PROGRESS


def test_a_city_whose_office_was_closed_for_a_time_is_handed_nothing_that_it_could_not_accept(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=1))
    close_office(linked.registrar, scene.cast.department)
    reopen_office(linked.registrar, Office.objects.get(pk=scene.cast.department.pk))
    Case.objects.filter(pk=Play(scene).case.pk).update(
        holder=scene.cast.department, status=Status.FORWARDED
    )
    assert linked.send() == linked.read() == 0
    assert server.asked == []


def test_an_answer_without_an_end_is_given_up(
    linked: Linked, server: TheCity, monkeypatch: Any
) -> None:
    monkeypatch.setitem(asking.MOST_BYTES, "json", 100)
    server.instead = lambda _asked: says(200, b"x" * 1000)
    with pytest.raises(asking.CannotAsk, match="too_large"):
        linking.ask_now(linked.city)


def test_an_idle_run_without_cities_costs_one_statement(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        sending.send_due()
