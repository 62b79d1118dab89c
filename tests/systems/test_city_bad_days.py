"""Cities that fail in every way: each is its own, nothing waits for it without an end, nothing is lost."""

import gzip
import itertools
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from time_machine import Traveller as Clock

from complaints import moment
from systems.cities import asking, linking, queue, reading, sending, taking
from systems.models import City, Forwarding, Reference
from tests.channels.imap import certificate
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.city import Answer, Asked, TheCity, a_city, failing, says
from tests.systems.handing_over import TEXT, Linked, at, words_of

SENT, WAITING = Forwarding.State.SENT, Forwarding.State.WAITING


class Mistake(Exception):
    """Something that nobody thought of."""


@pytest.fixture
def other(scene: Scene) -> Iterator[TheCity]:
    """A second city, of the ministry."""
    with a_city() as running:
        yield running


@pytest.fixture
def both(linked: Linked, other: TheCity, scene: Scene) -> tuple[Linked, Linked]:
    """Two cities, the second of another office."""
    return linked, Linked(scene, other, name="Tongi City", office=scene.cast.rival_ministry)


def breaks(of: Linked, what: Callable[..., Any], error: type[BaseException] = Mistake) -> Any:
    """The same function, that breaks for one city."""

    def broken(first: Any, *rest: Any) -> Any:
        city = first if isinstance(first, City) else first.city
        if city.pk == of.city.pk:
            raise error
        return what(first, *rest)

    return broken


# --- One city is not another ------------------------------------------------------------------


def test_a_city_that_breaks_the_reading_does_not_keep_others_from_being_read(
    both: tuple[Linked, Linked], other: TheCity, scene: Scene, clock: Clock, monkeypatch: Any
) -> None:
    first, second = both
    Play(scene, text=TEXT).forward()
    play = Play(scene, text=TEXT).forward(to=scene.cast.rival_ministry)
    assert first.send() == 2
    other.updated("u1", "OPEN", "We have seen it.", at(5))
    clock.shift(timedelta(minutes=31))
    monkeypatch.setattr(reading, "_read_updates", breaks(first, reading._read_updates))
    assert first.read() == 1
    assert words_of(play, "message") == ["Tongi City writes: We have seen it."]
    assert (first.city.error, second.city.error) == ("fault", "")


def test_a_city_that_breaks_the_sending_does_not_keep_others_from_being_served(
    both: tuple[Linked, Linked], server: TheCity, other: TheCity, scene: Scene, monkeypatch: Any
) -> None:
    first, _second = both
    Play(scene, text=TEXT).forward()
    Play(scene, text=TEXT).forward(to=scene.cast.rival_ministry)
    monkeypatch.setattr(queue, "find", breaks(first, queue.find))
    assert first.send() == 1
    assert (len(server.requests), len(other.requests)) == (0, 1)
    assert first.city.error == "fault"


def test_a_case_that_breaks_the_sending_does_not_keep_the_next_one_waiting(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, monkeypatch: Any
) -> None:
    bad, good = (Play(scene, text=TEXT).forward() for _case in range(2))
    original = sending.what_leaves

    def broken(city: City, case: Any) -> Any:
        if case.number == bad.number:
            raise Mistake
        return original(city, case)

    monkeypatch.setattr(sending, "what_leaves", broken)
    assert linked.send() == 1
    rows = dict(Forwarding.objects.values_list("case__number", "state"))
    assert rows == {bad.number: WAITING, good.number: SENT}
    waits = []
    for _try in range(4):
        row = Forwarding.objects.get(case=bad.case)
        assert row.error == "fault"
        assert row.next_at is not None
        waits.append(row.next_at - moment.now())
        clock.move_to(row.next_at)
        linked.send()
    assert waits == sorted(set(waits))
    for _try in range(sending.GIVEN_UP):
        clock.shift(timedelta(hours=7))
        linked.send()
    row = Forwarding.objects.get(case=bad.case)
    assert (row.state, row.error) == (Forwarding.State.REFUSED, "fault")
    assert words_of(bad, "note") == [
        "This case could not be handed to Kaliakair City. It is worked on here."
    ]
    assert bad.told("city_news") == {"grid"}
    assert len(server.filed) == 1


def test_what_broke_after_it_had_left_is_looked_for_and_not_sent_twice(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, monkeypatch: Any
) -> None:
    Play(scene, text=TEXT).forward()
    with monkeypatch.context() as patch:
        patch.setattr(sending, "take", breaks(linked, sending.take))
        assert linked.send() == 0
    assert linked.row.error == "unsure:fault"
    clock.shift(timedelta(minutes=6))
    assert linked.send() == 1
    assert len(server.filed) == 1


def test_a_request_that_breaks_the_taking_does_not_hide_the_others(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, monkeypatch: Any
) -> None:
    bad, good = (linked.handed() for _case in range(2))
    server.updated("u1", "OPEN", "Of the first.", at(5), of=0)
    server.updated("u2", "OPEN", "Of the second.", at(6), of=1)
    original = taking.take

    def broken(city: City, case_id: int, told: Any) -> bool:
        if case_id == bad.case.pk and told.key:
            raise Mistake
        return original(city, case_id, told)

    monkeypatch.setattr(reading, "take", broken)
    clock.shift(timedelta(minutes=31))
    assert linked.read() >= 1
    assert words_of(good, "message") == ["Kaliakair City writes: Of the second."]
    assert linked.city.error == "fault"


def test_the_end_of_a_worker_s_time_is_no_fault_of_a_city(
    linked: Linked, scene: Scene, clock: Clock, monkeypatch: Any
) -> None:
    linked.handed()
    clock.shift(timedelta(minutes=31))
    over = breaks(linked, reading._read_updates, SoftTimeLimitExceeded)
    monkeypatch.setattr(reading, "_read_updates", over)
    with pytest.raises(SoftTimeLimitExceeded):
        linked.read()
    assert linked.city.error == ""


def test_a_city_that_goes_on_failing_is_asked_less_and_less_and_soon_again_once_it_answers(
    linked: Linked, server: TheCity, clock: Clock
) -> None:
    linked.handed()
    server.instead = lambda asked: None if "POST" in asked.what else says(500)
    waits = []
    for _try in range(8):
        asked = len(server.asked)
        clock.shift(timedelta(hours=3))
        now = moment.now()
        linked.read()
        assert len(server.asked) > asked
        assert linked.city.next_read_at is not None
        waits.append(linked.city.next_read_at - now)
        clock.shift(timedelta(minutes=1))
        asked = len(server.asked)
        linked.read()
        assert len(server.asked) == asked
    assert waits[:3] == [timedelta(minutes=minutes) for minutes in (5, 10, 20)]
    assert waits[-1] == reading.LONGEST_WAIT
    server.instead = failing()
    clock.shift(timedelta(hours=3))
    linked.read()
    assert linked.city.error == ""
    now = moment.now()
    assert linked.city.next_read_at == now + reading.EVERY


def test_a_city_has_its_share_of_a_run_and_no_more(
    both: tuple[Linked, Linked], server: TheCity, other: TheCity, scene: Scene, monkeypatch: Any
) -> None:
    first, _second = both
    monkeypatch.setattr(sending, "SHARE", 0.8)

    def slow(asked: Asked) -> None:
        if "POST" in asked.what:
            time.sleep(1)

    server.instead = slow
    for _case in range(3):
        Play(scene, text=TEXT).forward()
    Play(scene, text=TEXT).forward(to=scene.cast.rival_ministry)
    assert first.send() == 2
    assert (len(server.requests), len(other.requests)) == (1, 1)


# --- What answers -----------------------------------------------------------------------------


def drip(piece: bytes, pause: float) -> Iterator[bytes]:
    """A body that has no end."""
    for _piece in itertools.repeat(None):
        yield piece
        time.sleep(pause)


@pytest.mark.parametrize("headers", [{}, {"transfer-encoding": "chunked"}])
def test_a_body_that_drips_is_hung_up_on(
    linked: Linked, server: TheCity, monkeypatch: Any, headers: dict[str, str]
) -> None:
    monkeypatch.setattr(asking, "LONGEST", 0.5)
    # Chunked it is a length that never ends: one digit after the other.
    server.instead = lambda _asked: (200, drip(b"0", 0.02), headers)
    began = time.monotonic()
    with pytest.raises(asking.CannotAsk, match="timeout") as caught:
        linking.ask_now(linked.city)
    assert time.monotonic() - began < 5
    assert caught.value.may_have_arrived


def test_a_body_without_an_end_is_hung_up_on(linked: Linked, server: TheCity) -> None:
    server.instead = lambda _asked: (200, drip(b" " * 1_000_000, 0), {})
    with pytest.raises(asking.CannotAsk, match="too_large"):
        linking.ask_now(linked.city)


def test_a_document_of_xml_is_kept_shorter_since_it_grows_when_it_is_read(
    linked: Linked, server: TheCity
) -> None:
    server.forms = ("xml",)
    server.instead = lambda asked: (
        says(404) if asked.form == "json" else says(200, b"<services>" + b" " * 3_000_000)
    )
    with pytest.raises(asking.CannotAsk, match="too_large"):
        linking.ask_now(linked.city)


def test_what_is_packed_is_unpacked_as_far_as_it_may_be_long(
    linked: Linked, server: TheCity
) -> None:
    rows = b'[{"service_code": "roads"}]'
    server.instead = lambda _asked: says(200, gzip.compress(rows), content_encoding="gzip")
    assert [service.code for service in linking.ask_now(linked.city)] == ["roads"]
    bomb = gzip.compress(b" " * 50_000_000)
    server.instead = lambda _asked: says(200, bomb, content_encoding="gzip")
    with pytest.raises(asking.CannotAsk, match="too_large"):
        linking.ask_now(linked.city)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_nowhere(linked: Linked, server: TheCity, status: int) -> None:
    with a_city() as elsewhere:
        server.instead = lambda _asked: says(status, location=f"{elsewhere.url}services.json")
        with pytest.raises(asking.CannotAsk, match=f"http_{status}"):
            linking.ask_now(linked.city)
        assert elsewhere.asked == []


@pytest.mark.parametrize("status", [302, 303])
def test_a_redirect_after_a_request_may_lead_to_what_was_made_of_it(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, status: int
) -> None:
    def takes(asked: Asked) -> Answer | None:
        if asked.what != "POST requests":
            return None
        server._take(asked.given)
        return says(status, location="/open311/requests/C-1.json")

    server.instead = takes
    Play(scene, text=TEXT).forward()
    assert linked.send() == 0
    assert linked.row.error == f"unsure:http_{status}"
    clock.shift(timedelta(minutes=6))
    assert linked.send() == 1
    assert len(server.filed) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(scene: Scene, tmp_path: Path) -> None:
    with a_city(certificate(tmp_path)) as server:
        linked = Linked(scene, server)
        Play(scene, text=TEXT).forward()
        linked.send()
        assert server.asked == []
        assert (linked.row.state, linked.row.error) == (WAITING, "tls")
        assert linked.city.error == "tls"


@pytest.mark.parametrize(
    "answer",
    [
        says(200, b""),
        says(204, b""),
        says(200, b"null"),
        says(200, b"7"),
        says(200, b"\xff\xfe\xfd"),
        says(200, b"<html>", content_type="text/html"),
        says(200, b"%PDF-1.7", content_type="application/pdf"),
    ],
)
def test_what_is_no_document_of_open311_is_told_as_that(
    linked: Linked, server: TheCity, answer: Any
) -> None:
    server.instead = lambda _asked: answer
    with pytest.raises(asking.CannotAsk, match="bad_answer"):
        linking.ask_now(linked.city)


def test_letters_that_are_no_letters_do_not_stop_the_reading(
    linked: Linked, server: TheCity, clock: Clock
) -> None:
    play = linked.handed()
    rows = (
        b'[{"update_id": "u1", "service_request_id": "C-1", "status": "OPEN", "updated_datetime": "%s",'
        b' "description": "Caf\xe9 \\ud83d is open."}]' % at(5).encode()
    )
    server.instead = lambda asked: says(200, rows) if "updates" in asked.what else None
    clock.shift(timedelta(minutes=31))
    assert linked.read() == 1
    assert words_of(play, "message") == ["Kaliakair City writes: Caf� ? is open."]


@pytest.mark.parametrize("by_token", [True, False])
def test_an_id_that_is_no_id_is_not_kept(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, by_token: bool
) -> None:
    long = "7" * 201
    if by_token:
        server.gives_tokens = True
    else:
        server.instead = failing(says(500))
    play = Play(scene, text=TEXT).forward()
    linked.send()
    if by_token:
        server.tokens["tC-1"] = long
    else:
        server._take({"description": f"[{play.number}]", "service_code": "roads"})
        server.requests[0]["service_request_id"] = long
    clock.shift(timedelta(minutes=6))
    assert linked.send() == 0
    assert linked.row.state == WAITING
    assert linked.city.error == ""
    assert not Reference.objects.exists()


def test_a_date_far_ahead_does_not_make_all_later_news_old(
    linked: Linked, server: TheCity, clock: Clock
) -> None:
    linked.handed()
    server.sets("planned", "", "9999-12-31T23:59:59Z")
    clock.shift(timedelta(minutes=31))
    linked.read()
    assert linked.row.status == "planned"
    server.sets("started", "", at(40))
    clock.shift(timedelta(minutes=31))
    linked.read()
    assert linked.row.status == "started"
