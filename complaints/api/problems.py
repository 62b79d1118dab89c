"""Errors of the API as problem details (RFC 9457), in the reader's language."""

import json
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from complaints.errors import Invalid, Refused

log = structlog.get_logger(__name__)


def problem(
    status: int, code: str, title: str, *, errors: dict[str, Any] | None = None, **more: Any
) -> Response:
    """A problem+json response. `errors` maps fields to lists of sentences."""
    body: dict[str, Any] = {"type": f"urn:grs:problem:{code}", "title": title, "status": status}
    body["code"] = code
    if errors:
        body["errors"] = errors
    return Response({**body, **more}, status=status, content_type="application/problem+json")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error of an API view as problem+json; None leaves an unknown one to be a 500."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, Refused):
        set_rollback()
        fields = {name: [str(s) for s in sentences] for name, sentences in error.fields.items()}
        return problem(
            error.status, error.code, str(error.sentence), errors=fields, **error.members
        )
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    response = _of_framework(error)
    for name in ("auth_header", "wait"):
        value = getattr(error, name, None)
        if value:
            header = "WWW-Authenticate" if name == "auth_header" else "Retry-After"
            response[header] = value if name == "auth_header" else str(int(value) + 1)
    return response


def _of_framework(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        return problem(422, "invalid", str(Invalid.sentence), errors=by_field(error.detail))
    return problem(error.status_code, str(error.default_code), _sentence_of(error))


def _sentence_of(error: exceptions.APIException) -> str:
    """What a problem of the framework says; ours where it has an English sentence for everybody."""
    if isinstance(error, exceptions.ParseError):
        return _unread(error.__context__)
    # Without a class or code of its own: the session's cookie came, and not the form's token with it.
    is_forbidden = isinstance(error, exceptions.PermissionDenied)
    if is_forbidden and str(error.detail).startswith("CSRF Failed"):
        return _("The request does not come from a page of this portal. Load the page again.")
    return str(error.detail if isinstance(error.detail, str) else error.default_detail)


def _unread(cause: BaseException | None) -> str:
    if isinstance(cause, json.JSONDecodeError):
        where = {"line": cause.lineno, "column": cause.colno}
        return _("This is not valid JSON: look at line %(line)s, column %(column)s.") % where
    return _("What was sent could not be read.")


def by_field(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Sentences by the field that they are about; within lists and objects by its path (`files.0`)."""
    if isinstance(detail, dict):
        parts = list(detail.items())
    elif isinstance(detail, list) and any(isinstance(part, dict | list) for part in detail):
        parts = list(enumerate(detail))
    else:
        told = detail if isinstance(detail, list) else [detail]
        return {path: [str(sentence) for sentence in told]} if told else {}
    found: dict[str, list[str]] = {}
    for name, part in parts:
        found |= by_field(part, f"{path}.{name}" if path else str(name))
    return found
