"""Pages for requests that fail; the API's errors are complaints.api.problems'."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template


def _page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    return render(request, f"{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: something in the request could not be read."""
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in or not, this is not for you."""
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open for too long or came from elsewhere."""
    return _page(request, 403, stale_form=True)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page, or none that you may see."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. The template stands alone: no context, no database, no translation."""
    try:
        body = get_template("500.html").render({"request_id": getattr(request, "request_id", "")})
    except Exception:  # the page that says that something failed must not fail
        body = "<!doctype html><title>500</title><h1>Something went wrong on our side</h1>"
    return HttpResponse(body, status=500)
