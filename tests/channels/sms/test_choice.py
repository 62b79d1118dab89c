"""Which provider carries SMS is a matter of the environment, and it says what it lacks."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from channels.registry import INBOUND
from channels.sms.gateway import HttpGateway
from channels.sms.outbound import SmsOut
from channels.sms.providers import GATEWAYS
from grs.providers import NEEDED_TO_SEND, providers, sms_gateway


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRS_SMS_GATEWAY", raising=False)


def found() -> dict[str, dict[str, str]]:
    return providers(public_url="https://grs.example", simulate=False)


def test_every_gateway_can_be_chosen_and_every_provider_can_bring_messages() -> None:
    assert set(GATEWAYS) == set(NEEDED_TO_SEND)
    ways_in = {provider for provider, way in INBOUND.items() if way.channel == "sms"}
    assert ways_in == set(GATEWAYS) - {"log"}


@pytest.mark.parametrize("provider", sorted(set(NEEDED_TO_SEND) - {"log"}))
def test_a_gateway_that_lacks_something_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, provider: str, settings: Any
) -> None:
    monkeypatch.setenv("GRS_SMS_GATEWAY", provider)
    names = [f"GRS_{provider}_{name}".upper() for name in NEEDED_TO_SEND[provider]]
    for name in names[:-1]:
        monkeypatch.setenv(name, "https://given.example")
    with pytest.raises(ImproperlyConfigured, match=f"lacks {names[-1]}$"):
        sms_gateway(found())
    monkeypatch.setenv(names[-1], "given")
    assert sms_gateway(found()) == provider
    settings.SMS_GATEWAY, settings.PROVIDERS = provider, found()
    with SmsOut() as way:
        assert isinstance(way.gateway, HttpGateway)
        assert way.gateway.url("/x").startswith("https://")


def test_without_any_nothing_leaves() -> None:
    assert sms_gateway(found()) == "log"


def test_a_demonstration_plays_twilio() -> None:
    played = providers(public_url="http://127.0.0.1:8000", simulate=True)
    assert sms_gateway(played) == "twilio"
