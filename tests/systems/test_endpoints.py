"""Where a system is called: what may be set, by whom, and what is kept of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from agencies.models import RegistryChange
from complaints.errors import Invalid
from complaints.services import rotation
from systems.models import Delivery, Endpoint
from systems.out import endpoints
from systems.out.refusals import NoEndpoint, NoSuchEndpoint
from systems.services import joining
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.systems.conftest import Joined
from tests.systems.hearing import follow
from tests.systems.receiving import Receiver, receiver

AsSystem = Callable[..., APIClient]
URL = "https://grid.example.org/hook?token=abc"
ADDRESS = "/api/v1/system/endpoint/"


@pytest.fixture(autouse=True)
def _already_followed(scene: Scene) -> None:
    follow()


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.mark.parametrize(
    "url",
    [
        "http://grid.example.org/",
        "ftp://grid.example.org/",
        "grid.example.org",
        "https://",
        "https://user:word@grid.example.org/",
        "https://grid.example.org\\@127.0.0.1/",
        "https://grid.example.org/#part",
        "https://grid.example.org/two words",
        "https://grid.example.org/\nx",
        "https://বিদ্যুৎ.example.org/",
        "https://grid.example.org:99999/",
        "https://[::1/",
        "https://" + "x" * 500,
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://169.254.169.254/latest/",
        "https://localhost/",
        "https://intranet/",
        "https://grid.internal/",
    ],
)
def test_an_address_that_may_not_be_called_is_refused(url: str, settings: Any) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False
    with pytest.raises(Invalid) as refused:
        endpoints.checked(url)
    assert refused.value.fields["url"]


def test_in_a_demonstration_it_may_be_this_machine(settings: Any) -> None:
    settings.WEBHOOKS_TO_PRIVATE = True
    assert endpoints.checked(" http://127.0.0.1:8000/x ") == "http://127.0.0.1:8000/x"


def test_a_system_sets_its_address_and_sees_the_secret_once(
    joined: Joined, as_system: AsSystem
) -> None:
    client = as_system()
    first = client.put(ADDRESS, {"url": URL})
    assert first.status_code == 201
    assert first.json()["secret"].startswith("whsec_")
    assert first["Cache-Control"] == "no-store"
    again = client.put(ADDRESS, {"url": URL})
    assert (again.status_code, again.json()["secret"]) == (200, "")
    shown = client.get(ADDRESS)
    assert shown.json() == {
        "url": URL,
        "set_at": "2026-11-22T10:00:00+06:00",
        "off_at": None,
        "off_because": "",
    }
    assert first.json()["secret"] not in shown.content.decode()


def test_where_none_is_set_there_is_none(as_system: AsSystem) -> None:
    answer = as_system().get(ADDRESS)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_endpoint")
    assert as_system().delete(ADDRESS).status_code == 204
    test = as_system().post(f"{ADDRESS}test/")
    assert (test.status_code, test.json()["code"]) == (409, "no_endpoint")


def test_a_refused_address_changes_nothing(as_system: AsSystem) -> None:
    client = as_system()
    client.put(ADDRESS, {"url": URL})
    answer = client.put(ADDRESS, {"url": "https://user@grid.example.org/"})
    assert answer.status_code == 422
    assert answer.json()["errors"]["url"]
    assert client.get(ADDRESS).json()["url"] == URL


def test_a_new_secret_leaves_the_one_before_for_a_day(joined: Joined) -> None:
    first = endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    second = endpoints.set_endpoint(joined.actor, joined.system, url=URL, new_secret=True)
    kept = second.endpoint
    assert endpoints.secrets_of(kept, SUNDAY) == [second.secret, first.secret]
    assert endpoints.secrets_of(kept, SUNDAY + endpoints.OVERLAP) == [second.secret]


def test_whoever_lost_the_answer_asks_again_and_the_secret_in_use_still_signs(
    joined: Joined,
) -> None:
    in_use = endpoints.set_endpoint(joined.actor, joined.system, url=URL).secret
    endpoints.set_endpoint(joined.actor, joined.system, url=URL, new_secret=True)
    last = endpoints.set_endpoint(joined.actor, joined.system, url=URL, new_secret=True)
    assert endpoints.secrets_of(last.endpoint, SUNDAY) == [last.secret, in_use]


def test_a_new_secret_alone_leaves_an_address_off(joined: Joined) -> None:
    endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    endpoints.stop(joined.actor, joined.system)
    done = endpoints.set_endpoint(joined.actor, joined.system, url=None, new_secret=True)
    assert done.secret
    assert done.endpoint.off_because == "stopped"


def test_without_an_address_there_is_no_secret_to_change(joined: Joined) -> None:
    with pytest.raises(NoSuchEndpoint):
        endpoints.set_endpoint(joined.actor, joined.system, url=None, new_secret=True)


def test_what_waits_is_given_up_when_it_is_stopped_and_stays_so_a_second_time(
    scene: Scene, joined: Joined
) -> None:
    endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    Play(scene).forward()
    follow()
    endpoints.stop(joined.actor, joined.system)
    row = Delivery.objects.get()
    assert (row.state, row.error, row.next_at) == ("failed", "off", None)
    endpoints.stop(joined.actor, joined.system)
    assert RegistryChange.objects.filter(table="endpoint").count() == 2


def test_a_system_that_has_ended_gets_no_address(scene: Scene, joined: Joined) -> None:
    actor = joined.actor
    joining.end(scene.actor(scene.cast.registrar), joined.system)
    with pytest.raises(NoEndpoint):
        endpoints.set_endpoint(actor, joined.system, url=URL)


def test_the_registry_keeps_who_changed_it_without_what_may_be_secret(joined: Joined) -> None:
    done = endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    change = RegistryChange.objects.get(table="endpoint")
    assert change.user_id == joined.system.user_id
    assert change.after["url"] == "https://grid.example.org/hook?…"
    assert "abc" not in str(change.after)
    assert done.secret not in str(change.after)


def test_its_secrets_are_sealed_anew_with_the_other_sealed_columns() -> None:
    names = {column.name for column in rotation.columns()}
    assert {"systems.endpoint.sealed_secret", "systems.endpoint.sealed_previous"} <= names


def test_a_test_event_says_how_it_ended(
    joined: Joined, as_system: AsSystem, server: Receiver, clock: Any
) -> None:
    client = as_system()
    server.secret = client.put(ADDRESS, {"url": server.url}).json()["secret"]
    answer = client.post(f"{ADDRESS}test/")
    assert answer.status_code == 200
    assert (answer.json()["well"], answer.json()["error"]) == (True, "")
    (call,) = server.calls
    assert call.told["type"] == "test"
    assert client.post(f"{ADDRESS}test/").status_code == 429


def test_a_test_that_fails_says_why(as_system: AsSystem, server: Receiver) -> None:
    client = as_system()
    client.put(ADDRESS, {"url": server.url})
    server.secret = "whsec_c29tZXRoaW5nIGVsc2U="
    answer = client.post(f"{ADDRESS}test/").json()
    assert (answer["well"], answer["error"]) == (False, "http_401")
    assert not Delivery.objects.exists()


def test_deliveries_are_listed_and_sent_again_by_the_system(
    scene: Scene, joined: Joined, as_system: AsSystem
) -> None:
    client = as_system()
    client.put(ADDRESS, {"url": URL})
    play = Play(scene).forward().accept()
    follow()
    Delivery.objects.filter(event__move="forward").update(
        state="failed",
        error="http_500",
        next_at=None,
        tries=10,
        history=[["2026-11-22T04:00:00+00:00", "http_500", 12]],
    )
    rows = client.get("/api/v1/system/deliveries/", {"state": "failed"}).json()
    assert rows["next"] == 0
    (row,) = rows["deliveries"]
    assert (row["case"], row["type"], row["tries"]) == (play.number, "case.forward", 10)
    assert row["history"][0]["error"] == "http_500"
    again = client.post(f"/api/v1/system/deliveries/{row['seq']}/resend/")
    assert (again.status_code, again.json()) == (200, {"again": 1})
    assert client.post(f"/api/v1/system/deliveries/{row['seq']}/resend/").json() == {"again": 0}
    assert client.post("/api/v1/system/deliveries/resend/").json() == {"again": 0}
    assert Delivery.objects.get(event__move="forward").tries == 0


def test_a_long_list_goes_on_with_the_number_it_gives(
    scene: Scene, joined: Joined, as_system: AsSystem, monkeypatch: Any
) -> None:
    play = Play(scene).forward()
    for _note in range(52):
        play.note(by="focal")
    follow()
    first = as_system().get("/api/v1/system/deliveries/").json()
    rest = as_system().get("/api/v1/system/deliveries/", {"before": first["next"]}).json()
    seqs = [row["seq"] for row in [*first["deliveries"], *rest["deliveries"]]]
    assert len(first["deliveries"]) == 50
    assert (len(seqs), rest["next"]) == (53, 0)
    assert seqs == sorted(seqs, reverse=True)


@pytest.mark.parametrize("seq", [0, 999, 2**63, 2**80])
def test_a_delivery_that_there_is_not_is_not_sent(as_system: AsSystem, seq: int) -> None:
    answer = as_system().post(f"/api/v1/system/deliveries/{seq}/resend/")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_delivery")


def test_an_address_set_while_another_one_was_off_is_called(joined: Joined) -> None:
    endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    endpoints.turn_off(Endpoint.objects.get(), "failing", SUNDAY + timedelta(days=9))
    done = endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    assert (done.endpoint.off_at, done.endpoint.off_because, done.secret) == (None, "", "")


def test_the_addresses_are_where_the_interface_says() -> None:
    assert reverse("api-events") == "/api/v1/events/"
    assert reverse("api-system-endpoint") == ADDRESS


def test_a_test_without_the_key_of_the_secret_is_refused_and_says_so(
    as_system: AsSystem, server: Receiver, settings: Any
) -> None:
    client = as_system()
    client.put(ADDRESS, {"url": server.url})
    settings.CONTACT_KEYS = ["b3RoZXItZmVybmV0LWtleS0zMi1ieXRlcy1sb25nISE="]
    answer = client.post(f"{ADDRESS}test/")
    assert (answer.status_code, answer.json()["code"]) == (409, "secret_unread")
    assert "Make a new one" in answer.json()["title"]
    assert server.calls == []
