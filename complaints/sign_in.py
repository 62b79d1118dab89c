"""How allauth reaches a telephone, what it may know of it, and how it keeps a second factor.

What allauth takes for the telephone number is the id of its handle, and for the code a random text
from which the digits are derived: so neither lies in a session. Set as ACCOUNT_ADAPTER.
"""

import secrets
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.phones import DOMAIN
from complaints import limits
from complaints.models import Handle
from complaints.services import phone_codes, sealing

log = structlog.get_logger(__name__)

#: Where people find the portal.
HOST = urlsplit(settings.PUBLIC_URL).netloc
#: Longer than any key of a session.
LONGEST_TOKEN = 64


class PortalAdapter(DefaultAccountAdapter):
    """allauth's own behaviour on the pages; codes by SMS for apps."""

    def generate_phone_verification_code(self, *, user: AbstractBaseUser, phone: str) -> str:
        """What the digits are derived from."""
        return secrets.token_hex(16)

    def send_verification_code_sms(
        self, user: AbstractBaseUser, phone: str, code: str, **kwargs: Any
    ) -> None:
        """Into the outbox, in the language of the request."""
        handle = Handle.objects.get(pk=phone)
        phone_codes.send(handle, code, (get_language() or "en")[:2])

    def set_phone_verified(self, user: AbstractBaseUser, phone: str) -> None:
        """Nothing is written down: an account of a telephone is its number's by its name."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the name of the portal: allauth would greet in that of the host that was asked."""
        site = {"name": gettext("National Complaint Portal"), "domain": HOST}
        super().send_mail(template_prefix, email, {"current_site": site, **context})

    def format_email_subject(self, subject: str) -> str:
        """Whose letter it is, and what about."""
        return f"[{gettext('National Complaint Portal')}] {subject}"

    def get_client_ip(self, request: HttpRequest) -> str:
        """What allauth counts wrong passwords by, and names a counter in the cache: not the address.

        A keyed hash of it, which is another one each hour.
        """
        return limits.sign_in_counter(super().get_client_ip(request))

    def clean_email(self, email: str) -> str:
        """No address that stands for a telephone."""
        if email.lower().endswith(DOMAIN):
            raise ValidationError(_("Enter an e-mail address that can be reached."))
        return email


class PortalSecondFactors(DefaultMFAAdapter):
    """What codes are computed from lies sealed in the database. Set as MFA_ADAPTER."""

    def encrypt(self, text: str) -> str:
        """Under the first contact key; `rotation` seals it anew with the others."""
        return sealing.wrap(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text again; one from before they were sealed stands as it is.

        Raises ValidationError where a key is missing: the form that asks for a code says so.
        """
        if not encrypted_text.startswith(sealing.BEGINS):
            return encrypted_text
        try:
            return sealing.unwrap(encrypted_text.encode()).decode()
        except sealing.CannotUnseal as error:
            log.error("a second factor does not open: a contact key is missing")
            raise ValidationError(_("Something went wrong on our side.")) from error


class PortalTokens(SessionTokenStrategy):
    """A token is the key of its session. Set as HEADLESS_TOKEN_STRATEGY."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """The session; None for what is none, without asking cache or database for odd letters."""
        is_key = session_token.isascii() and session_token.isalnum()
        if not is_key or len(session_token) > LONGEST_TOKEN:
            return None
        found: SessionBase | None = super().lookup_session(session_token)
        return found
