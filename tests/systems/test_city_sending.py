"""Cases handed to a city that speaks Open311: each once, with what may leave, whatever the city does."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.roles import Role
from agencies.models import RegistryChange
from systems.cities import asking, linking, sending
from systems.cities.leaving import marks_of
from systems.models import Forwarding
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.city import Asked, TheCity, failing, says
from tests.systems.handing_over import KEY, TEXT, Linked, words_of

Clock = time_machine.Traveller
OVER, REFUSED = Forwarding.State.OVER, Forwarding.State.REFUSED
SENT, WAITING = Forwarding.State.SENT, Forwarding.State.WAITING


def test_a_case_that_comes_to_the_office_is_handed_over_and_accepted(
    linked: Linked, server: TheCity
) -> None:
    play = linked.handed()
    [form] = server.filed
    assert form["service_code"] == "roads"
    assert form["jurisdiction_id"] == "kaliakair"
    assert form["api_key"] == KEY
    assert f"[{play.number}]" in form["description"]
    assert linked.row.state == SENT
    assert linked.reference.external_id == "C-1"
    assert linked.reference.source == linking.source_of(linked.city)
    assert play.state == "in_progress"
    assert play.case.assigned == linked.system.user
    assert play.last.channel == "open311"
    assert "accepted" in play.heard()
    assert linked.send() == 0
    assert len(server.filed) == 1


def test_no_name_number_contact_or_secret_leaves(linked: Linked, server: TheCity) -> None:
    play = linked.handed(place_note="Beside the blue door of Rahima Khatun, 01712345678")
    sent = str(server.filed) + str([asked.headers for asked in server.asked])
    for secret in (
        "Rahima",
        "01712345678",
        "rahima@",
        play.receipt.secret,
        play.receipt.withdrawal_secret,
    ):
        assert secret not in sent
    assert "shows a wrong number" in sent


def test_to_a_city_that_publishes_only_what_the_desk_released_leaves(
    scene: Scene, server: TheCity
) -> None:
    linked = Linked(scene, server, publishes=True)
    where: dict[str, Any] = {
        "latitude": 24.07581,
        "longitude": 90.21842,
        "place_note": "The blue door",
    }
    Play(scene, text=TEXT, publish_consent=True, **where).forward()
    Play(scene, text=TEXT, publish_consent=True).publish().forward()
    assert linked.send() == 2
    unreleased, released = server.filed
    assert "meter" not in str(unreleased)
    numbers = list(Forwarding.objects.order_by("id").values_list("case__number", flat=True))
    assert not any(number in str(unreleased) for number in numbers)
    assert re.search(r"\[([A-Z2-7]{4}-){3}[A-Z2-7]{4}\]", unreleased["description"])
    assert f"[{numbers[1]}]" in released["description"]
    assert "blue door" not in str(unreleased)
    assert (unreleased["lat"], unreleased["long"]) == ("24.080000", "90.220000")
    assert "A meter shows a wrong number." in released["description"]


def test_a_case_whose_number_is_not_told_is_found_again_also_with_another_key_and_published(
    scene: Scene, server: TheCity, clock: Clock, settings: Any
) -> None:
    linked = Linked(scene, server, publishes=True)

    def takes_and_breaks(asked: Any) -> Any:
        if asked.what != "POST requests":
            return None
        server._take(asked.given)
        return says(500)

    server.instead = takes_and_breaks
    play = Play(scene, text=TEXT, publish_consent=True).forward()
    linked.send()
    assert play.number not in server.requests[0]["description"]
    settings.TRACKING_KEYS = ["another-key-of-at-least-32-bytes-length", *settings.TRACKING_KEYS]
    play.publish()
    clock.shift(timedelta(minutes=6))
    assert linked.send() == 1
    assert linked.row.state == SENT
    assert len(server.filed) == 1


def test_a_mark_is_of_one_case_and_one_key(scene: Scene, settings: Any) -> None:
    first, second = marks_of("4821-9530-7716-K"), marks_of("4821-9530-7716-L")
    assert not set(first) & set(second)
    settings.TRACKING_KEYS = ["another-key-of-at-least-32-bytes-length"]
    assert marks_of("4821-9530-7716-K")[1:] != first[1:]


def test_a_city_that_keeps_things_to_itself_gets_the_point(linked: Linked, server: TheCity) -> None:
    linked.handed(latitude=24.07581, longitude=90.21842, place=linked.scene.cast.upazila.code)
    [form] = server.filed
    assert (form["lat"], form["long"]) == ("24.075810", "90.218420")
    assert form["address_string"] == "Kaliakair, Gazipur, Dhaka"


def test_what_has_to_stay_here_stays(linked: Linked, scene: Scene, server: TheCity) -> None:
    Play(scene, about_official=True).forward()
    about = Play(scene).forward()
    about.about(office_id=scene.cast.rival_ministry.pk, role=Role.HEAD)
    Play(scene).forward(to=scene.cast.rival_ministry)
    Play(scene).forward().pass_down()
    Play(scene).forward().accept()
    Play(scene)
    assert linked.send() == 0
    assert server.asked == []
    assert not Forwarding.objects.exists()


def test_only_subjects_that_have_a_service_go_and_one_above_counts_for_those_below(
    linked: Linked, scene: Scene, server: TheCity
) -> None:
    parent = scene.cast.billing.parent
    assert parent is not None
    linking.set_services(linked.registrar, linked.system, {parent.code: "lights"})
    Play(scene, category=scene.cast.billing.code).forward()
    Play(scene, category="roads").forward()
    assert linked.send() == 1
    assert server.filed[0]["service_code"] == "lights"


def test_a_case_passed_down_to_the_city_s_office_goes_too(scene: Scene, server: TheCity) -> None:
    linked = Linked(scene, server)
    ministry = Play(scene).forward(to=scene.cast.ministry)
    ministry.pass_down(to=scene.cast.department, by="ministry_focal")
    assert linked.send() == 1


def test_a_city_without_json_is_asked_for_xml(linked: Linked, server: TheCity) -> None:
    server.forms = ("xml",)
    linked.handed()
    assert [asked.form for asked in server.of("POST requests")] == ["json", "xml"]
    assert len(server.requests) == 1
    linked.handed()
    assert [asked.form for asked in server.of("POST requests")][2:] == ["xml"]


def test_what_the_city_refuses_is_left_to_the_officers_with_its_words(
    linked: Linked, server: TheCity, scene: Scene
) -> None:
    wrong = [{"code": 400, "description": "service_code: not known here"}]
    server.instead = failing(says(400, wrong))
    play = Play(scene).forward()
    assert linked.send() == 0
    assert (linked.row.state, linked.row.error) == (REFUSED, "http_400")
    [note] = words_of(play, "note")
    assert "did not take" in note
    assert "service_code: not known here" in note
    assert play.told("city_news") == {"grid"}
    assert play.state == "forwarded"
    assert "accept" in play.may("focal")
    assert linked.send() == 0
    assert len(server.filed) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says(503), "http_503"),
        (says(403), "http_403"),
        (says(307, location="http://127.0.0.1:9/"), "http_307"),
        (says(429, retry_after="900"), "too_many"),
    ],
)
def test_where_surely_nothing_was_taken_it_is_sent_again_later(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, answer: Any, error: str
) -> None:
    server.instead = failing(answer)
    Play(scene).forward()
    assert linked.send() == 0
    assert (linked.row.state, linked.row.error) == (WAITING, error)
    assert linked.city.error == error
    wait = 900 if error == "too_many" else 60
    clock.shift(timedelta(seconds=wait - 1))
    assert linked.send() == 0
    clock.shift(timedelta(seconds=1))
    assert linked.send() == 1
    assert len(server.requests) == 1
    assert linked.city.error == ""


def test_a_missing_page_is_the_city_s_mistake_and_not_the_case_s(
    linked: Linked, server: TheCity, scene: Scene
) -> None:
    server.forms = ()
    Play(scene).forward()
    linked.send()
    assert (linked.row.state, linked.row.error) == (WAITING, "http_404")


@pytest.mark.parametrize(
    "answer", [says(500), says(504), says(303), says(200), says(200, []), (0, b"", {})]
)
def test_what_may_have_arrived_is_looked_for_and_not_sent_twice(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, answer: Any
) -> None:
    def takes_and_then(asked: Any) -> Any:
        if asked.what != "POST requests":
            return None
        server._take(asked.given)
        return answer

    server.instead = takes_and_then
    play = Play(scene).forward()
    assert linked.send() == 0
    assert linked.row.error.startswith("unsure:")
    clock.shift(timedelta(minutes=5))
    assert linked.send() == 1
    assert len(server.filed) == 1
    assert (linked.row.state, linked.reference.external_id) == (SENT, "C-1")
    assert play.state == "in_progress"


def test_a_worker_killed_while_sending_does_not_file_twice(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock, monkeypatch: Any
) -> None:
    class Killed(BaseException):
        pass

    def die(*_args: Any) -> bool:
        raise Killed

    Play(scene).forward()
    with monkeypatch.context() as patch:
        patch.setattr(sending, "take", die)
        with pytest.raises(Killed):
            linked.send()
    assert (len(server.requests), linked.row.state) == (1, WAITING)
    assert linked.send() == 0
    clock.shift(timedelta(minutes=6))
    assert linked.send() == 1
    assert (len(server.requests), linked.row.state) == (1, SENT)


def test_what_the_city_does_not_list_is_left_to_people_and_sent_again_on_their_word(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock
) -> None:
    server.instead = failing(says(500))
    play = Play(scene).forward()
    linked.send()
    for _look in range(sending.LOOKS + 1):
        clock.shift(timedelta(hours=3))
        linked.send()
    assert (linked.row.state, linked.row.error) == (REFUSED, sending.DOUBTFUL)
    assert len(server.filed) == 1
    [note] = words_of(play, "note")
    assert "not known whether" in note
    focal = scene.actor(scene.cast.focal)
    assert sending.send_again(focal, linked.row, play.last.happened_at)
    assert not sending.send_again(focal, linked.row, play.last.happened_at)
    change = RegistryChange.objects.filter(table="city", row_id=linked.city.pk).latest("pk")
    assert change.user == scene.cast.focal
    assert change.before == {"case": play.number, "state": "refused", "error": "doubtful"}
    assert change.after == {"case": play.number, "state": "waiting", "sent_again": True}
    assert linked.send() == 1
    assert linked.row.state == SENT


def test_a_city_that_answers_nothing_in_time_may_have_it(
    linked: Linked, server: TheCity, scene: Scene, monkeypatch: Any
) -> None:
    gate = threading.Event()
    monkeypatch.setattr("systems.out.calling._PlainConnection.to_answer", 0.3)

    def waits(_asked: Asked) -> None:
        gate.wait(2)

    server.instead = waits
    Play(scene).forward()
    linked.send()
    gate.set()
    assert linked.row.error.startswith("unsure:")


def test_a_case_that_people_took_meanwhile_stays_theirs(
    linked: Linked, scene: Scene, monkeypatch: Any
) -> None:
    play = Play(scene).forward()
    original = asking.Asking.file

    def file(self: asking.Asking, given: Any) -> asking.Filed:
        filed = original(self, given)
        play.accept("focal")
        return filed

    monkeypatch.setattr(asking.Asking, "file", file)
    assert linked.send() == 1
    assert play.case.assigned == scene.cast.focal
    assert linked.reference.external_id == "C-1"


def test_a_case_that_left_before_it_was_sent_is_not_sent(
    linked: Linked, server: TheCity, scene: Scene, clock: Clock
) -> None:
    server.instead = failing(says(503))
    play = Play(scene).forward()
    linked.send()
    play.accept()
    clock.shift(timedelta(hours=1))
    assert linked.send() == 0
    assert len(server.filed) == 1
    assert not Forwarding.objects.exists()
