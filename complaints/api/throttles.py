"""How often the API may be read and secrets guessed. Filing is never refused (it may wait in a tray).

What is counted is a keyed hash of the address, never the address.
"""

import hashlib
import hmac

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from complaints.proofs import client_address


class ReadThrottle(SimpleRateThrottle):
    """Reads by visitors, per address; officers who are signed in are not counted."""

    scope = "read"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if request.user.is_authenticated:
            return None
        address = client_address(request)
        digest = hmac.new(settings.INDEX_KEY.encode(), address.encode(), hashlib.sha256)
        return f"throttle:{self.scope}:{digest.hexdigest()}"
