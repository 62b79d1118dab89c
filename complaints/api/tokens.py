"""Who asks, by the session token of a native app (allauth's, in the header X-Session-Token).

A token opens the account of a telephone and nothing else: whoever holds a post signs in on the pages,
with a password and a second factor.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless import app_settings
from allauth.headless.constants import Client
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.headless.internal.authkit import authentication_context
from allauth.headless.internal.decorators import mark_request_as_headless
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.phones import is_of_phone
from agencies.selectors import actor_for

View = Callable[..., HttpResponseBase]
HEADER = "X-Session-Token"
#: How long a token opens the account, from signing in.
TOKEN_VALID = timedelta(days=30)


def over() -> str:
    """What is said of a token that opens nothing."""
    return _("You are signed out. Sign in again.")


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """The account that a token opens. One that opens none is refused, not taken for nobody's."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        """The account and its session; None without a token. Raises AuthenticationFailed."""
        if not self.get_session_token(request._request):
            return None
        found = super().authenticate(request._request)
        if found is None or not may_sign_in(found[0]):
            raise AuthenticationFailed(over())
        return found

    def authenticate_header(self, request: Request) -> str:
        """For 401: how one says who one is."""
        return HEADER


class _InTheSchema(OpenApiAuthenticationExtension):
    target_class = SessionTokenAuthentication
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": HEADER}


def may_sign_in(user: User) -> bool:
    """Whether a code by SMS may open the account."""
    return user.is_active and is_of_phone(user) and not actor_for(user).posts


def token_of(request: HttpRequest) -> dict[str, Any]:
    """The token of the request's session, and until when (UTC) it is good for."""
    token = app_settings.TOKEN_STRATEGY.create_session_token(request)
    expires_at = timezone.now() + timedelta(seconds=request.session.get_expiry_age())
    return {"session_token": token, "expires_at": expires_at}


def nobody_yet(view: View) -> View:
    """Give a view a new session of its own, whatever token or cookie comes with the request."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.META.pop("HTTP_X_SESSION_TOKEN", None)
        request.__dict__.pop("headers", None)
        return with_token_session(view)(request, *args, **kwargs)

    return wrapped


def with_token_session(view: View) -> View:
    """Give a view the session of the token instead of the cookie's; an empty one without a token."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mark_request_as_headless(request, Client.APP)
        try:
            with authentication_context(request):
                return view(request, *args, **kwargs)
        except ImmediateHttpResponse:
            return _no_such_session()

    return wrapped


def _no_such_session() -> JsonResponse:
    """What the framework says of a token that opens nothing, where it has not come into play yet."""
    code = AuthenticationFailed.default_code
    body = {"type": f"urn:grs:problem:{code}", "title": over(), "status": 401, "code": code}
    return JsonResponse(
        body,
        status=401,
        content_type="application/problem+json",
        headers={"WWW-Authenticate": HEADER},
    )
