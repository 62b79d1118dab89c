"""Webhooks that are not sent: private addresses, what may not be known by now, lost scopes and keys."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.roles import Role
from complaints.models import Respondent
from complaints.services import sealing
from systems.models import Delivery, Endpoint
from systems.out import calling, endpoints, sending
from systems.scopes import Scope
from systems.services import joining
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.systems.conftest import Joined
from tests.systems.hearing import follow, told
from tests.systems.receiving import Receiver
from tests.systems.test_sending import (
    Clock,
    _already_followed,
    called,
    deliver,
    listening,
    server,
    states,
)

__all__ = ["_already_followed", "listening", "server"]


def test_a_private_address_is_not_called(
    scene: Scene, listening: Joined, server: Receiver, settings: Any
) -> None:
    port = server.url.split(":")[2].split("/")[0]
    settings.WEBHOOKS_TO_PRIVATE = False
    for host, kind in (("localhost", "private_address"), ("127.0.0.1", "private_address")):
        outcome = calling.call(
            calling.new_session(),
            calling.Call(f"https://{host}:{port}/", [server.secret], "evt_1", "{}"),
        )
        assert outcome.kind == kind
    plain = calling.Call(server.url, [server.secret], "evt_1", "{}")
    assert calling.call(calling.new_session(), plain).kind == "bad_address"
    assert server.calls == server.forged == []


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:9/", "unreachable"),
        ("https://{server}/", "tls"),
        ("http://[::1/", "bad_address"),
        ("http://no-such-host.invalid/", "unreachable"),
    ],
)
def test_each_way_to_fail_has_its_name(server: Receiver, url: str, kind: str) -> None:
    host = server.url.split("/")[2]
    call = calling.Call(url.format(server=host), ["whsec_c2VjcmV0"], "evt_1", "{}")
    assert calling.call(calling.new_session(), call).kind == kind


def test_of_a_long_answer_the_rest_is_left(server: Receiver, joined: Joined) -> None:
    called(joined, server)
    server.headers = {"x-words": "x" * 1000}
    server.answers = lambda _call: 200
    assert sending.send_test(joined.system).is_well


def test_what_the_system_may_not_know_by_now_is_not_sent(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    barred, other = Play(scene).forward(), Play(scene).forward()
    follow()
    barred.about(office_id=scene.cast.department.pk, role=Role.HEAD)
    assert sending.send_due() == 1
    assert {call.event["case"] for call in server.calls} == {other.number}
    assert Delivery.objects.filter(state="feed").count() == 1
    Respondent.objects.update(ended_at=SUNDAY)
    assert len(told(listening.system, listening.actor)) == 2


def test_a_system_that_lost_the_scope_is_not_called_until_it_has_it_again(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    Play(scene).forward()
    follow()
    registrar, system = scene.actor(scene.cast.registrar), listening.system
    for scopes, arrived in (([Scope.READ], 0), (Scope.values, 1)):
        joining.change(registrar, system, name=system.name, scopes=scopes)
        assert sending.send_due() == arrived


def test_a_system_that_has_ended_is_called_no_more(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    Play(scene).forward()
    follow()
    joining.end(scene.actor(scene.cast.registrar), listening.system)
    assert sending.send_due() == 0
    assert server.calls == []


def test_without_the_key_of_its_secret_nothing_is_sent_and_nothing_counted(
    scene: Scene, listening: Joined, server: Receiver, settings: Any
) -> None:
    Play(scene).forward()
    follow()
    keys = settings.CONTACT_KEYS
    settings.CONTACT_KEYS = ["b3RoZXItZmVybmV0LWtleS0zMi1ieXRlcy1sb25nISE="]
    assert sending.send_due() == 0
    settings.CONTACT_KEYS = keys
    assert sending.send_due() == 1
    assert Delivery.objects.get().tries == 1


def test_both_secrets_sign_for_a_day_after_a_change(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock
) -> None:
    old = server.secret
    new = endpoints.set_endpoint(listening.actor, listening.system, url=None, new_secret=True)
    assert new.secret not in ("", old)
    for secret in (old, new.secret):
        server.secret = secret
        Play(scene).forward()
        assert deliver() == 1
    clock.shift(endpoints.OVERLAP)
    server.secret = old
    Play(scene).forward()
    assert deliver() == 0
    assert len(server.forged) == 1


def test_a_week_of_waiting_events_is_sent_once_the_server_is_back(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock
) -> None:
    plays = [Play(scene).forward() for _case in range(3)]
    server.answers = lambda _call: 503
    for _day in range(2):
        for play in plays:
            play.note(by="focal")
        deliver()
        clock.shift(timedelta(days=1))
    server.answers = lambda _call: 204
    server.calls.clear()
    for _run in range(3):
        clock.shift(timedelta(minutes=11))
        deliver()
    for play in plays:
        assert server.of_case(play.number) == ["forward", "note", "note"]
    assert set(states()) == {Delivery.State.SENT}


def test_the_secret_lies_sealed(listening: Joined, server: Receiver) -> None:
    kept = bytes(Endpoint.objects.get().sealed_secret)
    assert server.secret.encode() not in kept
    assert sealing.unseal(kept) == {"secret": server.secret}
