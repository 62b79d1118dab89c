"""`manage.py simulate`: a message in any provider's shape, to an installation on this machine."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from channels.models import Message
from channels.simulator import bubbles
from channels.simulator.registry import PROVIDERS
from tests.channels.demonstration import RAHIMA, set_up

pytestmark = pytest.mark.django_db(transaction=True)
BY_PATH = ("infobip", "africastalking", "kannel", "sslwireless")


@pytest.fixture(autouse=True)
def demonstration(settings: Any, live_server: Any, tmp_path: Path) -> None:
    set_up(settings, live_server.url, tmp_path)
    for name in BY_PATH:
        settings.PROVIDERS[name] |= {"path": "a-secret-path", "from": "16333"}
    settings.PROVIDERS["sslwireless"]["fields"] = "id=msg_id,from=msisdn,to=sid,text=sms"


def simulate(provider: str, *options: str, sender: str = RAHIMA.phone) -> str:
    out = io.StringIO()
    call_command(
        "simulate", provider, "--from", sender, "--text", "বিদ্যুৎ নেই", *options, stdout=out
    )
    return out.getvalue()


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_message_of_every_provider_is_taken(provider: str) -> None:
    channel = PROVIDERS[provider].channel
    sender = RAHIMA.address(channel)
    assert "\n200 " in simulate(provider, sender=sender)
    message = Message.objects.get()
    assert (message.channel, message.state) == (channel, "new")


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_forged_one_is_refused(provider: str) -> None:
    said = simulate(provider, "--forged", sender=RAHIMA.address(PROVIDERS[provider].channel))
    assert "\n403 " in said
    assert not Message.objects.exists()


def test_the_same_id_is_a_repeat() -> None:
    simulate("kannel", "--id", "one")
    simulate("kannel", "--id", "one")
    assert Message.objects.count() == 1
    [bubble] = bubbles.bubbles("sms", RAHIMA)
    assert (bubble.text, bubble.times) == ("বিদ্যুৎ নেই", 2)


def test_somebody_whom_nobody_knows_can_write() -> None:
    simulate("kannel", sender="+8801911111111")
    assert Message.objects.get().handle is not None


def test_a_provider_without_its_secret_is_named(settings: Any) -> None:
    settings.PROVIDERS["kannel"]["path"] = ""
    with pytest.raises(CommandError, match="kannel is not configured: path"):
        simulate("kannel")


def test_nothing_goes_to_another_machine(settings: Any) -> None:
    settings.PUBLIC_URL = "https://complaints.example.org"
    with pytest.raises(CommandError, match=r"complaints\.example\.org is not this machine"):
        simulate("kannel")


def test_it_says_that_nobody_answers(settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="does not answer"):
        simulate("kannel")
