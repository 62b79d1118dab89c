"""Pages for requests that fail before they come to a view, or in one; for apps as problem details.

What an API view refuses is told by complaints.api.problems.
"""

import re
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

#: Of the API, with a language before it or not.
FOR_APPS = re.compile(r"(?:/[a-z]{2})?/api/")
#: Of problems that no view tells of.
TITLES = {
    400: _("What was sent could not be read."),
    403: _("You do not have permission to perform this action."),
    404: _("Not found."),
    413: _("What was sent is too large."),
    500: _("Something went wrong on our side."),
}


def _is_for_an_app(request: HttpRequest) -> bool:
    return FOR_APPS.match(request.path_info) is not None


def _problem(status: int) -> HttpResponse:
    """RFC 9457, in the reader's language; without the database, which may be what failed."""
    code = HTTPStatus(status).name.lower()
    title = str(TITLES[status])
    body = {"type": f"urn:grs:problem:{code}", "title": title, "status": status, "code": code}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    if _is_for_an_app(request):
        return _problem(status)
    return render(request, f"{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: something in the request could not be read."""
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in or not, this is not for you."""
    return _page(request, 403)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than any form with all its files; nothing of it was read."""
    if _is_for_an_app(request):
        return _problem(413)
    return HttpResponse(f"{TITLES[413]}\n", status=413, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open for too long or came from elsewhere."""
    return _page(request, 403, stale_form=True)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page, or none that you may see."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. The template stands alone: no context, no database, no translation."""
    if _is_for_an_app(request):
        return _problem(500)
    try:
        body = get_template("500.html").render({"request_id": getattr(request, "request_id", "")})
    except Exception:  # the page that says that something failed must not fail
        body = "<!doctype html><title>500</title><h1>Something went wrong on our side</h1>"
    return HttpResponse(body, status=500)
