"""What the OAuth library asks of us: which client it is, which scopes it may have.

The server knows the grant of client credentials and no other (`grs.settings`); there are no refresh
tokens, for whoever may refresh could as well ask anew.
"""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors

from complaints.proofs import client_address
from systems.client_secrets import matches
from systems.models import System
from systems.networks import is_within
from systems.scopes import Scope
from systems.standing import holds_post

#: Longer than any client id; what is longer is not looked for.
LONGEST_ID = 100


def credentials_of(request: HttpRequest) -> tuple[str, str]:
    """Client id and secret as they were sent: by HTTP Basic, else in the form (RFC 6749, 2.3.1).

    Two empty strings where there are none, or the header cannot be read.
    """
    kind, _blank, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        both = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    client_id, _colon, secret = both.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


class SystemValidator(OAuth2Validator):
    """The library's validator, with our secrets: the one in force and, for a while, the one before."""

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Whether id and secret are those of a system in use. Raises AccessDeniedError (403) where
        they are, but the call comes from outside its networks, or its office is closed.
        """
        asked = self.build_http_request(request)
        client_id, secret = credentials_of(asked)
        system = _system(client_id)
        kept = _secrets_of(system) if system is not None else ("", "")
        # The work is the same whether there is such a system or not.
        if not matches(secret, *kept) or system is None:
            return False
        if not is_within(client_address(asked), system.networks):
            raise errors.AccessDeniedError(
                "This client may not call from this network.", status_code=403
            )
        if not System.objects.filter(holds_post(), pk=system.pk).exists():
            raise errors.AccessDeniedError(
                "The office of this client is closed, or was for a time.", status_code=403
            )
        request.client = system
        return True

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Always: a system has a secret."""
        return True


class SystemScopes(BaseScopes):
    """The scopes of a system, which it gets unless it asks for fewer."""

    def get_all_scopes(self) -> dict[str, str]:
        """All that there are, with what they open."""
        return {scope.value: str(scope.label) for scope in Scope}

    def get_available_scopes(
        self, application: System | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Those that the registrar gave it."""
        return list(application.scopes) if application is not None else []

    get_default_scopes = get_available_scopes


def _system(client_id: str) -> System | None:
    """The system in use with this id. No id has other letters than these, nor a null byte."""
    if not client_id.isascii() or not client_id.isalnum() or len(client_id) > LONGEST_ID:
        return None
    found = System.objects.filter(client_id=client_id).first()
    return found if found is not None and found.is_usable(None) else None


def _secrets_of(system: System) -> tuple[str, str]:
    """The hashes that open it now: up to the second at which the old one ends, and not at it."""
    until = system.previous_until
    is_good = until is not None and timezone.now() < until
    return system.client_secret, system.previous_secret if is_good else ""
