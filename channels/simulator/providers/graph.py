"""What WhatsApp and Messenger have in common: Meta's webhooks.

The signature is HMAC-SHA256 under the app's secret over the raw body; the handshake is a GET with
`hub.mode`, `hub.verify_token` and `hub.challenge`, answered with the challenge.
Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from channels.simulator.providers.base import Keys, Provider, digits
from channels.simulator.wire import Answer, Request, compact


class GraphProvider(Provider):
    """A provider behind Meta's Graph API."""

    secrets = ("app_secret", "verify_token")

    def signed(self, body: dict[str, Any], keys: Keys) -> Request:
        """A webhook call as Meta signs it: over the bytes, escapes and all."""
        text = compact(body)
        digest = hmac.new(keys["app_secret"].encode(), text.encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": f"sha256={digest}",
            "User-Agent": "facebookexternalua",
        }
        return Request(self.url, text, headers)

    def handshake(self, keys: Keys) -> Request:
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": digits(10),
            "hub.verify_token": keys["verify_token"],
        }
        return Request(f"{self.url}?{urlencode(query)}", method="GET")

    def is_shaken(self, request: Request, answer: Answer) -> bool:
        [challenge] = parse_qs(urlsplit(request.url).query)["hub.challenge"]
        return answer.status == 200 and answer.body == challenge
