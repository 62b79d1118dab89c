"""Settings of the OAuth library: a system gets tokens of ten minutes by its own secret alone.

The server knows no other grant. What else the library can do is shut by its own settings (RFC 9700).
"""

from datetime import timedelta
from typing import Any

OAUTH: dict[str, Any] = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": int(timedelta(minutes=10).total_seconds()),
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "systems.access.oauth.SystemValidator",
    "SCOPES_BACKEND_CLASS": "systems.access.oauth.SystemScopes",
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    **{
        f"COMPLIANT_BCP_RFC9700_{practice}": True
        for practice in (
            *("IMPLICIT_GRANT", "PASSWORD_GRANT", "PKCE_METHOD", "ACCESS_TOKEN_TRANSPORT"),
            *("AUTHZ_RESPONSE_ISS", "TOKEN_STORAGE", "REFRESH_TOKEN", "REDIRECT_URI_SCHEME"),
            *("REDIRECT_URI_MATCHING", "PKCE_REQUIRED"),
        )
    },
}
