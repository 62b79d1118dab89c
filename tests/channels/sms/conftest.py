"""The providers of SMS, each with a local API and the values of a configured installation."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from channels.outbound import Letter
from channels.sms.outbound import SmsOut
from complaints.services.notice_words import Rendered
from complaints.services.notices import Address
from tests.channels.sms.gateway import Gateway

PATH = "kept-between-us"
VALUES: dict[str, dict[str, str]] = {
    "twilio": {"sid": "AC123", "token": "12345", "from": "+8809600000333"},
    "infobip": {"key": "ib-key", "from": "GRS", "path": PATH, "addresses": ""},
    "africastalking": {"username": "grs", "key": "at-key", "from": "16333", "path": PATH},
    "sslwireless": {
        "token": "ssl-token",
        "sid": "GRSBRAND",
        "path": PATH,
        "fields": "id=sms_id, from=msisdn, to=shortcode, text=sms, date=time,"
        " receipt_id=csms_id, receipt_status=status",
    },
    "kannel": {"user": "u", "password": "p", "from": "16333", "path": PATH, "addresses": ""},
}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A provider's API on this machine."""
    running = Gateway()
    yield running
    running.close()


@pytest.fixture
def configured(gateway: Gateway, settings: Any) -> Callable[..., Gateway]:
    """Configure one provider, ways in and out, with the local API behind it."""

    def configure(provider: str, **changed: str) -> Gateway:
        values = {"url": gateway.url, "simulated": "", **VALUES[provider], **changed}
        settings.PROVIDERS = {**settings.PROVIDERS, provider: values}
        settings.SMS_GATEWAY = provider
        settings.REPLIES_BY = frozenset({"sms"})
        settings.PUBLIC_URL = "https://grs.example"
        return gateway

    return configure


def send(
    text: str = "Your complaint is with us.",
    *,
    to: str = "+8801712345678",
    template: str = "forwarded",
    reference: str = "77",
) -> str:
    """Send one SMS by the gateway that is configured."""
    words = Rendered(subject="s", body="b", sms=text, language="en", template=template)
    with SmsOut() as way:
        return way.send(Letter(Address("sms", to, "en"), words, reference))
