"""Webhooks as an agency's server receives them: signed, in order within a case, again until they arrive."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from channels.models import Provider
from complaints.models import Notice
from systems.models import Delivery, Endpoint
from systems.out import calling, endpoints, queue, sending
from systems.out.queue import RETRIES
from systems.out.refusals import NoEndpoint
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.systems.conftest import Join, Joined
from tests.systems.hearing import follow, told
from tests.systems.receiving import Received, Receiver, receiver, slowly

Clock = time_machine.Traveller
FAILED, SENT, WAITING = Delivery.State.FAILED, Delivery.State.SENT, Delivery.State.WAITING


@pytest.fixture(autouse=True)
def _already_followed(scene: Scene) -> None:
    follow()


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def called(whose: Joined, server: Receiver) -> Endpoint:
    """The system is called at that server from now on."""
    done = endpoints.set_endpoint(whose.actor, whose.system, url=server.url)
    server.secret = done.secret
    return done.endpoint


@pytest.fixture
def listening(joined: Joined, server: Receiver) -> Joined:
    """The department's system, called at the server."""
    called(joined, server)
    return joined


def answering(*statuses: int) -> Callable[[Received], int]:
    """Answer with these, one after the other; then with 204."""
    left = list(statuses)
    return lambda _call: left.pop(0) if left else 204


def deliver() -> int:
    follow()
    return sending.send_due()


def states() -> list[str]:
    return list(Delivery.objects.order_by("log_seq").values_list("state", flat=True))


def test_what_happens_is_called_signed_and_as_the_feed_has_it(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    play = Play(scene).forward().accept()
    assert deliver() == 2
    assert server.forged == []
    assert server.of_case(play.number) == ["forward", "accept"]
    call = server.calls[0]
    assert call.told["type"] == "case.forward"
    assert call.told["timestamp"] == call.event["happened_at"]
    assert [c.event for c in server.calls] == told(listening.system, listening.actor)
    assert server.ids == [event["id"] for event in told(listening.system, listening.actor)]
    assert states() == [SENT, SENT]
    assert deliver() == 0
    assert len(server.calls) == 2


def test_no_secret_and_no_contact_is_in_a_call(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    play = Play(scene, about_official=True).forward().accept().message()
    deliver()
    sent = "".join(call.body + str(call.headers) for call in server.calls)
    for secret in ("Rahima", "01712345678", "rahima@", play.receipt.secret, listening.secret):
        assert secret not in sent


def test_what_fails_is_tried_again_at_the_times_of_the_standard(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock
) -> None:
    server.answers = lambda _call: 500
    Play(scene).forward()
    deliver()
    waits = []
    for _try in range(len(RETRIES)):
        row = Delivery.objects.get()
        assert row.state == WAITING
        assert row.next_at is not None
        waits.append(row.next_at - timezone.now())
        clock.move_to(row.next_at - timedelta(seconds=1))
        assert sending.send_due() == 0
        Provider.objects.update(open_until=None)
        clock.move_to(row.next_at)
        sending.send_due()
    for wait, least in zip(waits, RETRIES, strict=True):
        assert least <= wait <= least * 1.1
    row = Delivery.objects.get()
    assert (row.state, row.error, row.tries, row.next_at) == (FAILED, "http_500", 10, None)
    assert len(server.calls) == 10
    assert set(server.ids) == {server.ids[0]}
    assert [kind for _at, kind, _ms in row.history] == ["http_500"] * 10
    notice = Notice.objects.get(template="webhook_given_up", office__isnull=False)
    assert notice.values["system"] == "Grid Works"


def test_what_was_given_up_is_still_in_the_feed(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    Play(scene).forward()
    follow()
    Delivery.objects.update(state=FAILED, next_at=None, error="http_500")
    assert len(told(listening.system, listening.actor)) == 1


def test_while_an_earlier_step_of_a_case_waits_the_later_ones_do_and_other_cases_go_on(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock
) -> None:
    stuck = Play(scene).forward().accept().note()
    other = Play(scene).forward().accept()
    refused = {"case": stuck.number, "move": "forward"}
    server.answers = lambda call: 500 if refused.items() <= call.event.items() else 204
    deliver()
    assert server.of_case(stuck.number) == ["forward"]
    assert server.of_case(other.number) == ["forward", "accept"]
    server.answers = lambda _call: 204
    clock.shift(timedelta(seconds=6))
    sending.send_due()
    assert server.of_case(stuck.number) == ["forward", "forward", "accept", "note"]


def test_what_comes_while_a_step_waits_comes_after_it(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock
) -> None:
    server.answers = answering(500)
    play = Play(scene).forward()
    deliver()
    play.accept()
    deliver()
    assert server.of_case(play.number) == ["forward"]
    clock.shift(timedelta(seconds=6))
    deliver()
    assert server.of_case(play.number) == ["forward", "forward", "accept"]


def test_a_worker_killed_between_sending_and_writing_it_down_sends_again_with_the_same_id(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock, monkeypatch: Any
) -> None:
    Play(scene).forward()
    follow()

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(queue, "mark_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            sending.send_due()
    assert sending.send_due() == 0
    clock.shift(queue.LEASE)
    assert sending.send_due() == 1
    assert len(server.ids) == 2
    assert len(set(server.ids)) == 1
    assert Delivery.objects.get().tries == 2


def test_what_one_has_claimed_another_does_not_take(scene: Scene, listening: Joined) -> None:
    play = Play(scene).forward().accept()
    Play(scene).forward()
    follow()
    now = timezone.now()
    first = queue.claim(listening.system, 1, now)
    second = queue.claim(listening.system, 10, now)
    assert len(first) == len(second) == 1
    assert set(first).isdisjoint(second)
    assert Delivery.objects.filter(case=play.case, tries=0).count() == 1


def test_while_a_run_goes_on_a_second_one_leaves(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    Play(scene).forward()
    follow()
    cache.add(sending.RUNNING, "another", timeout=60)
    assert sending.send_due() == 0
    assert cache.get(sending.RUNNING) == "another"
    cache.delete(sending.RUNNING)
    assert sending.send_due() == 1


def test_an_address_that_is_gone_is_called_no_more_and_its_office_hears_of_it(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    server.answers = lambda _call: 410
    play = Play(scene).forward().accept()
    deliver()
    endpoint = Endpoint.objects.get()
    assert (endpoint.off_because, endpoint.off_at) == ("gone", SUNDAY)
    assert states() == [FAILED, FAILED]
    assert len(server.calls) == 1
    people = Notice.objects.filter(template="webhook_off")
    assert {n.user.name if n.user else n.office.code for n in people} == {
        scene.cast.department.code,
        scene.cast.head.name,
    }
    play.note()
    assert deliver() == 0
    assert len(server.calls) == 1
    assert Delivery.objects.latest("log_seq").error == "off"


def test_once_it_is_back_all_that_was_missed_is_sent_again_in_order(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock
) -> None:
    server.answers = answering(410)
    play = Play(scene).forward().accept()
    deliver()
    play.note()
    follow()
    with pytest.raises(NoEndpoint):
        queue.send_again(listening.system, timezone.now())
    endpoints.set_endpoint(listening.actor, listening.system, url=server.url)
    assert queue.send_again(listening.system, timezone.now()) == 3
    assert sending.send_due() == 3
    assert server.of_case(play.number) == ["forward", "forward", "accept", "note"]


def test_a_redirect_is_a_failure_and_is_not_followed(
    scene: Scene, listening: Joined, server: Receiver
) -> None:
    with receiver() as elsewhere:
        server.headers = {"location": elsewhere.url}
        server.answers = lambda _call: 302
        Play(scene).forward()
        deliver()
        assert elsewhere.calls == elsewhere.forged == []
    assert Delivery.objects.get().error == "redirect"


def test_a_slow_server_holds_up_no_other(
    scene: Scene, listening: Joined, server: Receiver, join: Join, monkeypatch: Any
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    server.answers = slowly(4)
    quick = join(scene.cast.ministry, name="Ministry")
    with receiver() as other:
        called(quick, other)
        plays = [Play(scene).forward() for _case in range(6)]
        follow()
        sending.send_due(seconds=2.5)
        assert len(other.calls) == len(plays)
    assert Delivery.objects.filter(system=quick.system, state=SENT).count() == 6
    # What had no turn waits for the next run, and was not tried.
    assert len(server.calls) == 2
    left = Delivery.objects.filter(system=listening.system, state=WAITING)
    assert set(left.values_list("tries", flat=True)) == {0}


def test_who_does_not_answer_in_time_has_failed(
    scene: Scene, listening: Joined, server: Receiver, monkeypatch: Any
) -> None:
    monkeypatch.setattr(calling, "HEAD", 0.3)
    server.answers = slowly(1.0)
    Play(scene).forward()
    deliver()
    assert Delivery.objects.get().error == "timeout"


def test_who_is_not_there_is_left_alone_for_a_while_and_then_tried_once(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock
) -> None:
    # More than can be under way before it is noticed.
    for _case in range(16):
        Play(scene).forward()
    server.answers = lambda _call: 503
    deliver()
    row = Provider.objects.get(pk=sending.breaker_of(listening.system))
    assert row.failures == len(server.calls) < 16
    assert row.open_until is not None
    before = len(server.calls)
    assert sending.send_due() == 0
    assert len(server.calls) == before
    clock.move_to(row.open_until)
    sending.send_due()
    assert len(server.calls) == before + 1
    server.answers = lambda _call: 204
    clock.shift(timedelta(minutes=10))
    assert sending.send_due() == 16
    assert set(states()) == {SENT}


def test_an_address_where_nothing_works_for_days_is_called_no_more(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock
) -> None:
    server.answers = lambda _call: 500
    clock.shift(sending.FAILS_FOR)
    Play(scene).forward()
    deliver()
    assert Endpoint.objects.get().off_at is None
    clock.shift(timedelta(seconds=6))
    sending.send_due()
    assert Endpoint.objects.get().off_because == "failing"
    assert Notice.objects.filter(template="webhook_off").exists()


def test_one_event_that_is_refused_does_not_stop_the_address(
    scene: Scene, listening: Joined, server: Receiver, clock: Clock
) -> None:
    clock.shift(sending.FAILS_FOR * 2)
    Play(scene).forward()
    deliver()
    server.answers = lambda call: 400 if call.event["move"] == "note" else 204
    Play(scene).forward().accept().note()
    deliver()
    assert Endpoint.objects.get().off_at is None
    assert Delivery.objects.get(state=WAITING).error == "http_400"
