"""The simulator is there in a demonstration on this machine, and nowhere else."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from channels.simulator import wire
from channels.simulator.urls import urlpatterns
from grs import env

pytestmark = pytest.mark.django_db
SAMPLES = {
    "channel": "sms",
    "person": "rahima",
    "picture": "123",
    "sid": "AC-simulated",
    "message": "SM1",
    "media": "ME1",
    "account": "100000000000333",
    "participant": "1500000000000000001",
    "photo": "123",
}
NAMES = [str(pattern.name) for pattern in urlpatterns]


def address(name: str) -> str:
    [pattern] = [pattern for pattern in urlpatterns if pattern.name == name]
    wanted = pattern.pattern.regex.groupindex
    return reverse(name, kwargs={key: SAMPLES[key] for key in wanted})


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", NAMES)
def test_in_production_there_is_nothing(client: Client, name: str, method: str) -> None:
    assert getattr(client, method)(address(name)).status_code == 404


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("simulated-")])
def test_in_a_demonstration_there_is(client: Client, settings: Any, name: str) -> None:
    settings.SIMULATOR = True
    settings.PROVIDERS["twilio"]["simulated"] = "1"
    for channel in ("whatsapp", "messenger", "x", "inbox"):
        settings.PROVIDERS[channel]["simulated"] = "1"
    # A page that wants something else than is asked for says so; it is there.
    assert client.get(address(name)).status_code in (
        200,
        404 if name == "simulator-raw" else 405,
        405,
    )


@pytest.mark.parametrize("is_on", [False, True])
def test_pages_lead_to_it_only_in_a_demonstration(
    client: Client, settings: Any, is_on: bool
) -> None:
    settings.SIMULATOR = is_on
    assert ("/simulator/" in client.get("/en/help/").text) is is_on


def test_the_command_does_nothing_in_production() -> None:
    with pytest.raises(CommandError, match="demonstration"):
        call_command("simulate", "kannel", "--from", "+8801712000001", "--text", "x")


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000/channels/x/", True),
        ("http://localhost:8000/", True),
        ("http://[::1]:8000/", True),
        ("http://127.0.0.1.example.org/", False),
        ("http://localhost.example.org/", False),
        ("http://192.168.1.5:8000/", False),
        ("http://user@10.0.0.1/", False),
        ("https://complaints.example.org/", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_it_goes_to_this_machine_alone(url: str, here: bool) -> None:
    assert wire.is_here(url) is here
    assert env.is_here(url) is here
    if not here:
        with pytest.raises(wire.NotHere):
            wire.send(wire.Request(url))
