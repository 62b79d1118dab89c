"""Providers that sign nothing: the secret of their path, and the list of their network addresses."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from structlog.testing import capture_logs

from channels.models import Message
from tests.channels.sms.conftest import PATH
from tests.channels.sms.gateway import Gateway

INFOBIP = {"messageId": "1", "from": "8801712345678", "to": "16333", "text": "Hello"}
UNSIGNED = ["infobip", "africastalking", "sslwireless", "kannel"]


FORMS = {
    "africastalking": {"id": "1", "from": "+8801712345678", "to": "16333", "text": "Hello"},
    "sslwireless": {"sms_id": "1", "msisdn": "8801712345678", "shortcode": "16333", "sms": "Hello"},
}


def bring(client: Client, provider: str, secret: str = PATH, **options: Any) -> int:
    """Bring one message as the provider does; says the status of the answer."""
    path = f"/channels/sms/{provider}/" + (f"{secret}/" if secret else "")
    if provider == "kannel":
        query = {"id": "1", "sender": "8801712345678", "to": "16333", "message": "Hello"}
        return client.get(path, query, **options).status_code
    kind, body = "application/json", json.dumps({"results": [INFOBIP]})
    if provider in FORMS:
        kind, body = "application/x-www-form-urlencoded", urlencode(FORMS[provider])
    return client.post(path, body, content_type=kind, **options).status_code


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("provider", UNSIGNED)
class TestSecret:
    def test_whoever_knows_it_is_the_provider(
        self, configured: Callable[..., Gateway], client: Client, provider: str
    ) -> None:
        configured(provider)
        with capture_logs() as logs:
            assert bring(client, provider) == 200
        kept = Message.objects.get()
        assert (kept.channel, kept.account, kept.state) == ("sms", "16333", "new")
        assert PATH not in str(logs)

    @pytest.mark.parametrize("secret", ["", "another", PATH.upper(), f"{PATH}x", "গোপন"])
    def test_whoever_does_not_is_refused(
        self, configured: Callable[..., Gateway], client: Client, provider: str, secret: str
    ) -> None:
        configured(provider)
        assert bring(client, provider, secret) == 403
        assert not Message.objects.exists()

    def test_without_one_there_is_no_such_address(
        self, configured: Callable[..., Gateway], client: Client, provider: str
    ) -> None:
        configured(provider, path="")
        assert bring(client, provider) == 404
        assert bring(client, provider, "") == 404

    def test_a_repeat_changes_nothing(
        self, configured: Callable[..., Gateway], client: Client, provider: str
    ) -> None:
        configured(provider)
        assert [bring(client, provider) for _ in range(3)] == [200, 200, 200]
        assert Message.objects.count() == 1


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("provider", ["infobip", "kannel"])
class TestAddresses:
    @pytest.mark.parametrize(
        ("listed", "caller", "answer"),
        [
            ("10.0.0.5", "10.0.0.5", 200),
            ("10.0.0.5", "10.0.0.6", 403),
            ("192.0.2.1, 10.0.0.0/24", "10.0.0.99", 200),
            ("192.0.2.1,10.0.0.0/24", "10.0.1.1", 403),
            ("2001:db8::/32", "2001:db8::1", 200),
            ("2001:db8::/32", "10.0.0.5", 403),
            ("10.0.0.5", "::ffff:10.0.0.5", 200),
            ("10.0.0.5", "not an address", 403),
            # A list that is wrong lets nobody in.
            ("10.0.0.5,gateway.local", "10.0.0.5", 403),
        ],
    )
    def test_the_caller_must_be_on_the_list(
        self,
        configured: Callable[..., Gateway],
        client: Client,
        provider: str,
        listed: str,
        caller: str,
        answer: int,
    ) -> None:
        configured(provider, addresses=listed)
        assert bring(client, provider, REMOTE_ADDR=caller) == answer

    def test_behind_a_proxy_it_is_the_address_that_the_proxy_saw(
        self, configured: Callable[..., Gateway], client: Client, provider: str, settings: Any
    ) -> None:
        configured(provider, addresses="203.0.113.7")
        settings.PROXIES = 1
        forged = {"X-Forwarded-For": "203.0.113.7, 198.51.100.1"}
        assert bring(client, provider, headers=forged) == 403
        seen = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
        assert bring(client, provider, headers=seen) == 200

    def test_the_address_alone_is_not_enough(
        self, configured: Callable[..., Gateway], client: Client, provider: str
    ) -> None:
        configured(provider, addresses="10.0.0.5")
        assert bring(client, provider, "another", REMOTE_ADDR="10.0.0.5") == 403
