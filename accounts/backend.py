"""Who is signed in, read on every page that they ask for. Set in AUTHENTICATION_BACKENDS."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from accounts.models import User
from accounts.prepared import prepared


class PortalBackend(AuthenticationBackend):
    """allauth's, only that the user of a session is asked for by a question put together once."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; None where the account is gone or closed."""
        user = _user_with.one(key=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


@prepared
def _user_with(*, key: Any) -> QuerySet[User]:
    return User.objects.filter(pk=key)
