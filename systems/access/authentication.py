"""Who asks, by a system's token. A view of the API is open to systems only if it says so, by

    system_scopes: ClassVar = {"GET": "cases:read", "POST": "cases:move"}

A method maps to the scope that it needs; an empty one asks for none, any token will do.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.models import get_access_token_model
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.models import User
from complaints.proofs import client_address
from systems.models import System
from systems.networks import is_within
from systems.scopes import Scope
from systems.standing import holds_post

#: In every refusal and in the description.
CHALLENGE = 'Bearer realm="api"'
#: Where tokens are asked for.
PATH = "/oauth/token/"


class InvalidToken(AuthenticationFailed):
    """A token that opens nothing: unknown, over, given back, or of a system that has ended."""

    default_code = "invalid_token"
    default_detail = _("This token is not valid, or no longer. Ask for a new one.")


class NotForSystems(PermissionDenied):
    """The address is for people."""

    default_code = "not_for_systems"
    default_detail = _("This address is not for agencies’ systems.")


class MissingScope(PermissionDenied):
    """The token, or the system by now, has not the scope that the address needs."""

    default_code = "scope"
    default_detail = _("The system was not given the scope that this needs.")


class WrongNetwork(PermissionDenied):
    """The call comes from a network that is not the system's."""

    default_code = "network"
    default_detail = _("The system may not call from this network.")


class NoOffice(PermissionDenied):
    """The system holds no post: its office is closed, or was for a time."""

    default_code = "no_office"
    default_detail = _(
        "The office of this system is closed, or was for a time. Ask the registrar to let the system join"
        " anew."
    )


class SystemAuthentication(BaseAuthentication):
    """The account of the system whose token came with the request (`Authorization: Bearer`).

    `request.auth` is the token, `system_of(request)` the system with its office. One query, and
    at most once a minute a second one, which keeps when the system was last here.
    """

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        """The account and the token; None without one, so that others are asked.

        Raises InvalidToken (401); WrongNetwork, NotForSystems, MissingScope, NoOffice (403).
        """
        kind, _blank, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = _token(given.strip())
        if token is None or not token.allows_audience(request.build_absolute_uri(request.path)):
            raise InvalidToken
        system: System = token.application
        if system.user is None or not system.is_usable(None):
            raise InvalidToken
        if not is_within(client_address(request._request), system.networks):
            raise WrongNetwork
        if not token.holds_post:
            raise NoOffice
        _require_scope(request, set(token.scope.split()) & set(system.scopes))
        _note_use(system)
        return system.user, token

    def authenticate_header(self, request: Request) -> str | None:
        """How one says who one is, for 401: to whoever tried, or where systems alone may ask.

        None elsewhere: there a visitor is told 403, as before there were systems.
        """
        is_tried = "Authorization" in request.headers
        only_systems = len(request.authenticators or ()) == 1
        return CHALLENGE if is_tried or only_systems else None


def system_of(request: Request) -> System:
    """The system whose token came with the request: of a view that takes nothing else."""
    token: Any = request.auth
    system: System = token.application
    return system


def scopes_of(request: Request) -> list[str]:
    """The scopes of that token that the system has by now, in their usual order."""
    token: Any = request.auth
    held = set(token.scope.split()) & set(token.application.scopes)
    return [scope for scope in Scope.values if scope in held]


def _token(given: str) -> Any:
    """The token with its system, account and office, if it is good now (one query)."""
    if not given.isascii() or not given:
        return None
    checksum = hashlib.sha256(given.encode()).hexdigest()
    rows = get_access_token_model().objects.filter(
        token_checksum=checksum, expires__gt=timezone.now()
    )
    rows = rows.annotate(holds_post=holds_post("application__"))
    return rows.select_related("application__user", "application__office__agency").first()


def _require_scope(request: Request, held: set[str]) -> None:
    """Raise unless the view is open to systems that hold these scopes."""
    view = (request.parser_context or {}).get("view")
    scopes: Mapping[str, str] | None = getattr(view, "system_scopes", None)
    if not scopes:
        raise NotForSystems
    method = "GET" if request.method in ("HEAD", "OPTIONS") else str(request.method)
    if not hasattr(view, method.lower()):
        # The view is about to say that it takes no such method.
        return
    if method not in scopes:
        raise NotForSystems
    if scopes[method] and scopes[method] not in held:
        raise MissingScope


def _note_use(system: System) -> None:
    """Keep the minute in which it was last here."""
    minute = timezone.now().replace(second=0, microsecond=0)
    if system.last_used_at is None or system.last_used_at < minute:
        earlier = Q(last_used_at=None) | Q(last_used_at__lt=minute)
        System.objects.filter(earlier, pk=system.pk).update(last_used_at=minute)


class _InTheSchema(OpenApiAuthenticationExtension):
    target_class = SystemAuthentication
    name = "systemToken"

    def get_security_requirement(self, auto_schema: Any) -> Any:
        """The scope that the operation needs; nothing where it is not open to systems."""
        scopes = getattr(auto_schema.view, "system_scopes", {})
        if auto_schema.method not in scopes:
            return None
        needed = scopes[auto_schema.method]
        return {self.name: [needed] if needed else []}

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {scope.value: str(scope.label) for scope in Scope}
        return {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": PATH, "scopes": scopes}},
        }
