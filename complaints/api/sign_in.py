"""Signing in from a native app: a telephone number, a code by SMS, a session token.

allauth keeps the session, how long a code is good for and how often it may be typed; the limits by
number and by address are the portal's own.
"""

from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.phones import account_of
from complaints import limits
from complaints.api.citizen import Open, language_of
from complaints.api.lost_secret import NOT_KEPT
from complaints.api.tokens import (
    HEADER,
    TOKEN_VALID,
    SessionTokenAuthentication,
    may_sign_in,
    over,
    token_of,
)
from complaints.errors import TooMany, WrongCode
from complaints.proofs import client_address
from complaints.services import phone_codes, sealing
from complaints.services.notice_words import CODE_VALID

#: For the description: these operations want a token.
BY_TOKEN: list[Any] = [{"sessionToken": []}]


class PhoneIn(serializers.Serializer[Any]):
    """Who signs in."""

    phone = serializers.CharField(
        max_length=40, help_text="As people write it, or +8801712345678. Any script's digits."
    )


class TokenOut(serializers.Serializer[Any]):
    """A session token, for the header X-Session-Token."""

    session_token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class SixDigitsIn(serializers.Serializer[Any]):
    """The code that came by SMS."""

    code = serializers.CharField(max_length=40, help_text="6 digits; at most 5 tries.")


class AskSignInCode(Open):
    """The first step."""

    problems: ClassVar = {"POST": (429,)}

    authentication_classes: list[Any] = []

    @extend_schema(request=PhoneIn, responses={202: TokenOut}, auth=[])
    def post(self, request: Request) -> Response:
        """Send a code by SMS: the same answer for every number. The token is good for the next step."""
        given = PhoneIn(data=request.data)
        given.is_valid(raise_exception=True)
        handle = phone_codes.handle_of(
            typed=given.validated_data["phone"],
            language=language_of(request),
            address=client_address(request),
        )
        user = account_of(sealing.blind_index("account", handle.index), language_of(request))
        session = request._request.session
        LoginCodeVerificationProcess.initiate(
            request=request._request, user=user, phone=str(handle.pk)
        )
        session.set_expiry(CODE_VALID)
        return Response(TokenOut(token_of(request._request)).data, status=202, headers=NOT_KEPT)


class Session(Open):
    """The second step, and the end."""

    problems: ClassVar = {"POST": (401, 429), "DELETE": (401,)}

    authentication_classes: list[Any] = []

    def get_authenticate_header(self, request: Request) -> str:
        """For 401: how one says who one is."""
        return HEADER

    @extend_schema(request=SixDigitsIn, responses={200: TokenOut}, auth=BY_TOKEN)
    def post(self, request: Request) -> Response:
        """Sign in with the code; the token given now opens the account, the one before is over."""
        given = SixDigitsIn(data=request.data)
        given.is_valid(raise_exception=True)
        _confirm(request._request, given.validated_data["code"], client_address(request))
        return Response(TokenOut(token_of(request._request)).data, headers=NOT_KEPT)

    @extend_schema(request=None, responses={204: None}, auth=BY_TOKEN)
    def delete(self, request: Request) -> Response:
        """Sign out: the token opens nothing any more."""
        if SessionTokenAuthentication().authenticate(request) is None:
            raise AuthenticationFailed(over())
        get_adapter().logout(request._request)
        return Response(status=204)


def _confirm(request: HttpRequest, typed: str, address: str) -> None:
    """Sign in whoever knows the digits. The try counts before they are looked at.

    Raises WrongCode, the same for a wrong, old, used or never sent one, and TooMany.
    """
    stage = LoginStageController.enter(request, LoginByCodeStage.key)
    process = LoginCodeVerificationProcess.resume(stage) if stage else None
    if process is None:
        raise WrongCode
    handle_id, nonce = int(process.state["phone"]), process.code
    if limits.guessed_too_often(address, f"handle {handle_id}"):
        raise TooMany
    in_time = limits.code_tries(nonce) <= settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS
    if not (phone_codes.fits(handle_id, nonce, typed) and in_time):
        limits.count_guess(address, f"handle {handle_id}")
        process.record_invalid_attempt()
        raise WrongCode
    user = process.user
    if not isinstance(user, User) or not may_sign_in(user):
        process.abort()
        raise WrongCode
    process.finish(None)
    if not request.user.is_authenticated:
        raise WrongCode
    request.session.set_expiry(TOKEN_VALID)
