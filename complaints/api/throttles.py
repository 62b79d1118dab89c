"""How often the API may be read. Filing is never refused (it may wait in a tray); guesses of secrets
are counted where they are checked.

What is counted is a keyed hash of the address, never the address.
"""

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from complaints import limits
from complaints.proofs import client_address


class ReadThrottle(SimpleRateThrottle):
    """Reads by visitors, per address; officers who are signed in are not counted."""

    scope = "read"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if request.user.is_authenticated:
            return None
        return limits.read_counter(client_address(request))
