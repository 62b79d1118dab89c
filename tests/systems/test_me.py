"""A system asks who it is."""

from datetime import timedelta
from typing import Any

from systems.models import Endpoint, Followed
from systems.services import joining
from tests.complaints.conftest import SUNDAY, Scene
from tests.systems.conftest import Join, Joined

ME = "/api/v1/system/"


def test_a_system_learns_who_it_is(joined: Joined) -> None:
    body = joined.client().get(ME)
    assert body["Cache-Control"] == "no-store"
    assert body.json() == {
        "client_id": joined.system.client_id,
        "name": "Grid Works",
        "office": {"code": "grid", "names": {"en": "Grid Department"}},
        "scopes": ["cases:read", "cases:file", "cases:move", "events:read"],
        "networks": [],
        "secret_made_at": "2026-11-22T10:00:00+06:00",
        "previous_secret_until": None,
        "sandbox": False,
        "head": 0,
        "webhook": None,
    }


def test_its_scopes_are_those_of_the_token(joined: Joined) -> None:
    client = joined.client(token=joined.token(scope="cases:move"))
    assert client.get(ME).json()["scopes"] == ["cases:move"]


def test_it_learns_its_webhook_the_head_of_its_feed_and_until_when_the_old_secret_works(
    scene: Scene, joined: Joined, settings: Any
) -> None:
    settings.SANDBOX = True
    Followed.objects.update_or_create(defaults={"log_seq": 41})
    Endpoint.objects.create(
        system=joined.system,
        url="https://grid.example/hook",
        sealed_secret=b"sealed",
        set_at=SUNDAY,
        off_at=SUNDAY + timedelta(hours=1),
        off_because="gone",
    )
    joining.rotate_secret(scene.actor(scene.cast.registrar), joined.system, days=2)
    body = joined.client().get(ME).json()
    assert (body["head"], body["sandbox"]) == (41, True)
    assert body["webhook"] == {
        "url": "https://grid.example/hook",
        "off_at": "2026-11-22T11:00:00+06:00",
        "off_because": "gone",
    }
    assert body["previous_secret_until"] == "2026-11-24T10:00:00+06:00"


def test_one_system_learns_nothing_of_another(join: Join) -> None:
    one, other = join(), join(name="Meters")
    assert one.client().get(ME).json()["client_id"] == one.system.client_id
    assert other.client().get(ME).json()["name"] == "Meters"
