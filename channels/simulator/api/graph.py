"""What the Graph API answers whoever it does not know."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from channels.simulator.providers.base import Keys, hexadecimal


def knows(request: HttpRequest, keys: Keys) -> bool:
    """Whether the token fits: as a bearer, or in the query."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return (bearer or request.GET.get("access_token", "")) == keys["token"]


def refused(code: int, words: str, *, status: int = 400, subcode: int = 0) -> JsonResponse:
    """An error in Graph's shape."""
    error: dict[str, Any] = {
        "message": words,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": hexadecimal(11),
    }
    if subcode:
        error["error_subcode"] = subcode
    return JsonResponse({"error": error}, status=status)
