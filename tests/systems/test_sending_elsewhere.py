"""Another address is set while things wait: what failed at the one before says nothing of it."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from channels import breaker
from channels.models import Provider
from systems.models import Delivery, Endpoint
from systems.out import calling, endpoints, queue, sending
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.conftest import Join, Joined
from tests.systems.hearing import follow
from tests.systems.receiving import Receiver
from tests.systems.test_sending import _already_followed, deliver, listening, server, states

__all__ = ["_already_followed", "listening", "server"]
BEFORE = "https://grid.example.org/before"


def waits_for_hours(whose: Joined, *, tries: int = 9) -> datetime:
    """A step waits after many tries at another address, which is left alone by now."""
    endpoints.set_endpoint(whose.actor, whose.system, url=BEFORE)
    follow()
    now = timezone.now()
    Delivery.objects.update(tries=tries, next_at=now + timedelta(hours=20))
    for _time in range(breaker.FAILURES + 4):
        breaker.failed(endpoints.breaker_of(whose.system), "http_500", now)
    return now + timedelta(hours=20)


def forwarded_and_waiting(scene: Scene, whose: Joined) -> datetime:
    """A case was forwarded while another address was set, and its step waits."""
    endpoints.set_endpoint(whose.actor, whose.system, url=BEFORE)
    Play(scene).forward()
    return waits_for_hours(whose)


def sets(whose: Joined, server: Receiver) -> None:
    """The office sets the address of the server."""
    done = endpoints.set_endpoint(whose.actor, whose.system, url=server.url, new_secret=True)
    server.secret = done.secret


def test_what_waits_is_sent_to_another_address_with_the_next_run(
    scene: Scene, joined: Joined, server: Receiver
) -> None:
    play = Play(scene)
    endpoints.set_endpoint(joined.actor, joined.system, url=BEFORE)
    play.forward().accept()
    waits_for_hours(joined)
    assert sending.send_due() == 0
    sets(joined, server)
    assert sending.send_due() == 2
    assert server.of_case(play.number) == ["forward", "accept"]
    assert states() == ["sent", "sent"]


def test_it_has_all_its_tries_at_the_other_address(
    scene: Scene, joined: Joined, server: Receiver
) -> None:
    forwarded_and_waiting(scene, joined)
    server.answers = lambda _call: 500
    sets(joined, server)
    sending.send_due()
    row = Delivery.objects.get()
    assert (row.state, row.tries) == ("waiting", 1)
    assert Provider.objects.get(pk=endpoints.breaker_of(joined.system)).failures == 1


def test_so_has_what_was_due_at_once_for_its_last_try(
    scene: Scene, joined: Joined, server: Receiver
) -> None:
    endpoints.set_endpoint(joined.actor, joined.system, url=BEFORE)
    Play(scene).forward()
    follow()
    Delivery.objects.update(tries=9, next_at=timezone.now())
    server.answers = lambda _call: 500
    sets(joined, server)
    sending.send_due()
    row = Delivery.objects.get()
    assert (row.state, row.tries) == ("waiting", 1)


def test_a_run_takes_nothing_more_for_an_address_that_is_set_no_more(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    Play(scene).forward()
    follow()
    lane = sending._lane(Endpoint.objects.get())
    assert lane is not None
    endpoints.set_endpoint(listening.actor, listening.system, url=server.url + "elsewhere/")
    assert sending._claim(lane, 5) == []
    assert lane.is_done
    assert Delivery.objects.get().tries == 0
    assert deliver() == 1


def test_the_same_address_again_hurries_nothing(scene: Scene, joined: Joined) -> None:
    later = forwarded_and_waiting(scene, joined)
    endpoints.set_endpoint(joined.actor, joined.system, url=BEFORE)
    endpoints.set_endpoint(joined.actor, joined.system, url=None, new_secret=True)
    row = Delivery.objects.get()
    assert (row.next_at, row.tries) == (later, 9)
    assert breaker.is_open(endpoints.breaker_of(joined.system), timezone.now())


def test_an_address_that_was_off_begins_anew_too(scene: Scene, joined: Joined) -> None:
    forwarded_and_waiting(scene, joined)
    endpoints.stop(joined.actor, joined.system)
    endpoints.set_endpoint(joined.actor, joined.system, url=BEFORE)
    assert not breaker.is_open(endpoints.breaker_of(joined.system), timezone.now())
    assert states() == ["failed"]


def test_of_another_system_nothing_is_hurried(scene: Scene, joined: Joined, join: Join) -> None:
    later = forwarded_and_waiting(scene, joined)
    other = join(name="Another")
    endpoints.set_endpoint(other.actor, other.system, url="https://other.example.org/")
    assert Delivery.objects.get().next_at == later


def test_what_is_under_way_is_not_sent_twice_at_once(scene: Scene, listening: Joined) -> None:
    Play(scene).forward()
    follow()
    now = timezone.now()
    assert len(queue.claim(listening.system, 5, now)) == 1
    endpoints.set_endpoint(listening.actor, listening.system, url=BEFORE)
    assert queue.claim(listening.system, 5, now) == []


@pytest.mark.parametrize("status", [410, 500])
def test_a_call_that_fails_where_the_system_was_called_before_says_nothing_of_the_new_address(
    scene: Scene, listening: Joined, server: Receiver, status: int
) -> None:
    Play(scene).forward()
    follow()
    run, lane = sending._Run(5), sending._lane(Endpoint.objects.get())
    assert lane is not None
    [(sent, _call)] = sending._claim(lane, 1)
    Delivery.objects.update(tries=10)
    sent.row.tries = 10
    endpoints.set_endpoint(listening.actor, listening.system, url=server.url + "elsewhere/")
    assert run._note(sent, calling.Outcome(f"http_{status}", 3)) is False
    assert Endpoint.objects.get().off_at is None
    assert not Provider.objects.filter(failures__gt=0).exists()
    assert deliver() == 1
    assert (states(), Delivery.objects.get().tries) == (["sent"], 1)


def test_the_address_before_is_not_taken_for_the_one_set_since(joined: Joined) -> None:
    old = endpoints.set_endpoint(joined.actor, joined.system, url=BEFORE).endpoint
    endpoints.set_endpoint(joined.actor, joined.system, url="https://grid.example.org/after")
    assert not endpoints.turn_off(old, endpoints.GONE, timezone.now())
    assert Endpoint.objects.get().off_at is None


def test_a_head_who_sets_it_on_the_page_sends_what_waits(
    scene: Scene, joined: Joined, server: Receiver
) -> None:
    forwarded_and_waiting(scene, joined)
    browser = Client()
    browser.force_login(scene.cast.focal)
    path = f"/en/office/systems/{joined.system.pk}/address/"
    assert browser.post(path, {"do": "set", "url": server.url}).status_code == 302
    row = Delivery.objects.get()
    assert row.next_at is not None
    assert row.next_at <= timezone.now()
