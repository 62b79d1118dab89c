"""Who is acting, on every request; and refusals as pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from complaints.errors import Refused
from complaints.proofs import actor_of


class ActorMiddleware:
    """Sets `request.actor` (an `accounts.actors.Actor`), worked out when first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal that no view handled becomes a page that says it in the reader's language."""
        if not isinstance(error, Refused) or request.path_info.startswith("/api/"):
            return None
        return render(request, "refused.html", {"error": error}, status=error.status)
